// axil_control - registers beside an accelerator: what it is, soft reset, counters of its streams
//
//   address  register            access
//   0x00     words 0 to 3 of CONST_WORDS: magic, version of this map, network
//   0x10     CONTROL             rw   bit 0: hold the accelerator in reset
//   0x14     STATUS              ro   bit 0: busy; 1: the input's tlast came within a frame; 2: in reset
//   0x18     FRAMES_IN           ro   whole frames taken
//   0x1c     FRAMES_OUT          ro   whole frames given
//   0x20     IN_STALL, 64 bits   ro   clocks in which the input waited for the accelerator
//   0x28     OUT_STALL, 64 bits  ro   clocks in which the accelerator waited for the output
//   0x30     BUSY, 64 bits       ro   clocks with a part of a frame inside
//   0x40     words 4, 5, ... of CONST_WORDS: shapes
//
// Timing     a read is answered one clock after its address, a write one clock after address and data, in any order.
//            The streams pass as wires behind one gate; tdata does not pass here.
// Registers  reading the low word of a 64-bit counter keeps its high word for the next read at the address above.
//            Whatever else is read is zero; writes elsewhere are ignored. Every answer is OKAY: an error would stop the
//            processor that asked.
// Framing    a frame of the input is BEATS_IN beats, whatever its tlast says; one of the output ends with tlast.
// Reset      synchronous, active high. CONTROL bit 0 resets the accelerator, the counters and STATUS: meanwhile input
//            beats are taken and dropped, and the output is silent, also in the middle of a frame.
// Does not   cross clocks, interrupt, or check wstrb beyond byte 0.
// Cost       about 500 flip-flops.
// Tested by  testbench/cells/axil_control; proved by `npm run formal -- axil_control`.

`default_nettype none

module axil_control #(
    parameter integer          ADDR_BITS   = 7,    // bits of the byte address
    parameter integer          BEATS_IN    = 784,  // beats of an input frame
    parameter integer          COUNT_BITS  = 64,   // bits of the clock counters, 33 to 64; they read as 64
    parameter integer          CONSTS      = 5,    // words of CONST_WORDS, at least four
    parameter [32*CONSTS-1:0]  CONST_WORDS = {32'd28, 32'd0, 32'd0, 32'd1, 32'h41444e54}   // word 0 lowest
) (
    input  wire                 clk,
    input  wire                 rst,

    // AXI4-Lite
    input  wire [ADDR_BITS-1:0] s_axil_awaddr,
    input  wire                 s_axil_awvalid,
    output wire                 s_axil_awready,
    input  wire [31:0]          s_axil_wdata,
    input  wire [3:0]           s_axil_wstrb,
    input  wire                 s_axil_wvalid,
    output wire                 s_axil_wready,
    output wire [1:0]           s_axil_bresp,
    output reg                  s_axil_bvalid,
    input  wire                 s_axil_bready,
    input  wire [ADDR_BITS-1:0] s_axil_araddr,
    input  wire                 s_axil_arvalid,
    output wire                 s_axil_arready,
    output reg  [31:0]          s_axil_rdata,
    output wire [1:0]           s_axil_rresp,
    output reg                  s_axil_rvalid,
    input  wire                 s_axil_rready,

    // handshake of the input, outside and at the accelerator
    input  wire                 in_tvalid,
    output wire                 in_tready,
    input  wire                 in_tlast,
    output wire                 core_in_tvalid,
    input  wire                 core_in_tready,

    // handshake of the output, at the accelerator and outside
    input  wire                 core_out_tvalid,
    output wire                 core_out_tready,
    input  wire                 core_out_tlast,
    output wire                 out_tvalid,
    input  wire                 out_tready,

    output reg                  core_rst,
    output wire                 busy
);

    localparam integer WORD_BITS = ADDR_BITS - 2;
    localparam integer BEAT_BITS = (BEATS_IN > 1) ? $clog2(BEATS_IN) : 1;
    localparam integer BEAT_LAST = BEATS_IN - 1;

    generate
        if (BEATS_IN < 1) begin : g_rule_beats   wire BEATS_IN_below_1 = {0{1'b0}};                 initial $finish;  end
        if (COUNT_BITS < 33 || COUNT_BITS > 64)
                          begin : g_rule_count   wire COUNT_BITS_outside_33_to_64 = {0{1'b0}};      initial $finish;  end
        if (CONSTS < 4)   begin : g_rule_consts  wire CONSTS_below_4 = {0{1'b0}};                   initial $finish;  end
        if (ADDR_BITS < 7 || ADDR_BITS > 32 || (CONSTS + 12) > (1 << (ADDR_BITS - 2)))
                          begin : g_rule_addr    wire ADDR_BITS_do_not_reach_all_words = {0{1'b0}};  initial $finish;  end
    endgenerate

    // ---------------------------------------------------------------- streams
    assign core_in_tvalid  = in_tvalid && !core_rst;
    assign in_tready       = core_in_tready || core_rst;
    assign out_tvalid      = core_out_tvalid && !core_rst;
    assign core_out_tready = out_tready;

    reg [BEAT_BITS-1:0] beat;      // of the input frame, next
    reg                 misplaced;
    reg [31:0]          frames_in, frames_out;
    reg [COUNT_BITS-1:0] in_stall, out_stall, busy_clocks;

    wire in_take  = core_in_tvalid && core_in_tready;
    wire in_end   = beat == BEAT_LAST[BEAT_BITS-1:0];
    wire out_take = out_tvalid && out_tready;
    assign busy   = beat != {BEAT_BITS{1'b0}} || frames_in != frames_out;

    always @(posedge clk) begin
        if (in_take) begin
            beat <= in_end ? {BEAT_BITS{1'b0}} : beat + 1'b1;
            if (in_end) frames_in <= frames_in + 1'b1;
            if (in_tlast && !in_end) misplaced <= 1'b1;
        end
        if (out_take && core_out_tlast)        frames_out  <= frames_out + 1'b1;
        if (core_in_tvalid && !core_in_tready) in_stall    <= in_stall + 1'b1;
        if (out_tvalid && !out_tready)         out_stall   <= out_stall + 1'b1;
        if (busy)                              busy_clocks <= busy_clocks + 1'b1;
        if (core_rst) begin
            beat        <= {BEAT_BITS{1'b0}};
            misplaced   <= 1'b0;
            frames_in   <= 32'd0;
            frames_out  <= 32'd0;
            in_stall    <= {COUNT_BITS{1'b0}};
            out_stall   <= {COUNT_BITS{1'b0}};
            busy_clocks <= {COUNT_BITS{1'b0}};
        end
    end

    // ---------------------------------------------------------------- writes
    reg                 hold;                  // CONTROL bit 0
    reg                 aw_full, w_full;       // address, data of a write that has not been done
    reg [WORD_BITS-1:0] aw_word;
    reg                 w_bit, w_byte;         // data and strobe of bit 0
    wire                write = aw_full && w_full && !s_axil_bvalid;

    assign s_axil_awready = !aw_full;
    assign s_axil_wready  = !w_full;
    assign s_axil_bresp   = 2'b00;

    always @(posedge clk) begin
        if (s_axil_awvalid && s_axil_awready) begin
            aw_full <= 1'b1;
            aw_word <= s_axil_awaddr[ADDR_BITS-1:2];
        end
        if (s_axil_wvalid && s_axil_wready) begin
            w_full <= 1'b1;
            w_bit  <= s_axil_wdata[0];
            w_byte <= s_axil_wstrb[0];
        end
        if (s_axil_bready) s_axil_bvalid <= 1'b0;
        if (write) begin
            aw_full       <= 1'b0;
            w_full        <= 1'b0;
            s_axil_bvalid <= 1'b1;
            if (w_byte && aw_word == 4) hold <= w_bit;
        end
        core_rst <= hold;
        if (rst) begin
            aw_full       <= 1'b0;
            w_full        <= 1'b0;
            s_axil_bvalid <= 1'b0;
            hold          <= 1'b0;
            core_rst      <= 1'b1;
        end
    end

    // ---------------------------------------------------------------- reads
    wire [WORD_BITS-1:0] ar_word = s_axil_araddr[ADDR_BITS-1:2];
    wire                 read    = s_axil_arvalid && s_axil_arready;
    reg  [31:0]          word, kept;           // the word read; the high half of the counter that was read last

    assign s_axil_arready = !s_axil_rvalid;
    assign s_axil_rresp   = 2'b00;

    integer i;
    reg [63:0] count;                          // the counter read
    always @* begin
        word  = 32'd0;
        count = {kept, 32'd0};
        for (i = 0; i < CONSTS; i = i + 1)
            if (ar_word == ((i < 4) ? i[WORD_BITS-1:0] : i[WORD_BITS-1:0] + 12)) word = word | CONST_WORDS[32*i +: 32];
        case (ar_word)
            4:  word = {31'd0, hold};
            5:  word = {29'd0, core_rst, misplaced, busy};
            6:  word = frames_in;
            7:  word = frames_out;
            8:  count = {{(64-COUNT_BITS){1'b0}}, in_stall};
            10: count = {{(64-COUNT_BITS){1'b0}}, out_stall};
            12: count = {{(64-COUNT_BITS){1'b0}}, busy_clocks};
            9, 11, 13: word = kept;
            default: ;
        endcase
    end

    always @(posedge clk) begin
        if (s_axil_rready) s_axil_rvalid <= 1'b0;
        if (read) begin
            s_axil_rvalid <= 1'b1;
            s_axil_rdata  <= word | count[31:0];
            kept          <= count[63:32];
        end
        if (rst) s_axil_rvalid <= 1'b0;
    end

    wire unused = &{1'b0, s_axil_awaddr[1:0], s_axil_araddr[1:0], s_axil_wdata[31:1], s_axil_wstrb[3:1]};

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    // The master and the two streams keep an offer until it is taken.
    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(s_axil_awvalid && !s_axil_awready)) assume (s_axil_awvalid && $stable(s_axil_awaddr));
        if ($past(s_axil_wvalid && !s_axil_wready))
            assume (s_axil_wvalid && $stable(s_axil_wdata) && $stable(s_axil_wstrb));
        if ($past(s_axil_arvalid && !s_axil_arready)) assume (s_axil_arvalid && $stable(s_axil_araddr));
        if ($past(in_tvalid && !in_tready)) assume (in_tvalid && $stable(in_tlast));
        if ($past(s_axil_bvalid && !s_axil_bready)) assert (s_axil_bvalid && $stable(s_axil_bresp));
        if ($past(s_axil_rvalid && !s_axil_rready))
            assert (s_axil_rvalid && $stable(s_axil_rdata) && $stable(s_axil_rresp));
        // Towards the accelerator an offer stays too, but for the reset.
        if ($past(core_in_tvalid && !core_in_tready) && !core_rst) assert (core_in_tvalid);
    end
    always @(posedge clk) if (seen_clk && $past(rst)) assert (!s_axil_bvalid && !s_axil_rvalid && core_rst);

    // One answer for each access, after its address and its data: what was taken less what was answered is inside.
    reg [1:0] aws, ws, bs, ars, rs;
    always @(posedge clk) begin
        if (s_axil_awvalid && s_axil_awready) aws <= aws + 1'b1;
        if (s_axil_wvalid && s_axil_wready)   ws  <= ws + 1'b1;
        if (s_axil_bvalid && s_axil_bready)   bs  <= bs + 1'b1;
        if (s_axil_arvalid && s_axil_arready) ars <= ars + 1'b1;
        if (s_axil_rvalid && s_axil_rready)   rs  <= rs + 1'b1;
        if (rst) begin
            aws <= 2'd0;
            ws  <= 2'd0;
            bs  <= 2'd0;
            ars <= 2'd0;
            rs  <= 2'd0;
        end
    end
    wire [1:0] aw_in = aws - bs, w_in = ws - bs, ar_in = ars - rs;
    always @* if (seen_clk && !rst) begin
        assert (aw_in == {1'b0, aw_full} + {1'b0, s_axil_bvalid});
        assert (w_in == {1'b0, w_full} + {1'b0, s_axil_bvalid});
        assert (ar_in == {1'b0, s_axil_rvalid});
    end

    // Counters against counts of other events: beats taken, clocks with an offer, clocks since the reset.
    reg [31:0] beats, lasts;
    reg [COUNT_BITS-1:0] offers_in, takes_in, offers_out, takes_out, idle, clocks;
    always @(posedge clk) begin
        clocks <= clocks + 1'b1;
        if (!busy) idle <= idle + 1'b1;
        if (in_tvalid) offers_in <= offers_in + 1'b1;
        if (in_tvalid && in_tready) begin
            beats    <= beats + 1'b1;
            takes_in <= takes_in + 1'b1;
        end
        if (core_out_tvalid) offers_out <= offers_out + 1'b1;
        if (core_out_tvalid && out_tready) begin
            takes_out <= takes_out + 1'b1;
            if (core_out_tlast) lasts <= lasts + 1'b1;
        end
        if (core_rst) begin
            beats      <= 32'd0;
            lasts      <= 32'd0;
            offers_in  <= {COUNT_BITS{1'b0}};
            takes_in   <= {COUNT_BITS{1'b0}};
            offers_out <= {COUNT_BITS{1'b0}};
            takes_out  <= {COUNT_BITS{1'b0}};
            idle       <= {COUNT_BITS{1'b0}};
            clocks     <= {COUNT_BITS{1'b0}};
        end
    end
    reg [31:0] beats_of_frames;      // BEATS_IN * frames_in
    always @(posedge clk) begin
        if (in_take && in_end) beats_of_frames <= beats_of_frames + BEATS_IN;
        if (core_rst) beats_of_frames <= 32'd0;
    end
    reg started = 1'b0;      // the counters have seen a reset
    always @(posedge clk) if (core_rst) started <= 1'b1;
    always @* if (started) begin
        assert (beat <= BEAT_LAST[BEAT_BITS-1:0]);
        assert (beats == beats_of_frames + beat);
        assert (beats_of_frames[7:0] == frames_in[7:0] * BEATS_IN[7:0]);
        assert (lasts == frames_out);
        assert (in_stall == offers_in - takes_in);
        assert (out_stall == offers_out - takes_out);
        assert (busy_clocks == clocks - idle);
    end

    // Every register reads as what it counts; the high half is that of the moment when the low half was read.
    reg [63:0] moment;
    always @(posedge clk) if (read)
        case (ar_word)
            8:  moment <= in_stall;
            10: moment <= out_stall;
            12: moment <= busy_clocks;
            default: ;
        endcase
    reg latched = 1'b0;
    always @(posedge clk) if (read && (ar_word == 8 || ar_word == 10 || ar_word == 12)) latched <= 1'b1;
    always @(posedge clk) if (seen_clk && latched) assert (kept == moment[63:32]);
    always @(posedge clk) if (seen_clk && !rst && $past(read && !rst))
        case ($past(ar_word))
            0: assert (s_axil_rdata == CONST_WORDS[31:0]);
            4: assert (s_axil_rdata == {31'd0, $past(hold)});
            6: assert (s_axil_rdata == $past(frames_in));
            7: assert (s_axil_rdata == $past(frames_out));
            8, 10, 12: assert (s_axil_rdata == moment[31:0]);
            9, 11, 13: assert (s_axil_rdata == $past(kept));
            14, 15: assert (s_axil_rdata == 32'd0);
            16: assert (s_axil_rdata == CONST_WORDS[159:128]);
            default: ;
        endcase

    // The accelerator is reset by CONTROL alone, and nothing passes meanwhile.
    always @(posedge clk) if (seen_clk && !rst && !$past(rst)) begin
        if (hold != $past(hold)) assert ($past(write && w_byte && aw_word == 4));
        assert (core_rst == $past(hold));
    end
    always @* if (seen_clk && core_rst) assert (in_tready && !core_in_tvalid && !out_tvalid);

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (s_axil_rvalid && $past(read) && $past(ar_word) == 7 && s_axil_rdata == 2);
        cover (s_axil_bvalid && $past(w_full && !aw_full, 2));
        cover (s_axil_bvalid && $past(aw_full && !w_full, 2));
        cover (core_rst && !$past(rst) && $past(beat) != 0 && $past(frames_in) == 1);
        cover (misplaced && frames_out == 1);
        cover (in_stall == 2 && out_stall == 2 && busy_clocks == 5);
    end
`endif

endmodule

`default_nettype wire
