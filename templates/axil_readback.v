// axil_readback - registers through which weights are read back, beside axil_control: it listens to the bus and takes no part in it
//
//   ADDRESS      READ_BACK       written: bit 0 asks for words and their CRC, bit 1 for the CRC alone; read: bit 0 it is under
//                                way, bit 1 a word waits, bit 2 it is the last one, the CRC
//   ADDRESS + 4  READ_BACK_WORD  read: the word that waits, which is taken with that; zero where none does
//
// Bus        axil_control answers every access, these two with zero and without effect; rdata is ORed to that of axil_control.
//            A write with a strobe that is not whole, or while a read is under way, is none.
// Timing     start is high for a clock behind address and data, in any order; rdata comes a clock after the address.
// Reset      synchronous, active high; nothing is under way. hold: the same, for a reset of the accelerator.
// Does not   answer, or hold back, an access.
// Cost       41 flip-flops.
// Tested by  testbench/cells/axil_readback; proved by `npm run formal -- axil_readback`.

`default_nettype none

module axil_readback #(
    parameter integer ADDR_BITS = 7,   // bits of the byte address
    parameter integer ADDRESS   = 80   // of READ_BACK, a multiple of 8
) (
    input  wire                 clk,
    input  wire                 rst,
    input  wire                 hold,         // the accelerator is in reset

    // AXI4-Lite, as axil_control sees it
    input  wire [ADDR_BITS-1:0] s_axil_awaddr,
    input  wire                 s_axil_awvalid,
    input  wire                 s_axil_awready,
    input  wire [31:0]          s_axil_wdata,
    input  wire [3:0]           s_axil_wstrb,
    input  wire                 s_axil_wvalid,
    input  wire                 s_axil_wready,
    input  wire [ADDR_BITS-1:0] s_axil_araddr,
    input  wire                 s_axil_arvalid,
    input  wire                 s_axil_arready,
    output reg  [31:0]          rdata,

    output reg  [1:0]           start,        // of weights_reader

    // AXI4-Stream in: words that are read back
    input  wire [31:0]          s_axis_tdata,
    input  wire                 s_axis_tvalid,
    output wire                 s_axis_tready,
    input  wire                 s_axis_tlast
);

    localparam [31:0] PLACE = ADDRESS;

    generate
        if (ADDR_BITS < 4 || ADDR_BITS > 32)
            begin : g_rule_bits     wire ADDR_BITS_outside_4_to_32   = {0{1'b0}};  initial $finish;  end
        if (ADDRESS < 0 || ADDRESS % 8 != 0 || (ADDR_BITS < 31 && ADDRESS >= (1 << ADDR_BITS)))
            begin : g_rule_address  wire ADDRESS_not_a_multiple_of_8 = {0{1'b0}};  initial $finish;  end
    endgenerate

    // ---------------------------------------------------------------- writes
    reg       busy;
    reg       aw_here, w_here;      // address and data of a write of which the other has not come
    reg       aw_own;               // it is one of READ_BACK
    reg [1:0] w_kind;               // what it asks for; nothing where its strobe is not whole
    wire      aw   = s_axil_awvalid && s_axil_awready;
    wire      w    = s_axil_wvalid && s_axil_wready;
    wire      own  = s_axil_awaddr[ADDR_BITS-1:2] == PLACE[ADDR_BITS-1:2];
    wire      both = (aw || aw_here) && (w || w_here);
    wire [1:0] kind = (s_axil_wstrb == 4'b1111) ? s_axil_wdata[1:0] : 2'd0;
    wire [1:0] asks = (both && (aw_here ? aw_own : own) && !busy) ? (w_here ? w_kind : kind) : 2'd0;

    // ---------------------------------------------------------------- reads
    wire read_here = s_axil_arvalid && s_axil_arready && s_axil_araddr[ADDR_BITS-1:3] == PLACE[ADDR_BITS-1:3];
    assign s_axis_tready = read_here && s_axil_araddr[2];

    always @(posedge clk) begin
        aw_here <= (aw || aw_here) && !both;
        w_here  <= (w || w_here) && !both;
        if (aw) aw_own <= own;
        if (w) w_kind <= kind;
        start <= asks;
        if (asks != 2'd0) busy <= 1'b1;
        if (s_axis_tvalid && s_axis_tready && s_axis_tlast) busy <= 1'b0;
        if (s_axil_arvalid && s_axil_arready)
            rdata <= !read_here ? 32'd0
                   : s_axil_araddr[2] ? (s_axis_tvalid ? s_axis_tdata : 32'd0)
                   : {29'd0, s_axis_tvalid && s_axis_tlast, s_axis_tvalid, busy};
        if (rst || hold) begin
            busy  <= 1'b0;
            start <= 2'd0;
        end
        if (rst) begin
            aw_here <= 1'b0;
            w_here  <= 1'b0;
            rdata   <= 32'd0;
        end
    end

    wire unused = &{1'b0, s_axil_awaddr[1:0], s_axil_araddr[1:0], s_axil_wdata[31:2]};

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    // One write at a time, as axil_control takes them; a stream comes when one is asked for, and waits.
    reg open;
    always @(posedge clk) begin
        if (start != 2'd0) open <= 1'b1;
        if (s_axis_tvalid && s_axis_tready && s_axis_tlast) open <= 1'b0;
        if (rst || hold) open <= 1'b0;
    end
    always @* if (seen_clk && !rst) begin
        assume (!(aw && aw_here) && !(w && w_here));
        assert (!(aw_here && w_here));
        if (s_axis_tvalid) assume (open);
        assert (busy == (open || start != 2'd0));
        assert (!(open && start != 2'd0));
    end
    always @(posedge clk) if (seen_clk) begin
        if ($past(rst)) assert (!aw_here && !w_here && !busy && start == 2'd0);
        if ($past(w)) assert (w_kind == $past(kind));
    end
    always @(posedge clk) if (seen_clk && !$past(rst) && !rst && !$past(hold)) begin
        if ($past(s_axis_tvalid && !s_axis_tready))
            assume (s_axis_tvalid && $stable(s_axis_tdata) && $stable(s_axis_tlast));
        // A word is taken by the read that gets it, and by no other.
        if ($past(s_axil_arvalid && s_axil_arready)) begin
            if ($past(s_axil_araddr[ADDR_BITS-1:2] == PLACE[ADDR_BITS-1:2] + 1'b1))
                assert ($past(s_axis_tready) && rdata == ($past(s_axis_tvalid) ? $past(s_axis_tdata) : 32'd0));
            else assert (!$past(s_axis_tready));
            if ($past(s_axil_araddr[ADDR_BITS-1:3] != PLACE[ADDR_BITS-1:3])) assert (rdata == 32'd0);
        end else assert (!$past(s_axis_tready) && $stable(rdata));
        // start is what was written, and once.
        if (start != 2'd0) assert ($past(both && !busy) && start == $past(w_here ? w_kind : kind));
        if ($past(both && !aw_here && !w_here && own && !busy)) assert (start == $past(kind));
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (start == 2'd2 && $past(aw_here));
        cover (start == 2'd1 && $past(w_here));
        cover (busy && !hold && s_axis_tvalid && s_axis_tready && s_axis_tlast);
        cover ($past(busy) && !busy && rdata == 32'hdeadbeef);
    end
`endif

endmodule

`default_nettype wire
