// axis_gearbox - cuts frames of beats into words of any other width, without a gap between words
//
//   word n of a frame = its bits n*OUT_BITS and up, the first beat's lowest bit first;  n = 0..WORDS-1
//
// Timing     a beat or a word a clock, whichever the wider one is; two clocks more at the end of a frame.
// Framing    a frame is as many beats as WORDS words take; bits behind its last word are dropped. tlast marks the last
//            word; tlast of the input is ignored.
// Reset      synchronous, active high; forgets what is inside.
// Does not   register its handshake: m_axis_tready reaches s_axis_tready.
// Cost       IN_BITS + OUT_BITS - gcd registers, and a shifter of IN_BITS to OUT_BITS/gcd places. Where the widths divide one
//            another: registers of the wider one, and a choice of a word out of a beat or nothing.
// Tested by  testbench/cells/axis_gearbox; proved by `npm run formal -- axis_gearbox`.

`default_nettype none

module axis_gearbox #(
    parameter integer IN_BITS  = 32,   // of a beat
    parameter integer OUT_BITS = 12,   // of a word
    parameter integer WORDS    = 5     // of a frame
) (
    input  wire                clk,
    input  wire                rst,

    // AXI4-Stream in
    input  wire [IN_BITS-1:0]  s_axis_tdata,
    input  wire                s_axis_tvalid,
    output wire                s_axis_tready,
    input  wire                s_axis_tlast,

    // AXI4-Stream out
    output wire [OUT_BITS-1:0] m_axis_tdata,
    output wire                m_axis_tvalid,
    input  wire                m_axis_tready,
    output wire                m_axis_tlast
);

    function integer gcd(input integer a, input integer b);
        integer x, y, z;
        begin
            x = a;
            y = b;
            while (y > 0) begin
                z = x % y;
                x = y;
                y = z;
            end
            gcd = x;
        end
    endfunction
    // Guarded, so that a broken rule is what stops the tools.
    localparam integer UNIT      = (IN_BITS > 0 && OUT_BITS > 0) ? gcd(IN_BITS, OUT_BITS) : 1;
    localparam integer HOLD      = IN_BITS + OUT_BITS - UNIT;
    localparam integer IN        = IN_BITS / UNIT;
    localparam integer OUT       = OUT_BITS / UNIT;
    localparam integer BEATS     = (WORDS * OUT + IN - 1) / IN;
    localparam integer U_BITS    = $clog2(IN + OUT);
    localparam integer B_BITS    = $clog2(BEATS + 1);
    localparam integer N_BITS    = (WORDS > 1) ? $clog2(WORDS) : 1;
    localparam integer N_LAST    = WORDS - 1;
    localparam integer MOST      = OUT - 1;                   // units that leave room for a beat

    generate
        if (IN_BITS < 1 || OUT_BITS < 1 || WORDS < 1)
            begin : g_rule_size  wire sizes_must_be_positive = {0{1'b0}};  initial $finish;  end
    endgenerate

    wire unused_last = s_axis_tlast;

    reg [U_BITS-1:0] filled;       // units that are here
    reg [B_BITS-1:0] beats;        // of this frame that have come
    reg [N_BITS-1:0] n;            // words of it that have left

    assign m_axis_tvalid = (filled >= OUT[U_BITS-1:0]);
    assign m_axis_tlast  = (n == N_LAST[N_BITS-1:0]);

    wire              give = m_axis_tvalid && m_axis_tready;
    wire [U_BITS-1:0] stay = give ? filled - OUT[U_BITS-1:0] : filled;
    assign s_axis_tready = !rst && (stay <= MOST[U_BITS-1:0]) && (beats != BEATS[B_BITS-1:0]);
    wire              take = s_axis_tvalid && s_axis_tready;

`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);
    wire [HOLD-1:0]  held;         // what is here, the next word lowest
`endif
    genvar k;
    generate
        // A beat of whole words stays where it is, and words are chosen from it.
        if (OUT == 1) begin : g_choose
            localparam integer A_BITS = (IN > 1) ? $clog2(IN) : 1;
            localparam integer A_LAST = IN - 1;
            reg  [IN_BITS-1:0]  beat;
            reg  [A_BITS-1:0]   at;
            wire [OUT_BITS-1:0] words [0:IN-1];
            for (k = 0; k < IN; k = k + 1) begin : g_word
                assign words[k] = beat[k*OUT_BITS +: OUT_BITS];
            end
            always @(posedge clk) begin
                if (take) beat <= s_axis_tdata;
                if (rst || take) at <= {A_BITS{1'b0}};
                else if (give && at != A_LAST[A_BITS-1:0]) at <= at + 1'b1;
            end
            assign m_axis_tdata = words[at];
`ifdef FORMAL
            assign held = beat >> (at * OUT_BITS);
            always @* if (seen_clk && !rst && filled != 0) assert (at == IN - filled);
`endif
        end
        // Beats are put beside one another until they are a word.
        if (OUT > 1 && IN == 1) begin : g_gather
            reg [OUT_BITS-1:0] word;
            for (k = 0; k < OUT; k = k + 1) begin : g_beat
                localparam integer PLACE = k;
                always @(posedge clk) if (take && stay == PLACE[U_BITS-1:0]) word[k*IN_BITS +: IN_BITS] <= s_axis_tdata;
            end
            assign m_axis_tdata = word;
`ifdef FORMAL
            assign held = word;
`endif
        end
        if (OUT > 1 && IN > 1) begin : g_shift
            reg  [HOLD-1:0] bits;          // those above what is here are 0
            wire [HOLD-1:0] kept  = give ? {{OUT_BITS{1'b0}}, bits[HOLD-1:OUT_BITS]} : bits;
            wire [HOLD-1:0] fresh = {{(HOLD-IN_BITS){1'b0}}, s_axis_tdata} << (stay * UNIT);
            // What is left of the last beat is no word's.
            always @(posedge clk) bits <= (rst || (give && m_axis_tlast)) ? {HOLD{1'b0}} : take ? kept | fresh : kept;
            assign m_axis_tdata = bits[OUT_BITS-1:0];
`ifdef FORMAL
            assign held = bits;
            always @* if (seen_clk && !rst) assert ((bits >> (filled * UNIT)) == 0);
`endif
        end
    endgenerate

    always @(posedge clk) begin
        filled <= take ? stay + IN[U_BITS-1:0] : stay;
        if (take) beats <= beats + 1'b1;
        if (give) n <= n + 1'b1;
        if (rst || (give && m_axis_tlast)) begin
            filled <= {U_BITS{1'b0}};
            beats <= {B_BITS{1'b0}};
            n     <= {N_BITS{1'b0}};
        end
    end

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(s_axis_tvalid && !s_axis_tready)) assume (s_axis_tvalid && $stable(s_axis_tdata));
        if ($past(m_axis_tvalid && !m_axis_tready))
            assert (m_axis_tvalid && $stable(m_axis_tdata) && $stable(m_axis_tlast));
    end

    // Bit `tag` of a frame is where it must be.
    localparam integer FRAME = BEATS * IN_BITS;
    (* anyconst *) wire [15:0] tag;
    (* anyconst *) wire        tagged;
    wire [15:0] from = beats * IN_BITS;      // first bit that has not come
    wire [15:0] gone = n * OUT_BITS;         // first bit that has not left
    always @* if (seen_clk && !rst) begin
        if (take && tag >= from && tag - from < IN_BITS) assume (s_axis_tdata[(tag - from) % IN_BITS] == tagged);
        assert (beats <= BEATS && n < WORDS && filled <= IN + OUT - 1);
        assert (filled * UNIT == from - gone);
        assert (from >= gone);
        if (tag < FRAME && tag >= gone && tag < from) assert (held[(tag - gone) % HOLD] == tagged);
        if (m_axis_tvalid && tag >= gone && tag - gone < OUT_BITS) assert (m_axis_tdata[(tag - gone) % OUT_BITS] == tagged);
        // Never stuck: what is inside is a word, or there is room.
        assert (m_axis_tvalid || s_axis_tready);
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (m_axis_tvalid && m_axis_tready && m_axis_tlast);
        cover (take && give);
        cover (beats == BEATS && !m_axis_tready);
    end
`endif

endmodule

`default_nettype wire
