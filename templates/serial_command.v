// serial_command - messages of a serial line by their first byte: frames, weights, the question for the status
//
//   'F' a frame's bytes | 'W' a weight image | 'M' a set for external memory | 'S'; after all but 'F' a byte of status is answered
//   with READ 'R' and 'C' too: the words of the weights and their CRC, and the CRC alone, are read back and answered
//
// Messages   the bytes behind 'F' go to serial_frame, which tells when a frame is whole; those behind 'W' to weights_bytes,
//            until the line has been silent for IDLE clocks, those behind 'M' to sdram_loader, until the same. Anything else
//            is dropped up to such a silence.
// Status     {held, status}: after 'S' at once, after 'M' when the line is silent, after 'W' when the image is loaded or refused
//            too, and behind the answers to all frames that came in front of it and found weights: where sets are switched,
//            an image may follow a frame that is still being computed.
//            It is never put into the middle of a frame's answer.
// Read back  the bytes of s_back are the answer to 'R' and 'C', up to tlast, as soon as no frame's answer has begun; back_start
//            asks for them, for a clock. What is asked for before that answer has begun is answered by it too.
// Errors     silence or a broken byte within a frame ends its message; an image that is cut short is given up. While
//            `held` (the weights come from elsewhere), images of the line are dropped.
// Timing     wires for the bytes; the answers pass without a clock. IDLE is the silence that serial_frame has too.
// Reset      synchronous, active high; the next byte begins a message.
// Does not   hold bytes back: a line cannot wait.
// Cost       19 + log2(IDLE) flip-flops, about 70 LUTs.
// Tested by  testbench/cells/serial_command; proved by `npm run formal -- serial_command`.

`default_nettype none

module serial_command #(
    parameter integer IDLE = 20800,  // clocks of silence that end a message, from 16
    parameter integer READ = 0       // 1: weights are read back
) (
    input  wire       clk,
    input  wire       rst,

    // bytes as uart_rx gives them
    input  wire [7:0] byte_data,
    input  wire       byte_valid,
    input  wire       byte_broken,

    // to serial_frame
    output wire       frame_valid,
    output wire       frame_broken,
    input  wire       frame_whole,   // it has all bytes of a frame

    // to weights_bytes
    output wire       load_valid,
    output wire       load_give_up,
    input  wire       load_over,

    // to sdram_loader
    output wire       memory_valid,
    output wire       memory_open,   // while a set comes

    input  wire       held,          // the weights come from elsewhere now
    input  wire [6:0] status,        // of weights_loader

    output reg  [1:0] back_start,    // 1: words and CRC, 2: the CRC alone

    // AXI4-Stream in: bytes that are read back
    input  wire [7:0] s_back_tdata,
    input  wire       s_back_tvalid,
    output wire       s_back_tready,
    input  wire       s_back_tlast,

    // AXI4-Stream in: answers to frames
    input  wire [7:0] s_axis_tdata,
    input  wire       s_axis_tvalid,
    output wire       s_axis_tready,
    input  wire       s_axis_tlast,

    // AXI4-Stream out: all of these, and bytes of status
    output wire [7:0] m_axis_tdata,
    output wire       m_axis_tvalid,
    input  wire       m_axis_tready,
    output wire       m_axis_tlast
);

    localparam integer IDLE_BITS = $clog2(IDLE);
    localparam integer IDLE_LAST = IDLE - 1;

    generate
        if (IDLE < 16) begin : g_rule_idle  wire IDLE_below_16 = {0{1'b0}};  initial $finish;  end
        if (READ < 0 || READ > 1) begin : g_rule_read  wire READ_is_0_or_1 = {0{1'b0}};  initial $finish;  end
    endgenerate

    localparam [2:0] COMMAND = 3'd0, FRAME = 3'd1, LOAD = 3'd2, SETTLE = 3'd3, DROP = 3'd4, BESIDE = 3'd5;

    reg [2:0]         state;
    reg               ended;      // the image of this message is over, or was never taken
    reg [IDLE_BITS:0] silence;    // clocks until the line counts as silent; below zero it is
    reg               answer;     // a status is to be sent
    reg               amid;       // in the middle of a frame's answer
    reg               mine;       // the status is on the way out
    reg               gives;      // bytes that are read back are on the way out
    reg               fed;        // this message has given bytes to its frame
    reg [3:0]         owed;       // frames that found weights, whose answers have not left
    reg [7:0]         said;
    wire              quiet = silence[IDLE_BITS];
    wire              loading = status[1];
    wire              loaded  = status[0];
    wire              enters  = state == FRAME && fed && frame_whole && loaded && owed != 4'd15;
    wire              leaves  = s_axis_tvalid && s_axis_tready && s_axis_tlast && owed != 4'd0;

    assign frame_valid  = byte_valid && state == FRAME;
    assign frame_broken = byte_broken && state == FRAME;
    assign load_valid   = byte_valid && state == LOAD && !ended;
    assign load_give_up = state == LOAD && quiet && !ended;
    assign memory_valid = byte_valid && state == BESIDE;
    assign memory_open  = state == BESIDE;

    wire   back          = (READ != 0) && gives;
    assign m_axis_tdata  = mine ? said : back ? s_back_tdata : s_axis_tdata;
    assign m_axis_tvalid = mine || (back ? s_back_tvalid : s_axis_tvalid);
    assign m_axis_tlast  = mine || (back ? s_back_tlast : s_axis_tlast);
    assign s_axis_tready = m_axis_tready && !mine && !back;
    assign s_back_tready = m_axis_tready && back;

    always @(posedge clk) begin
        back_start <= 2'd0;
        fed        <= state == FRAME && (fed || byte_valid);
        owed       <= owed + {3'd0, enters} - {3'd0, leaves};
        silence <= byte_valid ? {1'b0, IDLE_LAST[IDLE_BITS-1:0]} : silence - 1'b1;
        case (state)
            COMMAND: if (byte_valid) begin
                ended <= held;
                case (byte_data)
                    "F":     state  <= FRAME;
                    "W":     state  <= LOAD;
                    "M":     state  <= BESIDE;
                    "S":     answer <= 1'b1;
                    "R", "C": if (READ != 0) back_start <= (byte_data == "R") ? 2'd1 : 2'd2;
                              else state <= DROP;
                    default: state  <= DROP;
                endcase
            end
            FRAME: begin
                if (quiet || frame_whole) state <= COMMAND;
                else if (byte_broken)     state <= DROP;
            end
            LOAD: begin
                if (load_over) ended <= 1'b1;
                if (quiet)     state <= SETTLE;
            end
            BESIDE: if (quiet) state <= SETTLE;
            // The loader has seen the end of the image some clocks after it was given up.
            SETTLE: if (silence[3:0] == 4'd0 && !loading && (owed == 4'd0 || !loaded)) begin
                answer <= 1'b1;
                state  <= COMMAND;
            end
            default: if (quiet) state <= COMMAND;
        endcase

        if (s_axis_tvalid && s_axis_tready) amid <= !s_axis_tlast;
        if (answer && !mine && !amid && !s_axis_tvalid && !back) begin
            mine <= 1'b1;
            said <= {held, status};
        end else if (s_back_tvalid && !mine && !amid && !s_axis_tvalid) gives <= 1'b1;
        if (s_back_tvalid && s_back_tready && s_back_tlast) gives <= 1'b0;
        if (mine && m_axis_tready) begin
            mine   <= 1'b0;
            answer <= 1'b0;
        end
        if (rst) begin
            state  <= COMMAND;
            answer <= 1'b0;
            amid   <= 1'b0;
            mine   <= 1'b0;
            gives  <= 1'b0;
            fed    <= 1'b0;
            owed   <= 4'd0;
        end
    end

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    reg within;              // of an answer, by what leaves
    reg half;                // of what is read back
    reg [31:0] heard;        // clocks since the last byte
    always @(posedge clk) begin
        if (m_axis_tvalid && m_axis_tready) within <= !m_axis_tlast;
        if (s_back_tvalid && s_back_tready) half <= !s_back_tlast;
        heard <= byte_valid ? 32'd1 : (heard == 32'hffffffff) ? heard : heard + 32'd1;
        if (rst) begin
            within <= 1'b0;
            half   <= 1'b0;
            heard  <= 32'd0;
        end
    end
    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        assume (!(byte_valid && byte_broken));
        if ($past(s_axis_tvalid && !s_axis_tready))
            assume (s_axis_tvalid && $stable(s_axis_tdata) && $stable(s_axis_tlast));
        if ($past(s_back_tvalid && !s_back_tready))
            assume (s_back_tvalid && $stable(s_back_tdata) && $stable(s_back_tlast));
        if ($past(m_axis_tvalid && !m_axis_tready))
            assert (m_axis_tvalid && $stable(m_axis_tdata) && $stable(m_axis_tlast));
        // Every byte goes to one place at most, and none of an image that is over.
        assert (!(frame_valid && load_valid) && !(memory_valid && (frame_valid || load_valid)));
        if (load_valid) assert (!ended && !load_give_up || quiet);
        // A byte of an image is never within a frame's message.
        if (frame_valid) assert (state == FRAME);
        if (load_give_up) assert ($past(state) == LOAD);
        if (back_start != 2'd0) assert (READ != 0 && $past(byte_valid && state == COMMAND));
    end
    // The answer to a message that was settled comes behind those of the frames before it.
    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(state) == SETTLE && state == COMMAND) assert ($past(owed) == 4'd0 || !$past(loaded));
        if (owed != $past(owed)) assert ($past(enters) != $past(leaves));
        if ($past(leaves) && !$past(enters)) assert (owed == $past(owed) - 1'b1);
        if (enters) assert ($past(state) == FRAME);
    end
    always @* if (seen_clk && !rst) begin
        assert (!fed || state == FRAME || state == COMMAND || state == DROP);
        assert (state <= BESIDE);
        assert (within == (amid || half));
        assert (!(mine && amid));
        // What is read back is never within a frame's answer, nor the other way round, and no status comes between.
        assert (!back || (!amid && !mine));
        assert (!half || back);
        assert (!mine || answer);
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (mine && m_axis_tready && said[0]);
        cover (load_give_up);
        cover ($past(memory_open) && state == SETTLE);
        cover (frame_valid && $past(frame_valid));
        cover (leaves && owed == 4'd2);
        cover (mine && $past(amid, 2));
        cover (READ == 0 || (back && s_back_tready && s_back_tvalid && s_back_tlast && $past(half)));
    end
`endif

endmodule

`default_nettype wire
