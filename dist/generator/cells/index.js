// The registry of cells: every cell that the compiler instantiates has its line here.
import { axisAdd } from "./axis_add.js";
import { axisArgmax } from "./axis_argmax.js";
import { axisConcat } from "./axis_concat.js";
import { axisFifo } from "./axis_fifo.js";
import { axisFork } from "./axis_fork.js";
import { axisMac } from "./axis_mac.js";
import { axisMaxpool } from "./axis_maxpool.js";
import { axisNarrow } from "./axis_narrow.js";
import { axisPick } from "./axis_pick.js";
import { axisReplay } from "./axis_replay.js";
import { axisRequant } from "./axis_requant.js";
import { axisSad } from "./axis_sad.js";
import { axisSumpool } from "./axis_sumpool.js";
import { axisTable } from "./axis_table.js";
import { axisTaps } from "./axis_taps.js";
import { axisWiden } from "./axis_widen.js";
import { axisWindow } from "./axis_window.js";
import { numbersOf } from "./define.js";
import { shellCells } from "./shells.js";
/** Cells of an accelerator. */
export const cells = [
    axisFifo,
    axisNarrow,
    axisWiden,
    axisWindow,
    axisTaps,
    axisPick,
    axisReplay,
    axisMaxpool,
    axisSumpool,
    axisFork,
    axisArgmax,
    axisSad,
    axisMac,
    axisRequant,
    axisAdd,
    axisConcat,
    axisTable,
];
/** Cells of an accelerator and of the boards' shells around it. */
export const allCells = [...cells, ...shellCells];
const streamCells = new Map(cells.map((c) => [c.module, c]));
const byName = new Map(allCells.map((c) => [c.module, c]));
/** A cell of an accelerator by the name of its module. Throws for any other. */
export function streamCell(module) {
    const found = streamCells.get(module);
    if (!found)
        throw new Error(`${module} is not in the registry of cells`);
    return found;
}
/** A cell by the name of its module; undefined for one that is not in the registry. */
export const cellNamed = (module) => byName.get(module);
/** Structure of a cell under its parameters; undefined where none is known. */
export function structureOf(module, params, styles = {}, contents = {}) {
    const cell = byName.get(module);
    const found = cell?.structure?.(numbersOf(cell, params), contents);
    if (!found)
        return undefined;
    const { kind = "", logic = {}, ff = 0, carried = 0, shifts = 0, products = [] } = found;
    const memories = (found.memories ?? []).map((m) => {
        const style = m.file && styles[m.file.replace("_FILE", "_STYLE")];
        return style ? { ...m, style } : m;
    });
    return { variant: kind === "" ? module : `${module}/${kind}`, logic, ff, carried, shifts, memories, products };
}
