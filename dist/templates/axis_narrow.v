// axis_narrow - splits beats of IN_LANES lanes into beats of OUT_LANES lanes
//
//   a pixel of CHANNELS channels: ceil(CHANNELS/IN_LANES) beats in, ceil(CHANNELS/OUT_LANES) beats out
//
// Folding    K = IN_LANES/OUT_LANES pieces a beat; of the last beat of a pixel only the pieces that hold channels.
// Timing     one output beat per clock, 1 clock of latency; wires where K = 1.
//            tready = one gate behind m_axis_tready.
// Lanes      channel c of a pixel in beat c / LANES, lane c % LANES, on both sides; lane 0 in the least significant bits.
//            Lanes behind the last channel pass as they come: zero in, zero out.
// Framing    tlast of an input beat reappears on its last piece. The place in the pixel is counted here.
// Reset      synchronous, active high; clears control state only.
// Does not   reorder channels; IN_LANES that are no multiple of OUT_LANES go through a common multiple (axis_widen first).
// Cost       IN_LANES*BITS flip-flops and as many LUTs: the select of each bit is a register.
// Tested by  testbench/cells/axis_narrow; proved by `npm run formal -- axis_narrow`.

`default_nettype none

module axis_narrow #(
    parameter integer BITS      = 8,   // bits of a lane
    parameter integer IN_LANES  = 4,   // lanes of an input beat; a multiple of OUT_LANES
    parameter integer OUT_LANES = 2,   // lanes of an output beat
    parameter integer CHANNELS  = 6    // channels of a pixel
) (
    input  wire                      clk,
    input  wire                      rst,

    // AXI4-Stream in: wide beats
    input  wire [IN_LANES*BITS-1:0]  s_axis_tdata,
    input  wire                      s_axis_tvalid,
    output wire                      s_axis_tready,
    input  wire                      s_axis_tlast,

    // AXI4-Stream out: narrow beats
    output wire [OUT_LANES*BITS-1:0] m_axis_tdata,
    output wire                      m_axis_tvalid,
    input  wire                      m_axis_tready,
    output wire                      m_axis_tlast
);

    localparam integer K         = IN_LANES / OUT_LANES;
    localparam integer IN_BEATS  = (CHANNELS + IN_LANES - 1) / IN_LANES;
    localparam integer OUT_BEATS = (CHANNELS + OUT_LANES - 1) / OUT_LANES;
    localparam integer TAIL      = OUT_BEATS - (IN_BEATS - 1) * K;    // pieces of a pixel's last beat, 1..K

    generate
        if (BITS < 1)                 begin : g_rule_bits      wire BITS_below_1 = {0{1'b0}};                      initial $finish;  end
        if (CHANNELS < 1)             begin : g_rule_channels  wire CHANNELS_below_1 = {0{1'b0}};                  initial $finish;  end
        if (K * OUT_LANES != IN_LANES || K < 1)
                                      begin : g_rule_lanes     wire OUT_LANES_must_divide_IN_LANES = {0{1'b0}};    initial $finish;  end
    endgenerate

    generate if (K == 1) begin : g_wires

        wire unused = &{1'b0, clk, rst};
        assign m_axis_tdata  = s_axis_tdata;
        assign m_axis_tvalid = s_axis_tvalid;
        assign m_axis_tlast  = s_axis_tlast;
        assign s_axis_tready = m_axis_tready;

    end else begin : g_split

        localparam integer IN_BEAT_LAST = IN_BEATS - 1;
        localparam integer K_LAST       = K - 1;
        localparam integer TAIL_LAST    = TAIL - 1;
        localparam integer BEAT_BITS    = (IN_BEATS > 1) ? $clog2(IN_BEATS) : 1;
        localparam integer LEFT_BITS    = $clog2(K);
        localparam integer PIECE        = OUT_LANES * BITS;
        localparam [LEFT_BITS-1:0] ONE  = 1;

        reg [IN_LANES*BITS-1:0] pieces;      // the piece on offer at the bottom
        reg [LEFT_BITS-1:0]     left;        // pieces behind it
        reg                     more;        // any behind it; a register, so that mappers leave it out of the data path
        reg                     valid, last;
        reg [BEAT_BITS-1:0]     beat;        // place in the pixel of the next input beat

        wire step      = !valid || m_axis_tready;
        wire tail_beat = (beat == IN_BEAT_LAST[BEAT_BITS-1:0]);

        assign s_axis_tready = step && !more;
        assign m_axis_tvalid = valid;
        assign m_axis_tdata  = pieces[PIECE-1:0];
        assign m_axis_tlast  = last && !more;

        always @(posedge clk) begin
            if (step) begin
                pieces <= more ? {{PIECE{1'b0}}, pieces[IN_LANES*BITS-1:PIECE]} : s_axis_tdata;
                left   <= more ? left - 1'b1 : tail_beat ? TAIL_LAST[LEFT_BITS-1:0] : K_LAST[LEFT_BITS-1:0];
                more   <= more ? (left != ONE) : (s_axis_tvalid && ((TAIL > 1) || !tail_beat));
                valid  <= more || s_axis_tvalid;
                if (!more) begin
                    last <= s_axis_tlast;
                    if (s_axis_tvalid) beat <= tail_beat ? {BEAT_BITS{1'b0}} : beat + 1'b1;
                end
            end
            if (rst) begin
                more  <= 1'b0;
                valid <= 1'b0;
                beat  <= {BEAT_BITS{1'b0}};
            end
        end

    end endgenerate

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

    // Order: piece tag_piece of the tag_beat-th beat of a pixel leaves at place tag_beat*K + tag_piece of the pixel.
    (* anyconst *) wire [3:0]                tag_beat, tag_piece;
    (* anyconst *) wire [OUT_LANES*BITS-1:0] tagged;
    wire [3:0] tag_place = tag_beat * K + tag_piece;
    wire [5:0] tag_shift = tag_piece * OUT_LANES * BITS;
    wire [OUT_LANES*BITS-1:0] f_piece = s_axis_tdata >> tag_shift;
    always @* assume (tag_beat < IN_BEATS && tag_piece < K && tag_place < OUT_BEATS);
    reg [3:0] in_place, out_place;
    wire f_take = s_axis_tvalid && s_axis_tready;
    wire f_give = m_axis_tvalid && m_axis_tready;
    always @(posedge clk) begin
        if (f_take) in_place  <= (in_place  == IN_BEATS  - 1) ? 4'd0 : in_place  + 1'b1;
        if (f_give) out_place <= (out_place == OUT_BEATS - 1) ? 4'd0 : out_place + 1'b1;
        if (rst) begin
            in_place  <= 4'd0;
            out_place <= 4'd0;
        end
    end
    always @* if (seen_clk && !rst) begin
        if (s_axis_tvalid && in_place == tag_beat) assume (f_piece == tagged);
        if (s_axis_tvalid) assume (in_place == IN_BEATS - 1 || !s_axis_tlast);
        if (m_axis_tvalid && out_place == tag_place) assert (m_axis_tdata == tagged);
        if (m_axis_tvalid && m_axis_tlast) assert (out_place == OUT_BEATS - 1);
    end

    generate if (K > 1) begin : g_invariants
        // The beat inside is the one before in_place, and what is left of it ends where the next one starts.
        wire [3:0] inside = (in_place == 0) ? IN_BEATS - 1 : in_place - 4'd1;
        wire [5:0] held_shift = (tag_place - out_place) * OUT_LANES * BITS;
        wire [OUT_LANES*BITS-1:0] held = g_split.pieces >> held_shift;
        wire [3:0] pieces_of_inside = (inside == IN_BEATS - 1) ? TAIL : K;
        always @* if (seen_clk && !rst) begin
            assert (g_split.beat == in_place && in_place < IN_BEATS && out_place < OUT_BEATS);
            if (g_split.valid) begin
                assert (g_split.left < pieces_of_inside);
                assert (out_place == inside * K + pieces_of_inside - 1 - g_split.left);
                assert (!g_split.last || inside == IN_BEATS - 1);
                assert (g_split.more == (g_split.left != 0));
                if (inside == tag_beat && out_place <= tag_place) assert (held == tagged);
            end else begin
                assert (out_place == in_place * K);
                assert (!g_split.more);
            end
        end
    end else begin : g_wires_invariants
        always @* if (seen_clk && !rst) assert (in_place == out_place && in_place < IN_BEATS);
    end endgenerate

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (f_give && m_axis_tlast);
        cover (f_take && f_give && $past(f_give) && in_place == 0);
    end
`endif

endmodule

`default_nettype wire
