// axi_read_master - an AXI4 read port that several readers share
//
//   each request = one INCR burst; its beats go to the reader that asked, in the order in which requests were taken
//
// Requests   {address, beats - 1}; taken one a clock at most, in turn: whoever asks waits for one burst of each other
//            reader at most. Addresses are of whole beats, and no burst may cross 4 KiB: the readers see to that.
// Answers    m_rsp_valid names the reader of m_rsp_data. There is no back pressure: a reader asks for what it has room for,
//            so no burst waits behind another one's and m_axi_rready is always high.
// Stalls     `stalls` counts the clocks in which any reader's layer was `starved`; it wraps.
// Errors     SLVERR and DECERR: that beat and all later ones are not handed on, no request is taken any more, and `error`
//            stays high until `clear`. What was asked for is still taken off the bus; then `quiet` is high.
// Stop       while `stop` is high no request is taken either. `clear` may be high for a clock while `stop` and `quiet` are: from
//            then on all is as behind a reset but for the turn and the count of stalls.
// Ids        none: all bursts are in order.
// Timing     a request is on the bus in the next clock, data with the clock of its transfer.
// Reset      synchronous, active high; the bus must be reset too, for answers under way are then nobody's.
// Does not   write, split bursts or look at base addresses.
// Cost       address and length once in registers, an owner for each of OUTSTANDING bursts, the choice among CLIENTS.
// Tested by  testbench/cells/axi_read_master; proved by `npm run formal -- axi_read_master`.

`default_nettype none

module axi_read_master #(
    parameter integer CLIENTS     = 2,    // readers
    parameter integer ADDR_BITS   = 32,
    parameter integer DATA_BITS   = 64,   // 32, 64, 128, 256 or 512
    parameter integer OUTSTANDING = 8     // bursts under way at most, a power of two
) (
    input  wire                         clk,
    input  wire                         rst,

    // requests, one of each reader
    input  wire [CLIENTS-1:0]           s_req_valid,
    output wire [CLIENTS-1:0]           s_req_ready,
    input  wire [CLIENTS*ADDR_BITS-1:0] s_req_addr,
    input  wire [CLIENTS*8-1:0]         s_req_len,

    // answers: a beat for one of them
    output wire [CLIENTS-1:0]           m_rsp_valid,
    output wire [DATA_BITS-1:0]         m_rsp_data,

    // AXI4, read channels
    output reg  [ADDR_BITS-1:0]         m_axi_araddr,
    output reg  [7:0]                   m_axi_arlen,
    output wire [2:0]                   m_axi_arsize,
    output wire [1:0]                   m_axi_arburst,
    output wire [3:0]                   m_axi_arcache,
    output wire [2:0]                   m_axi_arprot,
    output reg                          m_axi_arvalid,
    input  wire                         m_axi_arready,
    input  wire [DATA_BITS-1:0]         m_axi_rdata,
    input  wire [1:0]                   m_axi_rresp,
    input  wire                         m_axi_rlast,
    input  wire                         m_axi_rvalid,
    output wire                         m_axi_rready,

    input  wire                         stop,
    input  wire                         clear,
    output wire                         quiet,       // nothing is under way

    input  wire [CLIENTS-1:0]           starved,
    output reg  [31:0]                  stalls,
    output reg                          error
);

    localparam integer SIZE     = $clog2(DATA_BITS / 8);
    localparam integer C_BITS   = (CLIENTS > 1) ? $clog2(CLIENTS) : 1;
    localparam integer Q_BITS   = (OUTSTANDING > 1) ? $clog2(OUTSTANDING) : 1;
    localparam integer N_BITS   = $clog2(OUTSTANDING + 1);
    localparam integer C_LAST   = CLIENTS - 1;

    generate
        if (CLIENTS < 1)
            begin : g_rule_clients  wire CLIENTS_below_1             = {0{1'b0}};  initial $finish;  end
        if (DATA_BITS != 32 && DATA_BITS != 64 && DATA_BITS != 128 && DATA_BITS != 256 && DATA_BITS != 512)
            begin : g_rule_data     wire DATA_BITS_is_32_to_512      = {0{1'b0}};  initial $finish;  end
        if (OUTSTANDING < 2 || (1 << Q_BITS) != OUTSTANDING)
            begin : g_rule_many     wire OUTSTANDING_is_power_from_2 = {0{1'b0}};  initial $finish;  end
        if (ADDR_BITS < 13)
            begin : g_rule_addr     wire ADDR_BITS_below_13          = {0{1'b0}};  initial $finish;  end
    endgenerate

    assign m_axi_arsize  = SIZE[2:0];
    assign m_axi_arburst = 2'b01;      // INCR
    assign m_axi_arcache = 4'b0011;    // normal, bufferable: what memory controllers want
    assign m_axi_arprot  = 3'b000;
    assign m_axi_rready  = 1'b1;

    // ---------------------------------------------------------------- choice
    // The first reader that asks behind the one that was served last; where none does, the first of all.
    reg  [C_BITS-1:0]  last;
    reg  [CLIENTS-1:0] behind;         // readers behind the last one
    wire [CLIENTS-1:0] later = s_req_valid & behind;
    wire [CLIENTS-1:0] asks  = (later != {CLIENTS{1'b0}}) ? later : s_req_valid;
    wire [CLIENTS-1:0] pick  = asks & (~asks + 1'b1);        // the lowest one
    reg  [C_BITS-1:0]    number;
    reg  [ADDR_BITS-1:0] addr;
    reg  [7:0]           len;
    integer              c;
    always @* begin
        number = {C_BITS{1'b0}};
        addr   = {ADDR_BITS{1'b0}};
        len    = 8'd0;
        for (c = 0; c < CLIENTS; c = c + 1) begin
            number = number | (pick[c] ? c[C_BITS-1:0] : {C_BITS{1'b0}});
            addr   = addr | (s_req_addr[c*ADDR_BITS +: ADDR_BITS] & {ADDR_BITS{pick[c]}});
            len    = len | (s_req_len[c*8 +: 8] & {8{pick[c]}});
        end
    end
    always @* for (c = 0; c < CLIENTS; c = c + 1) behind[c] = (c[C_BITS-1:0] > last);

    // ---------------------------------------------------------------- requests
    reg  [N_BITS-1:0] many;            // bursts whose last beat has not come, the one on the bus among them
    wire              room  = (many != OUTSTANDING[N_BITS-1:0]) && (!m_axi_arvalid || m_axi_arready) && !stop && !error && !rst;
    wire              grant = room && (s_req_valid != {CLIENTS{1'b0}});
    assign s_req_ready = pick & {CLIENTS{room}};
    assign quiet = (many == {N_BITS{1'b0}});

    // ---------------------------------------------------------------- answers
    reg  [C_BITS-1:0] owners [0:OUTSTANDING-1];
    reg  [Q_BITS-1:0] wr, rd;
    wire [C_BITS-1:0] owner = owners[rd];
    wire              bad   = m_axi_rresp[1];
    wire              hand  = m_axi_rvalid && !bad && !error && !rst;
    wire              over  = m_axi_rvalid && m_axi_rlast;
    wire              unused_exclusive = m_axi_rresp[0];
    genvar k;
    generate
        for (k = 0; k < CLIENTS; k = k + 1) begin : g_answer
            assign m_rsp_valid[k] = hand && (owner == k[C_BITS-1:0]);
        end
    endgenerate
    assign m_rsp_data = m_axi_rdata;

    always @(posedge clk) if (grant) owners[wr] <= number;

    always @(posedge clk) begin
        if (m_axi_arready) m_axi_arvalid <= 1'b0;
        if (grant) begin
            m_axi_arvalid <= 1'b1;
            m_axi_araddr  <= addr;
            m_axi_arlen   <= len;
            last          <= number;
            wr            <= wr + 1'b1;
        end
        if (over) rd <= rd + 1'b1;
        if (grant && !over) many <= many + 1'b1;
        if (over && !grant) many <= many - 1'b1;
        if (m_axi_rvalid && bad) error <= 1'b1;
        if (clear) error <= 1'b0;
        if (starved != {CLIENTS{1'b0}}) stalls <= stalls + 32'd1;
        if (rst) begin
            m_axi_arvalid <= 1'b0;
            last          <= C_LAST[C_BITS-1:0];
            wr            <= {Q_BITS{1'b0}};
            rd            <= {Q_BITS{1'b0}};
            many          <= {N_BITS{1'b0}};
            error         <= 1'b0;
            stalls        <= 32'd0;
        end
    end

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    // Clear comes when nothing is under way and nothing is taken.
    always @* if (seen_clk && !rst && clear) assume (stop && quiet);

    // What the readers keep: a request stays as it is, in whole beats and inside of 4 KiB.
    genvar f;
    generate
        for (f = 0; f < CLIENTS; f = f + 1) begin : g_reader
            wire [ADDR_BITS-1:0] a = s_req_addr[f*ADDR_BITS +: ADDR_BITS];
            wire [31:0] bytes = (s_req_len[f*8 +: 8] + 32'd1) << SIZE;
            always @* if (seen_clk && s_req_valid[f])
                assume (a[SIZE-1:0] == {SIZE{1'b0}} && {20'd0, a[11:0]} + bytes <= 32'd4096);
            always @(posedge clk) if (seen_clk && !$past(rst) && !rst)
                if ($past(s_req_valid[f] && !s_req_ready[f] && !clear))
                    assume (s_req_valid[f] && $stable(s_req_addr[f*ADDR_BITS +: ADDR_BITS]) && $stable(s_req_len[f*8 +: 8]));
        end
    endgenerate

    // The slave: beats of bursts whose address was transferred, in order, rlast on the last one.
    reg [7:0]        lens [0:OUTSTANDING-1];
    reg [8:0]        beat;             // beats of the oldest burst that have come
    wire [N_BITS-1:0] sent = many - (m_axi_arvalid ? 1'b1 : 1'b0);   // bursts whose address has been transferred
    always @(posedge clk) begin
        if (grant) lens[wr] <= len;
        if (m_axi_rvalid) beat <= m_axi_rlast ? 9'd0 : beat + 9'd1;
        if (rst) beat <= 9'd0;
    end
    always @* if (seen_clk && !rst) begin
        if (m_axi_rvalid) assume (sent != 0 && m_axi_rlast == (beat == {1'b0, lens[rd]}));
    end
    always @* if (seen_clk && rst) assume (!m_axi_rvalid);

    // The bus.
    wire [31:0] ar_bytes = (m_axi_arlen + 32'd1) << SIZE;
    always @* if (seen_clk && !rst) begin
        assert (many <= OUTSTANDING);
        assert (!m_axi_arvalid || many != 0);
        assert (wr - rd == many[Q_BITS-1:0]);
        assert (beat == 0 || (sent != 0 && beat <= {1'b0, lens[rd]}));
        assert (last < CLIENTS);
        if (m_axi_arvalid) assert (m_axi_araddr[SIZE-1:0] == {SIZE{1'b0}} && {20'd0, m_axi_araddr[11:0]} + ar_bytes <= 32'd4096);
        // One reader at most, and none of what is wrong.
        assert ((s_req_ready & (s_req_ready - 1'b1)) == 0 && (m_rsp_valid & (m_rsp_valid - 1'b1)) == 0);
        if (m_rsp_valid != 0) assert (m_axi_rvalid && !m_axi_rresp[1] && !error);
    end
    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(m_axi_arvalid && !m_axi_arready))
            assert (m_axi_arvalid && $stable(m_axi_araddr) && $stable(m_axi_arlen));
        if ($past(error && !clear)) assert (error);
        if ($past(clear)) assert (!error && quiet && !m_axi_arvalid);
        // Nothing is taken, and what is under way ends: quiet comes, and stays.
        if ($past(quiet && (stop || error))) assert (quiet);
        if ($past((stop || error) && m_axi_rvalid && m_axi_rlast)) assert (many == $past(many) - 1'b1);
        if ($past(m_axi_rvalid && m_axi_rresp[1])) assert (error);
    end

    // A request that is taken is on the bus in the next clock, and its beats reach who asked: burst `tag` of the queue.
    (* anyconst *) wire [C_BITS-1:0] who;
    (* anyconst *) wire [Q_BITS-1:0] slot;
    reg                 mine;          // the burst in the slot is a request of `who`, which was given as `len_mine`
    reg [7:0]           len_mine;
    wire                who_is = (who < CLIENTS);
    wire [Q_BITS-1:0]   behind_rd = slot - rd;
    wire                in_queue = ({1'b0, behind_rd} < {1'b0, many}) || many == OUTSTANDING;
    always @(posedge clk) begin
        if (grant && wr == slot) begin
            mine     <= s_req_ready[who % CLIENTS] && who_is;
            len_mine <= len;
        end
        if (rst) mine <= 1'b0;
    end
    always @* if (seen_clk && !rst && in_queue) begin
        assert (lens[slot] == len_mine);
        if (who_is) assert (mine == (owners[slot] == who));
        assert (owners[slot] < CLIENTS);
        if (rd == slot && m_axi_rvalid && !m_axi_rresp[1] && !error) assert (m_rsp_valid != 0);
        if (rd == slot && hand && who_is) assert (m_rsp_valid[who % CLIENTS] == mine);
    end
    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(grant)) assert (m_axi_arvalid && m_axi_araddr == $past(addr) && m_axi_arlen == $past(len));
        if ($past(s_req_ready[who % CLIENTS] && s_req_valid[who % CLIENTS]) && who_is)
            assert (m_axi_araddr == $past(s_req_addr[(who % CLIENTS)*ADDR_BITS +: ADDR_BITS]));
    end

    // Whoever asks is served behind one burst of each other reader.
    reg [7:0] passed;
    wire asks_who = who_is && s_req_valid[who % CLIENTS];
    always @(posedge clk) begin
        if (rst || !asks_who || s_req_ready[who % CLIENTS]) passed <= 8'd0;
        else if (grant) passed <= passed + 8'd1;
    end
    // Readers that are served before it, from the one that was served last on.
    wire [7:0] before_it = (who > last) ? who - last - 8'd1 : who + CLIENTS - last - 8'd1;
    always @* if (seen_clk && !rst && who_is && asks_who) assert (passed + before_it <= CLIENTS - 1);

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (many == OUTSTANDING);
        cover (error && many == 0 && $past(many) == 1);
        cover (m_rsp_valid != 0 && $past(clear, 3) && $past(error, 3));
        cover (m_rsp_valid != 0 && m_axi_rlast && $past(m_rsp_valid) != 0 && !$past(m_axi_rlast));
    end
`endif

endmodule

`default_nettype wire
