// axil_weights - a window for weight images beside axil_control: it listens to the bus and takes no part in it
//
//   ADDRESS      WEIGHTS       read: {.., full, status[6:0]} of weights_loader; write: a word of an image
//   ADDRESS + 4  WEIGHTS_LAST  write: the last word of an image
//
// Bus        axil_control answers every access, these two with zero and without effect. A word that was written leaves on
//            m_axis; one that is written while `full` is high, or with a strobe that is not whole, is lost, and the image's
//            CRC with it: the bus never waits for the loader. rdata is ORed to that of axil_control.
// Timing     a word is on m_axis a clock after address and data have come, in any order; rdata a clock after the address.
// Reset      synchronous, active high; forgets the word that waits. hold: the same for that word alone.
// Does not   answer, or hold back, an access.
// Cost       about 80 flip-flops.
// Tested by  testbench/cells/axil_weights; proved by `npm run formal -- axil_weights`.

`default_nettype none

module axil_weights #(
    parameter integer ADDR_BITS = 7,   // bits of the byte address
    parameter integer ADDRESS   = 56   // of WEIGHTS, a multiple of 8
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

    // AXI4-Stream out: words of images
    output reg  [31:0]          m_axis_tdata,
    output reg                  m_axis_tvalid,
    input  wire                 m_axis_tready,
    output reg                  m_axis_tlast,

    input  wire [6:0]           status        // of weights_loader
);

    localparam [31:0]  PLACE     = ADDRESS;

    generate
        if (ADDR_BITS < 4 || ADDR_BITS > 32)
            begin : g_rule_bits     wire ADDR_BITS_outside_4_to_32   = {0{1'b0}};  initial $finish;  end
        if (ADDRESS < 0 || ADDRESS % 8 != 0 || (ADDR_BITS < 31 && ADDRESS >= (1 << ADDR_BITS)))
            begin : g_rule_address  wire ADDRESS_not_a_multiple_of_8 = {0{1'b0}};  initial $finish;  end
    endgenerate

    // ---------------------------------------------------------------- writes
    reg        aw_here, w_here;      // address and data of a write of which the other has not come
    reg        aw_own, aw_last;      // it is one of this window, of its upper word
    reg        w_whole;
    reg [31:0] w_word;
    wire       aw   = s_axil_awvalid && s_axil_awready;
    wire       w    = s_axil_wvalid && s_axil_wready;
    wire       own  = s_axil_awaddr[ADDR_BITS-1:3] == PLACE[ADDR_BITS-1:3];
    wire       both = (aw || aw_here) && (w || w_here);
    wire       done_own  = aw_here ? aw_own  : own;
    wire       done_last = aw_here ? aw_last : s_axil_awaddr[2];
    wire       whole     = w_here ? w_whole : (s_axil_wstrb == 4'b1111);
    wire       put       = both && done_own && whole && !m_axis_tvalid;

    always @(posedge clk) begin
        aw_here <= (aw || aw_here) && !both;
        w_here  <= (w || w_here) && !both;
        if (aw) begin
            aw_own  <= own;
            aw_last <= s_axil_awaddr[2];
        end
        if (w) begin
            w_whole <= (s_axil_wstrb == 4'b1111);
            w_word  <= s_axil_wdata;
        end
        if (m_axis_tready) m_axis_tvalid <= 1'b0;
        if (put) begin
            m_axis_tvalid <= 1'b1;
            m_axis_tdata  <= w_here ? w_word : s_axil_wdata;
            m_axis_tlast  <= done_last;
        end
        if (rst || hold) m_axis_tvalid <= 1'b0;
        if (rst) begin
            aw_here <= 1'b0;
            w_here  <= 1'b0;
        end
    end

    // ---------------------------------------------------------------- reads
    wire read_here = s_axil_araddr[ADDR_BITS-1:2] == PLACE[ADDR_BITS-1:2];
    always @(posedge clk)
        if (rst) rdata <= 32'd0;
        else if (s_axil_arvalid && s_axil_arready)
            rdata <= read_here ? {24'd0, m_axis_tvalid, status} : 32'd0;

    wire unused = &{1'b0, s_axil_awaddr[1:0], s_axil_araddr[1:0]};

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    always @(posedge clk) if (seen_clk && !$past(rst) && !rst && !$past(hold)) begin
        if ($past(m_axis_tvalid && !m_axis_tready))
            assert (m_axis_tvalid && $stable(m_axis_tdata) && $stable(m_axis_tlast));
    end
    always @(posedge clk) if (seen_clk && $past(rst)) assert (!m_axis_tvalid && !aw_here && !w_here);
    // One write at a time, as axil_control takes them: an address waits for its data, data for its address.
    always @* if (seen_clk && !rst) begin
        assume (!(aw && aw_here) && !(w && w_here));
        assert (!(aw_here && w_here));
    end

    // The n-th address belongs to the n-th data, and what leaves is what came while nothing waited.
    (* anyconst *) wire [3:0] tag;
    reg [3:0]  aws, ws;
    reg        is_own, is_last, is_whole;
    reg [31:0] is_word;
    always @(posedge clk) begin
        if (aw) begin
            aws <= aws + 1'b1;
            if (aws == tag) begin
                is_own  <= own;
                is_last <= s_axil_awaddr[2];
            end
        end
        if (w) begin
            ws <= ws + 1'b1;
            if (ws == tag) begin
                is_word  <= s_axil_wdata;
                is_whole <= (s_axil_wstrb == 4'b1111);
            end
        end
        if (rst) begin
            aws <= 4'd0;
            ws  <= 4'd0;
        end
    end
    // Both have come, in this clock or before: the write is done a clock later.
    reg [3:0] dones;
    always @(posedge clk) dones <= rst ? 4'd0 : dones + {3'd0, both};
    reg was_both, was_free;
    reg [3:0] was_done;
    always @(posedge clk) begin
        was_both <= both && !rst && !hold;
        was_free <= !m_axis_tvalid;
        was_done <= dones;
    end
    always @* if (seen_clk && !rst) begin
        assert (aws == dones + {3'd0, aw_here} && ws == dones + {3'd0, w_here});
        if (was_both && was_done == tag && was_free) begin
            assert (m_axis_tvalid == (is_own && is_whole));
            if (m_axis_tvalid) assert (m_axis_tdata == is_word && m_axis_tlast == is_last);
        end
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (m_axis_tvalid && m_axis_tlast && $past(aw_here));
        cover (m_axis_tvalid && !m_axis_tlast && $past(w_here));
        cover (rdata[7] && rdata[0]);
    end
`endif

endmodule

`default_nettype wire
