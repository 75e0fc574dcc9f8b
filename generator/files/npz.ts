// NumPy's .npz format: a zip archive of .npy files.
import { type Zippable, zipSync } from "fflate";
import { FileError } from "./error.ts";
import { NPY_HEADER, readNpy, readNpyInfo, writeNpy } from "./npy.ts";
import { DEFAULT_MAX_BYTES, missing, type ReadLimits, type Tensor, type TensorFile } from "./tensor.ts";
import { readZipDirectory, readZipEntry, readZipStart, type ZipEntry } from "./zip.ts";

/** Opens an archive; its directory is read now, each array when asked for. Members that are no .npy are left out. */
export function openNpz(bytes: Uint8Array, limits: ReadLimits = {}): TensorFile {
  const entries = new Map<string, ZipEntry>();
  for (const entry of readZipDirectory(bytes))
    if (entry.name.endsWith(".npy")) entries.set(entry.name.slice(0, -4), entry);
  const names = [...entries.keys()];
  const maxBytes = limits.maxBytes ?? DEFAULT_MAX_BYTES;
  // Asking for a shape and then for the array is common; unpacking it twice is not needed.
  let last: { name: string; tensor: Tensor } | undefined;
  const read = (name: string): Tensor => {
    if (last?.name === name) return last.tensor;
    const entry = entries.get(name);
    if (!entry) throw missing(name, names);
    const tensor = readNpy(readZipEntry(bytes, entry, maxBytes), limits);
    last = { name, tensor };
    return tensor;
  };
  const shape = (name: string): readonly number[] => {
    if (last?.name === name) return last.tensor.shape;
    const entry = entries.get(name);
    if (!entry) throw missing(name, names);
    // The header alone: what an array claims is known before it is unpacked.
    return readNpyInfo(readZipStart(bytes, entry, NPY_HEADER)).shape;
  };
  return { names: () => names, shape, read };
}

/** An archive of the arrays in the order given, deflated; the same arrays always give the same bytes. */
export function writeNpz(tensors: ReadonlyMap<string, Tensor>): Uint8Array {
  const files: Zippable = {};
  for (const [name, tensor] of tensors) {
    if (name === "" || name.includes("\0") || name.includes("/") || name.includes("\\"))
      throw new FileError({ code: "tensor-name", message: `"${name}" cannot name an array in an archive` });
    files[`${name}.npy`] = [writeNpy(tensor), { mtime: new Date(1980, 0, 1), level: 9 }];
  }
  return zipSync(files);
}
