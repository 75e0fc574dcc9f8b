// axis_mac - folded array of products: the multiply layer's sum over taps
//
//   acc[p] = SUM over SF beats and SIMD lanes of x * w[p]          p = 0..PE-1
//
// Folding    A dot product is SF beats of SIMD taps. Dot products follow one another; the weight row counts
//            0..NF*SF-1 and wraps, so NF is the number of output groups of a window (times convolution groups).
//            DEPTHWISE=1 (PE must be 1): nothing is summed over lanes, each lane is an output channel of its own
//            and there are SIMD lanes out. PIXELS windows stand side by side in a beat and meet the same weights.
// Timing     one beat a clock; a register after the memory (from 1025 rows on two), the product (a DSP block takes
//            one of each), each level of the tree (sum_tree) and the accumulator. Stalls by credits (axis_credit): a
//            dot product reserves its place in the output FIFO with its first beat, then nothing holds the pipeline.
//            The FIFO never limits the rate.
// Input      lane x*SIMD + s of a beat = tap s of window x, unsigned; lane 0 in the least significant bits.
// Output     one beat of PIXELS*PE (DEPTHWISE: PIXELS*SIMD) lanes of two's complement per dot product, lane x*PE + p.
// Weights    MEM_FILE: row nf*SF + sf; lane p*SIMD + s, two's complement.
// Framing    tlast of an output beat = tlast of the last input beat of its dot product; others are ignored.
// Reset      synchronous, active high; clears control state and the accumulators, never the rest of the data path.
// Does not   subtract a zero point (a constant of the channel, it belongs to axis_requant), saturate or check:
//            ACC_BITS is sized from the weights by the generator; sums are modulo 2^ACC_BITS.
// Cost       one DSP block a lane where the family has them, and trees, accumulators and handshake as in axis_sad;
//            without, a plain array of multipliers takes three times the LUT of axis_sad at 4 bits, seven to eleven
//            times at 8 bits (bench/l1-array.ts).
// Tested by  testbench/cells/axis_mac; proved by `npm run formal -- axis_mac`.

`default_nettype none

module axis_mac #(
    parameter integer SIMD      = 4,   // taps per beat
    parameter integer PE        = 2,   // output channels per beat
    parameter integer SF        = 3,   // beats per dot product
    parameter integer NF        = 2,   // dot products until the weights repeat
    parameter integer X_BITS    = 8,   // activation width, unsigned
    parameter integer W_BITS    = 8,   // weight width, two's complement
    parameter integer ACC_BITS  = 20,  // accumulator width, two's complement; at least the widths above and one bit
    parameter integer DEPTHWISE = 0,   // 1: lanes are channels
    parameter integer PIXELS    = 1,   // windows per beat
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
    localparam integer P_FULL   = X_BITS + W_BITS;                // x * w
    localparam integer P_BITS   = (P_FULL < ACC_BITS) ? P_FULL : ACC_BITS;
    localparam integer GROUP    = (DEPTHWISE != 0) ? SIMD : PE;   // sums of a window side by side
    localparam integer OUT      = PIXELS * GROUP;
    localparam integer TAPS     = (DEPTHWISE != 0) ? 1 : SIMD;    // taps per sum and beat
    localparam integer LEVELS   = $clog2(TAPS);
    localparam integer DEEP     = (SF*NF > 1024) ? 1 : 0;         // weights in block RAMs behind a multiplexer
    localparam integer STAGES   = LEVELS + 2 + DEEP;              // registers up to the root of the tree
    localparam integer ROWS     = SF * NF;
    localparam integer SF_LAST  = SF - 1;
    localparam integer ROW_LAST = ROWS - 1;
    localparam integer SF_BITS  = (SF   > 1) ? $clog2(SF)   : 1;
    localparam integer ROW_BITS = (ROWS > 1) ? $clog2(ROWS) : 1;

    // Clocks from a beat's arrival to its sum's arrival in the FIFO.
    localparam integer PUSH     = STAGES;
    // A broken rule stops every tool at elaboration and names itself.
    generate
        if (SIMD < 1 || PE < 1 || SF < 1 || NF < 1 || X_BITS < 1 || W_BITS < 1 || PIXELS < 1)
            begin : g_rule_size  wire sizes_must_be_positive = {0{1'b0}};  initial $finish;  end
        if (ACC_BITS <= X_BITS || ACC_BITS < W_BITS)
            begin : g_rule_acc   wire ACC_BITS_too_small     = {0{1'b0}};  initial $finish;  end
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

    // What the arithmetic reads: behind a deep memory's multiplexer, a clock later.
    wire [PE*SIMD*W_BITS-1:0] w_in;
    wire [PIXELS*SIMD*X_BITS-1:0] x_in;
    generate
        if (DEEP != 0) begin : g_deep
            reg [PE*SIMD*W_BITS-1:0] w_q2;
            reg [PIXELS*SIMD*X_BITS-1:0] x_q2;
            always @(posedge clk) begin
                w_q2 <= w_q1;
                x_q2 <= x_q1;
            end
            assign w_in = w_q2;
            assign x_in = x_q2;
        end else begin : g_shallow
            assign w_in = w_q1;
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
    wire                    push      = root_done;
    wire                    push_last = root_last;
    wire [OUT*ACC_BITS-1:0] sum;

    genvar o, n;
    generate
        for (o = 0; o < OUT; o = o + 1) begin : g_out
            localparam integer R_BITS = (P_BITS + LEVELS < ACC_BITS) ? P_BITS + LEVELS : ACC_BITS;
            reg  [TAPS*P_BITS-1:0] product_q;      // flows that pack DSP blocks know it by its name
            wire [R_BITS-1:0]      tree;
            for (n = 0; n < TAPS; n = n + 1) begin : g_product
                localparam integer X_LANE = (DEPTHWISE != 0) ? o : (o/GROUP)*SIMD + n;
                wire signed [P_FULL-1:0] x = {{(P_FULL-X_BITS){1'b0}}, x_in[X_LANE*X_BITS +: X_BITS]};
                wire        [W_BITS-1:0] w_lane = w_in[((o%GROUP)*TAPS + n)*W_BITS +: W_BITS];
                wire signed [P_FULL-1:0] w = {{(P_FULL-W_BITS){w_lane[W_BITS-1]}}, w_lane};
                reg  signed [P_FULL-1:0] unused_high;    // above an accumulator narrower than a product
                always @* unused_high = x * w;
                always @(posedge clk) product_q[n*P_BITS +: P_BITS] <= unused_high[P_BITS-1:0];
            end
            sum_tree #(
                .TAPS(TAPS), .BITS(P_BITS), .MOST(ACC_BITS), .SIGNED(1)
            ) u_tree (
                .clk(clk), .move(1'b1), .taps(product_q), .sum(tree)
            );
            wire [ACC_BITS-1:0] root = {{(ACC_BITS-R_BITS){tree[R_BITS-1]}}, tree};
            if (SF > 1) begin : g_fold
                // Cleared by a finished sum, so that the adder needs no gate for the first beat.
                reg [ACC_BITS-1:0] acc;
                always @(posedge clk)
                    if (rst || root_done) acc <= {ACC_BITS{1'b0}};
                    else if (valid_q[STAGES-1]) acc <= sum[o*ACC_BITS +: ACC_BITS];
                assign sum[o*ACC_BITS +: ACC_BITS] = acc + root;
            end else begin : g_flat
                assign sum[o*ACC_BITS +: ACC_BITS] = root;
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
        in_flight = 0;
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
    reg [63:0]                      ref_sum, ref_x, ref_w;
    integer a, b;
    always @* begin
        for (a = 0; a < OUT; a = a + 1) begin
            ref_sum = 0;
            for (b = 0; b < TAPS; b = b + 1) begin
                ref_x = x_in[((DEPTHWISE != 0) ? a : (a/GROUP)*SIMD + b)*X_BITS +: X_BITS];
                ref_w = w_in[((a%GROUP)*TAPS + b)*W_BITS +: W_BITS];
                ref_sum = ref_sum + ref_x * {{(64-W_BITS){ref_w[W_BITS-1]}}, ref_w[W_BITS-1:0]};
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
        for (r = 0; r < OUT; r = r + 1) begin : g_check
            wire [ACC_BITS-1:0] expected = ref_acc[r*ACC_BITS +: ACC_BITS] + ref_root[r*ACC_BITS +: ACC_BITS];
            always @* if (seen_clk && !rst && push) assert (sum[r*ACC_BITS +: ACC_BITS] == expected);
            if (SF > 1) begin : g_acc
                always @* if (seen_clk && !rst) assert (g_out[r].g_fold.acc == ref_acc[r*ACC_BITS +: ACC_BITS]);
            end else begin : g_zero
                always @* if (seen_clk && !rst) assert (ref_acc[r*ACC_BITS +: ACC_BITS] == 0);
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
