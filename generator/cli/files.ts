// The command line's hands on the file system.
import { dirname, resolve } from "node:path";
import { inputError } from "../diagnostics/diagnostics.ts";
import { FileError, readNpy } from "../files/index.ts";
import type { InputSpec } from "../ir/graph.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { readInput } from "./inputs.ts";

export { cellSources, driverSource, serialHost } from "../templates.ts";

export const reason = (e: unknown): string => {
  const code = (e as NodeJS.ErrnoException).code;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder";
  if (code === "EACCES") return "permission denied";
  if (code === "ENOTDIR") return "a part of its path is a file";
  if (code === "ENOSPC") return "the disk is full";
  return e instanceof Error ? e.message : String(e);
};

export function readText(path: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readInput(path);
  } catch (e) {
    throw inputError({
      code: "AN1006",
      message: `${path} cannot be read: ${reason(e)}`,
      expected: "a network file, or integers.json of addernet quantize",
    });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (e) {
    // A text may also be longer than a string can be.
    throw inputError({
      code: "AN1001",
      message: `${path} is not text in UTF-8${bytes.length > 2 ** 28 ? `: ${reason(e)}` : ""}`,
      expected: "a JSON object with the keys format, name, input and layers",
      hint: "save the file as UTF-8",
    });
  }
}

/** Files named in a network file lie relative to it. */
export const readBeside = (network: string) => (path: string) => {
  try {
    return readInput(resolve(dirname(network), path));
  } catch (e) {
    throw new Error(reason(e));
  }
};

const storageRange = { uint8: [0, 255], int8: [-128, 127], uint16: [0, 65535] } as const;

/**
 * Images of a .npy file as stored integers in HWC order: [N, H, W, C], [N, C, H, W], or [N, H, W] for one channel
 * ([N, n] for a vector).
 */
export function readImages(path: string, input: InputSpec, count?: number): IntTensor[] {
  let bytes: Uint8Array;
  try {
    bytes = readInput(path);
  } catch (e) {
    throw inputError({
      code: "AN6001",
      message: `${path} cannot be read: ${reason(e)}`,
      expected: "a .npy file of images",
    });
  }
  let t: ReturnType<typeof readNpy>;
  try {
    t = readNpy(bytes);
  } catch (e) {
    if (!(e instanceof FileError)) throw e;
    throw inputError({
      code: "AN6001",
      message: `${path}: ${e.message}`,
      expected: e.expected ?? "a .npy file of images",
      ...(e.found ? { found: e.found } : {}),
    });
  }
  const [h, w, c] = input.shape;
  const rest = t.shape.slice(1).join();
  const last =
    rest === [h, w, c].join() || (c === 1 && rest === [h, w].join()) || (h === 1 && w === 1 && rest === String(c));
  const first = !last && rest === [c, h, w].join();
  if (t.shape.length < 2 || (!last && !first))
    throw inputError({
      code: "AN6002",
      message: `the images of ${path} have the wrong shape`,
      expected: `[count, ${h}, ${w}, ${c}]${c === 1 ? ` or [count, ${h}, ${w}]` : ` or [count, ${c}, ${h}, ${w}]`}`,
      found: `[${t.shape.join(", ")}]`,
    });
  if (t.shape[0] === 0)
    throw inputError({
      code: "AN6002",
      message: `${path} holds no images`,
      expected: "at least one",
      found: `[${t.shape.join(", ")}]`,
    });
  const [lo, hi] = storageRange[input.storage];
  const size = h * w * c;
  const available = t.shape[0]!;
  const n = Math.min(count ?? available, available);
  return Array.from({ length: n }, (_, i) => {
    const data = new Int32Array(size);
    for (let k = 0; k < size; k++) {
      const at = first ? (k % c) * h * w + Math.floor(k / c) : k;
      const v = Number(t.data[i * size + at]!);
      if (!Number.isInteger(v) || v < lo || v > hi)
        throw inputError({
          code: "AN6003",
          message: `image ${i} of ${path} holds a value that the input cannot store`,
          expected: `integers from ${lo} to ${hi} (storage ${input.storage})`,
          found: String(v),
          hint: t.dtype.startsWith("float")
            ? "images are stored integers; the network file tells their scale"
            : 'see "storage" of the input',
        });
      data[k] = v;
    }
    return { shape: input.shape, data };
  });
}

/** The first `count` labels of a .npy file of exactly `count` integers, or of more where `part` is set. */
export function readLabels(path: string, count: number, part: boolean): number[] {
  let t: ReturnType<typeof readNpy>;
  try {
    t = readNpy(readInput(path));
  } catch (e) {
    throw inputError({
      code: "AN6001",
      message: `${path} cannot be read: ${reason(e)}`,
      expected: "a .npy file of labels",
    });
  }
  if (t.shape.length !== 1 || t.shape[0]! < count || (!part && t.shape[0]! > count))
    throw inputError({
      code: "AN6004",
      message: `the labels of ${path} do not match the images`,
      expected: `[${count}]${part ? " or more" : ""}, one label an image`,
      found: `[${t.shape.join(", ")}]`,
    });
  const labels = Array.from(t.data.subarray(0, count), Number);
  const wrong = labels.findIndex((v) => !Number.isInteger(v) || v < 0);
  if (wrong >= 0)
    throw inputError({
      code: "AN6004",
      message: `label ${wrong} of ${path} is not a class`,
      expected: "integers from 0 up",
      found: String(labels[wrong]),
    });
  return labels;
}
