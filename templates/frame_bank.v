// frame_bank - the bank of a memory that belongs to each beat, where weights are switched between two frames
//
//   bank = swap_bank from frame number swap_at on, the former one before it
//
// Use        Beside each memory of two banks (weight_ram), at the stream whose beats read it: frames are counted as their
//            last beats are taken. swap_at is the number of the first frame of the new set, the same for all memories.
// Timing     bank is a register: that of the beat that is taken now (move). It follows swap_at and swap_bank, which change
//            together, a clock later; the frame swap_at comes no earlier.
// Settled    high once the bank is swap_bank: no beat of a former set is to come.
// Numbers    are modulo 2^COUNT_BITS: fewer than 2^COUNT_BITS - 1 frames are between the count of swap_at and this memory.
// Reset      synchronous, active high; frame 0, bank 0.
// Cost       COUNT_BITS + 1 flip-flops, two comparisons.
// Tested by  testbench/cells/frame_bank; proved by `npm run formal -- frame_bank`.

`default_nettype none

module frame_bank #(
    parameter integer COUNT_BITS = 4   // of a frame's number
) (
    input  wire                  clk,
    input  wire                  rst,
    input  wire                  move,       // a beat is taken
    input  wire                  last,       // it is its frame's last one
    input  wire [COUNT_BITS-1:0] swap_at,
    input  wire                  swap_bank,
    output reg                   bank,
    output wire                  settled
);

    generate
        if (COUNT_BITS < 2) begin : g_rule_count  wire COUNT_BITS_below_2 = {0{1'b0}};  initial $finish;  end
    endgenerate

    reg  [COUNT_BITS-1:0] frame;             // number of the frame whose beats are taken now
    wire [COUNT_BITS-1:0] frame_n = frame + 1'b1;
    wire                  ends    = move && last;

    assign settled = (bank == swap_bank);

    always @(posedge clk) begin
        if (ends) frame <= frame_n;
        if (frame == swap_at || (ends && frame_n == swap_at)) bank <= swap_bank;
        if (rst) begin
            frame <= {COUNT_BITS{1'b0}};
            bank  <= 1'b0;
        end
    end

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    // Numbers that do not wrap, and who switches: swap_at is the number of frames that have entered, and rests until this
    // memory has followed. `given` frames have entered, `taken` of them are over here.
    reg  [11:0] given, taken, at;
    (* anyseq *) wire enters;
    always @(posedge clk) begin
        if (enters) given <= given + 1;
        if (ends)   taken <= taken + 1;
        if (rst) begin
            given <= 0;
            taken <= 0;
        end
    end
    always @* if (seen_clk && !rst) begin
        assume (given != 12'hfff);
        // No beat comes of a frame that has not entered, and not too many are on the way.
        if (move) assume (taken < given);
        if (given - taken >= (1 << COUNT_BITS) - 2) assume (!enters);
    end
    reg                  q_bank, q_settled;
    reg [COUNT_BITS-1:0] q_at;
    reg                  q_rst;
    always @(posedge clk) begin
        q_bank    <= swap_bank;
        q_at      <= swap_at;
        q_settled <= settled;
        q_rst     <= rst;
        // The frame from which the new set holds, when the switch is asked for.
        if (swap_bank != q_bank) at <= given;
        if (rst) at <= 0;
    end
    wire [11:0] from = (swap_bank != q_bank && !q_rst) ? given : at;
    always @* if (seen_clk && !rst) begin
        if (q_rst) assume (swap_at == 0 && swap_bank == 0);
        else if (swap_bank == q_bank) assume (swap_at == q_at);
        else begin
            assume (q_settled && swap_at == given[COUNT_BITS-1:0]);
        end
    end
    always @* if (seen_clk && rst) assume (swap_at == 0 && swap_bank == 0);

    always @* if (seen_clk && !rst) begin
        assert (taken <= given && given - taken < (1 << COUNT_BITS) - 1);
        assert (frame == taken[COUNT_BITS-1:0]);
        assert (from <= given);
        assert (swap_at == from[COUNT_BITS-1:0]);
        // Every beat meets the set of its frame: the one asked for from frame `from` on, before it the other one.
        if (move && taken >= from) assert (bank == swap_bank);
        if (move && taken < from && !settled) assert (bank != swap_bank);
        if (taken < from) assert (!settled);
        if (!settled) assert (taken < from || swap_bank != q_bank);
        if (settled) assert (taken >= from);
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (settled && $past(!settled) && taken == 2 && given == 4);
        cover (settled && $past(!settled) && swap_bank == 1'b0);
    end
`endif

endmodule

`default_nettype wire
