import { spawn } from "node:child_process";
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import koffi from "koffi";
import { MEMORY_WORDS } from "./backend.js";
import { BuildError } from "./design.js";
import { COMMAND, H, STATUS } from "./layout.js";
import { loadNative } from "./native_library.js";
const hosts = new Map();
function load(path) {
    let h = hosts.get(path);
    if (!h) {
        const so = loadNative(path);
        h = {
            host: {
                create: so.func("int tbh_create(uint32_t)"),
                map: so.func("void *tbh_map(int, uint32_t)"),
                scrub: so.func("int tbh_scrub(void *, uint32_t)"),
                wait: so.func("int tbh_wait(void *, uint32_t, int)"),
                run: so.func("int tbh_run(void *, int)"),
                post: so.func("void tbh_post(void *)"),
            },
            free: [],
        };
        hosts.set(path, h);
    }
    return h;
}
/** The simulator ended before the bench did. */
export class SimulatorDied extends Error {
    constructor(how, output) {
        super(`vvp ended ${how}${output ? `; it printed:\n${output}` : ""}`);
        this.name = "SimulatorDied";
    }
}
/** Starts vvp on a model. */
export async function openIcarus(model, { prepare, waves }) {
    const { host, free } = load(join(model.runtime, "host.so"));
    const region = free.pop() ?? create(host);
    const { memory, pointer } = region;
    prepare(memory);
    // A file, not a pipe: a full pipe would block vvp while the bench waits for it.
    const dir = mkdtempSync(join(tmpdir(), "tb-vvp-"));
    const path = join(dir, "out");
    const out = openSync(path, "w");
    const log = openSync(path, "r");
    rmSync(dir, { recursive: true, force: true });
    const args = ["-N", `-M${model.runtime}`, "-mtb_vpi", model.program, ...(waves ? [`+tb_dump=${waves}`] : [])];
    const child = spawn("vvp", args, {
        stdio: ["ignore", out, out, region.fd],
        env: {
            ...process.env,
            TB_FD: "3",
            TB_WORDS: `${MEMORY_WORDS}`,
            TB_PARENT: `${process.pid}`,
            ...(waves ? { TB_DUMP: "1" } : {}),
        },
    });
    closeSync(out);
    let exit;
    const exited = new Promise((resolve) => {
        child.on("exit", (code, signal) => {
            exit = { code, signal };
            resolve();
        });
        child.on("error", () => resolve());
    });
    const { pid } = child;
    if (pid === undefined) {
        closeSync(log);
        free.push(region);
        await exited;
        throw new BuildError("vvp was not found on PATH; the test bench library needs Icarus Verilog 11 or newer (Debian: apt-get install iverilog)");
    }
    let consumed = 0;
    const readText = () => {
        const size = fstatSync(log).size;
        if (size <= consumed)
            return "";
        const b = Buffer.alloc(size - consumed);
        const n = readSync(log, b, 0, b.length, consumed);
        consumed += n;
        return b.toString("utf8", 0, n);
    };
    const parser = new LogParser();
    const died = () => {
        const entries = parser.take(readText());
        const how = exit ? (exit.signal ? `by ${exit.signal}` : `with status ${exit.code}`) : "by itself";
        return new SimulatorDied(how, entries.map((e) => e.text).join("\n"));
    };
    let closed = false;
    const close = async () => {
        if (closed)
            return;
        closed = true;
        if (!exit) {
            memory[H.COMMAND] = COMMAND.QUIT;
            host.post(pointer);
            // Waves are written at a proper end; a simulator that hangs gets no second chance.
            const timer = setTimeout(() => child.kill("SIGKILL"), waves ? 5000 : 500);
            await exited;
            clearTimeout(timer);
        }
        closeSync(log);
        if (host.scrub(pointer, MEMORY_WORDS) === 0)
            free.push(region);
    };
    const ready = () => {
        if (host.wait(pointer, 0, pid) !== 0)
            throw died();
    };
    try {
        ready();
        if (memory[H.STATUS] === STATUS.ENDED)
            throw died();
    }
    catch (e) {
        await close();
        throw e;
    }
    return {
        sim: "icarus",
        memory,
        run() {
            if (memory[H.STATUS] === STATUS.ENDED || host.run(pointer, pid) !== 0)
                throw died();
            if (memory[H.STATUS] === STATUS.ENDED)
                throw died();
        },
        takeLog: () => (memory[H.LOG_BYTES] > consumed ? parser.take(readText()) : []),
        finish() {
            // One more time step, a picosecond long, lets the last edge take effect.
            if (memory[H.STATUS] !== STATUS.RUNNING || closed)
                return;
            const cycles = memory.slice(H.CLOCK_TABLE, H.PORTS);
            const now = [memory[H.NOW_LO], memory[H.NOW_HI]];
            memory[H.WANT_SETTLED] = 1;
            if (host.run(pointer, pid) !== 0)
                throw died();
            memory.set(cycles, H.CLOCK_TABLE);
            memory[H.NOW_LO] = now[0];
            memory[H.NOW_HI] = now[1];
        },
        close,
    };
}
function create(host) {
    const fd = host.create(MEMORY_WORDS);
    const pointer = fd < 0 ? null : host.map(fd, MEMORY_WORDS);
    if (pointer === null)
        throw new BuildError("cannot get shared memory for the simulator");
    return { fd, pointer, memory: new Uint32Array(koffi.view(pointer, MEMORY_WORDS * 4)) };
}
const KINDS = {
    F: "finish",
    S: "stop",
    X: "fatal",
    E: "error",
    W: "warning",
    I: "info",
};
/** Takes the simulator's output apart: \x01…\x02 are the VPI module's marks, all else is the design's. */
export class LogParser {
    #partial = "";
    #unmarked = [];
    #last = 0;
    take(text) {
        const out = [];
        const lines = (s) => {
            const parts = (this.#partial + s).split("\n");
            this.#partial = parts.pop();
            for (const p of parts) {
                const e = { time: this.#last, kind: "display", text: p };
                this.#unmarked.push(e);
                out.push(e);
            }
        };
        const time = (ps) => {
            const ns = Number(ps) / 1000;
            for (const e of this.#unmarked)
                e.time = ns;
            this.#unmarked = [];
            this.#last = ns;
            return ns;
        };
        let at = 0;
        // biome-ignore lint/suspicious/noControlCharactersInRegex: the marks are control characters so that no design prints them.
        for (const m of text.matchAll(/\x01(\w)(\d+)(?:\x03([^\x03]*)\x03(\d+)\x03([^\x03]*)\x03([^\x02]*))?\x02/g)) {
            lines(text.slice(at, m.index));
            at = m.index + m[0].length;
            const ns = time(m[2]);
            const kind = KINDS[m[1]];
            if (kind) {
                const fallback = kind === "stop" || kind === "finish" ? `$${kind}` : "";
                out.push({ time: ns, kind, text: m[6] || fallback, file: m[3] ?? "", line: Number(m[4]), scope: m[5] ?? "" });
            }
        }
        lines(text.slice(at));
        if (this.#partial && text.endsWith("\x02")) {
            const e = { time: this.#last, kind: "display", text: this.#partial };
            this.#partial = "";
            out.push(e);
        }
        return out;
    }
}
