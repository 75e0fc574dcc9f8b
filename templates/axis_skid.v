// axis_skid - register slice of an AXI4-Stream: two entries, every output registered
//
//   m_axis = s_axis, some clocks later
//
// Timing     one beat per clock, 1 clock of latency; no combinational path between the two sides,
//            neither forward (tvalid, tdata) nor backward (tready).
// Framing    tlast travels with its beat.
// Reset      synchronous, active high; empties the slice, leaves the data registers.
// Does not   look at tdata or tlast, count frames or change the width.
// Cost       2*(WIDTH+1) + 2 flip-flops, about WIDTH + 4 LUTs.
// Tested by  testbench/cells/axis_skid; proved by `npm run formal -- axis_skid`.

`default_nettype none

module axis_skid #(
    parameter integer WIDTH = 8   // bits of tdata
) (
    input  wire             clk,
    input  wire             rst,

    // AXI4-Stream in
    input  wire [WIDTH-1:0] s_axis_tdata,
    input  wire             s_axis_tvalid,
    output wire             s_axis_tready,
    input  wire             s_axis_tlast,

    // AXI4-Stream out
    output wire [WIDTH-1:0] m_axis_tdata,
    output wire             m_axis_tvalid,
    input  wire             m_axis_tready,
    output wire             m_axis_tlast
);

    generate
        if (WIDTH < 1) begin : g_rule_width  wire WIDTH_below_1 = {0{1'b0}};  initial $finish;  end
    endgenerate

    // The second register is used only by the beat that arrives in the clock in which the first one stalls.
    reg [WIDTH:0] head, spare;
    reg           head_valid, spare_free;

    assign s_axis_tready                = spare_free;
    assign m_axis_tvalid                = head_valid;
    assign {m_axis_tlast, m_axis_tdata} = head;

    wire take = s_axis_tvalid && spare_free;
    wire move = m_axis_tready || !head_valid;

    always @(posedge clk) begin
        if (spare_free) spare <= {s_axis_tlast, s_axis_tdata};
        if (move) begin
            head       <= spare_free ? {s_axis_tlast, s_axis_tdata} : spare;
            head_valid <= take || !spare_free;
            spare_free <= 1'b1;
        end else if (take) begin
            spare_free <= 1'b0;
        end
        if (rst) begin
            head_valid <= 1'b0;
            spare_free <= 1'b1;
        end
    end

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(s_axis_tvalid && !s_axis_tready))
            assume (s_axis_tvalid && $stable(s_axis_tdata) && $stable(s_axis_tlast));
        if ($past(m_axis_tvalid && !m_axis_tready))
            assert (m_axis_tvalid && $stable(m_axis_tdata) && $stable(m_axis_tlast));
    end

    // Order: two beats chosen by the solver, the a-th and the next one, leave in these places with their payload.
    (* anyconst *) wire [3:0]     tag;
    (* anyconst *) wire [WIDTH:0] tagged;
    reg [3:0] taken, given;
    always @(posedge clk) begin
        if (take)                           taken <= taken + 1'b1;
        if (m_axis_tvalid && m_axis_tready) given <= given + 1'b1;
        if (rst) begin
            taken <= 4'd0;
            given <= 4'd0;
        end
    end
    wire [3:0] held = taken - given;
    always @* if (seen_clk) begin
        if (take && taken == tag) assume ({s_axis_tlast, s_axis_tdata} == tagged);
        if (!rst) begin
            assert (held == {3'd0, head_valid} + {3'd0, !spare_free});
            assert (spare_free || head_valid);
            if (head_valid  && given == tag)        assert (head  == tagged);
            if (!spare_free && given + 4'd1 == tag) assert (spare == tagged);
        end
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (!spare_free && m_axis_tready && m_axis_tlast);
        cover (take && m_axis_tvalid && m_axis_tready && $past(take && m_axis_tvalid && m_axis_tready));
    end
`endif

endmodule

`default_nettype wire
