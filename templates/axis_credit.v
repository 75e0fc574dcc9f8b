// axis_credit - credits and the output FIFO of a pipeline that nothing can hold
//
// Use        A cell reserves a place before it lets something into its pipeline and pushes the result when it is done,
//            so that the pipeline needs no stall. It keeps a register ready_q <= free_n (or finer) as its tready and
//            reserves only while that was high.
// Rate       LATENCY clocks from a reservation to its push, a reservation every INTERVAL clocks: the FIFO is as deep as
//            keeps that rate. Denser reservations stay correct but wait.
// FIFO       a row of registers where four places do, without a multiplexer in the data path; else a small memory.
// Timing     CHAIN clocks through the registers, 2 through the memory; all outputs are registers.
// Framing    tlast is pushed with its beat.
// Reset      synchronous, active high; clears control state only.
// Does not   refuse a push: who pushes has reserved.
// For proofs owed: places reserved and not pushed yet; held: beats in the FIFO. Synthesis drops both.
// Cost       registers: DEPTH*(WIDTH+2) flip-flops, (DEPTH-1)*(WIDTH+1) LUTs; memory: its RAM and about 30 LUTs.
// Tested by  testbench/cells/axis_credit; proved by `npm run formal -- axis_credit`.

`default_nettype none

module axis_credit #(
    parameter integer WIDTH    = 8,   // bits of tdata
    parameter integer LATENCY  = 4,   // clocks from a reservation to its push
    parameter integer INTERVAL = 1    // clocks between reservations at full rate
) (
    input  wire             clk,
    input  wire             rst,

    // pipeline
    input  wire             reserve,     // takes a place
    output wire             free_n,      // a place will be free in the next clock
    input  wire             push,        // of a place reserved earlier
    input  wire [WIDTH-1:0] push_tdata,
    input  wire             push_tlast,

    // AXI4-Stream out
    output wire [WIDTH-1:0] m_axis_tdata,
    output wire             m_axis_tvalid,
    input  wire             m_axis_tready,
    output wire             m_axis_tlast,

    // for proofs
    output wire [31:0]      owed,
    output wire [31:0]      held
);

    // A place is free again LATENCY + 1 clocks and the way through the FIFO after it was reserved.
    localparam integer CHAIN    = (INTERVAL > 1) ? (LATENCY + INTERVAL - 1) / (INTERVAL - ((INTERVAL > 1) ? 1 : 0)) : 0;
    localparam integer IS_CHAIN = (CHAIN >= 1 && CHAIN <= 4) ? 1 : 0;
    localparam integer MEM_BITS = $clog2((LATENCY + 2 + INTERVAL) / INTERVAL);
    localparam integer DEPTH    = (IS_CHAIN != 0) ? CHAIN : (1 << MEM_BITS);
    localparam integer CR_BITS  = $clog2(DEPTH + 1);

    generate
        if (WIDTH < 1 || LATENCY < 1 || INTERVAL < 1)
            begin : g_rule_size  wire sizes_must_be_positive = {0{1'b0}};  initial $finish;  end
    endgenerate

    // ---------------------------------------------------------------- credits
    reg  [CR_BITS-1:0] credit;         // free places that nobody has reserved
    wire               pop      = m_axis_tvalid && m_axis_tready;
    wire [CR_BITS-1:0] credit_n = (reserve == pop) ? credit
                                : pop              ? credit + 1'b1
                                :                    credit - 1'b1;

    assign free_n = credit_n != {CR_BITS{1'b0}};
    assign owed   = DEPTH - {{(32-CR_BITS){1'b0}}, credit} - held;

    always @(posedge clk) begin
        credit <= credit_n;
        if (rst) credit <= DEPTH[CR_BITS-1:0];
    end

    // ---------------------------------------------------------------- FIFO
    localparam integer F_BITS = WIDTH + 1;
    wire [F_BITS-1:0] fifo_in = {push_tlast, push_tdata};

    genvar c;
    generate
        if (IS_CHAIN != 0) begin : g_chain
            // Registers in a row, each filled when it is empty or emptied.
            reg  [DEPTH-1:0]        full;
            wire [DEPTH-1:0]        load;
            reg  [DEPTH*F_BITS-1:0] data;
            for (c = 0; c < DEPTH; c = c + 1) begin : g_place
                localparam integer BEHIND = (c == DEPTH-1) ? c : c + 1;
                assign load[c] = m_axis_tready || !(&full[c:0]);
                always @(posedge clk)
                    if (rst) full[c] <= 1'b0;
                    else if (load[c]) full[c] <= (c == DEPTH-1) ? push : full[BEHIND];
                always @(posedge clk)
                    if (load[c])
                        data[c*F_BITS +: F_BITS] <= (c == DEPTH-1) ? fifo_in : data[BEHIND*F_BITS +: F_BITS];
            end
            assign m_axis_tvalid = full[0];
            assign {m_axis_tlast, m_axis_tdata} = data[F_BITS-1:0];

            reg [31:0] places;
            integer    f;
            always @* begin
                places = 0;
                for (f = 0; f < DEPTH; f = f + 1) places = places + {31'd0, full[f]};
            end
            assign held = places;
        end else begin : g_mem
            // What is read in the clock that writes it is not valid yet; told so, tools spend no logic on that case.
            (* no_rw_check, ramstyle = "no_rw_check" *)
            reg  [F_BITS-1:0]   mem [0:DEPTH-1];
            reg  [F_BITS-1:0]   head_q;
            reg  [MEM_BITS-1:0] wr, rd;
            reg  [CR_BITS-1:0]  count;
            reg                 valid;
            wire [MEM_BITS-1:0] rd_n = pop ? rd + 1'b1 : rd;
            always @(posedge clk) begin
                if (push) mem[wr] <= fifo_in;
                head_q <= mem[rd_n];
                valid  <= count != {{(CR_BITS-1){1'b0}}, pop};   // what was written in this clock is read in the next
                rd     <= rd_n;
                if (push) wr <= wr + 1'b1;
                if (push && !pop) count <= count + 1'b1;
                if (!push && pop) count <= count - 1'b1;
                if (rst) begin
                    wr    <= {MEM_BITS{1'b0}};
                    rd    <= {MEM_BITS{1'b0}};
                    count <= {CR_BITS{1'b0}};
                    valid <= 1'b0;
                end
            end
            assign m_axis_tvalid = valid;
            assign {m_axis_tlast, m_axis_tdata} = head_q;
            assign held = {{(32-CR_BITS){1'b0}}, count};
        end
    endgenerate

    // ---------------------------------------------------------------- properties
`ifdef FORMAL
    reg seen_clk = 1'b0;
    always @(posedge clk) seen_clk <= 1'b1;
    always @* if (!seen_clk) assume (rst);

    // What the pipeline must keep: assumed when this cell is proved alone, asserted of the cell around it.
    wire rules = (!reserve || credit != 0) && (!push || owed != 0);
`ifdef FORMAL_TOP
    always @* if (seen_clk && !rst) assume (rules);
`else
    always @* if (seen_clk && !rst) assert (rules);
`endif

    always @* if (seen_clk && !rst) assert (credit <= DEPTH && held <= DEPTH - credit);
    always @(posedge clk) if (seen_clk && !$past(rst) && !rst) begin
        if ($past(m_axis_tvalid && !m_axis_tready))
            assert (m_axis_tvalid && $stable(m_axis_tdata) && $stable(m_axis_tlast));
        assert ($past(free_n) == (credit != 0));
    end

    generate
        if (IS_CHAIN != 0) begin : g_chain_check
            always @* if (seen_clk && !rst && push) assert (g_chain.load[DEPTH-1]);
        end else begin : g_mem_check
            wire [MEM_BITS-1:0] span = g_mem.wr - g_mem.rd;
            always @* if (seen_clk && !rst) begin
                assert (span == g_mem.count[MEM_BITS-1:0]);
                if (g_mem.valid) assert (g_mem.count != 0 && g_mem.head_q == g_mem.mem[g_mem.rd]);
                if (push) assert (g_mem.count < DEPTH);
            end
        end
    endgenerate

`ifdef FORMAL_TOP
    // Order: the beat that is pushed as number `tag` since reset leaves as number `tag`, with its data.
    (* anyconst *) wire [3:0]     tag;
    (* anyconst *) wire [WIDTH:0] tagged;
    reg [4:0] in_place, out_place;     // beats pushed and popped, up to the tagged one
    always @(posedge clk) begin
        if (push && in_place  <= tag) in_place  <= in_place  + 1'b1;
        if (pop  && out_place <= tag) out_place <= out_place + 1'b1;
        if (rst) begin
            in_place  <= 5'd0;
            out_place <= 5'd0;
        end
    end
    always @* if (seen_clk && !rst) begin
        if (push && in_place == tag) assume ({push_tlast, push_tdata} == tagged);
        if (m_axis_tvalid && out_place == tag) assert ({m_axis_tlast, m_axis_tdata} == tagged);
        assert (in_place <= tag + 1 && out_place <= in_place);
        if (in_place <= tag) assert (in_place - out_place == held);
        else                 assert (in_place - out_place <= held);
    end
    // Where the tagged beat is while it is inside.
    wire        inside = in_place == tag + 1 && out_place <= tag;
    wire [4:0]  ahead  = tag - out_place;
    generate
        if (IS_CHAIN != 0) begin : g_chain_order
            reg  [DEPTH*F_BITS-1:0] at;
            integer p, seen;
            always @* begin
                seen = 0;
                for (p = 0; p < DEPTH; p = p + 1) begin
                    at = g_chain.data >> (p*F_BITS);
                    if (seen_clk && !rst && inside && g_chain.full[p] && seen == ahead) assert (at[F_BITS-1:0] == tagged);
                    if (g_chain.full[p]) seen = seen + 1;
                end
            end
        end else begin : g_mem_order
            wire [MEM_BITS-1:0] place = g_mem.rd + ahead[MEM_BITS-1:0];
            always @* if (seen_clk && !rst && inside) assert (g_mem.mem[place] == tagged);
        end
    endgenerate

    always @(posedge clk) if (seen_clk && !rst) begin
        cover (m_axis_tvalid && m_axis_tready && m_axis_tlast);
        cover (held == DEPTH);
        cover (credit == 0 && m_axis_tvalid && m_axis_tready);
    end
`endif
`endif

endmodule

`default_nettype wire
