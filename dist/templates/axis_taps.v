// axis_taps - line buffer that gives all taps of a window at once
//
//   tap[ky][kx][c] = x[oy*SH - PAD_T + ky*DH][ox*SW - PAD_L + kx*DW][c],  PAD_VALUE outside the image
//
// Folding    none: one output beat a window, KH*KW*CHANNELS lanes. axis_replay behind it folds the taps.
// Timing     one position of the padded image a clock, STEP_H*STEP_W clocks a frame; frames follow without a gap.
//            STEP_H = max((OUT_H-1)*SH + (KH-1)*DH + 1, PAD_T + IN_H), STEP_W likewise. A position inside the image takes
//            one input beat; a position that completes a window waits for the output register.
// Input      one beat a pixel, lane c = channel c, lane 0 in the least significant bits.
// Output     lane (ky*KW + kx)*CHANNELS + c.
// Memory     one word a column of the image: the pixels of the last (KH-1)*DH rows, read one column ahead.
// Framing    tlast on the last window of a frame, from the cell's own counters; the input's is not looked at.
// Reset      synchronous, active high; clears counters and valid bits, never the data path.
// Does not   save time on strides: positions between two windows are walked through.
// Cost       KH*DH * ((KW-1)*DW + 1) * CHANNELS*BITS registers and the memory above.
// Tested by  testbench/cells/axis_taps; proved by `npm run formal -- axis_taps`.

`default_nettype none

module axis_taps #(
    parameter integer IN_H      = 4,   // rows of the image
    parameter integer IN_W      = 4,   // pixels of a row
    parameter integer CHANNELS  = 1,   // lanes of an input beat
    parameter integer BITS      = 8,   // bits of a lane
    parameter integer KH        = 3,   // kernel rows
    parameter integer KW        = 3,   // kernel columns
    parameter integer SH        = 1,   // stride, rows
    parameter integer SW        = 1,   // stride, columns
    parameter integer DH        = 1,   // dilation, rows
    parameter integer DW        = 1,   // dilation, columns
    parameter integer PAD_T     = 1,   // padding rows above the image
    parameter integer PAD_L     = 1,   // padding columns left of the image
    parameter integer OUT_H     = 4,   // rows of the output
    parameter integer OUT_W     = 4,   // columns of the output
    parameter integer PAD_VALUE = 0    // value of a padded lane, below 2^BITS
) (
    input  wire                              clk,
    input  wire                              rst,

    // AXI4-Stream in: pixels
    input  wire [CHANNELS*BITS-1:0]          s_axis_tdata,
    input  wire                              s_axis_tvalid,
    output wire                              s_axis_tready,
    input  wire                              s_axis_tlast,

    // AXI4-Stream out: windows
    output wire [KH*KW*CHANNELS*BITS-1:0]    m_axis_tdata,
    output wire                              m_axis_tvalid,
    input  wire                              m_axis_tready,
    output wire                              m_axis_tlast
);

    localparam integer PIXEL   = CHANNELS*BITS;
    localparam integer SPAN_H  = (KH-1)*DH + 1;
    localparam integer SPAN_W  = (KW-1)*DW + 1;
    localparam integer NEED_H  = (OUT_H-1)*SH + SPAN_H;
    localparam integer NEED_W  = (OUT_W-1)*SW + SPAN_W;
    localparam integer STEP_H  = (NEED_H > PAD_T + IN_H) ? NEED_H : PAD_T + IN_H;
    localparam integer STEP_W  = (NEED_W > PAD_L + IN_W) ? NEED_W : PAD_L + IN_W;
    localparam integer Y_BITS  = $clog2(STEP_H + 1);
    localparam integer X_BITS  = $clog2(STEP_W + 1);
    localparam integer SY_BITS = (SH > 1) ? $clog2(SH) : 1;
    localparam integer SX_BITS = (SW > 1) ? $clog2(SW) : 1;

    generate
        if (IN_H < 1 || IN_W < 1 || CHANNELS < 1 || BITS < 1 || KH < 1 || KW < 1 || SH < 1 || SW < 1 || DH < 1 || DW < 1)
            begin : g_rule_size wire sizes_must_be_positive = {0{1'b0}};  initial $finish;  end
        if (OUT_H < 1 || OUT_W < 1 || PAD_T < 0 || PAD_L < 0)
            begin : g_rule_out  wire output_must_exist      = {0{1'b0}};  initial $finish;  end
        if (PAD_VALUE < 0 || (BITS < 31 && (PAD_VALUE >> BITS) != 0))
            begin : g_rule_pad  wire PAD_VALUE_must_fit     = {0{1'b0}};  initial $finish;  end
    endgenerate

    // ---------------------------------------------------------------- position in the padded image
    localparam integer Y_LAST  = STEP_H - 1;
    localparam integer X_LAST  = STEP_W - 1;
    localparam integer Y_FIRST = PAD_T;
    localparam integer X_FIRST = PAD_L;
    localparam integer Y_END   = PAD_T + IN_H - 1;
    localparam integer X_END   = PAD_L + IN_W - 1;
    localparam integer Y_FULL  = SPAN_H - 1;
    localparam integer X_FULL  = SPAN_W - 1;
    localparam integer Y_DONE  = NEED_H - 1;
    localparam integer X_DONE  = NEED_W - 1;
    localparam integer SY_LAST = SH - 1;
    localparam integer SX_LAST = SW - 1;

    // What is true of a position is found a step ahead and held in registers: the step waits for no comparison. The
    // counters are therefore those of the next position, the flags those of the one at hand.
    localparam integer ONE_X    = (X_LAST == 0) ? 1 : 0;                        // a row is one position
    localparam integer X_SECOND = 1 - ONE_X;
    localparam integer Y_SECOND = (ONE_X != 0 && Y_LAST != 0) ? 1 : 0;
    localparam integer SX_SECOND = (ONE_X == 0 && SPAN_W == 1 && SW > 1) ? 1 : 0;
    localparam integer SY_SECOND = (Y_SECOND != 0 && SPAN_H == 1 && SH > 1) ? 1 : 0;

    reg  [Y_BITS-1:0]  y;
    reg  [X_BITS-1:0]  x;
    reg  [SY_BITS-1:0] sy;            // rows since the last window row, once the first is complete
    reg  [SX_BITS-1:0] sx;
    wire y_last = (y == Y_LAST[Y_BITS-1:0]);
    wire x_last = (x == X_LAST[X_BITS-1:0]);
    wire y_inside = ((PAD_T == 0) || (y >= Y_FIRST[Y_BITS-1:0])) && (y <= Y_END[Y_BITS-1:0]);
    wire x_inside = ((PAD_L == 0) || (x >= X_FIRST[X_BITS-1:0])) && (x <= X_END[X_BITS-1:0]);
    // Rows and columns before the first window is complete.
    wire y_early  = (SPAN_H > 1) && (y < Y_FULL[Y_BITS-1:0]);
    wire x_early  = (SPAN_W > 1) && (x < X_FULL[X_BITS-1:0]);
    wire on_grid  = !y_early && (y <= Y_DONE[Y_BITS-1:0]) && (sy == {SY_BITS{1'b0}}) &&
                    !x_early && (x <= X_DONE[X_BITS-1:0]) && (sx == {SX_BITS{1'b0}});
    wire at_end   = (y == Y_DONE[Y_BITS-1:0]) && (x == X_DONE[X_BITS-1:0]);

    reg  inside_y, inside_x, in_image, emits, closes;

    reg  valid_q, last_q;
    wire free  = m_axis_tready || !valid_q;
    // A step shifts the window registers: nothing moves while a finished window waits in them.
    wire step  = free && (s_axis_tvalid || !in_image);

    assign s_axis_tready = free && in_image;
    assign m_axis_tvalid = valid_q;
    assign m_axis_tlast  = last_q;
    wire unused_last = &{1'b0, s_axis_tlast};

    always @(posedge clk) begin
        if (step) begin
            x <= x_last ? {X_BITS{1'b0}} : x + 1'b1;
            sx <= (x_last || x_early || (sx == SX_LAST[SX_BITS-1:0])) ? {SX_BITS{1'b0}} : sx + 1'b1;
            if (x_last) begin
                y  <= y_last ? {Y_BITS{1'b0}} : y + 1'b1;
                sy <= (y_last || y_early || (sy == SY_LAST[SY_BITS-1:0])) ? {SY_BITS{1'b0}} : sy + 1'b1;
            end
            inside_y <= y_inside;
            inside_x <= x_inside;
            in_image <= y_inside && x_inside;
            emits    <= on_grid;
            closes   <= at_end;
            last_q   <= closes;
        end
        if (free) valid_q <= step && emits;
        if (rst) begin
            x  <= X_SECOND[X_BITS-1:0];
            y  <= Y_SECOND[Y_BITS-1:0];
            sx <= SX_SECOND[SX_BITS-1:0];
            sy <= SY_SECOND[SY_BITS-1:0];
            inside_y <= (PAD_T == 0);
            inside_x <= (PAD_L == 0);
            in_image <= (PAD_T == 0) && (PAD_L == 0);
            emits    <= (SPAN_H == 1) && (SPAN_W == 1);
            closes   <= (NEED_H == 1) && (NEED_W == 1);
            valid_q  <= 1'b0;
        end
    end

    // ---------------------------------------------------------------- data
    wire [PIXEL-1:0] blank = {CHANNELS{PAD_VALUE[BITS-1:0]}};
    wire [PIXEL-1:0] pixel = inside_y ? s_axis_tdata : blank;

    // The column at x, oldest row first: rows above from the memory, the newest from the input.
    wire [SPAN_H*PIXEL-1:0] column;
    generate
        if (SPAN_H == 1) begin : g_row
            assign column = inside_x ? pixel : blank;
        end else begin : g_rows
            localparam integer STACK = (SPAN_H-1)*PIXEL;
            wire [STACK-1:0] above;
            wire [SPAN_H*PIXEL-1:0] whole = {pixel, above};
            if (IN_W == 1) begin : g_one
                reg [STACK-1:0] stack_q;
                always @(posedge clk) if (step && inside_x) stack_q <= whole[SPAN_H*PIXEL-1:PIXEL];
                assign above = stack_q;
            end else begin : g_memory
                localparam integer A_BITS = $clog2(IN_W);
                localparam integer A_LAST = IN_W - 1;
                // Never read and written at one column in a clock; told so, tools spend no logic on that case.
                (* no_rw_check, ramstyle = "no_rw_check" *)
                reg  [STACK-1:0]  stack [0:IN_W-1];
                reg  [STACK-1:0]  above_q;
                reg  [A_BITS-1:0] at;
                wire [A_BITS-1:0] next = (at == A_LAST[A_BITS-1:0]) ? {A_BITS{1'b0}} : at + 1'b1;
                always @(posedge clk) begin
                    if (step && inside_x) begin
                        stack[at] <= whole[SPAN_H*PIXEL-1:PIXEL];
                        at        <= next;
                        // The word for the next column inside; at the first one of all there is nothing above yet.
                        above_q   <= stack[next];
                    end
                    if (rst) at <= {A_BITS{1'b0}};
                end
                assign above = above_q;
            end
            assign column = inside_x ? whole : {SPAN_H{blank}};
        end
    endgenerate

    // Window registers, the newest column lowest: column k is k positions old.
    localparam integer COLUMN = SPAN_H*PIXEL;
    reg [SPAN_W*COLUMN-1:0] window_q;
    generate
        if (SPAN_W == 1) begin : g_column
            always @(posedge clk) if (step) window_q <= column;
        end else begin : g_columns
            always @(posedge clk) if (step) window_q <= {window_q[(SPAN_W-1)*COLUMN-1:0], column};
        end
    endgenerate

    genvar r, c;
    generate
        for (r = 0; r < KH; r = r + 1) begin : g_ky
            for (c = 0; c < KW; c = c + 1) begin : g_kx
                assign m_axis_tdata[(r*KW + c)*PIXEL +: PIXEL] = window_q[(SPAN_W-1 - c*DW)*COLUMN + r*DH*PIXEL +: PIXEL];
            end
        end
    endgenerate

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
        assert (x <= X_LAST[X_BITS-1:0]);
        assert (y <= Y_LAST[Y_BITS-1:0]);
        assert (sx <= SX_LAST[SX_BITS-1:0]);
        assert (sy <= SY_LAST[SY_BITS-1:0]);
        // A position outside the image takes nothing.
        if (!in_image) assert (!s_axis_tready);
    end

    always @(posedge clk) cover (seen_clk && !rst && m_axis_tvalid && m_axis_tready && m_axis_tlast);
    always @(posedge clk) cover (seen_clk && !rst && m_axis_tvalid && !m_axis_tready);
`endif

endmodule

`default_nettype wire
