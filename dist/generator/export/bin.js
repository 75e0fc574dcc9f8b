// One raw file with all arrays, and a manifest that says where each one is.
import { exportLayers } from "./arrays.js";
import { manifest } from "./format.js";
import { littleEndian, storageOf } from "./storage.js";
/** Every array starts at a multiple of this many bytes. */
const alignment = 8;
export const bin = {
    format: "bin",
    summary: "one raw little-endian file and a JSON manifest of offsets, shapes and types",
    files(net) {
        const parts = [];
        let end = 0;
        const described = manifest("bin", net, exportLayers(net), (_, array) => {
            const bytes = littleEndian(array);
            const offset = Math.ceil(end / alignment) * alignment;
            parts.push({ offset, bytes });
            end = offset + bytes.length;
            return { file: "weights.bin", dtype: storageOf(array).dtype, offset, bytes: bytes.length };
        });
        const all = new Uint8Array(end);
        for (const { offset, bytes } of parts)
            all.set(bytes, offset);
        return new Map([
            ["weights.bin", all],
            ["manifest.json", described],
        ]);
    },
};
