// SPDX-License-Identifier: 0BSD
// Written by addernet-rtl as part of your design: yours to use, change and license, under no condition of ours.
// axis_window - line buffer and window reader: a feature map in, its windows in im2col order out
//
//   for oy < OUT_H, ox < OUT_W, g < GROUPS, n < REPEAT, ky < KH, kx < KW, c < WORDS/GROUPS:
//       word c + g*(WORDS/GROUPS) of pixel (oy*SH - PAD_T + ky*DH, ox*SW - PAD_L + kx*DW),
//       every lane PAD_VALUE where that pixel lies outside the IN_H x IN_W image
//
// Folding    GROUPS = 1: dense windows; GROUPS = WORDS: one word's taps at a time, as depthwise layers and pools need.
//            REPEAT = output groups of the array behind, each of which needs the window anew.
// Timing     one beat per clock on both sides. A frame leaves in OUT_H*OUT_W*GROUPS*REPEAT*KH*KW*(WORDS/GROUPS)
//            clocks, without a gap inside a frame or between frames, as long as the rows arrive in time; the first
//            beat comes 4 clocks after the last word of the rows it needs. tready depends on registers only.
// Lanes      lane 0 in the least significant bits; a word is SIMD lanes and is never taken apart.
// Layout     one cyclic memory of ROWS image rows: word w of pixel x of row y at
//            (row number since reset mod ROWS)*IN_W*WORDS + x*WORDS + w.
// Rows       The reader starts an output row when the last image row that its windows touch is complete (at least
//            the first row of the frame) and frees the rows above the next window's top when the output row is
//            through; the end of a frame frees the rest. Rows that nobody reads are written and dropped.
//            ROWS >= min(IN_H, (KH-1)*DH + 1) always works.
//            No gaps:  ROWS >= max(min(IN_H, (KH-1)*DH + 1 + SH),  IN_H + bottom(0) - top(OUT_H-1)), with
//                      top(y) = clamp(y*SH - PAD_T, 0, IN_H), bottom(y) = clamp(y*SH - PAD_T + (KH-1)*DH + 1, 1, IN_H);
//            one row more where the input is not faster than the output.
// Framing    a frame is IN_H*IN_W*WORDS beats by count; tlast is made from the loop counters, s_axis_tlast is not used.
// Reset      synchronous, active high; clears control state only, never the memory.
// Does not   look at lanes; padding at the bottom and the right is whatever OUT_H and OUT_W imply.
// Cost       ROWS*IN_W*WORDS*SIMD*BITS bits of memory, 2*SIMD*BITS flip-flops, and loop control: two adders of the
//            address's width, one of each coordinate's, a counter a loop.
// Tested by  testbench/cells/axis_window; proved by `npm run formal -- axis_window`.

`default_nettype none

module tiny_axis_window #(
    parameter integer IN_H      = 4,   // rows of the image
    parameter integer IN_W      = 4,   // pixels of a row
    parameter integer WORDS     = 1,   // beats of a pixel
    parameter integer GROUPS    = 1,   // groups of words read one after the other;  divides WORDS
    parameter integer REPEAT    = 1,   // times that a group's window is read
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
    parameter integer SIMD      = 1,   // lanes of a beat
    parameter integer BITS      = 8,   // bits of a lane
    parameter integer ROWS      = 4,   // image rows in the memory; rule above
    parameter         RAM_STYLE = "auto" // where they are: "auto" as the tool likes, "distributed" in LUTs, "ultra" in UltraRAM
) (
    input  wire                 clk,
    input  wire                 rst,

    // AXI4-Stream in: the feature map
    input  wire [SIMD*BITS-1:0] s_axis_tdata,
    input  wire                 s_axis_tvalid,
    output wire                 s_axis_tready,
    input  wire                 s_axis_tlast,

    // AXI4-Stream out: windows
    output wire [SIMD*BITS-1:0] m_axis_tdata,
    output wire                 m_axis_tvalid,
    input  wire                 m_axis_tready,
    output wire                 m_axis_tlast
);

    localparam unused_style = RAM_STYLE;   // linters do not see the use in an attribute
    localparam integer WIDTH     = SIMD * BITS;
    localparam integer CW        = WORDS / GROUPS;          // words of a group
    localparam integer ROW_WORDS = IN_W * WORDS;
    localparam integer DEPTH     = ROWS * ROW_WORDS;
    localparam integer SPAN_H    = (KH - 1) * DH + 1;       // image rows under a window
    localparam integer SPAN_W    = (KW - 1) * DW + 1;
    localparam integer ROWS_MIN  = (IN_H < SPAN_H) ? IN_H : SPAN_H;

    generate
        if (IN_H < 1 || IN_W < 1 || WORDS < 1 || OUT_H < 1 || OUT_W < 1 || SIMD < 1 || BITS < 1)
                                        begin : g_rule_sizes   wire sizes_below_1 = {0{1'b0}};                        initial $finish;  end
        if (KH < 1 || KW < 1 || SH < 1 || SW < 1 || DH < 1 || DW < 1 || REPEAT < 1)
                                        begin : g_rule_kernel  wire kernel_stride_dilation_below_1 = {0{1'b0}};       initial $finish;  end
        if (PAD_T < 0 || PAD_L < 0)     begin : g_rule_pad     wire padding_below_0 = {0{1'b0}};                      initial $finish;  end
        if (GROUPS < 1 || CW * GROUPS != WORDS)
                                        begin : g_rule_groups  wire GROUPS_must_divide_WORDS = {0{1'b0}};             initial $finish;  end
        if (ROWS < ROWS_MIN)            begin : g_rule_rows    wire ROWS_below_the_kernels_span = {0{1'b0}};          initial $finish;  end
        if (PAD_VALUE < 0 || (BITS < 31 && (PAD_VALUE >> BITS) != 0))
                                        begin : g_rule_value   wire PAD_VALUE_must_fit_BITS = {0{1'b0}};              initial $finish;  end
    endgenerate

    // ---------------------------------------------------------------- constants of the loop nest
    // What moves at the end of each loop, the loops inside it starting over. Addresses are taken modulo DEPTH, so that
    // going back is going forward, and every step is one addition.
    function integer modulo(input integer value);
        modulo = ((value % DEPTH) + DEPTH) % DEPTH;
    endfunction

    localparam integer BACK_C     = -(CW - 1);
    localparam integer BACK_KX    = BACK_C  - (KW - 1) * DW * WORDS;
    localparam integer BACK_KY    = BACK_KX - (KH - 1) * DH * ROW_WORDS;
    localparam integer BACK_G     = BACK_KY - (GROUPS - 1) * CW;
    localparam integer BACK_OX    = BACK_G  - (OUT_W - 1) * SW * WORDS;
    localparam integer BACK_OY    = BACK_OX - (OUT_H - 1) * SH * ROW_WORDS;

    localparam integer START      = modulo(-PAD_T * ROW_WORDS - PAD_L * WORDS);
    localparam integer STEP_C     = modulo(1);
    localparam integer STEP_KX    = modulo(BACK_C  + DW * WORDS);
    localparam integer STEP_KY    = modulo(BACK_KX + DH * ROW_WORDS);
    localparam integer STEP_N     = modulo(BACK_KY);
    localparam integer STEP_G     = modulo(BACK_KY + CW);
    localparam integer STEP_OX    = modulo(BACK_G  + SW * WORDS);
    localparam integer STEP_OY    = modulo(BACK_OX + SH * ROW_WORDS);
    localparam integer STEP_FRAME = modulo(BACK_OY + IN_H * ROW_WORDS);

    localparam integer X_KX    = DW;
    localparam integer X_KY    = -(KW - 1) * DW;
    localparam integer X_OX    = X_KY + SW;
    localparam integer X_OY    = X_KY - (OUT_W - 1) * SW;
    localparam integer Y_KY    = DH;
    localparam integer Y_N     = -(KH - 1) * DH;
    localparam integer Y_OY    = Y_N + SH;
    localparam integer Y_FRAME = Y_N - (OUT_H - 1) * SH;

    localparam integer X_END      = (OUT_W - 1) * SW - PAD_L + SPAN_W;   // one past the right-most pixel of any window
    localparam integer Y_END      = (OUT_H - 1) * SH - PAD_T + SPAN_H;
    localparam integer X_PADDED   = (PAD_L > 0 || X_END > IN_W) ? 1 : 0;
    localparam integer Y_PADDED   = (PAD_T > 0 || Y_END > IN_H) ? 1 : 0;

    // ---------------------------------------------------------------- constants of the row accounts
    function integer clamp(input integer value, input integer low, input integer high);
        clamp = (value < low) ? low : (value > high) ? high : value;
    endfunction
    // The first row is always waited for: a frame never starts before its input does.
    function integer bottom(input integer y);
        bottom = clamp(y * SH - PAD_T + SPAN_H, 1, IN_H);
    endfunction
    function integer top(input integer y);
        top = clamp(y * SH - PAD_T, 0, IN_H);
    endfunction
    function integer ceil_div(input integer value, input integer by);
        ceil_div = (value <= 0) ? 0 : (value + by - 1) / by;
    endfunction

    // From output row y to y + 1 bottom and top move by SH, less where the image begins or ends: nothing before LOW,
    // nothing after HIGH, a remainder at either.
    localparam integer NEED_LOW    = clamp(clamp(1 + PAD_T - SPAN_H, 0, 1 + PAD_T) / SH, 0, OUT_H);
    localparam integer NEED_HIGH   = clamp(ceil_div(IN_H + PAD_T - SPAN_H, SH) - 1, 0, OUT_H);
    localparam integer NEED_AT_LOW = bottom(NEED_LOW + 1) - bottom(NEED_LOW);
    localparam integer NEED_AT_HI  = bottom(NEED_HIGH + 1) - bottom(NEED_HIGH);
    localparam integer NEED_FRAME  = IN_H + bottom(0) - bottom(OUT_H - 1);
    localparam integer FREE_LOW    = clamp(PAD_T / SH, 0, OUT_H);
    localparam integer FREE_HIGH   = clamp(ceil_div(IN_H + PAD_T, SH) - 1, 0, OUT_H);
    localparam integer FREE_AT_LOW = top(FREE_LOW + 1) - top(FREE_LOW);
    localparam integer FREE_AT_HI  = top(FREE_HIGH + 1) - top(FREE_HIGH);
    localparam integer FREE_FRAME  = IN_H - top(OUT_H - 1);

    // ---------------------------------------------------------------- widths
    localparam integer ADDR_BITS = (DEPTH > 1) ? $clog2(DEPTH) : 1;
    localparam integer ROW_BITS  = (ROW_WORDS > 1) ? $clog2(ROW_WORDS) : 1;
    localparam integer C_BITS    = (CW     > 1) ? $clog2(CW)     : 1;
    localparam integer KX_BITS   = (KW     > 1) ? $clog2(KW)     : 1;
    localparam integer KY_BITS   = (KH     > 1) ? $clog2(KH)     : 1;
    localparam integer N_BITS    = (REPEAT > 1) ? $clog2(REPEAT) : 1;
    localparam integer G_BITS    = (GROUPS > 1) ? $clog2(GROUPS) : 1;
    localparam integer OX_BITS   = (OUT_W  > 1) ? $clog2(OUT_W)  : 1;
    localparam integer OY_BITS   = $clog2(OUT_H + 2);
    // A coordinate in two's complement, read as unsigned, is below the image's size only inside the image.
    localparam integer X_REACH   = (X_END > IN_W) ? X_END : IN_W;
    localparam integer Y_REACH   = (Y_END > IN_H) ? Y_END : IN_H;
    localparam integer X_BITS    = 1 + $clog2(((X_REACH > PAD_L) ? X_REACH : PAD_L) + 1);
    localparam integer Y_BITS    = 1 + $clog2(((Y_REACH > PAD_T) ? Y_REACH : PAD_T) + 1);
    localparam integer TALLY_BITS = 2 + $clog2(ROWS + 2 * IN_H + 1);

    localparam integer C_LAST   = CW - 1;
    localparam integer KX_LAST  = KW - 1;
    localparam integer KY_LAST  = KH - 1;
    localparam integer N_LAST   = REPEAT - 1;
    localparam integer G_LAST   = GROUPS - 1;
    localparam integer OX_LAST  = OUT_W - 1;
    localparam integer OY_LAST  = OUT_H - 1;
    localparam integer ROW_LAST = ROW_WORDS - 1;
    localparam integer ADDR_LAST = DEPTH - 1;
    localparam integer X_FIRST  = -PAD_L;
    localparam integer Y_FIRST  = -PAD_T;
    localparam integer LEAD_FIRST = -bottom(0);
    localparam integer ROOM_FIRST = ROWS - 1;

    // ---------------------------------------------------------------- writer
    // A word is never wanted in the clock that writes it; told so, tools spend no logic on that case.
    (* no_rw_check, ramstyle = "no_rw_check", ram_style = RAM_STYLE *)
    reg [WIDTH-1:0]      memory [0:DEPTH-1];
    reg [ADDR_BITS-1:0]  wr_addr;
    reg [ROW_BITS-1:0]   wr_word;                 // place in the row being written
    reg [TALLY_BITS-1:0] room;                    // rows that may be written, less one; negative: none
    wire [TALLY_BITS-1:0] freed;                  // rows that the reader gives back in this clock

    assign s_axis_tready = !room[TALLY_BITS-1];

    wire take     = s_axis_tvalid && s_axis_tready;
    wire row_done = take && (wr_word == ROW_LAST[ROW_BITS-1:0]);

    always @(posedge clk) if (take) memory[wr_addr] <= s_axis_tdata;

    always @(posedge clk) begin
        if (take) begin
            wr_addr <= (wr_addr == ADDR_LAST[ADDR_BITS-1:0]) ? {ADDR_BITS{1'b0}} : wr_addr + 1'b1;
            wr_word <= (wr_word == ROW_LAST[ROW_BITS-1:0])   ? {ROW_BITS{1'b0}}  : wr_word + 1'b1;
        end
        room <= room + freed - {{(TALLY_BITS-1){1'b0}}, row_done};
        if (rst) begin
            wr_addr <= {ADDR_BITS{1'b0}};
            wr_word <= {ROW_BITS{1'b0}};
            room    <= ROOM_FIRST[TALLY_BITS-1:0];
        end
    end

    // ---------------------------------------------------------------- stage 0: the loop nest
    reg [C_BITS-1:0]     c;
    reg [KX_BITS-1:0]    kx;
    reg [KY_BITS-1:0]    ky;
    reg [N_BITS-1:0]     n;
    reg [G_BITS-1:0]     g;
    reg [OX_BITS-1:0]    ox;
    reg [OY_BITS-1:0]    oy;
    reg                  row_first;               // the next beat is the first of an output row
    reg [TALLY_BITS-1:0] lead;                    // complete rows beyond those that the next output row needs

    // Ends of loops, each with all the loops inside it.
    wire end_c     = (c == C_LAST[C_BITS-1:0]);
    wire end_kx    = end_c  && (kx == KX_LAST[KX_BITS-1:0]);
    wire end_ky    = end_kx && (ky == KY_LAST[KY_BITS-1:0]);
    wire end_n     = end_ky && (n  == N_LAST[N_BITS-1:0]);
    wire end_g     = end_n  && (g  == G_LAST[G_BITS-1:0]);
    wire end_ox    = end_g  && (ox == OX_LAST[OX_BITS-1:0]);
    wire oy_last   = (oy == OY_LAST[OY_BITS-1:0]);
    wire end_frame = end_ox && oy_last;

    // The pipeline moves as one and stalls only when a finished beat is refused; a row that is not there yet lets a
    // bubble in.
    reg  valid_q3;
    wire advance   = m_axis_tready || !valid_q3;
    wire ready_row = !row_first || !lead[TALLY_BITS-1];
    wire issue     = advance && ready_row;

    reg [TALLY_BITS-1:0] need;                    // rows that the next output row needs more than this one
    reg [TALLY_BITS-1:0] release_rows;            // rows that this output row is the last to read
    wire signed [31:0] row = {{(32-OY_BITS){1'b0}}, oy};
    always @* begin
        need         = SH[TALLY_BITS-1:0];
        release_rows = SH[TALLY_BITS-1:0];
        if (row < NEED_LOW || row > NEED_HIGH) need         = {TALLY_BITS{1'b0}};
        if (row < FREE_LOW || row > FREE_HIGH) release_rows = {TALLY_BITS{1'b0}};
        if (row == NEED_HIGH) need         = NEED_AT_HI[TALLY_BITS-1:0];
        if (row == FREE_HIGH) release_rows = FREE_AT_HI[TALLY_BITS-1:0];
        if (row == NEED_LOW)  need         = NEED_AT_LOW[TALLY_BITS-1:0];
        if (row == FREE_LOW)  release_rows = FREE_AT_LOW[TALLY_BITS-1:0];
        if (oy_last) begin
            need         = NEED_FRAME[TALLY_BITS-1:0];
            release_rows = FREE_FRAME[TALLY_BITS-1:0];
        end
    end

    always @(posedge clk) begin
        if (issue) begin
            row_first <= end_ox;
            c         <= end_c ? {C_BITS{1'b0}} : c + 1'b1;
            if (end_c)  kx <= end_kx    ? {KX_BITS{1'b0}} : kx + 1'b1;
            if (end_kx) ky <= end_ky    ? {KY_BITS{1'b0}} : ky + 1'b1;
            if (end_ky) n  <= end_n     ? {N_BITS{1'b0}}  : n + 1'b1;
            if (end_n)  g  <= end_g     ? {G_BITS{1'b0}}  : g + 1'b1;
            if (end_g)  ox <= end_ox    ? {OX_BITS{1'b0}} : ox + 1'b1;
            if (end_ox) oy <= end_frame ? {OY_BITS{1'b0}} : oy + 1'b1;
        end
        lead <= lead + {{(TALLY_BITS-1){1'b0}}, row_done} - ((issue && row_first) ? need : {TALLY_BITS{1'b0}});
        if (rst) begin
            row_first <= 1'b1;
            c         <= {C_BITS{1'b0}};
            kx        <= {KX_BITS{1'b0}};
            ky        <= {KY_BITS{1'b0}};
            n         <= {N_BITS{1'b0}};
            g         <= {G_BITS{1'b0}};
            ox        <= {OX_BITS{1'b0}};
            oy        <= {OY_BITS{1'b0}};
            lead      <= LEAD_FIRST[TALLY_BITS-1:0];
        end
    end

    // ---------------------------------------------------------------- stage 0: is the pixel inside the image?
    wire inside_x, inside_y;
    generate
        if (X_PADDED != 0) begin : g_x
            reg  [X_BITS-1:0] ix;
            wire [X_BITS-1:0] step = end_ox ? X_OY[X_BITS-1:0] : end_g  ? X_OX[X_BITS-1:0] :
                                     end_kx ? X_KY[X_BITS-1:0] : X_KX[X_BITS-1:0];
            always @(posedge clk) begin
                if (issue && end_c) ix <= ix + step;
                if (rst)            ix <= X_FIRST[X_BITS-1:0];
            end
            assign inside_x = (ix < IN_W[X_BITS-1:0]);
        end else begin : g_all_x
            assign inside_x = 1'b1;
        end
        if (Y_PADDED != 0) begin : g_y
            reg  [Y_BITS-1:0] iy;
            wire [Y_BITS-1:0] step = end_frame ? Y_FRAME[Y_BITS-1:0] : end_ox ? Y_OY[Y_BITS-1:0] :
                                     end_ky    ? Y_N[Y_BITS-1:0]     : Y_KY[Y_BITS-1:0];
            always @(posedge clk) begin
                if (issue && end_kx) iy <= iy + step;
                if (rst)             iy <= Y_FIRST[Y_BITS-1:0];
            end
            assign inside_y = (iy < IN_H[Y_BITS-1:0]);
        end else begin : g_all_y
            assign inside_y = 1'b1;
        end
    endgenerate

    // ---------------------------------------------------------------- stage 1: address
    reg                  valid_q1, last_q1, inside_q1;
    reg [TALLY_BITS-1:0] release_q1;
    reg [ADDR_BITS-1:0]  addr_q1, step_q1;        // address of this beat, way from it to the next one's

    reg [ADDR_BITS-1:0] step;
    always @* begin
        if      (end_frame) step = STEP_FRAME[ADDR_BITS-1:0];
        else if (end_ox)    step = STEP_OY[ADDR_BITS-1:0];
        else if (end_g)     step = STEP_OX[ADDR_BITS-1:0];
        else if (end_n)     step = STEP_G[ADDR_BITS-1:0];
        else if (end_ky)    step = STEP_N[ADDR_BITS-1:0];
        else if (end_kx)    step = STEP_KY[ADDR_BITS-1:0];
        else if (end_c)     step = STEP_KX[ADDR_BITS-1:0];
        else                step = STEP_C[ADDR_BITS-1:0];
    end

    wire [ADDR_BITS:0] sum    = {1'b0, addr_q1} + {1'b0, step_q1};
    wire [ADDR_BITS:0] excess = sum - DEPTH[ADDR_BITS:0];
    wire [ADDR_BITS:0] addr   = excess[ADDR_BITS] ? sum : excess;
    wire unused = &{1'b0, s_axis_tlast, addr[ADDR_BITS]};

    always @(posedge clk) begin
        if (advance) valid_q1 <= ready_row;
        if (issue) begin
            addr_q1    <= addr[ADDR_BITS-1:0];
            step_q1    <= step;
            inside_q1  <= inside_x && inside_y;
            last_q1    <= end_frame;
            release_q1 <= end_ox ? release_rows : {TALLY_BITS{1'b0}};
        end
        if (rst) begin
            valid_q1 <= 1'b0;
            addr_q1  <= START[ADDR_BITS-1:0];
            step_q1  <= {ADDR_BITS{1'b0}};
        end
    end

    // ---------------------------------------------------------------- stage 2: memory
    // Rows are given back in the clock in which their last word leaves the memory.
    assign freed = (advance && valid_q1) ? release_q1 : {TALLY_BITS{1'b0}};

    reg             valid_q2, last_q2, inside_q2;
    reg [WIDTH-1:0] word_q2;
    always @(posedge clk) if (advance) word_q2 <= memory[addr_q1];
    always @(posedge clk) begin
        if (advance) begin
            valid_q2  <= valid_q1;
            last_q2   <= last_q1;
            inside_q2 <= inside_q1;
        end
        if (rst) valid_q2 <= 1'b0;
    end

    // ---------------------------------------------------------------- stage 3: padding, output register
    reg [WIDTH-1:0] word_q3;
    reg             last_q3;
    always @(posedge clk) begin
        if (advance) begin
            valid_q3 <= valid_q2;
            last_q3  <= last_q2;
            word_q3  <= inside_q2 ? word_q2 : {SIMD{PAD_VALUE[BITS-1:0]}};
        end
        if (rst) valid_q3 <= 1'b0;
    end

    assign m_axis_tdata  = word_q3;
    assign m_axis_tvalid = valid_q3;
    assign m_axis_tlast  = last_q3;

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

    // What the increments stand for: address and coordinates of the beat at stage 0, computed from the counters.
    // f_base is the memory row of the frame's first row, f_done the rows complete since the frame's first one.
    localparam integer F_BITS = 9;
    localparam integer F_LIFT = DEPTH * (1 + (PAD_T * ROW_WORDS + PAD_L * WORDS) / DEPTH);
    localparam integer F_TURNS = (F_LIFT + (ROWS + Y_END) * ROW_WORDS + X_END * WORDS) / DEPTH;
    reg         [F_BITS-1:0] f_base;
    reg  signed [F_BITS-1:0] f_done;
    localparam  [F_BITS-1:0] F_MOVE = IN_H % ROWS;
    localparam  [F_BITS-1:0] F_ROWS = ROWS;
    wire        [F_BITS-1:0] f_next_base = (f_base >= F_ROWS - F_MOVE) ? f_base + F_MOVE - F_ROWS : f_base + F_MOVE;
    wire signed [F_BITS-1:0] f_y     = oy * SH + ky * DH - PAD_T;
    wire signed [F_BITS-1:0] f_x     = ox * SW + kx * DW - PAD_L;
    wire        [F_BITS-1:0] f_line  = (f_base * ROW_WORDS + f_y * ROW_WORDS + f_x * WORDS + g * CW + c + F_LIFT);
    reg                      f_addr_fits;         // the address is f_line modulo DEPTH
    integer turn;
    always @* begin
        f_addr_fits = 1'b0;
        for (turn = 0; turn <= F_TURNS; turn = turn + 1)
            if (f_line == addr + turn * DEPTH) f_addr_fits = 1'b1;
    end
    wire signed [F_BITS-1:0] f_need  = bottom(oy);
    wire signed [F_BITS-1:0] f_then  = oy_last ? IN_H + bottom(0) : bottom(oy + 1);
    wire signed [F_BITS-1:0] f_lead  = {{F_BITS{lead[TALLY_BITS-1]}}, lead};
    wire signed [F_BITS-1:0] f_room  = {{F_BITS{room[TALLY_BITS-1]}}, room};
    wire signed [F_BITS-1:0] f_owed  = valid_q1 ? release_q1 : 0;
    wire signed [F_BITS-1:0] f_top   = top(oy);
    reg         [OY_BITS-1:0] f_oy_q1;
    reg         [KY_BITS-1:0] f_ky_q1;
    reg  signed [F_BITS-1:0] f_x_q1;
    reg                      f_earlier_q1;        // the beat at stage 1 belongs to the frame before stage 0's
    wire signed [F_BITS-1:0] f_y_q1    = f_oy_q1 * SH + f_ky_q1 * DH - PAD_T;
    wire        [OY_BITS-1:0] f_oy_before = (oy == 0) ? OY_LAST : oy - 1'b1;
    wire signed [F_BITS-1:0] f_release = (oy == 0) ? FREE_FRAME : top(oy) - top(f_oy_before);
    wire signed [F_BITS-1:0] f_need_q1 = bottom(f_oy_q1);
    always @(posedge clk) begin
        f_done <= f_done + row_done - ((issue && end_frame) ? IN_H : 0);
        if (issue) begin
            f_oy_q1      <= oy;
            f_ky_q1      <= ky;
            f_x_q1       <= f_x;
            f_earlier_q1 <= end_frame;
            if (end_frame) f_base <= f_next_base;
        end
        if (rst) begin
            f_base <= 0;
            f_done <= 0;
        end
    end
    wire signed [F_BITS-1:0] f_done_q1 = f_done + (f_earlier_q1 ? IN_H : 0);

    always @* if (seen_clk && !rst) begin
        assert (c <= C_LAST && kx <= KX_LAST && ky <= KY_LAST && n <= N_LAST && g <= G_LAST && ox <= OX_LAST && oy <= OY_LAST);
        assert (row_first == (c == 0 && kx == 0 && ky == 0 && n == 0 && g == 0 && ox == 0));
        assert (f_base < ROWS && addr_q1 < DEPTH && step_q1 < DEPTH && wr_addr < DEPTH && wr_word < ROW_WORDS);
        assert (f_addr_fits && addr < DEPTH);
        assert (inside_x == (f_x >= 0 && f_x < IN_W) && inside_y == (f_y >= 0 && f_y < IN_H));

        // The two accounts of rows.
        assert (f_lead == f_done - (row_first ? f_need : f_then));
        assert (f_room + 1 + f_done + f_owed == ROWS + f_top);
        assert (f_room >= -1 && f_room < ROWS + IN_H);
        assert (row_first || f_done >= f_need);
        if (valid_q1) begin
            assert (f_owed == (row_first ? f_release : 0));
            assert (f_oy_q1 == (row_first ? f_oy_before : oy) && f_ky_q1 <= KY_LAST);
            assert (f_earlier_q1 == (row_first && oy == 0));
            assert (f_done_q1 >= f_need_q1);
        end

        // A word is read after it was written and before its place is taken again.
        if (valid_q1) assert (inside_q1 == (f_y_q1 >= 0 && f_y_q1 < IN_H && f_x_q1 >= 0 && f_x_q1 < IN_W));
        if (valid_q1 && inside_q1) begin
            assert (f_done_q1 > f_y_q1);
            assert (f_done_q1 < f_y_q1 + ROWS || (f_done_q1 == f_y_q1 + ROWS && !s_axis_tready));
        end
    end

    generate
        if (X_PADDED != 0) begin : g_f_x
            always @* if (seen_clk && !rst) assert (g_x.ix == f_x[X_BITS-1:0]);
        end
        if (Y_PADDED != 0) begin : g_f_y
            always @* if (seen_clk && !rst) assert (g_y.iy == f_y[Y_BITS-1:0]);
        end
    endgenerate

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (m_axis_tvalid && m_axis_tready && m_axis_tlast);
        cover (m_axis_tvalid && m_axis_tready && $past(m_axis_tvalid && m_axis_tready && m_axis_tlast));
    end
`endif

endmodule

`default_nettype wire
