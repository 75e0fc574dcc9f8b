// Dropped images and labels: which of them calibrate and which are counted, whatever form they have.
import { gunzipSync } from "fflate";
import { inputError } from "../../generator/diagnostics/diagnostics.ts";
import {
  type ImageFile,
  imageTensorOf,
  isPictureName,
  labelsFrom,
  named,
  pictureOrder,
  picturesTensor,
  type Unpack,
} from "../../generator/files/image-files.ts";
import { imagesFrom } from "../../generator/files/images.ts";
import { isNpy, readNpyInfo, type Tensor } from "../../generator/files/index.ts";
import type { Fit } from "../../generator/files/resize.ts";
import type { InputSpec } from "../../generator/ir/graph.ts";
import type { IntTensor } from "../../generator/ir/tensor.ts";
import { baseOf, isPickled } from "./given.ts";
import type { Files } from "./protocol.ts";

export interface ImageSet {
  /** As the files are called. */
  readonly name: string;
  /** What the command line takes for them: the file, or a folder with the pictures. */
  readonly path: string;
  readonly images: readonly IntTensor[];
}

export interface Pictures {
  readonly calibration: ImageSet;
  /** Those of accuracy and pictures. */
  readonly counted: ImageSet;
  readonly labels: readonly number[] | undefined;
}

const unpack: Unpack = (bytes, most) => {
  // The archive's own word of its size comes last.
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(bytes.length - 4, true);
  if (size > most) throw new Error(`it unpacks to ${size} bytes`);
  return gunzipSync(bytes, { out: new Uint8Array(size) });
};

const isLabels = (name: string): boolean => /label/i.test(baseOf(name));
const isData = (name: string, bytes: Uint8Array): boolean => /(-ubyte|\.bin)(\.gz)?$/i.test(name) && !isPickled(bytes);

const lazily = ([name, bytes]: readonly [string, Uint8Array]): ImageFile => ({ name, read: () => bytes });

/**
 * Whether an array has the shape of images of this input: others may lie beside them, as masks. Of those that are resized the
 * channels count.
 */
function fits(
  [name, bytes]: readonly [string, Uint8Array],
  { shape: [h, w, c] }: InputSpec,
  resized: boolean,
): boolean {
  if (!isNpy(bytes)) return true;
  const { shape } = named(name, String, () => readNpyInfo(bytes));
  const rest = shape.slice(1).join();
  if (resized && shape.length === 4 && (shape[1] === c || shape[3] === c)) return true;
  if (resized && shape.length === 3 && c === 1) return true;
  return [[h, w, c], [c, h, w], ...(c === 1 ? [[h, w]] : []), ...(h === 1 && w === 1 ? [[c]] : [])].some(
    (s) => s.join() === rest,
  );
}

/**
 * All the pictures among the files are one set, in the order of their names; each array and each data set is another. The
 * network file's own, those called so, or else the first ones calibrate; those with as many labels are counted, other than
 * the calibration's where there are such.
 * @param stated path of the calibration images in the network file
 * @param fit how images of another size become the input's; they are refused without it
 */
export function picturesOf(files: Files, stated: string | undefined, input: InputSpec, fit?: Fit): Pictures {
  const photos = [...files].filter(([name]) => isPictureName(name)).sort(([x], [y]) => pictureOrder(x, y));
  const arrays = [...files].filter(([name, bytes]) => !isLabels(name) && (isNpy(bytes) || isData(name, bytes)));
  const usable = arrays.filter((a) => fits(a, input, fit !== undefined));
  // Where none fits, the first one's shape is what is wrong.
  const shown = usable.length > 0 || photos.length > 0 ? usable : arrays.slice(0, 1);
  const set = (name: string, tensor: () => Tensor, path = name): ImageSet => ({
    name,
    path,
    images: imagesFrom(named(name, String, tensor), name, input),
  });
  const sets = [
    ...shown.map((a) => set(a[0], () => imageTensorOf(lazily(a), input, unpack, undefined, fit))),
    ...(photos.length > 0
      ? [
          set(
            photos.length === 1 ? photos[0]![0] : `${photos.length} pictures`,
            () => picturesTensor(photos.map(lazily), input.shape, undefined, fit),
            photos.length === 1 ? photos[0]![0] : "pictures",
          ),
        ]
      : []),
  ];
  const called = (test: (name: string) => boolean) => sets.find(({ name }) => test(baseOf(name)));
  const calibration =
    (stated === undefined ? undefined : called((name) => name === baseOf(stated))) ??
    called((name) => /calib|train/i.test(name)) ??
    sets[0];
  if (!calibration)
    throw inputError({
      code: "AN4001",
      message: "quantization needs calibration images",
      expected: `${stated ? `${baseOf(stated)} among the files` : "images among the files"}: a .npy file, PNG or JPEG pictures, or MNIST's or CIFAR's binary files`,
    });
  const labels = [...files].filter(([name, bytes]) => isLabels(name) || isData(name, bytes));
  const others = [...sets.filter((s) => s !== calibration), calibration];
  for (const counted of others)
    for (const file of labels) {
      const own = labelsOf(file, counted);
      if (own) return { calibration, counted, labels: own };
    }
  // Labels that are there and belong to nothing are a mistake, not a wish.
  const lone = labels.find(([name]) => isLabels(name));
  if (lone) labelsFrom(lazily(lone), others[0]!.images.length, false, unpack);
  return { calibration, counted: others[0]!, labels: undefined };
}

/** The labels of a set; undefined where the file has another number of them, or none. */
function labelsOf(file: readonly [string, Uint8Array], { images, name }: ImageSet): readonly number[] | undefined {
  if (isData(...file) && !isLabels(file[0]) && file[0] !== name) return undefined;
  const [, bytes] = file;
  if (isNpy(bytes)) {
    const { shape } = readNpyInfo(bytes);
    if (shape.length !== 1 || shape[0] !== images.length) return undefined;
    return labelsFrom(lazily(file), images.length, false, unpack);
  }
  try {
    return labelsFrom(lazily(file), images.length, false, unpack);
  } catch {
    return undefined;
  }
}
