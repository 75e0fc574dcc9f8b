// PyTorch checkpoints. See docs/decisions/pickle-reader.md for why this is not a library.
import type { FloatTensor } from "../../ir/tensor.ts";
import { unreadable } from "./error.ts";
import { isLegacy, readLegacy } from "./legacy.ts";
import { findTensors } from "./state-dict.ts";
import { type Contents, readTensors } from "./tensors.ts";
import { isZip, readZip } from "./zip.ts";

export { architectures } from "./architectures.ts";
export { networkFiles, planNetwork } from "./network.ts";
export type { InputPlan, LayerPlan, NetworkPlan } from "./plan.ts";

export interface Checkpoint {
  /** In the file's order, names without a common `module.`; shapes are PyTorch's, data is row-major. */
  readonly tensors: ReadonlyMap<string, FloatTensor>;
  /** Keys of the state dict that hold no tensor. */
  readonly ignored: readonly string[];
}

function open(bytes: Uint8Array): Contents {
  if (isZip(bytes)) return readZip(bytes);
  if (isLegacy(bytes)) return readLegacy(bytes);
  throw unreadable("this is no PyTorch checkpoint", {
    expected: "a file that torch.save wrote (a zip archive, or the pickles of PyTorch before 1.6)",
    found: bytes.length === 0 ? "an empty file" : "other bytes",
  });
}

/**
 * Reads a state dict that torch.save wrote, in the zip format or the one before it. Nothing in the file is run.
 * Throws InputError.
 */
export function readCheckpoint(bytes: Uint8Array): Checkpoint {
  const { value, pieces } = open(bytes);
  const { tensors, ignored } = findTensors(value);
  return { tensors: readTensors(tensors, pieces), ignored };
}
