// axis_sumpool - running sum of each lane
//
//   y[lane] = SUM over t of x[t][lane]          t = 0..TAPS*SIDE-1, unsigned, exact
//
// Folding    TAPS input beats of SIDE taps make one output beat; axis_window with GROUPS = WORDS brings a window's taps
//            in a row, axis_pick side by side.
// Timing     one input beat per clock, a register after each level of the tree over SIDE taps and after the running
//            sum; all of them hold while a sum waits. tready = one gate behind m_axis_tready.
// Lanes      input lane s*LANES + l = lane l of tap s of the beat; lane 0 in the least significant bits.
// Framing    tlast of the last tap reappears on the output beat. The place in the window is counted here.
// Reset      synchronous, active high; clears control state only.
// Does not   divide: an average is a requantize step behind it. A padded tap counts with the value that it carries.
// Cost       SIDE*LANES*OUT_BITS flip-flops at most, about as many LUTs.
// Tested by  testbench/cells/axis_sumpool; proved by `npm run formal -- axis_sumpool`.

`default_nettype none

module axis_sumpool #(
    parameter integer LANES    = 1,    // lanes of a beat
    parameter integer IN_BITS  = 8,    // bits of an input lane, unsigned
    parameter integer OUT_BITS = 10,   // bits of a sum, unsigned; holds TAPS*SIDE*(2^IN_BITS - 1)
    parameter integer TAPS     = 4,    // beats of a window
    parameter integer SIDE     = 1     // taps of a beat
) (
    input  wire                      clk,
    input  wire                      rst,

    // AXI4-Stream in: taps
    input  wire [SIDE*LANES*IN_BITS-1:0] s_axis_tdata,
    input  wire                      s_axis_tvalid,
    output wire                      s_axis_tready,
    input  wire                      s_axis_tlast,

    // AXI4-Stream out: sums
    output wire [LANES*OUT_BITS-1:0] m_axis_tdata,
    output wire                      m_axis_tvalid,
    input  wire                      m_axis_tready,
    output wire                      m_axis_tlast
);

    localparam integer LEVELS   = $clog2(SIDE);
    localparam integer X_BITS   = (IN_BITS + LEVELS < OUT_BITS) ? IN_BITS + LEVELS : OUT_BITS;   // sum of a beat
    localparam integer TAP_LAST = TAPS - 1;
    localparam integer TAP_BITS = (TAPS > 1) ? $clog2(TAPS) : 1;
    localparam [63:0]  MAX_SUM  = TAPS * SIDE * ((64'd1 << IN_BITS) - 64'd1);

    generate
        if (LANES < 1 || IN_BITS < 1) begin : g_rule_lanes  wire LANES_or_IN_BITS_below_1 = {0{1'b0}};        initial $finish;  end
        if (TAPS < 1 || SIDE < 1)     begin : g_rule_taps   wire TAPS_or_SIDE_below_1 = {0{1'b0}};            initial $finish;  end
        if (OUT_BITS < IN_BITS || (MAX_SUM >> OUT_BITS) != 64'd0)
                                      begin : g_rule_sum    wire OUT_BITS_must_hold_the_sum = {0{1'b0}};      initial $finish;  end
    endgenerate

    reg [TAP_BITS-1:0] tap;
    reg                valid_q1, last_q1;

    wire first = (tap == {TAP_BITS{1'b0}});
    wire done  = (tap == TAP_LAST[TAP_BITS-1:0]);
    // The running sum is the output register, so the next window waits until the finished one is gone.
    wire move  = m_axis_tready || !valid_q1;
    wire [LANES*X_BITS-1:0] part;      // of the taps of a beat
    wire                    part_valid, part_last;
    wire take  = part_valid && move;

    assign s_axis_tready = move;
    assign m_axis_tvalid = valid_q1;
    assign m_axis_tlast  = last_q1;

    always @(posedge clk) begin
        if (move) valid_q1 <= take && done;
        if (take) begin
            tap     <= done ? {TAP_BITS{1'b0}} : tap + 1'b1;
            last_q1 <= part_last;
        end
        if (rst) begin
            tap      <= {TAP_BITS{1'b0}};
            valid_q1 <= 1'b0;
        end
    end

    genvar tap_at, lane;
    generate
        if (LEVELS == 0) begin : g_direct
            assign part       = s_axis_tdata;
            assign part_valid = s_axis_tvalid;
            assign part_last  = s_axis_tlast;
        end else begin : g_tree
            reg [LEVELS-1:0] inside_q, ends_q;   // the beat in the registers of a level: it exists, its tlast
            for (lane = 0; lane < LANES; lane = lane + 1) begin : g_lane
                wire [SIDE*IN_BITS-1:0] taps;
                for (tap_at = 0; tap_at < SIDE; tap_at = tap_at + 1) begin : g_tap
                    assign taps[tap_at*IN_BITS +: IN_BITS] = s_axis_tdata[(tap_at*LANES + lane)*IN_BITS +: IN_BITS];
                end
`ifdef FORMAL
                wire [7:0] moves;
`endif
                sum_tree #(
                    .TAPS(SIDE), .BITS(IN_BITS), .MOST(OUT_BITS), .SIGNED(0)
                ) u_tree (
`ifdef FORMAL
                    .moves(moves),
`endif
                    .clk(clk), .move(move), .taps(taps), .sum(part[lane*X_BITS +: X_BITS])
                );
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
            assign part_valid = inside_q[LEVELS-1];
            assign part_last  = ends_q[LEVELS-1];
        end
        for (lane = 0; lane < LANES; lane = lane + 1) begin : g_lane
            wire [OUT_BITS-1:0] x;
            reg  [OUT_BITS-1:0] sum_q1;
            if (OUT_BITS > X_BITS) begin : g_grow assign x = {{(OUT_BITS-X_BITS){1'b0}}, part[lane*X_BITS +: X_BITS]}; end
            else                   begin : g_keep assign x = part[lane*X_BITS +: X_BITS]; end
            always @(posedge clk) if (take) sum_q1 <= (first ? {OUT_BITS{1'b0}} : sum_q1) + x;
            assign m_axis_tdata[lane*OUT_BITS +: OUT_BITS] = sum_q1;
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

    // The sum follows the taps and never wraps.
    (* anyconst *) wire [7:0] lane_of_interest;
    always @* assume (lane_of_interest < LANES);
    wire [X_BITS-1:0]   f_x   = part >> (lane_of_interest * X_BITS);
    wire [OUT_BITS-1:0] f_sum = m_axis_tdata >> (lane_of_interest * OUT_BITS);
    reg  [OUT_BITS+3:0] f_seen;
    always @(posedge clk) if (take) f_seen <= (first ? 0 : f_seen) + f_x;
    always @* if (seen_clk && !rst) begin
        assert (tap < TAPS);
        assert (!valid_q1 || first);
        if (!first || valid_q1) assert (f_sum == f_seen);
        if (!first)  assert (f_seen <= tap * SIDE * ((1 << IN_BITS) - 1));
        if (valid_q1) assert (f_seen <= MAX_SUM);
    end

    // The tree has moved as often as what is valid needs.
    genvar fl;
    generate
        for (fl = 0; fl < LEVELS*LANES; fl = fl + 1) begin : g_check
            always @* if (seen_clk && !rst && g_tree.inside_q[fl/LANES])
                assert (g_tree.g_lane[fl%LANES].moves > fl/LANES);
        end
    endgenerate

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (m_axis_tvalid && m_axis_tready && m_axis_tlast);
        cover (m_axis_tvalid && m_axis_tready && take);
    end
`endif

endmodule

`default_nettype wire
