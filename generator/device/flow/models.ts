// The simulation models of a family's cells, out of the Yosys that makes the netlists.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { families, type Target } from "../../targets/index.ts";
import { findProgram, packageOf } from "./tools.ts";

type Share = { readonly [name: string]: Share | string | URL };

/** Reads a file of Yosys' share folder by its path there. */
async function shareReader(native: boolean): Promise<(path: string) => string> {
  const program = findProgram("yosys");
  const url = native && program ? undefined : packageOf("yosys");
  if (url === undefined) {
    const folder = ["../share/yosys", "share/yosys"]
      .map((d) => join(dirname(program ?? ""), d))
      .find((d) => existsSync(d));
    return (path) => readFileSync(join(folder ?? "/usr/share/yosys", path), "utf8");
  }
  const { filesystem } = (await import(new URL("resources-yosys.js", url).href)) as { filesystem: { share: Share } };
  return (path) => {
    let at: Share | string | URL = filesystem.share;
    for (const part of path.split("/")) at = (at as Share)[part]!;
    return typeof at === "string" ? at : readFileSync(fileURLToPath(at as URL), "utf8");
  };
}

/** Verilog of the models of the cells in a netlist, includes filled in. */
export async function cellModels(target: Target, netlist: string, native: boolean): Promise<string> {
  const read = await shareReader(native);
  const whole = (path: string): string =>
    read(path).replace(/^\s*`include "([^"]+)"/gm, (_, file: string) => whole(join(dirname(path), file)));
  // Delays are none of a simulation by clocks, and Verilator does not read all of them.
  const text = families[target.family].models
    .map(whole)
    .join("\n")
    .replace(/^\s*\(\*[^\n]*\*\)\s*$/gm, "")
    .replace(/^\s*specify\b[\s\S]*?\bendspecify\b/gm, "");
  return `\`define NO_ICE40_DEFAULT_ASSIGNMENTS\n${keepUsed(text, netlist)}`;
}

/** The text without the modules that neither `user` nor a kept module names: simulators refuse some pads and blocks. */
export function keepUsed(text: string, user: string): string {
  const parts = text.split(/^(?=[ \t]*(?:\(\*.*\*\)\s*)?module\s)|(?<=^[ \t]*endmodule\b)/m);
  const words = (s: string) => s.match(/[A-Za-z_]\w*/g) ?? [];
  const nameOf = (part: string) => /^\s*(?:\(\*.*\*\)\s*)?module\s+\\?(\w+)/.exec(part)?.[1];
  const byName = new Map(parts.flatMap((p) => (nameOf(p) ? [[nameOf(p)!, p] as const] : [])));
  const kept = new Set<string>();
  const visit = (s: string) => {
    for (const w of new Set(words(s))) {
      const part = byName.get(w);
      if (part === undefined || kept.has(w)) continue;
      kept.add(w);
      visit(part);
    }
  };
  visit(user);
  // A condition of the preprocessor may begin in one module and end in another.
  const directives = (p: string) =>
    (p.match(/^[ \t]*`(?:ifn?def|else|elsif|endif|define|undef)\b.*\n/gm) ?? []).join("");
  return parts.map((p) => (nameOf(p) === undefined || kept.has(nameOf(p)!) ? p : directives(p))).join("");
}
