// What a target's board needs around an accelerator: a serial line, or registers and DMA beside a processor.
import { type CellSources, projectFiles } from "../../7-emit/emit.ts";
import type { Design } from "../../design.ts";
import { families } from "../../targets/index.ts";
import { type BoardTop, boardTop } from "./board.ts";
import { type Constraints, constraints } from "./constraints.ts";
import { shellProject } from "./flow.ts";
import { project } from "./project.ts";
import { zynqFiles } from "./shell.ts";

/** Places of a report that are no layer. */
export const SERIAL = "(serial line)";
export const REGISTERS = "(registers)";

/** Instances of a board's top beside the accelerator, and what a report calls them. */
export const besideCore = (instances: readonly string[] = [], name = SERIAL): ReadonlyMap<string, string> =>
  new Map(instances.map((i) => [i, name]));

/** Texts that no design changes: the Verilog of the cells by module name, and programs of the host. */
export interface BoardSources {
  readonly cells: CellSources;
  /** templates/pynq/addernet.py */
  readonly driver: string;
  /** templates/serial/send.py */
  readonly host: string;
}

export interface BoardFiles {
  readonly top: string;
  /** All but the accelerator's own, by path. */
  readonly files: ReadonlyMap<string, string>;
  /** Instances that belong to the board, and the place that reports give them. */
  readonly instances: readonly string[];
  readonly place: string;
  /** Where the board has a serial line. */
  readonly serial: BoardTop | undefined;
  readonly constraints: Constraints | undefined;
}

/** Path of the weight image at hand, where they are written at run time. */
export const WEIGHTS_IMAGE = "host/weights.bin";

/** That image as a file of the folder; none where all weights are in the bitstream. */
export const weightsImage = (board: BoardTop | undefined): [string, Uint8Array][] =>
  board?.weights ? [[WEIGHTS_IMAGE, board.weights.image]] : [];

/** The files of the design's board; none for a bare family. @param most the fastest clock in MHz that it may run at */
export function boardFiles(d: Design, most: number, sources: BoardSources): BoardFiles {
  const { hardware: hw, target } = d;
  const { cells } = sources;
  /** File list, Makefile and core with the board's top. */
  const around = (files: ReadonlyMap<string, string>, top: string, models: boolean, MHz: number, pins?: string) => {
    const rtl = (paths: Iterable<string>) => [...paths].filter((f) => f.startsWith("rtl/"));
    const shell = shellProject(target!, top, rtl(files.keys()), models, pins, MHz);
    return projectFiles(hw, d.files, rtl(d.files.keys()), target!.family, shell);
  };
  if (target?.board?.serial) {
    const serial = boardTop(hw, target, most, cells, d.files.keys());
    const { module: top, instances, primitives, MHz } = serial;
    const files = new Map([...serial.files, ["host/send.py", sources.host]]);
    const pins = constraints(target, top, hw.weights !== undefined, hw.weights?.external !== undefined);
    if (pins) files.set(`synth/${pins.path}`, pins.text);
    const projects = around(files, top, !primitives, MHz, pins && `synth/${pins.path}`);
    for (const [path, text] of projects) files.set(path, text);
    const all = [...d.files.keys(), ...files.keys()];
    const verilog = [...new Set(all)].filter((f) => f.startsWith("rtl/"));
    const memories = all.filter((f) => f.startsWith("mem/"));
    const script = project(target, top, verilog, memories, families[target.family].synth(d.dsp), MHz);
    if (script) files.set(`synth/${script.path}`, script.text);
    return { top, files, instances, place: SERIAL, serial, constraints: pins };
  }
  const none = { serial: undefined, constraints: undefined };
  if (!target?.processor) return { top: hw.name, files: new Map(), instances: [], place: SERIAL, ...none };
  const shell = zynqFiles(hw, d.net, target, cells, d.files, sources.driver, most);
  const files = new Map([...shell.files, ...around(shell.files, shell.module, true, most)]);
  return { top: shell.module, files, instances: shell.instances, place: REGISTERS, ...none };
}
