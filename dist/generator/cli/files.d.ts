import type { CellSources } from "../7-emit/emit.js";
import type { InputSpec } from "../ir/graph.js";
import type { IntTensor } from "../ir/tensor.js";
export declare const reason: (e: unknown) => string;
export declare function readText(path: string): string;
/** Files named in a network file lie relative to it. */
export declare const readBeside: (network: string) => (path: string) => NonSharedBuffer;
/** The cells of templates/, by module name. */
export declare function cellSources(): CellSources;
/** The driver that runs on a Zynq board. */
export declare const driverSource: () => string;
/**
 * Images of a .npy file as stored integers in HWC order: [N, H, W, C], [N, C, H, W], or [N, H, W] for one channel
 * ([N, n] for a vector).
 */
export declare function readImages(path: string, input: InputSpec, count?: number): IntTensor[];
/** The first `count` labels of a .npy file of exactly `count` integers, or of more where `part` is set. */
export declare function readLabels(path: string, count: number, part: boolean): number[];
/** Refuses a folder that cannot be written or holds what no earlier run wrote (`mark` is missing), before any work. */
export declare function checkFolder(path: string, mark: string, force: boolean): void;
/** Writes a whole folder or nothing: a folder beside it is filled and then takes its name. */
export declare function writeFolder(path: string, files: ReadonlyMap<string, string | Uint8Array>, mark: string, force: boolean): void;
/** Writes one file whole or not at all. */
export declare function writeWhole(path: string, content: string | Uint8Array): void;
