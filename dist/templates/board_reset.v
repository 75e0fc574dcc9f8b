// board_reset - reset after configuration and on request
//
//   rst is high for CLOCKS clocks after configuration and after every request
//
// Timing     a request of any length, at any time, is seen two clocks later.
// Reset      none: the counter starts at zero because the device's configuration says so.
// Does not   debounce: a bouncing button asks several times.
// Cost       3 + log2(CLOCKS) flip-flops.
// Tested by  testbench/cells/board_reset; generator/cli/board.sim.test.ts, from line to line.

`default_nettype none

module board_reset #(
    parameter integer CLOCKS = 63   // length of the reset; 2^n - 1
) (
    input  wire clk,
    input  wire request,            // active high; may change at any time
    output reg  rst
);

    localparam integer BITS = $clog2(CLOCKS + 1);

    generate
        if (CLOCKS < 1 || CLOCKS != (1 << BITS) - 1)
            begin : g_rule_clocks  wire CLOCKS_is_a_power_of_two_less_one = {0{1'b0}};  initial $finish;  end
    endgenerate

    reg [BITS-1:0] count;
    reg [1:0]      asked;
    initial begin
        count = {BITS{1'b0}};
        asked = 2'b00;
        rst   = 1'b1;
    end

    always @(posedge clk) begin
        asked <= {asked[0], request};
        rst   <= asked[1] || count != {BITS{1'b1}};
        if (asked[1])                  count <= {BITS{1'b0}};
        else if (count != {BITS{1'b1}}) count <= count + 1'b1;
    end

endmodule

`default_nettype wire
