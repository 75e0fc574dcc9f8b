// sdram_controller - a single data rate SDRAM of 16 bits behind an AXI4 read port, and a port that writes single words
//
//   byte address = {row, bank, column, byte}; a beat = DATA_BITS / 16 words, the lowest address in the lowest bits
//
// Reads      INCR bursts of whole beats, in order, no ids; a second one waits while one is read. Beats are asked for when
//            there is room for them, so m_axi_rready may be low at any time. Every answer is OKAY.
// Writes     a word of 16 bits each, taken when it is written. They go first: words without a pause would stop all reads.
// Rows       each bank keeps its row open, and columns follow one another in every clock (burst length 1): bursts that go
//            on where the last one ended cost nothing, another row in a bank T_RP + T_RCD.
// Refresh    asked for every REFRESH clocks; goes before reads and writes, and closes all rows.
// Start      T_INIT clocks after reset, then all banks are closed, refreshed eight times, and the mode is set; until then
//            `ready` is low, and nothing is read or written.
// Timings    in clocks, of any bank: T_RC holds between two ACTIVEs of different banks too, where T_RRD would do.
// Timing     commands leave from registers. The device samples them half a clock later; dq_in is taken in clock
//            CAS + 1 after the READ that is on the pins, and must be stable then for half a clock (sdram_pins).
// Framing    rlast marks the last beat of a burst.
// Reset      synchronous, active high; begins with the start again.
// Does not   read what was written a few clocks ago in a known order, mask bytes, look at arsize and arburst.
// Cost       about 200 flip-flops and a row for each of 4 banks; 8 beats (4 of 128 bits and more) of memory.
// Tested by  testbench/cells/sdram_controller; proved by `npm run formal -- sdram_controller`.

`default_nettype none

module sdram_controller #(
    parameter integer DATA_BITS = 32,     // of a beat: 32, 64, 128, 256 or 512
    parameter integer ROW_BITS  = 13,     // 11 to 13
    parameter integer COL_BITS  = 9,      // 8 to 10
    parameter integer CAS       = 2,      // clocks from READ to its word: 2 or 3
    parameter integer T_INIT    = 10000,  // from power-up to the first command
    parameter integer T_RP      = 1,      // PRECHARGE to ACTIVE or REFRESH
    parameter integer T_RCD     = 1,      // ACTIVE to READ or WRITE
    parameter integer T_RAS     = 3,      // ACTIVE to PRECHARGE
    parameter integer T_RC      = 4,      // ACTIVE to ACTIVE or REFRESH
    parameter integer T_RFC     = 4,      // REFRESH to whatever follows
    parameter integer T_MRD     = 2,      // MODE to whatever follows
    parameter integer T_WR      = 2,      // WRITE to PRECHARGE
    parameter integer REFRESH   = 390     // between refreshes
) (
    input  wire                         clk,
    input  wire                         rst,
    output wire                         ready,

    // AXI4, read channels
    input  wire [ROW_BITS+COL_BITS+2:0] s_axi_araddr,
    input  wire [7:0]                   s_axi_arlen,
    input  wire                         s_axi_arvalid,
    output wire                         s_axi_arready,
    output wire [DATA_BITS-1:0]         s_axi_rdata,
    output wire [1:0]                   s_axi_rresp,
    output wire                         s_axi_rlast,
    output wire                         s_axi_rvalid,
    input  wire                         s_axi_rready,

    // words to write, at addresses of words
    input  wire [ROW_BITS+COL_BITS+1:0] s_word_addr,
    input  wire [15:0]                  s_word_data,
    input  wire                         s_word_valid,
    output wire                         s_word_ready,

    // the device, through sdram_pins
    output wire                         sdram_cke,
    output wire                         sdram_cs_n,
    output reg                          sdram_ras_n,
    output reg                          sdram_cas_n,
    output reg                          sdram_we_n,
    output reg  [1:0]                   sdram_ba,
    output reg  [ROW_BITS-1:0]          sdram_a,
    output reg  [1:0]                   sdram_dqm,
    output reg  [15:0]                  dq_out,
    output reg                          dq_oe,
    input  wire [15:0]                  dq_in
);

    localparam integer WORDS     = DATA_BITS / 16;
    localparam integer WORD_BITS = $clog2(WORDS);
    localparam integer A_BITS    = ROW_BITS + COL_BITS + 2;    // of a word's address
    localparam integer DEPTH     = (WORDS < 8) ? 8 : 4;        // beats that are asked for or wait
    localparam integer U_BITS    = $clog2(DEPTH + 1);
    localparam integer INIT_BITS = $clog2(T_INIT + 1);
    localparam integer REF_BITS  = $clog2(REFRESH);
    localparam integer REF_LAST  = REFRESH - 1;
    localparam integer REFRESHES = 8;                          // of the start
    localparam integer MODE      = 16 * CAS;                   // burst length 1
    localparam integer ALL       = 1024;                       // A10: PRECHARGE is meant for all banks

    // Timers are loaded with a clock less: the command's own clock counts.
    localparam integer LOAD_RP   = T_RP - 1;
    localparam integer LOAD_RCD  = T_RCD - 1;
    localparam integer LOAD_RAS  = T_RAS - 1;
    localparam integer LOAD_RC   = T_RC - 1;
    localparam integer LOAD_RFC  = T_RFC - 1;
    localparam integer LOAD_MRD  = T_MRD - 1;
    localparam integer LOAD_WR   = T_WR - 1;
    localparam integer LOAD_TURN = CAS + 1;                    // a clock in which nobody drives the data

    generate
        if (DATA_BITS != 32 && DATA_BITS != 64 && DATA_BITS != 128 && DATA_BITS != 256 && DATA_BITS != 512)
            begin : g_rule_data     wire DATA_BITS_is_32_to_512    = {0{1'b0}};  initial $finish;  end
        if (ROW_BITS < 11 || ROW_BITS > 13)
            begin : g_rule_row      wire ROW_BITS_is_11_to_13      = {0{1'b0}};  initial $finish;  end
        if (COL_BITS < 8 || COL_BITS > 10)
            begin : g_rule_col      wire COL_BITS_is_8_to_10       = {0{1'b0}};  initial $finish;  end
        if (CAS < 2 || CAS > 3)
            begin : g_rule_cas      wire CAS_is_2_or_3             = {0{1'b0}};  initial $finish;  end
        if (T_INIT < 1)
            begin : g_rule_init     wire T_INIT_below_1            = {0{1'b0}};  initial $finish;  end
        if (T_RP < 1 || T_RCD < 1 || T_RAS < 1 || T_RC < 1 || T_RFC < 1 || T_MRD < 1 || T_WR < 1)
            begin : g_rule_least    wire a_timing_is_below_1       = {0{1'b0}};  initial $finish;  end
        if (T_RP > 16 || T_RCD > 16 || T_RAS > 16 || T_RC > 16 || T_RFC > 16 || T_MRD > 16 || T_WR > 16)
            begin : g_rule_most     wire a_timing_is_above_16      = {0{1'b0}};  initial $finish;  end
        // Rows close, and a refresh is done, long before the next one is due.
        if (REFRESH < 2 * (T_RAS + T_WR + T_RP + T_RC + T_RFC))
            begin : g_rule_refresh  wire REFRESH_leaves_no_time    = {0{1'b0}};  initial $finish;  end
    endgenerate

    assign sdram_cke   = 1'b1;
    assign sdram_cs_n  = 1'b0;
    assign s_axi_rresp = 2'b00;

    // ---------------------------------------------------------------- bursts
    reg                 next_valid;    // a burst that waits
    reg [A_BITS-1:0]    next_at;
    reg [7:0]           next_len;
    reg                 active;        // a burst that is read
    reg [A_BITS-1:0]    at;            // word of it that comes next
    reg [7:0]           left;          // beats of it behind that word's
    reg [U_BITS-1:0]    used;          // beats that are asked for and have not left
    wire                word_last = &at[WORD_BITS-1:0];
    wire                word_more = |at[WORD_BITS-1:0];        // a beat has begun: there is room for all of it
    wire                beat_last = (left == 8'd0);
    wire                room      = (used != DEPTH[U_BITS-1:0]);
    wire [WORD_BITS:0]  unused_within = s_axi_araddr[WORD_BITS:0];
    assign s_axi_arready = !next_valid && !rst;

    // ---------------------------------------------------------------- choice
    localparam [2:0] POWER = 3'd0, CLOSE = 3'd1, REFRESHING = 3'd2, SETTING = 3'd3, RUN = 3'd4;
    reg [2:0]           phase;
    reg [INIT_BITS-1:0] power;         // clocks until the first command
    reg [2:0]           again;         // refreshes of the start that are left
    reg [REF_BITS-1:0]  tick;
    reg                 due;           // a refresh is asked for
    reg [3:0]           t_rp, t_rcd, t_ras, t_rc, t_wr;
    reg [2:0]           t_turn;
    reg [3:0]           open;
    reg [ROW_BITS-1:0]  rows [0:3];

    wire                run      = (phase == RUN);
    wire [A_BITS-1:0]   to       = s_word_valid ? s_word_addr : at;
    wire [1:0]          bank     = to[COL_BITS +: 2];
    wire [ROW_BITS-1:0] row      = to[COL_BITS+2 +: ROW_BITS];
    wire                hit      = open[bank] && (rows[bank] == row);
    wire                can_act  = (t_rp == 4'd0) && (t_rc == 4'd0);
    wire                can_pre  = (t_ras == 4'd0) && (t_wr == 4'd0);
    wire                wanted   = run && !due && (s_word_valid || (active && (word_more || room)));
    wire                moves    = wanted && hit && (t_rcd == 4'd0);
    wire                writes   = moves && s_word_valid && (t_turn == 3'd0);
    wire                reads    = moves && !s_word_valid;
    wire                closes   = wanted && open[bank] && !hit && can_pre;
    wire                opens    = wanted && !open[bank] && can_act;
    wire                shuts    = ((run && due && open != 4'd0) || phase == CLOSE) && can_pre;
    wire                freshens = ((run && due && open == 4'd0) || phase == REFRESHING) && can_act;
    wire                sets     = (phase == SETTING) && can_act;
    wire                ends     = reads && word_last && beat_last;
    assign s_word_ready = writes && !rst;
    assign ready        = run;

    always @(posedge clk) begin
        if (s_axi_arvalid && s_axi_arready) begin
            next_valid <= 1'b1;
            next_at    <= {s_axi_araddr[A_BITS:WORD_BITS+1], {WORD_BITS{1'b0}}};
            next_len   <= s_axi_arlen;
        end
        if (reads) begin
            at <= at + 1'b1;
            if (word_last) left <= left - 8'd1;
        end
        if (!active || ends) begin
            active <= next_valid;
            at     <= next_at;
            left   <= next_len;
            if (next_valid) next_valid <= 1'b0;
        end
        if (rst) begin
            next_valid <= 1'b0;
            active     <= 1'b0;
        end
    end

    always @(posedge clk) if (opens) rows[bank] <= row;

    always @(posedge clk) begin
        if (t_rp   != 4'd0) t_rp   <= t_rp - 1'b1;
        if (t_rcd  != 4'd0) t_rcd  <= t_rcd - 1'b1;
        if (t_ras  != 4'd0) t_ras  <= t_ras - 1'b1;
        if (t_rc   != 4'd0) t_rc   <= t_rc - 1'b1;
        if (t_wr   != 4'd0) t_wr   <= t_wr - 1'b1;
        if (t_turn != 3'd0) t_turn <= t_turn - 1'b1;
        tick <= (tick == {REF_BITS{1'b0}}) ? REF_LAST[REF_BITS-1:0] : tick - 1'b1;
        if (tick == {REF_BITS{1'b0}}) due <= run;
        if (power != {INIT_BITS{1'b0}}) power <= power - 1'b1;
        else if (phase == POWER) phase <= CLOSE;

        {sdram_ras_n, sdram_cas_n, sdram_we_n} <= 3'b111;
        sdram_ba  <= bank;
        sdram_a   <= {{(ROW_BITS-COL_BITS){1'b0}}, to[COL_BITS-1:0]};
        sdram_dqm <= {2{!run}};
        dq_out    <= s_word_data;
        dq_oe     <= 1'b0;
        if (reads) begin
            {sdram_ras_n, sdram_cas_n, sdram_we_n} <= 3'b101;
            t_turn <= LOAD_TURN[2:0];
        end
        if (writes) begin
            {sdram_ras_n, sdram_cas_n, sdram_we_n} <= 3'b100;
            dq_oe <= 1'b1;
            t_wr  <= LOAD_WR[3:0];
        end
        if (opens) begin
            {sdram_ras_n, sdram_cas_n, sdram_we_n} <= 3'b011;
            sdram_a    <= row;
            open[bank] <= 1'b1;
            t_rcd      <= LOAD_RCD[3:0];
            t_ras      <= LOAD_RAS[3:0];
            t_rc       <= LOAD_RC[3:0];
        end
        if (closes) begin
            {sdram_ras_n, sdram_cas_n, sdram_we_n} <= 3'b010;
            sdram_a[10] <= 1'b0;
            open[bank]  <= 1'b0;
            t_rp        <= LOAD_RP[3:0];
        end
        if (shuts) begin
            {sdram_ras_n, sdram_cas_n, sdram_we_n} <= 3'b010;
            sdram_a <= ALL[ROW_BITS-1:0];
            open    <= 4'd0;
            t_rp    <= LOAD_RP[3:0];
            if (phase == CLOSE) phase <= REFRESHING;
        end
        if (freshens) begin
            {sdram_ras_n, sdram_cas_n, sdram_we_n} <= 3'b001;
            t_rp  <= LOAD_RFC[3:0];
            due   <= 1'b0;
            again <= again - 1'b1;
            if (phase == REFRESHING && again == 3'd0) phase <= SETTING;
        end
        if (sets) begin
            {sdram_ras_n, sdram_cas_n, sdram_we_n} <= 3'b000;
            sdram_ba <= 2'd0;
            sdram_a  <= MODE[ROW_BITS-1:0];
            t_rp     <= LOAD_MRD[3:0];
            phase    <= RUN;
        end
        if (rst) begin
            {sdram_ras_n, sdram_cas_n, sdram_we_n} <= 3'b111;
            dq_oe  <= 1'b0;
            sdram_dqm <= 2'b11;
            phase  <= POWER;
            power  <= T_INIT[INIT_BITS-1:0];
            again  <= REFRESHES[2:0] - 1'b1;
            tick   <= REF_LAST[REF_BITS-1:0];
            due    <= 1'b0;
            open   <= 4'd0;
            {t_rp, t_rcd, t_ras, t_rc, t_wr} <= 20'd0;
            t_turn <= 3'd0;
        end
    end

    // ---------------------------------------------------------------- answers
    // Words on their way, with what they end: a bit each for every clock until the word is there.
    reg  [CAS:0]          coming, coming_beat, coming_burst;
    reg  [DATA_BITS-1:0]  held;
    reg                   whole, whole_last;
    wire                  leave = s_axi_rvalid && s_axi_rready;
    wire                  takes = reads && !word_more;
    always @(posedge clk) begin
        coming       <= {coming[CAS-1:0], reads};
        coming_beat  <= {coming_beat[CAS-1:0], word_last};
        coming_burst <= {coming_burst[CAS-1:0], beat_last};
        if (coming[CAS]) held <= {dq_in, held[DATA_BITS-1:16]};
        whole      <= coming[CAS] && coming_beat[CAS];
        whole_last <= coming_burst[CAS];
        used       <= used + {{(U_BITS-1){1'b0}}, takes} - {{(U_BITS-1){1'b0}}, leave};
        if (rst) begin
            coming <= {(CAS+1){1'b0}};
            whole  <= 1'b0;
            used   <= {U_BITS{1'b0}};
        end
    end

    wire unused_room;                  // beats are asked for where there is room
`ifdef FORMAL
    wire [31:0] waiting;
`endif
    axis_fifo #(
        .WIDTH(DATA_BITS), .DEPTH(DEPTH)
    ) u_beats (
        .clk(clk), .rst(rst),
        .s_axis_tdata(held), .s_axis_tvalid(whole), .s_axis_tready(unused_room), .s_axis_tlast(whole_last),
        .m_axis_tdata(s_axi_rdata), .m_axis_tvalid(s_axi_rvalid), .m_axis_tready(s_axi_rready),
`ifdef FORMAL
        .waiting(waiting),
`endif
        .m_axis_tlast(s_axi_rlast)
    );

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);
    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(s_axi_arvalid && !s_axi_arready))
            assume (s_axi_arvalid && $stable(s_axi_araddr) && $stable(s_axi_arlen));
        if ($past(s_word_valid && !s_word_ready))
            assume (s_word_valid && $stable(s_word_addr) && $stable(s_word_data));
        if ($past(s_axi_rvalid && !s_axi_rready))
            assert (s_axi_rvalid && $stable(s_axi_rdata) && $stable(s_axi_rlast));
    end
    always @* assume (s_axi_araddr[WORD_BITS:0] == 0);
    always @* if (seen_clk && rst) assume (!s_axi_arvalid && !s_word_valid);

    // The device by what is on the pins: any bank, clocks since each command, rows.
    wire [2:0] pins     = {sdram_ras_n, sdram_cas_n, sdram_we_n};
    wire       p_act    = (pins == 3'b011), p_read = (pins == 3'b101), p_write = (pins == 3'b100);
    wire       p_pre    = (pins == 3'b010), p_ref  = (pins == 3'b001), p_mode  = (pins == 3'b000);
    (* anyconst *) wire [1:0] some;
    wire       here     = (sdram_ba == some);
    wire       p_shut   = p_pre && (here || sdram_a[10]);
    reg [5:0]  f_act, f_pre, f_wrote, f_read, f_ref, f_mode;
    reg [3:0]  f_open;
    reg [3:0]  f_refreshes;
    reg        f_closed, f_set;
    reg [ROW_BITS-1:0] f_rows [0:3];
    function [5:0] older;
        input [5:0] age;
        older = (age == 6'd63) ? age : age + 6'd1;
    endfunction
    always @(posedge clk) begin
        f_act   <= (p_act && here)   ? 6'd1 : older(f_act);
        f_pre   <= p_shut            ? 6'd1 : older(f_pre);
        f_wrote <= (p_write && here) ? 6'd1 : older(f_wrote);
        f_read  <= p_read            ? 6'd1 : older(f_read);
        f_ref   <= p_ref             ? 6'd1 : older(f_ref);
        f_mode  <= p_mode            ? 6'd1 : older(f_mode);
        if (p_act) begin
            f_open[sdram_ba] <= 1'b1;
            f_rows[sdram_ba] <= sdram_a;
        end
        if (p_pre) begin
            f_open[sdram_ba] <= 1'b0;
            if (sdram_a[10]) f_open <= 4'd0;
            if (sdram_a[10]) f_closed <= 1'b1;
        end
        if (p_ref && !f_set) f_refreshes <= f_refreshes + 4'd1;
        if (p_mode) f_set <= 1'b1;
        if (rst) begin
            {f_act, f_pre, f_wrote, f_read, f_ref, f_mode} <= {36{1'b1}};
            f_open      <= 4'd0;
            f_refreshes <= 4'd0;
            f_closed    <= 1'b0;
            f_set       <= 1'b0;
        end
    end
    always @* if (seen_clk && !rst) begin
        if (p_act && here)    assert (f_set && !f_open[some] && f_pre >= T_RP && f_act >= T_RC);
        if (p_read || p_write) assert (f_set && f_open[sdram_ba]);
        if ((p_read || p_write) && here) assert (f_act >= T_RCD);
        if (p_shut && f_open[some]) assert (f_act >= T_RAS && f_wrote >= T_WR);
        if (p_ref || p_mode)  assert (f_open == 4'd0 && f_closed && f_pre >= T_RP && f_act >= T_RC);
        if (pins != 3'b111)   assert (f_ref >= T_RFC && f_mode >= T_MRD);
        if (p_mode)           assert (f_refreshes == REFRESHES && sdram_a == MODE && sdram_ba == 2'd0);
        if (p_write)          assert (f_read >= CAS + 2);
        assert (dq_oe == p_write);
    end

    // Why that is so: each timer tells of the age of what loaded it; the rows as the pins have opened them.
    wire [5:0] n_act   = (p_act && here)   ? 6'd0 : f_act;
    wire [5:0] n_pre   = p_shut            ? 6'd0 : f_pre;
    wire [5:0] n_wrote = (p_write && here) ? 6'd0 : f_wrote;
    wire [5:0] n_read  = p_read            ? 6'd0 : f_read;
    wire [5:0] n_ref   = p_ref             ? 6'd0 : f_ref;
    wire [5:0] n_mode  = p_mode            ? 6'd0 : f_mode;
    reg  [3:0] n_open;
    always @* begin
        n_open = f_open;
        if (p_act) n_open[sdram_ba] = 1'b1;
        if (p_pre) n_open[sdram_ba] = 1'b0;
        if (p_pre && sdram_a[10]) n_open = 4'd0;
    end
    wire [3:0] n_refreshes = f_refreshes + (p_ref && !f_set);
    always @* if (seen_clk && !rst) begin
        assert (n_open == open && phase <= RUN && tick <= REF_LAST);
        assert (n_act + t_rc >= T_RC - 1 && n_act + t_ras >= T_RAS - 1 && n_act + t_rcd >= T_RCD - 1);
        assert (n_pre + t_rp >= T_RP - 1 && n_ref + t_rp >= T_RFC - 1 && n_mode + t_rp >= T_MRD - 1);
        assert (n_wrote + t_wr >= T_WR - 1 && n_read + t_turn >= CAS + 1);
        if (open != 4'd0) assert (n_ref >= T_RFC && n_mode >= T_MRD);
        if (!run) assert (open == 4'd0 && !f_set && !p_mode && !due && {t_rc, t_ras, t_rcd, t_wr} == 16'd0);
        if (run)  assert (f_set || p_mode);
        if (f_set || p_mode) assert (n_refreshes == REFRESHES);
        if (phase < REFRESHING)  assert (n_refreshes == 4'd0 && again == 3'd7 && n_ref == 6'd63 && n_mode == 6'd63);
        if (phase == REFRESHING) assert (n_refreshes + again == 4'd7);
        if (phase == SETTING)    assert (n_refreshes == REFRESHES);
        if (phase >= REFRESHING) assert (f_closed || (p_pre && sdram_a[10]));
        if (phase == REFRESHING || phase == SETTING) assert (n_mode == 6'd63);
        if (open[some]) assert (rows[some] == ((p_act && here) ? sdram_a : f_rows[some]));
    end

    // No refresh is late: nothing new begins while one is due, and what it waits for ends.
    reg [5:0]  f_wait;       // clocks that it has been due
    reg [15:0] f_age;        // clocks since the last one
    always @(posedge clk) begin
        f_wait <= due ? f_wait + 6'd1 : 6'd0;
        f_age  <= freshens ? 16'd0 : f_age + 16'd1;
        if (rst) f_wait <= 6'd0;
    end
    always @* if (seen_clk && !rst) begin
        if (phase == SETTING) assert (f_age + t_rp <= 16'd15);
        if (run && due) begin
            if (open != 4'd0)
                assert (f_wait <= 6'd16 && (t_ras == 0 || f_wait + t_ras <= 6'd16) && (t_wr == 0 || f_wait + t_wr <= 6'd16)
                        && (t_rc == 0 || f_wait + t_rc <= 6'd33));
            else
                assert (f_wait <= 6'd34 && (t_rp == 0 || f_wait + t_rp <= 6'd33) && (t_rc == 0 || f_wait + t_rc <= 6'd33));
            assert (f_age <= REFRESH + 16'd41 + f_wait);
        end
        if (run && !due) assert (f_wait <= 6'd36 && f_age + tick <= REFRESH + 16'd40);
        if (run) assert (f_age <= REFRESH + 16'd80);
    end

    // No beat is lost or doubled: each that is asked for is begun, on its way, whole or in the FIFO; there is room for it.
    reg [U_BITS+3:0] f_coming;
    integer          f;
    always @* begin
        f_coming = whole + (active && word_more);
        for (f = 0; f <= CAS; f = f + 1) f_coming = f_coming + (coming[f] && coming_beat[f]);
    end
    always @* if (seen_clk && !rst) begin
        assert (used == waiting + f_coming && used <= DEPTH);
        if (next_valid) assert (next_at[WORD_BITS-1:0] == 0);
        if (whole) assert (unused_room);
    end

    // A burst has its beats, and rlast on the last one; what is written is what was asked for.
    reg [8:0] f_left;        // beats of the burst that is read which have not been asked for
    always @(posedge clk) begin
        if (!active || ends) f_left <= next_len + 9'd1;
        else if (takes) f_left <= f_left - 9'd1;
    end
    always @* if (seen_clk && !rst && active) assert (f_left == left + 9'd1 - word_more);
    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(reads)) assert (p_read && {sdram_ba, sdram_a[COL_BITS-1:0]} == $past(at[COL_BITS+1:0]));
        if ($past(reads) && sdram_ba == some) assert (rows[some] == $past(at[A_BITS-1:COL_BITS+2]));
        if ($past(s_word_valid && s_word_ready)) begin
            assert (p_write && dq_out == $past(s_word_data) && {sdram_ba, sdram_a[COL_BITS-1:0]} == $past(s_word_addr[COL_BITS+1:0]));
            if (here) assert (rows[some] == $past(s_word_addr[A_BITS-1:COL_BITS+2]));
        end
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (p_read && $past(p_read) && waiting != 0);
        cover (p_write && f_read != 6'd63);
        cover (p_ref && f_set && $past(f_open, 3) != 4'd0);
        cover (p_pre && !sdram_a[10]);
    end
`endif

endmodule

`default_nettype wire
