// Weights that are in the bitstream as their code: decoded page by page, at the rate of the array.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type Design, type DesignRequest, decodeWeights, design, load, toIntegers } from "../../generator/index.ts";
import { probeDesign, verify } from "../../generator/verify/verify.ts";
import { Rand, simulators, stallCorners } from "../lib/index.ts";
import { cellSources } from "./build.ts";
import { clampedWeights, drawnImages, value } from "./drawn.ts";
import { tool } from "./tools.ts";

const work = mkdtempSync(join(tmpdir(), "coded-rom-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const rand = new Rand(12);
const real = clampedWeights(rand);
const images = drawnImages(rand, 6);

/** A window with padding, one that is a pixel, steps of two, products with a slope for negative sums, and a linear layer. */
const layers = [
  { name: "conv", kind: "adder_conv2d", filters: 6, kernel: 3, padding: 1, weights: real(6, 4, 3, 3), coded: true },
  { name: "relu", kind: "relu" },
  { name: "point", kind: "adder_conv2d", filters: 8, kernel: 1, weights: real(8, 6, 1, 1), coded: true },
  {
    name: "mul",
    kind: "conv2d",
    filters: 4,
    kernel: 2,
    stride: 2,
    weights: real(4, 8, 2, 2),
    bias: real(4),
    coded: true,
  },
  { name: "leaky", kind: "leaky_relu", slope: 0.25 },
  { name: "flat", kind: "flatten" },
  { name: "fc", kind: "adder_linear", units: 10, weights: real(10, 36), coded: true },
];
const network = (change: (l: (typeof layers)[number]) => object = () => ({})) =>
  JSON.stringify({
    ...{ format: "addernet-rtl/1", name: "pressed", input: { shape: [6, 6, 4], scale: 0.015625 } },
    layers: layers.map((l) => ({ ...l, ...change(l) })),
  });
const quantized = (text: string) =>
  value(toIntegers(value(load(text, () => new Uint8Array())).graph, images, { bits: 5 }));
const net = quantized(network());
const cells = cellSources();

function write(d: Design, name: string): string {
  const dir = join(work, name);
  for (const [path, content] of d.files) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
  return dir;
}

const requests: Readonly<Record<string, DesignRequest>> = {
  /** A PE each: all maps are walked for each output. */
  small: {},
  /** Groups of outputs over maps, and one group alone. */
  groups: {
    l1: 1,
    folds: {
      pe: new Map([
        ["conv", 3],
        ["point", 2],
        ["mul", 4],
        ["fc", 5],
      ]),
      simd: new Map([
        ["conv", 2],
        ["point", 3],
        ["mul", 4],
        ["fc", 12],
      ]),
    },
  },
  /** Beside layers of every other home, one of them with two sets. */
  mixed: { homes: new Map([["mul", "ram"] as const]), swap: true },
  beside: { homes: new Map([["fc", "external"] as const]), readBack: true },
};

const made = Object.fromEntries(
  Object.entries(requests).map(([name, request]) => {
    const d = value(design(net, { ...request, benchImages: images }, cells));
    return [name, { d, dir: write(d, name) }];
  }),
);

// A model of Verilator takes longer than its runs: one design on both simulators.
describe.each([
  ["small", ["icarus"]],
  ["groups", simulators],
  ["mixed", ["icarus"]],
  ["beside", ["icarus"]],
] as const)("coded weights in the bitstream: %s", (name, sims) => {
  const { d, dir } = made[name]!;
  const probe = () => probeDesign(d.hardware, dir, d.files.keys());

  test.each(sims)("equal golden on %s, in the predicted clocks", async (sim) => {
    const r = await verify(d.net, d.hardware, probe(), images, { sim });
    expect(r.mismatch).toBeUndefined();
    expect(r.clockFaults).toEqual([]);
  });

  test("equal golden where both ends rest, through resets", async () => {
    for (const { source, sink } of name === "groups" ? stallCorners : [{ source: 0.4, sink: 0.4 }]) {
      const how = { sim: "icarus", sourceStall: source, sinkStall: sink, resets: [40, 333] } as const;
      expect((await verify(d.net, d.hardware, probe(), images.slice(0, 2), how)).mismatch).toBeUndefined();
    }
  });
});

test("a layer whose weights are decoded slower than its array takes them: the rate of the decoder, as predicted", async () => {
  const text = JSON.stringify({
    ...{ format: "addernet-rtl/1", name: "narrow", input: { shape: [1, 1, 64], scale: 0.015625 } },
    layers: [{ name: "fc", kind: "adder_linear", units: 64, weights: real(64, 64), coded: true }],
  });
  const some = images.map(({ data }) => ({ shape: [1, 1, 64] as const, data: data.slice(0, 64) }));
  const n = value(toIntegers(value(load(text, () => new Uint8Array())).graph, some, { bits: 5 }));
  const folds = { pe: new Map([["fc", 8]]), simd: new Map([["fc", 16]]) };
  const d = value(design(n, { folds }, cells));
  // 4096 weights, 32 a clock.
  expect(d.hardware.interval).toBe(4096 / 32 + 2);
  expect(d.hardware.latency.late).toBeGreaterThan(0);
  const dir = write(d, "narrow");
  const many = [...some, ...some, ...some];
  const r = await verify(d.net, d.hardware, probeDesign(d.hardware, dir, d.files.keys()), many, { sim: "icarus" });
  expect(r.mismatch).toBeUndefined();
  expect(r.clockFaults).toEqual([]);
  expect(r.latency).toBeGreaterThan(d.hardware.latency.last + d.hardware.latency.fill);
});

test.each(["groups", "mixed"])("the folder alone: lint says nothing, its bench passes: %s", async (name) => {
  const make = (target: string) => tool("make", ["-s", target], made[name]!.dir);
  expect(await make("lint")).toEqual({ code: 0, stdout: "", output: "" });
  expect((await make("sim-icarus")).output).toContain("PASS");
});

test("bits per weight are in the manifest, in the bitstream and in an image", () => {
  const manifestOf = (name: string) => JSON.parse(made[name]!.d.files.get("manifest.json")!);
  const roms = manifestOf("mixed").memories.filter((m: object) => "bitsPerWeight" in m);
  const image = manifestOf("mixed").weights.sections.filter((s: object) => "bitsPerWeight" in s);
  expect(roms.map((m: { file: string }) => m.file)).toEqual(
    ["conv", "point", "fc"].map((n) => `mem/pressed_${n}_weights.mem`),
  );
  expect(image.map((s: { layer: string; holds: string }) => [s.layer, s.holds])).toEqual([["mul", "weights"]]);
  for (const { bitsPerWeight: bits } of [...roms, ...image]) {
    expect(bits.coded).toBeLessThan(bits.raw);
    expect(bits.coded).toBeGreaterThan(bits.entropy);
  }
});

test("the ROM holds the code of the weights, fewer bits than the weights", () => {
  const { d, dir } = made.groups!;
  const found: string[] = [];
  for (const b of d.hardware.blocks)
    for (const { ram } of b.instances) {
      const rom = ram?.fetched?.rom;
      if (!rom) continue;
      found.push(b.title);
      const { coded } = ram.fetched!;
      const words = readFileSync(join(dir, "mem", rom.memory.file), "utf8")
        .split("\n")
        .filter((l) => /^[0-9a-f]+$/.test(l));
      const bytes = Uint8Array.from(
        words.flatMap((w) => (w.match(/../g) ?? []).reverse().map((x) => Number.parseInt(x, 16))),
      );
      const count = (ram.rows * ram.wordBits) / coded!.bits;
      const weights = decodeWeights(bytes, count, coded!, rom.book);
      const node = d.net.nodes.find((n) => b.title === n.name)!;
      if (!("weights" in node)) throw new Error(`${b.title} has no weights`);
      const mask = 2 ** coded!.bits - 1;
      const sorted = (list: readonly number[]) => [...list].sort((a, b) => a - b);
      expect(sorted(weights)).toEqual(sorted(node.weights.rows.flatMap((r) => [...r].map((w) => w & mask))));
      expect(words.length * rom.memory.wordBits).toBeLessThan(count * coded!.bits);
    }
  expect(found).toEqual(["conv", "point", "mul", "fc"]);
});

test.each([
  ["a layer of groups", { name: "conv", groups: 2, weights: real(6, 2, 3, 3) }, /2 groups/],
  ["an unrolled layer", { name: "point", unroll: true }, /unrolled/],
  ["no whole blocks", { name: "fc", units: 37, weights: real(37, 1) }, /no whole blocks/],
])("refused: %s", (_, { name, ...change }, reason) => {
  const small = name === "fc";
  const text = small
    ? JSON.stringify({
        ...{ format: "addernet-rtl/1", name: "p", input: { shape: [1, 1, 1] } },
        layers: [{ name, kind: "adder_linear", coded: true, ...change }],
      })
    : network((l) => (l.name === name ? change : {}));
  const r = load(text, () => new Uint8Array());
  const shape = small ? ([1, 1, 1] as const) : ([6, 6, 4] as const);
  const some = images.map(({ data }) => ({ shape, data: data.slice(0, shape[0] * shape[1] * shape[2]) }));
  const refused = design(value(toIntegers(value(r).graph, some, { bits: 5 })), {}, cells);
  if (refused.ok) throw new Error("accepted");
  expect(refused.diagnostics.map((d) => `${d.code} ${d.message}`).join()).toMatch(reason);
});
