// Data sets as their makers give them out: MNIST's IDX files and CIFAR's binary batches.
import { FileError } from "./error.ts";
import type { Tensor } from "./tensor.ts";

/** IDX of unsigned bytes: 0, 0, 8, number of axes, the sizes, the values. */
export const isIdx = (bytes: Uint8Array): boolean =>
  bytes.length > 4 && bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 8 && bytes[3]! >= 1 && bytes[3]! <= 4;

/** Images [count, height, width] or labels [count]. Throws FileError. */
export function readIdx(bytes: Uint8Array): Tensor {
  const rank = bytes[3] ?? 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = 4 + 4 * rank;
  const shape = bytes.length < header ? [] : Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const count = shape.reduce((a, b) => a * b, 1);
  if (shape.length === 0 || bytes.length !== header + count)
    throw new FileError({
      code: "idx",
      message: "the IDX file does not hold what its header says",
      expected: shape.length === 0 ? "a header" : `${header + count} bytes for [${shape.join(", ")}]`,
      found: `${bytes.length} bytes`,
    });
  return { dtype: "uint8", shape, data: bytes.slice(header) };
}

const PIXELS = 3 * 32 * 32;

/** Bytes of labels in front of each image: one for CIFAR-10, two for CIFAR-100; undefined for another file. */
export function cifarLabels(bytes: Uint8Array): 1 | 2 | undefined {
  for (const labels of [1, 2] as const) {
    const record = PIXELS + labels;
    // The first label is a class of ten, or a coarse class of twenty.
    if (bytes.length > 0 && bytes.length % record === 0 && bytes[0]! < 10 * labels) return labels;
  }
  return undefined;
}

/** Images [count, 3, 32, 32] and labels [count] (the fine ones) of a binary batch. */
export function readCifar(bytes: Uint8Array, labels: 1 | 2): { readonly images: Tensor; readonly labels: Tensor } {
  const record = PIXELS + labels;
  const count = bytes.length / record;
  const images = new Uint8Array(count * PIXELS);
  const classes = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    classes[i] = bytes[i * record + labels - 1]!;
    images.set(bytes.subarray(i * record + labels, (i + 1) * record), i * PIXELS);
  }
  return {
    images: { dtype: "uint8", shape: [count, 3, 32, 32], data: images },
    labels: { dtype: "uint8", shape: [count], data: classes },
  };
}
