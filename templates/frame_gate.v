// frame_gate - lets frames in, or keeps them out, a frame at a time, and tells when none is inside
//
//   m_axis handshake = s_axis handshake, while frames may enter
//
// Gate       While `open` is low no frame begins; one that has begun goes in whole. `idle` is high when the gate is
//            shut and every frame that entered has left at all OUTPUTS; `shut`, when it is shut and no frame is half in.
// Timing     wires for the handshake: no clock, one beat a clock. A beat that was offered stays offered.
// Framing    a frame is BEATS beats of the input; it leaves output i with done[i].
// Reset      synchronous, active high; the gate is shut, nothing is inside.
// Does not   carry data, or look at tlast of the input.
// Cost       counters of frames, COUNT_BITS for each output and for `entered`, and of beats.
// Tested by  testbench/cells/frame_gate; proved by `npm run formal -- frame_gate`.

`default_nettype none

module frame_gate #(
    parameter integer BEATS      = 4,   // of a frame at the input
    parameter integer OUTPUTS    = 1,   // of the design
    parameter integer COUNT_BITS = 16   // at most 2^(COUNT_BITS-1) frames are inside
) (
    input  wire               clk,
    input  wire               rst,

    input  wire               s_axis_tvalid,
    output wire               s_axis_tready,
    output wire               m_axis_tvalid,
    input  wire               m_axis_tready,

    input  wire [OUTPUTS-1:0] done,    // a frame's last beat leaves the output
    input  wire               open,    // frames may enter
    output reg                idle,    // none may, and none is inside
    output reg                shut,    // none may, and none is half in
    output wire [OUTPUTS-1:0] owed,    // a frame is inside that has not left the output
    output reg [COUNT_BITS-1:0] entered  // frames that have begun to enter, modulo 2^COUNT_BITS
);

    localparam integer N_BITS = (BEATS > 1) ? $clog2(BEATS) : 1;
    localparam integer N_LAST = BEATS - 1;

    generate
        if (BEATS < 1)      begin : g_rule_beats    wire BEATS_below_1      = {0{1'b0}};  initial $finish;  end
        if (OUTPUTS < 1)    begin : g_rule_outputs  wire OUTPUTS_below_1    = {0{1'b0}};  initial $finish;  end
        if (COUNT_BITS < 2) begin : g_rule_count    wire COUNT_BITS_below_2 = {0{1'b0}};  initial $finish;  end
    endgenerate

    reg               gate;     // a frame may begin
    reg  [N_BITS-1:0] n;        // beats of the frame that have passed
    wire              first = (n == {N_BITS{1'b0}});
    wire              last  = (n == N_LAST[N_BITS-1:0]);
    wire              pass  = gate || !first;
    wire              moves = s_axis_tvalid && pass && m_axis_tready;
    wire              begins = moves && first;

    assign m_axis_tvalid = s_axis_tvalid && pass;
    assign s_axis_tready = m_axis_tready && pass;

    wire [OUTPUTS-1:0] some, many;
    assign owed = some;
    genvar i;
    generate
        for (i = 0; i < OUTPUTS; i = i + 1) begin : g_out
            reg [COUNT_BITS-1:0] frames;
            always @(posedge clk) begin
                if (begins && !done[i]) frames <= frames + 1'b1;
                if (done[i] && !begins) frames <= frames - 1'b1;
                if (rst) frames <= {COUNT_BITS{1'b0}};
            end
            assign some[i] = (frames != {COUNT_BITS{1'b0}});
            assign many[i] = frames[COUNT_BITS-1];
        end
    endgenerate

    always @(posedge clk) begin
        // A first beat that waits stays offered.
        gate <= (open && many == {OUTPUTS{1'b0}}) || (gate && first && s_axis_tvalid && !m_axis_tready);
        if (moves) n <= last ? {N_BITS{1'b0}} : n + 1'b1;
        idle <= !open && !gate && first && some == {OUTPUTS{1'b0}};
        shut <= !open && !gate && first;
        if (begins) entered <= entered + 1'b1;
        if (rst) begin
            gate    <= 1'b0;
            n       <= {N_BITS{1'b0}};
            idle    <= 1'b0;
            shut    <= 1'b0;
            entered <= {COUNT_BITS{1'b0}};
        end
    end

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(s_axis_tvalid && !s_axis_tready)) assume (s_axis_tvalid);
        if ($past(m_axis_tvalid && !m_axis_tready)) assert (m_axis_tvalid);
    end

    // Frames that are inside by the count of beats that went in, and of dones.
    genvar f;
    generate
        for (f = 0; f < OUTPUTS; f = f + 1) begin : g_check
            always @* if (seen_clk && !rst) begin
                if (done[f]) assume (some[f]);
                if (idle) assert (g_out[f].frames == 0);
                // One frame at most begins after the count has become large.
                assert (g_out[f].frames <= (1 << (COUNT_BITS-1)) + 1);
                assert (!gate || g_out[f].frames <= (1 << (COUNT_BITS-1)));
            end
        end
    endgenerate
    always @* if (seen_clk && !rst) begin
        assert (n < BEATS);
        // While the design is idle nothing goes in; it is no longer idle when the gate opens.
        assert (!(idle && (m_axis_tvalid || s_axis_tready)));
        assert (!(idle && (gate || !first)));
        // The same for what is shut: with `open` low it stays so.
        assert (!(shut && (gate || !first || m_axis_tvalid || s_axis_tready)));
        assert (!idle || shut);
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (idle && $past(gate, 4));
        cover (moves && !gate);
        cover (begins && done[0]);
    end
`endif

endmodule

`default_nettype wire
