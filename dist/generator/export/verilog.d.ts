import { type ExportFormat } from "./format.js";
/** One word a line behind comments that tell the layout; weights are folded where a fold is given. */
export declare const mem: ExportFormat;
/** Hexadecimal values and nothing else, one a line; folds are ignored. */
export declare const hex: ExportFormat;
