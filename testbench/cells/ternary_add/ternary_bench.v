// ternary_add between registers: gates alone have no clock that a bench could wait for.

`default_nettype none

module ternary_bench #(
    parameter integer BITS = 8
) (
    input  wire              clk,
    input  wire [3*BITS-1:0] x,
    output reg  [BITS-1:0]   sum_q1
);

    wire [BITS-1:0] sum;
    always @(posedge clk) sum_q1 <= sum;
    ternary_add #(
        .BITS(BITS)
    ) dut (
        .a(x[0 +: BITS]), .b(x[BITS +: BITS]), .c(x[2*BITS +: BITS]), .sum(sum)
    );

endmodule

`default_nettype wire
