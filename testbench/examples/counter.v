// A counter with enable, for the first example.
module counter #(parameter W = 8) (
  input  wire         clk,
  input  wire         rst,
  input  wire         enable,
  output reg  [W-1:0] count
);
  always @(posedge clk)
    if (rst) count <= {W{1'b0}};
    else if (enable) count <= count + 1'b1;
endmodule
