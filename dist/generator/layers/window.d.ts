import { z } from "zod";
import type { Reporter } from "../diagnostics/diagnostics.js";
import type { WindowAttrs } from "../ir/graph.js";
import type { Shape } from "../ir/tensor.js";
export declare const windowFields: {
    readonly kernel: z.ZodUnion<readonly [z.ZodInt, z.ZodTuple<[z.ZodInt, z.ZodInt], null>]>;
    readonly stride: z.ZodOptional<z.ZodUnion<readonly [z.ZodInt, z.ZodTuple<[z.ZodInt, z.ZodInt], null>]>>;
    readonly dilation: z.ZodOptional<z.ZodUnion<readonly [z.ZodInt, z.ZodTuple<[z.ZodInt, z.ZodInt], null>]>>;
    readonly padding: z.ZodOptional<z.ZodUnion<readonly [z.ZodInt, z.ZodTuple<[z.ZodInt, z.ZodInt], null>, z.ZodTuple<[z.ZodInt, z.ZodInt, z.ZodInt, z.ZodInt], null>, z.ZodEnum<{
        same: "same";
        valid: "valid";
    }>]>>;
};
type PairJson = number | [number, number];
export interface WindowJson {
    kernel: PairJson;
    stride?: PairJson | undefined;
    dilation?: PairJson | undefined;
    padding?: number | [number, number] | [number, number, number, number] | "same" | "valid" | undefined;
}
/** The geometry alone of attributes that hold more. */
export declare const windowOf: ({ kernel, stride, dilation, padding, groups }: WindowAttrs) => WindowAttrs;
/** Extent of a kernel of k taps with dilation d. */
export declare const span: (k: number, d: number) => number;
/** Normalizes the window fields of a layer over an input of `shape`. */
export declare function windowAttrs(w: WindowJson, shape: Shape, groups?: number): WindowAttrs;
/**
 * Rows and columns of the output: floor((in + padding - span) / stride) + 1. With `ceil` as PyTorch counts: rounded up,
 * but a last window that would start beyond the input and its leading padding is dropped.
 */
export declare function outputSize(shape: Shape, w: WindowAttrs, report: Reporter, ceil?: boolean): [number, number] | undefined;
export {};
