// fork_bench - axis_fork with three branches, each under a stream name of its own

`default_nettype none

module fork_bench #(
    parameter integer WIDTH = 8   // bits of tdata
) (
    input  wire             clk,
    input  wire             rst,

    input  wire [WIDTH-1:0] s_axis_tdata,
    input  wire             s_axis_tvalid,
    output wire             s_axis_tready,
    input  wire             s_axis_tlast,

    output wire [WIDTH-1:0] m0_axis_tdata,
    output wire             m0_axis_tvalid,
    input  wire             m0_axis_tready,
    output wire             m0_axis_tlast,
    output wire [WIDTH-1:0] m1_axis_tdata,
    output wire             m1_axis_tvalid,
    input  wire             m1_axis_tready,
    output wire             m1_axis_tlast,
    output wire [WIDTH-1:0] m2_axis_tdata,
    output wire             m2_axis_tvalid,
    input  wire             m2_axis_tready,
    output wire             m2_axis_tlast
);

    wire [WIDTH-1:0] tdata;
    wire             tlast;

    axis_fork #(.WIDTH(WIDTH), .N(3)) dut (
        .clk(clk), .rst(rst),
        .s_axis_tdata(s_axis_tdata), .s_axis_tvalid(s_axis_tvalid),
        .s_axis_tready(s_axis_tready), .s_axis_tlast(s_axis_tlast),
        .m_axis_tdata(tdata), .m_axis_tlast(tlast),
        .m_axis_tvalid({m2_axis_tvalid, m1_axis_tvalid, m0_axis_tvalid}),
        .m_axis_tready({m2_axis_tready, m1_axis_tready, m0_axis_tready})
    );

    assign {m0_axis_tdata, m1_axis_tdata, m2_axis_tdata} = {3{tdata}};
    assign {m0_axis_tlast, m1_axis_tlast, m2_axis_tlast} = {3{tlast}};

endmodule

`default_nettype wire
