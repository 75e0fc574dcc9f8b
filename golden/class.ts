// What a classifier says.
import { maximum } from "./arith/index.ts";

/**
 * The class of one output tensor: its only value (an argmax head), or the index of its largest, the lowest on a tie.
 */
export const classOf = (output: { readonly data: ArrayLike<number> }): number =>
  output.data.length === 1 ? output.data[0]! : maximum.index(output.data);
