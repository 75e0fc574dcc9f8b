// Widths and counts as the Verilog of the cells computes them.
import { signedBitsFor } from "../../golden/arith/index.ts";

export const ceilDiv = (a: number, b: number): number => Math.ceil(a / b);
export const clog2 = (n: number): number => (n > 1 ? Math.ceil(Math.log2(n)) : 0);
/** Bits that count n values: one at least. */
export const counterBits = (n: number): number => Math.max(1, clog2(n));
/** Bits of a constant in two's complement. */
export const signedBits = (v: number): number => signedBitsFor({ min: v, max: v });
