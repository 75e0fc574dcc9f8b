// axis_sequence - frames of N streams one after another
//
//   a frame of input 0, then one of input 1, ... one of input N-1, then input 0 again
//
// Timing     wires and a multiplexer: no clock of latency, no gap. tready = one gate behind m_axis_tready.
// Lanes      input i has bits i*WIDTH of s_axis_tdata and bit i of s_axis_tvalid, s_axis_tready and s_axis_tlast.
// Framing    an input's frame ends with its tlast; the output's tlast is that of input N-1.
// Reset      synchronous, active high; input 0 is next.
// Does not   store beats: an input waits until the ones before it have given their frame.
// Cost       log2(N) flip-flops, about WIDTH*(N-1)/2 LUTs.
// Tested by  testbench/cells/axis_sequence; generator/cli/board.sim.test.ts, from line to line.

`default_nettype none

module axis_sequence #(
    parameter integer WIDTH = 8,   // bits of tdata
    parameter integer N     = 2    // inputs
) (
    input  wire               clk,
    input  wire               rst,

    // N AXI4-Streams in
    input  wire [N*WIDTH-1:0] s_axis_tdata,
    input  wire [N-1:0]       s_axis_tvalid,
    output wire [N-1:0]       s_axis_tready,
    input  wire [N-1:0]       s_axis_tlast,

    // AXI4-Stream out
    output reg  [WIDTH-1:0]   m_axis_tdata,
    output wire               m_axis_tvalid,
    input  wire               m_axis_tready,
    output wire               m_axis_tlast
);

    generate
        if (WIDTH < 1) begin : g_rule_width  wire WIDTH_below_1 = {0{1'b0}};  initial $finish;  end
        if (N < 1)     begin : g_rule_n      wire N_below_1 = {0{1'b0}};      initial $finish;  end
    endgenerate

    reg  [N-1:0] turn;             // one bit is set: the input whose frame passes
    wire [N-1:0] ends = turn & s_axis_tlast;

    integer i;
    always @* begin
        m_axis_tdata = {WIDTH{1'b0}};
        for (i = 0; i < N; i = i + 1)
            m_axis_tdata = m_axis_tdata | (s_axis_tdata[i*WIDTH +: WIDTH] & {WIDTH{turn[i]}});
    end
    assign m_axis_tvalid = |(turn & s_axis_tvalid);
    assign m_axis_tlast  = ends[N-1];
    assign s_axis_tready = turn & {N{m_axis_tready}};

    wire [2*N-1:0] turned = {turn, turn} << 1;
    wire           unused = &{1'b0, turned[2*N-1], turned[N-1:0]};
    always @(posedge clk) begin
        if (m_axis_tvalid && m_axis_tready && ends != {N{1'b0}}) turn <= turned[2*N-1:N] & {N{1'b1}};
        if (rst) turn <= {{(N-1){1'b0}}, 1'b1};
    end

endmodule

`default_nettype wire
