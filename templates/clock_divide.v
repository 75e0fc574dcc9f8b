// clock_divide - a slower clock from a register
//
//   clk_out has one period in 2*HALF periods of clk, half of it high
//
// Timing     clk_out changes behind the rising edge of clk; what it drives is asynchronous to clk for the tools.
// Reset      none: the register starts low because the device's configuration says so.
// Does not   drive a clock network by itself: place and route promotes the net.
// Cost       1 + log2(HALF) flip-flops.
// Tested by  testbench/cells/clock_divide.

`default_nettype none

module clock_divide #(
    parameter integer HALF = 1   // periods of clk in half a period of clk_out
) (
    input  wire clk,
    output reg  clk_out
);

    generate
        if (HALF < 1) begin : g_rule_half  wire HALF_below_1 = {0{1'b0}};  initial $finish;  end
    endgenerate

    initial clk_out = 1'b0;

    generate if (HALF == 1) begin : g_two

        always @(posedge clk) clk_out <= !clk_out;

    end else begin : g_more

        localparam integer BITS = $clog2(HALF);
        localparam integer LAST = HALF - 1;
        reg [BITS-1:0] count;

        initial count = {BITS{1'b0}};

        always @(posedge clk) begin
            count <= count == LAST[BITS-1:0] ? {BITS{1'b0}} : count + 1'b1;
            if (count == LAST[BITS-1:0]) clk_out <= !clk_out;
        end

    end endgenerate

endmodule

`default_nettype wire
