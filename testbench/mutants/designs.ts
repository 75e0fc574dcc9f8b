// Small designs whose wiring and memories are made wrong, and what verification says of them.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type BuildOptions, load, type QuantizedNetwork, toHardware, toIntegers } from "../../generator/index.ts";
import type { QuantizedNode } from "../../generator/ir/quantized.ts";
import { probeDesign, type VerifyOptions, verify } from "../../generator/verify/verify.ts";
import { runInteger } from "../../golden/index.ts";
import { imagesOf } from "../fuzz/case.ts";
import { temporaryFolder } from "../lib/children.ts";
import { BuildError, type Design } from "../lib/index.ts";
import type { SimulatorName } from "../lib/simulators.ts";
import { cellSources } from "../nets/build.ts";
import { type Mutant, mutantsOf } from "./mutant.ts";
import { around, type Selectable, selectable } from "./selectable.ts";
import { directionsOf, wiringChanges } from "./wiring.ts";

/** A network with forks, a join, a concat, several outputs and an argmax. */
const branches = {
  format: "addernet-rtl/1",
  name: "branches",
  input: { shape: [3, 4, 2] },
  layers: [
    {
      name: "a",
      kind: "adder_conv2d",
      filters: 2,
      kernel: 1,
      weights: [
        [[[30]], [[90]]],
        [[[200]], [[11]]],
      ],
      bias: [150, 240],
    },
    { name: "b", kind: "relu", inputs: ["a"] },
    { name: "c", kind: "add", inputs: ["a", "input"] },
    { name: "d", kind: "concat", inputs: ["b", "c"] },
    { name: "e", kind: "global_avg_pool", inputs: ["d"] },
    { name: "f", kind: "flatten" },
    { name: "g", kind: "argmax" },
  ],
  outputs: ["g", "c", "input"],
};

/** Multiplying layers, windows, repeated and padded pixels, a table. */
const windows = {
  format: "addernet-rtl/1",
  name: "windows",
  input: { shape: [4, 4, 2], zero_point: 128 },
  layers: [
    {
      ...{ name: "a", kind: "conv2d", filters: 3, kernel: 2 },
      weights: [0, 1, 2].map((o) =>
        [0, 1].map((c) => [0, 1].map((y) => [0, 1].map((x) => ((5 * o + 3 * c + 7 * y + 4 * x) % 9) - 4))),
      ),
    },
    { name: "b", kind: "leaky_relu", slope: 0.25 },
    { name: "c", kind: "sigmoid" },
    { name: "d", kind: "avg_pool2d", kernel: 2, stride: 1 },
    { name: "e", kind: "upsample", factor: 2 },
    { name: "f", kind: "pad", padding: 1 },
  ],
};

const table = (outputs: number, inputs: number, from: number, factor: number) =>
  Array.from({ length: outputs }, (_, o) =>
    Array.from({ length: inputs }, (_, i) => factor * (((5 * o + 3 * i + from) % 9) - 4)),
  );

/**
 * Weights beside the chip over two ports, one of a layer alone, one that a layer shares with the code of another, and
 * weights that are loaded; all are read back.
 */
const stored = {
  format: "addernet-rtl/1",
  name: "stored",
  input: { shape: [2, 2, 2], zero_point: 128 },
  layers: [
    {
      ...{ name: "a", kind: "adder_conv2d", filters: 4, kernel: 1, home: "external", coded: false },
      weights: table(4, 2, 1, 10).map((row) => row.map((w) => [[w]])),
      bias: [150, 240, 200, 180],
    },
    { name: "b", kind: "relu" },
    {
      ...{ name: "c", kind: "conv2d", filters: 3, kernel: 2, home: "external", coded: false },
      weights: table(3, 4, 2, 1).map((row) =>
        row.map((w) => [
          [w, -w],
          [w + 1, 2],
        ]),
      ),
      bias: [40, -25, 10],
    },
    { name: "d", kind: "flatten" },
    {
      name: "e",
      kind: "adder_linear",
      units: 4,
      weights: table(4, 3, 3, 150).map((row) => row.map((w) => Math.abs(w) + 90)),
      bias: [100, -50, 300, 0],
      home: "external",
      coded: true,
    },
    { name: "f", kind: "linear", units: 2, weights: table(2, 4, 1, 7), bias: [400, -90], home: "ram" },
  ],
};

const drawn = { branches, windows, stored };
export type DesignName = keyof typeof drawn;
export const designNames = Object.keys(drawn) as DesignName[];

/** The design of one of the networks, with images that excite it. */
export function designOf(name: DesignName) {
  const loaded = load(JSON.stringify(drawn[name]), () => {
    throw new Error("weights are inline");
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  // Noise: in flat images some faults change nothing.
  const noise = imagesOf(loaded.value.graph, 3, 12).filter(({ data }) => new Set(data).size > data.length / 3);
  const images = noise.slice(0, 2);
  if (images.length < 2) throw new Error("no noise among the images");
  const net = toIntegers(loaded.value.graph, images, {});
  if (!net.ok) throw new Error(JSON.stringify(net.diagnostics));
  return { name, net: net.value, images, noise, ...hardware(net.value, requests[name]) };
}
export type SmallDesign = ReturnType<typeof designOf>;

/** What is asked of designs beyond their rate. */
const requests: Partial<Record<DesignName, Partial<BuildOptions>>> = {
  // Buffers of a few frames: a memory that gives nothing shows soon.
  stored: { ports: 2, port: { addressBits: 32, dataBits: 32, outstanding: 8, latency: 16 }, readBack: true },
};

function hardware(net: QuantizedNetwork, request: Partial<BuildOptions> = {}) {
  const b = toHardware(net, { clockMHz: 100, fps: 2e5, ...request }, cellSources());
  if (!b.ok) throw new Error(JSON.stringify(b.diagnostics));
  return b.value;
}

/** All single faults in the wiring of the top and of the modules of its layers; cells have benches of their own. */
export function wiringMutants(d: SmallDesign): Mutant[] {
  const cells = new Set([...cellSources().keys()].map((cell) => `rtl/${d.hardware.name}_${cell}.v`));
  const rtl = [...d.files].filter(([f]) => f.startsWith("rtl/"));
  const directions = directionsOf(rtl.map(([, text]) => text));
  return rtl
    .filter(([path]) => !cells.has(path))
    .flatMap(([path, text]) => mutantsOf(`${d.name}: ${path}`, text, wiringChanges(d.hardware, text, directions)));
}

/** The files of the design with a mutant's in its place. */
export const withMutant = (d: SmallDesign, m: Mutant): ReadonlyMap<string, string> =>
  new Map(d.files).set(m.file.replace(/^.*: /, ""), m.apply());

/** Whether a run says that a design is right; undefined where a simulator does not even build it. */
async function judged(d: SmallDesign, design: Design, o: VerifyOptions): Promise<boolean | undefined> {
  try {
    const r = await verify(d.net, d.hardware, design, d.images, { margin: 1000, ...o });
    return !r.mismatch && r.clockFaults.length === 0;
  } catch (e) {
    return e instanceof BuildError ? undefined : false;
  }
}

/** The same of the design made of a folder. */
export async function passed(
  d: SmallDesign,
  files: ReadonlyMap<string, string>,
  o: VerifyOptions,
  design: (dir: string) => Design | Promise<Design>,
): Promise<boolean | undefined> {
  const { path: dir, remove } = temporaryFolder("addernet-mutants-");
  try {
    write(dir, files);
    return await judged(d, await design(dir), o);
  } finally {
    remove();
  }
}

function write(dir: string, files: ReadonlyMap<string, string>): void {
  for (const [name, text] of files) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
}

/** The file that says which fault there is. */
const NUMBER = "fault.hex";

/** A run without rests, then one with rests at both ends. */
const rests = [0, 0.4].map((stall) => ({ sourceStall: stall / 2, sinkStall: stall }));
/** Where weights are loaded, with all that can happen beside the frames. */
const loaded = [
  { readAmid: true, resets: [60, 200] },
  { resets: [40, 150], reload: true, errors: true },
];
const runsOf = (d: SmallDesign): readonly Omit<VerifyOptions, "sim">[] =>
  d.hardware.weights ? [...rests, ...loaded] : rests;

/** Where outputs alone are compared. */
const seenOutside = (d: SmallDesign) => [{ sinkStall: 0.4 }, ...(d.hardware.weights ? loaded : [])];

/** Whether verification lets a folder pass, in all runs. */
export async function passes(d: SmallDesign, files: ReadonlyMap<string, string>, sim: SimulatorName) {
  for (const o of runsOf(d)) {
    const r = await passed(d, files, { ...o, sim }, (dir) => probeDesign(d.hardware, dir, files.keys()));
    if (r !== true) return r;
  }
  return true;
}

/** A folder with a design in which faults are chosen: each simulator builds it once for all of them. */
export class FaultyFolder {
  readonly #d: SmallDesign;
  readonly #dir: string;
  readonly #numbers: Selectable["numbers"];
  readonly #design: Design;
  readonly #runs: readonly Omit<VerifyOptions, "sim">[];
  readonly remove: () => void;

  /**
   * @param mutants of the wiring of `d`
   * @param netlist what synthesis makes of the Verilog of the design, which has a port for the number of the fault, with
   *   the models of its cells; none: the Verilog itself is simulated
   * @param outputsOnly what shows at the outputs alone is found, in more images: as in a netlist
   */
  constructor(d: SmallDesign, mutants: readonly Mutant[], netlist?: string, outputsOnly = netlist !== undefined) {
    const { path, remove } = temporaryFolder("addernet-mutants-");
    [this.#dir, this.remove] = [path, remove];
    this.#d = outputsOnly ? { ...d, images: d.noise } : d;
    this.#runs = outputsOnly ? seenOutside(d).map((o) => ({ ...o, outputsOnly })) : runsOf(d);
    const number = join(path, NUMBER);
    const made = selectable(d, mutants, netlist === undefined ? { file: number } : "port");
    this.#numbers = made.numbers;
    if (netlist === undefined) {
      write(path, made.files);
      this.#design = probeDesign(d.hardware, path, made.files.keys());
    } else {
      const { top, text } = around(made.files.get(`rtl/${d.hardware.name}.v`)!, number);
      write(
        path,
        new Map([
          ["netlist.v", netlist],
          ["around.v", text],
        ]),
      );
      this.#design = { top, sources: [join(path, "netlist.v"), join(path, "around.v")] };
    }
  }

  /**
   * Whether verification lets it pass.
   * @param fault one of the mutants; none: the design is right
   * @param wrong a flipped bit, where the Verilog is simulated
   */
  async passes(sim: SimulatorName, fault?: Mutant, wrong?: Wrong) {
    const number = fault ? this.#numbers.get(fault)! : 0;
    const memory = new Map([...(wrong?.files ?? [])].filter(([f]) => f.startsWith("mem/")));
    const d = { ...this.#d, ...(wrong ? { hardware: wrong.hardware } : {}) };
    write(this.#dir, new Map([...memory, [NUMBER, `${number.toString(16)}\n`]]));
    try {
      for (const o of this.#runs) if ((await judged(d, this.#design, { ...o, sim })) !== true) return false;
      return true;
    } finally {
      write(this.#dir, new Map([...memory.keys()].map((f) => [f, this.#d.files.get(f)!])));
    }
  }
}

/** A flipped bit of a memory that golden says matters for the images: where it is, and the files with it. */
export interface Flip {
  readonly node: string;
  readonly part: string;
  readonly at: number;
  readonly bit: number;
  /** What is made with it; undefined where the bit changes nothing, or widths, which make another design. */
  readonly wrong: () => Wrong | undefined;
}

/** Files with a flipped bit, and, of weights that are loaded, the image that has it. */
export type Wrong = Pick<SmallDesign, "files" | "hardware">;

/**
 * @param make how the design is made of the integers, where not as `designOf` does
 * @param keep where a bit has to matter: anywhere, or at the outputs
 */
export function flips(
  d: SmallDesign,
  make: (net: QuantizedNetwork) => Wrong = (net) => hardware(net, requests[d.name]),
  keep: "all" | "outputs" = "all",
): Flip[] {
  return constantBits(d.net).map(({ change, ...where }) => ({
    ...where,
    wrong() {
      const net = change();
      const other = make(net);
      if ([...d.files].some(([f, text]) => f.startsWith("rtl/") && other.files.get(f) !== text)) return undefined;
      const matters = d.images.some((image) => {
        const [a, b] = [d.net, net].map((x) => runInteger(x, image, { keep: keep === "all" ? keep : x.outputs }));
        return [...a!].some(([t, { data }]) => data.some((v, i) => v !== b!.get(t)!.data[i]));
      });
      if (!matters) return undefined;
      const files = new Map(d.files);
      for (const [f, text] of other.files) if (f.startsWith("mem/")) files.set(f, text);
      return { files, hardware: other.hardware };
    },
  }));
}

/** Every bit of weights, multipliers and biases, and the network with that bit flipped. */
function constantBits(net: QuantizedNetwork) {
  const bits: { node: string; part: string; at: number; bit: number; change: () => QuantizedNetwork }[] = [];
  const swap = (node: QuantizedNode, patch: object): QuantizedNetwork => ({
    ...net,
    nodes: net.nodes.map((n) => (n === node ? ({ ...n, ...patch } as QuantizedNode) : n)),
  });
  const flipped = (list: readonly number[], at: number, bit: number) =>
    list.map((v, i) => (i === at ? Number(BigInt(v) ^ (1n << BigInt(bit))) : v));
  for (const node of net.nodes) {
    if ("weights" in node)
      node.weights.rows.forEach((row, o) => {
        row.forEach((_, k) => {
          for (let bit = 0; bit < 4; bit++)
            bits.push({
              ...{ node: node.name, part: `weights of output ${o}`, at: k, bit },
              change: () => {
                const rows = node.weights.rows.map((r, i) => (i === o ? Int32Array.from(flipped([...r], k, bit)) : r));
                return swap(node, { weights: { ...node.weights, rows } });
              },
            });
        });
      });
    if ("requant" in node)
      for (const part of ["multiplier", "bias"] as const)
        node.requant[part].forEach((_, at) => {
          for (const bit of [0, 2, 5, 9])
            bits.push({
              ...{ node: node.name, part, at, bit },
              change: () => swap(node, { requant: { ...node.requant, [part]: flipped(node.requant[part], at, bit) } }),
            });
        });
  }
  return bits;
}
