// plain_array - what axis_sad is measured against: the same array as one would first write it
//
//   KIND 0: acc[p] = SUM of (x - w < 0 ? w - x : x - w), two subtractors and a multiplexer
//   KIND 1: acc[p] = SUM of x * w, the multiply layer's array (w taken as unsigned too)
//
// The same registers as axis_sad: one after the operands, the lane's result, each level of the tree, the accumulator;
// one enable stalls them all. SIMD is a power of two.

`default_nettype none

module plain_array #(
    parameter integer SIMD     = 16,
    parameter integer PE       = 8,
    parameter integer SF       = 36,
    parameter integer BITS     = 8,
    parameter integer ACC_BITS = 18,
    parameter integer KIND     = 0
) (
    input  wire                    clk,
    input  wire                    rst,
    input  wire [PE*SIMD*BITS-1:0] weights,
    input  wire [SIMD*BITS-1:0]    s_axis_tdata,
    input  wire                    s_axis_tvalid,
    output wire                    s_axis_tready,
    input  wire                    s_axis_tlast,
    output wire [PE*ACC_BITS-1:0]  m_axis_tdata,
    output wire                    m_axis_tvalid,
    input  wire                    m_axis_tready,
    output wire                    m_axis_tlast
);
    localparam integer LEVELS  = $clog2(SIMD);
    localparam integer STAGES  = LEVELS + 2;
    localparam integer SF_BITS = $clog2(SF);
    localparam integer L_BITS  = (KIND == 0) ? BITS : 2*BITS;

    reg  [STAGES-1:0]  valid_q, first_q, done_q, last_q;
    reg                out_valid, out_last;
    reg  [SF_BITS-1:0] sf;
    wire               advance = m_axis_tready || !out_valid;
    wire               take    = s_axis_tvalid && advance;
    assign s_axis_tready = advance;
    assign m_axis_tvalid = out_valid;
    assign m_axis_tlast  = out_last;

    reg [SIMD*BITS-1:0]    x_q1;
    reg [PE*SIMD*BITS-1:0] w_q1;
    always @(posedge clk) begin
        if (take) sf <= (sf == SF-1) ? {SF_BITS{1'b0}} : sf + 1'b1;
        if (advance) begin
            x_q1      <= s_axis_tdata;
            w_q1      <= weights;
            valid_q   <= {valid_q[STAGES-2:0], take};
            first_q   <= {first_q[STAGES-2:0], sf == {SF_BITS{1'b0}}};
            done_q    <= {done_q[STAGES-2:0], sf == SF-1};
            last_q    <= {last_q[STAGES-2:0], s_axis_tlast};
            out_valid <= valid_q[STAGES-1] && done_q[STAGES-1];
            out_last  <= last_q[STAGES-1];
        end
        if (rst) begin
            sf        <= {SF_BITS{1'b0}};
            valid_q   <= {STAGES{1'b0}};
            out_valid <= 1'b0;
        end
    end

    genvar p, l, n;
    generate
        for (p = 0; p < PE; p = p + 1) begin : g_pe
            for (l = 0; l <= LEVELS; l = l + 1) begin : g_level
                reg [(SIMD >> l)*(L_BITS+l)-1:0] e;
                for (n = 0; n < (SIMD >> l); n = n + 1) begin : g_node
                    if (l == 0) begin : g_lane
                        wire [BITS-1:0] x = x_q1[n*BITS +: BITS];
                        wire [BITS-1:0] w = w_q1[(p*SIMD + n)*BITS +: BITS];
                        if (KIND == 0) begin : g_sad
                            wire [BITS:0] d = {1'b0, x} - {1'b0, w};
                            always @(posedge clk) if (advance) e[n*L_BITS +: L_BITS] <= d[BITS] ? w - x : d[BITS-1:0];
                        end else begin : g_mac
                            always @(posedge clk) if (advance) e[n*L_BITS +: L_BITS] <= x * w;
                        end
                    end else begin : g_sum
                        wire [L_BITS+l-2:0] a = g_level[l-1].e[2*n*(L_BITS+l-1) +: L_BITS+l-1];
                        wire [L_BITS+l-2:0] b = g_level[l-1].e[(2*n+1)*(L_BITS+l-1) +: L_BITS+l-1];
                        always @(posedge clk) if (advance) e[n*(L_BITS+l) +: L_BITS+l] <= a + b;
                    end
                end
            end
            reg [ACC_BITS-1:0] acc;
            always @(posedge clk)
                if (advance && valid_q[STAGES-1]) acc <= (first_q[STAGES-1] ? {ACC_BITS{1'b0}} : acc) + g_level[LEVELS].e;
            assign m_axis_tdata[p*ACC_BITS +: ACC_BITS] = acc;
        end
    endgenerate
endmodule

`default_nettype wire
