// addernet synth: a network on a device, with the tools that are at hand.
import { type Implementation, implementBest } from "../../device/flow/implement.ts";
import { none, plus } from "../../device/flow/netlist.ts";
import { LOADING } from "../../device/flow/places.ts";
import { pathByPlace, pathText } from "../../device/flow/timing.ts";
import { arrayEnergy, horowitz } from "../../device/model/compare.ts";
import { estimateLoading } from "../../device/model/model.ts";
import { REGISTERS, SERIAL } from "../../device/shell/board-files.ts";
import { synthesizedOf } from "../../report/design.ts";
import { type Cost, families, targetOf } from "../../targets/index.ts";
import { defineCommand, done, type Outcome } from "../command.ts";
import { type Console, unwrap } from "../console.ts";
import { type DesignArgs, limits, spaceOf } from "../design.ts";
import { imagesOf, openNetwork } from "../network.ts";
import { forceOption, network, synthOptions } from "../options.ts";
import { checkFolder, writeFolder } from "../output.ts";
import { REPORT_IMAGES, writeReport } from "../report.ts";
import { columns } from "../table.ts";
import { toolOptions } from "../tool-options.ts";
import { loadingLines } from "../weights.ts";

export interface SynthArgs extends DesignArgs {
  readonly target: string;
  readonly output?: string | undefined;
  readonly native: boolean;
  readonly place: boolean;
  readonly seed: number;
  readonly report?: string | undefined;
}

const mark = "synth.json";

const round = (v: number, digits = 1): string => v.toFixed(digits);

export async function synthCommand(path: string, args: SynthArgs, force: boolean, out: Console): Promise<Outcome> {
  targetOf(args.target);
  if (args.output) checkFolder(args.output, "synth", force);
  const opened = openNetwork(path, out);
  const space = spaceOf(path, args, opened, out);
  const best = unwrap(space.best(), out, opened.source);
  const made = await implementBest(space, best, args.fps, toolOptions(args, out));
  if (made.design === best) for (const l of limits(best)) out.line(l);
  const outcome = print(made, args, force, out);
  if (args.report) {
    const images = imagesOf(path, args, opened, REPORT_IMAGES);
    await writeReport(args.report, { opened, design: made.design, images, synthesized: synthesizedOf(made) }, out);
  }
  return outcome;
}

/** A layer, or a place of the board, with what was counted there and what was estimated. */
type Row = Cost & {
  readonly layer: string;
  readonly pe: number | undefined;
  readonly simd: number | undefined;
  readonly clocks: number | undefined;
  readonly estimate: Cost | null;
};

function rowsOf({ design, area }: Implementation): Row[] {
  const { hardware: hw, estimates } = design;
  const loading = estimateLoading(hw, design.target!.family);
  const guesses = new Map([...estimates.layers!, [SERIAL, estimates.beside], [LOADING, loading]]);
  return [...hw.blocks.map((b) => b.name), LOADING, SERIAL, REGISTERS, ""].flatMap((name) => {
    const c = area.owners.get(name);
    if (!c) return [];
    const block = hw.blocks.find((b) => b.name === name);
    const { pe, simd, cyclesPerFrame: clocks } = block ?? {};
    return [{ layer: name || "(between layers)", pe, simd, clocks, ...c, estimate: guesses.get(name) ?? null }];
  });
}

const share = (n: number, of: number | undefined) => (of ? `${round((100 * n) / of, 0)} %` : "");

/** What each row takes, all of them and the device; estimates stand behind what was counted. */
function tableOf({ design }: Implementation, rows: readonly Row[], total: Cost, estimate: Cost): string[] {
  const target = design.target!;
  const { words } = families[target.family];
  const have = target.device?.resources;
  const { uram } = words;
  const number = (c: Cost, e: Cost | null) => [
    ...[c.lut, e?.lut ?? "", c.ff, e?.ff ?? "", c.carry, c.bram].map(String),
    String(e?.bram ?? ""),
    ...(uram ? [String(c.uram ?? 0), e ? String(e.uram ?? 0) : ""] : []),
    String(c.dsp),
  ];
  return columns([
    [
      ...["layer", "PE", "SIMD", "clocks/frame", words.lut, "est.", "FF", "est.", "carry", words.bram, "est."],
      ...[...(uram ? [uram, "est."] : []), words.dsp],
    ],
    ...rows.map((r) => [
      ...[r.layer, String(r.pe ?? ""), String(r.simd ?? ""), String(r.clocks || "")],
      ...number(r, r.estimate),
    ]),
    ["total", "", "", String(design.hardware.interval), ...number(total, estimate)],
    ...(have
      ? [
          [
            ...["device", "", "", "", String(have.lut), "", String(have.ff), "", ""],
            ...[String(have.bram), "", ...(uram ? [String(have.uram ?? 0), ""] : []), String(have.dsp)],
          ],
          [
            ...["", "", "", "", share(total.lut, have.lut), "", share(total.ff, have.ff)],
            ...["", "", share(total.bram, have.bram), ""],
            ...[...(uram ? [share(total.uram ?? 0, have.uram), ""] : []), share(total.dsp, have.dsp)],
          ],
        ]
      : []),
  ]);
}

/** What place and route reached, and how many frames a second that is. @param MHz the clock that it is made for */
function clockLines(o: Implementation, args: SynthArgs, MHz: number): string[] {
  const { hardware: hw, clockMHz: asked } = o.design;
  const at = (clock: number) => round((clock * 1e6) / hw.interval, 1);
  const frame = `${hw.interval} clocks a frame (${hw.bottleneck}): ${at(MHz)} frames a second at`;
  if (!o.timing) return [`${frame} ${MHz} MHz`, `not placed: ${o.notPlaced}`];
  const placed = Object.entries(o.timing.utilization)
    .filter(([, u]) => u.used > 0)
    .map(([name, u]) => `placed: ${name} ${u.used} of ${u.available} (${share(u.used, u.available)})`);
  const reached = o.timing.MHz;
  if (reached === undefined) return placed;
  const from = o.board ? ` (${o.board.clockFrom})` : "";
  return [
    ...placed,
    `clock: ${round(reached)} MHz at most, made for ${round(MHz, 3)} MHz${from}${reached < MHz ? " and NOT reached" : ""}`,
    ...(MHz < 0.99 * asked && reached < asked ? [`${asked} MHz asked for and not reached`] : []),
    ...(args.clock === undefined && reached > 1.1 * MHz
      ? [`--clock ${Math.floor(reached)} makes it run faster, by a PLL`]
      : []),
    `critical path (logic + routing): ${pathText(o.timing.path)}`,
    `${frame} ${round(MHz, 3)} MHz, ${at(reached)} at ${round(reached)} MHz`,
  ];
}

/** The serial line and the energy, both by frames. */
function frameLines(o: Implementation, nanojoules: number, framesPerSecond: number): string[] {
  const serial = o.design.target!.board?.serial;
  const line = (bytesIn: number, bytesOut: number, baud: number) =>
    `serial line: ${bytesIn} bytes in, ${bytesOut} bytes out, ${round(baud / 10 / (bytesIn + bytesOut))} frames a second at ${baud} baud`;
  return [
    ...(o.board && serial ? [line(o.board.bytesIn, o.board.bytesOut, serial.baud)] : []),
    `energy of the taps: ${round(nanojoules)} nJ a frame, ${round((nanojoules * framesPerSecond) / 1e6, 2)} mW at this rate ` +
      `(${horowitz.source}; arithmetic alone, no wires, memories or idle clocks)`,
  ];
}

function print(o: Implementation, args: SynthArgs, force: boolean, out: Console): Outcome {
  const { net, hardware: hw, clockMHz: asked } = o.design;
  const target = o.design.target!;
  const nanojoules = arrayEnergy(net);
  const MHz = o.board?.MHz ?? asked;
  const rows = rowsOf(o);
  const total: Cost = rows.reduce((sum, r) => plus(sum, r), none);
  const estimate: Cost = rows.reduce((sum, r) => plus(sum, r.estimate ?? none), none);
  const reached = o.timing?.MHz;
  const framesPerSecond = (MHz * 1e6) / hw.interval;
  const withoutDsp =
    "multipliers are in logic: with DSP blocks this Yosys loses the carry of a sum; --no-dsp plans without them";
  for (const l of [
    `${hw.name} on ${target.title}`,
    ...(o.withoutDsp ? [withoutDsp] : []),
    "",
    ...tableOf(o, rows, total, estimate),
    "",
    ...clockLines(o, args, MHz),
    ...frameLines(o, nanojoules, framesPerSecond),
  ])
    out.line(l);
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
    withoutDsp: o.withoutDsp,
    resources: target.device?.resources ?? null,
    cells: o.area.cells,
    utilization: o.timing?.utilization ?? null,
    criticalPath: o.timing ? pathByPlace(o.timing.path) : null,
    notPlaced: o.notPlaced ?? null,
    bitstream: o.bitstream ?? null,
    ...(o.board
      ? {
          serial: {
            baud: target.board!.serial!.baud,
            bytesIn: o.board.bytesIn,
            bytesOut: o.board.bytesOut,
            ...(o.board.weights ? { messages: true } : {}),
          },
        }
      : {}),
  };
  if (args.output) {
    // Run times stay out of the folder: the same input gives the same bytes.
    const files = new Map([...o.files, [mark, `${JSON.stringify(report, null, 2)}\n`] as const]);
    writeFolder(args.output, files, "synth", force);
    out.line(`wrote ${files.size} files to ${args.output}${o.bitstream ? `; bitstream ${o.bitstream}` : ""}`);
    for (const l of loadingLines(o.board, args.output)) out.line(l);
  }
  for (const t of o.tools) out.line(`${t.tool}: ${round(t.seconds)} s`);
  return done({ ...report, folder: args.output ?? null, tools: o.tools });
}

export const command = defineCommand({
  positionals: { network },
  options: { ...synthOptions, force: forceOption },
  run: (args, out) => synthCommand(args.network, args, args.force, out),
});
