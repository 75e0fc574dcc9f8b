// Stages ask cells, ops and layers; they never branch on the name of one (ARCHITECTURE.md, principle 3).
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { allCells } from "../generator/cells/index.ts";
import { layers } from "../generator/layers/index.ts";
import { hardwareOps } from "../generator/ops/index.ts";

const generator = join(import.meta.dirname, "../generator");

/** Names of kinds and ops that are fields or roles of other things too: they count where they are compared with a kind. */
const common = ["add", "bias", "concat", "identity", "pad", "scale", "table"];
const kinds = [...layers.keys(), ...hardwareOps];
const own = kinds.filter((name) => !common.includes(name));
const cells = allCells.map((c) => c.module);
const any = (names: readonly string[]) => `(${names.join("|")})`;

/** Parts of a file in which a name is no question: text in comments and messages, what a stage makes. */
const harmless: readonly RegExp[] = [
  /\/\/.*|\/\*[\s\S]*?\*\//g,
  /'[^'\n]*'/g,
  // A node that is made, and whether a node has the field.
  new RegExp(`\\bop: "${any(kinds)}"`, "g"),
  /"\w+" in \w+/g,
  // An instance that is made, names that are given once, names that are taken.
  /\bcell\(\s*"\w+"/g,
  /export const [A-Z_]+ = ("\w+"|\[[^\]]*\])/g,
  /\b(reserved\w*|modules) = \[[\s\S]*?\];/g,
];
const code = (text: string): string => harmless.reduce((t, pattern) => t.replace(pattern, ""), text);

interface Rule {
  readonly what: string;
  readonly patterns: readonly RegExp[];
  readonly stages: readonly string[];
}
/** A field compared, switched on, looked for in a set or a list, or given another name, behind which none of this shows. */
const asked = (fields: string, value: string) => [
  new RegExp(`\\b(${fields})\\s*[!=]==?\\s*${value}`),
  new RegExp(`switch \\([\\w.!?]*\\.?\\b(${fields})\\)`),
];
const cellRule: Rule = {
  what: "a cell's name",
  stages: ["5-schedule", "6-lower", "7-emit"],
  patterns: [
    ...asked("cell|module", ""),
    /\.(has|includes|startsWith|endsWith|indexOf)\([\w.!?]*\.(cell|module)\)|\.(cell|module)\.(startsWith|endsWith|includes|match)\(/,
    new RegExp(`"${any(cells)}"|^\\s*${any(cells)}:`),
  ],
};
const kindRule: Rule = {
  what: "a layer's kind or an op's name",
  stages: ["2-graph", "3-infer", "4-quantize", "4-quantize/roles", "5-schedule", "6-lower", "7-emit"],
  patterns: [
    new RegExp(`\\b(kind|op)\\s*[!=]==?\\s*("${any(kinds)}"|[A-Z])`),
    new RegExp(`case "${any(kinds)}":|switch \\((\\w+[.!?]+)*op\\)`),
    /\.(has|includes|startsWith|endsWith|indexOf)\([\w.!?]*\.(kind|op)\)|\.(kind|op)\.(startsWith|endsWith|includes|match)\(/,
    // Given another name, or taken out of its layer.
    /(const|let) \w+ = [\w.!?]+\.(kind|op);|(const|let) \{[^}]*\b(kind|op)\b[^}]*\} =/,
    // In any other question, or as the key of a table.
    new RegExp(`"${any(own)}"|(^|[{,])\\s*${any(own)}:`),
  ],
};

const offences = (text: string, { patterns }: Rule): string[] =>
  code(text)
    .split("\n")
    .filter((line) => patterns.some((p) => p.test(line)));

test.each([cellRule, kindRule])("no stage branches on $what", (rule) => {
  for (const stage of rule.stages) {
    const files = readdirSync(join(generator, stage)).filter((f) => f.endsWith(".ts") && !f.endsWith(".test.ts"));
    expect(files, stage).not.toEqual([]);
    for (const f of files)
      expect.soft(offences(readFileSync(join(generator, stage, f), "utf8"), rule), `${stage}/${f}`).toEqual([]);
  }
});

test.each([
  [cellRule, 'if (i.cell === "axis_window") {'],
  [cellRule, "switch (instance.cell) {"],
  [cellRule, "const { cell } = i;\nif (cell === LOADER) {"],
  [cellRule, "return WIDTHS.has(i.cell);"],
  [cellRule, 'return i.cell.startsWith("axis_");'],
  [cellRule, 'const wide = ["axis_widen"].includes(name);'],
  [cellRule, "  axis_window: 3,"],
  [kindRule, 'const n = node.op !== "sad" ? 1 : 2;'],
  [kindRule, 'return c.kind === "flatten" && ends(c);'],
  [kindRule, 'return c.kind === "add";'],
  [kindRule, "return c.kind === FLATTEN;"],
  [kindRule, 'case "max_pool2d":'],
  [kindRule, "switch (node.op) {"],
  [kindRule, "const k = layer.kind;"],
  [kindRule, "const { op, name } = node;"],
  [kindRule, "return pools.has(node.op);"],
  [kindRule, 'return layer.kind.startsWith("adder_");'],
  [kindRule, 'const arrays = ["sad", "mac"];'],
  [kindRule, "const cost = { sad: 1, mac: 3 }[node.op];"],
] as const)("$0.what: the rule sees %s", (rule, line) => expect(offences(line, rule)).not.toEqual([]));

test.each([
  [cellRule, "const cell = streamCell(i.cell);"],
  [cellRule, '...cell(\n  "weight_fetch",\n  "fetch",'],
  [cellRule, 'export const WEIGHT_RAM = "weight_ram";'],
  [kindRule, 'if (task.kind === "boxes") {'],
  [kindRule, 'q.push({ op: "table", ...id, table: values });'],
  [kindRule, 'return "requant" in node ? node.requant.mode : "";'],
  [kindRule, `hint: 'let the map leave before "flatten"',`],
  [kindRule, "const def = layerOf(layer.kind);"],
] as const)("$0.what: the rule has nothing against %s", (rule, line) => expect(offences(line, rule)).toEqual([]));
