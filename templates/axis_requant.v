// axis_requant - requantize: multiply, add, shift and clamp, with constants of the channel
//
//   q = clamp(floor((acc*M + b) / 2^SHIFT), LO, HI)
//
// Folding    LANES channels a beat, BEATS beats a pixel; the constants' row counts the beats and wraps.
// Modes      0 full   M is a signed multiplier of M_BITS (a DSP block where the family has one).
//            1 pow2   M is one signed power of two: a shift, the sign goes into the adder of b.
//            2 csd2   M is the sum of two signed powers of two.
//            NEG=1    leaky: where the floor of the first constants is below PIVOT, that of a second pair is taken.
// Timing     one beat a clock; registers after the memory, the product (or every four-way shift), the sum and the
//            choice of NEG=1. Stalls by credits (axis_credit): a beat reserves a place of the output FIFO on entry, then nothing
//            holds the pipeline. INTERVAL tells how many clocks pass between beats at the full rate of the source
//            and makes the FIFO shallow; a denser stream stays correct but waits.
// Lanes      lane 0 in the least significant bits; acc of IN_BITS, two's complement if IN_SIGNED=1; q of OUT_BITS.
// CLAMP=0    q is the low OUT_BITS of the floor; with SHIFT=0 these are the raw logits, two's complement.
// Constants  MEM_FILE: BEATS rows; a row holds LANES words {b, m}, NEG=1 {b2, m2, b, m}, lane 0 lowest. b: two's
//            complement, B_BITS. m: mode 0 M_BITS; mode 1 one term {nonzero, negative, exponent[EXP_BITS]};
//            mode 2 two terms {t1, t0}.
// Framing    tlast passes through with its beat; it is not checked against BEATS.
// Reset      synchronous, active high; clears control state only, never the data path.
// Does not   wrap: each intermediate is as wide as the parameters allow it to grow. It rounds only by the floor;
//            the rounding half is part of b.
// Cost       one lane, 18 bits in, b of 32, SHIFT 16, exponents of 5 bits, 8 bits out, 16 rows, INTERVAL 9 (Yosys 0.23):
//            mode 0 xc7 73 LUT and a DSP, ECP5 136 and a multiplier, iCE40 862; mode 1 238, 360, 251; mode 2 370, 530, 458.
// Tested by  testbench/cells/axis_requant; proved by `npm run formal -- axis_requant`.

`default_nettype none

module axis_requant #(
    parameter integer LANES     = 2,   // channels per beat
    parameter integer BEATS     = 3,   // beats per pixel
    parameter integer IN_BITS   = 12,  // accumulator width
    parameter integer IN_SIGNED = 0,   // 1: accumulators are two's complement
    parameter integer M_BITS    = 16,  // multiplier width, two's complement (mode 0)
    parameter integer B_BITS    = 24,  // width of b, two's complement
    parameter integer SHIFT     = 12,  // right shift
    parameter integer OUT_BITS  = 8,   // result width
    parameter integer CLAMP     = 1,   // 0: the low OUT_BITS as they are
    parameter integer LO        = 0,   // lower bound
    parameter integer HI        = 255, // upper bound
    parameter integer MODE      = 0,   // 0: full, 1: pow2, 2: csd2
    parameter integer EXP_BITS  = 4,   // width of an exponent (modes 1 and 2)
    parameter integer NEG       = 0,   // 1: a second pair of constants below PIVOT
    parameter integer PIVOT     = 0,   // smallest floor that keeps the first pair
    parameter integer INTERVAL  = 1,   // clocks between beats at full rate
    parameter         MEM_FILE  = "",  // $readmemh image of the constants, BEATS rows
    parameter         MEM_STYLE = "auto" // where the constants are: "auto" as the tool likes, "block" RAM, "logic"
) (
    input  wire                       clk,
    input  wire                       rst,

    // AXI4-Stream in: accumulators
    input  wire [LANES*IN_BITS-1:0]   s_axis_tdata,
    input  wire                       s_axis_tvalid,
    output wire                       s_axis_tready,
    input  wire                       s_axis_tlast,

    // AXI4-Stream out: requantized lanes
    output wire [LANES*OUT_BITS-1:0]  m_axis_tdata,
    output wire                       m_axis_tvalid,
    input  wire                       m_axis_tready,
    output wire                       m_axis_tlast
);

    localparam unused_style = MEM_STYLE;   // linters do not see the use in an attribute
    localparam integer TERM     = EXP_BITS + 2;
    localparam integer TERMS    = (MODE == 2) ? 2 : 1;
    localparam integer MW       = (MODE == 0) ? M_BITS : TERMS*TERM;
    localparam integer WORD     = B_BITS + MW;
    localparam integer PAIRS    = (NEG != 0) ? 2 : 1;
    localparam integer ROW      = LANES*PAIRS*WORD;
    localparam integer ROW_BITS = (BEATS > 1) ? $clog2(BEATS) : 1;
    localparam integer ROW_LAST = BEATS - 1;

    // Widths, each large enough for every value its operands can take.
    localparam integer A_BITS   = IN_BITS + ((IN_SIGNED != 0) ? 0 : 1);
    localparam integer SH_BITS  = A_BITS + (1 << EXP_BITS) - 1;              // shifted by the largest exponent
    localparam integer P_BITS   = (MODE == 0) ? A_BITS + M_BITS : SH_BITS + TERMS;
    localparam integer PB_BITS  = ((P_BITS > B_BITS) ? P_BITS : B_BITS) + 1;
    localparam integer SUM_BITS = (PB_BITS > SHIFT) ? PB_BITS : SHIFT + 1;
    localparam integer FL_BITS  = SUM_BITS - SHIFT;                          // the floor
    localparam integer C_MIN    = (OUT_BITS > 32) ? OUT_BITS + 1 : 33;
    localparam integer C_BITS   = (FL_BITS > C_MIN) ? FL_BITS : C_MIN;       // beside bounds of 32 bits

    localparam integer SHIFTS   = (EXP_BITS + 1) / 2;                        // stages of four-way shifts
    localparam integer PRE      = (MODE == 0) ? 1 : (MODE == 1) ? SHIFTS : SHIFTS + 1;
    localparam integer STAGES   = PRE + 2 + ((NEG != 0) ? 1 : 0);

    // A broken rule stops every tool at elaboration and names itself.
    generate
        if (LANES < 1 || BEATS < 1 || IN_BITS < 1 || B_BITS < 1 || OUT_BITS < 1 || INTERVAL < 1)
            begin : g_rule_size  wire sizes_must_be_positive = {0{1'b0}};  initial $finish;  end
        if (MODE < 0 || MODE > 2)
            begin : g_rule_mode  wire MODE_is_0_1_or_2       = {0{1'b0}};  initial $finish;  end
        if ((MODE == 0) ? (M_BITS < 1) : (EXP_BITS < 1 || EXP_BITS > 6))
            begin : g_rule_m     wire multiplier_width       = {0{1'b0}};  initial $finish;  end
        if (SHIFT < 0)
            begin : g_rule_shift wire SHIFT_is_negative      = {0{1'b0}};  initial $finish;  end
    endgenerate

    // ---------------------------------------------------------------- credits
    reg                 ready_q;
    reg  [ROW_BITS-1:0] row;
    wire                take     = s_axis_tvalid && ready_q;
    wire                free_n;

    assign s_axis_tready = ready_q;

    always @(posedge clk) begin
        ready_q <= free_n;
        if (take) row <= (row == ROW_LAST[ROW_BITS-1:0]) ? {ROW_BITS{1'b0}} : row + 1'b1;
        if (rst) begin
            ready_q <= 1'b0;
            row     <= {ROW_BITS{1'b0}};
        end
    end

    // ---------------------------------------------------------------- fetch
    (* rom_style = MEM_STYLE, romstyle = MEM_STYLE, syn_romstyle = MEM_STYLE *)
    reg [ROW-1:0] constants [0:BEATS-1];
    initial if (MEM_FILE != "") $readmemh(MEM_FILE, constants);

    reg [ROW-1:0]           row_q1;
    reg [LANES*IN_BITS-1:0] acc_q1;
    always @(posedge clk) begin
        row_q1 <= constants[row];
        acc_q1 <= s_axis_tdata;
    end

    reg [STAGES-1:0] valid_q, last_q;
    always @(posedge clk) begin
        valid_q <= rst ? {STAGES{1'b0}} : {valid_q[STAGES-2:0], take};
        last_q  <= {last_q[STAGES-2:0], s_axis_tlast};
    end
    wire push = valid_q[STAGES-1];

    // ---------------------------------------------------------------- multiply, add, floor
    wire [LANES*OUT_BITS-1:0] q;

    genvar i, h, t, k;
    generate
        for (i = 0; i < LANES; i = i + 1) begin : g_lane
            wire signed [A_BITS-1:0] a;
            if (IN_SIGNED != 0) begin : g_signed   assign a = acc_q1[i*IN_BITS +: IN_BITS]; end
            else                begin : g_unsigned assign a = {1'b0, acc_q1[i*IN_BITS +: IN_BITS]}; end

            for (h = 0; h < PAIRS; h = h + 1) begin : g_pair
                wire [MW-1:0]     m    = row_q1[(i*PAIRS + h)*WORD +: MW];
                wire [B_BITS-1:0] b_q1 = row_q1[(i*PAIRS + h)*WORD + MW +: B_BITS];

                reg [PRE*B_BITS-1:0] b_q;      // b keeps step with the product
                if (PRE > 1) begin : g_wait
                    always @(posedge clk) b_q <= {b_q[(PRE-1)*B_BITS-1:0], b_q1};
                end else begin : g_next
                    always @(posedge clk) b_q <= b_q1;
                end
                wire [B_BITS-1:0] b = b_q[(PRE-1)*B_BITS +: B_BITS];

                wire [P_BITS-1:0] p;           // product, and one more where `up` is set
                wire              up;

                if (MODE == 0) begin : g_full
                    wire signed [M_BITS-1:0] factor = m;
                    reg  signed [P_BITS-1:0] p_q2;
                    always @(posedge clk) p_q2 <= a * factor;
                    assign p  = p_q2;
                    assign up = 1'b0;
                end else begin : g_shift
                    for (t = 0; t < TERMS; t = t + 1) begin : g_term
                        for (k = 0; k <= SHIFTS; k = k + 1) begin : g_stage
                            // Exponent bits done so far, and the width that they can have made.
                            localparam integer DONE = (2*k < EXP_BITS) ? 2*k : EXP_BITS;
                            localparam integer BITS = A_BITS + (1 << DONE) - 1;
                            wire signed [BITS-1:0] v;
                            wire                   neg;
                            if (DONE < EXP_BITS) begin : g_left
                                wire [EXP_BITS-DONE-1:0] e;
                            end
                            if (k == 0) begin : g_in
                                assign v        = m[t*TERM + EXP_BITS + 1] ? a : {A_BITS{1'b0}};
                                assign neg      = m[t*TERM + EXP_BITS];
                                assign g_left.e = m[t*TERM +: EXP_BITS];
                            end else begin : g_step
                                localparam integer FROM = 2*(k-1);
                                localparam integer B_IN = A_BITS + (1 << FROM) - 1;
                                localparam integer UNIT = 1 << FROM;
                                wire [BITS-1:0] v0 = {{(BITS-B_IN){g_stage[k-1].v[B_IN-1]}}, g_stage[k-1].v};
                                wire [BITS-1:0] v1 = g_stage[k-1].g_left.e[0] ? v0 << UNIT : v0;
                                reg  [BITS-1:0] v_q;
                                reg             neg_q;
                                always @(posedge clk) neg_q <= g_stage[k-1].neg;
                                if (FROM + 1 < EXP_BITS) begin : g_two
                                    always @(posedge clk) v_q <= g_stage[k-1].g_left.e[1] ? v1 << 2*UNIT : v1;
                                end else begin : g_one
                                    always @(posedge clk) v_q <= v1;
                                end
                                if (DONE < EXP_BITS) begin : g_rest
                                    reg [EXP_BITS-DONE-1:0] e_q;
                                    always @(posedge clk) e_q <= g_stage[k-1].g_left.e[EXP_BITS-FROM-1:2];
                                    assign g_left.e = e_q;
                                end
                                assign v   = v_q;
                                assign neg = neg_q;
                            end
                        end
                        // Minus v = ~v + 1: the inversion here, the one where the adder has a carry to spare.
                        wire                      neg  = g_stage[SHIFTS].neg;
                        wire signed [P_BITS-1:0]  flip = {{TERMS{g_stage[SHIFTS].v[SH_BITS-1]}}, g_stage[SHIFTS].v} ^ {P_BITS{neg}};
                    end
                    if (TERMS == 1) begin : g_pow2
                        assign p  = g_term[0].flip;
                        assign up = g_term[0].neg;
                    end else begin : g_csd2
                        reg [P_BITS-1:0] p_q;
                        reg              up_q;
                        always @(posedge clk) begin
                            p_q  <= g_term[0].flip + g_term[TERMS-1].flip + {{(P_BITS-1){1'b0}}, g_term[0].neg};
                            up_q <= g_term[TERMS-1].neg;
                        end
                        assign p  = p_q;
                        assign up = up_q;
                    end
                end

                reg [SUM_BITS-1:0] sum_q;
                always @(posedge clk)
                    sum_q <= {{(SUM_BITS-P_BITS){p[P_BITS-1]}}, p}
                           + {{(SUM_BITS-B_BITS){b[B_BITS-1]}}, b}
                           + {{(SUM_BITS-1){1'b0}}, up};
                wire [FL_BITS-1:0] floor;
                wire [SHIFT:0]     unused_below;    // what the shift drops
                assign {floor, unused_below} = {sum_q, 1'b0};
            end

            wire [FL_BITS-1:0] floor;

            if (NEG != 0) begin : g_leaky
                wire        [31:0]       pivot = PIVOT;
                wire signed [C_BITS-1:0] bound = {{(C_BITS-32){pivot[31]}}, pivot};
                wire signed [C_BITS-1:0] f0 = {{(C_BITS-FL_BITS){g_pair[0].floor[FL_BITS-1]}}, g_pair[0].floor};
                reg  [FL_BITS-1:0]       floor_q;
                always @(posedge clk) floor_q <= (f0 < bound) ? g_pair[PAIRS-1].floor : g_pair[0].floor;
                assign floor = floor_q;
            end else begin : g_plain
                assign floor = g_pair[0].floor;
            end

            int_clamp #(
                .IN_BITS(FL_BITS), .OUT_BITS(OUT_BITS), .CLAMP(CLAMP), .LO(LO), .HI(HI)
            ) u_clamp (
                .x(floor), .q(q[i*OUT_BITS +: OUT_BITS])
            );
        end
    endgenerate

    // ---------------------------------------------------------------- output FIFO
    wire [31:0] owed, held;
    wire        unused_for_proofs = &{1'b0, owed, held};
    axis_credit #(
        .WIDTH(LANES*OUT_BITS), .LATENCY(STAGES), .INTERVAL(INTERVAL)
    ) u_out (
        .clk(clk), .rst(rst),
        .reserve(take), .free_n(free_n), .push(push), .push_tdata(q), .push_tlast(last_q[STAGES-1]),
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

    reg [31:0] in_flight;              // beats between the input and the FIFO
    integer    g;
    always @* begin
        in_flight = 0;
        for (g = 0; g < STAGES; g = g + 1) in_flight = in_flight + valid_q[g];
    end
    always @* if (seen_clk && !rst) begin
        assert (owed == in_flight);
        assert (row < BEATS);
    end

    // The result, by the definition in 64 bits, from what the first stage holds; delayed to the FIFO.
    reg        [LANES*OUT_BITS-1:0]        ref_q1;
    reg        [STAGES*LANES*OUT_BITS-1:0] ref_q;
    reg        [MW-1:0]                    ref_word;
    reg        [EXP_BITS-1:0]              ref_exp;
    reg signed [63:0]                      ref_a, ref_m, ref_b, ref_f, ref_f0;
    integer a, c2, c3;
    always @* begin
        for (a = 0; a < LANES; a = a + 1) begin
            ref_a = acc_q1[a*IN_BITS +: IN_BITS];
            if (IN_SIGNED != 0) ref_a = {{(64-IN_BITS){acc_q1[a*IN_BITS + IN_BITS-1]}}, acc_q1[a*IN_BITS +: IN_BITS]};
            ref_f0 = 0;
            ref_f  = 0;
            for (c2 = 0; c2 < PAIRS; c2 = c2 + 1) begin
                ref_word = row_q1[(a*PAIRS + c2)*WORD +: MW];
                ref_b    = {{(64-B_BITS){row_q1[(a*PAIRS + c2)*WORD + WORD-1]}}, row_q1[(a*PAIRS + c2)*WORD + MW +: B_BITS]};
                ref_m    = 0;
                if (MODE == 0) ref_m = {{(64-MW){ref_word[MW-1]}}, ref_word};
                else
                    for (c3 = 0; c3 < TERMS; c3 = c3 + 1) begin
                        ref_exp = ref_word[c3*TERM +: EXP_BITS];
                        if (ref_word[c3*TERM + EXP_BITS + 1])
                            ref_m = ref_word[c3*TERM + EXP_BITS] ? ref_m - (64'd1 << ref_exp) : ref_m + (64'd1 << ref_exp);
                    end
                ref_f = (ref_a * ref_m + ref_b) >>> SHIFT;
                if (c2 == 0) ref_f0 = ref_f;
            end
            if (NEG != 0 && ref_f0 >= PIVOT) ref_f = ref_f0;
            if (CLAMP != 0) ref_f = (ref_f < LO) ? LO : (ref_f > HI) ? HI : ref_f;
            ref_q1[a*OUT_BITS +: OUT_BITS] = ref_f[OUT_BITS-1:0];
        end
    end
    always @(posedge clk) ref_q <= {ref_q[(STAGES-1)*LANES*OUT_BITS-1:0], ref_q1};
    always @* if (seen_clk && !rst && push) assert (q == ref_q[(STAGES-2)*LANES*OUT_BITS +: LANES*OUT_BITS]);

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (m_axis_tvalid && m_axis_tready && m_axis_tlast);
        cover (held != 0 && owed == 0 && !ready_q);
        cover (s_axis_tvalid && !ready_q);
    end
`endif

endmodule

`default_nettype wire
