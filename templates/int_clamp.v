// int_clamp - an integer to fewer bits, between two bounds
//
//   q = min(max(x, LO), HI)
//
// Numbers    x: two's complement. q: unsigned where LO is not below 0, else two's complement.
// CLAMP=0    q is the low OUT_BITS of x, or x sign extended.
// Timing     none: gates only. Out of range is told by the bits above the result, without a carry chain over all of x;
//            bounds inside the range of OUT_BITS take a comparison of OUT_BITS.
// Does not   hold anything: what is around it has the registers and the handshake.
// Cost       about IN_BITS/4 + OUT_BITS LUTs, twice OUT_BITS more for bounds inside the range of OUT_BITS.
// Tested by  testbench/cells/int_clamp; proved by `npm run formal -- int_clamp`.

`default_nettype none

module int_clamp #(
    parameter integer IN_BITS  = 12,  // width of x
    parameter integer OUT_BITS = 8,   // width of q
    parameter integer CLAMP    = 1,   // 0: the low OUT_BITS as they are
    parameter integer LO       = 0,   // lower bound
    parameter integer HI       = 255  // upper bound
) (
    input  wire [IN_BITS-1:0]  x,
    output wire [OUT_BITS-1:0] q
);

    localparam integer C_MIN  = (OUT_BITS > 32) ? OUT_BITS + 1 : 33;
    localparam integer C_BITS = (IN_BITS > C_MIN) ? IN_BITS : C_MIN;   // beside bounds of 32 bits

    generate
        if (IN_BITS < 1 || OUT_BITS < 1)
            begin : g_rule_size  wire sizes_must_be_positive = {0{1'b0}};  initial $finish;  end
        if (CLAMP != 0 && LO > HI)
            begin : g_rule_clamp wire LO_is_above_HI         = {0{1'b0}};  initial $finish;  end
        if (CLAMP != 0 && OUT_BITS < 31 && (LO < -(1 << (OUT_BITS-1)) || HI >= (1 << OUT_BITS)
                                            || (LO < 0 && HI >= (1 << (OUT_BITS-1)))))
            begin : g_rule_out   wire OUT_BITS_too_small     = {0{1'b0}};  initial $finish;  end
    endgenerate

    wire signed [C_BITS-1:0] f;
    generate
        if (C_BITS > IN_BITS) begin : g_extend assign f = {{(C_BITS-IN_BITS){x[IN_BITS-1]}}, x}; end
        else                  begin : g_whole  assign f = x; end
    endgenerate

    generate
        if (CLAMP != 0) begin : g_clamp
            localparam integer SIGN    = (LO < 0) ? 1 : 0;
            localparam integer V_BITS  = OUT_BITS - SIGN;          // below the sign
            localparam integer LO_FREE = ((SIGN == 0) ? LO == 0 : OUT_BITS < 32 && LO == -(1 << (OUT_BITS-1))) ? 1 : 0;
            localparam integer HI_FREE = (V_BITS < 32 && HI == (1 << V_BITS) - 1) ? 1 : 0;
            wire        [31:0]                lo       = LO;
            wire        [31:0]                hi       = HI;
            wire signed [OUT_BITS:0]          low, high;
            wire        [C_BITS-OUT_BITS-1:0] unused_low, unused_high;
            assign {unused_low,  low}  = {{(C_BITS-31){lo[31]}}, lo};
            assign {unused_high, high} = {{(C_BITS-31){hi[31]}}, hi};
            wire signed [OUT_BITS:0]          v        = {(SIGN != 0) && f[OUT_BITS-1], f[OUT_BITS-1:0]};
            wire                              neg      = f[C_BITS-1];
            wire        [C_BITS-2-V_BITS:0]   upper    = f[C_BITS-2:V_BITS];
            wire                              far_low  = neg && ((SIGN == 0) || !(&upper));
            wire                              far_high = !neg && (|upper);
            wire                              under    = far_low  || (!far_high && (LO_FREE == 0) && (v < low));
            wire                              over     = far_high || ((HI_FREE == 0) && (v > high));
            assign q = under ? low[OUT_BITS-1:0] : over ? high[OUT_BITS-1:0] : v[OUT_BITS-1:0];
        end else begin : g_wide
            wire [C_BITS-OUT_BITS-1:0] unused_high;
            assign {unused_high, q} = f;
        end
    endgenerate

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    // By the definition, in as many bits as both have.
    wire signed [C_BITS:0] f_x  = {f[C_BITS-1], f};
    wire signed [C_BITS:0] f_lo = LO, f_hi = HI;
    wire signed [C_BITS:0] f_q  = (CLAMP == 0) ? f_x : (f_x < f_lo) ? f_lo : (f_x > f_hi) ? f_hi : f_x;
    always @* assert (q == f_q[OUT_BITS-1:0]);
`ifdef FORMAL_TOP
    always @* begin
        cover (f_x > f_hi);
        cover (f_x < f_lo);
    end
`endif
`endif

endmodule

`default_nettype wire
