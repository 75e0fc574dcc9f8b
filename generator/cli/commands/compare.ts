// addernet compare: L1 layers against multiplying layers under the same folds, on one target.
import { runInteger } from "../../../golden/index.ts";
import type { Schedule } from "../../5-schedule/schedule.ts";
import type { Design } from "../../design.ts";
import { place, synthesize, whyNotPlaced } from "../../device/flow/flow.ts";
import { area, type Module, none, plus, readNetlist } from "../../device/flow/netlist.ts";
import { type CellPlace, cellPaths, layerPaths, placeFinder } from "../../device/flow/places.ts";
import { type PathStep, pathByPlace, pathText, readTiming, type Timing } from "../../device/flow/timing.ts";
import { machineTools } from "../../device/flow/tools.ts";
import { arrayActivity } from "../../device/model/activity.ts";
import { activeEnergy, arrayEnergy, horowitz, withProducts } from "../../device/model/compare.ts";
import { type BoardTop, boardTop } from "../../device/shell/board.ts";
import { besideCore, SERIAL } from "../../device/shell/board-files.ts";
import { constraints } from "../../device/shell/constraints.ts";
import { CORE } from "../../device/shell/parts.ts";
import { inputError } from "../../diagnostics/diagnostics.ts";
import type { HwGraph } from "../../ir/hardware.ts";
import type { QuantizedNetwork } from "../../ir/quantized.ts";
import type { IntTensor } from "../../ir/tensor.ts";
import { type Cost, families, type Target, targetOf, usesDsp } from "../../targets/index.ts";
import { defineCommand, done, type Outcome } from "../command.ts";
import type { Console } from "../console.ts";
import { designOf } from "../design.ts";
import { cellSources } from "../files.ts";
import { imagesOf, integersOf, openNetwork } from "../network.ts";
import { compareOptions, forceOption, network } from "../options.ts";
import { checkFolder, writeFolder } from "../output.ts";
import { writeReport } from "../report.ts";
import { columns } from "../table.ts";
import type { SynthArgs } from "./synth.ts";

interface Variant {
  readonly name: string;
  readonly layers: "L1" | "products";
  readonly dsp: boolean;
  readonly total: Cost;
  /** The layers that were L1 layers, with their windows and requantizers. */
  readonly layersCost: Cost;
  /** What each kind of cell takes in the whole design; the arrays are axis_sad or axis_mac. */
  readonly byCell: Readonly<Record<string, Cost>>;
  /** The arrays of the L1 layers alone, with their weights. */
  readonly arrays: Cost;
  readonly MHz: number | undefined;
  /** The longest path, the reason of the clock; empty where nothing was placed. */
  readonly path: readonly PathStep[];
  readonly nanojoules: number;
  /** The same by the activity of the arrays' registers; undefined without images. */
  readonly activeNanojoules: number | undefined;
}

export interface CompareArgs extends SynthArgs {
  readonly fewestLanes?: boolean | undefined;
}

const mark = "compare.json";
/** Frames a second where none are asked for. */
const FPS = 10_000;

/** Images whose activity is counted. */
const IMAGES = 4;
const ARRAYS = ["axis_sad", "axis_mac"];

/**
 * Nanojoules a frame by the activity of the arrays, on images. Both kinds of layers see the activations of the L1
 * network: those of a network whose sums mean nothing would say nothing.
 */
function countActivity(
  distances: QuantizedNetwork,
  products: QuantizedNetwork,
  hw: HwGraph,
  images: readonly IntTensor[],
): { readonly L1: number; readonly products: number } {
  const sums = { L1: 0, products: 0 };
  const arrays = distances.nodes.flatMap((n) => (n.op === "sad" || n.op === "mac" ? [n] : []));
  const keep = arrays.map((n) => n.inputs[0]!);
  const traces = images.map((image) => runInteger(distances, image, { keep }));
  for (const n of arrays) {
    const edge = n.inputs[0]!;
    const edges = { input: distances.edges[edge]!, output: distances.edges[n.output]! };
    const inputs = traces.map((t) => t.get(edge)!);
    const fold = hw.blocks.find((b) => b.title === n.name)!;
    for (const [kind, net] of [["L1", distances] as const, ["products", products] as const]) {
      const node = net.nodes.find((m) => m.name === n.name);
      if (node?.op !== "sad" && node?.op !== "mac") continue;
      sums[kind] += activeEnergy(node, edges.input.bits, arrayActivity(node, edges, inputs, fold)) / images.length;
    }
  }
  return sums;
}

const percent = (a: number, b: number): string => (b > 0 ? `${((100 * (b - a)) / b).toFixed(1)} %` : "");

export async function compareCommand(path: string, args: CompareArgs, force: boolean, out: Console): Promise<Outcome> {
  const target = targetOf(args.target);
  if (args.output) checkFolder(args.output, "compare", force);
  const opened = openNetwork(path, out);
  const distances = integersOf(path, opened, args, out);
  const l1 = new Set(distances.nodes.filter((n) => n.op === "sad").map((n) => n.name));
  if (l1.size === 0)
    throw inputError({ code: "AN4004", message: "the network has no adder layer to compare", expected: "an L1 layer" });
  const products = withProducts(distances);
  const clockMHz = args.clock ?? 100;
  const fps = args.fps ?? FPS;
  const notPlaced = args.place ? whyNotPlaced(target, machineTools) : "--no-place";
  const images = imagesOf(path, args, opened, IMAGES);
  // On the family and not on the device: what does not fit is compared all the same.
  const asked = { ...args, target: args.fewestLanes ? undefined : target.family, clock: clockMHz, fps };
  let plan: Schedule | undefined;
  let interval = 0;
  let same: readonly { layer: string; pe: number | undefined; simd: number | undefined }[] | undefined;
  let active: ReturnType<typeof countActivity> | undefined;
  const variants: Variant[] = [];
  let first: Design | undefined;
  const tools = { tools: machineTools, native: args.native };
  const ways = usesDsp(target, args.dsp ?? true) ? [false, true] : [false];
  for (const dsp of ways)
    for (const layers of ["L1", "products"] as const) {
      const at = `${variants.length + 1} of ${2 * ways.length}`;
      const options = { ...tools, onLine: (tool: string, line: string) => out.tool(`${tool}, design ${at}`, line) };
      const net = layers === "L1" ? distances : products;
      const sources = cellSources();
      const d = designOf(path, { ...asked, dsp }, opened, out, { net, cells: sources, plan });
      if (!args.fewestLanes) plan ??= d.schedule;
      first ??= d;
      const { hardware: hw, files: built } = d;
      const folds = hw.blocks.map((b) => ({ layer: b.name, pe: b.pe, simd: b.simd }));
      if (same !== undefined && JSON.stringify(same) !== JSON.stringify(folds))
        throw new Error(`the folds differ: ${JSON.stringify([same, folds])}`);
      same = folds;
      interval = hw.interval;
      if (images?.length) active ??= countActivity(distances, products, hw, images);
      const files = new Map([...built].filter(([f]) => f.startsWith("rtl/") || f.startsWith("mem/")));
      // What is placed needs pins: the design behind the board's serial line, which is left out of the sums.
      const board =
        notPlaced === undefined ? boardTop(hw, target, target.board!.clock.MHz, sources, built.keys()) : undefined;
      for (const [f, text] of board?.files ?? []) files.set(f, text);
      const verilog = [...files.keys()].filter((f) => f.startsWith("rtl/"));
      const top = board?.module ?? hw.name;
      const netlist = await synthesize(files, verilog, top, target, { ...options, dsp });
      const module = readNetlist(netlist.json, top);
      const within = board && CORE;
      const beside = besideCore(board?.instances);
      const owners = new Map([...beside, ...layerPaths(hw, within)]);
      const used = area(module, families[target.family], owners);
      const total = [...used.owners].reduce((sum, [of, c]) => (of === SERIAL ? sum : plus(sum, c)), none);
      const places = [...cellPaths(hw, within)];
      const ownersBy = (of: (p: CellPlace) => string) =>
        new Map([...beside, ...places.map(([path, p]) => [path, of(p)] as const)]);
      const cells = area(
        module,
        families[target.family],
        ownersBy((p) => p.instance.cell),
      );
      const isArray = ({ block, instance }: CellPlace) => l1.has(block.title) && ARRAYS.includes(instance.cell);
      const split = area(
        module,
        families[target.family],
        ownersBy((p) => (isArray(p) ? "array" : "rest")),
      );
      const arrays = split.owners.get("array") ?? none;
      const layersCost = hw.blocks
        .filter((b) => l1.has(b.title))
        .reduce((sum, b) => plus(sum, used.owners.get(b.name) ?? none), none);
      const clock = board && (await placedClock(board, netlist.json, module));
      variants.push({
        name: `${layers === "L1" ? "L1 layers" : "multiplying layers"}, ${dsp ? "DSP blocks" : "no DSP blocks"}`,
        layers,
        dsp,
        total,
        layersCost,
        byCell: Object.fromEntries([...cells.owners].sort(([p], [q]) => (p < q ? -1 : 1))),
        arrays,
        MHz: clock?.MHz,
        path: clock?.path ?? [],
        nanojoules: arrayEnergy(net),
        activeNanojoules: active?.[layers],
      });

      async function placedClock(on: BoardTop, json: string, m: Module): Promise<Timing> {
        const constraint = constraints(target, on.module, on.weights !== undefined)!;
        const asked = { ...options, MHz: clockMHz, seed: args.seed };
        const placed = await place(on.module, json, constraint, target, asked);
        return readTiming(placed.report, placeFinder(m, hw, within, beside));
      }
    }
  const folds = { interval, folds: same ?? [] };
  const outcome = print(distances.name, target, variants, folds, notPlaced, args.output, force, out);
  if (args.report && first) {
    const comparison = {
      variants: variants.map((v) => ({
        ...{ name: v.name, total: v.total, arrays: v.arrays.lut, layers: v.layersCost.lut },
        ...{ MHz: v.MHz ?? null, nanojoules: v.nanojoules, activeNanojoules: v.activeNanojoules ?? null },
      })),
    };
    await writeReport(args.report, { opened, design: first, images, comparison }, out);
  }
  return outcome;
}

function print(
  name: string,
  target: Target,
  variants: readonly Variant[],
  { interval, folds }: { readonly interval: number; readonly folds: readonly object[] },
  notPlaced: string | undefined,
  folder: string | undefined,
  force: boolean,
  out: Console,
): Outcome {
  const { words } = families[target.family];
  out.line(`${name} on ${target.title}: the same folds, ${interval} clocks a frame`);
  out.line();
  const clock = (v: Variant) => (v.MHz === undefined ? "" : v.MHz.toFixed(1));
  const lut = words.lut;
  const head = ["", `${lut} of arrays`, "of their layers", "of all", "FF", words.dsp, words.bram, "MHz", "nJ/frame"];
  const counted = variants.some((v) => v.activeNanojoules !== undefined);
  for (const l of columns([
    counted ? [...head, "by activity"] : head,
    ...variants.map((v) => [
      v.name,
      String(v.arrays.lut),
      String(v.layersCost.lut),
      String(v.total.lut),
      String(v.total.ff),
      String(v.total.dsp),
      String(v.total.bram),
      clock(v),
      v.nanojoules.toFixed(1),
      ...(counted ? [v.activeNanojoules?.toFixed(1) ?? ""] : []),
    ]),
  ]))
    out.line(l);
  out.line();
  const kinds = [...new Set(variants.flatMap((v) => Object.keys(v.byCell)))].sort();
  for (const l of columns([
    [`${lut} by cell`, ...kinds.map((k) => k || "(between)")],
    ...variants.map((v) => [v.name, ...kinds.map((k) => String(v.byCell[k]?.lut ?? ""))]),
  ]))
    out.line(l);
  out.line();
  for (const v of variants)
    if (v.path.length > 0) out.line(`longest path (logic + routing), ${v.name}: ${pathText(v.path)}`);
  const savings = [false, true].flatMap((dsp) => {
    const [a, b] = (["L1", "products"] as const).map((k) => variants.find((v) => v.layers === k && v.dsp === dsp));
    if (!a || !b) return [];
    const faster = a.MHz && b.MHz ? a.MHz / b.MHz - 1 : undefined;
    const active =
      a.activeNanojoules !== undefined && b.activeNanojoules ? 1 - a.activeNanojoules / b.activeNanojoules : undefined;
    out.line(
      `${dsp ? "with" : "without"} DSP blocks: ${percent(a.arrays.lut, b.arrays.lut)} less logic in the arrays, ` +
        `${percent(a.layersCost.lut, b.layersCost.lut)} in their layers, ${percent(a.total.lut, b.total.lut)} in all` +
        `${dsp ? `, ${b.total.dsp - a.total.dsp} fewer DSP blocks` : ""}` +
        `${faster === undefined ? "" : `, clock ${(100 * faster).toFixed(1)} % higher`}, ` +
        `${percent(a.nanojoules, b.nanojoules)} less energy of arithmetic` +
        `${active === undefined ? "" : ` (${(100 * active).toFixed(1)} % by activity)`}`,
    );
    return [
      {
        dsp,
        arraysLogic: 1 - a.arrays.lut / b.arrays.lut,
        layersLogic: 1 - a.layersCost.lut / b.layersCost.lut,
        allLogic: 1 - a.total.lut / b.total.lut,
        clock: faster ?? null,
        energy: 1 - a.nanojoules / b.nanojoules,
        activeEnergy: active ?? null,
      },
    ];
  });
  out.line(
    `energy: operations a frame times published energies (${horowitz.source}); by activity: times the share of bits ` +
      `that change, counted over ${IMAGES} images; no wires, memories or idle clocks`,
  );
  if (notPlaced) out.line(`not placed: ${notPlaced}`);
  const result = {
    network: name,
    target: target.name,
    clocksPerFrame: interval,
    folds,
    variants: variants.map((v) => ({ ...v, path: pathByPlace(v.path) })),
    savings,
    energySource: horowitz.source,
  };
  if (folder) {
    writeFolder(folder, new Map([[mark, `${JSON.stringify(result, null, 2)}\n`]]), "compare", force);
    out.line(`wrote ${folder}/${mark}`);
  }
  return done({ ...result, folder: folder ?? null });
}

export const command = defineCommand({
  positionals: { network },
  options: { ...compareOptions, force: forceOption },
  run: (args, out) => compareCommand(args.network, args, args.force, out),
});
