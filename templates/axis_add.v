// axis_add - residual connection: two streams of one shape meet, each at its own scale
//
//   q = clamp( floor( (a*MA + b*MB + BIAS) / 2^SHIFT ), LO, HI )          for every lane
//
// Timing     one beat of both inputs a clock; registers after the products, the sum and the clamp. A stalled output
//            holds the pipe; a beat is taken only when both inputs offer one.
// Lanes      lane l of the output comes from lane l of both inputs; lane 0 in the least significant bits.
// Framing    tlast of the output = tlast of input 0; input 1 has the same shape, its tlast is not looked at.
// Reset      synchronous, active high; clears the valid bits, never the data path.
// Does not   wait for a slower branch in a buffer: axis_fifo stands in front of the faster one.
// Cost       two constant multipliers a lane (shifts and adds) and a comparator pair.
// Tested by  testbench/cells/axis_add; proved by `npm run formal -- axis_add`.

`default_nettype none

module axis_add #(
    parameter integer             LANES    = 1,   // lanes of a beat
    parameter integer             A_BITS   = 8,   // bits of a lane of input 0, unsigned
    parameter integer             B_BITS   = 8,   // bits of a lane of input 1, unsigned
    parameter integer             OUT_BITS = 8,   // bits of a lane of the output, unsigned
    parameter integer             MA       = 1,   // multiplier of input 0, below 2^24 in magnitude
    parameter integer             MB       = 1,   // multiplier of input 1, below 2^24 in magnitude
    parameter signed       [63:0] BIAS     = 0,   // rounding half and zero points, below 2^53 in magnitude
    parameter integer             SHIFT    = 1,   // right shift
    parameter integer             LO       = 0,   // lower bound, at least 0
    parameter integer             HI       = 255  // upper bound, below 2^OUT_BITS
) (
    input  wire                      clk,
    input  wire                      rst,

    // AXI4-Stream in: first summand
    input  wire [LANES*A_BITS-1:0]   s0_axis_tdata,
    input  wire                      s0_axis_tvalid,
    output wire                      s0_axis_tready,
    input  wire                      s0_axis_tlast,

    // AXI4-Stream in: second summand
    input  wire [LANES*B_BITS-1:0]   s1_axis_tdata,
    input  wire                      s1_axis_tvalid,
    output wire                      s1_axis_tready,
    input  wire                      s1_axis_tlast,

    // AXI4-Stream out
    output wire [LANES*OUT_BITS-1:0] m_axis_tdata,
    output wire                      m_axis_tvalid,
    input  wire                      m_axis_tready,
    output wire                      m_axis_tlast
);

    // A product of 25 and 17 signed bits and a bias of 54 fit together; tools drop what a constant does not need.
    localparam integer SUM_BITS = 56;

    generate
        if (LANES < 1 || A_BITS < 1 || B_BITS < 1 || OUT_BITS < 1 || A_BITS > 16 || B_BITS > 16 || OUT_BITS > 16)
            begin : g_rule_size  wire sizes_out_of_range      = {0{1'b0}};  initial $finish;  end
        if (MA >= (1 << 24) || MA <= -(1 << 24) || MB >= (1 << 24) || MB <= -(1 << 24) || SHIFT < 0 || SHIFT > 54)
            begin : g_rule_scale wire constants_out_of_range  = {0{1'b0}};  initial $finish;  end
        if (LO < 0 || HI < LO || HI >= (1 << OUT_BITS))
            begin : g_rule_clamp wire LO_and_HI_must_fit      = {0{1'b0}};  initial $finish;  end
    endgenerate

    // ---------------------------------------------------------------- handshake
    reg  valid_q1, valid_q2, valid_q3;
    reg  last_q1, last_q2, last_q3;
    wire advance = m_axis_tready || !valid_q3;
    wire take    = advance && s0_axis_tvalid && s1_axis_tvalid;

    assign s0_axis_tready = take;
    assign s1_axis_tready = take;
    assign m_axis_tvalid  = valid_q3;
    assign m_axis_tlast   = last_q3;

    wire unused_last = &{1'b0, s1_axis_tlast};

    always @(posedge clk) begin
        if (advance) begin
            valid_q1 <= take;
            valid_q2 <= valid_q1;
            valid_q3 <= valid_q2;
            last_q1  <= s0_axis_tlast;
            last_q2  <= last_q1;
            last_q3  <= last_q2;
        end
        if (rst) begin
            valid_q1 <= 1'b0;
            valid_q2 <= 1'b0;
            valid_q3 <= 1'b0;
        end
    end

    // ---------------------------------------------------------------- arithmetic
    wire        [31:0]         low_word  = LO;
    wire        [31:0]         high_word = HI;
    wire signed [SUM_BITS-1:0] low       = {{(SUM_BITS-32){1'b0}}, low_word};
    wire signed [SUM_BITS-1:0] high      = {{(SUM_BITS-32){1'b0}}, high_word};
    localparam signed [SUM_BITS-1:0] START = BIAS[SUM_BITS-1:0];

    genvar l;
    generate
        for (l = 0; l < LANES; l = l + 1) begin : g_lane
            wire signed [SUM_BITS-1:0] a = {{(SUM_BITS-A_BITS){1'b0}}, s0_axis_tdata[l*A_BITS +: A_BITS]};
            wire signed [SUM_BITS-1:0] b = {{(SUM_BITS-B_BITS){1'b0}}, s1_axis_tdata[l*B_BITS +: B_BITS]};
            reg  signed [SUM_BITS-1:0] pa_q1, pb_q1, sum_q2;
            reg         [OUT_BITS-1:0] out_q3;
            wire signed [SUM_BITS-1:0] floor = sum_q2 >>> SHIFT;
            always @(posedge clk) if (advance) begin
                pa_q1  <= a * MA;
                pb_q1  <= b * MB;
                sum_q2 <= pa_q1 + pb_q1 + START;
                out_q3 <= (floor < low) ? low[OUT_BITS-1:0] : (floor > high) ? high[OUT_BITS-1:0] : floor[OUT_BITS-1:0];
            end
            assign m_axis_tdata[l*OUT_BITS +: OUT_BITS] = out_q3;
        end
    endgenerate

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(m_axis_tvalid && !m_axis_tready))
            assert (m_axis_tvalid && $stable(m_axis_tdata) && $stable(m_axis_tlast));
        // Nothing is dropped: a full pipe that is refused takes nothing.
        if ($past(m_axis_tvalid && !m_axis_tready)) assert (!$past(take));
    end

    // The inputs move together, and only when both are there.
    always @* begin
        assert (s0_axis_tready == s1_axis_tready);
        if (s0_axis_tready) assert (s0_axis_tvalid && s1_axis_tvalid);
    end

    // Every beat taken leaves after three advancing clocks, in order: beats inside equal beats in minus beats out.
    reg [2:0] inside_q = 3'd0;
    always @(posedge clk)
        inside_q <= rst ? 3'd0 : inside_q + {2'd0, take} - {2'd0, m_axis_tvalid && m_axis_tready};
    always @(posedge clk) if (seen_clk && !$past(rst) && !rst)
        assert (inside_q == {2'd0, valid_q1} + {2'd0, valid_q2} + {2'd0, valid_q3});

    always @(posedge clk) cover (seen_clk && !rst && m_axis_tvalid && m_axis_tready && m_axis_tlast);
    always @(posedge clk) cover (seen_clk && !rst && valid_q1 && valid_q2 && valid_q3 && !m_axis_tready);
`endif

endmodule

`default_nettype wire
