// axis_concat - the channels of two streams one after the other
//
//   a pixel: BEATS0 beats of stream 0, then BEATS1 beats of stream 1
//
// Timing     one beat per clock, 1 clock of latency; tready = one gate behind m_axis_tready.
// Lanes      both streams have the width of the output; lanes are never taken apart.
// Framing    tlast of stream 1 reappears on its beat, that of stream 0 is not used. The place in the pixel is counted here.
// Reset      synchronous, active high; clears control state only.
// Does not   store a pixel: a stream that comes from the same fork as the other one waits in a FIFO of its own.
// Cost       WIDTH + 2 flip-flops and a counter, about WIDTH LUTs.
// Tested by  testbench/cells/axis_concat; proved by `npm run formal -- axis_concat`.

`default_nettype none

module axis_concat #(
    parameter integer WIDTH  = 8,   // bits of a beat
    parameter integer BEATS0 = 2,   // beats of a pixel of stream 0
    parameter integer BEATS1 = 1    // beats of a pixel of stream 1
) (
    input  wire             clk,
    input  wire             rst,

    // AXI4-Stream in: the first channels
    input  wire [WIDTH-1:0] s0_axis_tdata,
    input  wire             s0_axis_tvalid,
    output wire             s0_axis_tready,
    input  wire             s0_axis_tlast,

    // AXI4-Stream in: the channels behind them
    input  wire [WIDTH-1:0] s1_axis_tdata,
    input  wire             s1_axis_tvalid,
    output wire             s1_axis_tready,
    input  wire             s1_axis_tlast,

    // AXI4-Stream out: all of them
    output wire [WIDTH-1:0] m_axis_tdata,
    output wire             m_axis_tvalid,
    input  wire             m_axis_tready,
    output wire             m_axis_tlast
);

    localparam integer MOST   = (BEATS0 > BEATS1) ? BEATS0 : BEATS1;
    localparam integer C_BITS = (MOST > 1) ? $clog2(MOST) : 1;
    localparam integer LAST0  = BEATS0 - 1;
    localparam integer LAST1  = BEATS1 - 1;

    generate
        if (WIDTH < 1)                begin : g_rule_width  wire WIDTH_below_1 = {0{1'b0}};  initial $finish;  end
        if (BEATS0 < 1 || BEATS1 < 1) begin : g_rule_beats  wire BEATS_below_1 = {0{1'b0}};  initial $finish;  end
    endgenerate

    reg  [WIDTH-1:0]  data_q1;
    reg               valid_q1, last_q1;
    reg               second;          // the next beat comes from stream 1
    reg  [C_BITS-1:0] beat;            // its place among the beats of its stream

    wire room = m_axis_tready || !valid_q1;
    wire take = room && (second ? s1_axis_tvalid : s0_axis_tvalid);
    wire done = (beat == (second ? LAST1[C_BITS-1:0] : LAST0[C_BITS-1:0]));

    assign s0_axis_tready = room && !second;
    assign s1_axis_tready = room && second;
    assign m_axis_tdata   = data_q1;
    assign m_axis_tvalid  = valid_q1;
    assign m_axis_tlast   = last_q1;

    wire unused_last = s0_axis_tlast;

    always @(posedge clk) begin
        if (room) begin
            data_q1  <= second ? s1_axis_tdata : s0_axis_tdata;
            last_q1  <= second && s1_axis_tlast;
            valid_q1 <= take;
        end
        if (take) begin
            beat <= done ? {C_BITS{1'b0}} : beat + 1'b1;
            if (done) second <= !second;
        end
        if (rst) begin
            valid_q1 <= 1'b0;
            second   <= 1'b0;
            beat     <= {C_BITS{1'b0}};
        end
    end

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    wire take0 = s0_axis_tvalid && s0_axis_tready;
    wire take1 = s1_axis_tvalid && s1_axis_tready;
    wire give  = m_axis_tvalid && m_axis_tready;

    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(s0_axis_tvalid && !s0_axis_tready))
            assume (s0_axis_tvalid && $stable(s0_axis_tdata) && $stable(s0_axis_tlast));
        if ($past(s1_axis_tvalid && !s1_axis_tready))
            assume (s1_axis_tvalid && $stable(s1_axis_tdata) && $stable(s1_axis_tlast));
        if ($past(m_axis_tvalid && !m_axis_tready))
            assert (m_axis_tvalid && $stable(m_axis_tdata) && $stable(m_axis_tlast));
    end

    // Places in the pixel, counted apart from the cell: 0 to BEATS0 + BEATS1 - 1.
    localparam integer PIXEL = BEATS0 + BEATS1;
    reg [7:0] in_place, out_place;
    reg       f_inside, f_last;
    reg [WIDTH-1:0] f_data;
    always @(posedge clk) begin
        if (take0 || take1) in_place  <= (in_place  == PIXEL - 1) ? 8'd0 : in_place  + 1'b1;
        if (give)           out_place <= (out_place == PIXEL - 1) ? 8'd0 : out_place + 1'b1;
        if (give)           f_inside  <= 1'b0;
        if (take0 || take1) begin
            f_inside <= 1'b1;
            f_data   <= take1 ? s1_axis_tdata : s0_axis_tdata;
            f_last   <= take1 && s1_axis_tlast;
        end
        if (rst) begin
            in_place  <= 8'd0;
            out_place <= 8'd0;
            f_inside  <= 1'b0;
        end
    end
    always @* if (seen_clk && !rst) begin
        assert (!(take0 && take1));
        if (take0) assert (in_place < BEATS0);
        if (take1) assert (in_place >= BEATS0);
        assert (in_place < PIXEL && in_place == (second ? BEATS0 + beat : beat));
        assert (second ? (beat < BEATS1) : (beat < BEATS0));
        assert (m_axis_tvalid == f_inside);
        assert (in_place == (f_inside ? ((out_place == PIXEL - 1) ? 8'd0 : out_place + 8'd1) : out_place));
        if (f_inside) assert (m_axis_tdata == f_data && m_axis_tlast == f_last);
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (give && m_axis_tlast);
        cover (give && $past(give) && in_place == 0);
        cover (s0_axis_tvalid && !s1_axis_tvalid && second && room);
    end
`endif

endmodule

`default_nettype wire
