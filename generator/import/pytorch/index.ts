// PyTorch checkpoints. See docs/decisions/pickle-reader.md for why this is not a library.

import { InputError } from "../../diagnostics/diagnostics.ts";
import { FileError, openNpz, openSafetensors, toFloatTensor } from "../../files/index.ts";
import type { FloatTensor } from "../../ir/tensor.ts";
import { unreadable } from "./error.ts";
import { readPickles } from "./legacy.ts";
import { readMindSpore } from "./mindspore.ts";
import { findTensors, type StateChoice } from "./state-dict.ts";
import { type Contents, readTensors, type Stored } from "./tensors.ts";
import { asCheckpoint, holdsPickle, isZip, readZip } from "./zip.ts";

export { architectures } from "./architectures.ts";
export { type Binding, type BindOptions, type Bound, bindNetwork } from "./bind.ts";
export { boundFiles, type NetworkOptions, networkFiles, planNetwork } from "./network.ts";
export type { InputPlan, LayerPlan, NetworkPlan } from "./plan.ts";

export interface Checkpoint {
  /** In the file's order, names without the prefixes of wrappers; shapes are PyTorch's, data is row-major. */
  readonly tensors: ReadonlyMap<string, FloatTensor>;
  /** How each of them is stored. */
  readonly stored: ReadonlyMap<string, Stored>;
  /** Keys of the state dict that hold no tensor. */
  readonly ignored: readonly string[];
}

const otherFiles: readonly (readonly [start: string, what: string])[] = [
  ["\x89HDF", "an HDF5 file (Keras, MATLAB)"],
  ["\x1f\x8b", "a gzip archive: unpack it first"],
  ["BZh", "a bzip2 archive: unpack it first"],
  ["\x93NUMPY", "a .npy file, which holds one array"],
];

function open(bytes: Uint8Array): Contents {
  if (isZip(bytes)) return readZip(bytes);
  const start = String.fromCharCode(...bytes.subarray(0, 8));
  const other = otherFiles.find(([mark]) => start.startsWith(mark))?.[1];
  // Every pickle of protocol 2 and later starts so; of the older ones reading tells.
  if (bytes[0] === 0x80) return readPickles(bytes);
  try {
    if (bytes.length > 0 && other === undefined) return readPickles(bytes);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  throw unreadable("this is not a PyTorch checkpoint", {
    expected: "a file that torch.save wrote (a zip archive, or the pickles of PyTorch before 1.6)",
    found: bytes.length === 0 ? "an empty file" : (other ?? "other bytes"),
    hint: "from another framework: save the weights with numpy.savez(path, **{name: array}) and import the .npz",
  });
}

/** State dicts also travel as safetensors and npz, whose arrays have nothing beside them; undefined for another file. */
function openArrays(bytes: Uint8Array): Checkpoint | undefined {
  const isNpz = isZip(bytes) && !holdsPickle(bytes);
  // Eight bytes of length, then a JSON object.
  const isSafetensors = bytes.length > 9 && bytes[8] === 0x7b && bytes[6] === 0 && bytes[7] === 0;
  if (!isNpz && !isSafetensors) return undefined;
  const file = asCheckpoint(() => (isNpz ? openNpz(bytes) : openSafetensors(bytes)));
  const tensors = new Map<string, FloatTensor>();
  const stored = new Map<string, Stored>();
  const ignored: string[] = [];
  for (const name of file.names()) {
    try {
      const tensor = file.read(name);
      tensors.set(name, toFloatTensor(tensor));
      stored.set(name, { shape: tensor.shape, dtype: tensor.dtype });
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      ignored.push(name);
    }
  }
  return { tensors, stored, ignored };
}

/**
 * Reads a state dict that torch.save or pickle wrote (a zip archive, pickles, or a module pickled whole), an archive of
 * arrays, or MindSpore's checkpoint. Nothing in the file is run. Throws InputError.
 */
export function readCheckpoint(bytes: Uint8Array, choice: StateChoice = {}): Checkpoint {
  const plain = openArrays(bytes) ?? readMindSpore(bytes);
  if (plain) return plain;
  const { value, pieces } = open(bytes);
  const { tensors, ignored } = findTensors(value, choice);
  return { ...readTensors(tensors, pieces), ignored };
}
