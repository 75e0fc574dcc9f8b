// The resource model against the syntheses that it is fitted to, and those against the cells as they are now.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { errors, fitAll, nonNegative } from "../bench/resources/fit.ts";
import { keyOf, type Measurements, readMeasurements } from "../bench/resources/measure.ts";
import { points } from "../bench/resources/points.ts";
import { cells, structureOf } from "../generator/cells/index.ts";
import { none } from "../generator/device/flow/netlist.ts";
import { mapMemory } from "../generator/device/model/memory.ts";
import { estimateCell, modelOf } from "../generator/device/model/model.ts";
import { FAMILIES } from "../generator/targets/index.ts";

const root = join(import.meta.dirname, "..");
const measured = FAMILIES.flatMap((f) => readMeasurements(f) ?? []);

/** Bounds of the relative errors of LUTs and flip-flops, a cell's mean and its worst point. */
const BOUNDS = { mean: 0.15, most: 0.35 } as const;
/**
 * Products in DSP blocks take in registers and additions by rules that are not modelled; a fork or a count is a handful of lookup
 * tables; and on Gowin all products are logic, shared by chance where they are by constants.
 */
const LOOSE = { mean: 0.4, most: 0.75 } as const;
const looseCells = ["axis_fork", "axis_last"];
const looseIn: Readonly<Record<string, readonly string[]>> = {
  gowin: ["axis_add", "axis_mac", "axis_sequence", "uart_rx", "uart_tx"],
};
/** Families with few points, whose cells are scaled from another's: their arrays are held to the bounds all the same. */
const thin = (m: Measurements): boolean => {
  const others = (list: readonly { readonly cell: string }[]) => list.filter((p) => p.cell !== "axis_sad").length;
  return 2 * others(m.points) < others(points);
};
const loose = (m: Measurements, variant: string): boolean =>
  variant.endsWith("/dsp") ||
  looseCells.includes(variant) ||
  looseIn[m.family]?.includes(variant) === true ||
  (thin(m) && !variant.startsWith("axis_sad"));

test("the committed coefficients are those of the committed measurements", () => {
  const fresh = fitAll(readMeasurements);
  for (const f of FAMILIES) expect(modelOf(f)).toEqual(fresh[f]);
});

describe.each(measured.map((m) => [m.family, m] as const))("%s", (_, m) => {
  test("estimates are within their bounds", () => {
    const found = errors(m, modelOf(m.family));
    expect(found.size).toBeGreaterThan(0);
    for (const [variant, e] of found) {
      const { mean, most } = loose(m, variant) ? LOOSE : BOUNDS;
      for (const [kind, [m1, m2]] of [["LUT", e.lut] as const, ["flip-flops", e.ff] as const]) {
        expect.soft(m1, `${variant}, ${kind}, mean`).toBeLessThan(mean);
        expect.soft(m2, `${variant}, ${kind}, most`).toBeLessThan(most);
      }
    }
  });
  test("every memory is mapped as the tool maps it, block RAM by block RAM", () => {
    for (const p of m.points) {
      const { ROWS: rows, BITS: bits, CHECKED } = p.params;
      const memories = p.cell.startsWith("bench_")
        ? [
            {
              name: "",
              rows: rows!,
              bits: bits!,
              checked: CHECKED === 1,
              ...(p.cell === "bench_rom" ? { file: "MEM_FILE" as const } : {}),
            },
          ]
        : structureOf(p.cell, p.params)!.memories;
      const blocks = memories
        .map((x) => ({ x, at: mapMemory(m.family, x) }))
        .reduce((n, { x, at }) => n + (at.kind === "block" ? at.takes * (x.copies ?? 1) : 0), 0);
      expect.soft(blocks, keyOf(p)).toBe(p.cost.bram);
    }
  });
  test("DSP blocks are counted as the tool infers them", () => {
    for (const p of m.points)
      if (p.dsp !== undefined)
        expect.soft(estimateCell(p.cell, p.params, m.family, p.dsp).dsp, keyOf(p)).toBe(p.cost.dsp);
  });
  test("arrays have their register behind weights of more than 1024 rows", () => {
    const deep = m.points.filter((p) => p.dsp !== true && (p.params.SF ?? 0) * (p.params.NF ?? 0) > 1024);
    expect(deep.length).toBeGreaterThan(0);
    for (const p of deep) {
      const { ff } = estimateCell(p.cell, p.params, m.family, false);
      expect.soft(Math.abs(ff / p.cost.ff - 1), keyOf(p)).toBeLessThan(0.1);
    }
  });
  test("measured parameters exist in the cells", () => {
    for (const p of m.points) {
      const bench = p.cell.startsWith("bench_");
      const text = readFileSync(join(root, bench ? "bench/resources" : "templates", `${p.cell}.v`), "utf8");
      const signature = cells.find((c) => c.module === p.cell);
      for (const name of Object.keys(p.params)) {
        expect(text).toMatch(new RegExp(`parameter integer ${name}\\b`));
        if (signature) expect(Object.keys(signature.params)).toContain(name);
      }
    }
  });
});

test("at least one family is measured at all points that there are", () => {
  const complete = measured.filter((m) => {
    const have = new Set(m.points.map(keyOf));
    return points.every((p) => have.has(keyOf(p)));
  });
  expect(complete.map((m) => m.family)).not.toEqual([]);
});

/** Parameters of cells without a measurement. */
const counted: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  axis_frames: { WIDTH: 16, GROUPS: 2, PIXELS: 49, INNER: 4, TIMES: 1 },
  axis_requant_serial: {
    ...{ LANES: 1, BEATS: 10, IN_BITS: 12, IN_SIGNED: 0, M_BITS: 16, B_BITS: 26, SHIFT: 17, OUT_BITS: 8 },
    ...{ CLAMP: 1, LO: 0, HI: 255, NEG: 0, PIVOT: 0 },
  },
};

test("every cell that the compiler instantiates has an estimate in every family", () => {
  for (const { module, like = module } of cells) {
    const point = points.find((p) => p.cell === like);
    // Wires are nothing to measure.
    if (module === "axis_pick") {
      for (const f of FAMILIES) expect(estimateCell(module, {}, f, true)).toEqual(none);
      continue;
    }
    // What is plain is counted, not measured.
    const params = point?.params ?? counted[module];
    expect(params, module).toBeDefined();
    if (!point) expect(structureOf(module, params!)?.plain, module).toBe(true);
    for (const f of FAMILIES)
      for (const dsp of [true, false]) {
        const cost = estimateCell(module, params!, f, dsp);
        for (const v of Object.values(cost)) expect(v >= 0 && Number.isFinite(v)).toBe(true);
      }
  }
});

test("a memory is where the compiler puts it, whatever the tool would choose", () => {
  const kind = (rows: number, style?: "block" | "logic") =>
    mapMemory("ecp5", { name: "", rows, bits: 8, file: "MEM_FILE", ...(style ? { style } : {}) }).kind;
  expect([kind(64), kind(64, "block")]).toEqual(["logic", "block"]);
  expect([kind(2048), kind(2048, "logic")]).toEqual(["block", "logic"]);
  const { params } = points.find((p) => p.cell === "axis_sad")!;
  const blocks = (styles: Record<string, "block" | "logic">) =>
    estimateCell("axis_sad", params, "ecp5", false, styles).bram;
  expect(blocks({})).toBe(0);
  expect(blocks({ MEM_STYLE: "block" })).toBe(1);
});

test("least squares without negative values", () => {
  const a = [
    [1, 0],
    [1, 1],
    [1, 2],
    [1, 3],
  ];
  const exact = nonNegative(a, [2, 5, 8, 11]);
  expect(exact[0]).toBeCloseTo(2);
  expect(exact[1]).toBeCloseTo(3);
  // The best slope is negative: then none.
  const flat = nonNegative(a, [8, 6, 4, 2]);
  expect(flat[1]).toBe(0);
  expect(flat[0]).toBeCloseTo(5);
});
