// Random PyTorch modules, exported, against the float reference and the integers of the compiler.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load, readNpy, toIntegers } from "../../generator/index.ts";
import type { Graph } from "../../generator/ir/graph.ts";
import type { IntTensor } from "../../generator/ir/tensor.ts";
import { realInput, runFloat, runInteger } from "../../golden/index.ts";

/** Debian's own, for which `scripts/setup --torch` installs PyTorch. */
export const python = "/usr/bin/python3";

export const hasTorch = (): boolean => spawnSync(python, ["-c", "import torch"]).status === 0;

/** Largest difference of a float result from PyTorch's, relative to the output's largest value (1 at least). */
export const FLOAT_BOUND = 1e-4;
/** Bits of every edge and weight for the integers: enough that what remains is rounding, not resolution. */
export const BITS = 14;
/**
 * Root mean square of the integers' error relative to that of the output around its mean, over all images. Random
 * networks have no margin to a decision; layer by layer the steps add up.
 */
export const INTEGER_BOUND = 0.02;
/** How far below the largest result, in its size, one may lie that the integers take for it. */
export const CLASS_BOUND = 0.02;

export interface Difference {
  readonly seed: number;
  readonly what: string;
}

export interface Compared {
  readonly networks: number;
  readonly layers: ReadonlyMap<string, number>;
  readonly outputs: number;
  readonly values: number;
  /** Largest relative difference of the float reference. */
  readonly float: number;
  /** Largest relative error of the integers, and the share of classes that argmax gives alike. */
  readonly integer: number;
  readonly classes: { readonly same: number; readonly all: number };
  /** Networks with an activation where stage 4 takes none (AN4004). */
  readonly floatOnly: number;
  /** Modules with a flattened map where its order would show: the exporter refuses them. */
  readonly refused: number;
  readonly differences: readonly Difference[];
}

interface Tally {
  networks: number;
  layers: Map<string, number>;
  outputs: number;
  values: number;
  float: number;
  integer: number;
  classes: { same: number; all: number };
  floatOnly: number;
  refused: number;
  differences: Difference[];
}

/** Compares `count` modules of the seeds from `seed` on; PyTorch must be there. Throws where Python ends badly. */
export function compareModules(seed: number, count: number, onModule?: (done: number) => void): Compared {
  const tally: Tally = {
    networks: 0,
    layers: new Map(),
    outputs: 0,
    values: 0,
    float: 0,
    integer: 0,
    classes: { same: 0, all: 0 },
    floatOnly: 0,
    refused: 0,
    differences: [],
  };
  const dir = mkdtempSync(join(tmpdir(), "addernet-torch-"));
  try {
    const script = join(import.meta.dirname, "modules.py");
    const made = spawnSync(python, ["-W", "ignore", script, "--seed", `${seed}`, "--count", `${count}`, dir], {
      encoding: "utf8",
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
      maxBuffer: 2 ** 26,
    });
    if (made.status !== 0) throw new Error(`modules.py: ${made.stderr}`);
    for (const line of made.stdout.trim().split("\n")) {
      const [name, ...rest] = line.split(" ");
      const said = rest.join(" ");
      tally.networks++;
      // Their order on the stream is another; the exporter says so (docs/format.md, layout).
      if (/flattened map|another order/.test(said)) tally.refused++;
      else if (said !== "exported") tally.differences.push({ seed: Number(name), what: said });
      else {
        try {
          compareOne(join(dir, name!), Number(name), tally);
        } catch (e) {
          tally.differences.push({ seed: Number(name), what: e instanceof Error ? e.message : String(e) });
        }
      }
      onModule?.(tally.networks);
    }
    return tally;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function graphOf(dir: string): Graph {
  const read = (path: string) => readFileSync(join(dir, path));
  const loaded = load(read("network.json").toString(), read);
  if (loaded.ok) return loaded.value.graph;
  const { code, message, expected = "", found = "" } = loaded.diagnostics[0]!;
  throw new Error(`${code} ${message}: ${expected}, not ${found}`);
}

/** Rows of a file of outputs, one an image. */
function rowsOf(file: string, images: number): Float64Array[] {
  const { data } = readNpy(readFileSync(file));
  const all = Float64Array.from(data);
  const size = all.length / images;
  return Array.from({ length: images }, (_, i) => all.subarray(i * size, (i + 1) * size));
}

const largest = (rows: readonly Float64Array[]): number =>
  rows.reduce((max, row) => row.reduce((m, v) => Math.max(m, Math.abs(v)), max), 0);

function compareOne(dir: string, seed: number, tally: Tally): void {
  const graph = graphOf(dir);
  for (const node of graph.nodes) tally.layers.set(node.kind, (tally.layers.get(node.kind) ?? 0) + 1);
  const stored = readNpy(readFileSync(join(dir, "images.npy")));
  const count = stored.shape[0]!;
  const size = stored.data.length / count;
  const images = Array.from({ length: count }, (_, i): IntTensor => {
    const data = Int32Array.from(stored.data.subarray(i * size, (i + 1) * size));
    return { shape: graph.input.shape, data };
  });
  const wanted = graph.outputs.map((_, o) => rowsOf(join(dir, `output_${o}.npy`), count));
  if (existsSync(join(dir, `output_${graph.outputs.length}.npy`))) throw new Error("an output is missing");
  const float = images.map((image) => runFloat(graph, realInput(graph.input, image)));
  const quantized = toIntegers(graph, images, { bits: BITS, joinBits: BITS, productBits: BITS, method: "max" });
  const faults = quantized.ok ? [] : quantized.diagnostics.filter((d) => d.severity === "error");
  if (faults.some((d) => d.code !== "AN4004")) throw new Error(faults.map((d) => `${d.code} ${d.message}`).join("; "));
  // An activation that stage 4 says it cannot place: the float reference is compared alone.
  if (!quantized.ok) tally.floatOnly++;
  const net = quantized.ok ? quantized.value : undefined;
  const integer = net && images.map((image) => runInteger(net, image));
  const integersOf = (o: number) => {
    const edge = net!.edges[net!.outputs[o]!]!;
    return integer!.map((r) =>
      Float64Array.from(r.get(net!.outputs[o]!)!.data, (q) => (q - edge.zeroPoint) * edge.scale),
    );
  };
  graph.outputs.forEach((name, o) => {
    const rows = wanted[o]!;
    const node = graph.nodes.find((n) => n.name === name);
    const differ = (what: string) => tally.differences.push({ seed, what });
    tally.outputs++;
    tally.values += rows.length * rows[0]!.length;
    if (node?.kind === "argmax") {
      const results = float.map((r) => r.get(node.inputs[0]!)!.data);
      const found = float.map((r) => r.get(name)!.data);
      compareClasses(found, rows, results, FLOAT_BOUND, `float "${name}"`, differ);
      if (!integer) return;
      const classes = integersOf(o);
      compareClasses(classes, rows, results, CLASS_BOUND, `integers of "${name}"`, differ);
      tally.classes.all += rows.length;
      tally.classes.same += rows.filter((row, i) => row[0] === classes[i]![0]).length;
      return;
    }
    const found = float.map((r) => r.get(name)!.data);
    const gap = compareRows(found, rows) / Math.max(1, largest(rows));
    tally.float = Math.max(tally.float, gap);
    if (!(gap <= FLOAT_BOUND)) differ(`float "${name}" differs by ${gap} of its size`);
    if (!integer) return;
    const error = relativeError(integersOf(o), rows);
    tally.integer = Math.max(tally.integer, error);
    if (!(error <= INTEGER_BOUND)) differ(`integers of "${name}" differ by ${error}`);
  });
}

/**
 * A class is right where its result is as large as the one that PyTorch took, up to `bound` of the results' size:
 * among equal ones the noise of doubles decides.
 */
function compareClasses(
  found: readonly Float64Array[],
  wanted: readonly Float64Array[],
  results: readonly Float64Array[],
  bound: number,
  what: string,
  differ: (what: string) => void,
): void {
  for (const [i, [right]] of wanted.entries()) {
    const [mine] = found[i]!;
    const all = results[i]!;
    const gap = Math.abs(all[right!]! - all[mine!]!) / Math.max(1, largest([all]));
    if (!(gap <= bound)) differ(`${what}: class ${mine}, not ${right}`);
  }
}

/** Largest difference; infinite where the sizes differ. */
function compareRows(found: readonly Float64Array[], wanted: readonly Float64Array[]): number {
  let gap = 0;
  for (const [i, row] of wanted.entries()) {
    if (found[i]!.length !== row.length) return Number.POSITIVE_INFINITY;
    for (let k = 0; k < row.length; k++) gap = Math.max(gap, Math.abs(found[i]![k]! - row[k]!));
  }
  return gap;
}

function relativeError(found: readonly Float64Array[], wanted: readonly Float64Array[]): number {
  const values = wanted.flatMap((row) => [...row]);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const spread = values.reduce((a, v) => a + (v - mean) ** 2, 0);
  const error = found.flatMap((row) => [...row]).reduce((a, v, i) => a + (v - values[i]!) ** 2, 0);
  // An output that hardly varies: a part of its own size counts, or of the size that the modules' values have, since
  // norms lift the roundings of what does not vary tenfold.
  const size = Math.max(1e-3 * mean * mean, 2.5e-3) * values.length;
  return Math.sqrt(error / Math.max(spread, size));
}
