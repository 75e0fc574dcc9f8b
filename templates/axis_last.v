// axis_last - marks the last beat of each frame by its count
//
//   every BEATS-th beat has tlast
//
// Timing     wires for data and handshake: no clock, one beat a clock.
// Framing    a frame is BEATS beats; tlast is made from the count, s_axis_tlast is not used.
// Reset      synchronous, active high; the next beat is a frame's first.
// Does not   look at tdata or notice a source that counts otherwise.
// Cost       a counter of log2(BEATS) bits.
// Tested by  testbench/cells/axis_last; proved by `npm run formal -- axis_last`.

`default_nettype none

module axis_last #(
    parameter integer WIDTH = 8,   // bits of tdata
    parameter integer BEATS = 4    // of a frame
) (
    input  wire             clk,
    input  wire             rst,

    // AXI4-Stream in
    input  wire [WIDTH-1:0] s_axis_tdata,
    input  wire             s_axis_tvalid,
    output wire             s_axis_tready,
    input  wire             s_axis_tlast,

    // AXI4-Stream out
    output wire [WIDTH-1:0] m_axis_tdata,
    output wire             m_axis_tvalid,
    input  wire             m_axis_tready,
    output wire             m_axis_tlast
);

    localparam integer N_BITS = (BEATS > 1) ? $clog2(BEATS) : 1;
    localparam integer N_LAST = BEATS - 1;

    generate
        if (WIDTH < 1) begin : g_rule_width  wire WIDTH_below_1 = {0{1'b0}};  initial $finish;  end
        if (BEATS < 1) begin : g_rule_beats  wire BEATS_below_1 = {0{1'b0}};  initial $finish;  end
    endgenerate

    reg  [N_BITS-1:0] n;   // beats of the frame that have passed
    wire last = (n == N_LAST[N_BITS-1:0]);

    assign m_axis_tdata  = s_axis_tdata;
    assign m_axis_tvalid = s_axis_tvalid;
    assign s_axis_tready = m_axis_tready;
    assign m_axis_tlast  = last;
    wire unused_last = &{1'b0, s_axis_tlast};

    always @(posedge clk) begin
        if (s_axis_tvalid && m_axis_tready) n <= last ? {N_BITS{1'b0}} : n + 1'b1;
        if (rst) n <= {N_BITS{1'b0}};
    end

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    reg [15:0] f_since;   // beats behind the last one with tlast, or the reset
    always @(posedge clk) begin
        if (m_axis_tvalid && m_axis_tready) f_since <= m_axis_tlast ? 16'd0 : f_since + 1'b1;
        if (rst) f_since <= 16'd0;
    end
    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(s_axis_tvalid && !s_axis_tready))
            assume (s_axis_tvalid && $stable(s_axis_tdata));
        if ($past(m_axis_tvalid && !m_axis_tready))
            assert (m_axis_tvalid && $stable(m_axis_tdata) && $stable(m_axis_tlast));
    end
    always @* if (seen_clk && !rst) begin
        assert (f_since == n && n < BEATS);
        assert (m_axis_tlast == (f_since == BEATS - 1));
    end

    always @(posedge clk) cover (seen_clk && !rst && m_axis_tvalid && m_axis_tready && m_axis_tlast && $past(m_axis_tvalid));
    always @(posedge clk) cover (seen_clk && !rst && m_axis_tvalid && !m_axis_tready && m_axis_tlast);
`endif

endmodule

`default_nettype wire
