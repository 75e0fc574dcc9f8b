// axis_fifo - first-word-fall-through FIFO of any depth
//
//   m_axis = s_axis, in order; at least DEPTH beats may wait inside
//
// Timing     one beat per clock on both sides, 2 clocks of latency when empty; no combinational path between the sides.
// Layout     cyclic memory of max(DEPTH, 2) words {tlast, tdata}, simple dual port, synchronous read; the read
//            register is the head that the output shows, so one more beat fits than the memory holds.
//            Tools take block RAM for deep ones and LUT RAM or registers for shallow ones.
// Framing    tlast travels with its beat.
// Reset      synchronous, active high; empties the FIFO, leaves memory and head.
// Does not   drop partial frames, count frames or cross clocks.
// Cost       (WIDTH+1)*max(DEPTH,2) bits of memory, WIDTH + 1 + 3*log2(DEPTH) + 3 flip-flops.
// Tested by  testbench/cells/axis_fifo; proved by `npm run formal -- axis_fifo`.

`default_nettype none

module axis_fifo #(
    parameter integer WIDTH = 8,   // bits of tdata
    parameter integer DEPTH = 16,  // beats that fit at least; any number from 1
    parameter         RAM_STYLE = "auto" // where they are: "auto" as the tool likes, "distributed" in LUTs, "ultra" in UltraRAM
) (
    input  wire             clk,
    input  wire             rst,

    // AXI4-Stream in
    input  wire [WIDTH-1:0] s_axis_tdata,
    input  wire             s_axis_tvalid,
    output wire             s_axis_tready,
    input  wire             s_axis_tlast,

    // AXI4-Stream out
    output wire [WIDTH-1:0] m_axis_tdata,
    output wire             m_axis_tvalid,
    input  wire             m_axis_tready,
`ifdef FORMAL
    output wire [31:0]      waiting,       // beats inside
`endif
    output wire             m_axis_tlast
);

    localparam unused_style = RAM_STYLE;   // linters do not see the use in an attribute
    // A single word would be full in every second clock.
    localparam integer WORDS      = (DEPTH > 2) ? DEPTH : 2;
    localparam integer WORD_LAST  = WORDS - 1;
    localparam integer ADDR_BITS  = $clog2(WORDS);
    localparam integer COUNT_BITS = $clog2(WORDS + 1);

    generate
        if (WIDTH < 1) begin : g_rule_width  wire WIDTH_below_1 = {0{1'b0}};  initial $finish;  end
        if (DEPTH < 1) begin : g_rule_depth  wire DEPTH_below_1 = {0{1'b0}};  initial $finish;  end
    endgenerate

    // A word is never read in the clock that writes it; told so, tools spend no logic on that case.
    (* no_rw_check, ramstyle = "no_rw_check", ram_style = RAM_STYLE *)
    reg [WIDTH:0]          memory [0:WORDS-1];
    reg [WIDTH:0]          head;
    reg                    head_valid;
    reg [ADDR_BITS-1:0]    wr_addr, rd_addr;
    reg [COUNT_BITS-1:0]   count;             // words in the memory, the head not among them
    reg                    some, room;        // count > 0, count < WORDS

    assign s_axis_tready                = room;
    assign m_axis_tvalid                = head_valid;
    assign {m_axis_tlast, m_axis_tdata} = head;

    wire take    = s_axis_tvalid && room;
    wire advance = m_axis_tready || !head_valid;
    wire fetch   = advance && some;

    always @(posedge clk) begin
        if (take)  memory[wr_addr] <= {s_axis_tlast, s_axis_tdata};
        if (fetch) head            <= memory[rd_addr];
    end

    always @(posedge clk) begin
        if (take)  wr_addr <= (wr_addr == WORD_LAST[ADDR_BITS-1:0]) ? {ADDR_BITS{1'b0}} : wr_addr + 1'b1;
        if (fetch) rd_addr <= (rd_addr == WORD_LAST[ADDR_BITS-1:0]) ? {ADDR_BITS{1'b0}} : rd_addr + 1'b1;
        if (advance) head_valid <= some;
        if (take && !fetch) begin
            count <= count + 1'b1;
            some  <= 1'b1;
            room  <= (count != WORD_LAST[COUNT_BITS-1:0]);
        end
        if (fetch && !take) begin
            count <= count - 1'b1;
            some  <= (count != {{(COUNT_BITS-1){1'b0}}, 1'b1});
            room  <= 1'b1;
        end
        if (rst) begin
            wr_addr    <= {ADDR_BITS{1'b0}};
            rd_addr    <= {ADDR_BITS{1'b0}};
            count      <= {COUNT_BITS{1'b0}};
            some       <= 1'b0;
            room       <= 1'b1;
            head_valid <= 1'b0;
        end
    end

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
`ifdef FORMAL_TOP
        if ($past(s_axis_tvalid && !s_axis_tready))
            assume (s_axis_tvalid && $stable(s_axis_tdata) && $stable(s_axis_tlast));
`else
        if ($past(s_axis_tvalid && !s_axis_tready))
            assert (s_axis_tvalid && $stable(s_axis_tdata) && $stable(s_axis_tlast));
`endif
        if ($past(m_axis_tvalid && !m_axis_tready))
            assert (m_axis_tvalid && $stable(m_axis_tdata) && $stable(m_axis_tlast));
    end

    // Order: the beat whose number is tag leaves under the same number, with its payload, whatever waits around it.
    localparam integer TAG_BITS = COUNT_BITS + 1;
    (* anyconst *) wire [TAG_BITS-1:0] tag;
    (* anyconst *) wire [WIDTH:0]      tagged;
    reg [TAG_BITS-1:0] taken, given;
    always @(posedge clk) begin
        if (take)                           taken <= taken + 1'b1;
        if (m_axis_tvalid && m_axis_tready) given <= given + 1'b1;
        if (rst) begin
            taken <= {TAG_BITS{1'b0}};
            given <= {TAG_BITS{1'b0}};
        end
    end
    wire [TAG_BITS-1:0] held     = taken - given;
    assign waiting = held;
    wire [TAG_BITS-1:0] position = tag - given;
    wire [31:0]         slot     = rd_addr + position - head_valid;
    wire [ADDR_BITS-1:0] place   = (slot >= WORDS) ? slot - WORDS : slot;
    wire [31:0]         wr_slot  = rd_addr + count;
    always @* if (seen_clk) begin
        if (take && taken == tag) assume ({s_axis_tlast, s_axis_tdata} == tagged);
        if (!rst) begin
            assert (count <= WORDS && wr_addr < WORDS && rd_addr < WORDS);
            assert (some == (count != 0) && room == (count != WORDS));
            assert (wr_addr == ((wr_slot >= WORDS) ? wr_slot - WORDS : wr_slot));
            assert (held == count + head_valid);
            if (position < held) assert (((position == 0 && head_valid) ? head : memory[place]) == tagged);
        end
    end

`ifdef FORMAL_TOP
    always @(posedge clk) if (seen_clk && !rst) begin
        cover (!room && head_valid);
        cover (m_axis_tvalid && m_axis_tready && m_axis_tlast && given == WORDS);
        cover (take && fetch && $past(take && fetch));
    end
`endif
`endif

endmodule

`default_nettype wire
