import { readFileSync } from "node:fs";
import koffi from "koffi";
import { MEMORY_WORDS } from "./backend.js";
import { BuildError } from "./design.js";
import { H } from "./layout.js";
import { loadNative } from "./native_library.js";
// Libraries stay loaded: loading one again for each run would grow the process.
const loaded = new Map();
function load(path) {
    let l = loaded.get(path);
    if (!l) {
        const so = loadNative(path);
        l = {
            open: so.func("int tb_open(uintptr_t, uint32_t, const char *)"),
            run: so.func("void tb_run(int)"),
            finish: so.func("void tb_finish(int)"),
            log: so.func("const char *tb_log(int)"),
            clearLog: so.func("void tb_clear_log(int)"),
            close: so.func("void tb_close(int)"),
        };
        loaded.set(path, l);
    }
    return l;
}
/** Starts an instance of a model. */
export function openVerilator(model, { prepare, initSeed, waves }) {
    const memory = new Uint32Array(MEMORY_WORDS);
    prepare(memory);
    const lib = load(model.library);
    const handle = lib.open(koffi.address(memory), initSeed, waves ?? "");
    if (handle < 0)
        throw new BuildError(`cannot write waves to ${waves}`);
    let open = true;
    const { run } = lib;
    return {
        sim: "verilator",
        memory,
        run: () => run(handle),
        takeLog() {
            if (!open || memory[H.LOG_BYTES] === 0)
                return [];
            const entries = parseLog(lib.log(handle));
            lib.clearLog(handle);
            return entries;
        },
        finish() {
            if (open)
                lib.finish(handle);
        },
        async close() {
            if (open)
                lib.close(handle);
            open = false;
        },
    };
}
/** Entries of the native log: `kind time bytes`, a new line, then the text. */
export function parseLog(text) {
    const out = [];
    const bytes = Buffer.from(text, "utf8");
    let partial = "";
    let pending;
    for (let at = 0; at < bytes.length;) {
        const eol = bytes.indexOf(10, at);
        const [kind, time, length] = bytes.toString("utf8", at, eol).split(" ");
        const body = bytes.toString("utf8", eol + 1, eol + 1 + Number(length));
        at = eol + 1 + Number(length);
        const ns = Number(time) / 1000;
        if (kind === "D") {
            partial += body;
            const lines = partial.split("\n");
            partial = lines.pop();
            for (const line of lines)
                out.push(printed(line, ns));
            continue;
        }
        if (partial)
            out.push(printed(partial, ns));
        partial = "";
        const [file = "", line = "0", scope = "", ...message] = body.split("\n");
        pending = { file, line: Number(line), scope: scope.replace(/^TOP\./, "") };
        const previous = out.at(-1);
        if (kind === "F")
            out.push({ time: ns, kind: "finish", text: "$finish", ...pending });
        else if (previous &&
            (previous.kind === "error" || previous.kind === "fatal") &&
            previous.line === pending.line &&
            previous.time === ns) {
            // The message came as text just before, with the file's name alone and the same word for $error and $fatal.
            previous.file = pending.file;
            if (sourceLine(pending.file, pending.line).includes("$fatal"))
                previous.kind = "fatal";
            if (!previous.scope)
                previous.scope = pending.scope;
        }
        else
            out.push({ time: ns, kind: kind === "X" ? "fatal" : "stop", text: message.join("\n") || "$stop", ...pending });
    }
    if (partial)
        out.push(printed(partial, 0));
    return out;
}
// [15000] %Error: file.v:8: Assertion failed in TOP.addernet_tb.t: message
const SEVERITY = /^\[\d+\] (%Error|%Fatal|%Warning|%Info|-Info): (.+?):(\d+): (?:Assertion failed in )?(\S+?): ?(.*)$/;
function printed(line, time) {
    const m = SEVERITY.exec(line);
    if (!m)
        return { time, kind: "display", text: line };
    const file = m[2];
    const number = Number(m[3]);
    const kinds = {
        "%Error": "error",
        "%Fatal": "fatal",
        "%Warning": "warning",
        "%Info": "info",
        "-Info": "info",
    };
    const kind = kinds[m[1]];
    return { time, kind, text: m[5], file, line: number, scope: m[4].replace(/^TOP\./, "") };
}
function sourceLine(file, line) {
    try {
        return readFileSync(file, "utf8").split("\n")[line - 1] ?? "";
    }
    catch {
        return "";
    }
}
