// axis_maxpool - running maximum of each lane
//
//   y[lane] = MAX over t of x[t][lane]          t = 0..TAPS*SIDE-1, unsigned
//
// Folding    TAPS input beats of SIDE taps make one output beat; axis_window with GROUPS = WORDS brings a window's taps
//            in a row, axis_pick side by side.
// Timing     one input beat per clock, a register after each level of the tree over SIDE taps and after the running
//            maximum; all of them hold while a maximum waits. tready = one gate behind m_axis_tready.
// Lanes      input lane s*LANES + l = lane l of tap s of the beat; lane 0 in the least significant bits.
// Framing    tlast of the last tap reappears on the output beat. The place in the window is counted here.
// Reset      synchronous, active high; clears control state only.
// Does not   know padding: a padded tap must carry 0, which never wins.
// Cost       SIDE*LANES*BITS flip-flops, about twice as many LUTs.
// Tested by  testbench/cells/axis_maxpool; proved by `npm run formal -- axis_maxpool`.

`default_nettype none

module axis_maxpool #(
    parameter integer LANES = 1,   // lanes of a beat
    parameter integer BITS  = 8,   // bits of a lane, unsigned
    parameter integer TAPS  = 4,   // beats of a window
    parameter integer SIDE  = 1    // taps of a beat
) (
    input  wire                  clk,
    input  wire                  rst,

    // AXI4-Stream in: taps
    input  wire [SIDE*LANES*BITS-1:0] s_axis_tdata,
    input  wire                  s_axis_tvalid,
    output wire                  s_axis_tready,
    input  wire                  s_axis_tlast,

    // AXI4-Stream out: maxima
    output wire [LANES*BITS-1:0] m_axis_tdata,
    output wire                  m_axis_tvalid,
    input  wire                  m_axis_tready,
    output wire                  m_axis_tlast
);

    localparam integer LEVELS   = $clog2(SIDE);
    localparam integer WIDE     = LANES * BITS;
    localparam integer TAP_LAST = TAPS - 1;
    localparam integer TAP_BITS = (TAPS > 1) ? $clog2(TAPS) : 1;

    generate
        if (LANES < 1 || BITS < 1) begin : g_rule_lanes  wire LANES_or_BITS_below_1 = {0{1'b0}};  initial $finish;  end
        if (TAPS < 1 || SIDE < 1)  begin : g_rule_taps   wire TAPS_or_SIDE_below_1 = {0{1'b0}};   initial $finish;  end
    endgenerate

    reg [TAP_BITS-1:0] tap;
    reg                valid_q1, last_q1;

    wire first = (tap == {TAP_BITS{1'b0}});
    wire done  = (tap == TAP_LAST[TAP_BITS-1:0]);
    // The running maximum is the output register, so the next window waits until the finished one is gone.
    wire move  = m_axis_tready || !valid_q1;
    wire [WIDE-1:0] best;              // of the taps of a beat
    wire            best_valid, best_last;
    wire take  = best_valid && move;

    assign s_axis_tready = move;
    assign m_axis_tvalid = valid_q1;
    assign m_axis_tlast  = last_q1;

    always @(posedge clk) begin
        if (move) valid_q1 <= take && done;
        if (take) begin
            tap     <= done ? {TAP_BITS{1'b0}} : tap + 1'b1;
            last_q1 <= best_last;
        end
        if (rst) begin
            tap      <= {TAP_BITS{1'b0}};
            valid_q1 <= 1'b0;
        end
    end

    genvar level, node, lane;
    generate
        if (LEVELS == 0) begin : g_direct
            assign best       = s_axis_tdata;
            assign best_valid = s_axis_tvalid;
            assign best_last  = s_axis_tlast;
        end else begin : g_tree
            reg [LEVELS-1:0] inside_q, ends_q;   // the beat in the registers of a level: it exists, its tlast
            for (level = 0; level <= LEVELS; level = level + 1) begin : g_level
                localparam integer NODES = (SIDE + (1 << level) - 1) >> level;
                wire [NODES*WIDE-1:0] e;
                if (level == 0) begin : g_taps
                    assign e = s_axis_tdata;
                end else begin : g_best
                    localparam integer BELOW = (SIDE + (1 << (level-1)) - 1) >> (level-1);
                    reg [NODES*WIDE-1:0] e_q;
                    assign e = e_q;
                    for (node = 0; node < NODES; node = node + 1) begin : g_node
                        for (lane = 0; lane < LANES; lane = lane + 1) begin : g_lane
                            wire [BITS-1:0] a = g_level[level-1].e[(2*node*LANES + lane)*BITS +: BITS];
                            if (2*node + 1 < BELOW) begin : g_pair
                                wire [BITS-1:0] b = g_level[level-1].e[((2*node+1)*LANES + lane)*BITS +: BITS];
                                always @(posedge clk) if (move) e_q[(node*LANES + lane)*BITS +: BITS] <= (a > b) ? a : b;
                            end else begin : g_odd
                                always @(posedge clk) if (move) e_q[(node*LANES + lane)*BITS +: BITS] <= a;
                            end
                        end
                    end
                end
            end
            if (LEVELS == 1) begin : g_one
                always @(posedge clk) begin
                    if (move) {inside_q, ends_q} <= {s_axis_tvalid, s_axis_tlast};
                    if (rst) inside_q <= 1'b0;
                end
            end else begin : g_more
                always @(posedge clk) begin
                    if (move) begin
                        inside_q <= {inside_q[LEVELS-2:0], s_axis_tvalid};
                        ends_q   <= {ends_q[LEVELS-2:0], s_axis_tlast};
                    end
                    if (rst) inside_q <= {LEVELS{1'b0}};
                end
            end
            assign best       = g_level[LEVELS].e;
            assign best_valid = inside_q[LEVELS-1];
            assign best_last  = ends_q[LEVELS-1];
        end
        for (lane = 0; lane < LANES; lane = lane + 1) begin : g_lane
            wire [BITS-1:0] x = best[lane*BITS +: BITS];
            reg  [BITS-1:0] best_q1;
            always @(posedge clk) if (take && (first || x > best_q1)) best_q1 <= x;
            assign m_axis_tdata[lane*BITS +: BITS] = best_q1;
        end
    endgenerate

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(s_axis_tvalid && !s_axis_tready))
            assume (s_axis_tvalid && $stable(s_axis_tdata) && $stable(s_axis_tlast));
        if ($past(m_axis_tvalid && !m_axis_tready))
            assert (m_axis_tvalid && $stable(m_axis_tdata) && $stable(m_axis_tlast));
    end

    // No tap is above the maximum, and one tap reaches it.
    (* anyconst *) wire [7:0] lane_of_interest;
    always @* assume (lane_of_interest < LANES);
    wire [BITS-1:0] f_x   = best >> (lane_of_interest * BITS);
    wire [BITS-1:0] f_max = m_axis_tdata >> (lane_of_interest * BITS);
    reg  [BITS-1:0] f_seen;
    always @(posedge clk) if (take) f_seen <= (first || f_x >= f_seen) ? f_x : f_seen;
    always @* if (seen_clk && !rst) begin
        assert (tap < TAPS);
        assert (!valid_q1 || first);
        if (!first || valid_q1) assert (f_max == f_seen);
    end

    // The tree: the largest of a level is the largest tap of the beat that it holds.
    genvar fl;
    generate
        for (fl = 0; fl <= LEVELS; fl = fl + 1) begin : g_check
            reg [BITS-1:0] f_ref;
            if (fl > 0) begin : g_levels
                localparam integer NODES = (SIDE + (1 << fl) - 1) >> fl;
                integer i;
                reg [BITS-1:0] f_node, f_best;
                always @* begin
                    f_best = 0;
                    for (i = 0; i < NODES; i = i + 1) begin
                        f_node = g_tree.g_level[fl].e >> ((i*LANES + lane_of_interest) * BITS);
                        if (f_node > f_best) f_best = f_node;
                    end
                    if (seen_clk && !rst && g_tree.inside_q[fl-1]) assert (f_best == f_ref);
                end
                always @(posedge clk) if (move) f_ref <= g_check[fl-1].f_ref;
            end else begin : g_input
                integer i;
                reg [BITS-1:0] f_tap;
                always @* begin
                    f_ref = 0;
                    for (i = 0; i < SIDE; i = i + 1) begin
                        f_tap = s_axis_tdata >> ((i*LANES + lane_of_interest) * BITS);
                        if (f_tap > f_ref) f_ref = f_tap;
                    end
                end
            end
        end
    endgenerate

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (m_axis_tvalid && m_axis_tready && m_axis_tlast);
        cover (m_axis_tvalid && m_axis_tready && take);
    end
`endif

endmodule

`default_nettype wire
