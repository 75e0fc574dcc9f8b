import type { HwGraph, HwStream } from "../ir/hardware.js";
export declare const dataBits: (s: HwStream) => number;
/** Lanes at the top's ports are padded to whole bytes. */
export declare const portLaneBits: (s: HwStream) => number;
/** Pixels of the stream's tensor in one beat; 1 also where a pixel takes several beats. */
export declare const pixelsPerBeat: (s: HwStream) => number;
/** The cell that every top has beside its memories. */
export declare const MEMORY_CHECK = "memory_check";
/** Aligned lines of `columns`. */
export declare function table(rows: readonly (readonly string[])[]): string[];
/** Comment text from a user's names: no character may end the comment or the line. */
export declare const comment: (s: string) => string;
export declare const jsonPath: (path: readonly (string | number)[]) => string;
export declare const outputPort: (g: HwGraph, i: number) => string;
/** The top module of the accelerator. */
export declare function topModule(g: HwGraph): string;
/** Streams with a tensor that golden knows, one for each tensor: what verification watches. */
export declare function watched(g: HwGraph): HwStream[];
/**
 * A wrapper for verification: the accelerator with every watched internal stream as output ports, so that a bench sees
 * each layer's beats. It adds no logic.
 */
export declare function probeModule(g: HwGraph): string;
