// flash_reader - reads bytes from a serial (SPI) flash, from one address on
//
//   WAKE clocks; ABh: release from power-down; WAKE clocks; 03h and 24 bits of address; then byte after byte until stop
//
// Bus        mode 0, one line each way, the highest bit first; sck has a period of 2*HALF clocks. A bit from the flash is
//            taken as sck falls: the flash has the whole period to bring it.
// Start      when reset ends; the flash of an FPGA sleeps once the FPGA is configured. It is deselected at first, which
//            ends a read that a reset has cut.
// Timing     16*HALF + 1 clocks a byte; sck rests while a byte waits.
// Stop       ends the read for good; a byte that is offered then is withdrawn.
// Reset      synchronous, active high; deselects the flash.
// Does not   write, read faster (0Bh, dual, quad), or notice that no flash is there: its bytes are then what the line says.
// Cost       21 + log2(WAKE + 1) + log2(HALF) flip-flops, about 60 LUTs.
// Tested by  testbench/cells/flash_reader; proved by `npm run formal -- flash_reader`.

`default_nettype none

module flash_reader #(
    parameter integer ADDRESS = 1048576,   // of the first byte
    parameter integer HALF    = 1,         // clocks of half a period of flash_sck
    parameter integer WAKE    = 600        // clocks from the release from power-down to the first command
) (
    input  wire       clk,
    input  wire       rst,

    // flash
    output wire       flash_cs_n,
    output reg        flash_sck,
    output wire       flash_mosi,
    input  wire       flash_miso,

    // AXI4-Stream out: bytes
    output wire [7:0] m_axis_tdata,
    output wire       m_axis_tvalid,
    input  wire       m_axis_tready,

    input  wire       stop,
    output wire       busy          // until stop
);

    localparam [7:0]   RELEASE   = 8'hab;
    localparam [31:0]  READ      = {8'h03, ADDRESS[23:0]};
    localparam integer WAKE_BITS = $clog2(WAKE + 1);
    localparam integer HALF_BITS = (HALF > 1) ? $clog2(HALF) : 1;
    localparam integer HALF_LAST = HALF - 1;

    generate
        if (ADDRESS < 0 || ADDRESS > 16777215)
            begin : g_rule_address  wire ADDRESS_has_24_bits = {0{1'b0}};  initial $finish;  end
        if (HALF < 1) begin : g_rule_half  wire HALF_below_1 = {0{1'b0}};  initial $finish;  end
        if (WAKE < 1) begin : g_rule_wake  wire WAKE_below_1 = {0{1'b0}};  initial $finish;  end
    endgenerate

    localparam [2:0] WAKING = 3'd0, WAITING = 3'd1, ASKING = 3'd2, READING = 3'd3, DONE = 3'd4, RESTING = 3'd5;

    reg [2:0]           state;
    reg [4:0]           count;     // of the bit that is on the line
    reg [HALF_BITS-1:0] half;      // clocks until flash_sck changes
    reg [WAKE_BITS-1:0] wake;
    reg [7:0]           shift;
    reg                 valid;
    wire selected = state == WAKING || state == ASKING || state == READING;
    wire tick     = half == {HALF_BITS{1'b0}};
    wire falls    = selected && !valid && tick && flash_sck;
    wire bit_last = count == 5'd0;

    assign flash_cs_n          = !selected;
    assign flash_mosi          = (state == ASKING) ? READ[count] : RELEASE[count[2:0]];
    assign m_axis_tdata  = shift;
    assign m_axis_tvalid = valid && !stop;
    assign busy          = state != DONE;

    always @(posedge clk) begin
        half <= (tick || !selected || valid) ? HALF_LAST[HALF_BITS-1:0] : half - 1'b1;
        if (selected && !valid && tick) flash_sck <= !flash_sck;
        if (falls) begin
            shift <= {shift[6:0], flash_miso};
            count <= count - 1'b1;
        end
        if (m_axis_tvalid && m_axis_tready) valid <= 1'b0;
        case (state)
            RESTING: begin
                wake <= wake - 1'b1;
                if (wake == {WAKE_BITS{1'b0}}) state <= WAKING;
            end
            WAKING: if (falls && bit_last) begin
                state <= WAITING;
                wake  <= WAKE[WAKE_BITS-1:0];
            end
            WAITING: begin
                wake <= wake - 1'b1;
                if (wake == {WAKE_BITS{1'b0}}) begin
                    state <= ASKING;
                    count <= 5'd31;
                end
            end
            ASKING: if (falls && bit_last) begin
                state <= READING;
                count <= 5'd7;
            end
            READING: if (falls && bit_last) begin
                valid <= 1'b1;
                count <= 5'd7;
            end
            default: state <= DONE;
        endcase
        if (stop && state == READING) begin
            state <= DONE;
            valid <= 1'b0;
            flash_sck   <= 1'b0;
        end
        if (rst) begin
            state <= RESTING;
            count <= 5'd7;
            half  <= HALF_LAST[HALF_BITS-1:0];
            wake  <= WAKE[WAKE_BITS-1:0];
            flash_sck   <= 1'b0;
            valid <= 1'b0;
        end
    end

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    // One reset, at the start: the bench cuts reads by others.
    always @* assume (rst == !seen_clk);

    // Another count of the bits of a selection, and of the clocks between selections.
    reg [7:0]  bits;         // rising edges of flash_sck in this selection
    reg [7:0]  rest;         // clocks since the flash was last selected
    reg        woken;        // it has been released from power-down
    reg        was_sck;
    wire       rises = flash_sck && !was_sck;
    wire [7:0] now = bits + rises;
    always @(posedge clk) begin
        was_sck <= flash_sck;
        bits    <= flash_cs_n ? 8'd0 : now;
        rest    <= flash_cs_n ? rest + 8'd1 : 8'd0;
        if (!flash_cs_n && now == 8'd8) woken <= 1'b1;
        if (rst) begin
            was_sck <= 1'b0;
            bits    <= 8'd0;
            rest    <= 8'd0;
            woken   <= 1'b0;
        end
    end
    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        // flash_sck rests low outside of a selection, and each level lasts HALF clocks.
        if (flash_cs_n) assert (!flash_sck || $past(!flash_cs_n));
        if (flash_cs_n && $past(flash_cs_n)) assert (!flash_sck);
        // What the flash reads as flash_sck rises: the release alone, then the command with the address.
        if (rises && state == WAKING) assert (now <= 8'd8 && flash_mosi == RELEASE[8 - now]);
        if (rises && state == ASKING) assert (now <= 8'd32 && flash_mosi == READ[32 - now]);
        if (rises) assert (!flash_cs_n && (state == WAKING || woken));
        if (!flash_cs_n && $past(flash_cs_n)) assert (state != READING && rest >= WAKE);
        if ($past(m_axis_tvalid && !m_axis_tready) && !stop) assert (m_axis_tvalid && $stable(m_axis_tdata));
        if (m_axis_tvalid && !$past(m_axis_tvalid) && !$past(stop)) assert (bits[2:0] == 3'd0 && bits > 8'd32);
    end
    always @* if (seen_clk && !rst) begin
        assert (state <= RESTING);
        assert (half <= HALF_LAST);
        assert (!(valid && (flash_sck || state != READING)));
        assert (state != WAKING || (count <= 5'd7 && !woken || bits >= 8'd7));
        assert (state != READING || count <= 5'd7);
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (state == ASKING && bits == 8'd2);
        cover (state == WAITING && woken);
    end
`endif

endmodule

`default_nettype wire
