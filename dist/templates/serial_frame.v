// serial_frame - bytes of a serial line to whole frames
//
//   BYTES bytes with pauses of at most IDLE clocks make a frame, which then leaves as a stream
//
// Timing     the frame leaves after its last byte arrived, a byte every third clock at most. Bytes that arrive while it
//            leaves are lost: the sender waits for the answer to one frame before it sends the next.
// Errors     a longer pause within a frame, or a broken byte, discards what has arrived: after a pause the next byte
//            is the first of a frame, whatever was lost before.
// Framing    tlast marks the frame's last byte.
// Layout     one memory of BYTES bytes, synchronous read.
// Reset      synchronous, active high; discards the frame.
// Cost       8*BYTES bits of memory, 6 + 8 + 2*log2(BYTES) + log2(IDLE) flip-flops.
// Tested by  testbench/cells/serial_frame; generator/cli/board.sim.test.ts, from line to line.

`default_nettype none

module serial_frame #(
    parameter integer BYTES = 784,    // of a frame
    parameter integer IDLE  = 20800   // clocks of silence within a frame; one more discards it
) (
    input  wire       clk,
    input  wire       rst,

    // bytes as uart_rx gives them
    input  wire [7:0] byte_data,
    input  wire       byte_valid,
    input  wire       byte_broken,

    // AXI4-Stream out: bytes of whole frames
    output wire [7:0] m_axis_tdata,
    output wire       m_axis_tvalid,
    input  wire       m_axis_tready,
    output wire       m_axis_tlast,

    output wire       busy           // a frame arrives or leaves
);

    localparam integer ADDR_BITS = (BYTES > 1) ? $clog2(BYTES) : 1;
    localparam integer LAST      = BYTES - 1;
    localparam integer IDLE_BITS = (IDLE > 1) ? $clog2(IDLE) : 1;
    localparam integer IDLE_LAST = IDLE - 1;

    generate
        if (BYTES < 1) begin : g_rule_bytes  wire BYTES_below_1 = {0{1'b0}};  initial $finish;  end
        if (IDLE < 1)  begin : g_rule_idle   wire IDLE_below_1  = {0{1'b0}};  initial $finish;  end
    endgenerate

    // A byte is never read in the clock that writes it; told so, tools spend no logic on that case.
    (* no_rw_check, ramstyle = "no_rw_check" *)
    reg [7:0]           memory [0:BYTES-1];
    reg [7:0]           head;
    reg [ADDR_BITS-1:0] addr;        // of the next byte to arrive, or of the byte that leaves
    reg                 some;        // a part of a frame has arrived
    reg                 leaving;
    reg                 fetched;     // the memory has seen addr
    reg                 valid;       // head is the byte at addr
    reg [IDLE_BITS:0]   silence;     // clocks until a part of a frame is given up; below zero it is
    wire                last  = addr == LAST[ADDR_BITS-1:0];
    wire                write = byte_valid && !leaving;
    wire                pop   = valid && m_axis_tready;

    assign m_axis_tdata  = head;
    assign m_axis_tvalid = valid;
    assign m_axis_tlast  = last;
    assign busy          = some || leaving;

    always @(posedge clk) begin
        if (write) memory[addr] <= byte_data;
        head <= memory[addr];
    end

    always @(posedge clk) begin
        fetched <= leaving && !pop;
        valid   <= leaving && fetched && !pop;
        if (write) begin
            some    <= !last;
            leaving <= last;
        end
        if (pop && last) leaving <= 1'b0;
        if (write || pop) addr <= last ? {ADDR_BITS{1'b0}} : addr + 1'b1;
        silence <= write ? {1'b0, IDLE_LAST[IDLE_BITS-1:0]} : silence - 1'b1;
        if (some && !write && (byte_broken || silence[IDLE_BITS])) begin
            some <= 1'b0;
            addr <= {ADDR_BITS{1'b0}};
        end
        if (rst) begin
            addr    <= {ADDR_BITS{1'b0}};
            some    <= 1'b0;
            leaving <= 1'b0;
            fetched <= 1'b0;
            valid   <= 1'b0;
        end
    end

endmodule

`default_nettype wire
