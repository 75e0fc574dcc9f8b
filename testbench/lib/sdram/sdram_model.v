// sdram_model - a single data rate SDRAM of 16 bits, cycle-accurate, that checks what is asked of it
//
// Commands   ACTIVE, READ, WRITE, PRECHARGE (one bank or all), AUTO REFRESH, MODE REGISTER SET, NOP; sampled as clk rises.
// Bursts     of 1, 2, 4 or 8 words, sequential; a later READ or WRITE ends one. Words leave CAS clocks behind their READ, one a
//            clock, and stand until the next edge; DQM masks a read two clocks later, a write at once.
// Timings    parameters in clocks, of the device's data sheet, each checked by bank.
// Rules      the first one that is broken stands in `rule` (SDRAM_RULES in sdram.ts has the texts), `violations` counts.
//            A broken rule has no effect beyond that: the command is carried out as far as it can be.
// Does not   model self refresh, power-down, auto precharge or burst terminate: rule 17.
//
// For simulation only, in Verilator and Icarus.

`default_nettype none

module sdram_model #(
    parameter integer ROW_BITS  = 13,
    parameter integer COL_BITS  = 9,
    parameter integer CAS_LEAST = 2,      // at the clock of the bench
    parameter integer T_INIT    = 10000,  // from the first clock to the first command
    parameter integer T_RP      = 1,
    parameter integer T_RCD     = 1,
    parameter integer T_RAS     = 3,
    parameter integer T_RC      = 4,
    parameter integer T_RRD     = 1,
    parameter integer T_RFC     = 4,
    parameter integer T_MRD     = 2,
    parameter integer T_WR      = 2,
    parameter integer T_REFI    = 390,    // between refreshes, on average
    parameter integer LATE      = 2,      // refreshes that may be due and not done
    parameter integer REFRESHES = 8       // before the mode is set
) (
    input  wire                clk,
    input  wire                cke,
    input  wire                cs_n,
    input  wire                ras_n,
    input  wire                cas_n,
    input  wire                we_n,
    input  wire [1:0]          ba,
    input  wire [ROW_BITS-1:0] a,
    input  wire [1:0]          dqm,
    inout  wire [15:0]         dq,

    output reg  [7:0]          rule,
    output reg  [31:0]         violations,
    output reg  [31:0]         reads,       // words
    output reg  [31:0]         writes,
    output reg  [31:0]         activates,
    output reg  [31:0]         refreshes
);

    localparam integer A_BITS = ROW_BITS + COL_BITS + 2;
    localparam [31:0]  LONG   = 32'h3fffffff;     // as if it had been long ago

    reg [15:0]         memory [0:(1 << A_BITS)-1];
    reg [3:0]          open;
    reg [ROW_BITS-1:0] row [0:3];
    reg                closed_all, set;           // since power-up
    reg [3:0]          length;                    // of bursts
    reg                single;                    // writes are of one word all the same
    reg [1:0]          latency;
    // Clocks since the last one of each.
    reg [31:0]         powered, act_any, refreshed, set_for;
    reg [31:0]         act [0:3];
    reg [31:0]         pre [0:3];
    reg [31:0]         wrote [0:3];
    reg [31:0]         owed;                      // clocks towards the next refresh that is due
    reg [31:0]         due;
    reg [31:0]         init_refreshes;

    // A burst under way, and words on their way out.
    reg [3:0]          left;
    reg                writing;
    reg [A_BITS-1:0]   at;
    reg [2:0]          going;                     // clocks that follow in which a word leaves
    reg [15:0]         word [0:2];
    reg [15:0]         out;
    reg                drives, drove;             // now, and in the clock before
    reg [1:0]          mask, mask_before;         // of a clock ago, and of two

    assign dq[7:0]  = (drives && !mask[0]) ? out[7:0]  : 8'bz;
    assign dq[15:8] = (drives && !mask[1]) ? out[15:8] : 8'bz;

    integer k;
    initial begin
        open = 4'd0;  closed_all = 1'b0;  set = 1'b0;  length = 4'd1;  single = 1'b0;  latency = 2'd2;
        powered = 0;  act_any = LONG;  refreshed = LONG;  set_for = LONG;
        owed = 0;  due = 0;  init_refreshes = 0;
        left = 4'd0;  writing = 1'b0;  going = 3'd0;  drives = 1'b0;  drove = 1'b0;  mask = 2'd0;  mask_before = 2'd0;
        rule = 8'd0;  violations = 0;  reads = 0;  writes = 0;  activates = 0;  refreshes = 0;
        at = {A_BITS{1'b0}};  out = 16'd0;
        for (k = 0; k < 4; k = k + 1) begin
            act[k] = LONG;  pre[k] = LONG;  wrote[k] = LONG;  row[k] = {ROW_BITS{1'b0}};
        end
    end

    task broken;
        input [7:0] number;
        begin
            if (rule == 8'd0) rule = number;
            violations = violations + 1;
        end
    endtask

    // The column behind one in a burst: it stays in a block of the burst's length.
    function [A_BITS-1:0] behind;
        input [A_BITS-1:0] now;
        begin
            behind = now;
            case (length)
                4'd2:    behind[0]   = !now[0];
                4'd4:    behind[1:0] = now[1:0] + 2'd1;
                4'd8:    behind[2:0] = now[2:0] + 3'd1;
                default: behind = now;
            endcase
        end
    endfunction

    wire [2:0] command = {ras_n, cas_n, we_n};
    // What a command looks at: nothing for a refresh, A10 alone where all banks are closed.
    reg        unknown;
    always @* begin
        unknown = (^{cke, cs_n, command}) === 1'bx;
        if (cs_n == 1'b0) case (command)
            3'b111, 3'b001: ;
            3'b010:         if (a[10] === 1'bx || (a[10] == 1'b0 && (^ba) === 1'bx)) unknown = 1'b1;
            default:        if ((^{ba, a, dqm}) === 1'bx) unknown = 1'b1;
        endcase
    end
    wire       asked   = (cs_n == 1'b0) && (command != 3'b111);

    reg        reading;                           // a word is read in this clock
    reg [15:0] fetched;
    always @(posedge clk) begin : edges
        reading = 1'b0;
        fetched = 16'd0;
        // -------------------------------------------------------- what time brings
        powered = powered + 1;
        if (act_any   < LONG) act_any   = act_any + 1;
        if (refreshed < LONG) refreshed = refreshed + 1;
        if (set_for   < LONG) set_for   = set_for + 1;
        for (k = 0; k < 4; k = k + 1) begin
            if (act[k]   < LONG) act[k]   = act[k] + 1;
            if (pre[k]   < LONG) pre[k]   = pre[k] + 1;
            if (wrote[k] < LONG) wrote[k] = wrote[k] + 1;
        end
        if (set) begin
            owed = owed + 1;
            if (owed >= T_REFI) begin
                owed = 0;
                due  = due + 1;
                if (due > LATE) begin
                    broken(8'd14);
                    due = LATE;
                end
            end
        end

        // -------------------------------------------------------- commands
        if (unknown) begin
            if (powered > T_INIT) broken(8'd18);
        end
        else begin
            if (!cke) broken(8'd17);
            if (asked) begin
                if (powered <= T_INIT) broken(8'd1);
                if (refreshed < T_RFC) broken(8'd12);
                if (set_for < T_MRD)   broken(8'd13);
                if (!set && command != 3'b010 && command != 3'b001 && command != 3'b000) broken(8'd2);
            end
            if (asked) case (command)
                3'b011: begin                     // ACTIVE
                    if (open[ba])          broken(8'd3);
                    if (pre[ba] < T_RP)    broken(8'd4);
                    if (act[ba] < T_RC)    broken(8'd5);
                    if (act_any < T_RRD)   broken(8'd6);
                    open[ba]  = 1'b1;
                    row[ba]   = a;
                    act[ba]   = 0;
                    act_any   = 0;
                    activates = activates + 1;
                end
                3'b101, 3'b100: begin             // READ, WRITE
                    if (!open[ba])         broken(8'd7);
                    if (act[ba] < T_RCD)   broken(8'd8);
                    if (a[10])             broken(8'd17);
                    at      = {row[ba], ba, a[COL_BITS-1:0]};
                    writing = !command[0];
                    left    = (writing && single) ? 4'd1 : length;
                end
                3'b010: begin                     // PRECHARGE
                    for (k = 0; k < 4; k = k + 1) if (a[10] || ba == k) begin
                        if (open[k] && act[k] < T_RAS) broken(8'd9);
                        if (wrote[k] < T_WR)           broken(8'd10);
                        if (open[k]) pre[k] = 0;
                        if (left != 4'd0 && at[COL_BITS +: 2] == k) left = 4'd0;
                        open[k] = 1'b0;
                    end
                    if (a[10]) begin
                        closed_all = 1'b1;
                        for (k = 0; k < 4; k = k + 1) pre[k] = 0;
                    end
                end
                3'b001: begin                     // AUTO REFRESH
                    if (open != 4'd0)      broken(8'd11);
                    if (!closed_all)       broken(8'd2);
                    for (k = 0; k < 4; k = k + 1) begin
                        if (pre[k] < T_RP) broken(8'd4);
                        if (act[k] < T_RC) broken(8'd5);
                    end
                    refreshed = 0;
                    refreshes = refreshes + 1;
                    if (due != 0) due = due - 1;
                    if (!set) init_refreshes = init_refreshes + 1;
                end
                3'b000: begin                     // MODE REGISTER SET
                    if (open != 4'd0)      broken(8'd11);
                    if (!closed_all || init_refreshes < REFRESHES) broken(8'd2);
                    for (k = 0; k < 4; k = k + 1) if (pre[k] < T_RP) broken(8'd4);
                    if (a[2:0] > 3'd3 || a[3] || a[8:7] != 2'd0 || ba != 2'd0 || (a >> 10) != 0
                        || (a[6:4] != 3'd2 && a[6:4] != 3'd3) || a[6:4] < CAS_LEAST) broken(8'd16);
                    length  = 4'd1 << a[1:0];
                    single  = a[9];
                    latency = a[5:4];
                    set_for = 0;
                    set     = 1'b1;
                    owed    = 0;
                    due     = 0;
                end
                default: broken(8'd17);           // burst terminate
            endcase
        end

        // -------------------------------------------------------- words
        if (left != 4'd0) begin
            if (writing) begin
                // The device drives the words of reads before; a clock must lie between.
                if (drives || drove || going != 3'd0) broken(8'd15);
                if ((^dq) === 1'bx && dqm == 2'd0) broken(8'd19);
                memory[at] = {dqm[1] ? memory[at][15:8] : dq[15:8], dqm[0] ? memory[at][7:0] : dq[7:0]};
                wrote[at[COL_BITS +: 2]] = 0;
                writes    = writes + 1;
            end else begin
                reading = 1'b1;
                fetched = memory[at];
                reads   = reads + 1;
            end
            at   = behind(at);
            left = left - 1'b1;
        end
        mask        <= mask_before;
        mask_before <= dqm;
        // A word fetched now is on the pins at the edge `latency` clocks from now, so it leaves a clock before that.
        drives <= going[0];
        drove  <= drives;
        out    <= word[0];
        going = going >> 1;
        word[0] = word[1];
        word[1] = word[2];
        if (reading) begin
            going[latency - 2'd2] = 1'b1;
            word[latency - 2'd2]  = fetched;
        end
    end

endmodule

`default_nettype wire
