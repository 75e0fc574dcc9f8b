import type { Values } from "./step.js";
/** out[o] = reduction of x and row `first` + o of the weights, for each o below out.length. */
export type Rows = (x: Values, weights: Int32Array, first: number, out: Float64Array) => void;
export declare const sadRows: Rows;
export declare const macRows: Rows;
/** For sums beyond 32 bits. */
export declare const wideSadRows: Rows;
export declare const wideMacRows: Rows;
