// The command line's hands on the file system.
import { randomBytes } from "node:crypto";
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync, } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { inputError } from "../diagnostics/diagnostics.js";
import { FileError, readNpy } from "../files/index.js";
export const reason = (e) => {
    const code = e.code;
    if (code === "ENOENT")
        return "there is no such file";
    if (code === "EISDIR")
        return "it is a folder";
    if (code === "EACCES")
        return "permission denied";
    if (code === "ENOTDIR")
        return "a part of its path is a file";
    if (code === "ENOSPC")
        return "the disk is full";
    return e instanceof Error ? e.message : String(e);
};
export function readText(path) {
    let bytes;
    try {
        bytes = readFileSync(path);
    }
    catch (e) {
        throw inputError({
            code: "AN1006",
            message: `${path} cannot be read: ${reason(e)}`,
            expected: "a network file, or integers.json of addernet quantize",
        });
    }
    try {
        return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    }
    catch (e) {
        // A text may also be longer than a string can be.
        throw inputError({
            code: "AN1001",
            message: `${path} is no text in UTF-8${bytes.length > 2 ** 28 ? `: ${reason(e)}` : ""}`,
            expected: "a JSON object with the keys format, name, input and layers",
            hint: "save the file as UTF-8",
        });
    }
}
/** Files named in a network file lie relative to it. */
export const readBeside = (network) => (path) => {
    try {
        return readFileSync(resolve(dirname(network), path));
    }
    catch (e) {
        throw new Error(reason(e));
    }
};
/** The cells of templates/, by module name. */
export function cellSources() {
    const dir = fileURLToPath(new URL("../../templates/", import.meta.url));
    return new Map(readdirSync(dir)
        .filter((f) => f.endsWith(".v"))
        .sort()
        .map((f) => [f.slice(0, -2), readFileSync(join(dir, f), "utf8")]));
}
/** The driver that runs on a Zynq board. */
export const driverSource = () => readFileSync(fileURLToPath(new URL("../../templates/pynq/addernet.py", import.meta.url)), "utf8");
const storageRange = { uint8: [0, 255], int8: [-128, 127], uint16: [0, 65535] };
/**
 * Images of a .npy file as stored integers in HWC order: [N, H, W, C], [N, C, H, W], or [N, H, W] for one channel
 * ([N, n] for a vector).
 */
export function readImages(path, input, count) {
    let bytes;
    try {
        bytes = readFileSync(path);
    }
    catch (e) {
        throw inputError({
            code: "AN6001",
            message: `${path} cannot be read: ${reason(e)}`,
            expected: "a .npy file of images",
        });
    }
    let t;
    try {
        t = readNpy(bytes);
    }
    catch (e) {
        if (!(e instanceof FileError))
            throw e;
        throw inputError({
            code: "AN6001",
            message: `${path}: ${e.message}`,
            expected: e.expected ?? "a .npy file of images",
            ...(e.found ? { found: e.found } : {}),
        });
    }
    const [h, w, c] = input.shape;
    const rest = t.shape.slice(1).join();
    const last = rest === [h, w, c].join() || (c === 1 && rest === [h, w].join()) || (h === 1 && w === 1 && rest === String(c));
    const first = !last && rest === [c, h, w].join();
    if (t.shape.length < 2 || (!last && !first))
        throw inputError({
            code: "AN6002",
            message: `the images of ${path} have the wrong shape`,
            expected: `[count, ${h}, ${w}, ${c}]${c === 1 ? ` or [count, ${h}, ${w}]` : ` or [count, ${c}, ${h}, ${w}]`}`,
            found: `[${t.shape.join(", ")}]`,
        });
    if (t.shape[0] === 0)
        throw inputError({
            code: "AN6002",
            message: `${path} holds no images`,
            expected: "at least one",
            found: `[${t.shape.join(", ")}]`,
        });
    const [lo, hi] = storageRange[input.storage];
    const size = h * w * c;
    const available = t.shape[0];
    const n = Math.min(count ?? available, available);
    return Array.from({ length: n }, (_, i) => {
        const data = new Int32Array(size);
        for (let k = 0; k < size; k++) {
            const at = first ? (k % c) * h * w + Math.floor(k / c) : k;
            const v = Number(t.data[i * size + at]);
            if (!Number.isInteger(v) || v < lo || v > hi)
                throw inputError({
                    code: "AN6003",
                    message: `image ${i} of ${path} holds a value that the input cannot store`,
                    expected: `integers from ${lo} to ${hi} (storage ${input.storage})`,
                    found: String(v),
                    hint: t.dtype.startsWith("float")
                        ? "images are stored integers; the network file tells their scale"
                        : 'see "storage" of the input',
                });
            data[k] = v;
        }
        return { shape: input.shape, data };
    });
}
/** The first `count` labels of a .npy file of exactly `count` integers, or of more where `part` is set. */
export function readLabels(path, count, part) {
    let t;
    try {
        t = readNpy(readFileSync(path));
    }
    catch (e) {
        throw inputError({
            code: "AN6001",
            message: `${path} cannot be read: ${reason(e)}`,
            expected: "a .npy file of labels",
        });
    }
    if (t.shape.length !== 1 || t.shape[0] < count || (!part && t.shape[0] > count))
        throw inputError({
            code: "AN6004",
            message: `the labels of ${path} do not match the images`,
            expected: `[${count}]${part ? " or more" : ""}, one label an image`,
            found: `[${t.shape.join(", ")}]`,
        });
    const labels = Array.from(t.data.subarray(0, count), Number);
    const wrong = labels.findIndex((v) => !Number.isInteger(v) || v < 0);
    if (wrong >= 0)
        throw inputError({
            code: "AN6004",
            message: `label ${wrong} of ${path} is no class`,
            expected: "integers from 0 up",
            found: String(labels[wrong]),
        });
    return labels;
}
/** Refuses a folder that cannot be written or holds what no earlier run wrote (`mark` is missing), before any work. */
export function checkFolder(path, mark, force) {
    const out = resolve(path);
    if (existsSync(out)) {
        if (!statSync(out).isDirectory())
            throw inputError({
                code: "AN7001",
                message: `${path} is a file`,
                expected: "a folder, or a name not taken yet",
            });
        if (!force && readdirSync(out).length > 0 && !existsSync(join(out, mark)))
            throw inputError({
                code: "AN7002",
                message: `${path} holds files that addernet did not write`,
                expected: "an empty folder, or one that an earlier run wrote",
                hint: "choose another folder, or --force to replace it",
            });
    }
    let above = dirname(out);
    while (!existsSync(above))
        above = dirname(above);
    try {
        if (!statSync(above).isDirectory())
            throw new Error(`${above} is a file`);
        accessSync(above, constants.W_OK);
    }
    catch (e) {
        throw inputError({ code: "AN7001", message: `${path} cannot be written: ${reason(e)}` });
    }
}
/** Writes a whole folder or nothing: a folder beside it is filled and then takes its name. */
export function writeFolder(path, files, mark, force) {
    checkFolder(path, mark, force);
    const out = resolve(path);
    const temp = join(dirname(out), `.${basename(out)}.${randomBytes(6).toString("hex")}`);
    try {
        for (const [name, content] of files) {
            const to = resolve(temp, name);
            if (!to.startsWith(`${temp}/`))
                throw new Error(`unsafe name ${name}`);
            mkdirSync(dirname(to), { recursive: true });
            writeFileSync(to, content);
        }
        if (existsSync(out)) {
            const old = `${temp}.old`;
            renameSync(out, old);
            renameSync(temp, out);
            rmSync(old, { recursive: true, force: true });
        }
        else {
            mkdirSync(dirname(out), { recursive: true });
            renameSync(temp, out);
        }
    }
    catch (e) {
        if (existsSync(temp))
            rmSync(temp, { recursive: true, force: true });
        if (e.code)
            throw inputError({ code: "AN7001", message: `${path} cannot be written: ${reason(e)}` });
        throw e;
    }
}
/** Writes one file whole or not at all. */
export function writeWhole(path, content) {
    const temp = join(dirname(resolve(path)), `.${basename(path)}.${randomBytes(6).toString("hex")}`);
    try {
        mkdirSync(dirname(resolve(path)), { recursive: true });
        writeFileSync(temp, content);
        renameSync(temp, path);
    }
    catch (e) {
        if (existsSync(temp))
            rmSync(temp, { force: true });
        throw inputError({ code: "AN7001", message: `${path} cannot be written: ${reason(e)}` });
    }
}
