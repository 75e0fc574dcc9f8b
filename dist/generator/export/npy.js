// One .npy file for each array, and a manifest.
import { writeNpy } from "../files/npy.js";
import { exportLayers } from "./arrays.js";
import { manifest } from "./format.js";
import { storageOf } from "./storage.js";
function data({ values, bits, signed }) {
    // 32 bits hold what is narrower; 64-bit integers are exact doubles.
    return bits <= (signed ? 32 : 31) ? Int32Array.from(values) : Float64Array.from(values);
}
export const npy = {
    format: "npy",
    summary: "one NumPy array a file",
    files(net) {
        const files = new Map();
        const described = manifest("npy", net, exportLayers(net), (_, array) => {
            const file = `${array.stem}.npy`;
            const { dtype } = storageOf(array);
            files.set(file, writeNpy({ dtype, shape: array.shape, data: data(array) }));
            return { file, dtype };
        });
        return files.set("manifest.json", described);
    },
};
