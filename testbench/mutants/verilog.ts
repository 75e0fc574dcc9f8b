// Single faults in a cell: another operator, a constant off by one, a condition negated, a reset or a sign left out.
import { type Change, type Mutant, mutantsOf } from "./mutant.ts";

/** What is looked for between the blanks of well-kept Verilog, and what takes its place. */
const rules: readonly (readonly [what: string, pattern: RegExp, by: string])[] = [
  ["+ -> -", /(?<=[\w)\]}] )\+(?= )/g, "-"],
  ["- -> +", /(?<=[\w)\]}] )-(?= )/g, "+"],
  ["- 1 -> - 0", /(?<=- )1(?![\d'])/g, "0"],
  ["- 1 -> - 2", /(?<=- )1(?![\d'])/g, "2"],
  ["+ 1 -> + 2", /(?<=\+ )1'b1/g, "2'd2"],
  ["== -> !=", /(?<= )==(?= )/g, "!="],
  ["!= -> ==", /(?<= )!=(?= )/g, "=="],
  ["&& -> ||", /&&/g, "||"],
  ["|| -> &&", /\|\|/g, "&&"],
  ["& -> |", /(?<= )&(?= )/g, "|"],
  ["| -> &", /(?<= )\|(?= )/g, "&"],
  ["^ -> |", /(?<= )\^(?= )/g, "|"],
  ["^ -> &", /(?<= )\^(?= )/g, "&"],
  ["< -> <=", /(?<=[\w)\]] )<(?= [\w(])/g, "<="],
  ["> -> >=", /(?<=[\w)\]] )>(?= [\w(])/g, ">="],
  [">= -> >", /(?<=[\w)\]] )>=(?= )/g, ">"],
  ["0 -> 1", /\b1'b0\b/g, "1'b1"],
  ["1 -> 0", /(?<!\+ )\b1'b1\b/g, "1'b0"],
  ["! left out", /(?<![\w=])!(?=[\w(])/g, ""],
  ["~ left out", /~(?=[\w({])/g, ""],
  ["reset left out", /(?<=\bif \()rst(?=\))/g, "1'b0"],
  ["reset in a condition left out", /\brst \|\| /g, ""],
  ["left side always", /(?<= )\?(?= )/g, "|| 1'b1 ?"],
  ["read without sign", /\$signed\(/g, "$unsigned("],
  ["kept without sign", /(?<=\b(?:wire|reg)\s+)signed /g, ""],
  [">>> -> >>", />>>/g, ">>"],
];

/** Spans of the text that are behaviour: no comments, ports, properties, compiler directives or broken rules. */
function codeOf(text: string): { readonly at: number; readonly line: string }[] {
  const found: { at: number; line: string }[] = [];
  let at = 0;
  let ports = true;
  let formal = 0;
  let broken = false;
  const lines = text.split("\n");
  for (const [i, full] of lines.entries()) {
    const line = full.replace(/\/\/.*$/, "");
    const from = at;
    at += full.length + 1;
    if (/`ifn?def/.test(line)) formal += formal > 0 || /`ifdef FORMAL/.test(line) ? 1 : 0;
    else if (/`endif/.test(line)) formal = Math.max(0, formal - 1);
    if (/\bg_rule_/.test(line) || /^\s*if \([^;]*?begin : g_rule_/.test(lines.slice(i, i + 4).join(" "))) broken = true;
    if (broken || formal > 0) {
      if (/\$finish/.test(line)) broken = false;
      continue;
    }
    if (ports) {
      if (/^\);/.test(line)) ports = false;
      continue;
    }
    if (line.includes("`") || /^\s*\(\*/.test(line) || /\bunused/.test(line)) continue;
    if (line.trim() !== "") found.push({ at: from, line });
  }
  return found;
}

/** All single faults of the text of a cell. */
export function verilogMutants(file: string, text: string): Mutant[] {
  const changes: Change[] = [];
  for (const { at, line } of codeOf(text)) {
    for (const [what, pattern, by] of rules)
      for (const m of line.matchAll(pattern))
        changes.push({ from: at + m.index, to: at + m.index + m[0].length, by, what });
    for (const m of line.matchAll(/\bif \((?!rst\))/g)) {
      const from = m.index + m[0].length;
      let to = from;
      for (let depth = 1; to < line.length; to++) {
        depth += line[to] === "(" ? 1 : line[to] === ")" ? -1 : 0;
        if (depth === 0) break;
      }
      if (to < line.length)
        changes.push({ from: at + from, to: at + to, by: `!(${line.slice(from, to)})`, what: "condition negated" });
    }
  }
  return mutantsOf(file, text, changes);
}
