// uart_rx - bytes from a serial line
//
//   8 data bits, least significant first, no parity, one stop bit (8N1)
//
// Timing     CLKS_PER_BIT clocks a bit; each bit is read in its middle. A byte appears for one clock, in the middle of
//            its stop bit: nobody can refuse it. Sender and receiver may differ by 3 % in rate.
// Errors     byte_broken instead of byte_valid where the stop bit is missing; the next byte starts at the next edge.
// Reset      synchronous, active high; gives up the byte under way.
// Does not   store bytes, recognize a break or measure the rate.
// Cost       15 + 2*log2(CLKS_PER_BIT) flip-flops, about 30 LUTs.
// Tested by  testbench/cells/uart_rx; generator/cli/board.sim.test.ts, from line to line.

`default_nettype none

module uart_rx #(
    parameter integer CLKS_PER_BIT = 104   // clocks a bit, from 4
) (
    input  wire       clk,
    input  wire       rst,

    input  wire       rxd,           // the line; high when idle; may change at any time

    output wire [7:0] byte_data,
    output reg        byte_valid,    // for one clock: byte_data is a byte
    output reg        byte_broken    // for one clock: a byte without stop bit
);

    localparam integer COUNT_BITS = $clog2(CLKS_PER_BIT);
    localparam integer BIT_LAST   = CLKS_PER_BIT - 1;
    localparam integer HALF       = CLKS_PER_BIT/2 - 1;

    generate
        if (CLKS_PER_BIT < 4) begin : g_rule_clocks  wire CLKS_PER_BIT_below_4 = {0{1'b0}};  initial $finish;  end
    endgenerate

    reg [1:0]            line;       // the line in this clock domain, newest first
    reg                  active;
    reg [COUNT_BITS-1:0] count;
    reg [3:0]            left;       // bits still to come, the start bit at first among them
    reg [8:0]            shift;      // the bits so far, the newest on top
    wire                 level  = line[1];
    wire                 sample = active && count == {COUNT_BITS{1'b0}};

    assign byte_data = shift[7:0];

    always @(posedge clk) begin
        line        <= {line[0], rxd};
        byte_valid  <= sample && left == 4'd0 && level;
        byte_broken <= sample && left == 4'd0 && !level;
        count       <= sample ? BIT_LAST[COUNT_BITS-1:0] : count - 1'b1;
        if (!active) begin
            active <= !level;
            count  <= HALF[COUNT_BITS-1:0];
            left   <= 4'd9;
        end else if (sample) begin
            shift <= {level, shift[8:1]};
            left  <= left - 1'b1;
            // A start bit that is over in its middle was a disturbance.
            if (left == 4'd0 || (left == 4'd9 && level)) active <= 1'b0;
        end
        // A missing stop bit: the line has to rest before the next start bit counts.
        if (sample && left == 4'd0 && !level) begin
            active <= 1'b1;
            left   <= 4'd9;
            count  <= BIT_LAST[COUNT_BITS-1:0];
        end
        if (rst) begin
            line        <= 2'b11;
            active      <= 1'b0;
            byte_valid  <= 1'b0;
            byte_broken <= 1'b0;
        end
    end

endmodule

`default_nettype wire
