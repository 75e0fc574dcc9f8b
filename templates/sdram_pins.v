// sdram_pins - the pins of an SDRAM: its clock, and data in both directions
//
//   sdram_clk = not clk; the device samples in the middle of a clock what sdram_controller gives at its beginning
//
// Read       data is taken with the falling edge of clk, the edge of the device's own clock: a whole clock behind the edge
//            with which the device brings it, and as long as it holds it before the next. What reads dq_in has half a clock.
// Timing     with t_out and t_in of the FPGA's pins, T >= t_out + access time + t_in: 25 ns are ample, 15 ns possible.
// Does not   use cells of a family: the clock leaves through logic, the data through whatever tools make of three states.
// Cost       16 flip-flops.
// Tested by  testbench/cells/sdram_pins; testbench/cells/sdram_controller, with a device behind it.

`default_nettype none

module sdram_pins (
    input  wire        clk,
    input  wire [15:0] dq_out,
    input  wire        dq_oe,
    output reg  [15:0] dq_in,

    output wire        sdram_clk,
    inout  wire [15:0] sdram_dq
);

    assign sdram_clk = !clk;
    assign sdram_dq  = dq_oe ? dq_out : 16'bz;

    always @(negedge clk) dq_in <= sdram_dq;

endmodule

`default_nettype wire
