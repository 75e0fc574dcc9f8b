// Any of the formats, by the file's name.
import { FileError } from "./error.ts";
import { readNpy } from "./npy.ts";
import { openNpz } from "./npz.ts";
import { openSafetensors } from "./safetensors.ts";
import { missing, type ReadLimits, type Tensor, type TensorFile } from "./tensor.ts";

/**
 * Opens the bytes of the file called `fileName`; its extension says how they are read. A .npy file holds one array, which
 * bears the file's name without folder and extension. Throws FileError.
 */
export function openTensorFile(bytes: Uint8Array, fileName: string, limits: ReadLimits = {}): TensorFile {
  const base = fileName.slice(Math.max(fileName.lastIndexOf("/"), fileName.lastIndexOf("\\")) + 1);
  const dot = base.lastIndexOf(".");
  const extension = base.slice(dot + 1).toLowerCase();
  if (dot >= 0 && extension === "npz") return openNpz(bytes, limits);
  if (dot >= 0 && extension === "safetensors") return openSafetensors(bytes, limits);
  if (dot >= 0 && extension === "npy") return single(base.slice(0, dot), readNpy(bytes, limits));
  throw new FileError({
    code: "file-kind",
    message: `"${base}" is not an array file of a kind that can be read`,
    expected: "a file ending in .safetensors, .npz or .npy",
    found: dot >= 0 ? `.${extension}` : "no extension",
    hint: ["pt", "pth", "bin", "ckpt"].includes(extension)
      ? "a PyTorch checkpoint: save its state dict with safetensors.torch.save_file"
      : undefined,
  });
}

function single(name: string, tensor: Tensor): TensorFile {
  const read = (asked: string): Tensor => {
    if (asked !== name) throw missing(asked, [name]);
    return tensor;
  };
  return { names: () => [name], shape: (asked) => read(asked).shape, read };
}
