// A table behind a register: what the cells' weights and constants become.

`default_nettype none

module bench_rom #(
    parameter integer ROWS     = 16,
    parameter integer BITS     = 8,
    parameter         MEM_FILE = ""
) (
    input  wire                                  clk,
    input  wire [((ROWS > 1) ? $clog2(ROWS) : 1)-1:0] row,
    output reg  [BITS-1:0]                       word
);
    reg [BITS-1:0] rom [0:ROWS-1];
    initial if (MEM_FILE != "") $readmemh(MEM_FILE, rom);
    always @(posedge clk) word <= rom[row];
endmodule

`default_nettype wire
