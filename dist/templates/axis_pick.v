// axis_pick - the taps of several windows out of one block of pixels, wires alone
//
//   tap[ky][kx][c] of window (oy, ox) = block[OFF_Y + oy*SH + ky*DH][OFF_X + ox*SW + kx*DW][c],
//   OFF_Y = SKIP_Y - PAD_Y, OFF_X = SKIP_X - PAD_X,  PAD_VALUE outside the block
//
// Folding    a window's KH*KW*CHANNELS taps are cut into SLICES of SIMD, zeros behind the last one; the slices of all
//            windows with the same number stand together, so that axis_replay behind it folds the taps.
// Timing     none: no register and no gate.
// Input      a block of TILES_H x TILES_W tiles, as axis_taps gives it with a tile for a pixel; a tile is
//            TILE_H x TILE_W pixels, row by row: lane ((ty*TILES_W + tx)*TILE_H*TILE_W + y*TILE_W + x)*CHANNELS + c.
// Output     lane (slice*WINDOWS + oy*OUT_W + ox)*SIMD + s = tap slice*SIMD + s of window (oy, ox), taps in the order
//            (ky*KW + kx)*CHANNELS + c; lane 0 in the least significant bits.
// Framing    tlast passes with its beat.
// Does not   know where the image ends: rows and columns of padding that stand in the block come with it.
// Tested by  testbench/cells/axis_pick; proved by `npm run formal -- axis_pick`.

`default_nettype none

module axis_pick #(
    parameter integer CHANNELS  = 2,   // channels of a pixel
    parameter integer BITS      = 8,   // bits of a lane
    parameter integer TILE_H    = 1,   // rows of a tile
    parameter integer TILE_W    = 2,   // columns of a tile
    parameter integer TILES_H   = 3,   // tiles of the block, rows
    parameter integer TILES_W   = 3,   // tiles of the block, columns
    parameter integer KH        = 3,   // kernel rows
    parameter integer KW        = 3,   // kernel columns
    parameter integer SH        = 1,   // stride, rows
    parameter integer SW        = 1,   // stride, columns
    parameter integer DH        = 1,   // dilation, rows
    parameter integer DW        = 1,   // dilation, columns
    parameter integer SKIP_Y    = 0,   // rows of the block before the first window
    parameter integer SKIP_X    = 1,   // columns of the block before it
    parameter integer PAD_Y     = 0,   // rows of padding above the block
    parameter integer PAD_X     = 0,   // columns of padding left of it
    parameter integer OUT_H     = 1,   // rows of windows
    parameter integer OUT_W     = 2,   // windows of a row
    parameter integer SIMD      = 18,  // taps of a slice
    parameter integer PAD_VALUE = 0    // value of a lane outside the block, below 2^BITS
) (
    input  wire                                                              clk,
    input  wire                                                              rst,

    // AXI4-Stream in: blocks
    input  wire [TILES_H*TILES_W*TILE_H*TILE_W*CHANNELS*BITS-1:0]            s_axis_tdata,
    input  wire                                                              s_axis_tvalid,
    output wire                                                              s_axis_tready,
    input  wire                                                              s_axis_tlast,

    // AXI4-Stream out: taps of OUT_H*OUT_W windows
    output wire [((KH*KW*CHANNELS + SIMD-1)/SIMD)*SIMD*OUT_H*OUT_W*BITS-1:0] m_axis_tdata,
    output wire                                                              m_axis_tvalid,
    input  wire                                                              m_axis_tready,
    output wire                                                              m_axis_tlast
);

    localparam integer OFF_Y   = SKIP_Y - PAD_Y;
    localparam integer OFF_X   = SKIP_X - PAD_X;
    localparam integer ROWS    = TILES_H * TILE_H;
    localparam integer COLUMNS = TILES_W * TILE_W;
    localparam integer TAPS    = KH * KW * CHANNELS;
    localparam integer SLICES  = (TAPS + SIMD - 1) / SIMD;
    localparam integer WINDOWS = OUT_H * OUT_W;

    generate
        if (CHANNELS < 1 || BITS < 1 || TILE_H < 1 || TILE_W < 1 || TILES_H < 1 || TILES_W < 1 || KH < 1 || KW < 1 ||
            SH < 1 || SW < 1 || DH < 1 || DW < 1 || OUT_H < 1 || OUT_W < 1)
            begin : g_rule_size  wire sizes_must_be_positive = {0{1'b0}};  initial $finish;  end
        if (SIMD < 1 || SIMD > TAPS)
            begin : g_rule_simd  wire SIMD_is_1_to_all_taps  = {0{1'b0}};  initial $finish;  end
        if (PAD_VALUE < 0 || (BITS < 31 && (PAD_VALUE >> BITS) != 0))
            begin : g_rule_pad   wire PAD_VALUE_must_fit     = {0{1'b0}};  initial $finish;  end
    endgenerate

    assign s_axis_tready = m_axis_tready;
    assign m_axis_tvalid = s_axis_tvalid;
    assign m_axis_tlast  = s_axis_tlast;
    // Pixels between two windows belong to none.
    wire unused = &{1'b0, clk, rst, s_axis_tdata};

    genvar w, t;
    generate
        for (w = 0; w < WINDOWS; w = w + 1) begin : g_window
            for (t = 0; t < SLICES*SIMD; t = t + 1) begin : g_tap
                localparam integer TAP = t / CHANNELS;
                localparam integer Y   = OFF_Y + (w/OUT_W)*SH + (TAP/KW)*DH;
                localparam integer X   = OFF_X + (w%OUT_W)*SW + (TAP%KW)*DW;
                localparam integer TO  = ((t/SIMD)*WINDOWS + w)*SIMD + t%SIMD;
                if (t >= TAPS) begin : g_beyond
                    assign m_axis_tdata[TO*BITS +: BITS] = {BITS{1'b0}};
                end else if (Y < 0 || Y >= ROWS || X < 0 || X >= COLUMNS) begin : g_outside
                    assign m_axis_tdata[TO*BITS +: BITS] = PAD_VALUE[BITS-1:0];
                end else begin : g_inside
                    localparam integer TILE = (Y/TILE_H)*TILES_W + X/TILE_W;
                    localparam integer FROM = ((TILE*TILE_H + Y%TILE_H)*TILE_W + X%TILE_W)*CHANNELS + t%CHANNELS;
                    assign m_axis_tdata[TO*BITS +: BITS] = s_axis_tdata[FROM*BITS +: BITS];
                end
            end
        end
    endgenerate

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    // Any tap of any window, chosen by the solver, by the definition.
    (* anyconst *) wire [5:0] f_oy, f_ox, f_ky, f_kx, f_c;
    always @* assume (f_oy < OUT_H && f_ox < OUT_W && f_ky < KH && f_kx < KW && f_c < CHANNELS);
    wire signed [31:0] f_y    = OFF_Y + f_oy*SH + f_ky*DH;
    wire signed [31:0] f_x    = OFF_X + f_ox*SW + f_kx*DW;
    wire               f_in   = f_y >= 0 && f_y < ROWS && f_x >= 0 && f_x < COLUMNS;
    wire [31:0]        f_tile = (f_y/TILE_H)*TILES_W + f_x/TILE_W;
    wire [31:0]        f_from = (f_tile*TILE_H*TILE_W + (f_y%TILE_H)*TILE_W + f_x%TILE_W)*CHANNELS + f_c;
    wire [31:0]        f_tap  = (f_ky*KW + f_kx)*CHANNELS + f_c;
    wire [31:0]        f_to   = ((f_tap/SIMD)*WINDOWS + f_oy*OUT_W + f_ox)*SIMD + f_tap%SIMD;
    wire [BITS-1:0]    f_out  = m_axis_tdata >> (f_to*BITS);
    wire [BITS-1:0]    f_src  = s_axis_tdata >> (f_from*BITS);
    always @* begin
        assert (f_out == (f_in ? f_src : PAD_VALUE[BITS-1:0]));
        assert (m_axis_tvalid == s_axis_tvalid && m_axis_tlast == s_axis_tlast && s_axis_tready == m_axis_tready);
    end
    always @(posedge clk) cover (m_axis_tvalid && m_axis_tready && m_axis_tlast && f_in);
`endif

endmodule

`default_nettype wire
