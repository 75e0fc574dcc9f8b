// frame_abort - ends what is inside of a design when a weight cannot be read, and starts again with the next frame
//
//   each frame that enters leaves at every output once: as the design gives it, or ended by one beat that is marked bad
//
// Abort      When `error` rises the gate shuts, what is left of a frame that is half in is taken and dropped, each output is cut
//            off as soon as no beat waits there, and each frame that is owed at it ends with a beat of tlast and `bad`. When
//            none is inside any more and the bus is quiet, core_rst resets the design for a clock, and the gate opens.
// Outputs    a handshake each, wires while nothing is cut. The data of a bad beat means nothing; a frame that had begun has
//            fewer beats then. A beat that was offered stays what it was until it is taken.
// Reading    fetch_enable rests behind an abort until a beat of the next frame comes: a memory that always answers with an
//            error is asked once a frame, not for ever.
// Status     `failed` from the first error until another set of weights is loaded; `aborted` counts the clocks in which a bad
//            beat left, modulo 2^32.
// Timing     as the bus, source and sinks let it; 2 clocks from the last of them to the reset, 2 more to the open gate.
// Reset      synchronous, active high, of everything.
// Does not   carry data, or reset loader, gate and memories: the set of weights stays.
// Cost       36 + OUTPUTS flip-flops.
// Tested by  testbench/cells/frame_abort; proved by `npm run formal -- frame_abort`.

`default_nettype none

module frame_abort #(
    parameter integer OUTPUTS = 1   // of the design
) (
    input  wire               clk,
    input  wire               rst,

    input  wire               error,       // stays until core_rst
    input  wire               loaded,      // a set of weights is in place
    input  wire               quiet,       // nothing is under way on the bus; while `aborting` is high nothing is asked for
    output reg                aborting,    // keeps frames out, takes what is left of one
    output reg                core_rst,    // resets the design, its readers, and `error`
    output wire               fetch_enable,

    // frame_gate
    input  wire               enters,      // a beat of a frame goes in
    input  wire               idle,        // shut, and no frame is inside
    input  wire [OUTPUTS-1:0] owed,        // a frame is owed at the output

    // handshakes of the outputs: at the design, and outside
    input  wire [OUTPUTS-1:0] s_axis_tvalid,
    output wire [OUTPUTS-1:0] s_axis_tready,
    input  wire [OUTPUTS-1:0] s_axis_tlast,
    output wire [OUTPUTS-1:0] m_axis_tvalid,
    input  wire [OUTPUTS-1:0] m_axis_tready,
    output wire [OUTPUTS-1:0] m_axis_tlast,
    output wire [OUTPUTS-1:0] bad,

    output reg                failed,
    output reg  [31:0]        aborted
);

    generate
        if (OUTPUTS < 1) begin : g_rule_outputs  wire OUTPUTS_below_1 = {0{1'b0}};  initial $finish;  end
    endgenerate

    reg  [OUTPUTS-1:0] cut;
    reg                rests;      // nothing is read before the next frame comes

    assign bad           = cut;
    assign m_axis_tvalid = (s_axis_tvalid & ~cut) | (owed & cut);
    assign m_axis_tlast  = s_axis_tlast | cut;
    assign s_axis_tready = m_axis_tready & ~cut;
    assign fetch_enable  = loaded && !rests && !aborting;

    wire over = aborting && cut == {OUTPUTS{1'b1}} && idle && quiet && !core_rst;

    always @(posedge clk) begin
        if (error) aborting <= 1'b1;
        if (aborting) cut <= cut | ~(m_axis_tvalid & ~m_axis_tready);
        core_rst <= over;
        if (core_rst) begin
            aborting <= 1'b0;
            cut      <= {OUTPUTS{1'b0}};
        end
        rests  <= loaded && (core_rst || (rests && !(enters && !aborting)));
        failed <= loaded && (failed || error);
        if ((m_axis_tvalid & m_axis_tready & cut) != {OUTPUTS{1'b0}}) aborted <= aborted + 32'd1;
        if (rst) begin
            aborting <= 1'b0;
            cut      <= {OUTPUTS{1'b0}};
            core_rst <= 1'b0;
            rests    <= 1'b0;
            failed   <= 1'b0;
            aborted  <= 32'd0;
        end
    end

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    // Error, bus and gate as they are around the cell.
    reg q_rst, q_error, q_core_rst, q_aborting, q_quiet, q_idle;
    always @(posedge clk) {q_rst, q_error, q_core_rst, q_aborting, q_quiet, q_idle} <= {rst, error, core_rst, aborting, quiet, idle};
    always @* if (seen_clk && !rst && q_rst) assume (!error && !idle);
    always @* if (seen_clk && !rst && !q_rst) begin
        if (q_error && !q_core_rst) assume (error);
        if (q_core_rst) assume (!error);
        // frame_gate: shut is a register; while it is not opened it stays, and no beat of a new frame comes.
        if (q_aborting && q_idle) assume (idle);
    end
    always @* if (seen_clk && !rst && idle) assume (owed == {OUTPUTS{1'b0}} && !enters);

    genvar f;
    generate
        for (f = 0; f < OUTPUTS; f = f + 1) begin : g_check
            // Frames that are owed at the output, as the gate counts them.
            reg [3:0] frames;
            wire ends = m_axis_tvalid[f] && m_axis_tready[f] && m_axis_tlast[f];
            wire more = seen_clk && !rst && enter_frame;
            always @(posedge clk) begin
                frames <= frames + {3'd0, more} - {3'd0, ends};
                if (rst) frames <= 4'd0;
            end
            always @* assume (owed[f] == (frames != 4'd0));
            always @* assume (frames < 4'd8 || !enter_frame);
            // The design: beats of frames that are inside, each offered until it is taken, but for a reset; what it does behind
            // an error that has cut it off is of no interest.
            always @* if (s_axis_tvalid[f] && !cut[f]) assume (owed[f]);
            always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
                if ($past(s_axis_tvalid[f] && !m_axis_tready[f] && !cut[f]) && !$past(core_rst))
                    assume (s_axis_tvalid[f] && $stable(s_axis_tlast[f]));
                // Outside, a beat that was offered stays offered and what it was, whatever happens inside.
                if ($past(m_axis_tvalid[f] && !m_axis_tready[f])) begin
                    assert (m_axis_tvalid[f] && $stable(m_axis_tlast[f]) && $stable(bad[f]));
                end
            end
            always @* if (seen_clk && !rst) begin
                // What is cut takes nothing of the design and gives ends of frames alone; without an error it is wires.
                if (cut[f]) assert (!s_axis_tready[f] && m_axis_tlast[f] && aborting);
                else assert (m_axis_tvalid[f] == s_axis_tvalid[f] && s_axis_tready[f] == m_axis_tready[f] && m_axis_tlast[f] == s_axis_tlast[f]);
                assert (frames <= 4'd8);
                // The design starts again with nothing owed anywhere.
                if (core_rst) assert (frames == 4'd0 && cut[f]);
            end
        end
    endgenerate
    (* anyseq *) wire enter_frame;   // a frame begins to enter: never in a gate that is shut
    always @* if (enter_frame) assume (enters && !idle && !(aborting && q_aborting));

    always @* if (seen_clk && !rst) begin
        if (core_rst) assert (aborting && !fetch_enable);
        if (aborting) assert (!fetch_enable);
        if (!aborting) assert (cut == {OUTPUTS{1'b0}} && !core_rst);
    end
    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        // The reset is one clock long, with the bus quiet, the gate shut, and everything that entered answered.
        if (core_rst) assert (!$past(core_rst) && $past(quiet && idle && aborting));
        if ($past(error)) assert (aborting || $past(core_rst));
        if ($past(core_rst)) assert (!aborting && !core_rst && cut == {OUTPUTS{1'b0}});
        if ($past(error && loaded)) assert (failed);
        if ($past(failed) && !failed) assert (!$past(loaded));
        // Nothing is held up by this cell: where all are ready it ends at once.
        if ($past(aborting && !core_rst && idle && quiet && cut == {OUTPUTS{1'b1}})) assert (core_rst);
    end
    // With sinks that take every beat each output is cut off in a clock.
    always @(posedge clk) if (seen_clk && !$past(rst) && !rst)
        if ($past(aborting && !core_rst && m_axis_tready == {OUTPUTS{1'b1}})) assert (cut == {OUTPUTS{1'b1}});

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (core_rst && aborted != 0);
        cover (failed && !aborting && $past(aborting) && $past(aborted) == 2);
        cover (fetch_enable && $past(rests) && failed);
    end
`endif

endmodule

`default_nettype wire
