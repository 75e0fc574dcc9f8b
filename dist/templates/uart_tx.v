// uart_tx - bytes to a serial line
//
//   8 data bits, least significant first, no parity, one stop bit (8N1)
//
// Timing     CLKS_PER_BIT clocks a bit, ten bits a byte; a byte that waits follows after one clock more.
// Framing    tlast is ignored: a line has no frames.
// Reset      synchronous, active high; the line returns to rest, the byte under way is lost.
// Does not   store more than the byte under way.
// Cost       14 + log2(CLKS_PER_BIT) flip-flops, about 25 LUTs.
// Tested by  testbench/cells/uart_tx; generator/cli/board.sim.test.ts, from line to line.

`default_nettype none

module uart_tx #(
    parameter integer CLKS_PER_BIT = 104   // clocks a bit, from 2
) (
    input  wire       clk,
    input  wire       rst,

    // AXI4-Stream in: bytes
    input  wire [7:0] s_axis_tdata,
    input  wire       s_axis_tvalid,
    output wire       s_axis_tready,
    input  wire       s_axis_tlast,

    output wire       txd            // the line; high when idle
);

    localparam integer COUNT_BITS = $clog2(CLKS_PER_BIT);
    localparam integer BIT_LAST   = CLKS_PER_BIT - 1;

    generate
        if (CLKS_PER_BIT < 2) begin : g_rule_clocks  wire CLKS_PER_BIT_below_2 = {0{1'b0}};  initial $finish;  end
    endgenerate

    reg [8:0]            shift;      // what the line shows next, its bit now lowest
    reg [3:0]            left;       // bits of the byte under way, 0: none
    reg [COUNT_BITS-1:0] count;
    wire                 bit_end = count == {COUNT_BITS{1'b0}};
    wire                 unused  = &{1'b0, s_axis_tlast};

    assign txd           = shift[0];
    assign s_axis_tready = left == 4'd0;

    always @(posedge clk) begin
        count <= bit_end ? BIT_LAST[COUNT_BITS-1:0] : count - 1'b1;
        if (left == 4'd0) begin
            count <= BIT_LAST[COUNT_BITS-1:0];
            if (s_axis_tvalid) begin
                shift <= {s_axis_tdata, 1'b0};
                left  <= 4'd10;
            end
        end else if (bit_end) begin
            shift <= {1'b1, shift[8:1]};
            left  <= left - 1'b1;
        end
        if (rst) begin
            shift <= 9'h1ff;
            left  <= 4'd0;
        end
    end

endmodule

`default_nettype wire
