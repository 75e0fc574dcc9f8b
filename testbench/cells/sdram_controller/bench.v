// The controller, its pins and a device; timings of the device by themselves, so that those of the controller can be wrong.

`default_nettype none

module sdram_bench #(
    parameter integer DATA_BITS = 32,
    parameter integer ROW_BITS  = 11,
    parameter integer COL_BITS  = 8,
    parameter integer CAS       = 2,
    parameter integer T_INIT    = 100,
    parameter integer T_RP      = 1,
    parameter integer T_RCD     = 1,
    parameter integer T_RAS     = 3,
    parameter integer T_RC      = 4,
    parameter integer T_RFC     = 4,
    parameter integer T_MRD     = 2,
    parameter integer T_WR      = 2,
    parameter integer REFRESH   = 390,
    parameter integer SHORT     = 0     // the controller's timing that is a clock short: 1 T_RP, 2 T_RCD, ... in the order above
) (
    input  wire                         clk,
    input  wire                         rst,
    output wire                         ready,
    input  wire [ROW_BITS+COL_BITS+2:0] s_axi_araddr,
    input  wire [7:0]                   s_axi_arlen,
    input  wire                         s_axi_arvalid,
    output wire                         s_axi_arready,
    output wire [DATA_BITS-1:0]         s_axi_rdata,
    output wire [1:0]                   s_axi_rresp,
    output wire                         s_axi_rlast,
    output wire                         s_axi_rvalid,
    input  wire                         s_axi_rready,
    input  wire [ROW_BITS+COL_BITS+1:0] s_word_addr,
    input  wire [15:0]                  s_word_data,
    input  wire                         s_word_valid,
    output wire                         s_word_ready,
    output wire [7:0]                   sdram_rule,
    output wire [31:0]                  sdram_violations,
    output wire [31:0]                  sdram_reads,
    output wire [31:0]                  sdram_writes,
    output wire [31:0]                  sdram_activates,
    output wire [31:0]                  sdram_refreshes
);

    wire                cke, cs_n, ras_n, cas_n, we_n, dq_oe, sdram_clk;
    wire [1:0]          ba, dqm;
    wire [ROW_BITS-1:0] a;
    wire [15:0]         dq_out, dq_in, dq;

    sdram_controller #(
        .DATA_BITS(DATA_BITS), .ROW_BITS(ROW_BITS), .COL_BITS(COL_BITS), .CAS(CAS), .T_INIT(T_INIT),
        .T_RP(T_RP - (SHORT == 1)), .T_RCD(T_RCD - (SHORT == 2)), .T_RAS(T_RAS - (SHORT == 3)), .T_RC(T_RC - (SHORT == 4)),
        .T_RFC(T_RFC - (SHORT == 5)), .T_MRD(T_MRD - (SHORT == 6)), .T_WR(T_WR - (SHORT == 7)), .REFRESH(REFRESH)
    ) u_controller (
        .clk(clk), .rst(rst), .ready(ready),
        .s_axi_araddr(s_axi_araddr), .s_axi_arlen(s_axi_arlen), .s_axi_arvalid(s_axi_arvalid), .s_axi_arready(s_axi_arready),
        .s_axi_rdata(s_axi_rdata), .s_axi_rresp(s_axi_rresp), .s_axi_rlast(s_axi_rlast), .s_axi_rvalid(s_axi_rvalid),
        .s_axi_rready(s_axi_rready),
        .s_word_addr(s_word_addr), .s_word_data(s_word_data), .s_word_valid(s_word_valid), .s_word_ready(s_word_ready),
        .sdram_cke(cke), .sdram_cs_n(cs_n), .sdram_ras_n(ras_n), .sdram_cas_n(cas_n), .sdram_we_n(we_n),
        .sdram_ba(ba), .sdram_a(a), .sdram_dqm(dqm), .dq_out(dq_out), .dq_oe(dq_oe), .dq_in(dq_in)
    );

    sdram_pins u_pins (.clk(clk), .dq_out(dq_out), .dq_oe(dq_oe), .dq_in(dq_in), .sdram_clk(sdram_clk), .sdram_dq(dq));

    sdram_model #(
        .ROW_BITS(ROW_BITS), .COL_BITS(COL_BITS), .CAS_LEAST(CAS), .T_INIT(T_INIT), .T_RP(T_RP), .T_RCD(T_RCD), .T_RAS(T_RAS),
        .T_RC(T_RC), .T_RRD(1), .T_RFC(T_RFC), .T_MRD(T_MRD), .T_WR(T_WR), .T_REFI(REFRESH)
    ) u_device (
        .clk(sdram_clk), .cke(cke), .cs_n(cs_n), .ras_n(ras_n), .cas_n(cas_n), .we_n(we_n), .ba(ba), .a(a), .dqm(dqm), .dq(dq),
        .rule(sdram_rule), .violations(sdram_violations), .reads(sdram_reads), .writes(sdram_writes),
        .activates(sdram_activates), .refreshes(sdram_refreshes)
    );

endmodule

`default_nettype wire
