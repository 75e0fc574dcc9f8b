// axis_argmax - index of the largest of CLASSES values
//
//   y = the lowest k with x[k] = MAX over j of x[j]          k, j = 0..CLASSES-1
//
// Folding    ceil(CLASSES/LANES) input beats make one output beat.
// Timing     one input beat per clock, max(1, ceil(log2 LANES)) + 2 clocks of latency; tready = one gate behind
//            m_axis_tready. No carry chain is longer than half a value, rounded up.
// Lanes      value k in beat k / LANES, lane k % LANES, lane 0 in the least significant bits; lanes behind the last
//            value are not compared.
// Framing    a frame is one set of values, by count; tlast is high on every output beat, s_axis_tlast is not used.
// Reset      synchronous, active high; clears control state only.
// Does not   give the value itself.
// Cost       a tree of LANES - 1 comparisons and one more, about (1.5*LANES + 1)*BITS flip-flops and the indices.
// Tested by  testbench/cells/axis_argmax; proved by `npm run formal -- axis_argmax`.

`default_nettype none

module axis_argmax #(
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
    localparam integer LOW       = (BITS > 1) ? BITS / 2 : 1;              // bits of a value's low half
    localparam integer HIGH      = (BITS > 1) ? BITS - LOW : 1;            // a single bit has a zero below it
    localparam integer BEATS     = (CLASSES + LANES - 1) / LANES;
    localparam integer BEAT_LAST = BEATS - 1;
    localparam integer BEAT_BITS = (BEATS > 1) ? $clog2(BEATS) : 1;
    localparam integer TAIL      = CLASSES - BEAT_LAST * LANES;            // values in the last beat
    localparam integer LEVELS    = (LANES > 1) ? $clog2(LANES) : 1;        // of the tree, a register stage each
    localparam integer LEAVES    = 1 << LEVELS;

    generate
        if (LANES < 1 || BITS < 1)  begin : g_rule_lanes    wire LANES_or_BITS_below_1 = {0{1'b0}};          initial $finish;  end
        if (CLASSES < 1)            begin : g_rule_classes  wire CLASSES_below_1 = {0{1'b0}};                initial $finish;  end
        if (INDEX_BITS < 1 || (INDEX_BITS < 31 && ((CLASSES - 1) >> INDEX_BITS) != 0))
                                    begin : g_rule_index    wire INDEX_BITS_must_hold_CLASSES = {0{1'b0}};   initial $finish;  end
    endgenerate

    // ---------------------------------------------------------------- control
    // Bit s: of the beat that s register stages hold. Its high halves are behind s levels of the tree, its low halves
    // behind s - 1. Stage LEVELS + 1 compares low halves with the best so far, stage LEVELS high halves.
    reg                  valid_out;
    reg  [LEVELS+1:1]    valid_q, last_q;
    reg  [BEAT_BITS-1:0] beat;
    wire                 advance = m_axis_tready || !valid_out;
    wire                 take    = s_axis_tvalid && advance;
    wire [LEVELS+1:0]    valid   = {valid_q, s_axis_tvalid};
    wire [LEVELS+1:0]    last    = {last_q, beat == BEAT_LAST[BEAT_BITS-1:0]};

    assign s_axis_tready = advance;

    always @(posedge clk) begin
        if (take) beat <= last[0] ? {BEAT_BITS{1'b0}} : beat + 1'b1;
        if (advance) begin
            valid_q   <= valid[LEVELS:0];
            last_q    <= last[LEVELS:0];
            valid_out <= valid[LEVELS+1] && last[LEVELS+1];
        end
        if (rst) begin
            beat      <= {BEAT_BITS{1'b0}};
            valid_q   <= {LEVELS+1{1'b0}};
            valid_out <= 1'b0;
        end
    end

    // ---------------------------------------------------------------- the best of a beat
    // A heap: node i chooses between nodes 2i and 2i+1, the leaves start at LEAVES. The left one wins a tie.
    // Low halves follow one stage behind, so that a stage compares half a value: the high halves tell whether the right
    // value is above or level, the low ones decide one clock later. With the sign bit turned, signed values compare as
    // unsigned ones. a > b is the carry of a + ~b: left nodes keep their values inverted, as the carry chain takes them.
    genvar i;
    generate
        for (i = 2*LEAVES-1; i >= 1; i = i - 1) begin : g_node
            wire [HIGH-1:0]       high;
            wire [LOW-1:0]        low;                   // one stage behind
            wire [INDEX_BITS-1:0] lane;                  // with low
            if (i < LEAVES) begin : g_choice
                localparam integer DEPTH = $clog2(i + 1) - 1;
                localparam integer STAGE = LEVELS - 1 - DEPTH;           // of the high halves that it compares
                localparam integer RIGHT = (2*i + 1 - (2 << DEPTH)) << STAGE;  // first lane of the right node
                localparam         FLIP  = (i % 2 == 0);
                wire there = (RIGHT < TAIL) || (RIGHT < LANES && !last[STAGE]);
                wire high_above, low_above;
                wire [HIGH-1:0] high_sum;
                wire [LOW-1:0]  low_sum;
                assign {high_above, high_sum} = {1'b0, g_node[2*i+1].high} + {1'b0, ~g_node[2*i].high};
                assign {low_above, low_sum}   = {1'b0, g_node[2*i+1].low}  + {1'b0, ~g_node[2*i].low};
                reg                   above_q, level_q;
                reg  [HIGH-1:0]       high_q;
                reg  [LOW-1:0]        low_q;
                reg  [INDEX_BITS-1:0] lane_q;
                wire above  = there && high_above;
                wire level  = there && g_node[2*i+1].high == g_node[2*i].high;
                wire right  = above_q || (level_q && low_above);
                wire unused = &{1'b0, high_sum, low_sum};
                always @(posedge clk) if (advance) begin
                    above_q <= above;
                    level_q <= level;
                    high_q  <= (above ? g_node[2*i+1].high : g_node[2*i].high) ^ {HIGH{FLIP}};
                    low_q   <= (right ? g_node[2*i+1].low  : g_node[2*i].low)  ^ {LOW{FLIP}};
                    lane_q  <= right  ? g_node[2*i+1].lane : g_node[2*i].lane;
                end
                assign high = high_q ^ {HIGH{FLIP}};
                assign low  = low_q  ^ {LOW{FLIP}};
                assign lane = lane_q;
            end else if (i < LEAVES + LANES) begin : g_lane
                localparam integer LANE = i - LEAVES;
                localparam         FLIP = (i % 2 == 0);
                wire [BITS-1:0] value = s_axis_tdata[LANE*BITS +: BITS] ^ TURN;
                reg  [LOW-1:0]  low_q;
                always @(posedge clk) if (advance) low_q <= (value[LOW-1:0] & {LOW{BITS > 1}}) ^ {LOW{FLIP}};
                assign high = value[BITS-1 -: HIGH];
                assign low  = low_q ^ {LOW{FLIP}};
                assign lane = LANE[INDEX_BITS-1:0];
            end else begin : g_absent
                assign high = {HIGH{1'b0}};
                assign low  = {LOW{1'b0}};
                assign lane = {INDEX_BITS{1'b0}};
            end
        end
    endgenerate

    // ---------------------------------------------------------------- the best so far (index is the output register)
    // Chosen by gates between registers that are enabled by advance alone: a clock enable behind the carry chain would
    // be one more net of many loads, and the slowest.
    wire [HIGH-1:0] high = g_node[1].high;
    wire [LOW-1:0]  low  = g_node[1].low;

    reg                   first;                         // the next high half is the first of a frame
    reg  [HIGH-1:0]       not_best_high;                 // inverted
    reg  [LOW-1:0]        not_best_low;
    reg                   above_q, level_q;              // the beat against the best before it, high halves
    reg  [INDEX_BITS-1:0] base;                          // index of lane 0
    reg  [INDEX_BITS-1:0] index;
    wire high_above, low_above;
    wire [HIGH-1:0] high_sum;
    wire [LOW-1:0]  low_sum;
    assign {high_above, high_sum} = {1'b0, high} + {1'b0, not_best_high};
    assign {low_above, low_sum}   = {1'b0, low}  + {1'b0, not_best_low};
    wire above = valid[LEVELS] && (first || high_above);
    wire wins  = above_q || (level_q && low_above);
    always @(posedge clk) begin
        if (advance) begin
            above_q <= above;
            level_q <= valid[LEVELS] && high == ~not_best_high;
            not_best_high <= (not_best_high & ~{HIGH{above}}) | (~high & {HIGH{above}});
            not_best_low  <= (not_best_low & ~{LOW{wins}})    | (~low  & {LOW{wins}});
            index <= (index & ~{INDEX_BITS{wins}}) | ((base + g_node[1].lane) & {INDEX_BITS{wins}});
            if (valid[LEVELS])   first <= last[LEVELS];
            if (valid[LEVELS+1]) base  <= last[LEVELS+1] ? {INDEX_BITS{1'b0}} : base + LANES[INDEX_BITS-1:0];
        end
        if (rst) begin
            first <= 1'b1;
            base  <= {INDEX_BITS{1'b0}};
        end
    end

    wire unused = &{1'b0, s_axis_tlast, high_sum, low_sum};

    assign m_axis_tdata  = index;
    assign m_axis_tvalid = valid_out;
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

    // One class, chosen by the solver: it never beats the winner, wins its ties against higher indices, and has the
    // winner's value where it is the winner. Its value travels with its beat.
    localparam integer END = LEVELS + 1;
    (* anyconst *) wire [INDEX_BITS-1:0] rival;
    always @* assume (rival < CLASSES);
    wire [INDEX_BITS-1:0] f_beat = rival / LANES;
    wire [INDEX_BITS-1:0] f_lane = rival % LANES;
    reg  [HIGH+LOW-1:0]   f_value [1:END];
    reg  [END:1]          f_in;                           // it is one of the beat
    integer s;
    always @(posedge clk) if (advance) begin
        f_in       <= {f_in, beat == f_beat};
        f_value[1] <= {s_axis_tdata[f_lane*BITS +: BITS] ^ TURN} << (HIGH + LOW - BITS);
        for (s = 2; s <= END; s = s + 1) f_value[s] <= f_value[s-1];
    end

    // The beats in flight are consecutive ones, from f_end, the next one to leave the last stage, to the next input.
    reg [BEAT_BITS-1:0] f_end, f_next, f_next_high;
    always @(posedge clk) begin
        if (advance && valid[END]) f_end <= last[END] ? {BEAT_BITS{1'b0}} : f_end + 1'b1;
        if (rst) f_end <= {BEAT_BITS{1'b0}};
    end
    always @* begin
        f_next = f_end;
        f_next_high = f_end;
        for (s = END; s >= 1; s = s - 1) begin
            if (seen_clk && !rst && valid[s]) begin
                assert (last[s] == (f_next == BEAT_LAST));
                assert (f_in[s] == (f_next == f_beat));
            end
            if (valid[s]) f_next = (f_next == BEAT_LAST) ? {BEAT_BITS{1'b0}} : f_next + 1'b1;
            if (s == END) f_next_high = f_next;
        end
    end
    always @* if (seen_clk && !rst) begin
        assert (f_end < BEATS && base == ((f_end * LANES) & ((1 << INDEX_BITS) - 1)));
        assert (beat == f_next && first == (f_next_high == 0));
        if (valid_out) assert (f_end == 0);
    end

    // What a node chooses by halves is what it would choose by whole values. high_q: the high half of the value whose
    // low half the node has now.
    generate
        for (i = 2*LEAVES-1; i >= 1; i = i - 1) begin : g_proof
            localparam integer DEPTH = $clog2(i + 1) - 1;
            localparam integer SPAN  = LEAVES >> DEPTH;               // its lanes
            localparam integer LEFT  = (i - (1 << DEPTH)) * SPAN;     // and the first of them
            localparam integer AT    = LEVELS + 1 - DEPTH;            // stage of its low half
            reg [HIGH-1:0] high_q;
            always @(posedge clk) if (advance) high_q <= g_node[i].high;
            wire [HIGH+LOW-1:0] value = {high_q, g_node[i].low};
            always @* if (seen_clk && !rst && valid[AT]) begin
                if (LEFT < TAIL || (LEFT < LANES && !last[AT])) begin
                    assert (g_node[i].lane >= LEFT && g_node[i].lane < LEFT + SPAN && g_node[i].lane < LANES);
                    if (last[AT]) assert (g_node[i].lane < TAIL);
                end
                if (f_in[AT] && f_lane >= LEFT && f_lane < LEFT + SPAN) begin
                    assert (f_value[AT] < value || (f_value[AT] == value && g_node[i].lane <= f_lane));
                    if (g_node[i].lane == f_lane) assert (f_value[AT] == value);
                end
            end
            if (i < LEAVES) begin : g_choice
                wire there = (LEFT + SPAN/2 < TAIL) || (LEFT + SPAN/2 < LANES && !last[AT-1]);
                always @* if (seen_clk && !rst && valid[AT-1]) begin
                    assert (g_node[i].g_choice.above_q == (there && g_proof[2*i+1].high_q > g_proof[2*i].high_q));
                    assert (g_node[i].g_choice.level_q == (there && g_proof[2*i+1].high_q == g_proof[2*i].high_q));
                    assert (g_node[i].high
                            == (g_node[i].g_choice.above_q ? g_proof[2*i+1].high_q : g_proof[2*i].high_q));
                end
            end
        end
    endgenerate

    // The same of the best so far: of the beats before f_end, or of a whole frame that is not yet taken.
    reg  [HIGH-1:0]     f_best_high;
    reg  [HIGH+LOW-1:0] f_best_value;                     // the rival's
    wire [HIGH+LOW-1:0] f_best = {f_best_high, ~not_best_low};
    always @(posedge clk) if (advance) begin
        f_best_high <= ~not_best_high;
        if (valid[END] && f_in[END]) f_best_value <= f_value[END];
    end
    always @* if (seen_clk && !rst) begin
        if (valid[END]) begin
            assert (above_q == (f_end == 0 || g_proof[1].high_q > f_best_high));
            assert (level_q == (g_proof[1].high_q == f_best_high));
            assert (~not_best_high == (above_q ? g_proof[1].high_q : f_best_high));
        end else if (!first)
            assert (!above_q && !level_q && ~not_best_high == f_best_high);
        if (valid_out || f_end != 0) assert (valid_out ? index < CLASSES : index < f_end * LANES);
        if (valid_out || f_end > f_beat) begin
            assert (f_best_value < f_best || (f_best_value == f_best && index <= rival));
            if (index == rival) assert (f_best_value == f_best);
        end
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (m_axis_tvalid && m_axis_tready && m_axis_tdata == CLASSES - 1);
        cover (m_axis_tvalid && m_axis_tready && take && $past(take));
        if (BEATS > 1 && BITS > 1) cover (valid[END] && f_end != 0 && !above_q && wins);    // the low half decides
    end
`endif

endmodule

`default_nettype wire
