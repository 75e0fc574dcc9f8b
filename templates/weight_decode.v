// weight_decode - turns coded weights into plain ones, a block of them a clock
//
//   block = for each of LANES weights a bit (1: not `first`), for each 1 of them a bit (1: not `second` either), for each 1
//           of those the weight itself; m_axis = the weights, weight l at bit W_BITS*l
//
// Code       clamped weights pile up on two values: the commonest takes one bit, the second two, any other one 2 + W_BITS. The
//            bits of a block's weights stand together by their sort, so that the place of each is a count of ones.
// Frame      BLOCKS blocks without a gap, the lowest bit of a beat first; tlast marks the frame's last beat, and what is
//            left of it behind the last block is dropped.
// Timing     a block a clock where as many bits come; 2 clocks from the beat that completes a block to its weights.
// Errors     A frame whose beats end before its blocks, or whose blocks end before its beats, stops: `bad` is high, and
//            nothing leaves any more until a reset. So a code of any content ends, and is read as often as another one.
// Reset      synchronous, active high; forgets what is inside. `first` and `second` are constant between resets.
// Does not   find a wrong code of the right length.
// Cost       LANES*(2 + W_BITS) + DATA_BITS registers and two shifters of them, counts of LANES ones, and for each lane
//            a choice among the weights up to it.
// Tested by  testbench/cells/weight_decode; proved by `npm run formal -- weight_decode`.

`default_nettype none

module weight_decode #(
    parameter integer DATA_BITS = 64,   // of a beat
    parameter integer W_BITS    = 4,    // of a weight
    parameter integer LANES     = 4,    // weights of a block
    parameter integer BLOCKS    = 5     // of a frame
) (
    input  wire                    clk,
    input  wire                    rst,
    input  wire [W_BITS-1:0]       first,    // the commonest weight
    input  wire [W_BITS-1:0]       second,

    // AXI4-Stream in: coded weights
    input  wire [DATA_BITS-1:0]    s_axis_tdata,
    input  wire                    s_axis_tvalid,
    output wire                    s_axis_tready,
    input  wire                    s_axis_tlast,

    // AXI4-Stream out: blocks of weights
    output wire [LANES*W_BITS-1:0] m_axis_tdata,
    output reg                     m_axis_tvalid,
    input  wire                    m_axis_tready,
    output reg                     m_axis_tlast,

    output reg                     bad
);

    localparam integer MOST   = LANES * (2 + W_BITS);             // bits of a block
    localparam integer HOLD   = MOST + DATA_BITS;
    localparam integer H_BITS = $clog2(HOLD + 1);
    localparam integer N_BITS = $clog2(LANES + 1);                // of a count of ones
    localparam integer B_BITS = (BLOCKS > 1) ? $clog2(BLOCKS) : 1;
    localparam integer B_LAST = BLOCKS - 1;
    localparam integer REST   = LANES * W_BITS;

    generate
        if (DATA_BITS < 1 || W_BITS < 1 || BLOCKS < 1)
            begin : g_rule_size   wire sizes_must_be_positive = {0{1'b0}};  initial $finish;  end
        if (LANES < 2)
            begin : g_rule_lanes  wire LANES_below_2          = {0{1'b0}};  initial $finish;  end
    endgenerate

    function [N_BITS-1:0] ones(input [LANES-1:0] bits);
        integer k;
        begin
            ones = {N_BITS{1'b0}};
            for (k = 0; k < LANES; k = k + 1) ones = ones + {{(N_BITS-1){1'b0}}, bits[k]};
        end
    endfunction

    // ---------------------------------------------------------------- bits that have come
    reg  [HOLD-1:0]   held;        // the bits above those that are here are 0
    reg  [H_BITS-1:0] here;
    reg               ended;       // the frame's last beat is among them
    reg  [B_BITS-1:0] n;           // block of the frame

    wire [LANES-1:0]  others = held[LANES-1:0];
    wire [N_BITS-1:0] n_others = ones(others);
    wire [HOLD-1:0]   behind = held >> LANES;
    wire [LANES-1:0]  rares  = behind[LANES-1:0] & ~({LANES{1'b1}} << n_others);
    wire [N_BITS-1:0] n_rares = ones(rares);
    wire [HOLD-1:0]   values = behind >> n_others;
    wire              unused = &{1'b0, behind, values};
    // A block that is not here as a whole seems to be at least as long as what is here.
    wire [H_BITS-1:0] size   = LANES[H_BITS-1:0] + {{(H_BITS-N_BITS){1'b0}}, n_others}
                             + {{(H_BITS-N_BITS){1'b0}}, n_rares} * W_BITS[H_BITS-1:0];
    wire              whole  = (size <= here);
    wire              last   = (n == B_LAST[B_BITS-1:0]);
    wire              room   = !m_axis_tvalid || m_axis_tready;
    wire              give   = whole && room && !bad;
    wire [H_BITS-1:0] stay   = give ? here - size : here;
    // The next frame's bits come when this one's have gone.
    assign s_axis_tready = !rst && !bad && !ended && (stay <= MOST[H_BITS-1:0]);
    wire              take   = s_axis_tvalid && s_axis_tready;
    wire              ends   = ended || (take && s_axis_tlast);
    wire [HOLD-1:0]   kept   = give ? held >> size : held;
    wire [HOLD-1:0]   fresh  = {{MOST{1'b0}}, s_axis_tdata} << stay;

    always @(posedge clk) begin
        held  <= take ? kept | fresh : kept;
        here  <= take ? stay + DATA_BITS[H_BITS-1:0] : stay;
        ended <= ends;
        if (give) n <= last ? {B_BITS{1'b0}} : n + 1'b1;
        // What is left of the last beat is nobody's; a whole beat more, or one that has not come, is wrong.
        if (give && last) begin
            held  <= {HOLD{1'b0}};
            here  <= {H_BITS{1'b0}};
            ended <= 1'b0;
            if (!ended || stay >= DATA_BITS[H_BITS-1:0]) bad <= 1'b1;
        end
        if (ended && !whole) bad <= 1'b1;
        if (rst) begin
            held  <= {HOLD{1'b0}};
            here  <= {H_BITS{1'b0}};
            ended <= 1'b0;
            n     <= {B_BITS{1'b0}};
            bad   <= 1'b0;
        end
    end

    // ---------------------------------------------------------------- the block that leaves
    reg [LANES-1:0] is_other, is_rare;     // of a lane; of an `other` weight
    reg [REST-1:0]  rest;
    always @(posedge clk) begin
        if (room) begin
            m_axis_tvalid <= give && !(last && (!ended || stay >= DATA_BITS[H_BITS-1:0]));
            m_axis_tlast  <= last;
            is_other      <= others;
            is_rare       <= rares;
            rest          <= values[REST-1:0];
        end
        if (rst) m_axis_tvalid <= 1'b0;
    end

    // Lane l is `other` number o of the block, and rare number r.
    genvar l;
    generate
        for (l = 0; l < LANES; l = l + 1) begin : g_lane
            wire [N_BITS-1:0] o = ones(is_other & ~({LANES{1'b1}} << l));
            wire              rare = |(is_rare & ({{(LANES-1){1'b0}}, 1'b1} << o));
            wire [N_BITS-1:0] r = ones(is_rare & ~({LANES{1'b1}} << o));
            wire [W_BITS-1:0] own;
            wire [REST-1:0]   moved = rest >> (r * W_BITS);
            wire              unused_moved = &{1'b0, moved};
            assign own = moved[W_BITS-1:0];
            assign m_axis_tdata[l*W_BITS +: W_BITS] = !is_other[l] ? first : rare ? own : second;
        end
    endgenerate

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    // Any weights, coded by the definition, a weight after the other.
    localparam integer ALL = BLOCKS * LANES;
    localparam integer BITS = ALL * (2 + W_BITS) + DATA_BITS;
    (* anyconst *) wire [ALL*W_BITS-1:0] weights;
    (* anyconst *) wire [W_BITS-1:0]     first_c, second_c;
    (* anyconst *) wire                  broken;       // the frame's beats are not those of a code
    reg  [BITS-1:0] code;
    reg  [15:0]     from [0:BLOCKS];   // first bit of each block
    reg  [15:0]     at;
    integer         c, d;
    always @* begin
        code = 0;
        at = 0;
        for (c = 0; c < BLOCKS; c = c + 1) begin
            from[c] = at;
            for (d = 0; d < LANES; d = d + 1) begin
                code = code | (((weights[(c*LANES + d)*W_BITS +: W_BITS] != first) ? 1 : 0) << at);
                at = at + 1;
            end
            for (d = 0; d < LANES; d = d + 1)
                if (weights[(c*LANES + d)*W_BITS +: W_BITS] != first) begin
                    code = code | (((weights[(c*LANES + d)*W_BITS +: W_BITS] != second) ? 1 : 0) << at);
                    at = at + 1;
                end
            for (d = 0; d < LANES; d = d + 1)
                if (weights[(c*LANES + d)*W_BITS +: W_BITS] != first && weights[(c*LANES + d)*W_BITS +: W_BITS] != second) begin
                    code = code | ({{BITS{1'b0}}, weights[(c*LANES + d)*W_BITS +: W_BITS]} << at);
                    at = at + W_BITS;
                end
        end
        from[BLOCKS] = at;
    end
    wire [15:0] beats = (from[BLOCKS] + DATA_BITS - 1) / DATA_BITS;
    reg  [15:0] come;              // beats of the frame
    always @(posedge clk) begin
        if (take) come <= come + 1;
        if (rst || (give && last)) come <= 0;
    end
    wire [BITS+DATA_BITS-1:0] ahead = code >> (come * DATA_BITS);
    always @* if (seen_clk) begin
        assume (first == first_c && second == second_c && first != second);
        if (!broken && s_axis_tvalid) begin
            assume (s_axis_tdata == ahead[DATA_BITS-1:0]);
            assume (s_axis_tlast == (come + 1 == beats));
        end
    end
    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(s_axis_tvalid && !s_axis_tready))
            assume (s_axis_tvalid && $stable(s_axis_tdata) && $stable(s_axis_tlast));
        if ($past(m_axis_tvalid && !m_axis_tready))
            assert (m_axis_tvalid && $stable(m_axis_tdata) && $stable(m_axis_tlast));
        if ($past(bad)) assert (bad);
    end

    reg [B_BITS-1:0] left_n;       // block that leaves
    always @(posedge clk) if (room) left_n <= n;
    wire [15:0] gone = from[n];
    wire [BITS-1:0] rest_of_code = code >> gone;
    always @* if (seen_clk && !rst) begin
        assert (here <= HOLD && n < BLOCKS);
        assert ((held >> here) == 0);
        // Never stuck: a block leaves or waits to, a beat is taken, or the frame is wrong.
        assert (m_axis_tvalid || whole || s_axis_tready || ended || bad);
        if (!broken) begin
            assert (!bad);
            assert (come <= beats && ended == (come == beats));
            assert (gone + here == come * DATA_BITS);
            assert ((held & ((ended && last) ? ~({HOLD{1'b1}} << size) : {HOLD{1'b1}})) ==
                    (rest_of_code & ~({BITS{1'b1}} << here) & ((ended && last) ? ~({BITS{1'b1}} << size) : {BITS{1'b1}})));
            if (m_axis_tvalid) begin
                assert (m_axis_tdata == ((weights >> (left_n*LANES*W_BITS)) & {(LANES*W_BITS){1'b1}}));
                assert (m_axis_tlast == (left_n == BLOCKS - 1));
            end
        end
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (!broken && m_axis_tvalid && m_axis_tready && m_axis_tlast);
        cover (take && give);
        cover (bad && $past(ended && !whole));
        cover (bad && $past(give && last));
    end
`endif

endmodule

`default_nettype wire
