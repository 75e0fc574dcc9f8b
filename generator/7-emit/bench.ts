// The stand-alone test bench: plain Verilog-2005 and vector files, for simulators that this project does not know.
import type { HwExternal, HwGraph, HwStream } from "../ir/hardware.ts";
import { bytesPerFrame, externalSections, externalSize } from "../weights/external.ts";
import { imageOf, loadingClocks, payloadOf } from "../weights/image.ts";
import { crcOf, readBackClocks } from "../weights/readback.ts";
import { beatWords, frameSum, hexLines, type Vectors } from "./beats.ts";
import { withNotice } from "./notice.ts";
import { streamPath } from "./top.ts";
import {
  axiSignals,
  BACK_PORT,
  BAD_FRAME,
  comment,
  memoryPortNames,
  outputPort,
  portBits,
  portLaneBits,
  statusBits,
  WEIGHTS_ABORTED,
  WEIGHTS_BASE,
  WEIGHTS_PORT,
  WEIGHTS_READ,
  WEIGHTS_STALLS,
  WEIGHTS_STATUS,
  watched,
  wrap,
} from "./verilog.ts";

export const benchFile = (g: HwGraph): string => `tb/${g.name}_tb.v`;

/** Test bench and vector files by path. */
export function benchFiles(g: HwGraph, v: Vectors): Map<string, string> {
  const files = new Map<string, string>();
  const vectors = (name: string, s: HwStream, tensors: Vectors["images"]) =>
    files.set(
      `tb/${g.name}_${name}.mem`,
      hexLines(
        tensors.flatMap((t) => beatWords(t, s, portLaneBits(s))),
        portBits(s),
      ),
    );
  vectors("in", g.input, v.images);
  g.outputs.forEach((o, i) => {
    vectors(
      `out_${i}`,
      o.stream,
      v.outputs.map((of) => of[i]!),
    );
  });
  const watches = v.inner ? watched(g) : [];
  if (v.inner)
    files.set(
      `tb/${g.name}_sums.mem`,
      hexLines(
        watches.flatMap((s) => v.inner!.map((all) => BigInt(frameSum(all.get(s.tensor!.name)!, s)))),
        32,
      ),
    );
  if (v.about !== undefined) files.set(`tb/${g.name}_frames.txt`, v.about);
  files.set(benchFile(g), withNotice(bench(g, v.images.length, watches)));
  return files;
}

/** Clocks without a frame after which a design has said whatever it says unasked. */
export const quietClocks = (g: Pick<HwGraph, "latency">): number => g.latency.settling + 100;

/** Clocks after which a design that has not answered hangs, without stalls: twice what a live one may need. */
function patience(g: HwGraph, frames: number): number {
  const fill = g.blocks.reduce((n, b) => n + Math.max(b.cyclesPerFrame, 1), 0);
  const beats = g.streams.reduce((n, s) => Math.max(n, s.beatsPerFrame), g.interval);
  const w = g.weights;
  const reading = w?.readBack ? readBackClocks(w.words, g.blocks.length, w.step) : 0;
  const loading = w ? loadingClocks(imageOf(g.name, w), w.step) + reading : 0;
  const read = g.weights?.external ? (frames + 2) * bytesPerFrame(g.weights.external) : 0;
  return 2 * (fill + (frames + 2) * beats + quietClocks(g) + loading + read) + 10_000;
}

function bench(g: HwGraph, frames: number, watches: readonly HwStream[]): string {
  const top = g.name;
  const path = streamPath(g);
  const macro = top.toUpperCase();
  const bits = portBits(g.input);
  const ports = g.outputs.map((_, i) => outputPort(g, i));
  const sinks = g.outputs.flatMap(({ stream: s }, i) => [
    "",
    `    wire [${portBits(s) - 1}:0] out${i}_data;`,
    `    wire out${i}_valid, out${i}_ready, out${i}_last, out${i}_done;`,
    `    wire [31:0] out${i}_beats, out${i}_latency, out${i}_interval;`,
    `    ${top}_tb_sink #(`,
    `        .NAME("${ports[i]}"), .FILE({TB_DIR, "${top}_out_${i}.mem"}), .FRAMES(FRAMES), .BEATS(${s.beatsPerFrame}),`,
    `        .LANES(${s.lanes}), .LANE_BITS(${portLaneBits(s)}), .CHANNELS(${s.channels})`,
    `    ) sink${i} (`,
    `        .clk(clk), .rst(rst), .clock(clock), .refuse(stall[1]), .seed(seed + ${i + 1}), .begun(begun),`,
    `        .tdata(out${i}_data), .tvalid(out${i}_valid), .tready(out${i}_ready), .tlast(out${i}_last),`,
    `        .done(out${i}_done), .beats(out${i}_beats), .latency(out${i}_latency), .interval(out${i}_interval)`,
    "    );",
  ]);
  const inside =
    watches.length === 0
      ? []
      : [
          "",
          `    // Streams inside, each frame's checksum; not where ${macro}_PORTS_ONLY is defined, as for a netlist.`,
          `\`ifndef ${macro}_PORTS_ONLY`,
          ...watches.flatMap((s, i) => [
            `    ${top}_tb_watch #(`,
            `        .FILE({TB_DIR, "${top}_sums.mem"}), .SUMS(${watches.length}*FRAMES), .FIRST(${i}*FRAMES), .NAME("${s.name}"), .FRAMES(FRAMES),`,
            `        .BEATS(${s.beatsPerFrame}), .LANES(${s.lanes}), .LANE_BITS(${s.laneBits}), .CHANNELS(${s.channels})`,
            `    ) watch${i} (   // ${comment(s.tensor!.name)}`,
            `        .clk(clk), .rst(rst), .clock(clock), .tdata(dut.${path(s, "tdata")}), .moves(dut.${path(s, "tvalid")} && dut.${path(s, "tready")})`,
            "    );",
          ]),
          "`endif",
        ];
  const w = g.weights;
  const image = w && imageOf(g.name, w).length;
  const weights = w
    ? [
        "",
        "    // Weights: the image goes in first; no frame is taken before it is in place.",
        `    localparam integer WEIGHTS = ${image};   // words of the image`,
        "    reg  [31:0] weights_mem [0:WEIGHTS-1];",
        `    initial $readmemh({TB_DIR, "${top}_weights.mem"}, weights_mem);`,
        "    integer     weights_at;",
        "    wire        weights_ready;",
        `    wire [${statusBits(g) - 1}:0]  weights_status;`,
        "    wire        weights_valid = weights_at < WEIGHTS;",
        "    wire [31:0] weights_data  = weights_valid ? weights_mem[weights_at] : 32'bx;",
        "    wire        weights_last  = weights_at == WEIGHTS - 1;",
        "    always @(posedge clk)",
        "        if (rst) weights_at <= 0;",
        "        else begin",
        "            if (weights_valid && weights_ready) weights_at <= weights_at + 1;",
        "            if (in_ready && !weights_status[0]) begin",
        '                $display("FAIL the input is ready before the weights are loaded (clock %0d)", clock);',
        "                $stop;",
        "            end",
        "            if (weights_status[6:4] != 3'd0) begin",
        '                $display("FAIL the weights are refused: error %0d (clock %0d)", weights_status[6:4], clock);',
        "                $stop;",
        "            end",
        "        end",
      ]
    : [];
  if (w?.readBack) weights.push(...readBack(w.coded && crcOf(payloadOf(imageOf(g.name, w)))));
  if (w?.external) weights.push(...externalMemory(g, w.external));
  const loaded = w ? ` && weights_status[0]${w.readBack ? " && back_seen" : ""}` : "";
  const axis = (port: string, wire: string) =>
    `        .${port}_tdata(${wire}_data), .${port}_tvalid(${wire}_valid), .${port}_tready(${wire}_ready), .${port}_tlast(${wire}_last)`;
  return `// Self-checking test bench of ${top} in plain Verilog-2005, generated by addernet-rtl
//
// Sends ${frames} frame${frames === 1 ? "" : "s"} back to back and compares every output beat with what the golden model computed. The last
// line is "PASS ${frames} frames", or "FAIL ..." with the first difference: frame, beat, expected, actual and clock.
// Before the first frame and behind the last one it waits QUIET clocks: no beat may come before its frame's first one.
// A design that hangs fails after MAX_CLOCKS clocks (four times as many with stalls).
//
// In the folder that holds ${top}.f:
//   with Icarus     iverilog -g2005 -s ${top}_tb -o ${top}_tb.vvp -f ${top}.f tb/${top}_tb.v && vvp -N ${top}_tb.vvp
//   with Verilator  verilator --binary --timing --top-module ${top}_tb -f ${top}.f tb/${top}_tb.v && obj_dir/V${top}_tb
//   with others     compile the files of ${top}.f and this one, simulate ${top}_tb
// Status       a pass ends in $finish, a failure in $stop: exit status 0 and not 0 (Icarus needs -N for that).
// Stalls       STALL or +stall=N: bit 0 lets the source rest, bit 1 lets the sinks refuse, each in half of the clocks.
//              SEED or +seed=N chooses which clocks.
// Folders      from another directory give the parameters MEM_DIR and TB_DIR, or the defines ${macro}_MEM_DIR
//              and ${macro}_TB_DIR: the paths of mem/ and tb/, with a slash at the end.

\`default_nettype none

\`ifndef ${macro}_MEM_DIR
\`define ${macro}_MEM_DIR "mem/"
\`endif
\`ifndef ${macro}_TB_DIR
\`define ${macro}_TB_DIR "tb/"
\`endif

module ${top}_tb #(
    parameter         MEM_DIR    = \`${macro}_MEM_DIR,
    parameter         TB_DIR     = \`${macro}_TB_DIR,
    parameter integer STALL      = 0,
    parameter integer SEED       = 1,
    parameter integer MAX_CLOCKS = ${patience(g, frames)}
);
    localparam integer FRAMES   = ${frames};
    localparam integer IN_BEATS = ${g.input.beatsPerFrame};   // a frame
    localparam integer IN_TOTAL = FRAMES*IN_BEATS;
    localparam integer QUIET    = ${quietClocks(g)};

    reg        clk   = 1'b0;
    reg [2:0]  age   = 3'd0;
    wire       rst   = !age[2]; // the first four clocks
    reg [31:0] clock = 32'd0;   // since the reset
    reg [31:0] stall = STALL;
    reg [31:0] seed  = SEED;
    always #5 clk = ~clk;
    always @(posedge clk) if (rst) age <= age + 3'd1;
    always @(posedge clk) clock <= rst ? 32'd0 : clock + 32'd1;
    initial begin
        if (!$value$plusargs("stall=%d", stall)) stall = STALL;
        if (!$value$plusargs("seed=%d", seed)) seed = SEED;
    end

    // Source: a beat that was offered stays until it is taken.
    reg  [${bits - 1}:0] in_mem [0:IN_TOTAL-1];
    initial $readmemh({TB_DIR, "${top}_in.mem"}, in_mem);
    reg        in_valid;
    reg        rest;
    reg [31:0] coin;
    integer    in_seed;
    integer    in_beats;        // taken so far
    reg [31:0] in_first;        // clock of the first one
    wire       in_ready;
    wire       in_moves = in_valid && in_ready;
    wire [31:0] begun = (in_beats + (in_moves ? IN_BEATS : IN_BEATS - 1))/IN_BEATS;   // frames, with this clock's beat
    wire       in_last  = in_beats % IN_BEATS == IN_BEATS - 1;
    wire [${bits - 1}:0] in_data = in_valid ? in_mem[in_beats] : {${bits}{1'bx}};
    always @(posedge clk) begin
        if (rst) begin
            in_valid <= 1'b0;
            in_beats <= 0;
            in_first <= 32'd0;
            in_seed = seed;
        end else begin
            coin = $random(in_seed);
            rest = stall[0] && coin[17];
            if (in_moves) in_beats <= in_beats + 1;
            if (in_moves && in_beats == 0) in_first <= clock;
            if (in_moves || !in_valid) in_valid <= !rest && clock >= QUIET${loaded} && in_beats + (in_moves ? 1 : 0) < IN_TOTAL;
        end
    end
${[...weights, ...sinks].join("\n")}

    ${top} #(.MEM_DIR(MEM_DIR)) dut (
        .clk(clk), .rst(rst),
${[
  axis("s_axis", "in"),
  ...ports.map((p, i) => axis(p, `out${i}`)),
  ...(w ? [axis(WEIGHTS_PORT, "weights"), `        .${WEIGHTS_STATUS}(weights_status)`] : []),
  ...(w?.readBack ? [`        .${WEIGHTS_READ}(weights_read)`, axis(BACK_PORT, "back")] : []),
  ...(w?.external
    ? [
        ...memoryPortNames(w.external.ports.length).map((port, i) =>
          wrap(
            axiSignals(w.external!).map(([s]) => `.${port}_${s}(${memoryWire(w.external!, i, s)})`),
            "        ",
          ).join("\n"),
        ),
        `        .${WEIGHTS_BASE}(BASE), .${WEIGHTS_STALLS}(weights_stalls), .${WEIGHTS_ABORTED}(weights_aborted)`,
        ...ports.map((p, i) => `        .${p}_${BAD_FRAME}(out${i}_bad)`),
      ]
    : []),
].join(",\n")}
    );

${inside.join("\n")}

    // End: all frames went in and came out, and for a while nothing follows.
    integer quiet;
    always @(posedge clk) begin
        if (rst) quiet <= 0;
        else if (${["in_beats == IN_TOTAL", ...ports.map((_, i) => `out${i}_done`)].join(" && ")}) begin
            quiet <= quiet + 1;
            if (quiet == QUIET) begin
                $display("first result after %0d clocks, %0d clocks between the last frames", out0_latency - in_first, out0_interval);
                $display("PASS %0d frames", FRAMES);
                $finish;
            end
        end
        if (!rst && clock == (stall == 0 ? MAX_CLOCKS : 4*MAX_CLOCKS)) begin
            $display("FAIL timeout at clock %0d: %0d of %0d input beats taken", clock, in_beats, IN_TOTAL);
${ports.map((p, i) => `            $display("     ${p}: %0d of %0d beats", out${i}_beats, FRAMES*${g.outputs[i]!.stream.beatsPerFrame});`).join("\n")}
            $stop;
        end
    end
endmodule

// Takes the beats of one output and compares them; lanes past the last channel of a pixel may hold anything.
module ${top}_tb_sink #(
    parameter         NAME      = "",
    parameter         FILE      = "",
    parameter integer FRAMES    = 1,
    parameter integer BEATS     = 1,   // of one frame
    parameter integer LANES     = 1,
    parameter integer LANE_BITS = 8,
    parameter integer CHANNELS  = 1
) (
    input  wire                       clk,
    input  wire                       rst,
    input  wire [31:0]                clock,
    input  wire                       refuse,
    input  wire [31:0]                seed,
    input  wire [31:0]                begun,      // frames whose first beat has gone in
    input  wire [LANES*LANE_BITS-1:0] tdata,
    input  wire                       tvalid,
    output reg                        tready,
    input  wire                       tlast,
    output wire                       done,
    output wire [31:0]                beats,      // taken so far
    output reg  [31:0]                latency,    // clock of the first frame's last beat
    output reg  [31:0]                interval    // between the last beats of the last two frames
);
    localparam integer BITS      = LANES*LANE_BITS;
    localparam integer TOTAL     = FRAMES*BEATS;
    localparam integer PER_PIXEL = (CHANNELS + LANES - 1)/LANES;
    localparam integer UNUSED    = (PER_PIXEL*LANES - CHANNELS)*LANE_BITS;

    reg [BITS-1:0] expected [0:TOTAL-1];
    initial $readmemh(FILE, expected);

    integer         count, sink_seed;
    reg  [31:0]     coin, previous;
    wire            last = count % BEATS == BEATS - 1;
    wire [BITS-1:0] used = {BITS{1'b1}} >> ((count % PER_PIXEL == PER_PIXEL - 1) ? UNUSED : 0);
    assign beats = count;
    assign done  = count == TOTAL;

    always @(posedge clk) begin
        if (rst) begin
            count    <= 0;
            tready   <= 1'b0;
            previous <= 32'd0;
            latency  <= 32'd0;
            interval <= 32'd0;
            sink_seed = seed;
        end else begin
            coin = $random(sink_seed);
            tready <= !(refuse && coin[17]);
            if (tvalid !== 1'b0 && tvalid !== 1'b1) begin
                $display("FAIL %0s: tvalid is unknown (clock %0d)", NAME, clock);
                $stop;
            end
            if (tvalid && tready) begin
                count <= count + 1;
                if (count >= TOTAL) begin
                    $display("FAIL %0s: a beat after the last frame, %h (clock %0d)", NAME, tdata, clock);
                    $stop;
                end else if (count >= BEATS*begun) begin
                    $display("FAIL %0s: frame %0d, beat %0d before the first one went in, %h (clock %0d)",
                             NAME, count/BEATS, count % BEATS, tdata, clock);
                    $stop;
                end else if (((tdata ^ expected[count]) & used) !== {BITS{1'b0}}) begin
                    $display("FAIL %0s: frame %0d, beat %0d: expected %h, actual %h (clock %0d)",
                             NAME, count/BEATS, count % BEATS, expected[count], tdata, clock);
                    $stop;
                end else if (tlast !== last) begin
                    $display("FAIL %0s: frame %0d, beat %0d: expected tlast %b, actual %b (clock %0d)",
                             NAME, count/BEATS, count % BEATS, last, tlast, clock);
                    $stop;
                end
                if (last) begin
                    if (count < BEATS) latency <= clock;
                    else interval <= clock - previous;
                    previous <= clock;
                end
            end
        end
    end
endmodule

// Compares the checksum of each frame on a stream inside (FNV-1a over 32-bit words, unused lanes as zero).
module ${top}_tb_watch #(
    parameter         NAME      = "",
    parameter         FILE      = "",
    parameter integer SUMS      = 1,   // in the file
    parameter integer FIRST     = 0,   // of this stream
    parameter integer FRAMES    = 1,
    parameter integer BEATS     = 1,   // of one frame
    parameter integer LANES     = 1,
    parameter integer LANE_BITS = 8,
    parameter integer CHANNELS  = 1
) (
    input  wire                       clk,
    input  wire                       rst,
    input  wire [31:0]                clock,
    input  wire [LANES*LANE_BITS-1:0] tdata,
    input  wire                       moves
);
    localparam integer BITS      = LANES*LANE_BITS;
    localparam integer WORDS     = (BITS + 31)/32;
    localparam integer PER_PIXEL = (CHANNELS + LANES - 1)/LANES;
    localparam integer UNUSED    = (PER_PIXEL*LANES - CHANNELS)*LANE_BITS;

    reg [31:0] sums [0:SUMS-1];
    initial $readmemh(FILE, sums);

    integer            beat, frame, k;
    reg [31:0]         sum;
    reg [32*WORDS-1:0] used;
    always @(posedge clk) begin
        if (rst) begin
            beat  = 0;
            frame = 0;
            sum   = 32'h811c9dc5;
        end else if (moves) begin
            used = {32*WORDS{1'b0}};
            used[BITS-1:0] = tdata & ({BITS{1'b1}} >> ((beat % PER_PIXEL == PER_PIXEL - 1) ? UNUSED : 0));
            for (k = 0; k < WORDS; k = k + 1) sum = (sum ^ used[32*k +: 32]) * 32'h01000193;
            beat = beat + 1;
            if (beat == BEATS) begin
                if (frame < FRAMES && sum !== sums[FIRST + frame]) begin
                    $display("FAIL %0s inside: frame %0d has checksum %h, expected %h (clock %0d)",
                             NAME, frame, sum, sums[FIRST + frame], clock);
                    $stop;
                end
                beat  = 0;
                frame = frame + 1;
                sum   = 32'h811c9dc5;
            end
        end
    end
endmodule

\`default_nettype wire
`;
}

/** Wire of the bench at a signal of one of the ports to memory beside the chip. */
const memoryWire = (e: HwExternal, port: number, signal: string): string =>
  `m${e.ports.length === 1 ? "" : port}_${signal}`;

/** Memory beside the chip: bursts are answered in order, a beat every clock or with rests, and every address is looked at. */
function externalMemory(g: HwGraph, e: HwExternal): string[] {
  const beats = externalSize(externalSections(e)) / (e.dataBits / 8);
  return [
    "",
    "    // Memory with weights, from BASE on.",
    `    localparam [${e.addressBits - 1}:0] BASE = 32'h12300000;`,
    `    localparam integer BEATS = ${beats}, BEAT_BYTES = ${e.dataBits / 8}, QUEUE = 16;`,
    "    wire [31:0] weights_stalls, weights_aborted;",
    ...g.outputs.map((_, i) => `    wire        out${i}_bad;`),
    "    always @(posedge clk)",
    "        if (!rst && weights_aborted != 32'd0) begin",
    '            $display("FAIL a frame is aborted (clock %0d)", clock);',
    "            $stop;",
    "        end",
    `    reg  [${e.dataBits - 1}:0] external_mem [0:BEATS-1];`,
    `    initial $readmemh({TB_DIR, "${g.name}_external.mem"}, external_mem);`,
    ...e.ports.flatMap((_, port) => answers(e, port)),
  ];
}

/** What answers one of the ports. */
function answers(e: HwExternal, port: number): string[] {
  const m = (signal: string) => memoryWire(e, port, signal);
  const own = (name: string) => (e.ports.length === 1 ? name : `${name}${port}`);
  const [first, beats, into, out] = ["ar_first", "ar_beats", "ar_in", "ar_out"].map(own);
  const [beat, at, many, seed, coin] = ["r_beat", "ar_at", "ar_many", "m_seed", "m_coin"].map(own);
  return [
    ...axiSignals(e).map(
      ([s, direction, bits]) =>
        `    ${direction === "output" ? "wire" : "reg "} ${bits > 1 ? `[${bits - 1}:0] ` : ""}${m(s)};`,
    ),
    `    integer ${first} [0:QUEUE-1];   // number of each burst's first beat`,
    `    integer ${beats} [0:QUEUE-1];`,
    `    integer ${into}, ${out}, ${beat}, ${at}, ${many}, ${seed};`,
    `    reg [31:0] ${coin};`,
    "    always @(posedge clk)",
    "        if (rst) begin",
    `            ${into} <= 0;`,
    `            ${out} <= 0;`,
    `            ${beat} <= 0;`,
    `            ${m("arready")} <= 1'b0;`,
    `            ${m("rvalid")} <= 1'b0;`,
    `            ${seed} = ${7 + port};`,
    "        end else begin",
    `            ${coin} = $random(${seed});`,
    `            ${m("arready")} <= ${into} - ${out} < QUEUE - 1 && !(stall != 0 && ${coin}[9]);`,
    `            if (${m("arvalid")} && ${m("arready")}) begin`,
    `                ${at} = (${m("araddr")} - BASE) / BEAT_BYTES;`,
    `                ${many} = {24'd0, ${m("arlen")}} + 1;`,
    `                if (${m("araddr")} < BASE || ${at} + ${many} > BEATS || ${m("araddr")} % 4096 + ${many} * BEAT_BYTES > 4096) begin`,
    `                    $display("FAIL a burst of %0d beats at %h (clock %0d)", ${many}, ${m("araddr")}, clock);`,
    "                    $stop;",
    "                end",
    `                ${first}[${into} % QUEUE] <= ${at};`,
    `                ${beats}[${into} % QUEUE] <= ${many};`,
    `                ${into} <= ${into} + 1;`,
    "            end",
    `            if (!${m("rvalid")} || ${m("rready")}) begin`,
    `                if (${into} != ${out} && !(stall != 0 && ${coin}[12:11] != 2'd0)) begin`,
    `                    ${m("rvalid")} <= 1'b1;`,
    `                    ${m("rresp")} <= 2'b00;`,
    `                    ${m("rdata")} <= external_mem[${first}[${out} % QUEUE] + ${beat}];`,
    `                    ${m("rlast")} <= ${beat} + 1 == ${beats}[${out} % QUEUE];`,
    `                    ${beat} <= ${beat} + 1 == ${beats}[${out} % QUEUE] ? 0 : ${beat} + 1;`,
    `                    if (${beat} + 1 == ${beats}[${out} % QUEUE]) ${out} <= ${out} + 1;`,
    "                end else begin",
    `                    ${m("rvalid")} <= 1'b0;`,
    `                    ${m("rdata")} <= {${e.dataBits}{1'bx}};`,
    "                end",
    "            end",
    "        end",
  ];
}

/**
 * The CRC of what the memories hold, read back before the first frame, is that of the image's weights.
 * @param crc where the image has them coded
 */
const readBack = (crc: number | undefined): string[] => [
  "",
  "    // Read back: the CRC of what the memories hold is that of the image's words of weights.",
  "    reg         back_asked, back_seen;",
  "    wire [1:0]  weights_read = (weights_status[0] && !back_asked) ? 2'd2 : 2'd0;",
  "    wire [31:0] back_data;",
  "    wire        back_valid, back_last;",
  "    wire        back_ready = 1'b1;",
  "    reg  [31:0] back_crc;",
  ...(crc === undefined ? ["    integer     back_n, back_bit;"] : []),
  "    always @(posedge clk)",
  "        if (rst) begin",
  "            back_asked <= 1'b0;",
  "            back_seen  <= 1'b0;",
  "        end else begin",
  "            if (weights_status[0]) back_asked <= 1'b1;",
  "            if (back_valid) begin",
  "                back_seen <= 1'b1;",
  ...(crc === undefined
    ? [
        "                back_crc = 32'hffffffff;",
        "                for (back_n = 6 + weights_mem[4]; back_n < WEIGHTS - 1; back_n = back_n + 1) begin",
        "                    back_crc = back_crc ^ weights_mem[back_n];",
        "                    for (back_bit = 0; back_bit < 32; back_bit = back_bit + 1)",
        "                        back_crc = (back_crc >> 1) ^ (back_crc[0] ? 32'hedb88320 : 32'd0);",
        "                end",
      ]
    : [`                back_crc = ~32'h${crc.toString(16).padStart(8, "0")};`]),
  "                if (back_data !== ~back_crc || !back_last) begin",
  '                    $display("FAIL the weights read back have the CRC %h, not %h (clock %0d)", back_data, ~back_crc, clock);',
  "                    $stop;",
  "                end",
  "            end",
  "        end",
];
