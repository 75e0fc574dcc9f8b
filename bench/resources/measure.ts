// Synthesizes every cell of templates/ alone at the points of points.ts and keeps what it takes, one file a family.
//
//   npx tsx bench/resources/measure.ts [--families ice40,ecp5] [--cells axis_sad] [--every N] [--redo]
//
// --every N: of each cell's points every N-th, for families that are like one that is measured whole (fit.ts).
// Yosys is the npm package (--native: this machine's program; keep such results apart with --folder). The run can be broken off at any time: measured points are kept and not measured again.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { withSubcells } from "../../generator/cells/closure.ts";
import { structureOf } from "../../generator/cells/index.ts";
import { cellSources } from "../../generator/cli/files.ts";
import { none, plus } from "../../generator/device/flow/netlist.ts";
import { runTool } from "../../generator/device/flow/tools.ts";
import { type Cost, FAMILIES, type Family, families } from "../../generator/targets/index.ts";
import { type Point, points } from "./points.ts";

const root = join(import.meta.dirname, "..", "..");
const sources = cellSources();

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

const minus = (a: Cost, b: Cost): Cost => ({
  lut: a.lut - b.lut,
  ff: a.ff - b.ff,
  carry: a.carry - b.carry,
  bram: a.bram - b.bram,
  dsp: a.dsp - b.dsp,
});

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

/**
 * Cells without a deep path of their own. Alone they would be mapped for the depth of their controls, at several
 * lookup tables a bit where one does; in a design other paths are the deepest. So a deep path stands beside them.
 */
const SHALLOW = ["axis_widen", "axis_sumpool", "axis_replay"];

/** A path of 16 levels between registers. */
const deepPath = `
    (* keep *) reg [63:0] beside_q;
    wire [16:0] beside;
    assign beside[0] = beside_q[63];
    genvar beside_i;
    generate for (beside_i = 0; beside_i < 16; beside_i = beside_i + 1) begin : g_beside
        assign beside[beside_i+1] = beside_q[3*beside_i] ? beside[beside_i] ^ beside_q[3*beside_i+1]
                                                         : beside[beside_i] & beside_q[3*beside_i+2];
    end endgenerate
    always @(posedge clk) beside_q <= {beside_q[62:0], beside[16]};
`;

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
    const cell = instantiate(readFileSync(path, "utf8"), p, `point_${i}`, files);
    return SHALLOW.includes(p.cell) ? cell.replace(/endmodule(?![\s\S]*endmodule)/, `${deepPath}endmodule`) : cell;
  });
  const used = withSubcells(
    todo.filter((p) => !p.cell.startsWith("bench_")).map((p) => p.cell),
    sources,
  );
  text.push(...used.map((c) => sources.get(c)!));
  text.push(`module point_beside (input wire clk);${deepPath}endmodule`);
  const uses = [...todo.keys(), "beside"].map((i) => `    (* keep *) point_${i} u_${i}();`);
  files.set("points.v", `${text.join("\n")}\n\`default_nettype wire\nmodule points;\n${uses.join("\n")}\nendmodule\n`);
  // The points stay modules of their own, with all that they instantiate.
  const apart = "setattr -mod -set keep_hierarchy 1 point_*";
  const synth = families[family].synth(dsp).replaceAll("TOP", "points");
  files.set(
    "measure.ys",
    [
      `read_verilog ${families[family].ternary ? "-DTERNARY_PRIMITIVES " : ""}points.v`,
      apart,
      synth,
      "tee -q -o stat.json stat -json",
    ].join("\n"),
  );
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
  const costOfModule = (i: number | string) => costOf(family, stat.modules[`\\point_${i}`].num_cells_by_type);
  return {
    yosys: String(stat.creator).replace(/ \(.*/, ""),
    got: todo.map((p, i) => {
      const cost = costOfModule(i);
      return {
        ...p,
        cost: SHALLOW.includes(p.cell) ? minus(cost, costOfModule("beside")) : cost,
        memories: memories[i]!,
      };
    }),
  };
}

/** Of each cell's points, those with the same parameters and multipliers, every n-th. */
function thinned(n: number): Point[] {
  const seen = new Map<string, number>();
  return points.filter((p) => {
    const kind = JSON.stringify([p.cell, p.dsp ?? null, p.params.L1, p.params.MODE, Object.keys(p.params)]);
    const at = seen.get(kind) ?? 0;
    seen.set(kind, at + 1);
    return at % n === 0;
  });
}

/**
 * Yosys 0.55 maps a memory that is read where it is written to an UltraScale LUT RAM of 2^16 words, for which its library
 * has no cell; no board of that family has the serial line that needs it.
 */
const fails = (family: Family, p: Point): boolean => family === "xcup" && p.cell === "serial_frame";

/** Forms of cells that are built for families with wider tables alone. */
const isBuilt = (family: Family, { params }: Point): boolean =>
  !(params.TERNARY && !families[family].ternary) && !(params.TABLE && !families[family].lut6);

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      families: { type: "string", default: FAMILIES.join(",") },
      cells: { type: "string" },
      every: { type: "string", default: "1" },
      redo: { type: "boolean", default: false },
      native: { type: "boolean", default: false },
      folder: { type: "string", default: import.meta.dirname },
    },
  });
  mkdirSync(values.folder, { recursive: true });
  const only = values.cells?.split(",");
  for (const family of values.families.split(",") as Family[]) {
    const before = readMeasurements(family, values.folder);
    const have = new Map((before?.points ?? []).map((p) => [keyOf(p), p]));
    let yosys = before?.yosys ?? "";
    const wanted = thinned(Number(values.every)).filter(
      (p) => (!only || only.includes(p.cell)) && !fails(family, p) && isBuilt(family, p),
    );
    const todo = wanted.filter((p) => values.redo || !have.has(keyOf(p)));
    for (const dsp of [false, true]) {
      // Where the tool infers no multipliers both are one synthesis.
      const { synth } = families[family];
      const twin = (p: Point) =>
        dsp && synth(true) === synth(false) ? have.get(keyOf({ ...p, dsp: false })) : undefined;
      for (const p of todo) {
        const other = p.dsp === dsp ? twin(p) : undefined;
        if (other) have.set(keyOf(p), { ...other, dsp });
      }
      const same = todo.filter((p) => (p.dsp ?? false) === dsp && !twin(p));
      for (let i = 0; i < same.length; i += BATCH) {
        const started = performance.now();
        const batch = same.slice(i, i + BATCH);
        const { yosys: tool, got } = await measure(family, dsp, batch, values.native);
        yosys = tool;
        for (const m of got) have.set(keyOf(m), m);
        write({ family, yosys, points: points.flatMap((p) => have.get(keyOf(p)) ?? []) }, values.folder);
        console.log(`${family}: ${batch.length} points in ${((performance.now() - started) / 1000).toFixed(0)} s`);
      }
    }
    write({ family, yosys, points: points.flatMap((p) => have.get(keyOf(p)) ?? []) }, values.folder);
    console.log(`${family}: ${have.size} points`);
  }
}
