import { type AddConstants } from "../../golden/arith/index.js";
import type { WindowAttrs } from "../ir/graph.js";
import type { AvgPoolNode, MacNode, Requant, SadNode } from "../ir/quantized.js";
import type { EdgeType, IntRange, Shape } from "../ir/tensor.js";
import type { NodeTypes } from "./define.js";
/** Reports a contradiction at a field of the node; gives undefined, so that a check can end with it. */
export type Fault = (field: readonly (string | number)[], message: string) => undefined;
/** What a node's fields and inputs say of its output. */
export interface Outcome {
    readonly shape: Shape;
    /** Values that can occur. */
    readonly range: IntRange;
    /** The edge whose meaning (bits, sign, scale, zero point) the output keeps; absent: it has one of its own. */
    readonly keeps?: EdgeType;
}
/** Whether the integers of both edges mean the same numbers. */
export declare const sameMeaning: (a: EdgeType, b: EdgeType) => boolean;
/** Whether every input is a feature map as nodes compute with: unsigned, of 16 bits at most. */
export declare function features(inputs: readonly EdgeType[], fault: Fault): boolean;
/** Whether there are as many inputs as the op reads. */
export declare function inputCount(inputs: readonly EdgeType[], least: number, most: number, fault: Fault): boolean;
/** Range of the values under a window: those of the input, and its zero point where the window reaches into the margin. */
export declare function windowRange({ padding }: WindowAttrs, x: EdgeType, hangsOver?: boolean): IntRange;
/**
 * Output rows and columns of a window over `x`. `ceil`: a last window may hang over the declared margin, as where
 * PyTorch rounds sizes up; the declared output tells which of both it is.
 */
export declare function windowShape(window: WindowAttrs, x: EdgeType, output: EdgeType, options: {
    readonly ceil: boolean;
    readonly pads: boolean;
}, fault: Fault): {
    readonly rows: number;
    readonly columns: number;
    readonly hangsOver: boolean;
} | undefined;
/** Whether each window of a pool has a tap on the image. */
export declare function windowsOnImage(window: WindowAttrs, x: EdgeType, size: readonly number[], fault: Fault): boolean;
/**
 * Results of a requantize step over accumulators of `acc`, into an edge of `output`; `constants`: multipliers and
 * constants it must have.
 */
export declare function requantRange(q: Requant, acc: IntRange, output: EdgeType, constants: number, fault: Fault): IntRange | undefined;
/** Sums of an array layer: geometry, weights, accumulator, requantize step. */
export declare function arrayOutcome(node: SadNode | MacNode, { inputs, output }: NodeTypes, fault: Fault): Outcome | undefined;
export declare function meanOutcome(node: AvgPoolNode, { inputs, output }: NodeTypes, fault: Fault): Outcome | undefined;
/** Results of a join of edges of one shape. */
export declare function sumRange(a: AddConstants, { inputs, output }: NodeTypes, fault: Fault): IntRange | undefined;
