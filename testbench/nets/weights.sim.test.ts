// Weights that are written at run time: images over the accelerator's port, loaded again between frames.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type Design, design, imageOf, load, portLaneBits, type Result, toIntegers } from "../../generator/index.ts";
import type { QuantizedNetwork } from "../../generator/ir/quantized.ts";
import type { IntTensor } from "../../generator/ir/tensor.ts";
import { loadWeights, packBeats, probeDesign, verify } from "../../generator/verify/verify.ts";
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

/** Frames in a row without a rest, sets loaded at random times: every frame is of one set, and no frame is lost. */
async function swaps(sim: SimulatorName, loads: number, frames: number): Promise<void> {
  const request = requests.wide;
  const first = value(design(net, request, cells));
  const dir = write(first, "swaps");
  const sets = [first.net, ...Array.from({ length: loads - 1 }, () => otherSet(first.net))];
  const words = sets.map((n) => imageOf("sets", value(design(n, request, cells)).hardware.weights!));
  const golden = images.map((image) =>
    sets.map((n) => [...runInteger(n, image, { keep: n.outputs }).get(n.outputs[0]!)!.data].join()),
  );
  for (const of of golden) expect(new Set(of).size, "sets give different results").toBe(sets.length);
  await run(probeDesign(first.hardware, dir, first.files.keys()), { sim, seed: 3, maxCycles: 400_000 }, async (tb) => {
    const source = tb.axisSource("s_axis", { pause: 0.1 });
    const sink = tb.axisSink("m_axis", { pause: 0.2 });
    const weights = tb.axisSource("s_axis_weights", { pause: 0.1 });
    await tb.reset(tb.signal("rst"));
    const beats = images.map((image) => packBeats(image, first.hardware.input));
    const perBeat = beats[0]!.length / first.hardware.input.beatsPerFrame;
    const order = Array.from({ length: frames }, () => tb.rand.int(0, images.length - 1));
    for (const i of order) void source.sendBeats(beats[i]!, perBeat);
    const loading = tb.start(async () => {
      for (const image of words) {
        await loadWeights(tb, weights, image);
        await tb.cycles(tb.rand.int(0, 1500));
      }
    });
    const { stream } = first.hardware.outputs[0]!;
    let at = 0;
    const met = new Set<number>();
    for (const [f, i] of order.entries()) {
      const lane = portLaneBits(stream);
      const values = (await sink.recv()).tdata.flatMap((beat) =>
        Array.from({ length: stream.lanes }, (_, l) => Number(BigInt.asIntN(lane, beat >> BigInt(l * lane)))),
      );
      const got = values.slice(0, stream.channels * stream.pixels).join();
      const set = golden[i]!.indexOf(got);
      expect(
        set,
        `frame ${f} equals golden of a set, and of no earlier one than frame ${f - 1}`,
      ).toBeGreaterThanOrEqual(at);
      at = set;
      met.add(set);
    }
    expect(met.size, "sets that frames met").toBeGreaterThan(loads / 2);
    await loading;
  });
}

test.each(simulators)("sets that are loaded between frames on %s", async (sim) => {
  await swaps(sim, sim === "verilator" ? 40 : 6, sim === "verilator" ? 120 : 16);
});
