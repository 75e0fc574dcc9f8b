// axis_sad - folded array of absolute differences: the adder layer's sum over taps
//
//   acc[p] = SUM over SF beats and SIMD lanes of | x - w[p] |          p = 0..PE-1; L1=1: and the sum of w[p]
//
// Folding    A dot product is SF beats of SIMD taps. Dot products follow one another; the weight row counts
//            0..NF*SF-1 and wraps, so NF is the number of output groups of a window (times convolution groups).
//            DEPTHWISE=1 (PE must be 1): nothing is summed over lanes, each lane is an output channel of its own
//            and there are SIMD lanes out. PIXELS windows stand side by side in a beat and meet the same weights.
// Circuits   0  signed tree (abs_tree): d = x - w is registered with its sign, and only the accumulator takes a
//               magnitude. One LUT a bit where a carry cell takes a function of four inputs.
//            1  shared sum: |x - w| + w = x + 2 max(w - x, 0). The sum of x belongs to the window and is shared by all
//               PE; the saturating difference takes the synchronous reset of its registers. The sum of w is a constant
//               of the output: it stays in, and the constants of the cell behind take it off again. One LUT a bit where a
//               carry cell takes only its two operands. TERNARY=1: adders of three numbers (ternary_add), the last of
//               which adds the sum of x to the accumulator with the differences.
// Timing     one beat a clock; a register after the memory (from 1025 rows on two), the difference, each level of
//            the tree and the accumulator. Stalls by credits (axis_credit): a dot product reserves its place in
//            the output FIFO with its first beat, then nothing holds the pipeline. The FIFO never limits the rate.
// Input      lane x*SIMD + s of a beat = tap s of window x, unsigned; lane 0 in the least significant bits.
// Output     one beat of PIXELS*PE (DEPTHWISE: PIXELS*SIMD) unsigned lanes per dot product, lane x*PE + p.
// Weights    MEM_FILE: row nf*SF + sf; lane p*SIMD + s, unsigned. TABLE=1: each of their bits is a table of the row's
//            number in front of the subtraction, without a register between: where lookup tables have six inputs, a carry
//            cell's takes the bits of 32 rows and of x in one, and the weights cost nothing.
// Framing    tlast of an output beat = tlast of the last input beat of its dot product; others are ignored.
// Reset      synchronous, active high; clears control state and the accumulators, never the rest of the data path.
// Does not   saturate or check: ACC_BITS is sized from the weights by the generator; sums are modulo 2^ACC_BITS.
// Cost       LUT a lane, 8 PE x 16 SIMD, SF 36, without the weight memory (bench/l1-array.ts, Yosys 0.55;
//            ECP5: two for a CCU2C). 8 bits: L1=0 xc7 18.8, iCE40 37.3, ECP5 31.0; L1=1 21.1, 21.8, 25.5.
//            4 bits: L1=0 10.5, 21.3, 19.0; L1=1 11.6, 12.6, 16.0. TERNARY=1 on xc7: 15.5 and 9.0 (Yosys 0.23).
// Tested by  testbench/cells/axis_sad; proved by `npm run formal -- axis_sad`.

`default_nettype none

module axis_sad #(
    parameter integer SIMD      = 4,   // taps per beat
    parameter integer PE        = 2,   // output channels per beat
    parameter integer SF        = 3,   // beats per dot product
    parameter integer NF        = 2,   // dot products until the weights repeat
    parameter integer X_BITS    = 8,   // activation width, unsigned
    parameter integer W_BITS    = 8,   // weight width, unsigned
    parameter integer ACC_BITS  = 12,  // accumulator width, unsigned; at least both widths above, L1=1: one more
    parameter integer L1        = 0,   // 0: signed tree, 1: shared sum
    parameter integer DEPTHWISE = 0,   // 1: lanes are channels
    parameter integer PIXELS    = 1,   // windows per beat
    parameter integer TABLE     = 0,   // 1: the weights are tables in front of the subtraction, for few rows
    parameter integer TERNARY   = 0,   // 1, with L1=1: adders of three numbers, for families that have them
    parameter         MEM_FILE  = "",  // $readmemh image of the weights, NF*SF rows
    parameter         MEM_STYLE = "auto" // where the weights are: "auto" as the tool likes, "block" RAM, "logic"
) (
    input  wire                                                  clk,
    input  wire                                                  rst,

    // AXI4-Stream in: taps
    input  wire [PIXELS*SIMD*X_BITS-1:0]                         s_axis_tdata,
    input  wire                                                  s_axis_tvalid,
    output wire                                                  s_axis_tready,
    input  wire                                                  s_axis_tlast,

    // AXI4-Stream out: sums
    output wire [PIXELS*((DEPTHWISE != 0) ? SIMD : PE)*ACC_BITS-1:0] m_axis_tdata,
    output wire                                                  m_axis_tvalid,
    input  wire                                                  m_axis_tready,
    output wire                                                  m_axis_tlast
);

    localparam unused_style = MEM_STYLE;   // linters do not see the use in an attribute
    localparam integer D_BITS   = (X_BITS > W_BITS) ? X_BITS : W_BITS;
    localparam integer GROUP    = (DEPTHWISE != 0) ? SIMD : PE;   // sums of a window side by side
    localparam integer OUT      = PIXELS * GROUP;
    localparam integer TAPS     = (DEPTHWISE != 0) ? 1 : SIMD;    // taps per sum and beat
    localparam integer RADIX    = (TERNARY != 0) ? 3 : 2;
    // Levels of the trees: the powers of the radix below TAPS.
    function integer depth(input integer count);
        integer leaves;
        begin
            depth = 0;
            for (leaves = 1; leaves < count; leaves = leaves * RADIX) depth = depth + 1;
        end
    endfunction
    localparam integer LEVELS   = depth(TAPS);
    localparam integer DEEP     = (SF*NF > 1024) ? 1 : 0;         // weights in block RAMs behind a multiplexer
    localparam integer STAGES   = LEVELS + 2 + DEEP;              // registers up to the root of the tree
    localparam integer ROWS     = SF * NF;
    localparam integer SF_LAST  = SF - 1;
    localparam integer ROW_LAST = ROWS - 1;
    localparam integer SF_BITS  = (SF   > 1) ? $clog2(SF)   : 1;
    localparam integer ROW_BITS = (ROWS > 1) ? $clog2(ROWS) : 1;

    // Clocks from a beat's arrival to its sum's arrival in the FIFO.
    localparam integer PUSH     = STAGES + ((L1 != 0 && TERNARY == 0) ? 1 : 0);
    // A broken rule stops every tool at elaboration and names itself.
    generate
        if (SIMD < 1 || PE < 1 || SF < 1 || NF < 1 || X_BITS < 1 || W_BITS < 1 || PIXELS < 1)
            begin : g_rule_size  wire sizes_must_be_positive = {0{1'b0}};  initial $finish;  end
        if (ACC_BITS < D_BITS + ((L1 != 0) ? 1 : 0))
            begin : g_rule_acc   wire ACC_BITS_too_small     = {0{1'b0}};  initial $finish;  end
        if (L1 < 0 || L1 > 1)
            begin : g_rule_l1    wire L1_is_0_or_1           = {0{1'b0}};  initial $finish;  end
        if (TERNARY < 0 || TERNARY > 1 || (TERNARY == 1 && L1 != 1))
            begin : g_rule_tern  wire TERNARY_needs_L1_1     = {0{1'b0}};  initial $finish;  end
        if (TABLE < 0 || TABLE > 1 || (TABLE == 1 && DEEP != 0))
            begin : g_rule_table wire TABLE_needs_few_rows   = {0{1'b0}};  initial $finish;  end
        if (DEPTHWISE < 0 || DEPTHWISE > 1 || (DEPTHWISE == 1 && PE != 1))
            begin : g_rule_dw    wire DEPTHWISE_needs_PE_1   = {0{1'b0}};  initial $finish;  end
    endgenerate

    // ---------------------------------------------------------------- credits
    reg                ready_q;
    reg                first;          // the next beat opens a dot product, which reserves a place
    reg  [SF_BITS-1:0] sf;
    reg  [ROW_BITS-1:0] row;           // nf*SF + sf
    wire               take     = s_axis_tvalid && ready_q;
    wire               sf_last  = (sf  == SF_LAST[SF_BITS-1:0]);
    wire               row_last = (row == ROW_LAST[ROW_BITS-1:0]);
    wire               first_n  = take ? sf_last : first;
    wire               free_n;

    assign s_axis_tready = ready_q;

    always @(posedge clk) begin
        first   <= first_n;
        ready_q <= !first_n || free_n;
        if (take) begin
            sf  <= sf_last  ? {SF_BITS{1'b0}}  : sf  + 1'b1;
            row <= row_last ? {ROW_BITS{1'b0}} : row + 1'b1;
        end
        if (rst) begin
            first   <= 1'b1;
            ready_q <= 1'b0;
            sf      <= {SF_BITS{1'b0}};
            row     <= {ROW_BITS{1'b0}};
        end
    end

    // ---------------------------------------------------------------- fetch
    (* rom_style = MEM_STYLE, romstyle = MEM_STYLE, syn_romstyle = MEM_STYLE *)
    reg [PE*SIMD*W_BITS-1:0] weights [0:ROWS-1];
    initial if (MEM_FILE != "") $readmemh(MEM_FILE, weights);

    reg [PE*SIMD*W_BITS-1:0] w_q1;
    reg [PIXELS*SIMD*X_BITS-1:0] x_q1;
    always @(posedge clk) begin
        w_q1 <= weights[row];
        x_q1 <= s_axis_tdata;
    end

    wire [PE*SIMD*W_BITS-1:0] w_first;
    generate
        if (TABLE != 0) begin : g_table
            // Inverted, since Yosys would put a plain register of the address behind the table.
            reg  [ROW_BITS-1:0] not_at;
            wire [ROW_BITS-1:0] at = ~not_at;
            wire                unused_word = &{1'b0, w_q1};
            always @(posedge clk) not_at <= ~row;
            assign w_first = weights[at];
        end else begin : g_word
            assign w_first = w_q1;
        end
    endgenerate

    // What the arithmetic reads: behind a deep memory's multiplexer, a clock later.
    wire [PE*SIMD*W_BITS-1:0] w_in;
    wire [PIXELS*SIMD*X_BITS-1:0] x_in;
    generate
        if (DEEP != 0) begin : g_deep
            reg [PE*SIMD*W_BITS-1:0] w_q2;
            reg [PIXELS*SIMD*X_BITS-1:0] x_q2;
            always @(posedge clk) begin
                w_q2 <= w_first;
                x_q2 <= x_q1;
            end
            assign w_in = w_q2;
            assign x_in = x_q2;
        end else begin : g_shallow
            assign w_in = w_first;
            assign x_in = x_q1;
        end
    endgenerate

    // What is true of the beat in register i: it exists, it closes a dot product, its tlast.
    reg [STAGES-1:0] valid_q, done_q, last_q;
    always @(posedge clk) begin
        valid_q <= rst ? {STAGES{1'b0}} : {valid_q[STAGES-2:0], take};
        done_q  <= {done_q[STAGES-2:0], sf_last};
        last_q  <= {last_q[STAGES-2:0], s_axis_tlast};
    end
    wire root_done  = valid_q[STAGES-1] && done_q[STAGES-1];
    wire root_last  = last_q[STAGES-1];

    // ---------------------------------------------------------------- arithmetic
    wire                    push;      // a sum is complete
    wire                    push_last;
    wire [OUT*ACC_BITS-1:0] sum;

    genvar o, n;
    generate
        if (L1 == 0) begin : g_signed
            assign push      = root_done;
            assign push_last = root_last;

            for (o = 0; o < OUT; o = o + 1) begin : g_out
                // {sign, value} of each difference.
                reg [TAPS*(D_BITS+1)-1:0] d_q;
                for (n = 0; n < TAPS; n = n + 1) begin : g_diff
                    localparam integer X_LANE = (DEPTHWISE != 0) ? o : (o/GROUP)*SIMD + n;
                    wire [D_BITS:0] x = {{(D_BITS+1-X_BITS){1'b0}}, x_in[X_LANE*X_BITS +: X_BITS]};
                    wire [D_BITS:0] w = {{(D_BITS+1-W_BITS){1'b0}}, w_in[((o%GROUP)*TAPS + n)*W_BITS +: W_BITS]};
                    always @(posedge clk) d_q[n*(D_BITS+1) +: D_BITS+1] <= x - w;
                end

                localparam integer R_BITS = (D_BITS + $clog2(TAPS) < ACC_BITS) ? D_BITS + $clog2(TAPS) : ACC_BITS;
                wire [R_BITS:0]     root;
                abs_tree #(
                    .TAPS(TAPS), .BITS(D_BITS), .MOST(ACC_BITS)
                ) u_tree (
                    .clk(clk), .d(d_q), .sum(root)
                );
                wire                neg = root[R_BITS];
                wire [ACC_BITS-1:0] mag = {{(ACC_BITS-R_BITS){1'b0}}, root[R_BITS-1:0] ^ {R_BITS{neg}}};
                wire [ACC_BITS-1:0] one = {{(ACC_BITS-1){1'b0}}, neg};
                if (SF > 1) begin : g_fold
                    // Cleared by a finished sum, so that the adder needs no gate for the first beat.
                    reg [ACC_BITS-1:0] acc;
                    always @(posedge clk)
                        if (rst || root_done) acc <= {ACC_BITS{1'b0}};
                        else if (valid_q[STAGES-1])  acc <= sum[o*ACC_BITS +: ACC_BITS];
                    assign sum[o*ACC_BITS +: ACC_BITS] = acc + mag + one;
                end else begin : g_flat
                    assign sum[o*ACC_BITS +: ACC_BITS] = mag + one;
                end
            end
        end else begin : g_shared
            // The sum of x: one tree a window for all PE, in step with theirs.
            localparam integer X_TREES = (DEPTHWISE != 0) ? OUT : PIXELS;
            wire [X_TREES*ACC_BITS-1:0] sx;             // of the dot product that the accumulators hold
            wire [X_TREES*ACC_BITS-1:0] x_root;         // of the beat whose differences are at the root of their trees

            for (o = 0; o < X_TREES; o = o + 1) begin : g_x
                localparam integer R_BITS = (X_BITS + $clog2(TAPS) < ACC_BITS) ? X_BITS + $clog2(TAPS) : ACC_BITS;
                reg  [TAPS*X_BITS-1:0] x_q;
                wire [R_BITS-1:0]      x_sum;
                always @(posedge clk) x_q <= x_in[o*TAPS*X_BITS +: TAPS*X_BITS];
                sum_tree #(
                    .TAPS(TAPS), .BITS(X_BITS), .MOST(ACC_BITS), .SIGNED(0), .RADIX(RADIX), .PRIMITIVES(TERNARY)
                ) u_tree (
                    .clk(clk), .move(1'b1), .taps(x_q), .sum(x_sum)
                );
                wire [ACC_BITS-1:0] root = {{(ACC_BITS-R_BITS){1'b0}}, x_sum};
                assign x_root[o*ACC_BITS +: ACC_BITS] = root;
                if (TERNARY != 0) begin : g_third
                    // Each output's accumulator takes the root as its third number.
                    assign sx[o*ACC_BITS +: ACC_BITS] = {ACC_BITS{1'b0}};
                end
                // No chain of else: Yosys 0.23 would give what follows one scope more.
                if (TERNARY == 0 && SF > 1) begin : g_fold
                    reg  [ACC_BITS-1:0] acc, sx_q;
                    wire [ACC_BITS-1:0] acc_n = acc + root;
                    assign sx[o*ACC_BITS +: ACC_BITS] = sx_q;
                    always @(posedge clk) begin
                        sx_q <= acc_n;
                        if (rst || root_done) acc <= {ACC_BITS{1'b0}};
                        else if (valid_q[STAGES-1])  acc <= acc_n;
                    end
                end
                if (TERNARY == 0 && SF == 1) begin : g_flat
                    reg  [ACC_BITS-1:0] sx_q;
                    assign sx[o*ACC_BITS +: ACC_BITS] = sx_q;
                    always @(posedge clk) sx_q <= root;
                end
            end

            reg                     acc_first;
            wire                    unused_adder = &{1'b0, sx, x_root, acc_first};
            reg                     sum_done_q, sum_last_q;
            always @(posedge clk) begin
                sum_done_q <= root_done;
                sum_last_q <= root_last;
                if (valid_q[STAGES-1]) acc_first <= root_done;
                if (rst) begin
                    sum_done_q <= 1'b0;
                    acc_first  <= 1'b1;
                end
            end
            assign push      = (TERNARY != 0) ? root_done : sum_done_q;
            assign push_last = (TERNARY != 0) ? root_last : sum_last_q;

            // Carry chains without an inverter at their input (iCE40) subtract a registered complement for nothing; where
            // additions of three numbers are one table a bit, the table inverts, but for a complement that passes it.
            wire [PIXELS*SIMD*X_BITS-1:0] not_x;
            if (TERNARY != 0 && TABLE == 0) begin : g_inverted
                assign not_x = ~x_in;
            end else begin : g_complement
                reg [PIXELS*SIMD*X_BITS-1:0] not_x_q1;
                always @(posedge clk) not_x_q1 <= (DEEP != 0) ? ~x_q1 : ~s_axis_tdata;
                assign not_x = not_x_q1;
            end

            for (o = 0; o < OUT; o = o + 1) begin : g_out
                localparam integer R_BITS = (D_BITS + $clog2(TAPS) < ACC_BITS) ? D_BITS + $clog2(TAPS) : ACC_BITS - 1;
                localparam integer X_TREE = (DEPTHWISE != 0) ? o : o/GROUP;
                reg  [TAPS*D_BITS-1:0] d_q;        // max(w - x, 0)
                wire [R_BITS-1:0]      d_sum;
                for (n = 0; n < TAPS; n = n + 1) begin : g_diff
                    localparam integer X_LANE = (DEPTHWISE != 0) ? o : (o/GROUP)*SIMD + n;
                    wire [D_BITS-1:0] inverse = {{(D_BITS-X_BITS){1'b1}}, not_x[X_LANE*X_BITS +: X_BITS]};
                    wire [D_BITS-1:0] w = {{(D_BITS-W_BITS){1'b0}}, w_in[((o%GROUP)*TAPS + n)*W_BITS +: W_BITS]};
                    wire [D_BITS-1:0] d;
                    wire              less;
                    if (TABLE != 0) begin : g_passed
                        // ~x - ~w: what is subtracted from passes a carry cell's table, and is a register.
                        assign {less, d} = {1'b0, inverse} - {1'b0, ~w};
                    end else begin : g_added
                        wire unused_below;
                        assign {less, d, unused_below} = {1'b0, w, 1'b1} + {1'b1, inverse, 1'b1};
                    end
                    always @(posedge clk)
                        if (less) d_q[n*D_BITS +: D_BITS] <= {D_BITS{1'b0}};
                        else      d_q[n*D_BITS +: D_BITS] <= d;
                end
                sum_tree #(
                    .TAPS(TAPS), .BITS(D_BITS), .MOST(ACC_BITS-1), .SIGNED(0), .RADIX(RADIX), .PRIMITIVES(TERNARY)
                ) u_tree (
                    .clk(clk), .move(1'b1), .taps(d_q), .sum(d_sum)
                );
                wire [ACC_BITS-1:0] twice = {{(ACC_BITS-1-R_BITS){1'b0}}, d_sum, 1'b0};
                if (TERNARY != 0) begin : g_third
                    // Cleared by a finished sum, so that the adder needs no gate for the first beat.
                    wire [ACC_BITS-1:0] earlier;
                    wire [ACC_BITS-1:0] all;
                    ternary_add #(.BITS(ACC_BITS), .PRIMITIVES(1)) u_add (
                        .a(earlier), .b(twice), .c(x_root[X_TREE*ACC_BITS +: ACC_BITS]), .sum(all));
                    if (SF > 1) begin : g_fold
                        reg [ACC_BITS-1:0] acc;
                        always @(posedge clk)
                            if (rst || root_done) acc <= {ACC_BITS{1'b0}};
                            else if (valid_q[STAGES-1]) acc <= all;
                        assign earlier = acc;
                    end else begin : g_flat
                        assign earlier = {ACC_BITS{1'b0}};
                    end
                    assign sum[o*ACC_BITS +: ACC_BITS] = all;
                end else begin : g_two
                    reg [ACC_BITS-1:0] acc;
                    always @(posedge clk)
                        if (valid_q[STAGES-1]) acc <= acc_first ? twice : twice + acc;
                    assign sum[o*ACC_BITS +: ACC_BITS] = acc + sx[X_TREE*ACC_BITS +: ACC_BITS];
                end
            end
        end
    endgenerate

    // ---------------------------------------------------------------- output FIFO
    wire [31:0] owed, held;
    wire        unused_for_proofs = &{1'b0, owed, held};
    axis_credit #(
        .WIDTH(OUT*ACC_BITS), .LATENCY(PUSH + SF - 1), .INTERVAL(SF)
    ) u_out (
        .clk(clk), .rst(rst),
        .reserve(take && first), .free_n(free_n), .push(push), .push_tdata(sum), .push_tlast(push_last),
        .m_axis_tdata(m_axis_tdata), .m_axis_tvalid(m_axis_tvalid), .m_axis_tready(m_axis_tready),
        .m_axis_tlast(m_axis_tlast), .owed(owed), .held(held)
    );

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(s_axis_tvalid && !s_axis_tready))
            assume (s_axis_tvalid && $stable(s_axis_tdata) && $stable(s_axis_tlast));
    end

    always @(posedge clk) if (seen_clk && $past(rst)) assert (!s_axis_tready);

    reg [31:0] in_flight;              // dot products that left the input and are not yet in the FIFO
    integer    g;
    always @* begin
        in_flight = (L1 != 0 && TERNARY == 0 && push) ? 1 : 0;
        for (g = 0; g < STAGES; g = g + 1) in_flight = in_flight + (valid_q[g] && done_q[g]);
    end
    always @* if (seen_clk && !rst) begin
        assert (owed == in_flight + !first);
        assert (sf < SF && row < ROWS && row % SF == sf);
        assert (first == (sf == 0));
    end

    generate
        if (SF == 1) begin : g_single
            integer d;
            always @* if (seen_clk && !rst) for (d = 0; d < STAGES; d = d + 1) assert (!valid_q[d] || done_q[d]);
        end
    endgenerate

    // The sums, by the definition, from what the first stage holds; delayed to the root of the tree.
    reg [OUT*ACC_BITS-1:0]          ref_q1, ref_root, ref_acc;
    reg [STAGES*OUT*ACC_BITS-1:0]   ref_q;
    reg [63:0]                      ref_sum, ref_x, ref_w, ref_d, ref_r;
    integer a, b;
    always @* begin
        for (a = 0; a < OUT; a = a + 1) begin
            ref_sum = 0;
            for (b = 0; b < TAPS; b = b + 1) begin
                ref_x = x_in[((DEPTHWISE != 0) ? a : (a/GROUP)*SIMD + b)*X_BITS +: X_BITS];
                ref_w = w_in[((a%GROUP)*TAPS + b)*W_BITS +: W_BITS];
                ref_d = (ref_x > ref_w) ? ref_x - ref_w : ref_w - ref_x;
                ref_r = (ref_w > ref_x) ? ref_w - ref_x : 0;
                assert (ref_d + ref_w == ref_x + 2*ref_r);
                ref_sum = ref_sum + ((L1 == 0) ? ref_d : 2*ref_r);
            end
            ref_q1[a*ACC_BITS +: ACC_BITS] = ref_sum[ACC_BITS-1:0];
        end
        ref_root = ref_q[(STAGES-2-DEEP)*OUT*ACC_BITS +: OUT*ACC_BITS];
    end
    always @(posedge clk) begin
        ref_q <= {ref_q[(STAGES-1)*OUT*ACC_BITS-1:0], ref_q1};
        if (rst || root_done) ref_acc <= {OUT*ACC_BITS{1'b0}};
        else if (valid_q[STAGES-1])
            for (a = 0; a < OUT; a = a + 1)
                ref_acc[a*ACC_BITS +: ACC_BITS] <= ref_acc[a*ACC_BITS +: ACC_BITS] + ref_root[a*ACC_BITS +: ACC_BITS];
    end
    genvar r;
    generate
        if (L1 == 0) begin : g_check_0
            for (r = 0; r < OUT; r = r + 1) begin : g_check
                wire [ACC_BITS-1:0] expected = ref_acc[r*ACC_BITS +: ACC_BITS] + ref_root[r*ACC_BITS +: ACC_BITS];
                always @* if (seen_clk && !rst && push) assert (sum[r*ACC_BITS +: ACC_BITS] == expected);
                if (SF > 1) begin : g_acc
                    always @* if (seen_clk && !rst) assert (g_signed.g_out[r].g_fold.acc == ref_acc[r*ACC_BITS +: ACC_BITS]);
                end else begin : g_zero
                    always @* if (seen_clk && !rst) assert (ref_acc[r*ACC_BITS +: ACC_BITS] == 0);
                end
            end
        end else begin : g_check_1
            // The same sums in the same order, from the definition of the saturating difference and of the identity.
            localparam integer XS = (DEPTHWISE != 0) ? OUT : PIXELS;
            reg [XS*ACC_BITS-1:0]         x_sum, x_root, x_acc, x_end;
            reg [STAGES*XS*ACC_BITS-1:0]  x_sum_q;
            reg [OUT*ACC_BITS-1:0]        d_acc, d_from;
            integer i, j;
            always @* begin
                for (i = 0; i < XS; i = i + 1) begin
                    x_sum[i*ACC_BITS +: ACC_BITS] = 0;
                    for (j = 0; j < TAPS; j = j + 1)
                        x_sum[i*ACC_BITS +: ACC_BITS] = x_sum[i*ACC_BITS +: ACC_BITS] + x_in[(i*TAPS + j)*X_BITS +: X_BITS];
                end
                x_root = x_sum_q[(STAGES-2-DEEP)*XS*ACC_BITS +: XS*ACC_BITS];
                d_from = g_shared.acc_first ? {OUT*ACC_BITS{1'b0}} : d_acc;
            end
            always @(posedge clk) begin
                x_sum_q <= {x_sum_q[(STAGES-1)*XS*ACC_BITS-1:0], x_sum};
                for (i = 0; i < XS; i = i + 1)
                    x_end[i*ACC_BITS +: ACC_BITS] <= x_acc[i*ACC_BITS +: ACC_BITS] + x_root[i*ACC_BITS +: ACC_BITS];
                if (rst || root_done) x_acc <= 0;
                else if (valid_q[STAGES-1])
                    for (i = 0; i < XS; i = i + 1)
                        x_acc[i*ACC_BITS +: ACC_BITS] <= x_acc[i*ACC_BITS +: ACC_BITS] + x_root[i*ACC_BITS +: ACC_BITS];
                if (valid_q[STAGES-1])
                    for (i = 0; i < OUT; i = i + 1)
                        d_acc[i*ACC_BITS +: ACC_BITS] <= d_from[i*ACC_BITS +: ACC_BITS] + ref_root[i*ACC_BITS +: ACC_BITS];
            end
            always @* if (seen_clk && !rst) begin
                if (SF == 1) assert (x_acc == 0 && (TERNARY != 0 || g_shared.acc_first));
            end
            for (r = 0; r < OUT; r = r + 1) begin : g_check
                localparam integer X_TREE = (DEPTHWISE != 0) ? r : r/GROUP;
                wire [ACC_BITS-1:0] expected = d_acc[r*ACC_BITS +: ACC_BITS] + x_end[X_TREE*ACC_BITS +: ACC_BITS];
                if (TERNARY != 0) begin : g_third
                    // Both sums of the beats before, and what is at the roots.
                    wire [ACC_BITS-1:0] f_before = ref_acc[r*ACC_BITS +: ACC_BITS] + x_acc[X_TREE*ACC_BITS +: ACC_BITS];
                    wire [ACC_BITS-1:0] f_now    = ref_root[r*ACC_BITS +: ACC_BITS] + x_root[X_TREE*ACC_BITS +: ACC_BITS];
                    always @* if (seen_clk && !rst) begin
                        if (push) assert (sum[r*ACC_BITS +: ACC_BITS] == f_before + f_now);
                        if (SF == 1) assert (ref_acc[r*ACC_BITS +: ACC_BITS] == 0);
                    end
                    if (SF > 1) begin : g_acc
                        always @* if (seen_clk && !rst) assert (g_shared.g_out[r].g_third.g_fold.acc == f_before);
                    end
                end else begin : g_two
                    always @* if (seen_clk && !rst) begin
                        if (push) assert (sum[r*ACC_BITS +: ACC_BITS] == expected);
                        if (push || !g_shared.acc_first)
                            assert (g_shared.g_out[r].g_two.acc == d_acc[r*ACC_BITS +: ACC_BITS]);
                    end
                end
                if (SF > 1 && TERNARY == 0) begin : g_x_acc
                    always @* if (seen_clk && !rst)
                        assert (g_shared.g_x[X_TREE].g_fold.acc == x_acc[X_TREE*ACC_BITS +: ACC_BITS]);
                end
            end
        end
    endgenerate

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (m_axis_tvalid && m_axis_tready && m_axis_tlast);
        cover (held != 0 && owed == 0 && !ready_q);
        cover (s_axis_tvalid && !ready_q && first);
    end
`endif

endmodule

`default_nettype wire
