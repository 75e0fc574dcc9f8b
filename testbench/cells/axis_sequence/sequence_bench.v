// sequence_bench - axis_sequence with three inputs, each under a stream name of its own

`default_nettype none

module sequence_bench #(
    parameter integer WIDTH = 8   // bits of tdata
) (
    input  wire             clk,
    input  wire             rst,

    input  wire [WIDTH-1:0] s0_axis_tdata,
    input  wire             s0_axis_tvalid,
    output wire             s0_axis_tready,
    input  wire             s0_axis_tlast,
    input  wire [WIDTH-1:0] s1_axis_tdata,
    input  wire             s1_axis_tvalid,
    output wire             s1_axis_tready,
    input  wire             s1_axis_tlast,
    input  wire [WIDTH-1:0] s2_axis_tdata,
    input  wire             s2_axis_tvalid,
    output wire             s2_axis_tready,
    input  wire             s2_axis_tlast,

    output wire [WIDTH-1:0] m_axis_tdata,
    output wire             m_axis_tvalid,
    input  wire             m_axis_tready,
    output wire             m_axis_tlast
);

    axis_sequence #(.WIDTH(WIDTH), .N(3)) dut (
        .clk(clk), .rst(rst),
        .s_axis_tdata({s2_axis_tdata, s1_axis_tdata, s0_axis_tdata}),
        .s_axis_tvalid({s2_axis_tvalid, s1_axis_tvalid, s0_axis_tvalid}),
        .s_axis_tready({s2_axis_tready, s1_axis_tready, s0_axis_tready}),
        .s_axis_tlast({s2_axis_tlast, s1_axis_tlast, s0_axis_tlast}),
        .m_axis_tdata(m_axis_tdata), .m_axis_tvalid(m_axis_tvalid),
        .m_axis_tready(m_axis_tready), .m_axis_tlast(m_axis_tlast)
    );

endmodule

`default_nettype wire
