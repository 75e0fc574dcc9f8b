// axis_frames - keeps whole frames and gives each of them several times, its beats in an order of its own
//
//   beat in  = (group, pixel, beat of both), the last one fastest
//   beat out = (time, pixel, group, beat of both), the last one fastest
//
// Use        The map of a layer whose weights come from outside: kept here and replayed for each group of outputs. With
//            GROUPS above 1: results that come group by group leave pixel by pixel.
// Timing     one beat a clock on both sides. Two frames have room: one is read while the next one comes, and no frame
//            leaves before it is whole. 2 clocks from its last beat in to its first one out.
// Framing    tlast marks the last beat of the last time; tlast of the input is ignored, frames are counted.
// Layout     simple dual port memory of two frames, synchronous read; the read register is the head that m_axis shows.
// Reset      synchronous, active high; forgets both frames, leaves memory and head.
// Does not   give a frame's beats before all have come.
// Cost       2*WIDTH*GROUPS*PIXELS*INNER bits of memory, WIDTH + 4 flip-flops, counters of the loops and two addresses.
// Tested by  testbench/cells/axis_frames; proved by `npm run formal -- axis_frames`.

`default_nettype none

module axis_frames #(
    parameter integer WIDTH  = 8,   // bits of tdata
    parameter integer GROUPS = 1,   // outer loop of a frame as it comes
    parameter integer PIXELS = 4,   // loop inside of it
    parameter integer INNER  = 1,   // beats that stay together
    parameter integer TIMES  = 2,   // that a frame leaves
    parameter         RAM_STYLE = "auto" // where it keeps them: "auto" as the tool likes, "distributed" in LUTs, "ultra" in UltraRAM
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
    output wire             m_axis_tlast
);

    localparam unused_style = RAM_STYLE;   // linters do not see the use in an attribute
    localparam integer BEATS     = GROUPS * PIXELS * INNER;
    localparam integer WORDS     = 2 * BEATS;
    localparam integer ADDR_BITS = $clog2(WORDS);
    localparam integer I_BITS    = (INNER  > 1) ? $clog2(INNER)  : 1;
    localparam integer G_BITS    = (GROUPS > 1) ? $clog2(GROUPS) : 1;
    localparam integer P_BITS    = (PIXELS > 1) ? $clog2(PIXELS) : 1;
    localparam integer T_BITS    = (TIMES  > 1) ? $clog2(TIMES)  : 1;
    localparam integer I_LAST    = INNER - 1;
    localparam integer G_LAST    = GROUPS - 1;
    localparam integer P_LAST    = PIXELS - 1;
    localparam integer T_LAST    = TIMES - 1;
    localparam integer HALF_LAST = BEATS - 1;
    localparam integer WORD_LAST = WORDS - 1;
    // Steps of the read address: to the same beat of the next group, to the first group of the next pixel, to the start.
    localparam integer TO_GROUP  = (PIXELS - 1) * INNER + 1;
    localparam integer TO_PIXEL  = (GROUPS - 1) * PIXELS * INNER - 1;   // downwards
    localparam integer TO_START  = BEATS - 1;                           // downwards

    generate
        if (WIDTH < 1 || GROUPS < 1 || PIXELS < 1 || INNER < 1 || TIMES < 1)
            begin : g_rule_size  wire sizes_must_be_positive = {0{1'b0}};  initial $finish;  end
    endgenerate

    wire unused_last = s_axis_tlast;

    // No word is read in the clock that writes it; told so, tools spend no logic on that case.
    (* no_rw_check, ramstyle = "no_rw_check", ram_style = RAM_STYLE *)
    reg [WIDTH-1:0]     memory [0:WORDS-1];
    reg [WIDTH-1:0]     head;
    reg                 head_valid, head_last;
    reg [ADDR_BITS-1:0] wr_addr, rd_addr;
    reg                 rd_half;             // the frame that is read is the upper one
    reg [1:0]           whole;               // frames that have come and not left
    reg [I_BITS-1:0]    i;
    reg [G_BITS-1:0]    g;
    reg [P_BITS-1:0]    p;
    reg [T_BITS-1:0]    t;

    assign s_axis_tready = !whole[1];
    assign m_axis_tvalid = head_valid;
    assign m_axis_tdata  = head;
    assign m_axis_tlast  = head_last;

    wire take    = s_axis_tvalid && s_axis_tready;
    wire advance = m_axis_tready || !head_valid;
    wire fetch   = advance && (whole != 2'd0);

    wire i_last  = (i == I_LAST[I_BITS-1:0]);
    wire g_last  = (g == G_LAST[G_BITS-1:0]);
    wire p_last  = (p == P_LAST[P_BITS-1:0]);
    wire t_last  = (t == T_LAST[T_BITS-1:0]);
    wire time_ends = i_last && g_last && p_last;
    wire comes   = take && (wr_addr == HALF_LAST[ADDR_BITS-1:0] || wr_addr == WORD_LAST[ADDR_BITS-1:0]);
    wire leaves  = fetch && time_ends && t_last;

    always @(posedge clk) begin
        if (take)  memory[wr_addr] <= s_axis_tdata;
        if (fetch) head            <= memory[rd_addr];
    end

    always @(posedge clk) begin
        if (take)    wr_addr    <= (wr_addr == WORD_LAST[ADDR_BITS-1:0]) ? {ADDR_BITS{1'b0}} : wr_addr + 1'b1;
        if (advance) head_valid <= (whole != 2'd0);
        if (comes && !leaves) whole <= whole + 1'b1;
        if (leaves && !comes) whole <= whole - 1'b1;
        if (fetch) begin
            head_last <= time_ends && t_last;
            i <= i_last ? {I_BITS{1'b0}} : i + 1'b1;
            if (i_last) g <= g_last ? {G_BITS{1'b0}} : g + 1'b1;
            if (i_last && g_last) p <= p_last ? {P_BITS{1'b0}} : p + 1'b1;
            if (time_ends) t <= t_last ? {T_BITS{1'b0}} : t + 1'b1;
            if (leaves) begin
                rd_half <= !rd_half;
                rd_addr <= rd_half ? {ADDR_BITS{1'b0}} : rd_addr + 1'b1;
            end
            else if (time_ends)        rd_addr <= rd_addr - TO_START[ADDR_BITS-1:0];
            else if (!i_last)          rd_addr <= rd_addr + 1'b1;
            else if (!g_last)          rd_addr <= rd_addr + TO_GROUP[ADDR_BITS-1:0];
            else                       rd_addr <= rd_addr - TO_PIXEL[ADDR_BITS-1:0];
        end
        if (rst) begin
            wr_addr    <= {ADDR_BITS{1'b0}};
            rd_addr    <= {ADDR_BITS{1'b0}};
            rd_half    <= 1'b0;
            whole      <= 2'd0;
            head_valid <= 1'b0;
            i          <= {I_BITS{1'b0}};
            g          <= {G_BITS{1'b0}};
            p          <= {P_BITS{1'b0}};
            t          <= {T_BITS{1'b0}};
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
    end

    // The frame whose parity is odd, its beat (tag_g, tag_p, tag_i): it has one value, and leaves where its place is.
    (* anyconst *) wire [ADDR_BITS-1:0] tag;
    (* anyconst *) wire [WIDTH-1:0]     tagged;
    wire [31:0] at = (rd_half ? BEATS : 0) + g*(PIXELS*INNER) + p*INNER + i;
    always @* if (seen_clk) begin
        if (take && wr_addr == tag) assume (s_axis_tdata == tagged);
        if (!rst) begin
            assert (i < INNER && g < GROUPS && p < PIXELS && t < TIMES && whole < 3);
            assert (wr_addr < WORDS && rd_addr == at);
            // Frames between the reader's and the writer's.
            if (wr_addr == 0 || wr_addr == BEATS) assert (whole != 1 || (wr_addr == BEATS) != rd_half);
            assert (whole != 0 || (wr_addr >= BEATS) == rd_half);
            assert (whole != 1 || (wr_addr >= BEATS) != rd_half);
            assert (whole != 2 || (wr_addr == (rd_half ? BEATS : 0)));
            assert (whole != 0 || (i == 0 && g == 0 && p == 0 && t == 0));
        end
    end
    // What has been written and not left is there.
    reg there;
    always @(posedge clk) begin
        if (take && wr_addr == tag) there <= 1'b1;
        if (leaves && rd_half == (tag >= BEATS)) there <= 1'b0;
        if (rst) there <= 1'b0;
    end
    wire in_reading = (tag >= BEATS) == rd_half;
    always @* if (seen_clk && !rst && tag < WORDS) begin
        assert (there == ((whole == 2) || (whole == 1 && in_reading) ||
                          ((wr_addr >= BEATS) == (tag >= BEATS) && tag < wr_addr && (whole == 0 || !in_reading))));
        if (there) assert (memory[tag] == tagged);
    end
    reg [ADDR_BITS-1:0] head_at;
    reg                 head_end;
    always @(posedge clk) if (fetch) begin
        head_at  <= rd_addr;
        head_end <= p == P_LAST && g == G_LAST && i == I_LAST && t == T_LAST;
    end
    always @* if (seen_clk && !rst && head_valid) begin
        assert (head_last == head_end);
        if (head_at == tag) assert (head == tagged);
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (whole == 2 && head_valid);
        cover (leaves && comes);
        cover (leaves && rd_half);
    end
`endif

endmodule

`default_nettype wire
