var __rewriteRelativeImportExtension = (this && this.__rewriteRelativeImportExtension) || function (path, preserveJsx) {
    if (typeof path === "string" && /^\.\.?\//.test(path)) {
        return path.replace(/\.(tsx)$|((?:\.d)?)((?:\.[^./]+?)?)\.([cm]?)ts$/i, function (m, tsx, d, ext, cm) {
            return tsx ? preserveJsx ? ".jsx" : ".js" : d && (!ext || !cm) ? m : (d + ext + "." + cm.toLowerCase() + "js");
        });
    }
    return path;
};
// The simulation models of a family's cells, out of the Yosys that makes the netlists.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { families } from "../../targets/index.js";
import { findProgram, packageOf } from "./tools.js";
/** Reads a file of Yosys' share folder by its path there. */
async function shareReader(native) {
    const program = findProgram("yosys");
    const url = native && program ? undefined : packageOf("yosys");
    if (url === undefined) {
        const folder = ["../share/yosys", "share/yosys"]
            .map((d) => join(dirname(program ?? ""), d))
            .find((d) => existsSync(d));
        return (path) => readFileSync(join(folder ?? "/usr/share/yosys", path), "utf8");
    }
    const { filesystem } = (await import(__rewriteRelativeImportExtension(new URL("resources-yosys.js", url).href)));
    return (path) => {
        let at = filesystem.share;
        for (const part of path.split("/"))
            at = at[part];
        return typeof at === "string" ? at : readFileSync(fileURLToPath(at), "utf8");
    };
}
/** Verilog of the models of the cells in a netlist, includes filled in. */
export async function cellModels(target, netlist, native) {
    const read = await shareReader(native);
    const whole = (path) => read(path).replace(/^\s*`include "([^"]+)"/gm, (_, file) => whole(join(dirname(path), file)));
    // Delays are none of a simulation by clocks, and Verilator does not read all of them.
    const text = families[target.family].models
        .map(whole)
        .join("\n")
        .replace(/^\s*\(\*[^\n]*\*\)\s*$/gm, "")
        .replace(/^\s*specify\b[\s\S]*?\bendspecify\b/gm, "");
    return `\`define NO_ICE40_DEFAULT_ASSIGNMENTS\n${keepUsed(text, netlist)}`;
}
/** The text without the modules that neither `user` nor a kept module names: simulators refuse some pads and blocks. */
export function keepUsed(text, user) {
    const parts = text.split(/^(?=[ \t]*(?:\(\*.*\*\)\s*)?module\s)|(?<=^[ \t]*endmodule\b)/m);
    const words = (s) => s.match(/[A-Za-z_]\w*/g) ?? [];
    const nameOf = (part) => /^\s*(?:\(\*.*\*\)\s*)?module\s+\\?(\w+)/.exec(part)?.[1];
    const byName = new Map(parts.flatMap((p) => (nameOf(p) ? [[nameOf(p), p]] : [])));
    const kept = new Set();
    const visit = (s) => {
        for (const w of new Set(words(s))) {
            const part = byName.get(w);
            if (part === undefined || kept.has(w))
                continue;
            kept.add(w);
            visit(part);
        }
    };
    visit(user);
    // A condition of the preprocessor may begin in one module and end in another.
    const directives = (p) => (p.match(/^[ \t]*`(?:ifn?def|else|elsif|endif|define|undef)\b.*\n/gm) ?? []).join("");
    return parts.map((p) => (nameOf(p) === undefined || kept.has(nameOf(p)) ? p : directives(p))).join("");
}
