// addernet compare: L1 layers against multiplying layers under the same folds, on one target.
import { boardTop } from "../7-emit/board.ts";
import { constraints } from "../7-emit/constraints.ts";
import { toHardware } from "../compile.ts";
import { inputError } from "../diagnostics/diagnostics.ts";
import { arrayEnergy, horowitz, withProducts } from "../synth/compare.ts";
import { place, synthesize, whyNotPlaced } from "../synth/flow.ts";
import { area, none, plus, readNetlist } from "../synth/netlist.ts";
import { readTiming } from "../synth/timing.ts";
import { type Cost, families, type Target, targetOf } from "../targets/index.ts";
import { type Console, unwrap } from "./console.ts";
import { cellSources, checkFolder, writeFolder } from "./files.ts";
import { integersOf, openNetwork } from "./network.ts";
import { instanceOwners, progressOf, type SynthArgs, usesDsp } from "./synth.ts";
import { columns } from "./table.ts";

interface Variant {
  readonly name: string;
  readonly layers: "L1" | "products";
  readonly dsp: boolean;
  readonly total: Cost;
  /** The layers that were L1 layers, with their windows and requantizers. */
  readonly arrays: Cost;
  readonly MHz: number | undefined;
  readonly nanojoules: number;
}

const mark = "compare.json";
/** Frames a second where none are asked for. */
const FPS = 10_000;

const percent = (a: number, b: number): string => (b > 0 ? `${((100 * (b - a)) / b).toFixed(1)} %` : "");

export async function compareCommand(path: string, args: SynthArgs, force: boolean, out: Console): Promise<void> {
  const target = targetOf(args.target);
  if (args.output) checkFolder(args.output, mark, force);
  const opened = openNetwork(path, out);
  const distances = integersOf(path, opened, args, out);
  const l1 = new Set(distances.nodes.filter((n) => n.op === "sad").map((n) => n.name));
  if (l1.size === 0)
    throw inputError({ code: "AN4004", message: "the network has no adder layer to compare", expected: "an L1 layer" });
  const products = withProducts(distances);
  const clockMHz = args.clock ?? 100;
  const fps = args.fps ?? FPS;
  const kernel = args.kernel === undefined ? families[target.family].kernel : args.kernel === 1 ? 1 : 0;
  const notPlaced = args.place ? whyNotPlaced(target) : "--no-place";
  let interval = 0;
  const variants: Variant[] = [];
  const options = { native: args.native, onLine: progressOf(out) };
  for (const dsp of usesDsp(target, args.dsp) ? [false, true] : [false])
    for (const layers of ["L1", "products"] as const) {
      const net = layers === "L1" ? distances : products;
      const sources = cellSources();
      const { hardware: hw, files: built } = unwrap(
        toHardware(net, { fps, clockMHz, kernel }, sources),
        out,
        opened.source,
      );
      interval = hw.interval;
      const files = new Map([...built].filter(([f]) => f.startsWith("rtl/") || f.startsWith("mem/")));
      const verilog = () => [...files.keys()].filter((f) => f.startsWith("rtl/"));
      const netlist = await synthesize(files, verilog(), hw.name, target, { ...options, dsp });
      const used = area(readNetlist(netlist.json, hw.name), families[target.family], instanceOwners(hw));
      const arrays = hw.blocks
        .filter((b) => l1.has(b.title))
        .reduce((sum, b) => plus(sum, used.owners.get(b.name) ?? none), none);
      let MHz: number | undefined;
      if (notPlaced === undefined) MHz = await placedClock(target, dsp);
      variants.push({
        name: `${layers === "L1" ? "L1 layers" : "multiplying layers"}, ${dsp ? "DSP blocks" : "no DSP blocks"}`,
        layers,
        dsp,
        total: used.total,
        arrays,
        MHz,
        nanojoules: arrayEnergy(net),
      });

      /** Clock of the design behind the board's serial line. */
      async function placedClock(t: Target, withDsp: boolean): Promise<number | undefined> {
        const board = boardTop(hw, t, t.board!.clock.MHz, sources, built.keys());
        for (const [f, text] of board.files) files.set(f, text);
        const whole = await synthesize(files, verilog(), board.module, t, { ...options, dsp: withDsp });
        const constraint = constraints(t, board.module)!;
        const placed = await place(board.module, whole.json, constraint, t, {
          ...options,
          MHz: clockMHz,
          seed: args.seed,
        });
        return readTiming(placed.report, () => undefined).MHz;
      }
    }
  print(distances.name, target, variants, interval, notPlaced, args.output, force, out);
}

function print(
  network: string,
  target: Target,
  variants: readonly Variant[],
  interval: number,
  notPlaced: string | undefined,
  folder: string | undefined,
  force: boolean,
  out: Console,
): void {
  const { words } = families[target.family];
  out.line(`${network} on ${target.title}: the same folds, ${interval} clocks a frame`);
  out.line();
  const clock = (v: Variant) => (v.MHz === undefined ? "" : v.MHz.toFixed(1));
  for (const l of columns([
    ["", `${words.lut} of the layers`, `all ${words.lut}`, "FF", words.dsp, words.bram, "MHz", "nJ/frame"],
    ...variants.map((v) => [
      v.name,
      String(v.arrays.lut),
      String(v.total.lut),
      String(v.total.ff),
      String(v.total.dsp),
      String(v.total.bram),
      clock(v),
      v.nanojoules.toFixed(1),
    ]),
  ]))
    out.line(l);
  out.line();
  const savings = [false, true].flatMap((dsp) => {
    const [a, b] = (["L1", "products"] as const).map((k) => variants.find((v) => v.layers === k && v.dsp === dsp));
    if (!a || !b) return [];
    const faster = a.MHz && b.MHz ? a.MHz / b.MHz - 1 : undefined;
    out.line(
      `${dsp ? "with" : "without"} DSP blocks: ${percent(a.arrays.lut, b.arrays.lut)} less logic in the layers, ` +
        `${percent(a.total.lut, b.total.lut)} in all${dsp ? `, ${b.total.dsp - a.total.dsp} fewer DSP blocks` : ""}` +
        `${faster === undefined ? "" : `, clock ${(100 * faster).toFixed(1)} % higher`}, ` +
        `${percent(a.nanojoules, b.nanojoules)} less energy of arithmetic`,
    );
    return [
      {
        dsp,
        layersLogic: 1 - a.arrays.lut / b.arrays.lut,
        allLogic: 1 - a.total.lut / b.total.lut,
        clock: faster ?? null,
        energy: 1 - a.nanojoules / b.nanojoules,
      },
    ];
  });
  out.line(
    `energy: operations a frame times published energies (${horowitz.source}); no wires, memories or idle clocks`,
  );
  if (notPlaced) out.line(`not placed: ${notPlaced}`);
  const result = {
    network,
    target: target.name,
    clocksPerFrame: interval,
    variants,
    savings,
    energySource: horowitz.source,
  };
  if (folder) {
    writeFolder(folder, new Map([[mark, `${JSON.stringify(result, null, 2)}\n`]]), mark, force);
    out.line(`wrote ${folder}/${mark}`);
  }
  out.result({ ...result, folder: folder ?? null });
}
