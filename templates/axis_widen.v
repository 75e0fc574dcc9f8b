// axis_widen - gathers beats of IN_LANES lanes into beats of OUT_LANES lanes
//
//   a pixel of CHANNELS channels: ceil(CHANNELS/IN_LANES) beats in, ceil(CHANNELS/OUT_LANES) beats out
//
// Folding    K = OUT_LANES/IN_LANES pieces a beat; the last beat of a pixel leaves when its last piece is in,
//            with zero lanes behind it.
// Timing     one input beat per clock, 1 clock from the last piece to its beat; wires where K = 1.
//            tready = one gate behind m_axis_tready, and high while pieces are missing.
// Lanes      channel c of a pixel in beat c / LANES, lane c % LANES, on both sides; lane 0 in the least significant bits.
// Framing    tlast of the piece that completes a beat. The place in the pixel is counted here.
// Reset      synchronous, active high; clears control state only.
// Does not   reorder channels or put two pixels into one beat.
// Cost       (2*OUT_LANES-IN_LANES)*BITS flip-flops, OUT_LANES*BITS LUTs.
// Tested by  testbench/cells/axis_widen; proved by `npm run formal -- axis_widen`.

`default_nettype none

module axis_widen #(
    parameter integer BITS      = 8,   // bits of a lane
    parameter integer IN_LANES  = 2,   // lanes of an input beat
    parameter integer OUT_LANES = 4,   // lanes of an output beat; a multiple of IN_LANES
    parameter integer CHANNELS  = 6    // channels of a pixel
) (
    input  wire                      clk,
    input  wire                      rst,

    // AXI4-Stream in: narrow beats
    input  wire [IN_LANES*BITS-1:0]  s_axis_tdata,
    input  wire                      s_axis_tvalid,
    output wire                      s_axis_tready,
    input  wire                      s_axis_tlast,

    // AXI4-Stream out: wide beats
    output wire [OUT_LANES*BITS-1:0] m_axis_tdata,
    output wire                      m_axis_tvalid,
    input  wire                      m_axis_tready,
    output wire                      m_axis_tlast
);

    localparam integer K         = OUT_LANES / IN_LANES;
    localparam integer IN_BEATS  = (CHANNELS + IN_LANES - 1) / IN_LANES;
    localparam integer OUT_BEATS = (CHANNELS + OUT_LANES - 1) / OUT_LANES;
    localparam integer TAIL      = IN_BEATS - (OUT_BEATS - 1) * K;    // pieces of a pixel's last beat, 1..K

    generate
        if (BITS < 1)                 begin : g_rule_bits      wire BITS_below_1 = {0{1'b0}};                      initial $finish;  end
        if (CHANNELS < 1)             begin : g_rule_channels  wire CHANNELS_below_1 = {0{1'b0}};                  initial $finish;  end
        if (K * IN_LANES != OUT_LANES || K < 1)
                                      begin : g_rule_lanes     wire IN_LANES_must_divide_OUT_LANES = {0{1'b0}};    initial $finish;  end
    endgenerate

    generate if (K == 1) begin : g_wires

        wire unused = &{1'b0, clk, rst};
        assign m_axis_tdata  = s_axis_tdata;
        assign m_axis_tvalid = s_axis_tvalid;
        assign m_axis_tlast  = s_axis_tlast;
        assign s_axis_tready = m_axis_tready;

    end else begin : g_gather

        localparam integer OUT_BEAT_LAST = OUT_BEATS - 1;
        localparam integer K_LAST        = K - 1;
        localparam integer TAIL_LAST     = TAIL - 1;
        localparam integer BEAT_BITS     = (OUT_BEATS > 1) ? $clog2(OUT_BEATS) : 1;
        localparam integer SLOT_BITS     = $clog2(K);
        localparam integer PIECE         = IN_LANES * BITS;

        reg [(K-1)*PIECE-1:0] gathered;
        reg [SLOT_BITS-1:0]   slot;          // pieces gathered
        reg [BEAT_BITS-1:0]   beat;          // place in the pixel of the beat being gathered
        reg [K*PIECE-1:0]     wide;
        reg                   valid, last;

        wire tail_beat   = (beat == OUT_BEAT_LAST[BEAT_BITS-1:0]);
        wire final_piece = (slot == (tail_beat ? TAIL_LAST[SLOT_BITS-1:0] : K_LAST[SLOT_BITS-1:0]));
        wire take        = s_axis_tvalid && s_axis_tready;

        assign s_axis_tready = m_axis_tready || !(valid && final_piece);
        assign m_axis_tvalid = valid;
        assign m_axis_tdata  = wide;
        assign m_axis_tlast  = last;

        // Only two slots can hold the final piece, so each piece of the wide beat chooses among two sources at most.
        wire [K*PIECE-1:0] assembled;
        genvar k;
        for (k = 0; k < K; k = k + 1) begin : g_piece
            wire [PIECE-1:0] in_full_beat, in_tail_beat;
            if (k < K - 1)         begin : g_full_held assign in_full_beat = gathered[k*PIECE +: PIECE]; end
            else                   begin : g_full_last assign in_full_beat = s_axis_tdata;                end
            if (k < TAIL - 1)      begin : g_tail_held assign in_tail_beat = gathered[k*PIECE +: PIECE]; end
            else if (k == TAIL-1)  begin : g_tail_last assign in_tail_beat = s_axis_tdata;                end
            else                   begin : g_tail_zero assign in_tail_beat = {PIECE{1'b0}};               end
            assign assembled[k*PIECE +: PIECE] = tail_beat ? in_tail_beat : in_full_beat;
            if (k < K - 1) begin : g_store
                localparam integer SLOT = k;
                always @(posedge clk)
                    if (take && slot == SLOT[SLOT_BITS-1:0]) gathered[k*PIECE +: PIECE] <= s_axis_tdata;
            end
        end

        always @(posedge clk) begin
            if (m_axis_tready) valid <= 1'b0;
            if (take) begin
                slot <= final_piece ? {SLOT_BITS{1'b0}} : slot + 1'b1;
                if (final_piece) begin
                    beat  <= tail_beat ? {BEAT_BITS{1'b0}} : beat + 1'b1;
                    wide  <= assembled;
                    last  <= s_axis_tlast;
                    valid <= 1'b1;
                end
            end
            if (rst) begin
                slot  <= {SLOT_BITS{1'b0}};
                beat  <= {BEAT_BITS{1'b0}};
                valid <= 1'b0;
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

    // Order: input beat tag_out*K + tag_piece of a pixel leaves as piece tag_piece of the pixel's beat tag_out, and
    // zero lanes stand behind the last one.
    (* anyconst *) wire [3:0]               tag_out, tag_piece;
    (* anyconst *) wire [IN_LANES*BITS-1:0] tagged;
    wire [3:0] tag       = tag_out * K + tag_piece;
    wire [5:0] tag_shift = tag_piece * IN_LANES * BITS;
    wire [IN_LANES*BITS-1:0] f_piece = m_axis_tdata >> tag_shift;
    always @* assume (tag_out < OUT_BEATS && tag_piece < K && tag < IN_BEATS);
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
        if (s_axis_tvalid && in_place == tag) assume (s_axis_tdata == tagged);
        if (s_axis_tvalid) assume (in_place == IN_BEATS - 1 || !s_axis_tlast);
        if (m_axis_tvalid && out_place == tag_out) assert (f_piece == tagged);
        if (m_axis_tvalid && out_place == OUT_BEATS - 1)
            assert ((m_axis_tdata >> (TAIL * IN_LANES * BITS)) == 0);
        if (m_axis_tvalid && m_axis_tlast) assert (out_place == OUT_BEATS - 1);
    end

    generate if (K > 1) begin : g_invariants
        // The wide beat on offer, if any, is the one before the beat being gathered.
        wire [IN_LANES*BITS-1:0] held = g_gather.gathered >> tag_shift;
        wire [3:0] before = (g_gather.beat == 0) ? OUT_BEATS - 1 : g_gather.beat - 4'd1;
        always @* if (seen_clk && !rst) begin
            assert (in_place < IN_BEATS && g_gather.beat < OUT_BEATS);
            assert (in_place == g_gather.beat * K + g_gather.slot);
            assert (out_place == (g_gather.valid ? before : g_gather.beat));
            if (g_gather.valid && g_gather.last) assert (out_place == OUT_BEATS - 1);
            if (g_gather.beat == tag_out && g_gather.slot > tag_piece) assert (held == tagged);
        end
    end else begin : g_wires_invariants
        always @* if (seen_clk && !rst) assert (in_place == out_place && in_place < IN_BEATS);
    end endgenerate

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (f_give && m_axis_tlast);
        cover (f_take && $past(f_take) && f_give);
    end
`endif

endmodule

`default_nettype wire
