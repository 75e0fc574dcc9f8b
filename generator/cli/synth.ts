// addernet synth: a network on a device, with the tools that are at hand.
import type { Schedule } from "../5-schedule/schedule.ts";
import { projectFiles } from "../7-emit/emit.ts";
import { type Build, toHardware } from "../compile.ts";
import { place, synthesize, whyNotPlaced } from "../device/flow/flow.ts";
import { area, none, plus, readNetlist } from "../device/flow/netlist.ts";
import { layerPaths, placeFinder } from "../device/flow/places.ts";
import { pathByPlace, pathText, readTiming, type Timing } from "../device/flow/timing.ts";
import { serialCost } from "../device/model/budget.ts";
import { arrayEnergy, horowitz } from "../device/model/compare.ts";
import { estimateLayers, shortages } from "../device/model/model.ts";
import { boardTop } from "../device/shell/board.ts";
import { constraints } from "../device/shell/constraints.ts";
import { shellProject } from "../device/shell/flow.ts";
import { project } from "../device/shell/project.ts";
import { zynqFiles } from "../device/shell/shell.ts";
import { inputError } from "../diagnostics/diagnostics.ts";
import { printable } from "../diagnostics/print.ts";
import type { HwGraph } from "../ir/hardware.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import { type Cost, families, type KernelChoice, type Target, targetOf } from "../targets/index.ts";
import { type BudgetArgs, fitTarget, kernelOf, limits, usesDsp } from "./budget.ts";
import { type Console, unwrap } from "./console.ts";
import { cellSources, driverSource, serialHost } from "./files.ts";
import { integersOf, type Opened, openNetwork, type QuantizeArgs } from "./network.ts";
import { checkFolder, writeFolder } from "./output.ts";
import { columns } from "./table.ts";

export { usesDsp } from "./budget.ts";

export interface SynthArgs extends QuantizeArgs {
  readonly target: string;
  readonly output?: string | undefined;
  readonly fps?: number | undefined;
  readonly clock?: number | undefined;
  readonly kernel?: number | undefined;
  readonly dsp: boolean;
  readonly native: boolean;
  readonly place: boolean;
  readonly seed: number;
}

const mark = "synth.json";

/** The network with the values before its class among the outputs, so that a board shows both. */
export function withLogits(net: QuantizedNetwork): QuantizedNetwork {
  const last = net.nodes.find((n) => net.outputs.length === 1 && n.output === net.outputs[0] && n.op === "argmax");
  return last ? { ...net, outputs: [last.inputs[0]!, ...net.outputs] } : net;
}

export interface Fitted {
  readonly net: QuantizedNetwork;
  readonly fps: number | undefined;
}

/** Slower than what was estimated to fit, for an estimate that was too bold. */
const SLOWER = [1, 1.2, 1.5, 2, 3] as const;

/** Folds to try: for the rate that was asked for, or else the fastest that should fit, slower ones behind it. */
function* candidates(
  net: QuantizedNetwork,
  target: Target,
  budget: BudgetArgs,
  opened: Opened,
  out: Console,
): Generator<{ plan: Schedule; said: readonly string[] }> {
  const fit = fitTarget(net, target, budget, opened, out);
  yield { plan: fit.plan, said: limits(fit, target) };
  if (budget.fps !== undefined || !target.device) return;
  let before = fit.plan.interval;
  for (const factor of SLOWER.slice(1)) {
    const next = unwrap(fit.designs.at(Math.floor(fit.plan.interval * factor)), out, opened.source).schedule;
    if (next.interval > before) yield { plan: next, said: [] };
    before = next.interval;
  }
}

/** In place of a layer: what a board adds to the accelerator. */
export const SERIAL = "(serial line)";
const SHELL = "(registers)";

/** Instance of the accelerator in the top of a board. */
export const CORE = "core";

/** Instances of a board's top beside the accelerator, and what a report calls them. */
export const besideCore = (instances: readonly string[] = [], name = SERIAL): ReadonlyMap<string, string> =>
  new Map(instances.map((i) => [i, name]));

interface Outcome {
  readonly hw: HwGraph;
  readonly files: Map<string, string | Uint8Array>;
  readonly area: ReturnType<typeof area>;
  readonly timing: Timing | undefined;
  readonly notPlaced: string | undefined;
  readonly bitstream: string | undefined;
  readonly top: string;
  readonly board: ReturnType<typeof boardTop> | undefined;
  readonly tools: { tool: string; seconds: number }[];
}

/** Milliseconds between lines of progress where nobody watches a terminal. */
const PROGRESS = 10_000;

/** A step of Yosys, or what nextpnr tells. */
const step = /\bExecuting [A-Z0-9_]+ pass|^(Info|Warning|ERROR): /;

/** What a tool is doing: each line on a terminal, a step every ten seconds in a log. */
export const progressOf = (out: Console) => {
  let next = performance.now() + PROGRESS;
  return (tool: string, line: string) => {
    if (out.json || !line.trim()) return;
    if (!process.stderr.isTTY && (performance.now() < next || !step.test(line))) return;
    next = performance.now() + PROGRESS;
    process.stderr.write(`${tool}: ${printable(line.slice(0, 160))}\n`);
  };
};

function tooSmall(cost: Cost, target: Target, slower: boolean): never | undefined {
  const binding = shortages(cost, target);
  if (binding.length === 0) return undefined;
  throw inputError({
    code: "AN5003",
    message: `the design does not fit ${target.title}: ${binding.map((b) => b.what).join(" and ")}`,
    expected: binding.map((b) => `at most ${b.have} ${b.what}`).join(", "),
    found: binding.map((b) => `${b.need} ${b.what}`).join(", "),
    hint: slower ? "a lower --fps takes fewer lanes" : "fewer bits or a smaller network",
  });
}

/**
 * Synthesizes one fold, and places it where that can be done. A board's clock that place and route does not reach is
 * lowered until it is; the folds stay.
 */
export async function implement(
  net: QuantizedNetwork,
  fps: number | undefined,
  MHz: number,
  target: Target,
  args: Pick<SynthArgs, "dsp" | "native" | "place" | "seed">,
  kernel: KernelChoice,
  opened: Opened,
  out: Console,
  plan?: Schedule,
): Promise<Outcome> {
  const built = unwrap(
    toHardware(net, { fps, clockMHz: MHz, kernel, family: target.family, plan }, cellSources()),
    out,
    opened.source,
  );
  let most = MHz;
  for (let turn = 0; ; turn++) {
    const made = await withClock(built, net, most, target, args, out);
    const { board, timing } = made;
    if (!board || timing?.MHz === undefined || timing.MHz >= board.MHz || turn === 3) return made;
    most = timing.MHz;
  }
}

async function withClock(
  built: Build,
  net: QuantizedNetwork,
  MHz: number,
  target: Target,
  args: Pick<SynthArgs, "dsp" | "native" | "place" | "seed">,
  out: Console,
): Promise<Outcome> {
  const { hardware: hw } = built;
  const sources = cellSources();
  const files = new Map<string, string | Uint8Array>(built.files);
  const board = target.board?.serial ? boardTop(hw, target, MHz, sources, built.files.keys()) : undefined;
  for (const [path, text] of board?.files ?? []) files.set(path, text);
  if (board) files.set("host/send.py", serialHost());
  const constraint = board && constraints(target, board.module);
  if (constraint) files.set(`synth/${constraint.path}`, constraint.text);
  const shell = target.processor && zynqFiles(hw, net, target, sources, built.files, driverSource(), MHz);
  for (const [path, text] of shell?.files ?? []) files.set(path, text);
  const top = board?.module ?? shell?.module ?? hw.name;
  const verilog = [...files.keys()].filter((f) => f.startsWith("rtl/"));
  if (top !== hw.name) {
    const own = verilog.filter((f) => built.files.has(f));
    const more = verilog.filter((f) => !built.files.has(f));
    const pins = constraint && `synth/${constraint.path}`;
    const around = shellProject(target, top, more, !board?.primitives, pins, board?.MHz ?? MHz);
    for (const [path, text] of projectFiles(hw, built.files, own, target.family, around)) files.set(path, text);
  }
  const memories = [...files.keys()].filter((f) => f.startsWith("mem/"));
  const toolFiles = new Map([...files].filter(([f]) => f.startsWith("rtl/") || f.startsWith("mem/")));
  const options = { native: args.native, onLine: progressOf(out) };
  const dsp = usesDsp(target, args.dsp);
  const script =
    board && project(target, board.module, verilog, memories, families[target.family].synth(dsp), board.MHz);
  if (script) files.set(`synth/${script.path}`, script.text);
  const netlist = await synthesize(toolFiles, verilog, top, target, { ...options, dsp });
  files.set(`synth/${top}.json`, netlist.json);
  files.set(`synth/${top}_netlist.v`, netlist.verilog);
  files.set("synth/yosys.log", netlist.log);
  const within = board || shell ? CORE : undefined;
  const beside = besideCore(board?.instances ?? shell?.instances, shell ? SHELL : SERIAL);
  const module = readNetlist(netlist.json, top);
  const used = area(module, families[target.family], new Map([...beside, ...layerPaths(hw, within)]));
  tooSmall(used.total, target, built.schedule.interval < 1e7);
  const tools = [{ tool: netlist.tool, seconds: netlist.seconds }];
  const notPlaced = args.place ? whyNotPlaced(target) : "--no-place";
  if (notPlaced !== undefined || !constraint)
    return { hw, files, area: used, timing: undefined, notPlaced, bitstream: undefined, top, board, tools };
  const placed = await place(top, netlist.json, constraint, target, { ...options, MHz: board.MHz, seed: args.seed });
  tools.push({ tool: placed.tool, seconds: placed.seconds });
  for (const [name, bytes] of placed.files) files.set(`synth/${name}`, bytes);
  files.set("synth/timing.json", placed.report);
  files.set("synth/nextpnr.log", placed.log);
  const timing = readTiming(placed.report, placeFinder(module, hw, within, beside));
  return { hw, files, area: used, timing, notPlaced, bitstream: `synth/${placed.bitstream}`, top, board, tools };
}

const round = (v: number, digits = 1): string => v.toFixed(digits);

export async function synthCommand(path: string, args: SynthArgs, force: boolean, out: Console): Promise<void> {
  const target = targetOf(args.target);
  if (args.output) checkFolder(args.output, "synth", force);
  const opened = openNetwork(path, out);
  const integers = integersOf(path, opened, args, out);
  const net = target.board?.serial || target.processor ? withLogits(integers) : integers;
  const MHz = args.clock ?? target.board?.clock.MHz ?? target.processor?.MHz ?? 100;
  const kernel = kernelOf(target, args.kernel);
  // Synthesis has the last word about what is a little too large by estimate.
  const budget = { fps: args.fps, MHz, kernel, dsp: usesDsp(target, args.dsp), slack: 1.2 };
  let done: Outcome | undefined;
  let refused: unknown;
  for (const { plan, said } of candidates(net, target, budget, opened, out))
    try {
      done = await implement(net, undefined, MHz, target, args, kernel, opened, out, plan);
      for (const l of said) out.line(l);
      break;
    } catch (e) {
      // An estimate that was too bold: the next slower folds.
      const codes = (e as { diagnostics?: readonly { code: string }[] }).diagnostics?.map((d) => d.code) ?? [];
      if (!codes.includes("AN5003")) throw e;
      refused ??= e;
    }
  if (!done) throw refused;
  print(done, net, target, MHz, args, force, out);
}

function print(
  o: Outcome,
  net: QuantizedNetwork,
  target: Target,
  asked: number,
  args: SynthArgs,
  force: boolean,
  out: Console,
): void {
  const { words } = families[target.family];
  const nanojoules = arrayEnergy(net);
  const { hw } = o;
  const guessed = estimateLayers(hw, target.family, usesDsp(target, args.dsp));
  const guesses = new Map([...guessed.layers, ["(serial line)", serialCost(net, target)]]);
  const MHz = o.board?.MHz ?? asked;
  const have = target.device?.resources;
  const rows = [...hw.blocks.map((b) => b.name), SERIAL, SHELL, ""].flatMap((name) => {
    const c = o.area.owners.get(name);
    if (!c) return [];
    const block = hw.blocks.find((b) => b.name === name);
    return [
      {
        layer: name || "(between layers)",
        pe: block?.pe,
        simd: block?.simd,
        clocks: block?.cyclesPerFrame,
        ...c,
        estimate: guesses.get(name) ?? null,
      },
    ];
  });
  const total: Cost = rows.reduce((sum, r) => plus(sum, r), none);
  const estimate: Cost = rows.reduce((sum, r) => plus(sum, r.estimate ?? none), none);
  // Estimates stand behind what was counted.
  const number = (c: Cost, e: Cost | null) => [
    ...[c.lut, e?.lut ?? "", c.ff, e?.ff ?? "", c.carry, c.bram].map(String),
    ...[e?.bram ?? "", c.dsp].map(String),
  ];
  const share = (n: number, of: number | undefined) => (of ? `${round((100 * n) / of, 0)} %` : "");
  const text = [
    ["layer", "PE", "SIMD", "clocks/frame", words.lut, "est.", "FF", "est.", "carry", words.bram, "est.", words.dsp],
    ...rows.map((r) => [
      ...[r.layer, String(r.pe ?? ""), String(r.simd ?? ""), String(r.clocks || "")],
      ...number(r, r.estimate),
    ]),
    ["total", "", "", String(hw.interval), ...number(total, estimate)],
    ...(have
      ? [
          [
            "device",
            "",
            "",
            "",
            String(have.lut),
            "",
            String(have.ff),
            "",
            "",
            String(have.bram),
            "",
            String(have.dsp),
          ],
          [
            ...["", "", "", "", share(total.lut, have.lut), "", share(total.ff, have.ff)],
            ...["", "", share(total.bram, have.bram), "", share(total.dsp, have.dsp)],
          ],
        ]
      : []),
  ];
  out.line(`${hw.name} on ${target.title}`);
  out.line();
  for (const l of columns(text)) out.line(l);
  out.line();
  const reached = o.timing?.MHz;
  const at = (clock: number) => round((clock * 1e6) / hw.interval, 1);
  if (o.timing) {
    for (const [name, u] of Object.entries(o.timing.utilization).filter(([, u]) => u.used > 0))
      out.line(`placed: ${name} ${u.used} of ${u.available} (${share(u.used, u.available)})`);
    if (reached !== undefined) {
      const from = o.board ? ` (${o.board.clockFrom})` : "";
      out.line(
        `clock: ${round(reached)} MHz at most, made for ${round(MHz, 3)} MHz${from}${reached < MHz ? " and NOT reached" : ""}`,
      );
      if (MHz < 0.99 * asked && reached < asked) out.line(`${asked} MHz asked for and not reached`);
      if (args.clock === undefined && reached > 1.1 * MHz)
        out.line(`--clock ${Math.floor(reached)} makes it run faster, by a PLL`);
      out.line(`critical path (logic + routing): ${pathText(o.timing.path)}`);
      out.line(
        `${hw.interval} clocks a frame (${hw.bottleneck}): ${at(MHz)} frames a second at ${round(MHz, 3)} MHz, ${at(reached)} at ${round(reached)} MHz`,
      );
    }
  } else {
    out.line(`${hw.interval} clocks a frame (${hw.bottleneck}): ${at(MHz)} frames a second at ${MHz} MHz`);
    out.line(`not placed: ${o.notPlaced}`);
  }
  if (o.board && target.board?.serial) {
    const { bytesIn, bytesOut } = o.board;
    const line = target.board.serial.baud / 10 / (bytesIn + bytesOut);
    out.line(
      `serial line: ${bytesIn} bytes in, ${bytesOut} bytes out, ${round(line)} frames a second at ${target.board.serial.baud} baud`,
    );
  }
  const framesPerSecond = (MHz * 1e6) / hw.interval;
  out.line(
    `energy of the taps: ${round(nanojoules)} nJ a frame, ${round((nanojoules * framesPerSecond) / 1e6, 2)} mW at this rate ` +
      `(${horowitz.source}; arithmetic alone, no wires, memories or idle clocks)`,
  );
  const report = {
    network: hw.name,
    target: target.name,
    top: o.top,
    clockMHz: MHz,
    reachedMHz: reached ?? null,
    clocksPerFrame: hw.interval,
    framesPerSecond,
    framesPerSecondReached: reached === undefined ? null : (reached * 1e6) / hw.interval,
    bottleneck: hw.bottleneck,
    nanojoulesPerFrame: nanojoules,
    energySource: horowitz.source,
    layers: rows,
    total,
    estimate,
    resources: have ?? null,
    cells: o.area.cells,
    utilization: o.timing?.utilization ?? null,
    criticalPath: o.timing ? pathByPlace(o.timing.path) : null,
    notPlaced: o.notPlaced ?? null,
    bitstream: o.bitstream ?? null,
    ...(o.board
      ? { serial: { baud: target.board!.serial!.baud, bytesIn: o.board.bytesIn, bytesOut: o.board.bytesOut } }
      : {}),
  };
  if (args.output) {
    // Run times stay out of the folder: the same input gives the same bytes.
    const files = new Map([...o.files, [mark, `${JSON.stringify(report, null, 2)}\n`] as const]);
    writeFolder(args.output, files, "synth", force);
    out.line(`wrote ${files.size} files to ${args.output}${o.bitstream ? `; bitstream ${o.bitstream}` : ""}`);
  }
  for (const t of o.tools) out.line(`${t.tool}: ${round(t.seconds)} s`);
  out.result({ ...report, folder: args.output ?? null, tools: o.tools });
}
