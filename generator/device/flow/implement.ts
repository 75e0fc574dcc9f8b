// A design on its device: synthesis, and place and route where that can be done, with the board's files around it.
import type { Design, DesignSpace } from "../../design.ts";
import { InputError, inputError, type Result } from "../../diagnostics/diagnostics.ts";
import { families } from "../../targets/index.ts";
import { tooLarge } from "../model/budget.ts";
import { shortages } from "../model/model.ts";
import type { BoardTop } from "../shell/board.ts";
import { type BoardSources, besideCore, boardFiles, weightsImage } from "../shell/board-files.ts";
import { CORE } from "../shell/parts.ts";
import { place, synthesize, whyNotPlaced } from "./flow.ts";
import { area, readNetlist } from "./netlist.ts";
import { layerPaths, placeFinder } from "./places.ts";
import type { WithTools } from "./run.ts";
import { readTiming, type Timing } from "./timing.ts";

export interface ImplementOptions extends WithTools, BoardSources {
  /** Place and route where an open tool can; false: counts only. */
  readonly place: boolean;
  /** Of place and route. */
  readonly seed: number;
}

export interface Implementation {
  readonly design: Design;
  /** The accelerator, the board's files, netlist, reports, bitstream. */
  readonly files: Map<string, string | Uint8Array>;
  readonly area: ReturnType<typeof area>;
  readonly timing: Timing | undefined;
  /** Why it was not placed; undefined where it was. */
  readonly notPlaced: string | undefined;
  readonly bitstream: string | undefined;
  /** As of `Netlist`. */
  readonly withoutDsp: boolean;
  readonly top: string;
  readonly board: BoardTop | undefined;
  readonly tools: readonly { readonly tool: string; readonly seconds: number }[];
}

/**
 * Clocks of a frame against those of folds that should have fitted and did not: a fifth more is the model's error, the
 * others are for what it does not see (routing). After three times as many the network itself is too large.
 */
const SLOWER = [1.2, 1.5, 2, 3] as const;

/**
 * Implements the design that a space means; where that turns out larger than the device and no rate was asked for, the
 * next slower ones. Throws InputError: AN5003 where none fits, AN8001 to AN8005 of the tools.
 */
export async function implementBest(
  space: DesignSpace,
  best: Design,
  fps: number | undefined,
  options: ImplementOptions,
): Promise<Implementation> {
  let refused: InputError;
  try {
    return await implement(best, options);
  } catch (e) {
    if (!(e instanceof InputError) || e.diagnostics[0]?.code !== "AN5003") throw e;
    if (fps !== undefined || !space.target?.device) throw e;
    refused = e;
  }
  let before = best.schedule.interval;
  for (const factor of SLOWER) {
    const next: Result<Design> = space.at(Math.floor(best.schedule.interval * factor));
    if (!next.ok) throw new InputError(next.diagnostics);
    const { interval } = next.value.schedule;
    if (interval > before)
      try {
        return await implement(next.value, options);
      } catch (e) {
        if (!(e instanceof InputError) || e.diagnostics[0]?.code !== "AN5003") throw e;
      }
    before = interval;
  }
  throw refused;
}

/** Runs of place and route in which a board's clock is lowered to what was reached. */
const TURNS = 4;

/**
 * Synthesizes one design for its target, and places it where that can be done. A board's clock that place and route does
 * not reach is lowered until it is; the folds stay.
 */
export async function implement(design: Design, options: ImplementOptions): Promise<Implementation> {
  let most = design.clockMHz;
  for (let turn = 1; ; turn++) {
    const made = await atClock(design, most, options);
    const { board, timing } = made;
    if (!board || timing?.MHz === undefined || timing.MHz >= board.MHz || turn === TURNS) return made;
    most = timing.MHz;
  }
}

async function atClock(design: Design, MHz: number, options: ImplementOptions): Promise<Implementation> {
  const { hardware: hw, dsp } = design;
  const target = design.target!;
  const shell = boardFiles(design, MHz, options);
  const { top, serial: board } = shell;
  const files = new Map<string, string | Uint8Array>([...design.files, ...shell.files, ...weightsImage(board)]);
  const verilog = [...files.keys()].filter((f) => f.startsWith("rtl/"));
  const toolFiles = new Map([...files].filter(([f]) => f.startsWith("rtl/") || f.startsWith("mem/")));
  const { native, onLine, tools: by } = options;
  const ways: WithTools = { tools: by, native, ...(onLine ? { onLine } : {}) };
  const netlist = await synthesize(toolFiles, verilog, top, target, { ...ways, dsp });
  files.set(`synth/${top}.json`, netlist.json);
  files.set(`synth/${top}_netlist.v`, netlist.verilog);
  files.set("synth/yosys.log", netlist.log);
  const within = top === hw.name ? undefined : CORE;
  const beside = besideCore(shell.instances, shell.place);
  const module = readNetlist(netlist.json, top);
  const used = area(module, families[target.family], new Map([...beside, ...layerPaths(hw, within)]));
  const lacks = shortages(used.total, target);
  if (lacks.length > 0) {
    const hint = hw.interval < 1e7 ? "a lower --fps needs fewer lanes" : "fewer bits or a smaller network";
    throw inputError(tooLarge(target, lacks, hint, false));
  }
  const tools = [{ tool: netlist.tool, seconds: netlist.seconds }];
  const notPlaced = options.place ? whyNotPlaced(target, by) : "--no-place";
  const { withoutDsp } = netlist;
  const made = { design, files, area: used, withoutDsp, top, board, tools };
  if (notPlaced !== undefined || !board || !shell.constraints)
    return { ...made, timing: undefined, notPlaced, bitstream: undefined };
  const asked = { ...ways, MHz: board.MHz, seed: options.seed };
  const placed = await place(top, netlist.json, shell.constraints, target, asked);
  tools.push({ tool: placed.tool, seconds: placed.seconds });
  for (const [name, bytes] of placed.files) files.set(`synth/${name}`, bytes);
  files.set("synth/timing.json", placed.report);
  files.set("synth/nextpnr.log", placed.log);
  const timing = readTiming(placed.report, placeFinder(module, hw, within, beside));
  return { ...made, timing, notPlaced, bitstream: `synth/${placed.bitstream}` };
}
