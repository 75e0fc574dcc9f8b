// What the speed comparison simulates: eight lanes of |x - w| summed over a frame, one beat out for each frame in.
`default_nettype none
module testbench_speed (
  input  wire         clk,
  input  wire         rst,
  input  wire [127:0] s_axis_tdata,
  input  wire         s_axis_tlast,
  input  wire         s_axis_tvalid,
  output wire         s_axis_tready,
  output reg  [31:0]  m_axis_tdata,
  output wire         m_axis_tlast,
  output reg          m_axis_tvalid,
  input  wire         m_axis_tready
);
  wire move = ~m_axis_tvalid | m_axis_tready;
  reg  [8:0]  lane [0:7];
  reg  [11:0] sum;
  reg  [31:0] acc;
  reg         v1, l1, v2, l2;
  integer     k;
  reg  [11:0] tree;

  assign s_axis_tready = move;
  assign m_axis_tlast = 1'b1;

  always @* begin
    tree = 12'd0;
    for (k = 0; k < 8; k = k + 1) tree = tree + {3'd0, lane[k]};
  end
  genvar g;
  generate
    for (g = 0; g < 8; g = g + 1) begin : lanes
      wire signed [8:0] x = {s_axis_tdata[8*g+7], s_axis_tdata[8*g +: 8]};
      wire signed [8:0] w = {s_axis_tdata[64+8*g+7], s_axis_tdata[64+8*g +: 8]};
      wire signed [8:0] d = x - w;
      always @(posedge clk) if (move) lane[g] <= d[8] ? -d : d;
    end
  endgenerate
  always @(posedge clk)
    if (move) begin
      sum <= tree;
      l1 <= s_axis_tlast;
      l2 <= l1;
    end
  always @(posedge clk)
    if (rst) begin
      {v1, v2, m_axis_tvalid} <= 3'b000;
      acc <= 32'd0;
    end else if (move) begin
      v1 <= s_axis_tvalid;
      v2 <= v1;
      m_axis_tvalid <= v2 & l2;
      if (v2) begin
        acc <= l2 ? 32'd0 : acc + {20'd0, sum};
        if (l2) m_axis_tdata <= acc + {20'd0, sum};
      end
    end
endmodule
`default_nettype wire
