// axis_replay - folds a window: its lanes leave in SF beats, all of them TIMES times
//
//   beat n*SF + sf, lane s = x[sf*OUT_LANES + s],  n = 0..TIMES-1;  lanes beyond IN_LANES are 0
//
// Forms      CHOOSE=0: the registers turn by a beat, each with a multiplexer of two. CHOOSE=1: they hold the window, and a
//            multiplexer of SF beats stands at the output; ceil(log2 SF) levels of two.
// Timing     one output beat a clock; the next window is taken with the last beat of the one before: no gap.
// Input      one beat a window, lane 0 in the least significant bits.
// Framing    tlast of the last output beat of a window = tlast of its input beat.
// Reset      synchronous, active high; clears the counters and the valid bit, never the data path.
// Does not   hold more than one window.
// Cost       SF*OUT_LANES*BITS registers. CHOOSE=0: a LUT for each, whose select is a register. CHOOSE=1: a LUT of four
//            inputs for about each of (SF - 1)*OUT_LANES*BITS, one of six for each three.
// Tested by  testbench/cells/axis_replay; proved by `npm run formal -- axis_replay`.

`default_nettype none

module axis_replay #(
    parameter integer BITS      = 8,   // bits of a lane
    parameter integer IN_LANES  = 9,   // lanes of a window
    parameter integer OUT_LANES = 4,   // lanes of an output beat
    parameter integer TIMES     = 1,   // times that a window leaves
    parameter integer CHOOSE    = 0    // 1: beats are chosen at the output; 0: the registers turn
) (
    input  wire                       clk,
    input  wire                       rst,

    // AXI4-Stream in: windows
    input  wire [IN_LANES*BITS-1:0]   s_axis_tdata,
    input  wire                       s_axis_tvalid,
    output wire                       s_axis_tready,
    input  wire                       s_axis_tlast,

    // AXI4-Stream out: beats
    output wire [OUT_LANES*BITS-1:0]  m_axis_tdata,
    output wire                       m_axis_tvalid,
    input  wire                       m_axis_tready,
    output wire                       m_axis_tlast
);

    localparam integer SF     = (IN_LANES + OUT_LANES - 1) / OUT_LANES;
    localparam integer BEATS  = SF * TIMES;
    localparam integer ALL    = SF * OUT_LANES * BITS;
    localparam integer OUT    = OUT_LANES * BITS;
    localparam integer N_BITS = (BEATS > 1) ? $clog2(BEATS) : 1;
    localparam integer LEVELS  = $clog2(SF);
    localparam integer AT_BITS = (SF > 1) ? LEVELS : 1;
    localparam integer SF_LAST = SF - 1;

    generate
        if (BITS < 1 || IN_LANES < 1 || OUT_LANES < 1 || TIMES < 1)
            begin : g_rule_size  wire sizes_must_be_positive      = {0{1'b0}};  initial $finish;  end
        if (OUT_LANES > IN_LANES)
            begin : g_rule_lanes wire OUT_LANES_above_IN_LANES    = {0{1'b0}};  initial $finish;  end
        if (CHOOSE < 0 || CHOOSE > 1)
            begin : g_rule_form  wire CHOOSE_is_0_or_1            = {0{1'b0}};  initial $finish;  end
    endgenerate

    localparam integer N_NEXT_TO_LAST = (BEATS > 1) ? BEATS - 2 : 0;

    reg  [ALL-1:0]    window_q;
    reg               valid_q, last_q;
    reg               more_q;        // beats follow the one on offer; a register, so that mappers leave it out of the data path
    reg  [N_BITS-1:0] n;
    wire step = !valid_q || m_axis_tready;

    assign s_axis_tready = step && !more_q;
    assign m_axis_tvalid = valid_q;
    assign m_axis_tlast  = last_q && !more_q;

    wire [ALL-1:0] fresh;
    wire [ALL-1:0] held;             // the window with the next of its beats
    genvar l, p;
    generate
        if (ALL > IN_LANES*BITS) begin : g_fill
            assign fresh = {{(ALL-IN_LANES*BITS){1'b0}}, s_axis_tdata};
        end else begin : g_full
            assign fresh = s_axis_tdata;
        end
        if (CHOOSE != 0 && SF > 1) begin : g_choose
            reg [AT_BITS-1:0] at;    // beat of the window on offer
            wire at_last = (at == SF_LAST[AT_BITS-1:0]);
            always @(posedge clk) begin
                if (step) at <= (more_q && !at_last) ? at + 1'b1 : {AT_BITS{1'b0}};
                if (rst)  at <= {AT_BITS{1'b0}};
            end
            // Of neighbouring beats one, by the bits of `at` from the lowest on.
            for (l = 0; l <= LEVELS; l = l + 1) begin : g_level
                localparam integer NODES = (SF + (1 << l) - 1) >> l;
                wire [NODES*OUT-1:0] e;
                if (l == 0) begin : g_beats
                    assign e = window_q;
                end else begin : g_halves
                    localparam integer BELOW = (SF + (1 << (l-1)) - 1) >> (l-1);
                    for (p = 0; p < NODES; p = p + 1) begin : g_node
                        if (2*p + 1 < BELOW) begin : g_pair
                            assign e[p*OUT +: OUT] = at[l-1] ? g_level[l-1].e[(2*p+1)*OUT +: OUT]
                                                             : g_level[l-1].e[2*p*OUT +: OUT];
                        end else begin : g_odd
                            assign e[p*OUT +: OUT] = g_level[l-1].e[2*p*OUT +: OUT];
                        end
                    end
                end
            end
            assign m_axis_tdata = g_level[LEVELS].e;
            assign held = window_q;
        end else begin : g_offer
            assign m_axis_tdata = window_q[OUT-1:0];
            if (SF > 1) begin : g_turn
                assign held = {window_q[OUT-1:0], window_q[ALL-1:OUT]};
            end else begin : g_stay
                assign held = window_q;
            end
        end
    endgenerate

    always @(posedge clk) begin
        if (step) begin
            window_q <= more_q ? held : fresh;
            valid_q  <= more_q || s_axis_tvalid;
            more_q   <= more_q ? (n != N_NEXT_TO_LAST[N_BITS-1:0]) : (s_axis_tvalid && (BEATS > 1));
            n        <= more_q ? n + 1'b1 : {N_BITS{1'b0}};
            if (!more_q) last_q <= s_axis_tlast;
        end
        if (rst) begin
            n       <= {N_BITS{1'b0}};
            valid_q <= 1'b0;
            more_q  <= 1'b0;
        end
    end

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    wire take  = s_axis_tvalid && s_axis_tready;
    wire leave = m_axis_tvalid && m_axis_tready;

    // Lane 0 of the held window, wherever the turning has brought it.
    reg [BITS-1:0] first_q;
    always @(posedge clk) if (take) first_q <= s_axis_tdata[BITS-1:0];
    localparam integer TURN_BITS = (SF > 1) ? $clog2(SF) : 1;
    reg [TURN_BITS-1:0] turn_q = {TURN_BITS{1'b0}};
    always @(posedge clk)
        if (rst || take) turn_q <= {TURN_BITS{1'b0}};
        else if (leave) turn_q <= (turn_q == SF-1) ? {TURN_BITS{1'b0}} : turn_q + 1'b1;

    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(s_axis_tvalid && !s_axis_tready))
            assume (s_axis_tvalid && $stable(s_axis_tdata) && $stable(s_axis_tlast));
        if ($past(m_axis_tvalid && !m_axis_tready))
            assert (m_axis_tvalid && $stable(m_axis_tdata) && $stable(m_axis_tlast));
        assert (n < BEATS);
        assert (more_q == (valid_q && n != BEATS - 1));
        assert (turn_q < SF);
        // A window that is not held has not begun to leave.
        if (!valid_q) assert (n == {N_BITS{1'b0}});
        if (valid_q) assert (n % SF == turn_q);
        if (valid_q) assert (window_q[f_first*OUT +: BITS] == first_q);
    end
    wire [31:0] f_first = (CHOOSE != 0) ? 0 : (SF - turn_q) % SF;
    generate
        if (CHOOSE != 0 && SF > 1) begin : g_check
            // The window stays as it came, and its beats leave in turn.
            reg [ALL-1:0] f_window;
            always @(posedge clk) if (take) f_window <= fresh;
            always @* if (seen_clk && !rst && valid_q) begin
                assert (window_q == f_window);
                assert (g_choose.at == turn_q);
                assert (m_axis_tdata == f_window[turn_q*OUT +: OUT]);
            end
            always @* if (seen_clk && !rst && !valid_q) assert (g_choose.at == 0);
        end
    endgenerate

    always @(posedge clk) cover (seen_clk && !rst && m_axis_tvalid && m_axis_tready && m_axis_tlast);
    always @(posedge clk) cover (seen_clk && !rst && take && leave);
`endif

endmodule

`default_nettype wire
