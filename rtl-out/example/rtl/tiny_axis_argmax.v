// axis_argmax - index of the largest of CLASSES values
//
//   y = the lowest k with x[k] = MAX over j of x[j]          k, j = 0..CLASSES-1
//
// Folding    ceil(CLASSES/LANES) input beats make one output beat.
// Timing     one input beat per clock, 2 clocks of latency; tready = one gate behind m_axis_tready.
// Lanes      value k in beat k / LANES, lane k % LANES, lane 0 in the least significant bits; lanes behind the last
//            value are not compared.
// Framing    a frame is one set of values, by count; tlast is high on every output beat, s_axis_tlast is not used.
// Reset      synchronous, active high; clears control state only.
// Does not   give the value itself.
// Cost       a tree of LANES - 1 comparisons and one more, 2*(BITS+INDEX_BITS) flip-flops.
// Tested by  testbench/cells/axis_argmax; proved by `npm run formal -- axis_argmax`.

`default_nettype none

module tiny_axis_argmax #(
    parameter integer LANES      = 2,   // values of a beat
    parameter integer BITS       = 8,   // bits of a value
    parameter integer SIGNED     = 1,   // 1: values are two's complement
    parameter integer CLASSES    = 10,  // values of a frame
    parameter integer INDEX_BITS = 4    // bits of the index; holds CLASSES - 1
) (
    input  wire                  clk,
    input  wire                  rst,

    // AXI4-Stream in: values
    input  wire [LANES*BITS-1:0] s_axis_tdata,
    input  wire                  s_axis_tvalid,
    output wire                  s_axis_tready,
    input  wire                  s_axis_tlast,

    // AXI4-Stream out: index
    output wire [INDEX_BITS-1:0] m_axis_tdata,
    output wire                  m_axis_tvalid,
    input  wire                  m_axis_tready,
    output wire                  m_axis_tlast
);

    localparam [BITS-1:0] TURN   = (SIGNED != 0) ? {1'b1, {(BITS-1){1'b0}}} : {BITS{1'b0}};
    localparam integer BEATS     = (CLASSES + LANES - 1) / LANES;
    localparam integer BEAT_LAST = BEATS - 1;
    localparam integer BEAT_BITS = (BEATS > 1) ? $clog2(BEATS) : 1;
    localparam integer TAIL      = CLASSES - BEAT_LAST * LANES;            // values in the last beat
    localparam integer LEVELS    = (LANES > 1) ? $clog2(LANES) : 0;
    localparam integer LEAVES    = 1 << LEVELS;
    localparam integer LANE_BITS = (LEVELS > 0) ? LEVELS : 1;

    generate
        if (LANES < 1 || BITS < 1)  begin : g_rule_lanes    wire LANES_or_BITS_below_1 = {0{1'b0}};          initial $finish;  end
        if (CLASSES < 1)            begin : g_rule_classes  wire CLASSES_below_1 = {0{1'b0}};                initial $finish;  end
        if (INDEX_BITS < 1 || (INDEX_BITS < 31 && ((CLASSES - 1) >> INDEX_BITS) != 0))
                                    begin : g_rule_index    wire INDEX_BITS_must_hold_CLASSES = {0{1'b0}};   initial $finish;  end
    endgenerate

    reg  valid_q2;
    wire advance = m_axis_tready || !valid_q2;
    wire take    = s_axis_tvalid && advance;

    assign s_axis_tready = advance;

    // ---------------------------------------------------------------- stage 1: the best of a beat
    // With the sign bit turned, signed values compare as unsigned ones.
    reg  [BEAT_BITS-1:0]  beat;
    reg  [INDEX_BITS-1:0] base;                  // index of lane 0
    wire                  beat_first = (beat == {BEAT_BITS{1'b0}});
    wire                  beat_last  = (beat == BEAT_LAST[BEAT_BITS-1:0]);

    // A heap: node i chooses between nodes 2i and 2i+1, the leaves start at LEAVES. The left one wins a tie.
    genvar i;
    generate
        for (i = 2*LEAVES-1; i >= 1; i = i - 1) begin : g_node
            wire                 some;
            wire [BITS-1:0]      value;
            wire [LANE_BITS-1:0] lane;
            if (i < LEAVES) begin : g_choice
                wire right = g_node[2*i+1].some && (g_node[2*i+1].value > g_node[2*i].value);
                assign some  = g_node[2*i].some || g_node[2*i+1].some;
                assign value = right ? g_node[2*i+1].value : g_node[2*i].value;
                assign lane  = right ? g_node[2*i+1].lane  : g_node[2*i].lane;
            end else if (i < LEAVES + LANES) begin : g_lane
                localparam integer LANE = i - LEAVES;
                assign some  = (LANE < TAIL) || !beat_last;
                assign value = s_axis_tdata[LANE*BITS +: BITS] ^ TURN;
                assign lane  = LANE[LANE_BITS-1:0];
            end else begin : g_absent
                assign some  = 1'b0;
                assign value = {BITS{1'b0}};
                assign lane  = {LANE_BITS{1'b0}};
            end
        end
    endgenerate

    reg                  valid_q1, first_q1, last_q1;
    reg [BITS-1:0]       value_q1;
    reg [LANE_BITS-1:0]  lane_q1;
    reg [INDEX_BITS-1:0] base_q1;
    always @(posedge clk) begin
        if (advance) valid_q1 <= take;
        if (take) begin
            beat     <= beat_last ? {BEAT_BITS{1'b0}}  : beat + 1'b1;
            base     <= beat_last ? {INDEX_BITS{1'b0}} : base + LANES[INDEX_BITS-1:0];
            first_q1 <= beat_first;
            last_q1  <= beat_last;
            value_q1 <= g_node[1].value;
            lane_q1  <= g_node[1].lane;
            base_q1  <= base;
        end
        if (rst) begin
            beat     <= {BEAT_BITS{1'b0}};
            base     <= {INDEX_BITS{1'b0}};
            valid_q1 <= 1'b0;
        end
    end

    // ---------------------------------------------------------------- stage 2: the best so far (is the output register)
    wire [INDEX_BITS+LANE_BITS-1:0] lane_wide = {{INDEX_BITS{1'b0}}, lane_q1};
    wire unused = &{1'b0, s_axis_tlast, g_node[1].some, lane_wide};

    reg [BITS-1:0]       value_q2;
    reg [INDEX_BITS-1:0] index_q2;
    always @(posedge clk) begin
        if (advance) begin
            valid_q2 <= valid_q1 && last_q1;
            if (valid_q1 && (first_q1 || value_q1 > value_q2)) begin
                value_q2 <= value_q1;
                index_q2 <= base_q1 + lane_wide[INDEX_BITS-1:0];
            end
        end
        if (rst) valid_q2 <= 1'b0;
    end

    assign m_axis_tdata  = index_q2;
    assign m_axis_tvalid = valid_q2;
    assign m_axis_tlast  = 1'b1;

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

    // One class, chosen by the solver: it never beats the winner, and wins its ties against higher indices.
    (* anyconst *) wire [INDEX_BITS-1:0] rival;
    always @* assume (rival < CLASSES);
    wire [BITS-1:0]       rival_now   = (s_axis_tdata >> ((rival - base) * BITS)) ^ TURN;
    wire                  rival_here  = (rival >= base) && (rival - base < LANES);
    reg                   rival_in_q1, rival_in_q2;
    reg [BITS-1:0]        rival_value;
    wire [INDEX_BITS-1:0] index_q1 = base_q1 + lane_wide[INDEX_BITS-1:0];
    always @(posedge clk) begin
        if (take) rival_in_q1 <= rival_here;
        if (take && rival_here) rival_value <= rival_now;
        if (advance && valid_q1) rival_in_q2 <= rival_in_q1 || (!first_q1 && rival_in_q2);
    end
    always @* if (seen_clk && !rst) begin
        assert (beat < BEATS && base == ((beat * LANES) & ((1 << INDEX_BITS) - 1)));
        if (valid_q1) begin
            assert (lane_q1 < LANES && index_q1 < CLASSES);
            assert (last_q1 == (beat == 0));
            assert (first_q1 == (base_q1 == 0 && (BEATS == 1 || !last_q1)));
            assert (base_q1 == ((last_q1 ? BEAT_LAST : beat - 1) * LANES));
            assert (rival_in_q1 == (rival >= base_q1 && rival - base_q1 < LANES));
            if (rival_in_q1) assert (rival_value < value_q1 || (rival_value == value_q1 && index_q1 <= rival));
        end
        if (m_axis_tvalid) begin
            assert (m_axis_tdata < CLASSES);
            assert (rival_in_q2);
        end
    end
    // Between two frames the winner of the last one may stay where it is; inside one it is compared with what is in.
    reg  f_open;                                  // stage 2 holds a part of a frame, or a whole one not yet taken
    reg  [BITS-1:0] rival_value_q2;
    always @(posedge clk) begin
        if (advance) f_open <= valid_q1 || (f_open && !valid_q2);
        if (advance && valid_q1 && rival_in_q1) rival_value_q2 <= rival_value;
        if (rst) f_open <= 1'b0;
    end
    wire [INDEX_BITS:0] f_next = valid_q1 ? base_q1 : base;   // first index that stage 2 has not seen
    always @* if (seen_clk && !rst) begin
        if (valid_q2) assert (f_open);
        if (!valid_q2 && !f_open) assert (f_next == 0);
        if (!valid_q2 && f_open)  assert (f_next != 0);
        if (valid_q2)             assert (f_next == 0);
        if (f_open) begin
            assert (rival_in_q2 == (valid_q2 || rival < f_next));
            assert (valid_q2 ? index_q2 < CLASSES : index_q2 < f_next);
            if (rival_in_q2) assert (rival_value_q2 < value_q2 || (rival_value_q2 == value_q2 && index_q2 <= rival));
        end
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (m_axis_tvalid && m_axis_tready && m_axis_tdata == CLASSES - 1);
        cover (m_axis_tvalid && m_axis_tready && take && $past(take));
    end
`endif

endmodule

`default_nettype wire
