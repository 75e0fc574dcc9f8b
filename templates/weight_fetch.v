// weight_fetch - reads a layer's weights from memory, frame after frame, into a buffer of its own
//
//   m_axis = `beats` beats from base + 4096*page on, again and again, as long as `enable` is high
//
// Frame      `beats` and `page` are constants, or come with a set of weights: they are looked at when it starts, as the base.
//            No beats are none: nothing is asked for.
// Bursts     of BURST beats, the last one of a frame of what is left. base is cut to 4 KiB, and BURST beats are a power of
//            two of at most 4 KiB: no burst crosses 4 KiB.
// Credits    a burst is asked for when the buffer has room for all of it; so its beats never wait on the bus.
// Disable    while `enable` is low nothing is asked for, what comes is dropped, and `flush` is high: the buffer is empty, and
//            so must be whatever is behind it. It starts again at the first beat, when no beat is under way any
//            more, at the base of that time; later bases do not matter until then.
// Timing     a request a clock at most; 2 clocks through the buffer.
// Framing    tlast marks the last of `beats` beats.
// Reset      synchronous, active high, together with the read port.
// Does not   look at errors: the read port hands on nothing behind one.
// Cost       DEPTH beats of memory, two addresses, counters of bursts, beats and credits.
// Tested by  testbench/cells/weight_fetch; proved by `npm run formal -- weight_fetch`.

`default_nettype none

module weight_fetch #(
    parameter integer ADDR_BITS = 32,
    parameter integer DATA_BITS = 64,
    parameter integer BEAT_BITS = 24,    // of the number of beats
    parameter integer BURST     = 16,    // beats of a burst, a power of two
    parameter integer DEPTH     = 32     // beats of the buffer, BURST at least
) (
    input  wire                 clk,
    input  wire                 rst,
    input  wire                 enable,
    input  wire [ADDR_BITS-1:0] base,
    input  wire [ADDR_BITS-13:0] page,    // of 4096 bytes, behind the base
    input  wire [BEAT_BITS-1:0] beats,   // of a frame
    output wire                 flush,

    // requests and answers of axi_read_master
    output wire                 m_req_valid,
    input  wire                 m_req_ready,
    output wire [ADDR_BITS-1:0] m_req_addr,
    output wire [7:0]           m_req_len,
    input  wire                 s_rsp_valid,
    input  wire [DATA_BITS-1:0] s_rsp_data,

    // AXI4-Stream out
    output wire [DATA_BITS-1:0] m_axis_tdata,
    output wire                 m_axis_tvalid,
    input  wire                 m_axis_tready,
    output wire                 m_axis_tlast
);

    localparam integer BYTES    = DATA_BITS / 8;
    localparam integer C_BITS   = $clog2(2*DEPTH + 1);               // room for a sum of two
    localparam integer STEP     = BURST * BYTES;
    localparam integer FULL_LEN = BURST - 1;

    generate
        if (BEAT_BITS > 31 || (1 << BEAT_BITS) <= 2 * BURST)
            begin : g_rule_beats   wire BEAT_BITS_hold_two_BURSTs    = {0{1'b0}};  initial $finish;  end
        if (BURST < 1 || BURST > 256 || (BURST & (BURST - 1)) != 0 || BURST * BYTES > 4096)
            begin : g_rule_burst   wire BURST_is_power_up_to_4_KiB   = {0{1'b0}};  initial $finish;  end
        if (DEPTH < BURST)
            begin : g_rule_depth   wire DEPTH_below_BURST            = {0{1'b0}};  initial $finish;  end
        if (ADDR_BITS < 13 || ADDR_BITS > 32)
            begin : g_rule_addr    wire ADDR_BITS_is_13_to_32        = {0{1'b0}};  initial $finish;  end
    endgenerate

    wire [11:0] unused_base = base[11:0];
    wire [ADDR_BITS-1:0] start = {base[ADDR_BITS-1:12], 12'd0} + {page, 12'd0};

    // ---------------------------------------------------------------- requests
    reg                 active;
    reg [BEAT_BITS-1:0] total;         // beats of a frame since the start
    reg [BEAT_BITS-1:0] left;          // beats of the frame that have not been asked for
    reg [ADDR_BITS-1:0] addr;          // its address
    reg [ADDR_BITS-1:0] from;          // address of the frame's first one: a base that changes is another start's
    reg                 asking;
    reg [C_BITS-1:0]    owed;          // beats that are asked for and have not come
    reg [C_BITS-1:0]    used;          // places of the buffer that are full or promised
    wire                n_last  = (left <= BURST[BEAT_BITS-1:0]);
    wire [31:0]         few     = {{(32-BEAT_BITS){1'b0}}, left};
    wire [31:0]         fewer   = few - 32'd1;
    wire                unused  = &{1'b0, few, fewer};                // a burst's are enough
    wire [7:0]          len     = n_last ? fewer[7:0] : FULL_LEN[7:0];
    wire [C_BITS-1:0]   size    = n_last ? few[C_BITS-1:0] : BURST[C_BITS-1:0];
    wire                granted = asking && m_req_ready;
    wire                leave   = m_axis_tvalid && m_axis_tready;

    assign flush       = !active;
    assign m_req_valid = asking;
    assign m_req_addr  = addr;
    assign m_req_len   = len;

    // A request that is on offer stays; it took its places when it was made.
    wire              make   = active && enable && !asking && (left != {BEAT_BITS{1'b0}}) && (used + size <= DEPTH[C_BITS-1:0]);
    wire [C_BITS-1:0] grown  = make ? size : {C_BITS{1'b0}};
    wire [C_BITS-1:0] less   = {{(C_BITS-1){1'b0}}, leave};
    wire [C_BITS-1:0] come   = {{(C_BITS-1){1'b0}}, s_rsp_valid};

    always @(posedge clk) begin
        if (make)         asking <= 1'b1;
        else if (granted) asking <= 1'b0;
        if (granted) begin
            left <= n_last ? total : left - BURST[BEAT_BITS-1:0];
            addr <= n_last ? from : addr + STEP[ADDR_BITS-1:0];
        end
        used <= used + grown - less;
        owed <= owed + grown - come;
        if (!active) begin
            used <= {C_BITS{1'b0}};
            if (!asking) begin
                total <= beats;
                left  <= beats;
                addr  <= start;
                from  <= start;
            end
        end
        // A request on offer must be answered too before it starts again.
        if (!enable) active <= 1'b0;
        else if (owed == {C_BITS{1'b0}} && !asking) active <= 1'b1;
        if (rst) begin
            active <= 1'b0;
            asking <= 1'b0;
            left   <= {BEAT_BITS{1'b0}};
            used   <= {C_BITS{1'b0}};
            owed   <= {C_BITS{1'b0}};
        end
    end

    // ---------------------------------------------------------------- buffer
    reg [BEAT_BITS-1:0] b;             // beat of the frame that comes next
    wire                b_last = (b + 1'b1 == total);
    always @(posedge clk)
        if (rst || !active) b <= {BEAT_BITS{1'b0}};
        else if (s_rsp_valid) b <= b_last ? {BEAT_BITS{1'b0}} : b + 1'b1;

    wire unused_room;                  // by credits there always is some
`ifdef FORMAL
    wire [31:0] waiting;
`endif
    axis_fifo #(
        .WIDTH(DATA_BITS), .DEPTH(DEPTH)
    ) u_buffer (
        .clk(clk), .rst(rst || !active),
        .s_axis_tdata(s_rsp_data), .s_axis_tvalid(s_rsp_valid && active), .s_axis_tready(unused_room), .s_axis_tlast(b_last),
        .m_axis_tdata(m_axis_tdata), .m_axis_tvalid(m_axis_tvalid), .m_axis_tready(m_axis_tready),
`ifdef FORMAL
        .waiting(waiting),
`endif
        .m_axis_tlast(m_axis_tlast)
    );

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    // The read port: beats of bursts that it has taken, and no other ones.
    reg [C_BITS+1:0] due;
    always @(posedge clk) begin
        due <= due + (granted ? size : 0) - s_rsp_valid;
        if (rst) due <= 0;
    end
    always @* if (seen_clk && !rst && s_rsp_valid) assume (due != 0);
    always @* if (seen_clk && rst) assume (!s_rsp_valid);

    // Every beat that is asked for has a place; every answer is taken.
    wire [C_BITS+1:0] offered = asking ? size : 0;
    always @* if (seen_clk && !rst) begin
        if (active) assert (left <= total && (total == 0 || (b < total && left != 0)));
        assert (due + offered == owed);
        assert (!active || used == owed + waiting);
        assert (used <= DEPTH && owed <= DEPTH && due <= DEPTH);
        if (active && s_rsp_valid) assert (unused_room);
        if (m_req_valid) begin
            assert (m_req_addr % BYTES == 0);
            assert ((m_req_addr % 4096) + (m_req_len + 1)*BYTES <= 4096);
        end
    end
    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(m_req_valid && !m_req_ready)) assert (m_req_valid && $stable(m_req_addr) && $stable(m_req_len));
        // It starts again only when nothing is under way, at the first beat.
        if (active && !$past(active)) assert (due == 0 && b == 0 && left == $past(beats) && m_req_addr == $past(start) && waiting == 0);
    end

    // No beat is lost or doubled: the beats asked for since the start are those of whole bursts of the frame, in its order.
    reg [C_BITS+1:0] ahead;                    // frames whose last burst is granted and whose last beat has not come
    always @(posedge clk) begin
        ahead <= ahead + (granted && n_last) - (s_rsp_valid && b_last);
        if (rst || !active) ahead <= 0;
    end
    wire [31:0] first   = total - left;        // beat of the frame that the next burst begins with
    wire [31:0] reached = b + due;             // beat of the frame behind those that are granted
    always @* if (seen_clk && !rst) begin
        if (active || asking) begin
            assert (from[11:0] == 12'd0 && addr == from + first * BYTES);
            assert (first % BURST == 0 && left <= total);
            if (asking) assert (left != 0);
        end
        if (active) assert (reached == first + ahead * total);
        if (active && total == 0) assert (due == 0 && b == 0);
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (m_axis_tvalid && m_axis_tready && m_axis_tlast);
        cover (active && $past(!active) && $past(due) == 0 && $past(due, 2) == 1);
        cover (used == DEPTH && !asking);
    end
`endif

endmodule

`default_nettype wire
