// int_clamp between registers: gates alone have no clock that a bench could wait for.

`default_nettype none

module clamp_bench #(
    parameter integer IN_BITS  = 12,
    parameter integer OUT_BITS = 8,
    parameter integer CLAMP    = 1,
    parameter integer LO       = 0,
    parameter integer HI       = 255
) (
    input  wire                clk,
    input  wire [IN_BITS-1:0]  x,
    output reg  [OUT_BITS-1:0] q_q1
);

    wire [OUT_BITS-1:0] q;
    always @(posedge clk) q_q1 <= q;
    int_clamp #(
        .IN_BITS(IN_BITS), .OUT_BITS(OUT_BITS), .CLAMP(CLAMP), .LO(LO), .HI(HI)
    ) dut (
        .x(x), .q(q)
    );

endmodule

`default_nettype wire
