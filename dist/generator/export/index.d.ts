import type { ExportFormat } from "./format.js";
export type { ExportFormat, ExportOptions } from "./format.js";
export type { Fold } from "./words.js";
export declare const exportFormats: ReadonlyMap<string, ExportFormat>;
