// The command line's hands on the file system.
import { readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { InputError, inputError } from "../diagnostics/diagnostics.ts";
import { imagesFrom } from "../files/images.ts";
import {
  cifarLabels,
  FileError,
  isIdx,
  isJpeg,
  isNpy,
  isPng,
  readCifar,
  readIdx,
  readNpy,
  readPicture,
  type Tensor,
} from "../files/index.ts";
import { type Filter, type Fit, resize } from "../files/resize.ts";
import type { InputSpec } from "../ir/graph.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { readInput } from "./inputs.ts";
import { UsageError } from "./numbers.ts";

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

/** Above any data set that is given out in one file; a smaller archive may unpack to anything. */
const LARGEST = 2 ** 30;

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Pictures as one array, of the channels that the input has; a gray one serves for three alike channels. */
function pictures(files: readonly string[], [h, w, c]: InputSpec["shape"], fit: Fit | undefined): Tensor {
  const data = new Uint8Array(files.length * h * w * c);
  files.forEach((file, i) => {
    const picture = named(file, () => readPicture(readInput(file), [h, w], fit));
    if (picture.channels > c || (c !== 1 && c !== 3))
      throw inputError({
        code: "AN6002",
        message: `${file} has other channels than the input`,
        expected: c === 1 ? "a gray picture" : `${c} channels`,
        found: picture.channels === 3 ? "red, green and blue" : "gray",
        ...(c === 1 ? { hint: "convert it to gray first" } : {}),
      });
    for (let k = 0; k < h * w; k++)
      for (let ch = 0; ch < c; ch++)
        data[(i * h * w + k) * c + ch] = picture.data[k * picture.channels + (picture.channels === 1 ? 0 : ch)]!;
  });
  return { dtype: "uint8", shape: [files.length, h, w, c], data };
}

/** What a reader of bytes throws, as a message about the file. */
function named<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (e) {
    if (e instanceof InputError) throw e;
    if (!(e instanceof FileError))
      throw inputError({ code: "AN6001", message: `${path} cannot be read: ${reason(e)}`, expected: IMAGE_FILES });
    throw inputError({
      code: "AN6001",
      message: `${path}: ${e.message}`,
      expected: e.expected ?? IMAGE_FILES,
      ...(e.found ? { found: e.found } : {}),
      ...(e.hint ? { hint: e.hint } : {}),
    });
  }
}

const IMAGE_FILES = "a .npy file of images, a PNG or JPEG file or a folder of them, or MNIST's or CIFAR's binary files";

/** A data set's own file, packed or not; undefined for any other. */
function dataSet(path: string, packed: Uint8Array) {
  const bytes = isGzip(packed) ? new Uint8Array(gunzipSync(packed, { maxOutputLength: LARGEST })) : packed;
  if (isIdx(bytes)) {
    const tensor = readIdx(bytes);
    return { images: tensor, labels: tensor };
  }
  const labels = /\.bin(\.gz)?$/i.test(path) ? cifarLabels(bytes) : undefined;
  return labels && readCifar(bytes, labels);
}

/** Pictures of a folder in the order of their names, numbers by their size. */
function listed(folder: string): string[] {
  const order = new Intl.Collator("en", { numeric: true });
  return readdirSync(folder)
    .filter((name) => /\.(png|jpe?g)$/i.test(name))
    .sort((x, y) => order.compare(x, y) || (x < y ? -1 : 1))
    .map((name) => join(folder, name));
}

function imageTensor(path: string, input: InputSpec, count: number | undefined, fit: Fit | undefined): Tensor {
  return named(path, () => {
    if (statSync(path).isDirectory()) {
      const files = listed(path);
      if (files.length === 0)
        throw inputError({
          code: "AN6001",
          message: `the folder ${path} holds no pictures`,
          expected: "files ending in .png, .jpg or .jpeg",
        });
      return pictures(files.slice(0, count), input.shape, fit);
    }
    const bytes = readInput(path);
    if (isPng(bytes) || isJpeg(bytes)) return pictures([path], input.shape, fit);
    const images = dataSet(path, bytes)?.images;
    if (images) return fit ? resized(images, input, fit, count) : images;
    if (!isNpy(bytes) && !/\.npy$/i.test(path))
      throw inputError({
        code: "AN6001",
        message: `${path} is not in a format that holds images`,
        expected: IMAGE_FILES,
      });
    const array = readNpy(bytes);
    return fit ? resized(array, input, fit, count) : array;
  });
}

/** The first images of an array in the input's size; an array of other axes is left to who reads it. */
function resized(t: Tensor, { shape: [h, w, c] }: InputSpec, fit: Fit, count?: number): Tensor {
  const [n = 0, ...axes] = t.shape;
  const last = axes.length === 2 ? c === 1 : axes.length === 3 && axes[2] === c;
  const first = !last && axes.length === 3 && axes[0] === c;
  if (!last && !first) return t;
  const from = (first ? axes.slice(1) : axes.slice(0, 2)) as [number, number];
  if (from[0] === h && from[1] === w) return t;
  if (!(t.data instanceof Uint8Array) || from.includes(0))
    throw new FileError({
      code: "picture",
      message: "only images of 8 bits without a sign are resized",
      expected: "uint8, or images of the input's size",
      found: `${t.dtype} [${t.shape.join(", ")}]`,
    });
  // A map of channels first is a picture of one channel each.
  const [maps, channels] = first ? [c, 1] : [1, c];
  const images = Math.min(n, count ?? n);
  const [old, size] = [from[0] * from[1] * channels, h * w * channels];
  const data = new Uint8Array(images * maps * size);
  for (let i = 0; i < images * maps; i++)
    data.set(resize(t.data.subarray(i * old, (i + 1) * old), from, channels, [h, w], fit), i * size);
  return { dtype: t.dtype, shape: first ? [images, c, h, w] : [images, h, w, c], data };
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
export function readLabels(path: string, count: number, part: boolean): number[] {
  let t: Tensor;
  try {
    const bytes = readInput(path);
    t = dataSet(path, bytes)?.labels ?? readNpy(bytes);
  } catch (e) {
    throw inputError({
      code: "AN6001",
      message: `${path} cannot be read: ${reason(e)}`,
      expected: "a .npy file of labels, or MNIST's or CIFAR's binary file",
    });
  }
  if (t.shape.length !== 1 || t.shape[0]! < count || (!part && t.shape[0]! > count))
    throw inputError({
      code: "AN6004",
      message: `the labels of ${path} do not match the images`,
      expected: `[${count}]${part ? " or more" : ""}, one label per image`,
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
