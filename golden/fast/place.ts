// Where a tensor lies in the kernels' memory.
import type { IntRange, Shape } from "../../generator/ir/tensor.ts";
import { within } from "../arith/index.ts";
import { sizeOf } from "../ops/op.ts";
import type { Arena } from "./arena.ts";
import type { Values } from "./step.ts";

/** Bytes of a value: 1 unsigned, 4 signed, 8 floating point. */
export type Size = 1 | 4 | 8;

export interface Place {
  readonly at: number;
  readonly size: Size;
  readonly shape: Shape;
}

const BYTE: IntRange = { min: 0, max: 255 };
const INT32: IntRange = { min: -(2 ** 31), max: 2 ** 31 - 1 };

/** Smallest size that holds every value of `range`. */
export const sizeFor = (range: IntRange): Size => (within(range, BYTE) ? 1 : within(range, INT32) ? 4 : 8);

export const placeFor = (arena: Arena, shape: Shape, size: Size): Place => ({
  at: arena.reserve(sizeOf(shape) * size),
  size,
  shape,
});

/** The tensor itself; valid as long as the memory does not grow. */
export function viewOf(memory: WebAssembly.Memory, { at, size, shape }: Place): Values {
  const length = sizeOf(shape);
  if (size === 1) return new Uint8Array(memory.buffer, at, length);
  return size === 4 ? new Int32Array(memory.buffer, at, length) : new Float64Array(memory.buffer, at, length);
}
