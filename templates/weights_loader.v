// weights_loader - takes a weight image from a stream, checks it and hands its words to the memories
//
//   image = magic, version, identity (2 words), D, N, D words of directory, N words of weights, CRC-32
//
// Image      32-bit words; tlast marks the CRC and nothing else. The CRC-32 (IEEE 802.3, reflected) is that of all bytes
//            in front of it, the lowest byte of a word first. The directory is for people and programs: it is skipped.
// Load       The header is checked first; a wrong one leaves the weights that are there. Then `open` falls, and when
//            `idle` tells that no frame is inside, the weights leave on m_load, STEP clocks apart or more; the memories
//            take their words in turn (weight_ram). With the right CRC, and SETTLE clocks later, `open` rises.
// Status     {error[2:0], 2'b00, loading, loaded}: loading while an image is read; error is that of the last image:
//            0 none, 1 magic, 2 version, 3 identity, 4 number of words, 5 too short or too long, 6 CRC.
//            After an error the stream is read up to tlast; from error 5 on the weights may be gone (loaded is low).
// Timing     a word a clock but for the weights, which take STEP clocks each.
// Reset      synchronous, active high; nothing is loaded then.
// Does not   hold back the memories: they must keep up with a word every STEP clocks.
// Cost       about 130 flip-flops; with frame_gate 514 LUT4 on iCE40, most of them the CRC: 32 sums (XOR) of some 30 bits.
// Tested by  testbench/cells/weights_loader; proved by `npm run formal -- weights_loader`.

`default_nettype none

module weights_loader #(
    parameter integer WORDS      = 4,   // of weights in an image
    parameter integer STEP       = 2,   // clocks between them
    parameter integer SETTLE     = 4,   // clocks until the last one is where it belongs
    parameter integer IDENTITY_0 = 1,   // of the network and its layout, low and high word
    parameter integer IDENTITY_1 = 2
) (
    input  wire        clk,
    input  wire        rst,

    // AXI4-Stream in: an image
    input  wire [31:0] s_axis_tdata,
    input  wire        s_axis_tvalid,
    output wire        s_axis_tready,
    input  wire        s_axis_tlast,

    // load chain out
    output reg  [31:0] m_load_tdata,
    output reg         m_load_tvalid,
    output reg         m_load_tfirst,

    output wire        open,     // frames may enter
    input  wire        idle,     // none may, and none is inside
    output wire [6:0]  status
);

    localparam [31:0] MAGIC   = 32'h574e4441;   // "ADNW"
    localparam [31:0] VERSION = 32'd1;

    localparam integer STEP_BITS   = $clog2(STEP + 1);
    localparam integer SETTLE_BITS = $clog2(SETTLE + 1);
    localparam integer PAUSE       = STEP - 1;
    localparam integer WORD_LAST   = WORDS - 1;

    generate
        if (WORDS < 1)  begin : g_rule_words   wire WORDS_below_1  = {0{1'b0}};  initial $finish;  end
        if (STEP < 1)   begin : g_rule_step    wire STEP_below_1   = {0{1'b0}};  initial $finish;  end
        if (SETTLE < 1) begin : g_rule_settle  wire SETTLE_below_1 = {0{1'b0}};  initial $finish;  end
    endgenerate

    localparam [2:0] HEAD = 3'd0, DIRECTORY = 3'd1, WAIT = 3'd2, BODY = 3'd3, CHECK = 3'd4, DRAIN = 3'd5, SKIP = 3'd6;
    localparam [2:0] NONE = 3'd0, BAD_MAGIC = 3'd1, BAD_VERSION = 3'd2, BAD_IDENTITY = 3'd3, BAD_WORDS = 3'd4,
                     BAD_LENGTH = 3'd5, BAD_CRC = 3'd6;

    // CRC-32 with the bytes of one more word.
    function [31:0] crc_next;
        input [31:0] crc;
        input [31:0] data;
        integer k;
        begin
            crc_next = crc ^ data;
`ifdef FORMAL
            // The proof holds whatever the sum is; the bench compares it with another implementation's.
            for (k = 0; k < 1; k = k + 1)
`else
            for (k = 0; k < 32; k = k + 1)
`endif
                crc_next = (crc_next >> 1) ^ (crc_next[0] ? 32'hedb88320 : 32'd0);
        end
    endfunction

    reg [2:0]             state;
    reg [31:0]            count;     // words of the state that have come
    reg [31:0]            skips;     // words of the directory
    reg [31:0]            crc;
    reg [STEP_BITS-1:0]   pause;     // clocks until the next weights may leave
    reg [SETTLE_BITS-1:0] settle;
    reg [2:0]             error;
    reg                   loaded;

    assign s_axis_tready = !rst && ((state == BODY) ? (pause == {STEP_BITS{1'b0}}) : (state != WAIT && state != DRAIN));
    wire take = s_axis_tvalid && s_axis_tready;

    // What is wrong with a word of the header.
    reg [2:0] wrong;
    always @* begin
        wrong = NONE;
        case (count[2:0])
            3'd0: if (s_axis_tdata != MAGIC)      wrong = BAD_MAGIC;
            3'd1: if (s_axis_tdata != VERSION)    wrong = BAD_VERSION;
            3'd2: if (s_axis_tdata != IDENTITY_0) wrong = BAD_IDENTITY;
            3'd3: if (s_axis_tdata != IDENTITY_1) wrong = BAD_IDENTITY;
            3'd5: if (s_axis_tdata != WORDS)      wrong = BAD_WORDS;
            default: wrong = NONE;
        endcase
        if (wrong == NONE && s_axis_tlast) wrong = BAD_LENGTH;
    end
    wire head_last = (count[2:0] == 3'd5);
    wire skip_last = (count + 32'd1 == skips);
    wire body_last = (count == WORD_LAST);

    assign open   = loaded && (state == HEAD || state == DIRECTORY || state == SKIP);
    assign status = {error, 2'b00, state != HEAD || count != 32'd0, loaded};

    always @(posedge clk) begin
        m_load_tvalid <= take && state == BODY;
        m_load_tfirst <= count == 32'd0;
        if (take) m_load_tdata <= s_axis_tdata;
        if (pause != {STEP_BITS{1'b0}}) pause <= pause - 1'b1;
        if (take) begin
            count <= count + 32'd1;
            crc   <= crc_next((state == HEAD && count == 32'd0) ? 32'hffffffff : crc, s_axis_tdata);
        end

        case (state)
            HEAD: if (take) begin
                if (count[2:0] == 3'd4) skips <= s_axis_tdata;
                if (head_last) begin
                    state <= (skips == 32'd0) ? WAIT : DIRECTORY;
                    count <= 32'd0;
                end
                error <= wrong;
                if (wrong != NONE) begin
                    state <= s_axis_tlast ? HEAD : SKIP;
                    count <= 32'd0;
                end
            end
            DIRECTORY: if (take) begin
                if (skip_last) begin
                    state <= WAIT;
                    count <= 32'd0;
                end
                if (s_axis_tlast) begin
                    state <= HEAD;
                    count <= 32'd0;
                    error <= BAD_LENGTH;
                end
            end
            WAIT: if (idle) begin
                state  <= BODY;
                loaded <= 1'b0;
            end
            BODY: if (take) begin
                pause <= PAUSE[STEP_BITS-1:0];
                if (body_last) begin
                    state <= CHECK;
                    count <= 32'd0;
                end
                if (s_axis_tlast) begin
                    state <= HEAD;
                    count <= 32'd0;
                    error <= BAD_LENGTH;
                end
            end
            CHECK: if (take) begin
                settle <= SETTLE[SETTLE_BITS-1:0];
                count  <= 32'd0;
                if (s_axis_tlast && s_axis_tdata == ~crc) state <= DRAIN;
                else begin
                    state <= s_axis_tlast ? HEAD : SKIP;
                    error <= s_axis_tlast ? BAD_CRC : BAD_LENGTH;
                end
            end
            DRAIN: begin
                settle <= settle - 1'b1;
                if (settle == {{(SETTLE_BITS-1){1'b0}}, 1'b1}) begin
                    state  <= HEAD;
                    loaded <= 1'b1;
                end
            end
            SKIP: begin
                count <= 32'd0;
                if (take && s_axis_tlast) state <= HEAD;
            end
            default: state <= HEAD;
        endcase

        if (rst) begin
            state         <= HEAD;
            count         <= 32'd0;
            pause         <= {STEP_BITS{1'b0}};
            error         <= NONE;
            loaded        <= 1'b0;
            m_load_tvalid <= 1'b0;
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
    end
    // Nothing is idle while frames may enter (frame_gate).
    reg was_open;
    always @(posedge clk) was_open <= open;
    always @* if (seen_clk && !rst && (open || was_open)) assume (!idle);

    // Position in the image, by tlast alone, and what the header said of the directory.
    reg [31:0] at, directory;
    always @(posedge clk) begin
        if (take) at <= s_axis_tlast ? 32'd0 : (at == 32'hffffffff) ? at : at + 32'd1;
        if (take && at == 32'd4) directory <= s_axis_tdata;
        if (rst) at <= 32'd0;
    end
    // Long directories are as short ones, and take longer.
    always @* if (seen_clk && !rst) assume (at < 4 || !(take && at == 4) || s_axis_tdata < 4);
    always @* if (seen_clk && !rst && at > 4) assume (directory < 4);

    // Weights are the words behind the directory, each of them once and in order.
    wire [31:0] body = at - 32'd6 - directory;
    wire in_body = at >= 32'd6 + directory && body < WORDS;
    reg [31:0] sent;        // words of this image that have left
    reg [31:0] since;       // clocks since the last one
    always @(posedge clk) begin
        since <= m_load_tvalid ? 32'd1 : (since == 32'd64) ? since : since + 32'd1;
        if (m_load_tvalid) sent <= m_load_tfirst ? 32'd1 : sent + 32'd1;
        if (rst) begin
            sent  <= 32'd0;
            since <= 32'd64;
        end
    end
    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        assert (m_load_tvalid == $past(take && state == BODY));
        if ($past(take && state == BODY)) begin
            assert ($past(in_body));
            assert (m_load_tdata == $past(s_axis_tdata));
            assert (m_load_tfirst == ($past(body) == 0));
        end
        if (m_load_tvalid) begin
            assert (since >= STEP);
            assert (m_load_tfirst || sent == $past(body));
            assert (!open && !loaded);
        end
        // Whatever is loaded is an image with its last word, a right CRC, and all of its weights.
        if (loaded && !$past(loaded)) assert (sent == WORDS && $past(state) == DRAIN);
        if (state == DRAIN && $past(state) != DRAIN) assert ($past(take && s_axis_tlast && s_axis_tdata == ~crc) && $past(body) == WORDS);
    end
    always @* if (seen_clk && !rst) begin
        assert (state != HEAD || count == at);
        assert (state != HEAD || at < 6);
        assert (state != DIRECTORY || (at == 6 + count && count < directory && skips == directory));
        assert (state != WAIT || at == 6 + directory);
        assert (state != BODY || (in_body && count == body));
        assert (state != CHECK || (body == WORDS && at >= 6 + directory));
        assert (state != DRAIN || (at == 0 && sent == WORDS && settle != 0 && settle <= SETTLE));
        assert (state != 3'd7);
        assert (state == HEAD || state == SKIP || !(at < 5) || state == DRAIN);
        assert (at < 5 || state != HEAD || skips == directory);
        assert (directory < 4 || at < 5);
        assert (state != BODY || !loaded);
        assert (state != CHECK || !loaded);
        assert (state != DRAIN || !loaded);
        assert (state != BODY || sent + (m_load_tvalid && !m_load_tfirst) == ((count == 0) ? sent : m_load_tvalid ? (m_load_tfirst ? sent : count) : count));
        assert (pause < STEP);
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (loaded && !$past(loaded));
        cover (status[6:4] == BAD_CRC && !$past(status[6:4] == BAD_CRC));
        cover (status[6:4] == BAD_IDENTITY);
    end
`endif

endmodule

`default_nettype wire
