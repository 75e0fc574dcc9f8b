// axis_weights - hands a beat of taps to an array together with its word of weights
//
//   m_axis = s_axis, a beat where a word of weights is there too; word = that word, a clock later
//
// Use        In front of an array with a memory port (axis_sad_mem, axis_mac_mem) whose weights come as a stream: the array
//            reads `word` in the clock after it has taken the beat.
// Timing     wires for the handshake: no clock, one beat a clock.
// Stalls     `starved` is high in each clock in which a beat waits for its weights.
// Framing    tlast of the beats is passed on, that of the weights is ignored.
// Reset      not needed: nothing is held but a word.
// Cost       W_BITS flip-flops.
// Tested by  testbench/cells/axis_weights; proved by `npm run formal -- axis_weights`.

`default_nettype none

module axis_weights #(
    parameter integer WIDTH  = 8,   // bits of a beat
    parameter integer W_BITS = 8    // of a word
) (
    input  wire              clk,
    input  wire              rst,

    // AXI4-Stream in: taps
    input  wire [WIDTH-1:0]  s0_axis_tdata,
    input  wire              s0_axis_tvalid,
    output wire              s0_axis_tready,
    input  wire              s0_axis_tlast,

    // AXI4-Stream in: weights
    input  wire [W_BITS-1:0] s1_axis_tdata,
    input  wire              s1_axis_tvalid,
    output wire              s1_axis_tready,
    input  wire              s1_axis_tlast,

    // AXI4-Stream out: taps
    output wire [WIDTH-1:0]  m_axis_tdata,
    output wire              m_axis_tvalid,
    input  wire              m_axis_tready,
    output wire              m_axis_tlast,

    output reg  [W_BITS-1:0] word,
    output wire              starved
);

    generate
        if (WIDTH < 1 || W_BITS < 1)
            begin : g_rule_size  wire sizes_must_be_positive = {0{1'b0}};  initial $finish;  end
    endgenerate

    wire unused_last = s1_axis_tlast;

    assign m_axis_tdata   = s0_axis_tdata;
    assign m_axis_tlast   = s0_axis_tlast;
    assign m_axis_tvalid  = s0_axis_tvalid && s1_axis_tvalid;
    assign s0_axis_tready = s1_axis_tvalid && m_axis_tready;
    assign s1_axis_tready = s0_axis_tvalid && m_axis_tready;
    assign starved        = s0_axis_tvalid && !s1_axis_tvalid && !rst;

    always @(posedge clk) word <= s1_axis_tdata;

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    wire take = m_axis_tvalid && m_axis_tready;
    always @* if (seen_clk) begin
        assert ((s0_axis_tvalid && s0_axis_tready) == take);
        assert ((s1_axis_tvalid && s1_axis_tready) == take);
        assert (!(starved && take));
    end
    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(s0_axis_tvalid && !s0_axis_tready))
            assume (s0_axis_tvalid && $stable(s0_axis_tdata) && $stable(s0_axis_tlast));
        if ($past(s1_axis_tvalid && !s1_axis_tready)) assume (s1_axis_tvalid && $stable(s1_axis_tdata));
        if ($past(m_axis_tvalid && !m_axis_tready))
            assert (m_axis_tvalid && $stable(m_axis_tdata) && $stable(m_axis_tlast));
        if ($past(take)) assert (word == $past(s1_axis_tdata));
    end
    always @(posedge clk) if (seen_clk && !rst) begin
        cover (take && $past(take));
        cover (starved);
        cover (m_axis_tvalid && !m_axis_tready);
    end
`endif

endmodule

`default_nettype wire
