// Coefficients of the resource model from the measurements beside this file, by least squares without negative values.
//
//   npx tsx bench/resources/fit.ts           writes generator/device/model/coefficients.json, prints the errors
//   npx tsx bench/resources/fit.ts --check   prints the errors only
//
// Two errors for each cell: on the points that its coefficients are fitted to, and on each point with coefficients
// fitted to the others, which is what to expect of parameters that nobody measured.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { structureOf } from "../../generator/cells/index.ts";
import type { Structure } from "../../generator/cells/structure.ts";
import {
  type Coefficients,
  type FamilyModel,
  type Features,
  featuresOf,
  type MemoryLogic,
  memoryLuts,
  predict,
  tableInputs,
  tablesOf,
  variantOf,
} from "../../generator/device/model/features.ts";
import { mapMemory } from "../../generator/device/model/memory.ts";
import { type Cost, FAMILIES, type Family } from "../../generator/targets/index.ts";
import { type Measured, type Measurements, readMeasurements } from "./measure.ts";

const file = join(import.meta.dirname, "..", "..", "generator", "device", "model", "coefficients.json");

/** x >= 0 that makes |A x - b| least: coordinate descent on the normal equations. */
export function nonNegative(a: readonly (readonly number[])[], b: readonly number[]): number[] {
  const n = a[0]?.length ?? 0;
  const scale = Array.from({ length: n }, (_, j) => Math.hypot(...a.map((r) => r[j]!)) || 1);
  const q = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => a.reduce((s, r) => s + (r[i]! * r[j]!) / (scale[i]! * scale[j]!), 0)),
  );
  const c = Array.from({ length: n }, (_, i) => a.reduce((s, r, k) => s + (r[i]! * b[k]!) / scale[i]!, 0));
  const x = new Array<number>(n).fill(0);
  for (let round = 0; round < 20000; round++) {
    let moved = 0;
    for (let i = 0; i < n; i++) {
      if (q[i]![i]! < 1e-12) continue;
      const rest = q[i]!.reduce((s, v, j) => s + (j === i ? 0 : v * x[j]!), 0);
      const next = Math.max(0, (c[i]! - rest) / q[i]![i]!);
      moved = Math.max(moved, Math.abs(next - x[i]!));
      x[i] = next;
    }
    if (moved < 1e-10) break;
  }
  return x.map((v, i) => v / scale[i]!);
}

/** Below so many of a resource an error is counted as if there were so many: single gates are no share of anything. */
const FLOOR = 16;
const relative = (got: number, want: number): number => Math.abs(got - want) / Math.max(want, FLOOR);
const digits = (v: number): number => Number(v.toPrecision(4));

function fitColumns(
  points: readonly { readonly x: Readonly<Record<string, number>>; readonly y: number }[],
): Record<string, number> {
  const names = [...new Set(points.flatMap((p) => Object.keys(p.x)))].filter((k) => points.some((p) => p.x[k]));
  const weight = points.map((p) => 1 / Math.max(p.y, FLOOR));
  const x = nonNegative(
    points.map((p, i) => names.map((k) => (p.x[k] ?? 0) * weight[i]!)),
    points.map((p, i) => p.y * weight[i]!),
  );
  return Object.fromEntries(names.flatMap((k, i) => (x[i]! > 1e-9 ? [[k, digits(x[i]!)]] : [])));
}

/** Lookup tables of memories in logic, from bench_rom and bench_ram. */
function fitMemory(family: Family, points: readonly Measured[]): MemoryLogic {
  const inputs = tableInputs(family);
  const logs: [number, number][] = [];
  const choices: { x: { choice: number; register: number }; y: number }[] = [];
  for (const { cell, params, cost } of points) {
    const [rows, bits] = [params.ROWS!, params.BITS!];
    const rom = cell === "bench_rom";
    const m = mapMemory(family, {
      name: "",
      rows,
      bits,
      ...(rom ? { file: "MEM_FILE" as const } : {}),
      checked: params.CHECKED === 1,
    });
    const tables = tablesOf(rows, inputs, family);
    if (m.kind === "logic" && rom && tables > 1) logs.push([Math.log(tables), Math.log(cost.lut / bits)]);
    else if (m.kind === "logic" && !rom) choices.push({ x: { choice: 0, register: rows * bits }, y: cost.lut });
    else if (m.choice > 0)
      choices.push({ x: { choice: m.choice, register: 0 }, y: cost.lut - (m.kind === "distributed" ? m.takes : 0) });
  }
  const n = logs.length || 1;
  const [mx, my] = [0, 1].map((k) => logs.reduce((s, l) => s + l[k as 0 | 1], 0) / n) as [number, number];
  const power =
    logs.reduce((s, [x, y]) => s + (x - mx) * (y - my), 0) / (logs.reduce((s, [x]) => s + (x - mx) ** 2, 0) || 1);
  const linear = fitColumns(choices);
  return {
    inputs,
    factor: digits(Math.exp(my - power * mx)),
    power: digits(power),
    register: linear.register ?? 1,
    choice: linear.choice ?? 1,
  };
}

function groupBy<T>(list: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of list) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

const isMemory = (p: Measured): boolean => p.cell.startsWith("bench_");

/** The measured cells by the name of their coefficients. */
const grouped = (m: Measurements): Map<string, Grouped[]> =>
  groupBy(
    m.points
      .filter((p) => !isMemory(p))
      .map((p) => {
        const structure = structureOf(p.cell, p.params)!;
        return { ...p, structure, f: featuresOf(structure, m.family, p.dsp ?? false) };
      }),
    (p) => variantOf(p.structure, p.f),
  );

type Grouped = Measured & { readonly structure: Structure; readonly f: Features };

const fitCell = (list: readonly Grouped[], memory: MemoryLogic, family: Family): Coefficients => ({
  lut: fitColumns(list.map((p) => ({ x: p.f.logic, y: Math.max(0, p.cost.lut - memoryLuts(p.f, memory, family)) }))),
  carry: fitColumns(list.map((p) => ({ x: p.f.logic, y: p.cost.carry }))),
  ff: fitColumns(list.map((p) => ({ x: p.f.ff, y: Math.max(0, p.cost.ff - p.f.memoryFf) }))),
});

/** The family that one is like, as far as its model goes, and its points by variant. */
export interface Near {
  readonly model: FamilyModel;
  readonly points: ReadonlyMap<string, number>;
}

/** Another family's coefficients times what fits this one's points: one factor for each resource. */
function scaleCell(list: readonly Grouped[], near: Coefficients, memory: MemoryLogic, family: Family): Coefficients {
  const scaled = (
    kind: "lut" | "carry" | "ff",
    of: (p: Grouped) => readonly [Readonly<Record<string, number>>, number],
  ) => {
    const { all = 0 } = fitColumns(
      list.map((p) => {
        const [x, y] = of(p);
        return { x: { all: Object.entries(near[kind]).reduce((n, [k, v]) => n + v * (x[k] ?? 0), 0) }, y };
      }),
    );
    return Object.fromEntries(Object.entries(near[kind]).map(([k, v]) => [k, digits(v * all)]));
  };
  return {
    lut: scaled("lut", (p) => [p.f.logic, Math.max(0, p.cost.lut - memoryLuts(p.f, memory, family))]),
    carry: scaled("carry", (p) => [p.f.logic, p.cost.carry]),
    ff: scaled("ff", (p) => [p.f.ff, Math.max(0, p.cost.ff - p.f.memoryFf)]),
  };
}

/** Coefficients of one variant: of its own, or scaled where the family that it is like has twice the points. */
function coefficientsOf(variant: string, list: readonly Grouped[], memory: MemoryLogic, family: Family, near?: Near) {
  const other = near?.model.cells[variant];
  return other && 2 * list.length <= (near.points.get(variant) ?? 0)
    ? scaleCell(list, other, memory, family)
    : fitCell(list, memory, family);
}

export function fitModel(m: Measurements, near?: Near): FamilyModel {
  const memory = fitMemory(m.family, m.points.filter(isMemory));
  const cells = Object.fromEntries(
    [...grouped(m)].map(([variant, list]) => [variant, coefficientsOf(variant, list, memory, m.family, near)] as const),
  );
  return { yosys: m.yosys, memory, cells };
}

export interface Errors {
  readonly points: number;
  /** Mean and largest relative error of LUTs and of flip-flops. */
  readonly lut: readonly [mean: number, most: number];
  readonly ff: readonly [mean: number, most: number];
  /** Points whose block RAMs or DSP blocks are not exact, as text. */
  readonly wrong: readonly string[];
}

function spread(pairs: readonly { readonly got: Cost; readonly want: Cost }[], of: "lut" | "ff") {
  const all = pairs.map(({ got, want }) => relative(got[of], want[of]));
  return [all.reduce((a, b) => a + b, 0) / (all.length || 1), Math.max(0, ...all)] as const;
}

/** Errors of a model against measurements, by variant of a cell. */
export function errors(m: Measurements, model: FamilyModel): Map<string, Errors> {
  return errorsOf(m, () => model);
}

/** The same, each point by coefficients that are fitted to the others; a cell's only point has none. */
export function errorsLeftOut(m: Measurements, model: FamilyModel, near?: Near): Map<string, Errors> {
  return errorsOf(m, (variant, list, p) => {
    const others = list.filter((o) => o !== p);
    if (others.length === 0) return undefined;
    const coefficients = coefficientsOf(variant, others, model.memory, m.family, near);
    return { ...model, cells: { ...model.cells, [variant]: coefficients } };
  });
}

function errorsOf(
  m: Measurements,
  modelFor: (variant: string, list: readonly Grouped[], p: Grouped) => FamilyModel | undefined,
): Map<string, Errors> {
  const found = new Map<string, Errors>();
  for (const [variant, list] of grouped(m)) {
    const at = list.flatMap((p) => {
      const model = modelFor(variant, list, p);
      return model ? [{ p, got: predict(p.structure, m.family, p.dsp ?? false, model)!, want: p.cost }] : [];
    });
    found.set(variant, {
      points: at.length,
      lut: spread(at, "lut"),
      ff: spread(at, "ff"),
      wrong: at.flatMap(({ p: { cell, params, dsp }, got, want }) =>
        got.bram === want.bram && got.dsp === want.dsp
          ? []
          : [
              `${JSON.stringify({ cell, params, dsp })}: ${want.bram} block RAMs, estimated ${got.bram}; ${want.dsp} DSP blocks, estimated ${got.dsp}`,
            ],
      ),
    });
  }
  return found;
}

/** Means over all points of a family, and the largest. */
function overall(found: ReadonlyMap<string, Errors>): Errors {
  const list = [...found.values()];
  const points = list.reduce((n, e) => n + e.points, 0);
  const of = (k: "lut" | "ff") =>
    [list.reduce((n, e) => n + e[k][0] * e.points, 0) / points, Math.max(...list.map((e) => e[k][1]))] as const;
  return { points, lut: of("lut"), ff: of("ff"), wrong: list.flatMap((e) => e.wrong) };
}

/** The family that is asked where one is not measured. */
const alike: Readonly<Partial<Record<Family, Family>>> = {
  nexus: "ecp5",
  xcup: "xc7",
  intel: "xc7",
  gowin: "ice40",
  ecp5: "ice40",
  xc7: "ice40",
};

/** What is known of the family that one is like. */
export function nearOf(
  family: Family,
  models: Readonly<Record<string, FamilyModel>>,
  read: (family: Family) => Measurements | undefined,
): Near | undefined {
  const other = alike[family];
  const model = other && models[other];
  const m = other && read(other);
  return model && { model, points: new Map(m ? [...grouped(m)].map(([k, list]) => [k, list.length] as const) : []) };
}

/**
 * The models of all families from the measurements there are. What a family lacks is that of the one that it is like,
 * and what it has few points of is scaled from it; memories and multipliers are its own.
 */
export function fitAll(read: (family: Family) => Measurements | undefined): Record<string, FamilyModel> {
  const models = new Map<Family, FamilyModel>();
  const modelOf = (family: Family): FamilyModel => {
    const known = models.get(family);
    if (known) return known;
    const measured = read(family);
    const near = alike[family] && modelOf(alike[family]);
    const own = measured && fitModel(measured, nearOf(family, Object.fromEntries(models), read));
    if (!own && !near) throw new Error(`${family} is not measured`);
    const { cells: nearCells = {}, ...rest } = near ?? own!;
    const model = { ...rest, ...own, cells: { ...nearCells, ...own?.cells } };
    models.set(family, model);
    return model;
  };
  return Object.fromEntries(FAMILIES.map((f) => [f, modelOf(f)]));
}

if (process.argv[1] === import.meta.filename) {
  const models = fitAll(readMeasurements);
  const percent = (v: number) => `${(100 * v).toFixed(1)} %`.padStart(9);
  for (const family of FAMILIES) {
    const m = readMeasurements(family);
    if (!m) continue;
    const [fitted, left] = [
      errors(m, models[family]!),
      errorsLeftOut(m, models[family]!, nearOf(family, models, readMeasurements)),
    ];
    console.log(
      `${family}, ${m.yosys}, ${m.points.length} points: LUT mean and most, flip-flops mean and most; left out`,
    );
    const line = (name: string, e: Errors, l: Errors) =>
      console.log(
        `  ${name.padEnd(18)}${String(e.points).padStart(3)}${[...e.lut, ...e.ff].map(percent).join("")}   ${[...l.lut, ...l.ff].map(percent).join("")}`,
      );
    for (const [variant, e] of fitted) {
      line(variant, e, left.get(variant)!);
      for (const w of e.wrong) console.log(`    ${w}`);
    }
    line("all cells", overall(fitted), overall(left));
  }
  if (!process.argv.includes("--check")) writeFileSync(file, `${JSON.stringify(models, null, 1)}\n`);
}
