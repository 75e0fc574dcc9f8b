// row_walk - the row of a memory that belongs to each beat, where a block of rows serves many pixels
//
//   beat (block, time, row of the block), the last one fastest: row = block*INNER + row of the block
//
// Use        Constants of results that come group by group: the rows of a group serve all pixels before the next group's.
// Timing     row is a register: that of the beat that is taken now (move).
// Reset      synchronous, active high; the first row of the first block.
// Cost       counters of the three loops.
// Tested by  testbench/cells/row_walk; proved by `npm run formal -- row_walk`.

`default_nettype none

module row_walk #(
    parameter integer BLOCKS = 2,   // of rows
    parameter integer TIMES  = 3,   // that a block is walked
    parameter integer INNER  = 2    // rows of a block
) (
    input  wire clk,
    input  wire rst,
    input  wire move,               // a beat is taken
    output reg  [((BLOCKS*INNER > 1) ? $clog2(BLOCKS*INNER) : 1)-1:0] row
);

    localparam integer ROWS     = BLOCKS * INNER;
    localparam integer ROW_BITS = (ROWS  > 1) ? $clog2(ROWS)  : 1;
    localparam integer I_BITS   = (INNER > 1) ? $clog2(INNER) : 1;
    localparam integer T_BITS   = (TIMES > 1) ? $clog2(TIMES) : 1;
    localparam integer ROW_LAST = ROWS - 1;
    localparam integer I_LAST   = INNER - 1;
    localparam integer T_LAST   = TIMES - 1;

    generate
        if (BLOCKS < 1 || TIMES < 1 || INNER < 1)
            begin : g_rule_size  wire sizes_must_be_positive = {0{1'b0}};  initial $finish;  end
    endgenerate

    reg [I_BITS-1:0] i;
    reg [T_BITS-1:0] t;
    wire i_last = (i == I_LAST[I_BITS-1:0]);
    wire t_last = (t == T_LAST[T_BITS-1:0]);

    always @(posedge clk) begin
        if (move) begin
            i <= i_last ? {I_BITS{1'b0}} : i + 1'b1;
            if (i_last) t <= t_last ? {T_BITS{1'b0}} : t + 1'b1;
            if (i_last && !t_last)                 row <= row - I_LAST[ROW_BITS-1:0];
            else if (row == ROW_LAST[ROW_BITS-1:0]) row <= {ROW_BITS{1'b0}};
            else                                   row <= row + 1'b1;
        end
        if (rst) begin
            i   <= {I_BITS{1'b0}};
            t   <= {T_BITS{1'b0}};
            row <= {ROW_BITS{1'b0}};
        end
    end

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    reg [15:0] block;
    always @(posedge clk) begin
        if (move && i == INNER-1 && t == TIMES-1) block <= (block == BLOCKS-1) ? 16'd0 : block + 16'd1;
        if (rst) block <= 16'd0;
    end
    always @* if (seen_clk && !rst) begin
        assert (i < INNER && t < TIMES && block < BLOCKS);
        assert (row == block*INNER + i);
    end
    always @(posedge clk) cover (seen_clk && !rst && move && row == ROW_LAST && t == TIMES-1);
`endif

endmodule

`default_nettype wire
