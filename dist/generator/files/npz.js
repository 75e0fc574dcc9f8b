// NumPy's .npz format: a zip archive of .npy files.
import { zipSync } from "fflate";
import { FileError } from "./error.js";
import { readNpy, writeNpy } from "./npy.js";
import { DEFAULT_MAX_BYTES, missing } from "./tensor.js";
import { readZipDirectory, readZipEntry } from "./zip.js";
/** Opens an archive; its directory is read now, each array when asked for. Members that are no .npy are left out. */
export function openNpz(bytes, limits = {}) {
    const entries = new Map();
    for (const entry of readZipDirectory(bytes))
        if (entry.name.endsWith(".npy"))
            entries.set(entry.name.slice(0, -4), entry);
    const names = [...entries.keys()];
    const maxBytes = limits.maxBytes ?? DEFAULT_MAX_BYTES;
    // Asking for a shape and then for the array is common; unpacking it twice is not needed.
    let last;
    const read = (name) => {
        if (last?.name === name)
            return last.tensor;
        const entry = entries.get(name);
        if (!entry)
            throw missing(name, names);
        const tensor = readNpy(readZipEntry(bytes, entry, maxBytes), limits);
        last = { name, tensor };
        return tensor;
    };
    return { names: () => names, shape: (name) => read(name).shape, read };
}
/** An archive of the arrays in the order given, deflated; the same arrays always give the same bytes. */
export function writeNpz(tensors) {
    const files = {};
    for (const [name, tensor] of tensors) {
        if (name === "" || name.includes("\0") || name.includes("/") || name.includes("\\"))
            throw new FileError({ code: "tensor-name", message: `"${name}" cannot name an array in an archive` });
        files[`${name}.npy`] = [writeNpy(tensor), { mtime: new Date(1980, 0, 1), level: 9 }];
    }
    return zipSync(files);
}
