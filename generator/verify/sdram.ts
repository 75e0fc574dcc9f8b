// An accelerator whose weights are in a board's SDRAM, without the serial line: its AXI4 port, controller, pins and a model of the device.
import { type Design as Model, run, sdramModel } from "../../testbench/lib/index.ts";
import type { SimulatorName } from "../../testbench/lib/simulators.ts";
import type { CellSources } from "../7-emit/emit.ts";
import {
  axiSignals,
  BAD_FRAME,
  MEMORY_PORT,
  outputPort,
  portBits,
  statusBits,
  WEIGHTS_ABORTED,
  WEIGHTS_BASE,
  WEIGHTS_PORT,
  WEIGHTS_STALLS,
  WEIGHTS_STATUS,
} from "../7-emit/verilog.ts";
import { withSubcells } from "../cells/closure.ts";
import type { Design } from "../design.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { sdramClocks } from "../targets/sdram.ts";
import { externalBytes } from "../weights/external.ts";
import { imageOf } from "../weights/image.ts";
import { loadWeights } from "./loading.ts";
import { memoryItems, memoryOutputs } from "./memory.ts";
import { packBeats } from "./pack.ts";

const TOP = "accelerator_with_memory";

const range = (bits: number): string => (bits > 1 ? `[${bits - 1}:0] ` : "");

/** The bench's top, for a design at its clock. */
function topOf(d: Design): string {
  const { hardware: g, clockMHz } = d;
  const external = g.weights!.external!;
  const part = d.target!.board!.sdram!;
  const clocks = sdramClocks(part, clockMHz);
  const words = part.rowBits + part.colBits + 2;
  const stream = (name: string, bits: number, into: boolean) =>
    (
      [
        ["tdata", bits, into],
        ["tvalid", 1, into],
        ["tready", 1, !into],
        ["tlast", 1, into],
      ] as const
    ).map(([w, n, i]) => ({
      name: `${name}_${w}`,
      text: `    ${i ? "input " : "output"} wire ${range(n)}${name}_${w}`,
    }));
  const streams = [
    ...stream("s_axis", portBits(g.input), true),
    ...stream(WEIGHTS_PORT, 32, true),
    ...g.outputs.flatMap((o, i) => stream(outputPort(g, i), portBits(o.stream), false)),
  ];
  const axi = axiSignals(external);
  const joins = ["araddr", "arlen", "arvalid", "arready", "rdata", "rresp", "rlast", "rvalid", "rready"];
  return [
    "`default_nettype none",
    `module ${TOP} #(parameter MEM_DIR = "mem/") (`,
    "    input  wire clk, rst,",
    ...streams.map(({ text }) => `${text},`),
    `    output wire [${statusBits(g) - 1}:0] ${WEIGHTS_STATUS},`,
    `    output wire [31:0] ${WEIGHTS_STALLS}, ${WEIGHTS_ABORTED},`,
    `    input  wire [${words - 1}:0] word_addr,`,
    "    input  wire [15:0] word_data,",
    "    input  wire word_valid,",
    "    output wire word_ready,",
    memoryOutputs.join(",\n"),
    ");",
    ...memoryItems(part, clockMHz),
    ...axi.map(([s, , bits]) => `    wire ${range(bits)}${s};`),
    ...g.outputs.map((_, i) => `    wire unused_bad_${i};`),
    "    wire [15:0] dq_out, dq_in;",
    "    wire dq_oe, unused_ready;",
    `    ${g.name} #(.MEM_DIR(MEM_DIR)) dut (`,
    "        .clk(clk), .rst(rst),",
    ...streams.map(({ name }) => `        .${name}(${name}),`),
    ...axi.map(([s]) => `        .${MEMORY_PORT}_${s}(${s}),`),
    ...g.outputs.map((_, i) => `        .${outputPort(g, i)}_${BAD_FRAME}(unused_bad_${i}),`),
    `        .${WEIGHTS_BASE}(${external.addressBits}'d0),`,
    `        ${[WEIGHTS_STATUS, WEIGHTS_STALLS, WEIGHTS_ABORTED].map((p) => `.${p}(${p})`).join(", ")}`,
    "    );",
    `    sdram_controller #(.DATA_BITS(${external.dataBits}), ${Object.entries(clocks)
      .map(([k, v]) => `.${k}(${v})`)
      .join(", ")}) u_memory (`,
    "        .clk(clk), .rst(rst), .ready(unused_ready),",
    `        ${joins.map((s) => `.s_axi_${s}(${s === "araddr" ? `araddr[${words}:0]` : s})`).join(", ")},`,
    "        .s_word_addr(word_addr), .s_word_data(word_data), .s_word_valid(word_valid), .s_word_ready(word_ready),",
    `        ${["cke", "cs_n", "ras_n", "cas_n", "we_n", "ba", "a", "dqm"].map((c) => `.sdram_${c}(sdram_${c})`).join(", ")},`,
    "        .dq_out(dq_out), .dq_oe(dq_oe), .dq_in(dq_in)",
    "    );",
    "    sdram_pins u_pins (.clk(clk), .dq_out(dq_out), .dq_oe(dq_oe), .dq_in(dq_in), .sdram_clk(sdram_clk), .sdram_dq(sdram_dq));",
    "endmodule",
    "`default_nettype wire",
    "",
  ].join("\n");
}

export interface SdramRun {
  /** Values of each frame's outputs, one after another, as the ports have them: 32-bit words of the beats. */
  readonly answers: readonly (readonly Uint32Array[])[];
  /** Clocks between the last beats of frames that follow one another, from the second frame on. */
  readonly intervals: readonly number[];
  /** Bytes that were read in all, those for frames that did not come any more among them. */
  readonly bytes: number;
}

/** Files of the bench beside the design's own, by path: its top, and the cells of the board. */
export const sdramBenchFiles = (d: Design, cells: CellSources): Map<string, string> =>
  new Map([
    ["top.v", topOf(d)],
    ...withSubcells(["sdram_controller", "sdram_pins"], cells).map((c) => [`memory/${c}.v`, cells.get(c)!] as const),
  ]);

/**
 * Sends frames without a pause. No rule of the device may be broken.
 * @param sources where the design's Verilog and those files are; @param memories the folder of its memory files, with a slash
 */
export async function runWithSdram(
  d: Design,
  images: readonly IntTensor[],
  sim: SimulatorName,
  sources: readonly string[],
  memories: string,
): Promise<SdramRun> {
  const { hardware: g } = d;
  const model: Model = { top: TOP, sources: [...sources, sdramModel], params: { MEM_DIR: memories } };
  const answers: Uint32Array[][] = [];
  const ends: number[] = [];
  let bytes = 0;
  const set = externalBytes(g.weights!.external!);
  await run(
    model,
    {
      ...{ sim, seed: 1, name: `${g.name} with its SDRAM`, waves: "off" },
      maxCycles: 40_000 + 4 * set.length + 4 * (images.length + 1) * g.interval + 4 * g.latency.last,
      initSeeds: { reason: "a single run: clocks are measured" },
    },
    async (tb) => {
      const s = (name: string) => tb.signal(name);
      const memory = tb.sdramCheck("sdram");
      const source = tb.axisSource("s_axis");
      const weights = tb.axisSource(WEIGHTS_PORT);
      const sinks = g.outputs.map((_, i) => tb.axisSink(outputPort(g, i)));
      s("word_valid").value = 0;
      await tb.reset(s("rst"));
      for (let at = 0; at < set.length; at += 2) {
        s("word_addr").value = at / 2;
        s("word_data").value = set[at]! | (set[at + 1]! << 8);
        s("word_valid").value = 1;
        do await tb.rising();
        while (s("word_ready").value === 0);
      }
      s("word_valid").value = 0;
      await loadWeights(tb, weights, imageOf(g.name, g.weights!));
      const all = images.map((image) => packBeats(image, g.input));
      const joined = new Uint32Array(all.length * all[0]!.length);
      for (const [f, a] of all.entries()) joined.set(a, f * a.length);
      const beats = images.length * g.input.beatsPerFrame;
      const last = Uint8Array.from({ length: beats }, (_, b) => Number((b + 1) % g.input.beatsPerFrame === 0));
      const sent = source.sendBeats(joined, joined.length / beats, last);
      for (let f = 0; f < images.length; f++) {
        const frame: Uint32Array[] = [];
        for (const sink of sinks) frame.push(Uint32Array.from((await sink.recv()).numbers, (v) => v >>> 0));
        answers.push(frame);
        ends.push(tb.cycle);
      }
      await sent;
      bytes = 2 * memory.count("reads");
      if (s(WEIGHTS_ABORTED).value !== 0) throw new Error("frames were aborted");
    },
  );
  return { answers, intervals: ends.slice(1).map((clock, i) => clock - ends[i]!), bytes };
}
