// sdram_loader - a set of weights for an SDRAM, from bytes of a line
//
//   words {second byte, first byte} from the beginning of a half of the device on; the last four bytes are the CRC-32 of all others
//
// Set        the bytes that come while `open` is high. It is whole when `open` falls, if the CRC (IEEE 802.3, of all bytes in
//            front of it) is right, no word came too early for the device and all fit a half: then `half` tells where it is.
// Halves     the set that is in use keeps its half: a new one goes to the other. When an image has been loaded without an
//            error (status of weights_loader), the accelerator reads from `half` from then on.
// Missing    high until a whole set is there, and behind one that is refused, which leaves the one in place.
// Timing     a word leaves in the clock behind its second byte, and waits until it is taken or the next one is there.
// Reset      synchronous, active high; no set is there then.
// Does not   know how long a set is, or read it back. The CRC is written behind the set.
// Cost       about 100 flip-flops and LUTs, 8 steps of a CRC among them.
// Tested by  testbench/cells/sdram_loader; proved by `npm run formal -- sdram_loader`.

`default_nettype none

module sdram_loader #(
    parameter integer A_BITS = 24    // of a word's address in the device
) (
    input  wire              clk,
    input  wire              rst,

    // bytes of a set
    input  wire [7:0]        byte_data,
    input  wire              byte_valid,
    input  wire              open,

    // words to write
    output wire [A_BITS-1:0] m_word_addr,
    output reg  [15:0]       m_word_data,
    output reg               m_word_valid,
    input  wire              m_word_ready,

    input  wire [6:0]        status,    // of weights_loader
    output reg               half,
    output reg               missing
);

    localparam [31:0] RESIDUE = 32'hdebb20e3;    // of all bytes and their own CRC

    generate
        if (A_BITS < 2)
            begin : g_rule_bits  wire A_BITS_below_2 = {0{1'b0}};  initial $finish;  end
    endgenerate

    // CRC-32 with one more byte.
    function [31:0] crc_next;
        input [31:0] crc;
        input [7:0]  data;
        integer k;
        begin
            crc_next = crc ^ {24'd0, data};
            for (k = 0; k < 8; k = k + 1)
                crc_next = (crc_next >> 1) ^ (crc_next[0] ? 32'hedb88320 : 32'd0);
        end
    endfunction

    reg              was_open, odd, fault, full;
    reg              was_loading;
    reg              busy;              // the half that a set is in use in
    reg              some_used;
    reg [A_BITS-2:0] at;                // of the word that waits or comes next
    reg [7:0]        low;
    reg [31:0]       crc;
    reg              target;
    wire             word_done = byte_valid && open && odd;
    wire             taken     = m_word_valid && m_word_ready;
    wire             used      = was_loading && !status[1] && status[6:4] == 3'd0;
`ifdef FORMAL
    // The proof holds whatever the sum is; the bench compares it with another implementation's.
    (* anyseq *) wire right;
`else
    wire             right     = crc == RESIDUE;
`endif
    wire             whole     = right && !odd && !fault && !m_word_valid;
    wire             unused    = &{1'b0, status[3:2], status[0]};
    assign m_word_addr = {target, at};

    always @(posedge clk) begin
        was_open    <= open;
        was_loading <= status[1];
        if (taken) begin
            m_word_valid <= 1'b0;
            at           <= at + 1'b1;
            full         <= &at;
        end
        if (byte_valid && open) begin
            odd <= !odd;
            crc <= crc_next(crc, byte_data);
            if (!odd) low <= byte_data;
        end
        if (word_done) begin
            m_word_valid <= !full && !(m_word_valid && !m_word_ready) && !(taken && (&at));
            m_word_data  <= {byte_data, low};
            if (full || (m_word_valid && !m_word_ready) || (taken && (&at))) fault <= 1'b1;
        end
        if (used) begin
            busy      <= half;
            some_used <= 1'b1;
        end
        if (open && !was_open) begin
            target       <= some_used && !busy;
            at           <= {(A_BITS-1){1'b0}};
            crc          <= 32'hffffffff;
            {odd, fault, full} <= 3'd0;
            m_word_valid <= 1'b0;
        end
        if (was_open && !open) begin
            missing <= !whole;
            if (whole) half <= target;
        end
        if (rst) begin
            {was_open, was_loading, odd, fault, full, busy, some_used, half} <= 8'd0;
            missing      <= 1'b1;
            target       <= 1'b0;
            m_word_valid <= 1'b0;
        end
    end

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    // A set's bytes come behind the clock in which it begins, and none is used meanwhile.
    always @* if (seen_clk && !rst) begin
        if (byte_valid) assume (!open || was_open);
        if (used) assume (!open && !was_open);
    end

    // Words that have left, and those that the bytes make.
    reg [A_BITS-1:0] sent;
    reg [A_BITS:0]   made;
    reg [15:0]       word;
    always @(posedge clk) begin
        if (taken) sent <= sent + 1'b1;
        if (word_done && !fault) made <= made + 1'b1;
        if (word_done) word <= {byte_data, low};
        if (open && !was_open) begin
            sent <= 0;
            made <= 0;
        end
        if (rst) begin
            sent <= 0;
            made <= 0;
        end
    end
    always @* if (seen_clk && !rst && was_open) begin
        if (!fault) assert (made == sent + m_word_valid);
        assert (at == sent[A_BITS-2:0] && full == sent[A_BITS-1]);
        if (m_word_valid) assert (!full && !(some_used && target == busy));
        if (m_word_valid && !fault) assert (m_word_data == word);
        assert (!(some_used && target == busy));
    end
    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(m_word_valid && !m_word_ready) && m_word_valid && !$past(open && !was_open) && !fault)
            assert ($stable(m_word_data) && $stable(m_word_addr));
        // A set that is refused changes nothing.
        if (half != $past(half)) assert (!missing && $past(was_open && !open));
        if (missing != $past(missing)) assert ($past(was_open && !open));
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (half && some_used);
        cover (fault && full);
        cover (missing && some_used);
    end
`endif

endmodule

`default_nettype wire
