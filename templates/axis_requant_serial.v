// axis_requant_serial - requantize without a multiplier: a bit of the accumulator a clock
//
//   q = clamp(floor((acc*M + b) / 2^SHIFT), LO, HI)
//
// Folding    LANES channels a beat, each with an adder of its own; BEATS beats a pixel; the constants' row counts the
//            beats and wraps.
// Sums       The running sum begins with b and moves right by a bit in each clock, after M was added where the
//            accumulator's lowest bit is one; what falls out below never comes back, so that the floor is exact. The highest
//            bit of a signed accumulator subtracts. NEG=1: a second pair of constants, its result where the first's is below PIVOT.
// Timing     a beat every IN_BITS + 2 clocks, IN_BITS + 3 clocks from a beat to its result. tready depends on registers only:
//            while the sink refuses, a result waits at the output and one behind it.
// Lanes      lane 0 in the least significant bits; acc of IN_BITS, two's complement if IN_SIGNED=1; q of OUT_BITS.
// CLAMP=0    q is the low OUT_BITS of the floor; with SHIFT=0 these are the raw logits, two's complement.
// Constants  MEM_FILE: BEATS rows, as axis_requant has them with MODE=0: a row holds LANES words {b, m}, NEG=1
//            {b2, m2, b, m}, lane 0 lowest. Up to 16 rows are logic, whatever MEM_STYLE says.
// Framing    tlast passes through with its beat; it is not checked against BEATS.
// Reset      synchronous, active high; clears control state only, never the data path.
// Does not   wrap or round: each sum is as wide as its terms allow; the rounding half is part of b.
// Cost       one lane, 18 bits in, b of 32, SHIFT 16, 8 bits out, 16 rows (Yosys 0.23): iCE40 176 LUT, where axis_requant
//            takes 862; xc7 207 without a DSP block.
// Tested by  testbench/cells/axis_requant_serial; proved by `npm run formal -- axis_requant_serial`.

`default_nettype none

module axis_requant_serial #(
    parameter integer LANES     = 2,   // channels per beat
    parameter integer BEATS     = 3,   // beats per pixel
    parameter integer IN_BITS   = 12,  // accumulator width
    parameter integer IN_SIGNED = 0,   // 1: accumulators are two's complement
    parameter integer M_BITS    = 16,  // multiplier width, two's complement
    parameter integer B_BITS    = 24,  // width of b, two's complement
    parameter integer SHIFT     = 12,  // right shift
    parameter integer OUT_BITS  = 8,   // result width
    parameter integer CLAMP     = 1,   // 0: the low OUT_BITS as they are
    parameter integer LO        = 0,   // lower bound
    parameter integer HI        = 255, // upper bound
    parameter integer NEG       = 0,   // 1: a second pair of constants below PIVOT
    parameter integer PIVOT     = 0,   // smallest floor that keeps the first pair
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
    localparam integer WORD      = B_BITS + M_BITS;
    localparam integer PAIRS     = (NEG != 0) ? 2 : 1;
    localparam integer ROW       = LANES*PAIRS*WORD;
    localparam integer ROW_BITS  = (BEATS > 1) ? $clog2(BEATS) : 1;
    localparam integer ROW_LAST  = BEATS - 1;
    localparam integer STEPS     = IN_BITS + 1;                              // b, then the bits of the accumulator
    localparam integer LEFT_BITS = $clog2(STEPS + 1);
    localparam integer S_BITS    = (B_BITS > M_BITS) ? B_BITS : M_BITS;      // halved after each addition: never wider
    localparam integer ALL_BITS  = S_BITS + IN_BITS;                         // with the bits that have fallen out
    localparam integer BELOW     = (SHIFT < IN_BITS) ? 1 : 0;                // some of those belong to the floor
    localparam integer FL_BITS   = (ALL_BITS > SHIFT) ? ALL_BITS - SHIFT : 1;
    localparam integer C_MIN     = (OUT_BITS > 32) ? OUT_BITS + 1 : 33;
    localparam integer C_BITS    = (FL_BITS > C_MIN) ? FL_BITS : C_MIN;      // beside bounds of 32 bits
    localparam integer DIRECT    = (BEATS <= 16) ? 1 : 0;                    // few rows: a table in front of the word's register

    // A broken rule stops every tool at elaboration and names itself.
    generate
        if (LANES < 1 || BEATS < 1 || IN_BITS < 1 || M_BITS < 1 || B_BITS < 1 || OUT_BITS < 1)
            begin : g_rule_size  wire sizes_must_be_positive = {0{1'b0}};  initial $finish;  end
        if (SHIFT < 0)
            begin : g_rule_shift wire SHIFT_is_negative      = {0{1'b0}};  initial $finish;  end
    endgenerate

    // ---------------------------------------------------------------- control
    reg                 awake;     // the row of the first beat has been read
    reg                 running;   // a sum grows
    reg                 full;      // a finished sum waits for the output register
    reg                 valid_q;
    reg [LEFT_BITS-1:0] left;      // steps of a growing sum that are left
    reg [ROW_BITS-1:0]  row;
    reg                 last_q, m_last_q;
    reg                 minus_q;   // this step subtracts

    wire give     = full && !valid_q;
    wire take     = s_axis_tvalid && s_axis_tready;
    wire end_next = running && (left == {{(LEFT_BITS-2){1'b0}}, 2'd2});
    wire end_now  = running && (left == {{(LEFT_BITS-1){1'b0}}, 1'b1});

    assign s_axis_tready = awake && !running && (!full || !valid_q);

    always @(posedge clk) begin
        awake <= 1'b1;
        if (take) begin
            running <= 1'b1;
            left    <= STEPS[LEFT_BITS-1:0];
            last_q  <= s_axis_tlast;
        end else begin
            if (end_now) running <= 1'b0;
            left <= left - 1'b1;
        end
        full    <= end_now || (full && valid_q);
        valid_q <= give || (valid_q && !m_axis_tready);
        minus_q <= end_next && (IN_SIGNED != 0);
        // The word that the last step adds is read in this clock; the row of the next beat has time until that may come.
        if (end_next) row <= (row == ROW_LAST[ROW_BITS-1:0]) ? {ROW_BITS{1'b0}} : row + 1'b1;
        if (give) m_last_q <= last_q;
        if (rst) begin
            awake   <= 1'b0;
            running <= 1'b0;
            full    <= 1'b0;
            valid_q <= 1'b0;
            minus_q <= 1'b0;
            row     <= {ROW_BITS{1'b0}};
        end
    end

    // ---------------------------------------------------------------- fetch
    wire [ROW-1:0] constants_now;
    generate
        if (DIRECT != 0) begin : g_direct
            reg [ROW-1:0] constants [0:BEATS-1];
            initial if (MEM_FILE != "") $readmemh(MEM_FILE, constants);
            assign constants_now = constants[row];
        end else begin : g_read
            (* rom_style = MEM_STYLE, romstyle = MEM_STYLE, syn_romstyle = MEM_STYLE *)
            reg [ROW-1:0] constants [0:BEATS-1];
            initial if (MEM_FILE != "") $readmemh(MEM_FILE, constants);
            reg [ROW-1:0] row_q1;
            always @(posedge clk) row_q1 <= constants[row];
            assign constants_now = row_q1;
        end
    endgenerate

    // ---------------------------------------------------------------- add and shift
    wire [LANES*OUT_BITS-1:0] q;
    reg  [LANES*OUT_BITS-1:0] q_q;

    genvar i, h;
    generate
        for (i = 0; i < LANES; i = i + 1) begin : g_lane
            // In front of the accumulator a one, which adds b; behind it what falls out of the first pair's sum.
            reg  [STEPS-1:0] bits;
            for (h = 0; h < PAIRS; h = h + 1) begin : g_pair
                wire [M_BITS-1:0]        m = constants_now[(i*PAIRS + h)*WORD +: M_BITS];
                wire [B_BITS-1:0]        b = constants_now[(i*PAIRS + h)*WORD + M_BITS +: B_BITS];
                wire [S_BITS:0]          twice_b, wide_m;
                if (S_BITS > B_BITS) begin : g_b assign twice_b = {{(S_BITS-B_BITS){b[B_BITS-1]}}, b, 1'b0}; end
                else                 begin : g_b assign twice_b = {b, 1'b0}; end
                assign wide_m = {{(S_BITS+1-M_BITS){m[M_BITS-1]}}, m};

                reg  [S_BITS:0]   word_q;      // 2b, then M, and ~M for the step that subtracts
                reg  [S_BITS-1:0] sum_q;
                wire [S_BITS:0]   sum   = {sum_q[S_BITS-1], sum_q};
                wire [S_BITS:0]   added = sum + word_q + {{S_BITS{1'b0}}, minus_q};
                wire [S_BITS:0]   next  = bits[0] ? added : sum;
                always @(posedge clk) begin
                    word_q <= running ? wide_m ^ {(S_BITS+1){end_next && (IN_SIGNED != 0)}} : twice_b;
                    if (take)         sum_q <= {S_BITS{1'b0}};
                    else if (running) sum_q <= next[S_BITS:1];
                end

                // The floor: of the sum, with bits that have fallen out behind it where they belong to it.
                wire [FL_BITS-1:0] floor;
                wire [IN_BITS-1:0] lost;
                if (BELOW == 0) begin : g_dropped
                    wire unused_next = next[0];
                    assign lost = {IN_BITS{1'b0}};
                end
                // No chain of else: Yosys 0.23 would give what follows one scope more.
                if (BELOW != 0 && h == 0) begin : g_first
                    assign lost = bits[STEPS-1:1];
                end
                if (BELOW != 0 && h != 0) begin : g_second
                    reg [IN_BITS-1:0] lost_q;
                    always @(posedge clk) if (running) lost_q <= {next[0], lost_q[IN_BITS-1:1]};
                    assign lost = lost_q;
                end
                if (BELOW != 0) begin : g_below
                    wire [SHIFT:0] unused_below;
                    assign {floor, unused_below} = {sum_q, lost, 1'b0};
                end else if (ALL_BITS > SHIFT) begin : g_above
                    wire [SHIFT-IN_BITS:0] unused_below;
                    wire                   unused_lost = &{1'b0, lost};
                    assign {floor, unused_below} = {sum_q, 1'b0};
                end else begin : g_sign
                    wire unused_sum = &{1'b0, sum_q, lost};
                    assign floor = sum_q[S_BITS-1];
                end
            end
            wire fallen = (BELOW != 0) && g_pair[0].next[0];
            always @(posedge clk)
                if (take)         bits <= {s_axis_tdata[i*IN_BITS +: IN_BITS], 1'b1};
                else if (running) bits <= {fallen, bits[STEPS-1:1]};

            wire [FL_BITS-1:0] floor;
            if (NEG != 0) begin : g_leaky
                wire        [31:0]       pivot = PIVOT;
                wire signed [C_BITS-1:0] bound = {{(C_BITS-32){pivot[31]}}, pivot};
                wire signed [C_BITS-1:0] f0 = {{(C_BITS-FL_BITS){g_pair[0].floor[FL_BITS-1]}}, g_pair[0].floor};
                assign floor = (f0 < bound) ? g_pair[PAIRS-1].floor : g_pair[0].floor;
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

    always @(posedge clk) if (give) q_q <= q;

    assign m_axis_tdata  = q_q;
    assign m_axis_tvalid = valid_q;
    assign m_axis_tlast  = m_last_q;

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(s_axis_tvalid && !s_axis_tready))
            assume (s_axis_tvalid && $stable(s_axis_tdata) && $stable(s_axis_tlast));
        if ($past(m_axis_tvalid && !m_axis_tready))
            assert (m_axis_tvalid && $stable(m_axis_tdata) && $stable(m_axis_tlast));
    end

    // The beat that is summed up, and its constants.
    reg [LANES*IN_BITS-1:0] f_acc;
    reg [ROW-1:0]           f_row;
    reg [ROW_BITS-1:0]      f_at;
    always @(posedge clk) if (take) begin
        f_acc <= s_axis_tdata;
        f_row <= constants_now;
        f_at  <= row;
    end
    wire [ROW_BITS-1:0] f_next = (f_at == BEATS - 1) ? 0 : f_at + 1'b1;
    always @* if (seen_clk && !rst) begin
        assert (row < BEATS);
        if (running || full) assert (f_at < BEATS);
        assert (!running || (left >= 1 && left <= STEPS));
        assert (!running || !full);
        assert (awake || (!running && !full && !valid_q && row == 0));
        if (running && left >= 2) assert (row == f_at && constants_now == f_row);
        if (running && left == 1) assert (row == f_next);
        if (full) assert (row == f_next);
        assert (minus_q == (running && left == 1 && IN_SIGNED != 0));
    end
    generate
        if (DIRECT == 0) begin : g_row
            always @* if (seen_clk && !rst && awake && !(running && left == 1)) assert (constants_now == g_read.constants[row]);
        end
    endgenerate

    // Every sum, by the definition in 64 bits, from the bits that have been added; the result from the product.
    reg signed [63:0]           f_a, f_m, f_b, f_sum, f_f, f_f0;
    reg [LANES*OUT_BITS-1:0]    f_q, f_q_q;
    reg [LANES*PAIRS*64-1:0]    f_sums;
    integer a, c, k;
    always @* begin
        for (a = 0; a < LANES; a = a + 1) begin
            f_a = f_acc[a*IN_BITS +: IN_BITS];
            if (IN_SIGNED != 0) f_a = {{(64-IN_BITS){f_acc[a*IN_BITS + IN_BITS-1]}}, f_acc[a*IN_BITS +: IN_BITS]};
            f_f0 = 0;
            f_f  = 0;
            for (c = 0; c < PAIRS; c = c + 1) begin
                f_b = {{(64-B_BITS){f_row[(a*PAIRS + c)*WORD + WORD-1]}}, f_row[(a*PAIRS + c)*WORD + M_BITS +: B_BITS]};
                f_m = {{(64-M_BITS){f_row[(a*PAIRS + c)*WORD + M_BITS-1]}}, f_row[(a*PAIRS + c)*WORD +: M_BITS]};
                f_sum = f_b;
                for (k = 0; k < IN_BITS; k = k + 1)
                    if (f_acc[a*IN_BITS + k] && (full || k + left < IN_BITS))
                        f_sum = (IN_SIGNED != 0 && k == IN_BITS-1) ? f_sum - (f_m <<< k) : f_sum + (f_m <<< k);
                f_sums[(a*PAIRS + c)*64 +: 64] = f_sum;
                f_f = (f_a * f_m + f_b) >>> SHIFT;
                if (c == 0) f_f0 = f_f;
            end
            if (NEG != 0 && f_f0 >= PIVOT) f_f = f_f0;
            if (CLAMP != 0) f_f = (f_f < LO) ? LO : (f_f > HI) ? HI : f_f;
            f_q[a*OUT_BITS +: OUT_BITS] = f_f[OUT_BITS-1:0];
        end
    end
    always @(posedge clk) if (give) f_q_q <= f_q;
    always @* if (seen_clk && !rst) begin
        if (full) assert (q == f_q);
        if (valid_q) assert (q_q == f_q_q);
    end

    wire [LEFT_BITS-1:0] f_done = full ? IN_BITS : IN_BITS - left;      // bits of the accumulator that have been added
    genvar r, s;
    generate
        for (r = 0; r < LANES; r = r + 1) begin : g_check
            wire [STEPS-1:0] f_bits = g_lane[r].bits & ~(~0 << left);
            always @* if (seen_clk && !rst && running) begin
                if (left == STEPS) assert (g_lane[r].bits == {f_acc[r*IN_BITS +: IN_BITS], 1'b1});
                else assert (f_bits == (f_acc[r*IN_BITS +: IN_BITS] >> f_done));
            end
            for (s = 0; s < PAIRS; s = s + 1) begin : g_pair
                wire signed [63:0] f_all = f_sums[(r*PAIRS + s)*64 +: 64];
                wire signed [63:0] f_kept = f_all >>> f_done;
                wire        [63:0] f_lost = f_all & ~(~64'd0 << f_done);
                wire signed [S_BITS:0] f_word = g_lane[r].g_pair[s].word_q;
                wire signed [M_BITS-1:0] f_factor = f_row[(r*PAIRS + s)*WORD +: M_BITS];
                wire signed [B_BITS-1:0] f_start = f_row[(r*PAIRS + s)*WORD + M_BITS +: B_BITS];
                always @* if (seen_clk && !rst) begin
                    if (running && left == STEPS) begin
                        assert (g_lane[r].g_pair[s].sum_q == 0);
                        assert (f_word == 2*f_start);
                    end else if (running || full) begin
                        assert (g_lane[r].g_pair[s].sum_q == f_kept[S_BITS-1:0]);
                        assert (f_kept >= -(64'sd1 <<< (S_BITS-1)) && f_kept < (64'sd1 <<< (S_BITS-1)));
                        if (running) assert (f_word == (minus_q ? ~f_factor : f_factor));
                    end
                end
                if (BELOW != 0) begin : g_lost
                    wire [63:0] f_out = g_lane[r].g_pair[s].lost;
                    always @* if (seen_clk && !rst && ((running && left != STEPS) || full))
                        assert ((f_out >> (IN_BITS - f_done)) == f_lost);
                end
            end
        end
    endgenerate

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (m_axis_tvalid && m_axis_tready && m_axis_tlast);
        cover (m_axis_tvalid && full && s_axis_tvalid);
        cover (take && full);
    end
`endif

endmodule

`default_nettype wire
