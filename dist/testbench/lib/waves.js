import { closeSync, openSync, readSync, writeFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import { ProtocolError } from "./axis.js";
import { A } from "./layout.js";
import { HangError } from "./scheduler.js";
/** The variables that a VCD declares, in their order. */
export function vcdVariables(header) {
    const out = [];
    const scopes = [];
    for (const m of header.matchAll(/\$(scope|upscope|var|enddefinitions)\b([^$]*(?:\$(?!end\b)[^$]*)*)\$end/g)) {
        const words = m[2].trim().split(/\s+/);
        if (m[1] === "scope")
            scopes.push(words[1] ?? "");
        else if (m[1] === "upscope")
            scopes.pop();
        else if (m[1] === "var")
            out.push({ path: [...scopes, words[3]].join("."), range: words.slice(4).join("") });
        else
            break;
    }
    return out;
}
const HEADER_LIMIT = 64 * 1024 * 1024;
function readHeader(path) {
    const file = openSync(path, "r");
    try {
        let text = "";
        const chunk = Buffer.alloc(1 << 16);
        while (text.length < HEADER_LIMIT && !text.includes("$enddefinitions $end")) {
            const n = readSync(file, chunk);
            if (n === 0)
                break;
            text += chunk.toString("latin1", 0, n);
        }
        return text;
    }
    finally {
        closeSync(file);
    }
}
/** The streams that an error is about: its own, those that wait at a hang, otherwise those that moved in its clock. */
export function failingStreams(error, scheduler) {
    if (error instanceof ProtocolError)
        return [error.stream];
    const m = scheduler.memory;
    const hang = error instanceof HangError;
    const names = scheduler.agents
        .filter((a) => hang
        ? a.wants() || m[a.at + A.STALLED] === 1
        : m[a.at + A.BEATS] > 0 && m[a.at + A.LAST_CYCLE] === scheduler.cycles(m[a.at + A.CLOCK]))
        .map((a) => a.prefix);
    return [...new Set(names)];
}
const SUFFIX = /_t(data|valid|ready|last|keep|strb|user|id|dest)$/;
// The clocks and the failing streams first, then every other port in the design's order.
function groups({ top, ports, clocks, streams }, variables) {
    // A port has its own name inside the design's scope and the name p<index> in the wrapper's.
    const find = (end) => variables.find(({ path }) => path === end || path.endsWith(`.${end}`));
    const signals = ports.flatMap((p, i) => {
        const variable = find(`addernet_tb.${top}.${p.name}`) ?? find(`addernet_tb.p${i}`);
        return variable ? [{ name: p.name, variable }] : [];
    });
    const taken = new Set();
    const take = (title, wanted) => {
        const mine = signals.filter(({ name }) => !taken.has(name) && wanted(name));
        for (const { name } of mine)
            taken.add(name);
        return { title, signals: mine };
    };
    return [
        take("clocks", (name) => clocks.includes(name)),
        ...streams.map((s) => take(s, (name) => name.startsWith(`${s}_t`) && SUFFIX.test(name))),
        take("other ports", () => true),
    ].filter((g) => g.signals.length > 0);
}
/** Save file of GTKWave: the marker is at the failure. */
export function gtkwaveFile(options, variables) {
    const ps = Math.round(options.time * 1000);
    const lines = [`[dumpfile] "${options.vcd}"`, `[timestart] ${Math.max(0, ps - 200_000)}`, `*-16.0 ${ps}`];
    for (const { title, signals } of groups(options, variables)) {
        lines.push("@200", `-${title}`);
        for (const { name, variable } of signals)
            lines.push("@22", `+{${name}} ${variable.path}${variable.range}`);
    }
    return `${lines.join("\n")}\n`;
}
/** Command file of Surfer: the cursor is at the failure. */
export function surferFile(options, variables) {
    const lines = ["# surfer --command-file <this file>"];
    // In a command file # begins a comment and ; a further command: such a path is opened by hand.
    if (isAbsolute(options.vcd) && !/[#;\s]/.test(options.vcd))
        lines.push(`load_file ${options.vcd}`);
    for (const { title, signals } of groups(options, variables)) {
        lines.push(`divider_add ${title}`);
        for (const { variable } of signals)
            if (!/[#;\s]/.test(variable.path))
                lines.push(`variable_add ${variable.path}`);
    }
    lines.push("zoom_fit", `cursor_set ${Math.round(options.time * 1000)}`, "goto_cursor");
    return `${lines.join("\n")}\n`;
}
/** Writes the save files of both viewers beside the VCD. */
export function writeSaveFiles(options) {
    const variables = vcdVariables(readHeader(options.vcd));
    const base = options.vcd.replace(/\.vcd$/, "");
    writeFileSync(`${base}.gtkw`, gtkwaveFile(options, variables));
    writeFileSync(`${base}.sucl`, surferFile(options, variables));
}
