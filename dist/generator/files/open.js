// Any of the formats, by the file's name.
import { FileError } from "./error.js";
import { readNpy } from "./npy.js";
import { openNpz } from "./npz.js";
import { openSafetensors } from "./safetensors.js";
import { missing } from "./tensor.js";
/**
 * Opens the bytes of the file called `fileName`; its extension says how they are read. A .npy file holds one array, which
 * bears the file's name without folder and extension. Throws FileError.
 */
export function openTensorFile(bytes, fileName, limits = {}) {
    const base = fileName.slice(Math.max(fileName.lastIndexOf("/"), fileName.lastIndexOf("\\")) + 1);
    const dot = base.lastIndexOf(".");
    const extension = base.slice(dot + 1).toLowerCase();
    if (dot >= 0 && extension === "npz")
        return openNpz(bytes, limits);
    if (dot >= 0 && extension === "safetensors")
        return openSafetensors(bytes, limits);
    if (dot >= 0 && extension === "npy")
        return single(base.slice(0, dot), readNpy(bytes, limits));
    throw new FileError({
        code: "file-kind",
        message: `"${base}" is no kind of array file that can be read here`,
        expected: "a file ending in .safetensors, .npz or .npy",
        found: dot >= 0 ? `.${extension}` : "no extension",
        hint: ["pt", "pth", "bin", "ckpt"].includes(extension)
            ? "a PyTorch checkpoint: save its state dict with safetensors.torch.save_file"
            : undefined,
    });
}
function single(name, tensor) {
    const read = (asked) => {
        if (asked !== name)
            throw missing(asked, [name]);
        return tensor;
    };
    return { names: () => [name], shape: (asked) => read(asked).shape, read };
}
