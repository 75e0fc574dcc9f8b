// Weights that are written at run time: images over the accelerator's port, loaded again between frames.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  type Design,
  type DesignRequest,
  design,
  imageOf,
  load,
  portLaneBits,
  type Result,
  toIntegers,
} from "../../generator/index.ts";
import type { QuantizedNetwork } from "../../generator/ir/quantized.ts";
import type { IntTensor } from "../../generator/ir/tensor.ts";
import { packBeats } from "../../generator/verify/pack.ts";
import { loadWeights, probeDesign, verify } from "../../generator/verify/verify.ts";
import { runInteger } from "../../golden/index.ts";
import { Rand, run, type SimulatorName, simulators } from "../lib/index.ts";
import { cellSources } from "./build.ts";
import { folder, tool } from "./tools.ts";

const work = mkdtempSync(join(tmpdir(), "weights-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

function value<T>(r: Result<T>): T {
  if (!r.ok) throw new Error(r.diagnostics.map((d) => `${d.code} ${d.message}`).join("\n"));
  return r.value;
}

const rand = new Rand(7);
const real = (...shape: number[]): unknown =>
  shape.length === 0 ? rand.int(-40, 40) / 10 : Array.from({ length: shape[0]! }, () => real(...shape.slice(1)));

const images: IntTensor[] = Array.from({ length: 6 }, () => ({
  shape: [6, 6, 2] as const,
  data: Int32Array.from({ length: 72 }, () => rand.int(0, 255)),
}));

/** Every kind of layer with weights, padding, groups, a join behind two of them, raw results and their index. */
const text = JSON.stringify({
  format: "addernet-rtl/1",
  name: "sets",
  input: { shape: [6, 6, 2], scale: 0.015625 },
  layers: [
    { name: "conv", kind: "adder_conv2d", filters: 4, kernel: 3, padding: 1, weights: real(4, 2, 3, 3) },
    { name: "relu", kind: "leaky_relu", slope: 0.25 },
    { name: "deep", kind: "adder_conv2d", filters: 4, kernel: 3, padding: 1, groups: 4, weights: real(4, 1, 3, 3) },
    { name: "mul", kind: "conv2d", filters: 4, kernel: 1, inputs: ["relu"], weights: real(4, 4, 1, 1), bias: real(4) },
    { name: "sum", kind: "add", inputs: ["deep", "mul"] },
    { name: "pool", kind: "avg_pool2d", kernel: 2 },
    { name: "flat", kind: "flatten" },
    { name: "fc", kind: "adder_linear", units: 5, weights: real(5, 36) },
  ],
});
const net = value(toIntegers(value(load(text, () => new Uint8Array())).graph, images, { bits: 4 }));

/** Another set of the same format: random weights, multipliers and constants. */
function otherSet(of: QuantizedNetwork): QuantizedNetwork {
  const nodes = of.nodes.map((n) => {
    if (!("weights" in n) || n.overrides.home !== "ram") return n;
    const { bits, signed } = n.weights;
    const [low, high] = signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
    const rows = n.weights.rows.map((r) => Int32Array.from(r, () => rand.int(low, high)));
    const pair = (p: { readonly multiplier: readonly number[]; readonly bias: readonly number[] }) => ({
      multiplier: p.multiplier.map((m) => m + rand.int(0, Math.abs(m))),
      bias: p.bias.map((b) => b - rand.int(0, Math.abs(b))),
    });
    const { requant } = n;
    const moved = {
      ...requant,
      ...pair(requant),
      ...(requant.negative ? { negative: { ...requant.negative, ...pair(requant.negative) } } : {}),
    };
    return { ...n, weights: { ...n.weights, rows }, requant: moved };
  });
  return { ...of, nodes };
}

function write(d: Design, name: string): string {
  const dir = join(work, name);
  for (const [path, text] of d.files) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

const cells = cellSources();
const requests = {
  narrow: { homes: "ram" },
  wide: {
    homes: "ram",
    l1: 1,
    folds: {
      pe: new Map([
        ["conv", 4],
        ["fc", 5],
      ]),
      simd: new Map([
        ["conv", 9],
        ["fc", 12],
      ]),
    },
  },
  some: {
    homes: new Map([
      ["fc", "ram"],
      ["conv", "ram"],
    ] as const),
    l1: 1,
  },
  swap: { homes: "ram", swap: true },
  back: { homes: "ram", readBack: true },
  swapBack: { homes: "ram", swap: true, readBack: true },
} as const;

describe.each(Object.entries(requests))("weights in ram, %s", (name, request) => {
  const made = value(design(net, request, cells));
  const dir = write(made, name);

  test.each(simulators)("equal golden on %s once the image is loaded", async (sim) => {
    for (const stall of [0, 0.4]) {
      const result = await verify(
        made.net,
        made.hardware,
        probeDesign(made.hardware, dir, made.files.keys()),
        images.slice(0, 3),
        {
          ...{ sim, sourceStall: stall, sinkStall: stall },
        },
      );
      expect(result.mismatch).toBeUndefined();
      expect(result.clockFaults).toEqual([]);
    }
  });

  test("a reset at any time forgets the weights, and they are loaded again", async () => {
    const { hardware } = made;
    const design = probeDesign(hardware, dir, made.files.keys());
    const result = await verify(made.net, hardware, design, images.slice(0, 2), {
      sim: "icarus",
      resets: [3, 150, 700],
    });
    expect(result.mismatch).toBeUndefined();
  });

  test("another set has the same identity and fits without a build", () => {
    const other = value(design(otherSet(made.net), request, cells));
    expect(other.hardware.weights!.identity).toBe(made.hardware.weights!.identity);
    expect([...other.files].filter(([path]) => path.startsWith("rtl/"))).toEqual(
      [...made.files].filter(([path]) => path.startsWith("rtl/")),
    );
    expect(imageOf("sets", other.hardware.weights!)).not.toEqual(imageOf("sets", made.hardware.weights!));
  });
});

describe("the stand-alone bench of a build", () => {
  const made = value(design(net, { ...requests.some, benchImages: images.slice(0, 2) }, cells));
  const dir = folder(made.files);
  const make = (...args: string[]) => tool("make", args, dir);

  test("is silent in lint", async () => {
    expect(await make("-s", "lint")).toEqual({ code: 0, stdout: "", output: "" });
  });

  test.each(["sim-icarus", "sim-verilator"])("%s loads the image first and passes", async (sim) => {
    for (const stall of [0, 3]) {
      const { code, output } = await make("-s", sim, `STALL=${stall}`);
      expect(output).toContain("PASS 2 frames\n");
      expect(code).toBe(0);
    }
  });

  test("fails on an image that the accelerator refuses", async () => {
    const file = join(dir, "tb/sets_weights.mem");
    const lines = readFileSync(file, "utf8").split("\n");
    writeFileSync(file, lines.with(3, "00000000").join("\n"));
    const { code, output } = await make("-s", "sim-icarus");
    expect(output).toMatch(/FAIL the weights are refused: error 3 /);
    expect(code).not.toBe(0);
  });
});

describe("weights that are read back", () => {
  const verified = (files: ReadonlyMap<string, string>, { net, hardware }: Design) =>
    verify(net, hardware, probeDesign(hardware, folder(files), files.keys()), images.slice(0, 1), { sim: "icarus" });

  // What frames do not show is found all the same: a row that the images at hand do not read, or a bit that rounds away.
  test.each([
    {
      name: "a row of zeros",
      request: requests.back,
      from: "if (here) memory[w_row] <= m_load_tdata[WIDTH-1:0];",
      to: "if (here) memory[w_row] <= (w_row == 2) ? {WIDTH{1'b0}} : m_load_tdata[WIDTH-1:0];",
      says: /^weights read back: conv, weights, row 2 holds 0x0, the image says 0x[0-9a-f]+/,
    },
    {
      name: "a bit of a bank",
      request: requests.swapBack,
      from: "<= m_load_tdata[WIDTH-1:0];\n                    word_q <= memory[r_at",
      to: "<= m_load_tdata[WIDTH-1:0] ^ (w_row == 1);\n                    word_q <= memory[r_at",
      says: /^weights read back: conv, weights, row 1 holds 0x[0-9a-f]+, the image says 0x[0-9a-f]+; \d+ rows differ/,
    },
    {
      name: "a word that is lost on the way back",
      request: requests.back,
      from: "wire        ask    = reading && s_load_tvalid && s_load_tfirst && !all;",
      to: "wire        ask    = reading && s_load_tvalid && s_load_tfirst && !all && !(ROWS > 3 && step == 1);",
      says: /^weights read back: \d+ words are read back, not \d+ and their CRC/,
    },
  ])("fault: $name", async ({ request, from, to, says }) => {
    const made = value(design(net, request, cells));
    expect((await verified(made.files, made)).mismatch).toBeUndefined();
    let places = 0;
    const files = [...made.files].map(([path, text]): [string, string] => {
      if (!/_weight_ram\.v$/.test(path)) return [path, text];
      places += text.split(from).length - 1;
      return [path, text.replaceAll(from, to)];
    });
    expect(places, "places of the fault").toBe(1);
    await expect(verified(new Map(files), made)).rejects.toThrow(says);
  });

  test("are the image's, and without weights at run time there are none", () => {
    const made = value(design(net, requests.back, cells));
    expect(made.hardware.weights!.identity).toBe(value(design(net, requests.narrow, cells)).hardware.weights!.identity);
    const refused = design(net, { readBack: true }, cells);
    expect(refused.ok || refused.diagnostics.map((d) => [d.code, d.option])).toEqual([["AN5004", "--read-back"]]);
  });
});

/** A fault in one emitted file: what stands there exactly once, or is to be replaced everywhere. */
interface Fault {
  readonly file: RegExp;
  readonly from: string | RegExp;
  readonly to: string;
}

interface Swaps {
  readonly request: DesignRequest;
  readonly sim: SimulatorName;
  /** Images loaded, of so many sets by turns. */
  readonly loads: number;
  readonly sets: number;
  /** Clocks at most between two images. */
  readonly apart: number;
  readonly fault?: Fault;
  /** Share of clocks in which source and sink rest; some where left out. */
  readonly rest?: number | undefined;
}

/**
 * Frames in a row without a rest, sets loaded at random times: every frame is of one set, the sets come in the order in
 * which they were loaded, and no frame is lost. Gives the sets that frames met, and the number of frames.
 */
async function swaps({
  request,
  sim,
  loads,
  sets: kinds,
  apart,
  fault,
  rest,
}: Swaps): Promise<{ met: number; frames: number }> {
  const first = value(design(net, request, cells));
  let broken = 0;
  const files = [...first.files].map(([path, text]): [string, string] => {
    if (!fault?.file.test(path)) return [path, text];
    broken += text.split(fault.from).length - 1;
    return [path, text.replaceAll(fault.from, fault.to)];
  });
  if (fault) expect(broken, "places of the fault").toBeGreaterThan(0);
  const dir = folder(new Map(files));
  const sets = [first.net, ...Array.from({ length: kinds - 1 }, () => otherSet(first.net))];
  const words = sets.map((n) => imageOf("sets", value(design(n, request, cells)).hardware.weights!));
  const golden = images.map((image) =>
    sets.map((n) => [...runInteger(n, image, { keep: n.outputs }).get(n.outputs[0]!)!.data].join()),
  );
  for (const of of golden) expect(new Set(of).size, "sets give different results").toBe(sets.length);
  let [met, count] = [0, 0];
  await run(
    probeDesign(first.hardware, dir, first.files.keys()),
    { sim, seed: 3, maxCycles: 60_000 + 6000 * loads },
    async (tb) => {
      // The bench is run from several initial states.
      [met, count] = [0, 0];
      const source = tb.axisSource("s_axis", { pause: rest ?? 0.1 });
      const sink = tb.axisSink("m_axis", { pause: rest ?? 0.2 });
      const weights = tb.axisSource("s_axis_weights", { pause: 0.1 });
      await tb.reset(tb.signal("rst"));
      const beats = images.map((image) => packBeats(image, first.hardware.input));
      const perBeat = beats[0]!.length / first.hardware.input.beatsPerFrame;
      let done = false;
      const loading = tb.start(async () => {
        for (let i = 0; i < loads; i++) {
          await loadWeights(tb, weights, words[i % kinds]!);
          await tb.cycles(tb.rand.int(0, apart));
        }
        done = true;
      });
      const { stream } = first.hardware.outputs[0]!;
      const lane = portLaneBits(stream);
      const order: number[] = [];
      const send = () => {
        order.push(tb.rand.int(0, images.length - 1));
        void source.sendBeats(beats[order.at(-1)!]!, perBeat);
      };
      // As many frames as the design can hold are on offer at any time.
      for (let i = 0; i < 12; i++) send();
      /** Number of the image whose set the last frame met. */
      let at = 0;
      for (let f = 0, behind = 0; behind < 16; f++) {
        const values = (await sink.recv()).tdata.flatMap((beat) =>
          Array.from({ length: stream.lanes }, (_, l) => Number(BigInt.asIntN(lane, beat >> BigInt(l * lane)))),
        );
        const set = golden[order[f]!]!.indexOf(values.slice(0, stream.channels * stream.pixels).join());
        expect(set, `frame ${f} equals golden of a set`).toBeGreaterThanOrEqual(0);
        // Forward by fewer sets than there are.
        const on = (set - (at % kinds) + kinds) % kinds;
        if (on > 0) met++;
        at += on;
        expect(at, `frame ${f} meets a set that has been loaded`).toBeLessThan(loads);
        if (!done) send();
        else if (++behind <= 4) send();
        count = f + 1;
        if (done && f + 1 === order.length) break;
      }
      await loading;
      expect(at, "the last frame meets the last set").toBe(loads - 1);
    },
  );
  return { met: met + 1, frames: count };
}

test.each(simulators)("sets that are loaded between frames on %s", async (sim) => {
  const loads = sim === "verilator" ? 40 : 6;
  const { met } = await swaps({ request: requests.wide, sim, loads, sets: 9, apart: 1500 });
  expect(met, "sets that frames met").toBeGreaterThan(loads / 2);
});

describe("sets that are switched to while frames are inside", () => {
  const wide = { ...requests.wide, swap: true };

  test.each([
    ["icarus", "narrow", requests.swap, 8],
    ["verilator", "narrow", requests.swap, 40],
    ["verilator", "wide", wide, 40],
  ] as const)("on %s, %s", async (sim, _, request, loads) => {
    const { met } = await swaps({ request, sim, loads, sets: 9, apart: 1500 });
    expect(met, "sets that frames met").toBeGreaterThan(loads / 2);
  });

  const slow = process.env.ADDERNET_SLOW === "1";
  // A thousand of them, half without a rest at either end, take some minutes.
  test.runIf(slow).each([
    ["verilator", 0, 500],
    ["verilator", undefined, 500],
    ["icarus", 0, 100],
  ] as const)("on %s, rest %s, %i times", async (sim, rest, loads) => {
    const { met, frames } = await swaps({ request: requests.swap, sim, loads, sets: 9, apart: 1500, rest });
    console.info(`${loads} sets loaded, ${met} met by ${frames} frames`);
    expect(met, "sets that frames met").toBeGreaterThan(loads / 2);
  });

  const short: Swaps = { request: requests.swap, sim: "verilator", loads: 12, sets: 9, apart: 200, rest: 0 };
  // Some faults only keep a set from its turn: then the run does not end.
  test("the run that finds faults passes without one", async () => {
    expect((await swaps(short)).frames).toBeGreaterThan(12);
  });

  const noticed = async ({ file, from, to }: Fault) => {
    await expect(swaps({ ...short, fault: { file, from, to } })).rejects.toThrow(
      /^(?!places of the fault|Verilator cannot build)/,
    );
  };
  test.each<Fault & { name: string }>([
    {
      name: "a memory switches a beat early",
      file: /_frame_bank\.v$/,
      from: "wire                  ends    = move && last;",
      to: "reg near; always @(posedge clk) near <= move; wire ends = move && !last && near;",
    },
    {
      name: "a memory switches a beat late",
      file: /_frame_bank\.v$/,
      from: "frame == swap_at || (ends && frame_n == swap_at)",
      to: "frame == swap_at && move",
    },
    {
      name: "the constants' bank rests",
      file: /sets_conv\.v$/,
      from: ".bank(requantize_bank), .word",
      to: ".bank(1'b0), .word",
    },
  ])("fault: $name", noticed);
  test.runIf(slow).each<Fault & { name: string }>([
    { name: "the gate stays open", file: /_weights_swap\.v$/, from: "loaded && !pending", to: "loaded" },
    { name: "the bank that is read is written", file: /_weight_ram\.v$/, from: "{w_row, !bank}", to: "{w_row, bank}" },
    {
      name: "a third set does not wait",
      file: /_weights_swap\.v$/,
      from: "settled && !pending && !load_open",
      to: "!pending && !load_open",
    },
  ])("fault: $name", noticed);
});
