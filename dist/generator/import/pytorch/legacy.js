// The format before PyTorch 1.6: three pickles about the file, one of the value, one of the storages' keys, and then
// for each key its number of elements (8 bytes) and the elements.
import { Cursor } from "./cursor.js";
import { shown, unreadable } from "./error.js";
import { elementBytes } from "./tensors.js";
import { call, find, storageOf } from "./torch-names.js";
import { unpickle } from "./unpickle.js";
import { Dict, Opaque } from "./values.js";
const magic = 0x1950a86a20f9469cfc6cn;
const version = 1001;
const nothing = {
    find,
    call,
    persistent: () => {
        throw unreadable("the checkpoint refers to a storage where none can be");
    },
};
const noPieces = {
    littleEndian: true,
    bytes(key) {
        throw unreadable(`the checkpoint lacks the storage ${shown(key)}`);
    },
};
/** A file that starts with a pickle of any protocol: torch's mark and what follows it, or a pickle of other data. */
export function readPickles(bytes) {
    const first = unpickle(bytes, 0, nothing);
    return first.value === magic ? readLegacy(bytes, first.end) : { value: first.value, pieces: noPieces };
}
function readLegacy(bytes, start) {
    let at = start;
    const next = (world = { ...nothing, persistent: nothing.persistent }) => {
        const { value, end } = unpickle(bytes, at, world);
        at = end;
        return value;
    };
    const found = next();
    if (found !== version) {
        throw unreadable("the checkpoint's version is unknown", { expected: `${version}`, found: shown(String(found)) });
    }
    const system = next();
    const littleEndian = !(system instanceof Dict && system.map.get("little_endian") === false);
    // A key is stored once, with one type and length, however many tensors share it.
    const storages = new Map();
    const persistent = (id) => {
        const storage = storageOf(id);
        // How many bytes it takes in the file is unknown too.
        if (storage instanceof Opaque)
            throw unreadable(`numbers of the type ${shown(storage.name)} are not known`);
        const first = storages.get(storage.key);
        if (first && first.dtype !== storage.dtype)
            throw unreadable(`storage ${shown(storage.key)} has two types`);
        storages.set(storage.key, first ?? storage);
        return storage;
    };
    const value = next({ find, call, persistent });
    const keys = next();
    const parts = new Map();
    const input = new Cursor(bytes, at);
    for (const key of Array.isArray(keys) ? keys : []) {
        const storage = typeof key === "string" ? storages.get(key) : undefined;
        if (typeof key !== "string" || !storage || parts.has(key)) {
            throw unreadable(`the checkpoint stores numbers that nothing uses, or twice, before byte ${input.at}`);
        }
        parts.set(key, input.raw(input.u64() * elementBytes(storage.dtype)));
    }
    return {
        value,
        pieces: {
            littleEndian,
            bytes(key) {
                const part = parts.get(key);
                if (!part)
                    throw unreadable(`the checkpoint lacks the storage ${shown(key)}`);
                return part;
            },
        },
    };
}
