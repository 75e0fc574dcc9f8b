// weights_expand - a coded weight image to a plain one, between the port for images and weights_loader
//
//   image of version 2 = magic, 2, identity (2 words), D, N, C, D words of directory, C words of code, CRC-32
//   becomes one of version 1: the N words of weights of which those are the code, and the same CRC-32, of the plain image
//
// Code       Sections, each beginning with a word: bits of a field F (4..0), a count (31..5). F = 0: so many words follow as
//            they are. Else the count is that of rows, and two words follow: fields of a row less one (15..0), bits of zeros
//            behind a row (20..16); the commonest field (15..0), the second one (31..16). Then a row's fields, from the lowest
//            bit of a word on: 0 the commonest, 1 0 the second, 1 1 and F bits any other. A section ends with whole words.
// Checks     none: what is no code becomes other words, and another CRC than the image's. A word with tlast within the code
//            becomes one with tlast; behind N words all are as they come, up to tlast. So the loader sees an end to each image.
// Timing     a bit of the code, and a bit of the weights, a clock: a word of code takes 32 * (F + 1) clocks and zeros behind rows
//            at most, one that passes two. A word more is taken meanwhile.
// Reset      synchronous, active high; the next word is the first of an image.
// Does not   look at identity or N: the loader refuses an image with others.
// Cost       about 260 flip-flops.
// Tested by  testbench/cells/weights_expand; proved by `npm run formal -- weights_expand`.

`default_nettype none

module weights_expand #(
    parameter integer WORDS = 4    // of weights in a plain image
) (
    input  wire        clk,
    input  wire        rst,

    // AXI4-Stream in: images of both versions
    input  wire [31:0] s_axis_tdata,
    input  wire        s_axis_tvalid,
    output wire        s_axis_tready,
    input  wire        s_axis_tlast,

    // AXI4-Stream out: plain images
    output reg  [31:0] m_axis_tdata,
    output reg         m_axis_tvalid,
    input  wire        m_axis_tready,
    output reg         m_axis_tlast
);

    localparam integer LEFT_BITS = $clog2(WORDS + 1);
    localparam [31:0]  VERSION_CODED = 32'd2, VERSION_PLAIN = 32'd1;

    generate
        if (WORDS < 1) begin : g_rule_words  wire WORDS_below_1 = {0{1'b0}};  initial $finish;  end
    endgenerate

    localparam [3:0] HEAD = 4'd0, DIRECTORY = 4'd1, SECTION = 4'd2, ROW = 4'd3, VALUES = 4'd4, COPY = 4'd5,
                     FIRST = 4'd6, SECOND = 4'd7, OTHER = 4'd8, VALUE = 4'd9, ZEROS = 4'd10, FILL = 4'd11, PASS = 4'd12;

    reg [3:0]           state;
    reg [2:0]           index;        // of the next word of the header
    reg                 coded;
    reg [31:0]          word;         // one that has come
    reg                 given, ends;
    reg [26:0]          count;        // words of the directory or a plain section, rows of a coded one
    reg [15:0]          per_row, fields;   // of a row, and still to come of this one, less one
    reg [4:0]           zeros, bits;
    reg [15:0]          common, second, value;
    reg [4:0]           n;            // bits of a field, or zeros, still to come
    reg [31:0]          code;
    reg [5:0]           have;         // bits of code
    reg [4:0]           fill;         // bits of m_axis_tdata that are there
    reg [LEFT_BITS-1:0] left;         // words of weights still to leave

    wire free  = !m_axis_tvalid;
    wire reads = state == FIRST || state == SECOND || state == OTHER;
    wire empty = have == 6'd0;
    // A word leaves as it is, or is taken in.
    wire passes = given && free && (state == HEAD ? index != 3'd6 : state == DIRECTORY || state == COPY || state == PASS);
    wire eats   = given && free && (state == HEAD ? index == 3'd6
                                    : state == SECTION || state == ROW || state == VALUES || (reads && empty));
    wire uses   = reads && !empty && (state != OTHER || free);
    wire put    = (state == OTHER && uses) || (free && (state == VALUE || state == ZEROS || state == FILL));
    wire bit_n  = state == OTHER ? code[0] : state == VALUE && value[0];
    wire whole  = put && fill == 5'd31;
    wire one    = count == 27'd1;
    wire n_one  = n == 5'd1;
    wire field_ends   = put && (state == OTHER || state == VALUE) && n_one;
    wire row_ends     = (field_ends && fields == 16'd0 && zeros == 5'd0) || (put && state == ZEROS && n_one);
    wire section_ends = row_ends && one;
    wire all_out      = left == {{(LEFT_BITS-1){1'b0}}, 1'b1};

    assign s_axis_tready = !given && !rst;

    always @(posedge clk) begin
        if (s_axis_tvalid && s_axis_tready) begin
            given <= 1'b1;
            word  <= s_axis_tdata;
            ends  <= s_axis_tlast;
        end
        if (m_axis_tready) m_axis_tvalid <= 1'b0;

        if (uses) begin
            code <= {1'b0, code[31:1]};
            have <= have - 6'd1;
        end
        if (put) begin
            m_axis_tdata <= {bit_n, m_axis_tdata[31:1]};
            fill         <= fill + 5'd1;
            n            <= n - 5'd1;
            value        <= {1'b0, value[15:1]};
        end

        case (state)
            FIRST: if (uses) begin
                state <= code[0] ? SECOND : VALUE;
                value <= common;
                n     <= bits;
            end
            SECOND: if (uses) begin
                state <= code[0] ? OTHER : VALUE;
                value <= second;
            end
            OTHER, VALUE, ZEROS: begin
                if (field_ends) begin
                    fields <= fields - 16'd1;
                    state  <= FIRST;
                    if (fields == 16'd0) begin
                        state <= ZEROS;
                        n     <= zeros;
                    end
                end
                if (row_ends) begin
                    fields <= per_row;
                    count  <= count - 27'd1;
                    state  <= FIRST;
                end
                if (section_ends) begin
                    state <= whole ? SECTION : FILL;
                    have  <= 6'd0;
                end
            end
            FILL: if (whole) state <= SECTION;
            default: ;
        endcase
        if (whole) begin
            m_axis_tvalid <= 1'b1;
            m_axis_tlast  <= 1'b0;
            left          <= left - 1'b1;
            if (all_out) state <= PASS;
        end

        if (passes) begin
            given         <= 1'b0;
            m_axis_tvalid <= 1'b1;
            m_axis_tdata  <= word;
            m_axis_tlast  <= ends;
            case (state)
                HEAD: begin
                    index <= index + 3'd1;
                    fill  <= 5'd0;
                    have  <= 6'd0;
                    left  <= WORDS[LEFT_BITS-1:0];
                    if (index == 3'd1) coded <= word == VERSION_CODED;
                    if (index == 3'd1 && word == VERSION_CODED) m_axis_tdata <= VERSION_PLAIN;
                    if (index == 3'd4) count <= {11'd0, word[15:0]};
                    if (index == 3'd5 && !coded) state <= PASS;
                end
                DIRECTORY: begin
                    count <= count - 27'd1;
                    if (one) state <= SECTION;
                end
                COPY: begin
                    count <= count - 27'd1;
                    left  <= left - 1'b1;
                    if (all_out)  state <= PASS;
                    else if (one) state <= SECTION;
                end
                default: ;
            endcase
        end
        if (eats) begin
            given <= 1'b0;
            case (state)
                HEAD: state <= (count == 27'd0) ? SECTION : DIRECTORY;
                SECTION: begin
                    bits  <= word[4:0];
                    count <= word[31:5];
                    if (word[31:5] != 27'd0) state <= (word[4:0] == 5'd0) ? COPY : ROW;
                end
                ROW: begin
                    {zeros, per_row} <= word[20:0];
                    fields           <= word[15:0];
                    state            <= VALUES;
                end
                VALUES: begin
                    {second, common} <= word;
                    state            <= FIRST;
                end
                default: begin
                    code <= word;
                    have <= 6'd32;
                end
            endcase
            // The image is cut short.
            if (ends) begin
                m_axis_tvalid <= 1'b1;
                m_axis_tlast  <= 1'b1;
            end
        end
        if ((passes || eats) && ends) begin
            state <= HEAD;
            index <= 3'd0;
            coded <= 1'b0;
        end

        if (rst) begin
            state         <= HEAD;
            index         <= 3'd0;
            coded         <= 1'b0;
            given         <= 1'b0;
            m_axis_tvalid <= 1'b0;
        end
    end

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

    // Each end of an image leaves once, and nothing else ends one.
    reg [7:0] ends_in, ends_out;
    // Words of this image that have come and left, while it is plain or its words pass.
    reg [7:0] came, went;
    reg       was_coded;
    wire      in  = s_axis_tvalid && s_axis_tready;
    wire      out = m_axis_tvalid && m_axis_tready;
    always @(posedge clk) begin
        if (in && s_axis_tlast)  ends_in  <= ends_in + 8'd1;
        if (out && m_axis_tlast) ends_out <= ends_out + 8'd1;
        if (in)  came <= came + 8'd1;
        if (out) went <= went + 8'd1;
        if (coded) was_coded <= 1'b1;
        if (rst) begin
            ends_in   <= 8'd0;
            ends_out  <= 8'd0;
            came      <= 8'd0;
            went      <= 8'd0;
            was_coded <= 1'b0;
        end
    end
    wire [7:0] inside = {7'd0, given && ends} + {7'd0, m_axis_tvalid && m_axis_tlast};
    always @* if (seen_clk && !rst) begin
        assert (ends_in == ends_out + inside);
        // Plain images: every word, once.
        if (!was_coded && !coded) assert (came == went + {7'd0, given} + {7'd0, m_axis_tvalid});
        assert (coded || state == HEAD || state == PASS);
        assert (state <= PASS);
        assert (index != 3'd7 && (index != 3'd6 || coded || state == PASS));
        assert (!(passes && eats) && !(put && (passes || eats)));
        // What is put is put beside no word that waits.
        if (put || passes) assert (free);
        if (state == FILL) assert (fill != 5'd0);
        // What a header leaves, and a section that is over.
        if (state == DIRECTORY || (state == HEAD && index != 3'd0)) assert (have == 6'd0 && fill == 5'd0);
        if (coded && state != PASS) assert (have <= 6'd32);
    end
    // The words of a plain image as they come.
    reg [31:0] q_word;
    reg        q_passes, q_ends, q_version;
    always @(posedge clk) begin
        q_word    <= word;
        q_ends    <= ends;
        q_passes  <= passes && !rst;
        q_version <= state == HEAD && index == 3'd1 && word == VERSION_CODED;
        if (seen_clk && !rst && q_passes)
            assert (m_axis_tvalid && m_axis_tlast == q_ends && m_axis_tdata == (q_version ? VERSION_PLAIN : q_word));
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (!was_coded && went > 8'd5 && out && m_axis_tlast && ends_out == 8'd0);
        cover (was_coded && state == FIRST && fields != 16'd0);
        cover (was_coded && state == HEAD && out && m_axis_tlast);
    end
`endif

endmodule

`default_nettype wire
