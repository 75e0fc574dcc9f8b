// row_rom - constants in a ROM beside the cell that reads them
//
//   word = row's word, a clock later
//
// Use        Where weight_ram stands for constants that are written at run time, if rows are not read one after another:
//            row_walk says which.
// Timing     a clock from row to word.
// Reset      none: it has no state but the word.
// Does not   look at rows beyond ROWS: their words are undefined.
// Cost       the ROM and its read register.
// Tested by  testbench/cells/row_rom; proved by `npm run formal -- row_rom`.

`default_nettype none

module row_rom #(
    parameter integer ROWS      = 6,      // of the ROM
    parameter integer BITS      = 8,      // of a row
    parameter         MEM_FILE  = "",     // $readmemh image of the constants, ROWS rows
    parameter         MEM_STYLE = "auto"  // where it is: "auto" as the tool likes, "block" RAM, "logic"
) (
    input  wire                                       clk,
    input  wire [((ROWS > 1) ? $clog2(ROWS) : 1)-1:0] row,
    output reg  [BITS-1:0]                            word
);

    localparam unused_style = MEM_STYLE;   // linters do not see the use in an attribute

    generate
        if (ROWS < 1 || BITS < 1)
            begin : g_rule_size  wire sizes_must_be_positive = {0{1'b0}};  initial $finish;  end
    endgenerate

    (* rom_style = MEM_STYLE, romstyle = MEM_STYLE, syn_romstyle = MEM_STYLE *)
    reg [BITS-1:0] constants [0:ROWS-1];

    initial if (MEM_FILE != "") $readmemh(MEM_FILE, constants);

    always @(posedge clk) word <= constants[row];

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* assume ({1'b0, row} < ROWS);
    reg [((ROWS > 1) ? $clog2(ROWS) : 1)-1:0] f_row;
    always @(posedge clk) f_row <= row;
    always @* if (seen_clk) assert (word == constants[f_row]);
    always @(posedge clk) cover (seen_clk && f_row == ROWS - 1 && row == 0);
`endif

endmodule

`default_nettype wire
