// weight_rom - a layer's coded weights from a ROM of its own, frame after frame
//
//   m_axis = rows 0 to ROWS-1 of the ROM, again and again
//
// Use        Where weight_fetch stands for weights beside the chip: weight_decode is behind it.
// Timing     a row a clock; the first one is there 2 clocks after the reset.
// Framing    tlast marks the last row.
// Reset      synchronous, active high; starts at the first row.
// Does not   wait to be asked: what is behind it takes a row when it has room.
// Cost       the ROM, whose read register is the output register; a counter of rows and 2 flip-flops.
// Tested by  testbench/cells/weight_rom; proved by `npm run formal -- weight_rom`.

`default_nettype none

module weight_rom #(
    parameter integer ROWS      = 5,      // of the ROM
    parameter integer BITS      = 32,     // of a row
    parameter         MEM_FILE  = "",     // $readmemh image of the code, ROWS rows
    parameter         MEM_STYLE = "auto"  // where it is: "auto" as the tool likes, "block" RAM, "logic"
) (
    input  wire            clk,
    input  wire            rst,

    // AXI4-Stream out: coded weights
    output wire [BITS-1:0] m_axis_tdata,
    output reg             m_axis_tvalid,
    input  wire            m_axis_tready,
    output reg             m_axis_tlast
);

    localparam unused_style = MEM_STYLE;   // linters do not see the use in an attribute

    localparam integer ROW_BITS = (ROWS > 1) ? $clog2(ROWS) : 1;
    localparam integer ROW_LAST = ROWS - 1;

    generate
        if (ROWS < 1 || BITS < 1)
            begin : g_rule_size  wire sizes_must_be_positive = {0{1'b0}};  initial $finish;  end
    endgenerate

    (* rom_style = MEM_STYLE, romstyle = MEM_STYLE, syn_romstyle = MEM_STYLE *)
    reg [BITS-1:0]     code [0:ROWS-1];
    reg [BITS-1:0]     row_q;
    reg [ROW_BITS-1:0] row;          // that is read next
    wire               last = (row == ROW_LAST[ROW_BITS-1:0]);
    wire               step = !m_axis_tvalid || m_axis_tready;

    initial if (MEM_FILE != "") $readmemh(MEM_FILE, code);

    assign m_axis_tdata = row_q;

    always @(posedge clk) begin
        if (step) row_q <= code[row];
    end

    always @(posedge clk) begin
        if (step) begin
            m_axis_tvalid <= 1'b1;
            m_axis_tlast  <= last;
            row           <= last ? {ROW_BITS{1'b0}} : row + 1'b1;
        end
        if (rst) begin
            m_axis_tvalid <= 1'b0;
            row           <= {ROW_BITS{1'b0}};
        end
    end

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(m_axis_tvalid && !m_axis_tready))
            assert (m_axis_tvalid && $stable(m_axis_tdata) && $stable(m_axis_tlast));
        // It never has nothing to give.
        assert (m_axis_tvalid);
    end

    // The row on offer, by a count of those that have left.
    reg [ROW_BITS-1:0] f_row;
    always @(posedge clk) begin
        if (m_axis_tvalid && m_axis_tready) f_row <= (f_row == ROW_LAST[ROW_BITS-1:0]) ? {ROW_BITS{1'b0}} : f_row + 1'b1;
        if (rst) f_row <= {ROW_BITS{1'b0}};
    end
    always @* if (seen_clk && !rst) begin
        assert (f_row <= ROW_LAST[ROW_BITS-1:0]);
        assert (row == ((!m_axis_tvalid) ? f_row : (f_row == ROW_LAST[ROW_BITS-1:0]) ? {ROW_BITS{1'b0}} : f_row + 1'b1));
        if (m_axis_tvalid) begin
            assert (m_axis_tdata == code[f_row]);
            assert (m_axis_tlast == (f_row == ROW_LAST[ROW_BITS-1:0]));
        end else assert (f_row == {ROW_BITS{1'b0}});
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (m_axis_tvalid && m_axis_tready && m_axis_tlast);
        cover ($past(m_axis_tvalid && m_axis_tready && m_axis_tlast) && m_axis_tready && f_row == {ROW_BITS{1'b0}});
        cover ($past(m_axis_tvalid && !m_axis_tready) && m_axis_tready);
    end
`endif

endmodule

`default_nettype wire
