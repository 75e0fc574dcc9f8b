// axis_fork - one stream to N consumers
//
//   every beat goes to every branch, each of which takes it when it likes
//
// Timing     one beat per clock while all branches take theirs, 1 clock of latency. A slow branch holds the next beat
//            back, never the present beat of another branch.
//            tready = one AND behind the branches' m_axis_tready.
// Lanes      tdata and tlast are shared by the branches; branch i has bit i of m_axis_tvalid and m_axis_tready.
// Framing    tlast travels with its beat.
// Reset      synchronous, active high; drops the beat inside.
// Does not   store more than one beat: branches that join again need a FIFO in the shorter one.
// Cost       WIDTH + 1 + N flip-flops, about N LUTs.
// Tested by  testbench/cells/axis_fork; proved by `npm run formal -- axis_fork`.

`default_nettype none

module axis_fork #(
    parameter integer WIDTH = 8,   // bits of tdata
    parameter integer N     = 2    // branches
) (
    input  wire             clk,
    input  wire             rst,

    // AXI4-Stream in
    input  wire [WIDTH-1:0] s_axis_tdata,
    input  wire             s_axis_tvalid,
    output wire             s_axis_tready,
    input  wire             s_axis_tlast,

    // N AXI4-Streams out with a common payload
    output wire [WIDTH-1:0] m_axis_tdata,
    output wire [N-1:0]     m_axis_tvalid,
    input  wire [N-1:0]     m_axis_tready,
    output wire             m_axis_tlast
);

    generate
        if (WIDTH < 1) begin : g_rule_width  wire WIDTH_below_1 = {0{1'b0}};  initial $finish;  end
        if (N < 1)     begin : g_rule_n      wire N_below_1 = {0{1'b0}};      initial $finish;  end
    endgenerate

    reg [WIDTH:0] beat;
    reg [N-1:0]   pending;   // branches that have not taken the beat yet

    wire [N-1:0] still = pending & ~m_axis_tready;

    assign s_axis_tready                = (still == {N{1'b0}});
    assign m_axis_tvalid                = pending;
    assign {m_axis_tlast, m_axis_tdata} = beat;

    always @(posedge clk) begin
        pending <= still;
        if (s_axis_tvalid && s_axis_tready) begin
            pending <= {N{1'b1}};
            beat    <= {s_axis_tlast, s_axis_tdata};
        end
        if (rst) pending <= {N{1'b0}};
    end

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    // One branch, chosen by the solver: it gets every beat once, in order, by the stream rules.
    (* anyconst *) wire [7:0]     branch;
    (* anyconst *) wire [3:0]     tag;
    (* anyconst *) wire [WIDTH:0] tagged;
    always @* assume (branch < N);
    wire f_valid = m_axis_tvalid >> branch;
    wire f_ready = m_axis_tready >> branch;
    wire take    = s_axis_tvalid && s_axis_tready;
    reg [3:0] taken, given;
    always @(posedge clk) begin
        if (take)               taken <= taken + 1'b1;
        if (f_valid && f_ready) given <= given + 1'b1;
        if (rst) begin
            taken <= 4'd0;
            given <= 4'd0;
        end
    end

    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(s_axis_tvalid && !s_axis_tready))
            assume (s_axis_tvalid && $stable(s_axis_tdata) && $stable(s_axis_tlast));
        if ($past(f_valid && !f_ready))
            assert (f_valid && $stable(m_axis_tdata) && $stable(m_axis_tlast));
    end
    always @* if (seen_clk) begin
        if (take && taken == tag) assume ({s_axis_tlast, s_axis_tdata} == tagged);
        if (!rst) begin
            assert (taken - given == {3'd0, f_valid});
            if (f_valid && given == tag) assert ({m_axis_tlast, m_axis_tdata} == tagged);
        end
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (m_axis_tvalid != {N{1'b0}} && m_axis_tready != 0 && !s_axis_tready && given == 4'd2);
        cover (take && $past(take) && m_axis_tlast);
    end
`endif

endmodule

`default_nettype wire
