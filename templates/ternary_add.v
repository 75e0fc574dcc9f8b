// ternary_add - the sum of three numbers, one lookup table a bit on AMD 7 series and UltraScale+
//
//   sum = a + b + c, modulo 2^BITS; combinational
//
// Idea       A table of six inputs with two outputs computes of each bit a ^ b ^ c ^ m, where m is the majority of the bit
//            below, and its own majority; the carry chain adds the two. Vivado makes that of the sum. Yosys does not: read
//            with -DTERNARY_PRIMITIVES, PRIMITIVES=1 instantiates LUT6_2 and CARRY4 (addernet synth does so). Without the
//            macro every tool reads the sum.
// Numbers    unsigned or two's complement, all of BITS.
// Does not   have registers.
// Cost       BITS LUT6_2, BITS/4 CARRY4 with PRIMITIVES=1.
// Tested by  testbench/cells/ternary_add; that the primitives are the sum is proved there with Yosys' models of them.

`default_nettype none

module ternary_add #(
    parameter integer BITS       = 8,  // bits of the numbers and of the sum
    parameter integer PRIMITIVES = 0   // 1: LUT6_2 and CARRY4 where the macro is defined
) (
    input  wire [BITS-1:0] a,
    input  wire [BITS-1:0] b,
    input  wire [BITS-1:0] c,
    output wire [BITS-1:0] sum
);

    generate
        if (BITS < 1)
            begin : g_rule_size wire BITS_below_1         = {0{1'b0}};  initial $finish;  end
        if (PRIMITIVES < 0 || PRIMITIVES > 1)
            begin : g_rule_prim wire PRIMITIVES_is_0_or_1 = {0{1'b0}};  initial $finish;  end
    endgenerate

`ifdef TERNARY_PRIMITIVES
    localparam integer CHAIN = (BITS + 3) / 4;
    wire [4*CHAIN-1:0] odd, carried, out;
    wire [4*CHAIN:0]   majority;
    wire [CHAIN:0]     carry;
    assign majority[0] = 1'b0;
    assign carry[0]    = 1'b0;
    genvar i;
    generate
        if (PRIMITIVES == 0) begin : g_sum
            assign sum = a + b + c;
        end else begin : g_chain
            for (i = 0; i < 4*CHAIN; i = i + 1) begin : g_bit
                if (i < BITS) begin : g_table
                    LUT6_2 #(.INIT(64'h69966996E8E8E8E8)) u_table (
                        .I0(a[i]), .I1(b[i]), .I2(c[i]), .I3(majority[i]), .I4(1'b0), .I5(1'b1),
                        .O6(odd[i]), .O5(majority[i+1]));
                    assign carried[i] = majority[i];
                    assign sum[i] = out[i];
                end else begin : g_above
                    assign odd[i] = 1'b0;
                    assign carried[i] = 1'b0;
                    assign majority[i+1] = 1'b0;
                end
            end
            for (i = 0; i < CHAIN; i = i + 1) begin : g_carry
                wire [3:0] unused_carry;
                CARRY4 u_carry (
                    .CI(carry[i]), .CYINIT(1'b0), .S(odd[4*i +: 4]), .DI(carried[4*i +: 4]),
                    .O(out[4*i +: 4]), .CO({carry[i+1], unused_carry[2:0]}));
            end
        end
    endgenerate
`else
    localparam unused_primitives = PRIMITIVES;
    assign sum = a + b + c;
`endif

endmodule

`default_nettype wire
