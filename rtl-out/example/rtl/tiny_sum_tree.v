// SPDX-License-Identifier: 0BSD
// Written by addernet-rtl as part of your design: yours to use, change and license, under no condition of ours.
// sum_tree - the sum of several numbers, a register after each level of additions
//
//   sum = SUM over t of taps[t], LEVELS = ceil(log(TAPS) / log(RADIX)) clocks later
//
// Numbers    taps of BITS, unsigned or with SIGNED=1 two's complement; sum of min(BITS + ceil(log2(TAPS)), MOST) bits,
//            modulo 2^MOST where that is narrower.
// Timing     a set of taps a clock; all registers hold while `move` is low. TAPS = 1: wires.
// Lanes      tap 0 in the least significant bits.
// Does not   have a reset or a handshake: what is around it knows which sums count.
// Cost       TAPS - 1 adders of BITS + level bits and their registers, or with RADIX=3 half as many ternary_add; a tap
//            without a partner is handed on.
// Tested by  testbench/cells/sum_tree; proved by `npm run formal -- sum_tree`.

`default_nettype none

module tiny_sum_tree #(
    parameter integer TAPS   = 3,   // numbers to add
    parameter integer BITS   = 8,   // bits of a number
    parameter integer MOST   = 16,  // most bits of a sum
    parameter integer SIGNED = 0,   // 1: two's complement
    parameter integer RADIX  = 2,   // numbers that an adder adds: 2 or 3
    parameter integer PRIMITIVES = 0 // of ternary_add
) (
    input  wire                 clk,
    input  wire                 move,
    input  wire [TAPS*BITS-1:0] taps,
`ifdef FORMAL
    output wire [7:0]           moves,  // up to LEVELS + 1: after how many the registers hold sums
`endif
    output wire [((BITS + $clog2(TAPS) < MOST) ? BITS + $clog2(TAPS) : MOST)-1:0] sum
);

    // Taps in a node of level `l`, at most.
    function integer leaves(input integer l);
        integer k;
        begin
            leaves = 1;
            for (k = 0; k < l; k = k + 1) leaves = leaves * RADIX;
        end
    endfunction
    function integer depth(input integer count);
        begin
            depth = 0;
            while (leaves(depth) < count) depth = depth + 1;
        end
    endfunction
    function integer bits(input integer l);
        bits = BITS + ((RADIX == 2) ? l : $clog2((leaves(l) < TAPS) ? leaves(l) : TAPS));
    endfunction
    localparam integer LEVELS = depth(TAPS);

    generate
        if (TAPS < 1 || BITS < 1)
            begin : g_rule_size   wire sizes_must_be_positive = {0{1'b0}};  initial $finish;  end
        if (MOST < BITS)
            begin : g_rule_most   wire MOST_below_BITS        = {0{1'b0}};  initial $finish;  end
        if (SIGNED < 0 || SIGNED > 1)
            begin : g_rule_signed wire SIGNED_is_0_or_1       = {0{1'b0}};  initial $finish;  end
        if (RADIX < 2 || RADIX > 3)
            begin : g_rule_radix  wire RADIX_is_2_or_3        = {0{1'b0}};  initial $finish;  end
    endgenerate

    genvar l, n;
    generate
        for (l = 0; l <= LEVELS; l = l + 1) begin : g_level
            localparam integer NODES = (TAPS + leaves(l) - 1) / leaves(l);
            localparam integer WIDTH = (bits(l) < MOST) ? bits(l) : MOST;
            wire [NODES*WIDTH-1:0] e;
            if (l == 0) begin : g_taps
                assign e = taps;
            end else begin : g_sums
                localparam integer BELOW = (TAPS + leaves(l-1) - 1) / leaves(l-1);
                localparam integer B_IN  = (bits(l-1) < MOST) ? bits(l-1) : MOST;
                reg [NODES*WIDTH-1:0] e_q;
                assign e = e_q;
                for (n = 0; n < NODES; n = n + 1) begin : g_node
                    wire [B_IN-1:0]  a_in = g_level[l-1].e[RADIX*n*B_IN +: B_IN];
                    wire [WIDTH-1:0] a    = {{(WIDTH-B_IN){(SIGNED != 0) && a_in[B_IN-1]}}, a_in};
                    if (RADIX*n + 1 < BELOW) begin : g_pair
                        wire [B_IN-1:0]  b_in = g_level[l-1].e[(RADIX*n+1)*B_IN +: B_IN];
                        wire [WIDTH-1:0] b    = {{(WIDTH-B_IN){(SIGNED != 0) && b_in[B_IN-1]}}, b_in};
                        if (RADIX == 3 && 3*n + 2 < BELOW) begin : g_third
                            wire [B_IN-1:0]  c_in = g_level[l-1].e[(RADIX*n+2)*B_IN +: B_IN];
                            wire [WIDTH-1:0] c    = {{(WIDTH-B_IN){(SIGNED != 0) && c_in[B_IN-1]}}, c_in};
                            wire [WIDTH-1:0] all;
                            tiny_ternary_add #(.BITS(WIDTH), .PRIMITIVES(PRIMITIVES)) u_add (.a(a), .b(b), .c(c), .sum(all));
                            always @(posedge clk) if (move) e_q[n*WIDTH +: WIDTH] <= all;
                        end else begin : g_two
                            always @(posedge clk) if (move) e_q[n*WIDTH +: WIDTH] <= a + b;
                        end
                    end else begin : g_odd
                        always @(posedge clk) if (move) e_q[n*WIDTH +: WIDTH] <= a;
                    end
                end
            end
        end
        if (LEVELS == 0) begin : g_wires
            wire unused = &{1'b0, clk, move};
        end
    endgenerate

    assign sum = g_level[LEVELS].e;

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    // By the definition: the nodes of each level add up to the taps that came as many moves ago.
    localparam integer F_BITS = (BITS + $clog2(TAPS) < MOST) ? BITS + $clog2(TAPS) : MOST;
    reg  [7:0] f_moves = 8'd0;
    assign moves = f_moves;
    always @(posedge clk) if (move && f_moves <= LEVELS) f_moves <= f_moves + 1'b1;

    genvar fl;
    generate
        for (fl = 0; fl <= LEVELS; fl = fl + 1) begin : g_check
            localparam integer NODES = (TAPS + leaves(fl) - 1) / leaves(fl);
            localparam integer WIDTH = (bits(fl) < MOST) ? bits(fl) : MOST;
            reg [31:0] f_ref, f_all, f_node;
            integer    i;
            always @* begin
                f_all = 0;
                for (i = 0; i < NODES; i = i + 1) begin
                    f_node = g_level[fl].e[i*WIDTH +: WIDTH];
                    if (SIGNED != 0 && g_level[fl].e[i*WIDTH + WIDTH-1]) f_node = f_node - (32'd1 << WIDTH);
                    f_all = f_all + f_node;
                end
            end
            if (fl == 0) begin : g_now
                always @* f_ref = f_all;
            end else begin : g_later
                always @(posedge clk) if (move) f_ref <= g_check[fl-1].f_ref;
                always @* if (f_moves >= fl) begin
                    assert (f_all[F_BITS-1:0] == f_ref[F_BITS-1:0]);
                    if (SIGNED == 0) assert (f_ref <= TAPS * ((1 << BITS) - 1));
                end
            end
        end
    endgenerate
    always @* if (f_moves >= LEVELS) begin
        assert (sum == g_check[LEVELS].f_ref[F_BITS-1:0]);
        if (SIGNED == 0) assert (sum <= TAPS * ((1 << BITS) - 1));
    end
`ifdef FORMAL_TOP
    always @(posedge clk) cover (f_moves > LEVELS && sum != 0);
`endif
`endif

endmodule

`default_nettype wire
