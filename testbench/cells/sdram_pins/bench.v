// The pins with a device that drives them and takes what is on them, with its own clock.

`default_nettype none

module pins_bench (
    input  wire        clk,
    input  wire [15:0] dq_out,
    input  wire        dq_oe,
    output wire [15:0] dq_in,
    input  wire [15:0] data,
    input  wire        oe,
    output reg  [15:0] seen
);

    wire        sdram_clk;
    wire [15:0] dq;
    assign dq = oe ? data : 16'bz;

    sdram_pins u_pins (.clk(clk), .dq_out(dq_out), .dq_oe(dq_oe), .dq_in(dq_in), .sdram_clk(sdram_clk), .sdram_dq(dq));

    always @(posedge sdram_clk) seen <= dq;

endmodule

`default_nettype wire
