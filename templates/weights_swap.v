// weights_swap - switches to another set of weights between two frames, while others are inside
//
//   an image that weights_loader has loaded into the banks that rest is the set of all frames from the next one on
//
// Use        Between weights_loader and frame_gate, with a frame_bank beside each memory. To the loader the design is
//            idle as soon as all memories read the same set: then the other banks rest, whatever frames are inside.
// Switch     When a set is loaded the gate shuts at the next boundary of a frame, swap_at becomes the number of frames that
//            have entered, swap_bank changes, and the gate opens again: some clocks in which no frame begins. Each memory
//            follows at its own boundary of that frame. A third set waits until the last one has.
// Status     {error[2:0], bank, switching, loading, loaded}: loaded once there is a set, whatever becomes of later images;
//            loading until frames that begin meet the new set; switching while frames of the former one are inside.
// Timing     a clock from `shut` to the switch; the gate opens a clock behind it, when each frame_bank has followed that may.
// Reset      synchronous, active high; there is no set then.
// Cost       COUNT_BITS + 5 flip-flops.
// Tested by  testbench/cells/weights_swap; proved by `npm run formal -- weights_swap`.

`default_nettype none

module weights_swap #(
    parameter integer COUNT_BITS = 4   // of a frame's number
) (
    input  wire                  clk,
    input  wire                  rst,

    // weights_loader
    input  wire                  load_open,
    output wire                  load_idle,
    input  wire [6:0]            load_status,

    // frame_gate
    output wire                  gate_open,
    input  wire                  shut,
    input  wire [COUNT_BITS-1:0] entered,

    // frame_bank, of all memories
    output reg  [COUNT_BITS-1:0] swap_at,
    output reg                   swap_bank,
    input  wire                  settled,

    output wire [6:0]            status
);

    generate
        if (COUNT_BITS < 2) begin : g_rule_count  wire COUNT_BITS_below_2 = {0{1'b0}};  initial $finish;  end
    endgenerate

    reg  loaded;        // there is a set
    reg  pending;       // another one waits for a boundary
    reg  was_open, idle;
    wire fresh = load_open && !was_open;
    wire turns = pending && shut;

    assign gate_open = loaded && !pending;
    assign load_idle = idle && !load_open;
    assign status    = {load_status[6:4], swap_bank, !settled, load_status[1] || pending || fresh, loaded};
    wire unused = &{1'b0, load_status[3:2], load_status[0]};

    always @(posedge clk) begin
        was_open <= load_open;
        idle     <= settled && !pending && !load_open;
        if (fresh) pending <= 1'b1;
        if (turns) begin
            swap_at   <= entered;
            swap_bank <= !swap_bank;
            pending   <= 1'b0;
            loaded    <= 1'b1;
        end
        if (rst) begin
            loaded    <= 1'b0;
            pending   <= 1'b0;
            was_open  <= 1'b0;
            idle      <= 1'b0;
            swap_at   <= {COUNT_BITS{1'b0}};
            swap_bank <= 1'b0;
        end
    end

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    // The gate: shut is a register, and rests while it is not opened. The memories: settled falls with a switch alone.
    reg                  granted;      // the loader was told, since the image before, that the banks rest
    reg                  q_rst, q_open, q_shut, q_gate, q_settled, q_bank;
    reg [COUNT_BITS-1:0] q_entered;
    always @(posedge clk) begin
        {q_rst, q_open, q_shut, q_gate, q_settled, q_bank} <= {rst, load_open, shut, gate_open, settled, swap_bank};
        q_entered <= entered;
        if (load_idle) granted <= 1'b1;
        if (load_open || rst) granted <= 1'b0;
    end
    always @* if (seen_clk && !rst) begin
        if (q_rst) assume (settled && !load_open && !shut);
        else begin
            if (q_gate) assume (!shut);
            if (q_shut && !q_gate) assume (shut);
            if (q_shut) assume (entered == q_entered);
            if (q_settled && swap_bank == q_bank) assume (settled);
            if (swap_bank != q_bank) assume (!settled);
            // The loader loads nothing while the design is not idle.
            if (load_open && !q_open) assume (granted);
        end
    end

    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        // A switch is at a boundary, all memories in step, and at the number of frames that are in.
        if (swap_bank != $past(swap_bank)) begin
            assert ($past(shut) && $past(settled) && !$past(gate_open));
            assert (swap_at == $past(entered));
            assert (loaded && !pending);
        end else assert (swap_at == $past(swap_at));
        if ($past(loaded)) assert (loaded);
        // Each image that was loaded is switched to, once.
        if ($past(pending) && !pending) assert (swap_bank != $past(swap_bank));
        if (load_idle) assert (settled && !pending);
        // What weights_loader assumes.
        if (load_open || $past(load_open)) assert (!load_idle);
    end
    always @* if (seen_clk && !rst) begin
        assert (!pending || settled);
        assert (!granted || (settled && !pending));
        assert (!fresh || (settled && !pending));
        assert (!idle || (settled && !pending) || was_open);
        assert (loaded || (swap_bank == 1'b0 && swap_at == 0));
    end

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (loaded && swap_bank == 1'b0 && $past(swap_bank));
        cover (pending && $past(pending, 3) && loaded);
    end
`endif

endmodule

`default_nettype wire
