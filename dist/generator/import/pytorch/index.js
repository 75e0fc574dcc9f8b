// PyTorch checkpoints. See docs/decisions/pickle-reader.md for why this is not a library.
import { InputError } from "../../diagnostics/diagnostics.js";
import { unreadable } from "./error.js";
import { readPickles } from "./legacy.js";
import { findTensors } from "./state-dict.js";
import { readTensors } from "./tensors.js";
import { isZip, readZip } from "./zip.js";
export { architectures } from "./architectures.js";
export { networkFiles, planNetwork } from "./network.js";
const otherFiles = [
    ["\x89HDF", "an HDF5 file (Keras, MATLAB)"],
    ["\x1f\x8b", "a gzip archive: unpack it first"],
    ["BZh", "a bzip2 archive: unpack it first"],
    ["\x93NUMPY", "a .npy file, which holds one array"],
];
function open(bytes) {
    if (isZip(bytes))
        return readZip(bytes);
    const start = String.fromCharCode(...bytes.subarray(0, 8));
    const other = otherFiles.find(([mark]) => start.startsWith(mark))?.[1];
    // Every pickle of protocol 2 and later starts so; of the older ones reading tells.
    if (bytes[0] === 0x80)
        return readPickles(bytes);
    try {
        if (bytes.length > 0 && other === undefined)
            return readPickles(bytes);
    }
    catch (error) {
        if (!(error instanceof InputError))
            throw error;
    }
    throw unreadable("this is no PyTorch checkpoint", {
        expected: "a file that torch.save wrote (a zip archive, or the pickles of PyTorch before 1.6)",
        found: bytes.length === 0 ? "an empty file" : (other ?? "other bytes"),
    });
}
/**
 * Reads a state dict that torch.save or pickle wrote: a zip archive, pickles, or a module pickled whole. Nothing in the
 * file is run. Throws InputError.
 */
export function readCheckpoint(bytes, choice = {}) {
    const { value, pieces } = open(bytes);
    const { tensors, ignored } = findTensors(value, choice);
    return { ...readTensors(tensors, pieces), ignored };
}
