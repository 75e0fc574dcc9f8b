// The PyTorch exporter as one file: its own modules are written into it, so that only torch is needed beside it.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineCommand } from "../command.ts";
import { textFile } from "../options.ts";
import { writeText } from "../output.ts";

const scripts = new URL("../../../scripts/", import.meta.url);
const textOf = (name: string): string => readFileSync(fileURLToPath(new URL(`${name}.py`, scripts)), "utf8");
const isOwn = (name: string): boolean => existsSync(fileURLToPath(new URL(`${name}.py`, scripts)));

/** Text of the exporter. */
function exportScript(): string {
  const done = new Set<string>();
  // A module of ours becomes text in front of the line that imports it.
  const embed = (line: string): string => {
    const name = /^(?:from|import) (\w+)\b/.exec(line)?.[1];
    if (name === undefined || !isOwn(name) || done.has(name)) return line;
    done.add(name);
    const text = textOf(name);
    if (text.includes("'''")) throw new Error(`scripts/${name}.py holds three quotes`);
    const own = text
      .split("\n")
      .flatMap((l) => (/^(?:from|import) /.test(l) ? [/^(?:from|import) (\w+)/.exec(l)![1]!] : []));
    const needs = own
      .filter((n) => isOwn(n) && !done.has(n))
      .map((n) => embed(`import ${n}`).replace(/\nimport \w+$/, ""));
    return [...needs, `_module("${name}", r'''${text}''')`, line].join("\n");
  };
  const loader = [
    "",
    "def _module(name, text):",
    '    """Makes a module that lies in this file known under its name."""',
    "    import types",
    "",
    "    module = types.ModuleType(name)",
    "    sys.modules[name] = module",
    '    exec(compile(text, name + ".py", "exec"), module.__dict__)',
    "",
    "",
  ];
  const lines = textOf("export_pytorch").split("\n");
  const first = lines.findIndex((l) => isOwn(/^from (\w+) import/.exec(l)?.[1] ?? ""));
  return [...lines.slice(0, first), ...loader, ...lines.slice(first).map(embed)].join("\n");
}

export const command = defineCommand({
  positionals: {},
  options: { output: textFile },
  run: (args, out) => writeText(exportScript(), args.output, out),
});
