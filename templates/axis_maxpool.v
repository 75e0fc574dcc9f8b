// axis_maxpool - running maximum of each lane
//
//   y[lane] = MAX over t of x[t][lane]          t = 0..TAPS-1, unsigned
//
// Folding    TAPS input beats make one output beat; axis_window with GROUPS = WORDS brings a window's taps in a row.
// Timing     one input beat per clock, 1 clock of latency; tready = one gate behind m_axis_tready.
// Lanes      as they come; lane 0 in the least significant bits.
// Framing    tlast of the last tap reappears on the output beat. The place in the window is counted here.
// Reset      synchronous, active high; clears control state only.
// Does not   know padding: a padded tap must carry 0, which never wins.
// Cost       LANES*BITS flip-flops, about 2*LANES*BITS LUTs.
// Tested by  testbench/cells/axis_maxpool; proved by `npm run formal -- axis_maxpool`.

`default_nettype none

module axis_maxpool #(
    parameter integer LANES = 1,   // lanes of a beat
    parameter integer BITS  = 8,   // bits of a lane, unsigned
    parameter integer TAPS  = 4    // beats of a window
) (
    input  wire                  clk,
    input  wire                  rst,

    // AXI4-Stream in: taps
    input  wire [LANES*BITS-1:0] s_axis_tdata,
    input  wire                  s_axis_tvalid,
    output wire                  s_axis_tready,
    input  wire                  s_axis_tlast,

    // AXI4-Stream out: maxima
    output wire [LANES*BITS-1:0] m_axis_tdata,
    output wire                  m_axis_tvalid,
    input  wire                  m_axis_tready,
    output wire                  m_axis_tlast
);

    localparam integer TAP_LAST = TAPS - 1;
    localparam integer TAP_BITS = (TAPS > 1) ? $clog2(TAPS) : 1;

    generate
        if (LANES < 1 || BITS < 1) begin : g_rule_lanes  wire LANES_or_BITS_below_1 = {0{1'b0}};  initial $finish;  end
        if (TAPS < 1)              begin : g_rule_taps   wire TAPS_below_1 = {0{1'b0}};           initial $finish;  end
    endgenerate

    reg [TAP_BITS-1:0] tap;
    reg                valid_q1, last_q1;

    wire first = (tap == {TAP_BITS{1'b0}});
    wire done  = (tap == TAP_LAST[TAP_BITS-1:0]);
    wire take  = s_axis_tvalid && s_axis_tready;

    // The running maximum is the output register, so the next window waits until the finished one is gone.
    assign s_axis_tready = m_axis_tready || !valid_q1;
    assign m_axis_tvalid = valid_q1;
    assign m_axis_tlast  = last_q1;

    always @(posedge clk) begin
        if (s_axis_tready) valid_q1 <= take && done;
        if (take) begin
            tap     <= done ? {TAP_BITS{1'b0}} : tap + 1'b1;
            last_q1 <= s_axis_tlast;
        end
        if (rst) begin
            tap      <= {TAP_BITS{1'b0}};
            valid_q1 <= 1'b0;
        end
    end

    genvar lane;
    generate
        for (lane = 0; lane < LANES; lane = lane + 1) begin : g_lane
            wire [BITS-1:0] x = s_axis_tdata[lane*BITS +: BITS];
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
    wire [BITS-1:0] f_x   = s_axis_tdata >> (lane_of_interest * BITS);
    wire [BITS-1:0] f_max = m_axis_tdata >> (lane_of_interest * BITS);
    reg  [BITS-1:0] f_seen;
    always @(posedge clk) if (take) f_seen <= (first || f_x >= f_seen) ? f_x : f_seen;
    always @* if (seen_clk && !rst) begin
        assert (tap < TAPS);
        assert (!valid_q1 || first);
        if (!first || valid_q1) assert (f_max == f_seen);
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (m_axis_tvalid && m_axis_tready && m_axis_tlast);
        cover (m_axis_tvalid && m_axis_tready && take);
    end
`endif

endmodule

`default_nettype wire
