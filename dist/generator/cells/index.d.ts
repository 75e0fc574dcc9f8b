import { type Cell, type Contents, type StreamCell, type Styles } from "./define.js";
import type { Structure } from "./structure.js";
/** Cells of an accelerator. */
export declare const cells: readonly StreamCell[];
/** Cells of an accelerator and of the boards' shells around it. */
export declare const allCells: readonly Cell[];
/** A cell of an accelerator by the name of its module. Throws for any other. */
export declare function streamCell(module: string): StreamCell;
/** A cell by the name of its module; undefined for one that is not in the registry. */
export declare const cellNamed: (module: string) => Cell | undefined;
/** Structure of a cell under its parameters; undefined where none is known. */
export declare function structureOf(module: string, params: Readonly<Record<string, number>>, styles?: Styles, contents?: Contents): Structure | undefined;
