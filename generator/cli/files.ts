// The command line's hands on the file system.
import { readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { inputError } from "../diagnostics/diagnostics.ts";
import {
  type ImageFile,
  imageTensorOf,
  isPictureName,
  labelsFrom,
  named,
  pictureOrder,
  picturesTensor,
  type Unpack,
} from "../files/image-files.ts";
import { imagesFrom } from "../files/images.ts";
import type { Tensor } from "../files/index.ts";
import type { Filter, Fit } from "../files/resize.ts";
import type { InputSpec } from "../ir/graph.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { readInput } from "./inputs.ts";
import { UsageError } from "./numbers.ts";
import { refusal } from "./system.ts";

export { cellSources, driverSource, serialHost } from "../templates.ts";

export const reason = (e: unknown): string => {
  const code = (e as NodeJS.ErrnoException).code;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder";
  return refusal(e) ?? (e instanceof Error ? e.message : String(e));
};

export function readText(path: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readInput(path);
  } catch (e) {
    throw inputError({
      code: "AN1006",
      message: `${path} cannot be read: ${reason(e)}`,
      expected: "a network file, or integers.json written by addernet quantize",
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

/** Pictures of a folder in the order of their names. */
function listed(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => isPictureName(name))
    .sort(pictureOrder)
    .map((name) => join(folder, name));
}

const lazily = (path: string): ImageFile => ({ name: path, read: () => readInput(path) });

const unpack: Unpack = (bytes, most) => new Uint8Array(gunzipSync(bytes, { maxOutputLength: most }));

function imageTensor(path: string, input: InputSpec, count: number | undefined, fit: Fit | undefined): Tensor {
  return named(path, reason, () => {
    if (!statSync(path).isDirectory()) return imageTensorOf(lazily(path), input, unpack, count, fit);
    const files = listed(path);
    if (files.length === 0)
      throw inputError({
        code: "AN6001",
        message: `the folder ${path} holds no pictures`,
        expected: "files ending in .png, .jpg or .jpeg",
      });
    return picturesTensor(files.slice(0, count).map(lazily), input.shape, reason, fit);
  });
}

/** What --resize and --crop say. */
export interface FitArgs {
  readonly resize?: Filter | undefined;
  readonly crop?: boolean | undefined;
}

/** How images of another size are read; undefined where they are refused. */
export const fitOf = ({ resize: filter, crop = false }: FitArgs): Fit | undefined => {
  if (filter !== undefined) return { filter, crop };
  if (crop) throw new UsageError("--crop says how --resize fits an image: name its filter, --resize bilinear");
  return undefined;
};

/**
 * Images as stored integers in HWC order: a .npy file of [N, H, W, C], [N, C, H, W], or [N, H, W] for one channel ([N, n]
 * for a vector); a PNG or JPEG file, or a folder of them; MNIST's IDX and CIFAR's binary files, also packed by gzip. Those
 * of another size become the input's as `fit` says.
 */
export const readImages = (path: string, input: InputSpec, count?: number, fit?: Fit): IntTensor[] =>
  imagesFrom(imageTensor(path, input, count, fit), path, input, count);

/**
 * The first `count` labels of a file of exactly `count` integers, or of more where `part` is set: .npy, MNIST's IDX, or
 * CIFAR's binary file of the images themselves.
 */
export const readLabels = (path: string, count: number, part: boolean): number[] =>
  labelsFrom(lazily(path), count, part, unpack, reason);
