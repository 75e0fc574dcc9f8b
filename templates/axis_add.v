// axis_add - residual join: two streams brought to one scale, added and clamped
//
//   q = clamp(floor((q0*M0 + q1*M1 + B + B_HIGH*2^16) / 2^SHIFT), LO, HI)
//
// Folding    LANES channels a beat on all three streams.
// Timing     one beat a clock; registers after the input, the products, their sum and the sum with B. Stalls by
//            credits: a pair of beats reserves a place of the output FIFO on entry, then nothing holds the pipeline.
//            INTERVAL tells how many clocks pass between beats at the full rate of the sources and makes the FIFO
//            shallow; a denser stream stays correct but waits. tready of a stream depends on tvalid of the other.
// Lanes      unsigned, lane 0 in the least significant bits; X0_BITS, X1_BITS in, OUT_BITS out.
// Constants  M0, M1, B are parameters; the widths inside follow from their values, so nothing can wrap.
// CLAMP=0    q is the low OUT_BITS of the floor: with SHIFT=0 an exact partial sum, which a second axis_add takes with
//            multiplier 1, so that several streams are added and rounded once.
// Framing    tlast is that of stream 0; that stream 1 agrees is not checked.
// Reset      synchronous, active high; clears control state only, never the data path.
// Does not   wait with one stream's beat inside: the shorter branch needs a FIFO before the join.
// Tested by  testbench/cells/axis_add; proved by `npm run formal -- axis_add`.

`default_nettype none

module axis_add #(
    parameter integer LANES    = 2,    // channels per beat
    parameter integer X0_BITS  = 8,    // width of stream 0, unsigned
    parameter integer X1_BITS  = 8,    // width of stream 1, unsigned
    parameter integer OUT_BITS = 8,    // result width
    parameter integer M0       = 3,    // multiplier of stream 0
    parameter integer M1       = 5,    // multiplier of stream 1
    parameter integer B        = 4,    // constant, with the rounding half and the zero points
    parameter integer B_HIGH   = 0,    // multiples of 2^16 to add, for a constant of more than 32 bits
    parameter integer SHIFT    = 3,    // right shift
    parameter integer CLAMP    = 1,    // 0: the low OUT_BITS as they are
    parameter integer LO       = 0,    // lower bound
    parameter integer HI       = 255,  // upper bound
    parameter integer INTERVAL = 1     // clocks between beats at full rate
) (
    input  wire                       clk,
    input  wire                       rst,

    // AXI4-Stream in: one branch
    input  wire [LANES*X0_BITS-1:0]   s0_axis_tdata,
    input  wire                       s0_axis_tvalid,
    output wire                       s0_axis_tready,
    input  wire                       s0_axis_tlast,

    // AXI4-Stream in: the other branch
    input  wire [LANES*X1_BITS-1:0]   s1_axis_tdata,
    input  wire                       s1_axis_tvalid,
    output wire                       s1_axis_tready,
    input  wire                       s1_axis_tlast,

    // AXI4-Stream out: sums
    output wire [LANES*OUT_BITS-1:0]  m_axis_tdata,
    output wire                       m_axis_tvalid,
    input  wire                       m_axis_tready,
    output wire                       m_axis_tlast
);

    // Bits of a constant in two's complement.
    function integer width_of(input integer value);
        integer bits;
        begin
            width_of = 1;
            for (bits = 0; bits < 31; bits = bits + 1)
                if (value[bits] != value[31]) width_of = bits + 2;
        end
    endfunction

    localparam integer M0_BITS  = width_of(M0);
    localparam integer M1_BITS  = width_of(M1);
    localparam integer P0_BITS  = X0_BITS + 1 + M0_BITS;
    localparam integer P1_BITS  = X1_BITS + 1 + M1_BITS;
    localparam integer BL_BITS  = width_of(B);
    localparam integer BH_BITS  = (B_HIGH == 0) ? 1 : width_of(B_HIGH) + 16;
    localparam integer B_BITS   = ((BL_BITS > BH_BITS) ? BL_BITS : BH_BITS) + 1;
    localparam integer PS_BITS  = ((P0_BITS > P1_BITS) ? P0_BITS : P1_BITS) + 1;      // sum of the products
    localparam integer PB_BITS  = ((PS_BITS > B_BITS) ? PS_BITS : B_BITS) + 1;        // and B
    localparam integer SUM_BITS = (PB_BITS > SHIFT) ? PB_BITS : SHIFT + 1;
    localparam integer FL_BITS  = SUM_BITS - SHIFT;                                   // the floor
    localparam integer STAGES   = 4;

    // A broken rule stops every tool at elaboration and names itself.
    generate
        if (LANES < 1 || X0_BITS < 1 || X1_BITS < 1 || OUT_BITS < 1 || INTERVAL < 1)
            begin : g_rule_size  wire sizes_must_be_positive = {0{1'b0}};  initial $finish;  end
        if (SHIFT < 0)
            begin : g_rule_shift wire SHIFT_is_negative      = {0{1'b0}};  initial $finish;  end
    endgenerate

    // ---------------------------------------------------------------- credits
    reg                 ready_q;
    wire                take     = s0_axis_tvalid && s1_axis_tvalid && ready_q;
    wire                free_n;

    // A beat leaves one stream only together with one of the other.
    assign s0_axis_tready = ready_q && s1_axis_tvalid;
    assign s1_axis_tready = ready_q && s0_axis_tvalid;

    always @(posedge clk) begin
        ready_q <= free_n;
        if (rst) ready_q <= 1'b0;
    end

    reg [STAGES-1:0] valid_q, last_q;
    always @(posedge clk) begin
        valid_q <= rst ? {STAGES{1'b0}} : {valid_q[STAGES-2:0], take};
        last_q  <= {last_q[STAGES-2:0], s0_axis_tlast};
    end
    wire push        = valid_q[STAGES-1];
    wire unused_last = s1_axis_tlast;

    // ---------------------------------------------------------------- multiply, add, floor, clamp
    wire [LANES*OUT_BITS-1:0] q;
    reg  [LANES*X0_BITS-1:0]  x0_q1;
    reg  [LANES*X1_BITS-1:0]  x1_q1;
    always @(posedge clk) begin
        x0_q1 <= s0_axis_tdata;
        x1_q1 <= s1_axis_tdata;
    end

    // The parameters at the widths of their values.
    wire        [31:0]        m0_32 = M0, m1_32 = M1, b_32 = B, b_high_32 = B_HIGH;
    wire signed [P0_BITS-1:0] m0;
    wire signed [P1_BITS-1:0] m1;
    wire        [B_BITS-1:0]  b, b_high;
    wire        [31:0]        unused_m0, unused_m1, unused_b;
    wire        [47:0]        unused_b_high;
    assign {unused_m0, m0}         = {{P0_BITS{m0_32[31]}}, m0_32};
    assign {unused_m1, m1}         = {{P1_BITS{m1_32[31]}}, m1_32};
    assign {unused_b, b}           = {{B_BITS{b_32[31]}}, b_32};
    assign {unused_b_high, b_high} = {{B_BITS{b_high_32[31]}}, b_high_32, 16'd0};
    wire        [B_BITS-1:0]  b_all = b + b_high;

    genvar i;
    generate
        for (i = 0; i < LANES; i = i + 1) begin : g_lane
            wire signed [P0_BITS-1:0] x0 = {{(P0_BITS-X0_BITS){1'b0}}, x0_q1[i*X0_BITS +: X0_BITS]};
            wire signed [P1_BITS-1:0] x1 = {{(P1_BITS-X1_BITS){1'b0}}, x1_q1[i*X1_BITS +: X1_BITS]};
            reg  signed [P0_BITS-1:0] p0_q2;
            reg  signed [P1_BITS-1:0] p1_q2;
            reg  [PS_BITS-1:0]        products_q3;
            reg  [SUM_BITS-1:0]       sum_q4;
            always @(posedge clk) begin
                p0_q2       <= x0 * m0;
                p1_q2       <= x1 * m1;
                products_q3 <= {{(PS_BITS-P0_BITS){p0_q2[P0_BITS-1]}}, p0_q2} + {{(PS_BITS-P1_BITS){p1_q2[P1_BITS-1]}}, p1_q2};
                sum_q4      <= {{(SUM_BITS-PS_BITS){products_q3[PS_BITS-1]}}, products_q3}
                             + {{(SUM_BITS-B_BITS){b_all[B_BITS-1]}}, b_all};
            end

            wire [FL_BITS-1:0] floor;
            wire [SHIFT:0]     unused_below;    // what the shift drops
            assign {floor, unused_below} = {sum_q4, 1'b0};

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
        if ($past(s0_axis_tvalid && !s0_axis_tready))
            assume (s0_axis_tvalid && $stable(s0_axis_tdata) && $stable(s0_axis_tlast));
        if ($past(s1_axis_tvalid && !s1_axis_tready))
            assume (s1_axis_tvalid && $stable(s1_axis_tdata) && $stable(s1_axis_tlast));
    end
    // Both streams move in the same clocks.
    always @* if (seen_clk && !rst)
        assert ((s0_axis_tvalid && s0_axis_tready) == take && (s1_axis_tvalid && s1_axis_tready) == take);

    reg [31:0] in_flight;              // beats between the input and the FIFO
    integer    g;
    always @* begin
        in_flight = 0;
        for (g = 0; g < STAGES; g = g + 1) in_flight = in_flight + valid_q[g];
    end
    always @* if (seen_clk && !rst) begin
        assert (owed == in_flight);
    end

    // The result, by the definition in 64 bits, from what the first stage holds; delayed to the FIFO.
    reg        [LANES*OUT_BITS-1:0]        ref_q1;
    reg        [STAGES*LANES*OUT_BITS-1:0] ref_q;
    reg signed [63:0]                      ref_0, ref_1, ref_f;
    integer    a;
    always @* begin
        for (a = 0; a < LANES; a = a + 1) begin
            ref_0 = x0_q1[a*X0_BITS +: X0_BITS];
            ref_1 = x1_q1[a*X1_BITS +: X1_BITS];
            ref_f = (ref_0 * M0 + ref_1 * M1 + B + B_HIGH * 65536) >>> SHIFT;
            if (CLAMP != 0) ref_f = (ref_f < LO) ? LO : (ref_f > HI) ? HI : ref_f;
            ref_q1[a*OUT_BITS +: OUT_BITS] = ref_f[OUT_BITS-1:0];
        end
    end
    always @(posedge clk) ref_q <= {ref_q[(STAGES-1)*LANES*OUT_BITS-1:0], ref_q1};
    always @* if (seen_clk && !rst && push) assert (q == ref_q[(STAGES-2)*LANES*OUT_BITS +: LANES*OUT_BITS]);

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (m_axis_tvalid && m_axis_tready && m_axis_tlast);
        cover (held != 0 && owed == 0 && !ready_q);
        cover (s0_axis_tvalid && s1_axis_tvalid && !ready_q);
    end
`endif

endmodule

`default_nettype wire
