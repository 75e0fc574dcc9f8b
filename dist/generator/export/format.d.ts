import type { QuantizedNetwork } from "../ir/quantized.js";
import { type ExportArray, type ExportLayer } from "./arrays.js";
import { type Fold, type Words } from "./words.js";
export interface ExportOptions {
    /** Folds of sad and mac nodes by node name, for formats made of memory words; absent: one weight a word. */
    readonly folds?: Readonly<Record<string, Fold>>;
}
export interface ExportFormat {
    readonly format: string;
    /** One line for a list of formats. */
    readonly summary: string;
    /** Whole files by relative path; the same network gives the same bytes. */
    files(net: QuantizedNetwork, options?: ExportOptions): ReadonlyMap<string, Uint8Array>;
}
export declare const text: (lines: readonly string[]) => Uint8Array;
/** A name for a comment: quoted, ASCII, one line, and unable to end the comment. */
export declare function quoted(name: string): string;
/** Words of an array: folded weights where the options name a fold of the layer. */
export declare function wordsOf(layer: ExportLayer, array: ExportArray, options: ExportOptions): Words;
/** Comment lines that tell what a file of one array holds. */
export declare function describe(net: QuantizedNetwork, layer: ExportLayer, array: ExportArray, words: Words): string[];
/** What the integers mean. */
export declare function meaning(layer: ExportLayer, array: ExportArray): string[];
/** The entry of an array in manifest.json; `place` says where its bytes are. */
export type Placed = (layer: ExportLayer, array: ExportArray) => Readonly<Record<string, unknown>>;
/** manifest.json: the layers with the types of their edges, constants and arrays. */
export declare function manifest(format: string, net: QuantizedNetwork, layers: readonly ExportLayer[], place: Placed): Uint8Array;
/** A format with one file of memory words for each array, and a manifest. */
export declare function wordFormat(format: string, summary: string, print: (words: Words, comments: readonly string[]) => readonly string[]): ExportFormat;
