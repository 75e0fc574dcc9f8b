// axis_taps - line buffer that gives all taps of a window at once
//
//   tap[ky][kx][c] = x[oy*SH - PAD_T + ky*DH][ox*SW - PAD_L + kx*DW][c],  PAD_VALUE outside the image
//
// Folding    none: one output beat a window, KH*KW*CHANNELS lanes. axis_replay behind it folds the taps.
// Timing     a column of the padded image a clock, in the rows that windows end in: (OUT_W-1)*SW + (KW-1)*DW + 1 columns a
//            row of windows. Other rows take no time: they are stored while those before them are read, and so are the
//            first rows of the next frame. Windows that keep the reader waiting for T clocks leave in
//            OUT_H * ((OUT_W-1) * max(T, SW) + max(T, (KW-1)*DW + 1)) clocks a frame where AHEAD is large enough, or in
//            IN_H*IN_W where that is more. A window leaves 3 clocks after its last pixel at the earliest; none does before
//            its frame's first pixel has come.
// Input      one beat a pixel, lane c = channel c, lane 0 in the least significant bits.
// Output     lane (ky*KW + kx)*CHANNELS + c.
// Memory     FIFOs for the rows that a row of windows sees first, AHEAD rows of windows deep; a word a column for the rows
//            that it shares with the one before; and a word a column for those that a frame's first row of windows needs
//            beside them. Each is read one column ahead.
// Framing    tlast on the last window of a frame, from the cell's own counters; the input's is not looked at.
// Reset      synchronous, active high; clears counters and valid bits, never the data path.
// Does not   read two columns a clock: where T is less than the kernel is wide, the columns before a row's first window
//            are clocks without one.
// Cost       KH*DH * ((KW-1)*DW + 1) * CHANNELS*BITS registers and the memories above.
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
    parameter integer PAD_VALUE = 0,   // value of a padded lane, below 2^BITS
    parameter integer AHEAD     = 2    // rows of windows whose new pixels find room while they wait
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

    localparam integer PIXEL  = CHANNELS*BITS;
    localparam integer SPAN_H = (KH-1)*DH + 1;
    localparam integer SPAN_W = (KW-1)*DW + 1;
    localparam integer NEED_W = (OUT_W-1)*SW + SPAN_W;
    // Columns of the image that windows see.
    localparam integer SEEN_W = NEED_W - PAD_L;
    localparam integer COLS   = (SEEN_W < IN_W) ? SEEN_W : IN_W;
    localparam integer DEPTH  = (COLS > 1) ? COLS : 1;
    // Rows that a row of windows sees first, and those that it shares with the one before.
    localparam integer NEW    = (SH < SPAN_H) ? SH : SPAN_H;
    localparam integer KEPT   = SPAN_H - NEW;
    // Image rows among those that a frame's first row of windows would share.
    localparam integer ABOVE  = (KEPT > PAD_T && COLS > 0) ? KEPT - PAD_T : 0;
    localparam integer HEAD   = (ABOVE < IN_H) ? ABOVE : IN_H;

    generate
        if (IN_H < 1 || IN_W < 1 || CHANNELS < 1 || BITS < 1 || KH < 1 || KW < 1 || SH < 1 || SW < 1 || DH < 1 || DW < 1)
            begin : g_rule_size  wire sizes_must_be_positive = {0{1'b0}};  initial $finish;  end
        if (OUT_H < 1 || OUT_W < 1 || PAD_T < 0 || PAD_L < 0)
            begin : g_rule_out   wire output_must_exist      = {0{1'b0}};  initial $finish;  end
        if (PAD_VALUE < 0 || (BITS < 31 && (PAD_VALUE >> BITS) != 0))
            begin : g_rule_pad   wire PAD_VALUE_must_fit     = {0{1'b0}};  initial $finish;  end
        if (AHEAD < 1)
            begin : g_rule_ahead wire AHEAD_below_1          = {0{1'b0}};  initial $finish;  end
    endgenerate

    // What is true of a position is found a step ahead and held in registers: no step waits for a comparison. The counters
    // are therefore those of the next position, the flags those of the one at hand.

    // ---------------------------------------------------------------- pixels in: where each one goes
    localparam integer WX_BITS = $clog2(IN_W + 1);
    localparam integer WY_BITS = $clog2(IN_H + 1);
    localparam integer WI_BITS = (SH > 1) ? $clog2(SH) : 1;
    localparam integer WX_LAST = IN_W - 1;
    localparam integer WY_LAST = IN_H - 1;
    localparam integer WI_LAST = SH - 1;
    // Row 0 of the image among the new rows, counted from the first window's; the rows of the head come before.
    localparam integer FROM    = PAD_T - KEPT;
    localparam integer WI_HEAD = (FROM > 0) ? FROM % SH : 0;
    localparam integer W_END   = OUT_H*SH - FROM;
    localparam integer ONE_WX  = (IN_W == 1) ? 1 : 0;
    localparam integer WX_SECOND = 1 - ONE_WX;
    localparam integer WY_SECOND = (ONE_WX != 0 && IN_H > 1) ? 1 : 0;
    localparam integer WI_SECOND = (WY_SECOND == 0) ? WI_HEAD : (HEAD > 0) ? 0 : (WI_HEAD + 1) % SH;

    reg  [WX_BITS-1:0] wx;
    reg  [WY_BITS-1:0] wy;
    reg  [WI_BITS-1:0] wi;                          // row among the new rows of its row of windows
    wire wx_last  = (wx == WX_LAST[WX_BITS-1:0]);
    wire wy_last  = (wy == WY_LAST[WY_BITS-1:0]);
    wire wx_seen  = (COLS > 0) && ((COLS >= IN_W) || (wx < COLS[WX_BITS-1:0]));
    wire wy_head  = (HEAD > 0) && ((HEAD >= IN_H) || (wy < HEAD[WY_BITS-1:0]));
    wire wy_seen  = !wy_head && (W_END > 0) && ((W_END >= IN_H) || (wy < W_END[WY_BITS-1:0]));

    reg              to_head, ends_head;            // a pixel of the head; its last one
    reg  [NEW-1:0]   to_row;                        // a pixel of that new row
    reg              opens;                         // a frame's first pixel
    wire [NEW-1:0]   room;
    reg              primed;                        // all of the next frame's head has come
    reg  [2:0]       begun;                         // frames that have begun to come and not to leave
    wire             may_open = (HEAD > 0) || (begun != 3'd7);

    assign s_axis_tready = !(to_head && primed) && ((to_row & ~room) == {NEW{1'b0}}) && !(opens && !may_open);
    wire take    = s_axis_tvalid && s_axis_tready;
    wire primes  = take && to_head;
    wire unused_last = &{1'b0, s_axis_tlast};

    integer i;
    always @(posedge clk) begin
        if (take) begin
            wx <= wx_last ? {WX_BITS{1'b0}} : wx + 1'b1;
            if (wx_last) begin
                wy <= wy_last ? {WY_BITS{1'b0}} : wy + 1'b1;
                wi <= wy_last ? WI_HEAD[WI_BITS-1:0]
                    : (wy_head || (wi == WI_LAST[WI_BITS-1:0])) ? {WI_BITS{1'b0}} : wi + 1'b1;
            end
            to_head   <= wx_seen && wy_head;
            ends_head <= (wx == DEPTH[WX_BITS-1:0] - 1'b1) && (wy == HEAD[WY_BITS-1:0] - 1'b1);
            for (i = 0; i < NEW; i = i + 1) to_row[i] <= wx_seen && wy_seen && (wi == i[WI_BITS-1:0]);
            opens     <= (wx == {WX_BITS{1'b0}}) && (wy == {WY_BITS{1'b0}});
        end
        if (rst) begin
            wx        <= WX_SECOND[WX_BITS-1:0];
            wy        <= WY_SECOND[WY_BITS-1:0];
            wi        <= WI_SECOND[WI_BITS-1:0];
            to_head   <= (HEAD > 0);
            ends_head <= (HEAD == 1) && (DEPTH == 1);
            for (i = 0; i < NEW; i = i + 1) to_row[i] <= (COLS > 0) && (HEAD == 0) && (W_END > 0) && (i == WI_HEAD);
            opens     <= 1'b1;
        end
    end

    // ---------------------------------------------------------------- position in the padded image
    localparam integer Y_BITS  = $clog2(OUT_H + 1);
    localparam integer X_BITS  = $clog2(NEED_W + 1);
    localparam integer SX_BITS = (SW > 1) ? $clog2(SW) : 1;
    localparam integer Y_LAST  = OUT_H - 1;
    localparam integer X_LAST  = NEED_W - 1;
    localparam integer X_FIRST = PAD_L;
    localparam integer X_END   = PAD_L + COLS;
    localparam integer X_FULL  = SPAN_W - 1;
    localparam integer SX_LAST = SW - 1;
    localparam integer ONE_X   = (NEED_W == 1) ? 1 : 0;                         // a row is one position
    localparam integer X_SECOND  = 1 - ONE_X;
    localparam integer Y_SECOND  = (ONE_X != 0 && OUT_H > 1) ? 1 : 0;
    localparam integer SX_SECOND = (ONE_X == 0 && SPAN_W == 1 && SW > 1) ? 1 : 0;

    // Rows of windows in which new row n lies in the image: from `since` on, before `past`.
    function integer since(input integer n);
        since = (PAD_T - KEPT - n > 0) ? (PAD_T - KEPT - n + SH - 1) / SH : 0;
    endfunction
    function integer past(input integer n);
        past = (IN_H + PAD_T - KEPT - n > 0) ? (IN_H + PAD_T - KEPT - n + SH - 1) / SH : 0;
    endfunction

    reg  [Y_BITS-1:0]  y;             // row of windows
    reg  [X_BITS-1:0]  x;             // column of the padded image
    reg  [SX_BITS-1:0] sx;
    wire y_last = (y == Y_LAST[Y_BITS-1:0]);
    wire x_last = (x == X_LAST[X_BITS-1:0]);
    wire y_first = (y == {Y_BITS{1'b0}});
    wire x_inside = (COLS > 0) && ((PAD_L == 0) || (x >= X_FIRST[X_BITS-1:0])) &&
                    ((X_END >= NEED_W) || (x < X_END[X_BITS-1:0]));
    wire x_early  = (SPAN_W > 1) && (x < X_FULL[X_BITS-1:0]);

    wire [NEW-1:0] y_has;
    genvar n;
    generate
        for (n = 0; n < NEW; n = n + 1) begin : g_has
            localparam integer SINCE = since(n);
            localparam integer UNTIL = past(n);
            assign y_has[n] = (UNTIL > SINCE) && ((SINCE == 0) || (y >= SINCE[Y_BITS-1:0])) &&
                              ((UNTIL >= OUT_H) || (y < UNTIL[Y_BITS-1:0])) && (SINCE < OUT_H);
        end
    endgenerate

    reg            in_image, emits, closes, begins, first, ends_first;
    reg  [NEW-1:0] has;               // new rows that lie in the image
    reg            loaded;            // the head's first column is at hand

    reg  valid_q, last_q;
    wire [NEW-1:0] offers;
    wire may_begin = (HEAD > 0) ? loaded : (begun != 3'd0);
    // A step shifts the window registers: nothing moves while a finished window waits in them.
    wire free = m_axis_tready || !valid_q;
    wire step = free && !(in_image && ((has & ~offers) != {NEW{1'b0}})) && !(begins && !may_begin);

    integer h;
    assign m_axis_tvalid = valid_q;
    assign m_axis_tlast  = last_q;

    always @(posedge clk) begin
        if (step) begin
            x  <= x_last ? {X_BITS{1'b0}} : x + 1'b1;
            sx <= (x_last || x_early || (sx == SX_LAST[SX_BITS-1:0])) ? {SX_BITS{1'b0}} : sx + 1'b1;
            if (x_last) y <= y_last ? {Y_BITS{1'b0}} : y + 1'b1;
            in_image     <= x_inside;
            has        <= y_has;
            first      <= y_first;
            begins     <= y_first && (x == {X_BITS{1'b0}});
            ends_first <= y_first && x_last;
            emits      <= !x_early && (sx == {SX_BITS{1'b0}});
            closes     <= y_last && x_last;
            last_q     <= closes;
        end
        if (free) valid_q <= step && emits;
        if (rst) begin
            x          <= X_SECOND[X_BITS-1:0];
            y          <= Y_SECOND[Y_BITS-1:0];
            sx         <= SX_SECOND[SX_BITS-1:0];
            in_image     <= (PAD_L == 0) && (COLS > 0);
            for (h = 0; h < NEW; h = h + 1) has[h] <= (since(h) == 0) && (past(h) > 0);
            first      <= 1'b1;
            begins     <= 1'b1;
            ends_first <= (NEED_W == 1);
            emits      <= (SPAN_W == 1);
            closes     <= (OUT_H == 1) && (NEED_W == 1);
            valid_q    <= 1'b0;
        end
    end

    // ---------------------------------------------------------------- frames that have begun
    always @(posedge clk) begin
        if ((take && opens) != (step && begins)) begun <= (take && opens) ? begun + 1'b1 : begun - 1'b1;
        // The head stays until the first row of windows has read all of it.
        if (primes && ends_head) primed <= 1'b1;
        if (step && ends_first)  primed <= 1'b0;
        loaded <= primed && !(step && ends_first);
        if (rst) begin
            begun  <= 3'd0;
            primed <= 1'b0;
            loaded <= 1'b0;
        end
    end

    // ---------------------------------------------------------------- data
    wire [PIXEL-1:0] blank = {CHANNELS{PAD_VALUE[BITS-1:0]}};

    // The column at x, oldest row first: rows that were there before, then the new ones.
    wire [SPAN_H*PIXEL-1:0] whole;
    wire [SPAN_H*PIXEL-1:0] column = in_image ? whole : {SPAN_H{blank}};

    generate
        for (n = 0; n < NEW; n = n + 1) begin : g_new
            // A FIFO's tlast carries the highest bit.
            localparam integer REST = (PIXEL > 1) ? PIXEL - 1 : 1;
            wire [REST-1:0]  rest;
            wire             top_bit;
            wire [PIXEL-1:0] pixel;
            if (PIXEL > 1) begin : g_bits
                assign pixel = {top_bit, rest};
            end else begin : g_bit
                assign pixel = top_bit;
                wire unused_rest = &{1'b0, rest};
            end
`ifdef FORMAL
            wire [31:0] waiting;
`endif
            axis_fifo #(.WIDTH(REST), .DEPTH(AHEAD*DEPTH)) u_row (
                .clk(clk), .rst(rst),
`ifdef FORMAL
                .waiting(waiting),
`endif
                .s_axis_tdata(s_axis_tdata[REST-1:0]), .s_axis_tvalid(take && to_row[n]), .s_axis_tready(room[n]),
                .s_axis_tlast(s_axis_tdata[PIXEL-1]),
                .m_axis_tdata(rest), .m_axis_tvalid(offers[n]), .m_axis_tready(step && in_image && has[n]),
                .m_axis_tlast(top_bit));
            assign whole[(KEPT + n)*PIXEL +: PIXEL] = has[n] ? pixel : blank;
        end
        if (KEPT > 0) begin : g_kept
            localparam integer STACK  = KEPT*PIXEL;
            localparam integer A_BITS = (DEPTH > 1) ? $clog2(DEPTH) : 1;
            localparam integer A_LAST = DEPTH - 1;
            wire [STACK-1:0] above, top;
            assign whole[STACK-1:0] = first ? top : above;
            if (DEPTH == 1) begin : g_one
                reg [STACK-1:0] stack_q;
                always @(posedge clk) if (step && in_image) stack_q <= whole[SPAN_H*PIXEL-1 -: STACK];
                assign above = stack_q;
            end else begin : g_memory
                // Never read and written at one column in a clock; told so, tools spend no logic on that case.
                (* no_rw_check, ramstyle = "no_rw_check" *)
                reg  [STACK-1:0]  stack [0:DEPTH-1];
                reg  [STACK-1:0]  above_q;
                reg  [A_BITS-1:0] at;
                wire [A_BITS-1:0] next = (at == A_LAST[A_BITS-1:0]) ? {A_BITS{1'b0}} : at + 1'b1;
                always @(posedge clk) begin
                    if (step && in_image) begin
                        stack[at] <= whole[SPAN_H*PIXEL-1 -: STACK];
                        at        <= next;
                        above_q   <= stack[next];
                    end
                    if (rst) at <= {A_BITS{1'b0}};
                end
                assign above = above_q;
            end

            // What a frame's first row of windows finds in place of the rows of one before.
            for (n = 0; n < KEPT; n = n + 1) begin : g_top
                if (n < PAD_T || n >= PAD_T + HEAD) begin : g_blank
                    assign top[n*PIXEL +: PIXEL] = blank;
                end
            end
            if (HEAD > 0) begin : g_head
                localparam integer WIDE = HEAD*PIXEL;
                wire [WIDE-1:0] rows;               // of the column at hand
                wire [WIDE-1:0] more;               // the same, one row further down
                assign top[PAD_T*PIXEL +: WIDE] = rows;
                if (HEAD > 1) begin : g_shift
                    assign more = {s_axis_tdata, rows[WIDE-1:PIXEL]};
                end else begin : g_only
                    assign more = s_axis_tdata;
                end
                if (DEPTH == 1) begin : g_one
                    reg [WIDE-1:0] head_q;
                    always @(posedge clk) if (primes) head_q <= more;
                    assign rows = head_q;
                end else begin : g_memory
                    (* no_rw_check, ramstyle = "no_rw_check" *)
                    reg  [WIDE-1:0]   head [0:DEPTH-1];
                    reg  [WIDE-1:0]   head_q;
                    reg  [A_BITS-1:0] at;
                    wire [A_BITS-1:0] next = (at == A_LAST[A_BITS-1:0]) ? {A_BITS{1'b0}} : at + 1'b1;
                    // It is filled row by row, then read once; between the two its first column is fetched.
                    wire fetch = primed && !loaded;
                    wire moves = primes || (loaded && first && step && in_image);
                    always @(posedge clk) begin
                        if (primes) head[at] <= more;
                        if (moves || fetch) head_q <= head[fetch ? at : next];
                        if (moves) at <= next;
                        if (rst) at <= {A_BITS{1'b0}};
                    end
                    assign rows = head_q;
                end
            end
        end
    endgenerate

    // Without kept rows no row of windows is a first one.
    wire unused_first = &{1'b0, first};

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
    end

    // The positions at hand, one behind the counters, and by how many frames the pixels that come are ahead of the reader.
    localparam integer F_BITS = 8;
    wire signed [F_BITS-1:0] f_wx = (wx == 0) ? IN_W - 1 : wx - 1;
    wire signed [F_BITS-1:0] f_wy = (wx != 0) ? wy : (wy == 0) ? IN_H - 1 : wy - 1;
    wire signed [F_BITS-1:0] f_x  = (x == 0) ? NEED_W - 1 : x - 1;
    wire signed [F_BITS-1:0] f_y  = (x != 0) ? y : (y == 0) ? OUT_H - 1 : y - 1;
    wire f_head = (f_wy < HEAD);
    wire f_headed = (HEAD > 0) && (f_wy >= HEAD || (f_wy == HEAD - 1 && f_wx >= COLS));
    reg  signed [F_BITS-1:0] f_ahead;
    always @(posedge clk)
        if (rst) f_ahead <= 0;
        else f_ahead <= f_ahead + (take && f_wx == IN_W - 1 && f_wy == IN_H - 1) - (step && closes);

    // Pixels of new row n that have come of a frame up to image row `to`; rows of windows before row `to` that have them.
    function integer f_rows(input integer n, input integer to);
        integer r;
        begin
            f_rows = 0;
            for (r = 0; r < OUT_H; r = r + 1)
                if (r*SH + KEPT + n - PAD_T >= 0 && r*SH + KEPT + n - PAD_T < to) f_rows = f_rows + 1;
        end
    endfunction
    genvar f;
    generate
        for (f = 0; f < NEW; f = f + 1) begin : g_account
            localparam integer ALL   = (COLS > 0) ? COLS * f_rows(f, IN_H) : 0;
            localparam integer SINCE = since(f);
            localparam integer PAST  = (past(f) < OUT_H) ? past(f) : OUT_H;
            wire f_has = (f_y >= SINCE) && (f_y < PAST);
            wire signed [F_BITS-1:0] f_seen = (f_x <= PAD_L) ? 0 : (f_x - PAD_L > COLS) ? COLS : f_x - PAD_L;
            wire signed [F_BITS-1:0] f_come = (f_wx > COLS) ? COLS : f_wx;
            reg  signed [F_BITS-1:0] f_before;      // rows of this kind before the one at hand
            integer r;
            always @* begin
                f_before = 0;
                for (r = 0; r < OUT_H; r = r + 1)
                    if (r*SH + KEPT + f - PAD_T >= 0 && r*SH + KEPT + f - PAD_T < f_wy) f_before = f_before + 1;
            end
            wire f_mine = !f_head && (f_wy + FROM >= 0) && ((f_wy + FROM) % SH == f) && (f_wy < W_END);
            wire signed [F_BITS-1:0] f_gone = (f_y <= SINCE) ? 0 : ((f_y < PAST) ? f_y : PAST) - SINCE;
            reg  signed [F_BITS-1:0] f_held;
            always @(posedge clk)
                if (rst) f_held <= 0;
                else f_held <= f_held + (take && to_row[f]) - (step && in_image && has[f]);
            always @* if (seen_clk && !rst && COLS > 0) begin
                assert (to_row[f] == (f_mine && f_wx < COLS));
                assert (has[f] == f_has);
                // What waits is what has come and not been read: each pixel is read where it belongs.
                assert (f_held == ALL*f_ahead + COLS*f_before + (f_mine ? f_come : 0) - COLS*f_gone - (f_has ? f_seen : 0));
                assert (f_held >= 0 && f_held == g_new[f].waiting);
            end
            always @* if (seen_clk && !rst && COLS <= 0) assert (!to_row[f] && f_held == 0 && !in_image);
        end
    endgenerate

    always @* if (seen_clk && !rst) begin
        assert (wx < IN_W && wy < IN_H && x < NEED_W && y < OUT_H && sx < SW);
        assert (COLS <= 0 || wi == ((wy < HEAD) ? 0 : (wy + FROM) % SH));
        assert (to_head == (f_head && f_wx < COLS) && ends_head == (f_wy == HEAD - 1 && f_wx == DEPTH - 1));
        assert (opens == (f_wx == 0 && f_wy == 0));
        assert (in_image == (f_x >= PAD_L && f_x < PAD_L + COLS));
        assert (first == (f_y == 0) && begins == (f_y == 0 && f_x == 0) && ends_first == (f_y == 0 && f_x == NEED_W - 1));
        assert (emits == (f_x >= SPAN_W - 1 && (f_x - (SPAN_W - 1)) % SW == 0));
        assert (closes == (f_y == OUT_H - 1 && f_x == NEED_W - 1));
        assert (sx == ((x < SPAN_W) ? 0 : (x - (SPAN_W - 1)) % SW));
        // Frames that have opened and whose first window row has not begun; no window leaves before its frame has begun.
        assert (f_ahead >= -1);
        if (HEAD == 0) assert (begun == f_ahead + !opens - !begins);
        if (step && begins) assert (f_ahead > 0 || (f_ahead == 0 && !opens));
        if (HEAD > 0) begin
            assert (primed == f_ahead + f_headed - (f_y > 0));
            assert (!loaded || primed);
            // A frame's first row of windows is read while its head is there, and no other comes meanwhile.
            assert (!(first && !begins) || loaded);
            assert (!(primed && f_head && !f_headed) || opens);
        end
    end

    // The columns of the memories are those of the positions.
    generate
        if (KEPT > 0 && DEPTH > 1) begin : g_f_kept
            always @* if (seen_clk && !rst) assert (g_kept.g_memory.at == ((f_x > PAD_L && f_x < PAD_L + COLS) ? f_x - PAD_L : 0));
        end
        if (HEAD > 0 && DEPTH > 1) begin : g_f_head
            always @* if (seen_clk && !rst)
                assert (g_kept.g_head.g_memory.at ==
                    (!primed ? ((f_head && f_wx < COLS) ? f_wx : 0)
                             : (loaded && first && f_x > PAD_L && f_x < PAD_L + COLS) ? f_x - PAD_L : 0));
        end
    endgenerate

    always @(posedge clk) cover (seen_clk && !rst && m_axis_tvalid && m_axis_tready && m_axis_tlast);
    always @(posedge clk) cover (seen_clk && !rst && m_axis_tvalid && !m_axis_tready);
`endif

endmodule

`default_nettype wire
