import type { GraphNode } from "../../generator/ir/graph.js";
import type { FloatTensor } from "../../generator/ir/tensor.js";
/** Geometry of a layer whose window attributes sit in node.attrs, and of its input map. */
export declare function geometry(node: GraphNode, x: FloatTensor): {
    height: number;
    width: number;
    channels: number;
    groups: number;
    kernel: readonly [number, number];
    /** Rows of the image under the window of output row oy, one for each tap; some may lie outside. */
    rows: (oy: number) => number[];
    columns: (ox: number) => number[];
    inRows: (y: number) => boolean;
    inColumns: (c: number) => boolean;
    /** Whether a row or column lies on the image or its declared padding. */
    onPaddedRows: (y: number) => boolean;
    onPaddedColumns: (c: number) => boolean;
};
/** Writes the reduction of `x` with each of the rows of weights from `first` on: as many as `out` has places. */
export type Reduce = (x: Float64Array, weights: Float64Array, first: number, out: Float64Array) => void;
/**
 * out[y, x, o] = reduction of the window of o's group with row o of the weights, in (ky, kx, channel) order, plus the
 * layer's bias where it has one; padding is zeros.
 * @param path "loops" leaves the kernels out; the result is the same
 */
export declare function slide(node: GraphNode, x: FloatTensor, weights: Float64Array, reduce: Reduce, path?: "kernels" | "loops"): FloatTensor;
/** -SUM |x - w|: the distance of an adder layer. */
export declare const distance: Reduce;
/** SUM x * w. */
export declare const product: Reduce;
