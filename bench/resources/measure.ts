// Synthesizes every cell of templates/ alone at the points of points.ts and keeps what it takes, one file a family.
//
//   npx tsx bench/resources/measure.ts [--families ice40,ecp5] [--cells axis_sad] [--redo]
//
// Yosys is the npm package (--native: this machine's program; keep such results apart with --folder). The run can be broken off at any time: measured points are kept and not measured again.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { none, plus } from "../../generator/synth/netlist.ts";
import { structureOf } from "../../generator/synth/structure.ts";
import { runTool } from "../../generator/synth/tools.ts";
import { type Cost, FAMILIES, type Family, families } from "../../generator/targets/index.ts";
import { type Point, points } from "./points.ts";

const root = join(import.meta.dirname, "..", "..");

export interface Measured extends Point {
  readonly cost: Cost;
  /** What the tool made of each memory, by its name in the Verilog. */
  readonly memories: Readonly<Record<string, string>>;
}
export interface Measurements {
  readonly family: Family;
  readonly yosys: string;
  readonly points: readonly Measured[];
}

/** The measurements of a family; undefined where there are none. */
export function readMeasurements(family: Family, folder = import.meta.dirname): Measurements | undefined {
  const file = join(folder, `${family}.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/** One point a line, so that a diff shows what changed. */
function write(m: Measurements, folder: string): void {
  const lines = m.points.map((p) => `    ${JSON.stringify(p)}`).join(",\n");
  const text = `{\n  "family": ${JSON.stringify(m.family)},\n  "yosys": ${JSON.stringify(m.yosys)},\n  "points": [\n${lines}\n  ]\n}\n`;
  const file = join(folder, `${m.family}.json`);
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

/** Words that look random and are the same on every machine. */
function image(rows: number, bits: number): string {
  let state = 0x2545f491;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  const word = () => {
    let w = 0n;
    for (let b = 0; b < bits; b += 32) w = (w << 32n) | BigInt(next());
    return (w & ((1n << BigInt(bits)) - 1n)).toString(16);
  };
  return `${Array.from({ length: rows }, word).join("\n")}\n`;
}

const romOf = (p: Point) =>
  p.cell === "bench_rom"
    ? [{ rows: p.params.ROWS!, bits: p.params.BITS!, file: "MEM_FILE" }]
    : (structureOf(p.cell, p.params)?.memories.filter((m) => m.file) ?? []);

export const keyOf = (p: Point): string => JSON.stringify([p.cell, p.dsp ?? null, Object.entries(p.params).sort()]);

function costOf(family: Family, cells: Readonly<Record<string, number>>): Cost {
  let sum = none;
  for (const [type, n] of Object.entries(cells)) {
    const one = families[family].cells.find(([pattern]) => pattern.test(type))?.[1] ?? {};
    for (let i = 0; i < n; i++) sum = plus(sum, one);
  }
  return sum;
}

/** The cell under a name of its own and with the point's parameters as its defaults. */
function instantiate(source: string, p: Point, name: string, files: Map<string, string>): string {
  let text = source;
  const set = (pattern: RegExp, value: string) => {
    if (!pattern.test(text)) throw new Error(`${p.cell} has no ${pattern}`);
    text = text.replace(pattern, value);
  };
  set(new RegExp(`\\bmodule ${p.cell}\\b`), `module ${name}`);
  for (const [k, v] of Object.entries(p.params))
    set(new RegExp(`(parameter integer ${k}\\s*=\\s*)-?\\d+`), `$1${v < 0 ? `-${-v}` : v}`);
  for (const m of romOf(p)) {
    const file = `rom_${m.rows}x${m.bits}.mem`;
    if (!files.has(file)) files.set(file, image(m.rows, m.bits));
    set(new RegExp(`(parameter\\s+${m.file}\\s*=\\s*)""`), `$1"${file}"`);
  }
  return text;
}

/** Modules of one run of Yosys, which keeps them apart: reading the family's libraries takes longer than most of them. */
const BATCH = 24;

async function measure(
  family: Family,
  dsp: boolean,
  todo: readonly Point[],
  native: boolean,
): Promise<{ yosys: string; got: Measured[] }> {
  const files = new Map<string, string>();
  const text = todo.map((p, i) => {
    const path = p.cell.startsWith("bench_")
      ? join(import.meta.dirname, `${p.cell}.v`)
      : join(root, "templates", `${p.cell}.v`);
    return instantiate(readFileSync(path, "utf8"), p, `point_${i}`, files);
  });
  const uses = todo.map((_, i) => `    (* keep *) point_${i} u_${i}();`);
  files.set("points.v", `${text.join("\n")}\n\`default_nettype wire\nmodule points;\n${uses.join("\n")}\nendmodule\n`);
  // The points stay modules of their own.
  const synth = families[family]
    .synth(dsp)
    .replaceAll("TOP", "points")
    .replace(/ -flatten|; flatten(?=;)/g, "");
  const apart = synth.startsWith("synth_xilinx") ? synth : `${synth} -noflatten`;
  files.set("measure.ys", ["read_verilog points.v", apart, "tee -q -o stat.json stat -json"].join("\n"));
  const memories = todo.map((): Record<string, string> => ({}));
  const run = await runTool("yosys", ["-s", "measure.ys"], files, {
    native,
    onLine: (_, line) => {
      const via = /mapping memory point_(\d+)\.(\S+) via (\S+)/.exec(line);
      const logic = /using FF mapping for memory point_(\d+)\.(\S+)/.exec(line);
      const [, point, name, kind] = via ?? logic ?? [];
      if (point) memories[Number(point)]![name!.replaceAll("\\", "")] = kind?.replace(/^\\/, "") ?? "logic";
    },
  });
  const stat = JSON.parse(new TextDecoder().decode(run.files.get("stat.json")!));
  return {
    yosys: String(stat.creator).replace(/ \(.*/, ""),
    got: todo.map((p, i) => {
      const cells = stat.modules[`\\point_${i}`].num_cells_by_type;
      return { ...p, cost: costOf(family, cells), memories: memories[i]! };
    }),
  };
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      families: { type: "string", default: FAMILIES.join(",") },
      cells: { type: "string" },
      redo: { type: "boolean", default: false },
      native: { type: "boolean", default: false },
      folder: { type: "string", default: import.meta.dirname },
    },
  });
  mkdirSync(values.folder, { recursive: true });
  const only = values.cells?.split(",");
  for (const family of values.families.split(",") as Family[]) {
    const have = new Map((readMeasurements(family, values.folder)?.points ?? []).map((p) => [keyOf(p), p]));
    const wanted = points.filter((p) => !only || only.includes(p.cell));
    const todo = wanted.filter((p) => values.redo || !have.has(keyOf(p)));
    for (const dsp of [false, true]) {
      const same = todo.filter((p) => (p.dsp ?? false) === dsp);
      for (let i = 0; i < same.length; i += BATCH) {
        const started = performance.now();
        const batch = same.slice(i, i + BATCH);
        const { yosys, got } = await measure(family, dsp, batch, values.native);
        for (const m of got) have.set(keyOf(m), m);
        write({ family, yosys, points: points.flatMap((p) => have.get(keyOf(p)) ?? []) }, values.folder);
        console.log(`${family}: ${batch.length} points in ${((performance.now() - started) / 1000).toFixed(0)} s`);
      }
    }
    console.log(`${family}: ${have.size} points`);
  }
}
