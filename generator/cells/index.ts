// The registry of cells: every cell that the compiler instantiates has its line here.
import { axisAdd } from "./axis_add.ts";
import { axisArgmax } from "./axis_argmax.ts";
import { axisConcat } from "./axis_concat.ts";
import { axisFifo } from "./axis_fifo.ts";
import { axisFork } from "./axis_fork.ts";
import { axisFrames } from "./axis_frames.ts";
import { axisInsert } from "./axis_insert.ts";
import { axisLast } from "./axis_last.ts";
import { axisMac } from "./axis_mac.ts";
import { axisMaxpool } from "./axis_maxpool.ts";
import { axisNarrow } from "./axis_narrow.ts";
import { axisPick } from "./axis_pick.ts";
import { axisReplay } from "./axis_replay.ts";
import { axisRequant } from "./axis_requant.ts";
import { axisRequantSerial } from "./axis_requant_serial.ts";
import { axisSad } from "./axis_sad.ts";
import { axisSumpool } from "./axis_sumpool.ts";
import { axisTable } from "./axis_table.ts";
import { axisTaps } from "./axis_taps.ts";
import { axisWiden } from "./axis_widen.ts";
import { axisWindow } from "./axis_window.ts";
import { type Cell, type Contents, numbersOf, type StreamCell, type Styles } from "./define.ts";
import { memoryPort } from "./memory_port.ts";
import { partCells } from "./parts.ts";
import { shellCells } from "./shells.ts";
import type { Structure } from "./structure.ts";

/** Cells with a memory of fixed contents, and their variants with a port in its place, by the cell. */
const withPorts = new Map<string, StreamCell>(
  [axisSad, axisMac, axisRequant].map((c: StreamCell) => [c.module, memoryPort(c)]),
);

/** Cells of an accelerator. */
export const cells: readonly StreamCell[] = [
  axisLast,
  axisFifo,
  axisNarrow,
  axisWiden,
  axisWindow,
  axisTaps,
  axisPick,
  axisReplay,
  axisFrames,
  axisInsert,
  axisMaxpool,
  axisSumpool,
  axisFork,
  axisArgmax,
  axisSad,
  axisMac,
  axisRequant,
  axisRequantSerial,
  axisAdd,
  axisConcat,
  axisTable,
  ...withPorts.values(),
];

/** Cells of an accelerator, those that they are composed of, and those of the boards' shells around it. */
export const allCells: readonly Cell[] = [...cells, ...partCells, ...shellCells];

const streamCells = new Map(cells.map((c) => [c.module, c]));
const byName = new Map(allCells.map((c) => [c.module, c]));

/** A cell of an accelerator by the name of its module. Throws for any other. */
export function streamCell(module: string): StreamCell {
  const found = streamCells.get(module);
  if (!found) throw new Error(`${module} is not in the registry of cells`);
  return found;
}

/** The variant of a cell whose memory is outside. Throws for one that has none. */
export function memoryPortOf(module: string): StreamCell {
  const found = withPorts.get(module);
  if (!found) throw new Error(`${module} has no variant with a memory port`);
  return found;
}

/** A cell by the name of its module; undefined for one that is not in the registry. */
export const cellNamed = (module: string): Cell | undefined => byName.get(module);

/** Structure of a cell under its parameters; undefined where none is known. */
export function structureOf(
  module: string,
  params: Readonly<Record<string, number>>,
  styles: Styles = {},
  contents: Contents = {},
): Structure | undefined {
  const cell = byName.get(module);
  const found = cell?.structure?.(numbersOf(cell, params), contents);
  if (!found) return undefined;
  const { kind = "", logic = {}, ff = 0, carried = 0, shifts = 0, products = [] } = found;
  const memories = (found.memories ?? []).map((m) => {
    const style = styles[m.file ? m.file.replace("_FILE", "_STYLE") : "RAM_STYLE"];
    return style ? { ...m, style } : m;
  });
  const name = cell?.like ?? module;
  return {
    ...(found.plain ? { plain: true } : {}),
    variant: kind === "" ? name : `${name}/${kind}`,
    ...{ logic, ff, carried, shifts, memories, products },
  };
}
