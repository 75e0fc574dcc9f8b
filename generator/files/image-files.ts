// Images and labels of files, wherever their bytes come from: arrays, pictures, data sets.
import { InputError, inputError } from "../diagnostics/diagnostics.ts";
import type { InputSpec } from "../ir/graph.ts";
import { cifarLabels, isIdx, readCifar, readIdx } from "./datasets.ts";
import { FileError } from "./error.ts";
import { isNpy, readNpy } from "./npy.ts";
import { isJpeg, isPng, readPicture } from "./pictures.ts";
import { type Fit, resize } from "./resize.ts";
import type { Tensor } from "./tensor.ts";

/** A file whose bytes come when they are asked for; `read` throws what keeps them away. */
export interface ImageFile {
  readonly name: string;
  read(): Uint8Array;
}

/** Unpacks gzip; throws where the result has more than `most` bytes. */
export type Unpack = (bytes: Uint8Array, most: number) => Uint8Array;

/** What an error of `read` says, as a part of a message. */
export type Reason = (error: unknown) => string;

const plain: Reason = (e) => (e instanceof Error ? e.message : String(e));

/** Above any data set that is given out in one file; a smaller archive may unpack to anything. */
const LARGEST = 2 ** 30;

const IMAGE_FILES = "a .npy file of images, a PNG or JPEG file or a folder of them, or MNIST's or CIFAR's binary files";

export const isPictureName = (name: string): boolean => /\.(png|jpe?g)$/i.test(name);

const order = new Intl.Collator("en", { numeric: true });
/** Names of pictures in their order: numbers by their size. */
export const pictureOrder = (x: string, y: string): number => order.compare(x, y) || (x < y ? -1 : 1);

/** What a reader of bytes throws, as a message about the file. */
export function named<T>(path: string, reason: Reason, read: () => T): T {
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

/**
 * Pictures as one array [N, H, W, C] of uint8, of the channels that the input has; a gray one serves for three alike
 * channels. Throws InputError (AN6001, AN6002).
 */
export function picturesTensor(
  files: readonly ImageFile[],
  [h, w, c]: InputSpec["shape"],
  reason: Reason = plain,
  fit?: Fit,
): Tensor {
  const data = new Uint8Array(files.length * h * w * c);
  files.forEach((file, i) => {
    const picture = named(file.name, reason, () => readPicture(file.read(), [h, w], fit));
    if (picture.channels > c || (c !== 1 && c !== 3))
      throw inputError({
        code: "AN6002",
        message: `${file.name} has other channels than the input`,
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

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** A data set's own file, packed or not; undefined for any other. */
function dataSet(name: string, packed: Uint8Array, unpack: Unpack) {
  const bytes = isGzip(packed) ? unpack(packed, LARGEST) : packed;
  if (isIdx(bytes)) {
    const tensor = readIdx(bytes);
    return { images: tensor, labels: tensor };
  }
  const labels = /\.bin(\.gz)?$/i.test(name) ? cifarLabels(bytes) : undefined;
  return labels && readCifar(bytes, labels);
}

/** The images of one file, as it stores them; those of another size become the input's as `fit` says. Throws InputError for another form, FileError for a damaged file. */
export function imageTensorOf(file: ImageFile, input: InputSpec, unpack: Unpack, count?: number, fit?: Fit): Tensor {
  const bytes = file.read();
  if (isPng(bytes) || isJpeg(bytes))
    return picturesTensor([{ name: file.name, read: () => bytes }], input.shape, plain, fit);
  const images = dataSet(file.name, bytes, unpack)?.images;
  if (images) return fit ? resized(images, input, fit, count) : images;
  if (!isNpy(bytes) && !/\.npy$/i.test(file.name))
    throw inputError({
      code: "AN6001",
      message: `${file.name} is not in a format that holds images`,
      expected: IMAGE_FILES,
    });
  const array = readNpy(bytes);
  return fit ? resized(array, input, fit, count) : array;
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

/**
 * The first `count` labels of a file of exactly `count` integers, or of more where `part` is set: .npy, MNIST's IDX, or
 * CIFAR's binary file of the images themselves. Throws InputError (AN6001, AN6004).
 */
export function labelsFrom(
  file: ImageFile,
  count: number,
  part: boolean,
  unpack: Unpack,
  reason: Reason = plain,
): number[] {
  let t: Tensor;
  try {
    const bytes = file.read();
    t = dataSet(file.name, bytes, unpack)?.labels ?? readNpy(bytes);
  } catch (e) {
    throw inputError({
      code: "AN6001",
      message: `${file.name} cannot be read: ${reason(e)}`,
      expected: "a .npy file of labels, or MNIST's or CIFAR's binary file",
    });
  }
  if (t.shape.length !== 1 || t.shape[0]! < count || (!part && t.shape[0]! > count))
    throw inputError({
      code: "AN6004",
      message: `the labels of ${file.name} do not match the images`,
      expected: `[${count}]${part ? " or more" : ""}, one label per image`,
      found: `[${t.shape.join(", ")}]`,
    });
  const labels = Array.from(t.data.subarray(0, count), Number);
  const wrong = labels.findIndex((v) => !Number.isInteger(v) || v < 0);
  if (wrong >= 0)
    throw inputError({
      code: "AN6004",
      message: `label ${wrong} of ${file.name} is not a class`,
      expected: "integers from 0 up",
      found: String(labels[wrong]),
    });
  return labels;
}
