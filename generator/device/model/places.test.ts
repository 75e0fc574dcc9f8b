// Memories go into UltraRAM and lookup tables where a device lacks block RAM, those first that cost the fewest for a block.
import { expect, test } from "vitest";
import { emit } from "../../7-emit/emit.ts";
import { design, load, type Result, toIntegers } from "../../index.ts";
import { cellSources } from "../../templates.ts";
import { estimateLayers } from "./model.ts";
import { placed } from "./places.ts";

function value<T>(r: Result<T>): T {
  if (!r.ok) throw new Error(r.diagnostics.map((d) => `${d.code} ${d.message}`).join("\n"));
  return r.value;
}

const weights = (...shape: number[]): unknown =>
  Array.from({ length: shape[0]! }, (_, i) =>
    shape.length === 1 ? ((i * 7) % 9) / 4 - 1 : weights(...shape.slice(1)),
  );
const text = JSON.stringify({
  format: "addernet-rtl/1",
  name: "kept",
  input: { shape: [4, 4, 64], scale: 0.015625 },
  layers: [
    { name: "near", kind: "adder_conv2d", filters: 64, kernel: 1, weights: weights(64, 64, 1, 1) },
    { name: "far", kind: "adder_conv2d", filters: 32, kernel: 3, padding: 1, weights: weights(32, 64, 3, 3) },
  ],
});
const image = { shape: [4, 4, 64] as const, data: Int32Array.from({ length: 1024 }, (_, i) => (i * 37) % 256) };
const net = value(toIntegers(value(load(text, () => new Uint8Array())).graph, [image], { bits: 4 }));
const folds = { pe: new Map([["far", 4]]), simd: new Map([["far", 16]]) };
const request = { target: "zcu104", homes: new Map([["far", "external"]] as const), folds, fps: 10_000 } as const;
const { hardware } = value(design(net, request, cellSources()));
const before = estimateLayers(hardware, "xcup", true).total;
const at = (room: { lut?: number; lutram?: number; uram?: number; bram: number }) =>
  placed(hardware, "xcup", true, { lut: 1e6, ...room });
const styles = (hw: typeof hardware) =>
  [...emit(hw, cellSources(), {})].flatMap(([path, verilog]) =>
    path.startsWith("rtl/kept_") && !path.includes("axis_") ? (verilog.match(/\w+_STYLE\("\w+"\)/g) ?? []) : [],
  );

test("a design that fits stays as it is, and so does one that does not fit either way", () => {
  expect(before.bram).toBeGreaterThan(3);
  expect(at({ bram: before.bram })).toBe(hardware);
  expect(at({ bram: 0, lut: before.lut })).toBe(hardware);
  expect(placed(hardware, "ecp5", true, { lut: 1e6, bram: 0 })).toBe(hardware);
  expect(styles(hardware)).toEqual([]);
});

test("as few memories as it takes, the cheapest first, told in the files and counted", () => {
  const one = at({ bram: before.bram - 1 });
  // Constants that are loaded stay.
  const rooms = Array.from({ length: before.bram }, (_, bram) => at({ bram }));
  const all = rooms.find((hw) => hw !== hardware)!;
  expect(styles(one)).toHaveLength(1);
  expect(styles(all).length).toBeGreaterThan(1);
  expect(new Set(styles(all))).toContain('RAM_STYLE("distributed")');
  const cost = (hw: typeof hardware) => estimateLayers(hw, "xcup", true).total;
  expect(cost(one).bram).toBeLessThan(before.bram);
  expect(cost(all).bram).toBe(rooms.indexOf(all));
  const price = (hw: typeof hardware) => (cost(hw).lut - before.lut) / (before.bram - cost(hw).bram);
  expect(price(one)).toBeLessThanOrEqual(price(all));
  // The timing is that of the design as it was.
  expect(all.latency).toEqual(hardware.latency);
});

test("no more LUT RAM than the device has", () => {
  const few = at({ bram: before.bram - 1, lutram: 64 });
  expect(styles(few).filter((s) => s.includes("distributed"))).toEqual([]);
});

test("UltraRAM that is left comes first, where it saves the most block RAM", () => {
  const uram = before.uram ?? 0;
  const one = at({ bram: before.bram - 1, uram: uram + 2 });
  expect(styles(one)).toEqual(['RAM_STYLE("ultra")']);
  const cost = estimateLayers(one, "xcup", true).total;
  expect(cost.uram).toBeGreaterThan(uram);
  expect(cost.uram).toBeLessThanOrEqual(uram + 2);
  expect(cost.bram).toBeLessThan(before.bram);
  // None is left: lookup tables.
  expect(styles(at({ bram: before.bram - 1, uram })).filter((s) => s.includes("ultra"))).toEqual([]);
});
