// weights_bytes - bytes of weight images to words, with tlast where an image ends
//
//   word = 4 bytes, the lowest first; an image = magic, version, identity (2 words), D, N, D + N + 1 words more;
//   of version 2 = magic, 2, identity, D, N, C, D + C + 1 words more
//
// Ends       tlast stands on the word that the header says is the last one. A word that cannot be right where it is (no
//            magic, N other than WORDS, C above WORDS, D of 65536 or more) ends the image at once: what comes next opens another one.
//            give_up ends an image that has begun with one word more; the loader refuses it.
// Timing     a clock from a word's last byte to the word; no byte is taken while a word waits.
// Reset      synchronous, active high; drops an image that has begun.
// Does not   check version, identity or CRC (weights_loader).
// Cost       40 + log2(WORDS + 65538) flip-flops, about 90 LUTs.
// Tested by  testbench/cells/weights_bytes; proved by `npm run formal -- weights_bytes`.

`default_nettype none

module weights_bytes #(
    parameter integer WORDS = 4    // of weights in an image
) (
    input  wire        clk,
    input  wire        rst,

    // AXI4-Stream in: bytes of images
    input  wire [7:0]  s_axis_tdata,
    input  wire        s_axis_tvalid,
    output wire        s_axis_tready,

    input  wire        give_up,      // nothing more comes of the image that has begun

    // AXI4-Stream out: words of images
    output wire [31:0] m_axis_tdata,
    output wire        m_axis_tvalid,
    input  wire        m_axis_tready,
    output wire        m_axis_tlast,

    output reg         over          // for one clock: an image's last word has left
);

    localparam [31:0]  MAGIC     = 32'h574e4441;   // "ADNW"
    localparam [31:0]  CODED     = 32'd2;
    localparam integer LEFT_BITS = $clog2(WORDS + 65538);
    localparam integer BEHIND    = WORDS + 1;      // words behind the directory

    generate
        if (WORDS < 1) begin : g_rule_words  wire WORDS_below_1 = {0{1'b0}};  initial $finish;  end
    endgenerate

    reg [31:0]          shift;
    reg [1:0]           n;         // bytes of the word that have come
    reg [2:0]           index;     // of the next word, 7 for all behind the header
    reg                 coded;     // the image is of version 2
    reg [LEFT_BITS-1:0] left;      // words still to come
    reg                 valid, last, ending;

    wire [31:0] word   = {s_axis_tdata, shift[31:8]};
    wire        take   = s_axis_tvalid && s_axis_tready;
    wire        whole  = take && n == 2'd3;
    wire        leaves = valid && m_axis_tready;
    wire        begun  = index != 3'd0 || n != 2'd0 || valid;

    assign s_axis_tready = !valid && !ending;
    assign m_axis_tdata  = shift;
    assign m_axis_tvalid = valid;
    assign m_axis_tlast  = last;

    reg ends;
    always @*
        case (index)
            3'd0:    ends = word != MAGIC;
            3'd4:    ends = word[31:16] != 16'd0;
            3'd5:    ends = word != WORDS;
            3'd6:    ends = word > WORDS;
            3'd7:    ends = left == {{(LEFT_BITS-1){1'b0}}, 1'b1};
            default: ends = 1'b0;
        endcase

    always @(posedge clk) begin
        over <= leaves && last;
        if (take) begin
            shift <= word;
            n     <= n + 1'b1;
        end
        if (whole) begin
            valid <= 1'b1;
            last  <= ends;
            if (index == 3'd1) coded <= word == CODED;
            if (index != 3'd7) index <= (index == 3'd5 && !coded) ? 3'd7 : index + 1'b1;
            left <= (index == 3'd4) ? {{(LEFT_BITS-16){1'b0}}, word[15:0]}
                  : left + ((index == 3'd5) ? (coded ? {{(LEFT_BITS-1){1'b0}}, 1'b1} : BEHIND[LEFT_BITS-1:0])
                            : (index == 3'd6) ? word[LEFT_BITS-1:0] : {LEFT_BITS{1'b1}});
        end
        if (give_up && begun && !(valid && last)) ending <= 1'b1;
        if (ending && !valid) begin
            valid <= 1'b1;
            last  <= 1'b1;
        end
        if (leaves) begin
            valid <= 1'b0;
            if (last) begin
                n      <= 2'd0;
                index  <= 3'd0;
                last   <= 1'b0;
                ending <= 1'b0;
            end
        end
        if (rst) begin
            n      <= 2'd0;
            index  <= 3'd0;
            valid  <= 1'b0;
            last   <= 1'b0;
            ending <= 1'b0;
            over   <= 1'b0;
        end
    end

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(s_axis_tvalid && !s_axis_tready)) assume (s_axis_tvalid && $stable(s_axis_tdata));
        if ($past(m_axis_tvalid && !m_axis_tready))
            assert (m_axis_tvalid && $stable(m_axis_tdata) && $stable(m_axis_tlast));
        assert (over == $past(m_axis_tvalid && m_axis_tready && m_axis_tlast));
    end

    // The image by what has left: words so far, and how many the header says there are.
    reg [31:0] sent, all, directory;
    reg        two;          // the version says that a number of coded words follows the header
    wire [31:0] ways = sent + (valid && !given_up);
    reg [31:0] bytes;        // of the image that have come
    wire [31:0] ahead = {16'd0, m_axis_tdata[15:0]};
    always @(posedge clk) begin
        if (take) bytes <= bytes + 32'd1;
        if (leaves) begin
            sent <= sent + 32'd1;
            if (sent == 32'd1) two <= m_axis_tdata == CODED;
            if (sent == 32'd4) directory <= ahead;
            if (sent == 32'd4 && !two) all <= ahead + WORDS + 32'd7;
            if (sent == 32'd6 && two)  all <= directory + m_axis_tdata + 32'd8;
            if (last) begin
                sent  <= 32'd0;
                bytes <= 32'd0;
            end
        end
        if (rst) begin
            sent  <= 32'd0;
            bytes <= 32'd0;
        end
    end
    reg given_up;            // since the image began
    always @(posedge clk) begin
        if (give_up && begun) given_up <= 1'b1;
        if (rst || (leaves && last)) given_up <= 1'b0;
    end

    // The four bytes of a word by themselves.
    reg [31:0] four;
    always @(posedge clk) if (take) four[8*bytes[1:0] +: 8] <= s_axis_tdata;

    always @* if (seen_clk && !rst) begin
        assert (n == bytes[1:0]);
        assert (!given_up || ending || (valid && last));
        assert (!ending || given_up);
        assert (!(ending && valid && !last) || s_axis_tready == 1'b0);
        assert (index == ((ways > 32'd6 || (ways == 32'd6 && !coded)) ? 3'd7 : ways[2:0]) || given_up);
        if (!given_up && sent > 32'd1) assert (coded == two);
        if (!given_up && sent == 32'd1 && valid) assert (coded == (four == CODED));
        if (valid && !given_up) begin
            assert (bytes == 4*sent + 32'd4);
            assert (m_axis_tdata == four);
            case (sent)
                32'd0:   assert (last == (four != MAGIC));
                32'd4:   assert (last == (four[31:16] != 0));
                32'd5:   assert (last == (four != WORDS));
                32'd6:   if (two) assert (last == (four > WORDS)); else assert (last == (sent + 32'd1 == all));
                default: assert (last == (sent > 32'd5 && sent + 32'd1 == all));
            endcase
        end
        if (!valid && !given_up) assert (bytes[31:2] == sent[29:0]);
        if (!given_up && sent > 32'd4) assert (directory < 32'd65536);
        if (!valid && !given_up && sent == 32'd5) assert (left == directory);
        if (!two && !given_up && sent == 32'd5) assert (all == directory + WORDS + 32'd7);
        if (!two && !given_up && sent > 32'd5) assert (sent + left + valid == all && sent < all);
        if (two && !given_up && sent > 32'd6) assert (sent + left + valid == all && sent < all);
        if (valid && !given_up && sent == 32'd5 && !last && !two) assert (left + 32'd6 == all);
        if (valid && !given_up && sent == 32'd5 && !last && two) assert (left == directory + 32'd1);
        if (two && !given_up && sent == 32'd6 && !valid) assert (left == directory + 32'd1);
        if (two && !given_up && sent == 32'd6 && valid && !last) assert (left == directory + four + 32'd1);
        if (valid && !given_up && sent == 32'd4 && !last) assert (left == four[15:0]);
        assert (n == 2'd0 || !valid || given_up);
        if (!given_up) assert (sent <= 32'd65544 + WORDS);
        assert (index == 3'd0 || begun);
        if (!given_up && (two ? sent > 32'd6 : sent > 32'd4)) assert (all <= 32'd65543 + WORDS);
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (over && sent == 0 && $past(sent) == 0);
        cover (m_axis_tvalid && m_axis_tlast && given_up && sent == 32'd1);
        cover (index == 3'd1 && n == 2'd2);
    end
`endif

endmodule

`default_nettype wire
