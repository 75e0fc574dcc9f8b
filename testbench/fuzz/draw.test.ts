// What the fuzzer promises to draw comes up, and its loaded weights reach the network file.
import fc from "fast-check";
import { expect, test } from "vitest";
import { withFolds } from "./folds.ts";
import { portsOf, readable, swappable } from "./fuzz.ts";
import { findKinds } from "./kinds.ts";
import { networkOf } from "./network.ts";
import { recipe } from "./recipe.ts";

const { drawn } = findKinds();
const recipes = fc.sample(recipe, { seed: 1, numRuns: 600 });
const networks = recipes.map((r) => ({ r, ...networkOf(r, drawn) }));
type Fields = { readonly name: string; readonly kind: string } & Readonly<Record<string, unknown>>;
const layers = networks.flatMap((n) => n.file.layers as readonly Fields[]);
const pair = (v: unknown): number[] => (Array.isArray(v) ? (v as number[]) : [v as number, v as number]);

test("every kind, kernels of 9 and 11, windows wholly in padding", () => {
  expect(new Set(layers.map((l) => l.kind))).toEqual(new Set(drawn));
  const kernels = layers.filter((l) => l.kernel !== undefined).flatMap((l) => pair(l.kernel));
  for (const k of [9, 11]) expect(kernels, String(k)).toContain(k);
  const blind = layers.filter(
    (l) =>
      l.kind.endsWith("conv2d") &&
      Array.isArray(l.padding) &&
      l.padding.length === 4 &&
      l.dilation === undefined &&
      l.padding[0] >= pair(l.kernel)[0]!,
  );
  expect(blind.length).toBeGreaterThan(3);
});

test("what is last: pad, upsample, flatten, argmax, joins; several outputs, the input among them", () => {
  const ends = new Set(networks.map(({ file }) => (file.layers.at(-1) as unknown as Fields).kind));
  for (const kind of ["pad", "upsample", "flatten", "argmax", "add", "concat"]) expect(ends, kind).toContain(kind);
  const outputs = networks.map(({ file }) => file.outputs as readonly string[]);
  expect(outputs.filter((o) => o.includes("input") && o.length > 1).length).toBeGreaterThan(20);
  expect(outputs.filter((o) => o.length > 2).length).toBeGreaterThan(20);
});

test("tlast of every kind, resets, frames back to back and with rests", () => {
  expect(new Set(recipes.map((r) => r.tlast))).toEqual(new Set(["right", "low", "high", "random"]));
  expect(new Set(recipes.map((r) => r.resets.length))).toEqual(new Set([0, 1, 2]));
  expect(recipes.some((r) => r.frames > 2 && r.sourceStall === 0 && r.sinkStall === 0)).toBe(true);
});

test("every form of fold, and weights that are loaded or in memory beside the chip, coded and plain", () => {
  const fields = new Map<string, number>();
  const homes = new Set<unknown>();
  const loaded = networks.filter(({ r }) => r.loaded !== "none");
  let [swapped, readBack, ports] = [0, 0, 0];
  for (const n of loaded) {
    const { file } = withFolds(n, 1, 300, n.r.loaded);
    if (n.r.swap && swappable(file)) swapped++;
    if (n.r.readBack && readable(file)) readBack++;
    if (portsOf(n.r, file) > 1) ports++;
    for (const l of file.layers as readonly Fields[]) {
      if (l.home === undefined && l.coded) homes.add("rom true");
      for (const key of ["pe", "simd", "pixels", "unroll", "home"])
        if (l[key] !== undefined) {
          fields.set(key, (fields.get(key) ?? 0) + 1);
          if (key === "home") homes.add(`${l.home} ${l.coded ?? "by itself"}`);
        }
    }
  }
  expect(swapped, "sets that are switched").toBeGreaterThan(3);
  // One in eight: it takes a simulator long.
  expect(readBack, "sets that are read back").toBeGreaterThan(0);
  expect(ports, "several ports to memory beside the chip").toBeGreaterThan(0);
  for (const key of ["pe", "simd", "pixels", "unroll", "home"]) expect(fields.get(key) ?? 0, key).toBeGreaterThan(0);
  expect([...homes].sort()).toEqual([
    "external by itself",
    "external false",
    "external true",
    "ram by itself",
    "ram true",
    "rom true",
  ]);
});

test("weights lie in the layout that the network says, also where that is not the recipe's", () => {
  const sizes = (w: unknown): number[] => (Array.isArray(w) ? [w.length, ...sizes(w[0])] : []);
  // A flattened map that leaves is too large for a layer behind it: the order of the stream is told then.
  const large = fc
    .sample(recipe, { seed: 2, numRuns: 100 })
    .map((r) =>
      networkOf({ ...r, layout: "pytorch", height: 9, width: 9, channels: 17, last: "flatten" }, ["adder_conv2d"]),
    );
  expect(large.filter(({ file }) => file.layout === "channels_last").length).toBeGreaterThan(0);
  for (const { file } of [...networks, ...large])
    for (const l of file.layers as readonly Fields[]) {
      if (l.kind !== "adder_conv2d" || l.weights === undefined) continue;
      const shape = sizes(l.weights);
      expect(file.layout === "pytorch" ? shape.slice(2) : shape.slice(1, 3), JSON.stringify(l.kernel)).toEqual(
        pair(l.kernel),
      );
    }
});
