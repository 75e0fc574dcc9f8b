// axis_table - a function of each lane, tabulated
//
//   y[lane] = table[x[lane]]
//
// Timing     one beat per clock, 1 clock of latency; tready = one gate behind m_axis_tready.
// Lanes      as they come; lane 0 in the least significant bits. Every lane has its own copy of the table.
// Table      MEM_FILE: 2^IN_BITS rows of OUT_BITS; row x = the result for x.
// Framing    tlast travels with its beat.
// Reset      synchronous, active high; clears control state only.
// Does not   interpolate: the table holds every value.
// Cost       LANES tables of 2^IN_BITS x OUT_BITS bits, whose read register is the output register.
// Tested by  testbench/cells/axis_table; proved by `npm run formal -- axis_table`.

`default_nettype none

module axis_table #(
    parameter integer LANES    = 1,   // lanes of a beat
    parameter integer IN_BITS  = 4,   // bits of an input lane, unsigned
    parameter integer OUT_BITS = 8,   // bits of an output lane
    parameter         MEM_FILE = "",  // $readmemh image of the table, 2^IN_BITS rows
    parameter         MEM_STYLE = "auto" // where each copy is: "auto" as the tool likes, "block" RAM, "logic"
) (
    input  wire                      clk,
    input  wire                      rst,

    // AXI4-Stream in: arguments
    input  wire [LANES*IN_BITS-1:0]  s_axis_tdata,
    input  wire                      s_axis_tvalid,
    output wire                      s_axis_tready,
    input  wire                      s_axis_tlast,

    // AXI4-Stream out: results
    output wire [LANES*OUT_BITS-1:0] m_axis_tdata,
    output wire                      m_axis_tvalid,
    input  wire                      m_axis_tready,
    output wire                      m_axis_tlast
);

    localparam unused_style = MEM_STYLE;   // linters do not see the use in an attribute

    generate
        if (LANES < 1 || OUT_BITS < 1)     begin : g_rule_sizes  wire LANES_or_OUT_BITS_below_1 = {0{1'b0}};  initial $finish;  end
        if (IN_BITS < 1 || IN_BITS > 16)   begin : g_rule_in     wire IN_BITS_is_1_to_16 = {0{1'b0}};         initial $finish;  end
    endgenerate

    reg valid_q1, last_q1;

    assign s_axis_tready = m_axis_tready || !valid_q1;
    assign m_axis_tvalid = valid_q1;
    assign m_axis_tlast  = last_q1;

    always @(posedge clk) begin
        if (s_axis_tready) begin
            valid_q1 <= s_axis_tvalid;
            last_q1  <= s_axis_tlast;
        end
        if (rst) valid_q1 <= 1'b0;
    end

    genvar lane;
    generate
        for (lane = 0; lane < LANES; lane = lane + 1) begin : g_lane
            (* rom_style = MEM_STYLE, romstyle = MEM_STYLE, syn_romstyle = MEM_STYLE *)
            reg [OUT_BITS-1:0] values [0:(1 << IN_BITS)-1];
            reg [OUT_BITS-1:0] y_q1;
            initial if (MEM_FILE != "") $readmemh(MEM_FILE, values);
            always @(posedge clk) if (s_axis_tready) y_q1 <= values[s_axis_tdata[lane*IN_BITS +: IN_BITS]];
            assign m_axis_tdata[lane*OUT_BITS +: OUT_BITS] = y_q1;
        end
    endgenerate

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    wire take = s_axis_tvalid && s_axis_tready;
    wire give = m_axis_tvalid && m_axis_tready;

    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(s_axis_tvalid && !s_axis_tready))
            assume (s_axis_tvalid && $stable(s_axis_tdata) && $stable(s_axis_tlast));
        if ($past(m_axis_tvalid && !m_axis_tready))
            assert (m_axis_tvalid && $stable(m_axis_tdata) && $stable(m_axis_tlast));
    end

    // The beat inside, from the beat that was taken last.
    reg                     f_inside, f_last;
    reg [LANES*IN_BITS-1:0] f_x;
    always @(posedge clk) begin
        if (give) f_inside <= 1'b0;
        if (take) begin
            f_inside <= 1'b1;
            f_x      <= s_axis_tdata;
            f_last   <= s_axis_tlast;
        end
        if (rst) f_inside <= 1'b0;
    end
    always @* if (seen_clk && !rst) begin
        assert (m_axis_tvalid == f_inside);
        if (f_inside) assert (m_axis_tlast == f_last);
    end
    genvar f;
    generate
        for (f = 0; f < LANES; f = f + 1) begin : g_check
            always @* if (seen_clk && !rst && f_inside)
                assert (m_axis_tdata[f*OUT_BITS +: OUT_BITS] == g_lane[f].values[f_x[f*IN_BITS +: IN_BITS]]);
        end
    endgenerate

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (give && m_axis_tlast);
        cover (give && take && $past(give));
        cover ($past(m_axis_tvalid && !m_axis_tready) && give);
    end
`endif

endmodule

`default_nettype wire
