// SPDX-License-Identifier: 0BSD
// Written by addernet-rtl as part of your design: yours to use, change and license, under no condition of ours.
// abs_tree - the sum of absolute values, without an adder for each of them
//
//   SUM over t of |d[t]| = (sign ? -value : value), LEVELS = ceil(log2(TAPS)) clocks later
//
// Idea       |a| + |b| = |a + b| where the signs agree and |a - b| where they differ: each node computes
//            a + (b ^ t) + t with t = sign a ^ sign b and hands the sign of a on. Only what stands behind the root takes
//            a magnitude. One LUT a bit where a carry cell takes a function of four inputs.
// Numbers    d of BITS+1, two's complement; sum = {sign, value}, value of min(BITS + LEVELS, MOST) bits, modulo 2^MOST
//            where that is narrower. Leaves are {sign, value} like all nodes: Yosys puts an operand that is one slice of a
//            wire on the carry cell's direct input, and the turned one into the lookup table before it.
// Timing     a set of differences a clock; a register after each level.
// Lanes      d 0 in the least significant bits.
// Does not   have a reset or a handshake: what is around it knows which sums count.
// Tested by  testbench/cells/abs_tree; proved by `npm run formal -- abs_tree`.

`default_nettype none

module tiny_abs_tree #(
    parameter integer TAPS = 3,   // differences to add
    parameter integer BITS = 8,   // bits of a difference's value
    parameter integer MOST = 16   // most bits of a sum
) (
    input  wire                     clk,
    input  wire [TAPS*(BITS+1)-1:0] d,
    output wire [((BITS + $clog2(TAPS) < MOST) ? BITS + $clog2(TAPS) : MOST):0] sum
);

    localparam integer LEVELS = $clog2(TAPS);

    generate
        if (TAPS < 1 || BITS < 1)
            begin : g_rule_size wire sizes_must_be_positive = {0{1'b0}};  initial $finish;  end
        if (MOST < BITS)
            begin : g_rule_most wire MOST_below_BITS        = {0{1'b0}};  initial $finish;  end
    endgenerate

    genvar l, n;
    generate
        for (l = 0; l <= LEVELS; l = l + 1) begin : g_level
            localparam integer NODES = (TAPS + (1 << l) - 1) >> l;
            localparam integer WIDTH = (BITS + l < MOST) ? BITS + l : MOST;
            wire [NODES*(WIDTH+1)-1:0] e;
            if (l == 0) begin : g_diffs
                assign e = d;
            end else begin : g_sums
                localparam integer BELOW = (TAPS + (1 << (l-1)) - 1) >> (l-1);
                localparam integer B_IN  = (BITS + l-1 < MOST) ? BITS + l-1 : MOST;
                reg [NODES*(WIDTH+1)-1:0] e_q;
                assign e = e_q;
                for (n = 0; n < NODES; n = n + 1) begin : g_node
                    localparam integer A_LOW = 2*n*(B_IN+1);
                    wire             a_neg = g_level[l-1].e[A_LOW + B_IN];
                    wire [WIDTH-1:0] a;
                    if (WIDTH > B_IN) begin : g_grow assign a = g_level[l-1].e[A_LOW +: B_IN+1]; end
                    else              begin : g_keep assign a = g_level[l-1].e[A_LOW +: B_IN];   end
                    always @(posedge clk) e_q[n*(WIDTH+1) + WIDTH] <= a_neg;
                    if (2*n + 1 < BELOW) begin : g_pair
                        localparam integer B_LOW = A_LOW + B_IN + 1;
                        wire             turn = a_neg ^ g_level[l-1].e[B_LOW + B_IN];
                        wire [WIDTH-1:0] b    = {{(WIDTH-B_IN){a_neg}}, g_level[l-1].e[B_LOW +: B_IN] ^ {B_IN{turn}}};
                        always @(posedge clk) e_q[n*(WIDTH+1) +: WIDTH] <= a + b + {{(WIDTH-1){1'b0}}, turn};
                    end else begin : g_odd
                        always @(posedge clk) e_q[n*(WIDTH+1) +: WIDTH] <= a;
                    end
                end
            end
        end
        if (LEVELS == 0) begin : g_wires
            wire unused = &{1'b0, clk};
        end
    endgenerate

    assign sum = g_level[LEVELS].e;

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
`ifdef FORMAL_TOP
    // By the definition, in 64 bits, delayed by as many clocks as there are levels. -2^BITS is no difference.
    localparam integer F_BITS = (BITS + LEVELS < MOST) ? BITS + LEVELS : MOST;
    reg  signed [63:0]             f_sum, f_d;
    reg  [(LEVELS+1)*F_BITS-1:0]   f_q;
    reg  [7:0]                     f_clocks = 8'd0;
    integer                        t;
    always @* begin
        f_sum = 0;
        for (t = 0; t < TAPS; t = t + 1) begin
            f_d = {{(63-BITS){d[t*(BITS+1) + BITS]}}, d[t*(BITS+1) +: BITS+1]};
            assume (f_d[BITS:0] != {1'b1, {BITS{1'b0}}});
            f_sum = f_sum + ((f_d < 0) ? -f_d : f_d);
        end
    end
    always @(posedge clk) begin
        f_q <= {f_q[LEVELS*F_BITS-1:0], f_sum[F_BITS-1:0]};
        if (f_clocks <= LEVELS) f_clocks <= f_clocks + 1'b1;
    end
    wire [F_BITS-1:0] f_value = sum[F_BITS] ? -sum[F_BITS-1:0] : sum[F_BITS-1:0];
    generate
        if (LEVELS == 0) begin : g_now
            always @* assert (f_value == f_sum[F_BITS-1:0]);
        end else begin : g_later
            always @* if (f_clocks >= LEVELS) assert (f_value == f_q[(LEVELS-1)*F_BITS +: F_BITS]);
        end
    endgenerate
    always @(posedge clk) begin
        cover (f_clocks > LEVELS && sum[F_BITS] && f_value != 0);
    end
`endif
`endif

endmodule

`default_nettype wire
