// axis_insert - zeros between the pixels of a map: the input of a transposed convolution
//
//   pixel (y, x) of the input becomes pixel (y*SH, x*SW); all between are PAD_VALUE
//   a map of H x IN_W pixels leaves as (H-1)*SH + 1 rows of OUT_W = (IN_W-1)*SW + 1 pixels
//
// Timing     one output beat a clock, 1 clock of latency; tready is low while inserted beats leave.
// Lanes      a pixel is WORDS beats of SIMD lanes, lane 0 in the least significant bits.
// Framing    tlast on the last beat of a frame, which must be the last of a row; no rows are inserted behind it.
// Reset      synchronous, active high; clears control state only.
// Does not   store pixels, nor add a margin around the map: a line buffer behind it does.
// Cost       SIMD*BITS registers, each with a multiplexer by a register, and three counters.
// Tested by  testbench/cells/axis_insert; proved by `npm run formal -- axis_insert`.

`default_nettype none

module axis_insert #(
    parameter integer SIMD      = 1,   // lanes of a beat
    parameter integer BITS      = 8,   // bits of a lane
    parameter integer WORDS     = 2,   // beats of a pixel
    parameter integer IN_W      = 3,   // pixels of an input row
    parameter integer SH        = 2,   // distance of input rows in the output
    parameter integer SW        = 2,   // distance of input columns in the output
    parameter integer PAD_VALUE = 0    // a lane of an inserted pixel
) (
    input  wire                  clk,
    input  wire                  rst,

    // AXI4-Stream in: the map
    input  wire [SIMD*BITS-1:0]  s_axis_tdata,
    input  wire                  s_axis_tvalid,
    output wire                  s_axis_tready,
    input  wire                  s_axis_tlast,

    // AXI4-Stream out: the map with inserted pixels
    output wire [SIMD*BITS-1:0]  m_axis_tdata,
    output wire                  m_axis_tvalid,
    input  wire                  m_axis_tready,
    output wire                  m_axis_tlast
);

    localparam integer OUT_W          = (IN_W - 1) * SW + 1;
    localparam integer BETWEEN_PIXELS = (SW - 1) * WORDS;           // inserted beats
    localparam integer BETWEEN_ROWS   = (SH - 1) * OUT_W * WORDS;
    localparam integer MOST           = (BETWEEN_PIXELS > BETWEEN_ROWS) ? BETWEEN_PIXELS : BETWEEN_ROWS;
    localparam integer N_BITS         = (MOST > 0) ? $clog2(MOST + 1) : 1;
    localparam integer W_BITS         = (WORDS > 1) ? $clog2(WORDS) : 1;
    localparam integer X_BITS         = (IN_W > 1) ? $clog2(IN_W) : 1;
    localparam integer LAST_WORD      = WORDS - 1;
    localparam integer LAST_COLUMN    = IN_W - 1;

    generate
        if (SIMD < 1 || BITS < 1 || WORDS < 1 || IN_W < 1)
            begin : g_rule_size   wire sizes_must_be_positive  = {0{1'b0}};  initial $finish;  end
        if (SH < 1 || SW < 1)
            begin : g_rule_stride wire SH_or_SW_below_1        = {0{1'b0}};  initial $finish;  end
        if (BITS < 31 && (PAD_VALUE >> BITS) != 0)
            begin : g_rule_value  wire PAD_VALUE_above_a_lane  = {0{1'b0}};  initial $finish;  end
    endgenerate

    localparam [31:0]          ONE      = 1;
    localparam [31:0]          PAD_BITS = PAD_VALUE;
    localparam [SIMD*BITS-1:0] INSERTED = {SIMD{PAD_BITS[BITS-1:0]}};

    reg [SIMD*BITS-1:0] data_q;
    reg                 valid_q, last_q;
    reg                 more_q;        // inserted beats follow the one on offer: left is not 0
    reg [N_BITS-1:0]    left;          // how many
    reg [W_BITS-1:0]    word;          // place of the next input beat in its pixel
    reg [X_BITS-1:0]    column;        // and in its row

    wire step = !valid_q || m_axis_tready;
    wire take = s_axis_tready && s_axis_tvalid;

    wire pixel_ends = (word == LAST_WORD[W_BITS-1:0]);
    wire row_ends   = pixel_ends && (column == LAST_COLUMN[X_BITS-1:0]);

    // Inserted beats behind an input beat.
    wire [N_BITS-1:0] behind = (!pixel_ends || s_axis_tlast) ? {N_BITS{1'b0}}
                             : row_ends                      ? BETWEEN_ROWS[N_BITS-1:0]
                             :                                 BETWEEN_PIXELS[N_BITS-1:0];

    assign s_axis_tready = step && !more_q;
    assign m_axis_tdata  = data_q;
    assign m_axis_tvalid = valid_q;
    assign m_axis_tlast  = last_q;

    always @(posedge clk) begin
        if (step) begin
            data_q  <= more_q ? INSERTED : s_axis_tdata;
            last_q  <= !more_q && s_axis_tlast;
            valid_q <= more_q || s_axis_tvalid;
            left    <= more_q ? left - 1'b1 : behind;
            more_q  <= more_q ? (left != ONE[N_BITS-1:0]) : (s_axis_tvalid && behind != {N_BITS{1'b0}});
        end
        if (take) begin
            word <= pixel_ends ? {W_BITS{1'b0}} : word + 1'b1;
            if (pixel_ends) column <= row_ends ? {X_BITS{1'b0}} : column + 1'b1;
        end
        if (rst) begin
            valid_q <= 1'b0;
            more_q  <= 1'b0;
            word    <= {W_BITS{1'b0}};
            column  <= {X_BITS{1'b0}};
        end
    end

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    wire give = m_axis_tvalid && m_axis_tready;

    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(s_axis_tvalid && !s_axis_tready))
            assume (s_axis_tvalid && $stable(s_axis_tdata) && $stable(s_axis_tlast));
        if ($past(m_axis_tvalid && !m_axis_tready))
            assert (m_axis_tvalid && $stable(m_axis_tdata) && $stable(m_axis_tlast));
    end
    always @* if (s_axis_tvalid && s_axis_tlast) assume (row_ends);

    // Place of the beat on offer, or of the next one, in the output: counted apart from the cell. Rows modulo SH.
    reg [7:0] f_word, f_x, f_dx, f_y;
    reg [SIMD*BITS-1:0] f_data;
    wire f_pixel_ends = (f_word == WORDS - 1);
    wire f_row_ends   = f_pixel_ends && (f_x == OUT_W - 1);
    always @(posedge clk) begin
        if (take) f_data <= s_axis_tdata;
        if (give) begin
            f_word <= f_pixel_ends ? 8'd0 : f_word + 8'd1;
            if (f_pixel_ends) begin
                f_x  <= f_row_ends ? 8'd0 : f_x + 8'd1;
                f_dx <= (f_row_ends || f_dx == SW - 1) ? 8'd0 : f_dx + 8'd1;
            end
            if (f_row_ends) f_y <= (m_axis_tlast || f_y == SH - 1) ? 8'd0 : f_y + 8'd1;
        end
        if (rst) begin
            f_word <= 8'd0;
            f_x    <= 8'd0;
            f_dx   <= 8'd0;
            f_y    <= 8'd0;
        end
    end

    wire f_real = (f_dx == 8'd0) && (f_y == 8'd0);
    always @* if (seen_clk && !rst) begin
        assert (f_word < WORDS && f_x < OUT_W && f_dx < SW && f_y < SH && f_dx == f_x % SW);
        assert (word < WORDS && column < IN_W);
        if (!valid_q) assert (f_real && !more_q && word == f_word && column == f_x / SW);
        if (valid_q) begin
            assert (m_axis_tdata == (f_real ? f_data : INSERTED));
            assert (more_q == (left != {N_BITS{1'b0}}));
            if (last_q) assert (f_real && f_row_ends && left == {N_BITS{1'b0}});
            if (f_y != 8'd0)                      assert (left == ((SH - f_y) * OUT_W - f_x) * WORDS - 1 - f_word);
            else if (f_dx != 8'd0)                assert (left == (SW - f_dx) * WORDS - 1 - f_word);
            else if (!f_pixel_ends || last_q)     assert (left == {N_BITS{1'b0}});
            else if (f_row_ends)                  assert (left == BETWEEN_ROWS);
            else                                  assert (left == BETWEEN_PIXELS);
            assert (word == ((f_real && !f_pixel_ends) ? f_word + 1 : 0));
            assert (column == ((f_y != 8'd0 || (f_real && f_row_ends)) ? 0
                             : (f_real && !f_pixel_ends)               ? f_x / SW : f_x / SW + 1));
        end
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (give && m_axis_tlast);
        cover (give && $past(give) && f_real && f_x == 0 && f_word == 0);
        cover (take && give);
    end
`endif

endmodule

`default_nettype wire
