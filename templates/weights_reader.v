// weights_reader - reads the weights that the memories hold back into a stream, with their CRC-32
//
//   m_axis = the words of the memories in the order of an image, then the CRC-32 of all their bytes, with tlast
//
// Use        At the head of the load chain, behind weights_loader; s_back is the chain's end, s_axis the stream of images on
//            its way to the loader. Memories are weight_ram with READ.
// Start      start[0] asks for words and CRC, start[1] for the CRC alone; while `busy` it is not looked at. An image that is
//            being loaded is waited for. Then `hold` keeps frames and images out, and with `idle`, when no frame is inside and all
//            memories read the same set, read_back is high to the end of the stream.
// CRC        of IEEE 802.3, the lowest byte of a word first, as weights_loader has it: that of an image's words of weights
//            where the memories hold what it says.
// Timing     a word is asked for when the one before has left; 38 clocks and the way along the chain each.
// Reset      synchronous, active high; ends what is under way.
// Does not   know what the words should be, or end before tlast has been taken.
// Cost       80 flip-flops, about 130 LUTs.
// Tested by  testbench/cells/weights_reader; proved by `npm run formal -- weights_reader`.

`default_nettype none

module weights_reader (
    input  wire        clk,
    input  wire        rst,

    input  wire [1:0]  start,        // 1: words and CRC, 2: the CRC alone
    output wire        busy,         // asked for, and the last word has not left

    // handshake of the stream of images: outside, and at weights_loader
    input  wire        s_axis_tvalid,
    output wire        s_axis_tready,
    output wire        load_tvalid,
    input  wire        load_tready,
    input  wire        loading,      // an image has begun and is not in place, or refused

    output wire        hold,         // no frame may enter
    input  wire        idle,         // none is inside, and none may enter
    output wire        read_back,    // to all memories

    // load chain: from weights_loader, to the first memory, from the last one
    input  wire        s_load_tvalid,
    input  wire        s_load_tfirst,
    output wire        m_load_tvalid,
    output wire        m_load_tfirst,
    input  wire [31:0] s_back_tdata,
    input  wire        s_back_tvalid,
    input  wire        s_back_tfirst,

    // AXI4-Stream out
    output wire [31:0] m_axis_tdata,
    output wire        m_axis_tvalid,
    input  wire        m_axis_tready,
    output wire        m_axis_tlast
);

    localparam [2:0] REST = 3'd0, LOADS = 3'd1, HOLDS = 3'd2, ASK = 3'd3, GET = 3'd4, SUM = 3'd5, GIVE = 3'd6, LAST = 3'd7;

    reg [2:0]  state;
    reg        quiet;      // the CRC alone
    reg [1:0]  rests;      // clocks in front of a request
    reg [4:0]  bits;       // of the word that are in the CRC
    reg [31:0] word, crc;

    // While an image is on its way nothing of it is held up.
    wire keep = hold && !loading;
    assign load_tvalid   = s_axis_tvalid && !keep;
    assign s_axis_tready = load_tready && !keep;

    wire   asks = (state == ASK) && rests[1];
    assign busy          = (state != REST);
    assign hold          = busy && (state != LOADS);
    assign read_back     = hold && (state != HOLDS);
    assign m_load_tvalid = s_load_tvalid || asks;
    assign m_load_tfirst = s_load_tfirst || asks;

    assign m_axis_tdata  = word;
    assign m_axis_tvalid = (state == GIVE) || (state == LAST);
    assign m_axis_tlast  = (state == LAST);

    wire [31:0] crc_shifted = {1'b0, crc[31:1]};

    always @(posedge clk) begin
        rests <= (state == ASK) ? {rests[0], 1'b1} : 2'b00;
        case (state)
            REST: if (start != 2'd0) begin
                quiet <= !start[0];
                state <= LOADS;
            end
            LOADS: if (!loading) state <= HOLDS;
            HOLDS: begin
                crc <= 32'hffffffff;
                if (idle && !loading) state <= ASK;
            end
            ASK: if (rests[1]) state <= GET;
            GET: if (s_back_tvalid) begin
                word  <= s_back_tfirst ? ~crc : s_back_tdata;
                state <= s_back_tfirst ? LAST : SUM;
                bits  <= 5'd0;
            end
            // The word turns around once while its bits go into the CRC.
            SUM: begin
                crc  <= crc_shifted ^ ((crc[0] != word[0]) ? 32'hedb88320 : 32'd0);
                word <= {word[0], word[31:1]};
                bits <= bits + 5'd1;
                if (bits == 5'd31) state <= quiet ? ASK : GIVE;
            end
            GIVE: if (m_axis_tready) state <= ASK;
            LAST: if (m_axis_tready) state <= REST;
        endcase
        if (rst) state <= REST;
    end

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    // The loader gives words only while an image is on its way, the chain's end answers each request once.
    reg [1:0]  open;        // requests that have not come back
    reg        ended;       // the last one said that nothing is left
    reg [31:0] tagged;      // the word that came last
    always @(posedge clk) begin
        open <= open + {1'b0, asks} - {1'b0, s_back_tvalid && read_back};
        if (s_back_tvalid && read_back) begin
            ended  <= s_back_tfirst;
            tagged <= s_back_tdata;
        end
        if (rst || !read_back) {open, ended} <= 3'd0;
    end
    always @* if (seen_clk && !rst) begin
        if (s_load_tvalid) assume (loading);
        if (s_back_tvalid && read_back) assume (open != 2'd0);
    end
    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        // Images begin when a word is taken, and what is read has no image in it.
        if (!$past(loading) && loading) assume ($past(load_tvalid && load_tready));
        // Frames stay out, and none is inside, as long as hold is high.
        if ($past(idle && hold)) assume (idle);
    end
    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(m_axis_tvalid && !m_axis_tready))
            assert (m_axis_tvalid && $stable(m_axis_tdata) && $stable(m_axis_tlast));
        // A word that came leaves as it was; nothing else does but the sum.
        if (m_axis_tvalid && !m_axis_tlast) assert (!quiet && !ended && m_axis_tdata == tagged);
        if (m_axis_tvalid && m_axis_tlast) assert (ended);
        if ($past(busy) && !busy) assert ($past(m_axis_tvalid && m_axis_tready && m_axis_tlast));
        // Requests: never while an image is loaded or a frame is inside, one at a time, two clocks behind read_back.
        if (asks) assert (idle && !loading && $past(read_back) && open == 2'd0 && !s_load_tvalid);
        if (read_back) assert (hold && idle && !loading);
    end
    wire [31:0] back = (word << bits) | (word >> (6'd32 - {1'b0, bits}));
    always @* if (seen_clk && !rst) begin
        assert (open == {1'b0, state == GET});
        if (state == SUM) assert ((bits == 5'd0) ? word == tagged : back == tagged);
        if (state == GIVE) assert (word == tagged && !quiet);
        if (state == SUM || state == GIVE) assert (!ended);
        if (state == LAST) assert (ended);
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (m_axis_tvalid && !m_axis_tlast && m_axis_tready);
        cover (m_axis_tvalid && m_axis_tlast && !quiet && $past(m_axis_tvalid, 6));
        cover (m_axis_tvalid && m_axis_tlast && quiet && $past(state == GET));
        cover (s_axis_tvalid && !s_axis_tready && load_tready);
    end
`endif

endmodule

`default_nettype wire
