// axil_memory - registers of weights in external memory beside axil_control: it listens to the bus and takes no part in it
//
//   ADDRESS      MEMORY_BASE    base address of the weights, a multiple of 4096; read: bit 0 the bus has
//                               answered with an error, bits 11 to 1 how many frames it has ended
//   ADDRESS + 4  MEMORY_STALLS  read: clocks in which a layer waited for weights
//
// Bus        axil_control answers every access, these two with zero and without effect; rdata is ORed to that of axil_control.
//            A write with a strobe that is not whole is none.
// Timing     base changes a clock after address and data have come, in any order; rdata a clock after the address.
// Reset      synchronous, active high; base 0.
// Does not   answer, or hold back, an access.
// Cost       about 90 flip-flops.
// Tested by  testbench/cells/axil_memory; proved by `npm run formal -- axil_memory`.

`default_nettype none

module axil_memory #(
    parameter integer ADDR_BITS = 7,   // bits of the byte address
    parameter integer ADDRESS   = 88   // of MEMORY_BASE, a multiple of 8
) (
    input  wire                 clk,
    input  wire                 rst,

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

    output wire [31:0]          base,
    input  wire [31:0]          stalls,
    input  wire                 error,
    input  wire [10:0]          aborted
);

    localparam [31:0] PLACE = ADDRESS;

    generate
        if (ADDR_BITS < 4 || ADDR_BITS > 32)
            begin : g_rule_bits     wire ADDR_BITS_outside_4_to_32   = {0{1'b0}};  initial $finish;  end
        if (ADDRESS < 0 || ADDRESS % 8 != 0 || (ADDR_BITS < 31 && ADDRESS >= (1 << ADDR_BITS)))
            begin : g_rule_address  wire ADDRESS_not_a_multiple_of_8 = {0{1'b0}};  initial $finish;  end
    endgenerate

    // ---------------------------------------------------------------- writes
    reg        aw_here, w_here;      // address and data of a write of which the other has not come
    reg        aw_own;               // it is one of MEMORY_BASE
    reg        w_whole;
    reg [19:0] w_page;
    reg [19:0] page;
    wire       aw   = s_axil_awvalid && s_axil_awready;
    wire       w    = s_axil_wvalid && s_axil_wready;
    wire       own  = s_axil_awaddr[ADDR_BITS-1:2] == PLACE[ADDR_BITS-1:2];
    wire       both = (aw || aw_here) && (w || w_here);
    wire       put  = both && (aw_here ? aw_own : own) && (w_here ? w_whole : s_axil_wstrb == 4'b1111);
    assign     base = {page, 12'd0};

    always @(posedge clk) begin
        aw_here <= (aw || aw_here) && !both;
        w_here  <= (w || w_here) && !both;
        if (aw) aw_own <= own;
        if (w) begin
            w_whole <= (s_axil_wstrb == 4'b1111);
            w_page  <= s_axil_wdata[31:12];
        end
        if (put) page <= w_here ? w_page : s_axil_wdata[31:12];
        if (rst) begin
            aw_here <= 1'b0;
            w_here  <= 1'b0;
            page    <= 20'd0;
        end
    end

    // ---------------------------------------------------------------- reads
    wire read_here = s_axil_araddr[ADDR_BITS-1:3] == PLACE[ADDR_BITS-1:3];
    always @(posedge clk)
        if (rst) rdata <= 32'd0;
        else if (s_axil_arvalid && s_axil_arready)
            rdata <= !read_here ? 32'd0 : s_axil_araddr[2] ? stalls : {page, aborted, error};

    wire unused = &{1'b0, s_axil_awaddr[1:0], s_axil_araddr[1:0], s_axil_wdata[11:0]};

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    // One write at a time, as axil_control takes them: an address waits for its data, data for its address.
    always @* if (seen_clk && !rst) begin
        assume (!(aw && aw_here) && !(w && w_here));
        assert (!(aw_here && w_here));
        assert (base[11:0] == 12'd0);
    end

    // The n-th address belongs to the n-th data; base is that of the last whole write of it.
    (* anyconst *) wire [3:0] tag;
    reg [3:0]  aws, ws, dones;
    reg        is_own, is_whole;
    reg [19:0] is_page;
    always @(posedge clk) begin
        if (aw) aws <= aws + 1'b1;
        if (aw && aws == tag) is_own <= own;
        if (w) ws <= ws + 1'b1;
        if (w && ws == tag) begin
            is_page  <= s_axil_wdata[31:12];
            is_whole <= (s_axil_wstrb == 4'b1111);
        end
        dones <= dones + {3'd0, both};
        if (rst) begin
            aws   <= 4'd0;
            ws    <= 4'd0;
            dones <= 4'd0;
        end
    end
    reg        was_both;
    reg [3:0]  was_done;
    reg [19:0] was_page;
    always @(posedge clk) begin
        was_both <= both && !rst;
        was_done <= dones;
        was_page <= rst ? 20'd0 : page;
    end
    always @* if (seen_clk && !rst) begin
        assert (aws == dones + {3'd0, aw_here} && ws == dones + {3'd0, w_here});
        if (was_both && was_done == tag) assert (page == (is_own && is_whole ? is_page : was_page));
        if (!was_both) assert (page == was_page);
    end
    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(s_axil_arvalid && s_axil_arready && s_axil_araddr[ADDR_BITS-1:2] == PLACE[ADDR_BITS-1:2]))
            assert (rdata == {$past(page), $past(aborted), $past(error)});
        if ($past(s_axil_arvalid && s_axil_arready && s_axil_araddr[ADDR_BITS-1:3] != PLACE[ADDR_BITS-1:3]))
            assert (rdata == 32'd0);
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (page != 0 && $past(aw_here));
        cover (page != 0 && $past(w_here));
        cover (rdata[0] && rdata[31]);
    end
`endif

endmodule

`default_nettype wire
