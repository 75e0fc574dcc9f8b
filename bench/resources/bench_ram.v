// A memory with one port to write and one to read: line buffers and FIFOs without the cells around them.

`default_nettype none

module bench_ram #(
    parameter integer ROWS    = 16,
    parameter integer BITS    = 8,
    parameter integer CHECKED = 0    // 1: a read beside a write gives the old word
) (
    input  wire                      clk,
    input  wire                      write,
    input  wire                      read,
    input  wire [$clog2(ROWS)-1:0]   to,
    input  wire [$clog2(ROWS)-1:0]   from,
    input  wire [BITS-1:0]           data,
    output reg  [BITS-1:0]           word
);
    generate
        if (CHECKED != 0) begin : g_checked
            reg [BITS-1:0] ram [0:ROWS-1];
            always @(posedge clk) begin
                if (write) ram[to] <= data;
                if (read)  word <= ram[from];
            end
        end else begin : g_free
            (* no_rw_check, ramstyle = "no_rw_check" *)
            reg [BITS-1:0] ram [0:ROWS-1];
            always @(posedge clk) begin
                if (write) ram[to] <= data;
                if (read)  word <= ram[from];
            end
        end
    endgenerate
endmodule

`default_nettype wire
