// Stages ask cells, ops and layers; they never branch on the name of one (ARCHITECTURE.md, principle 3).
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const generator = join(import.meta.dirname, "../generator");

const branch = (field: string) => new RegExp(`\\.(${field})\\s*[!=]==?\\s|switch \\([\\w.!?]*\\.(${field})\\)`);
const rules: readonly (readonly [what: string, pattern: RegExp, stages: readonly string[]])[] = [
  ["a cell's name", branch("cell|module"), ["5-schedule", "6-lower", "7-emit"]],
  ["a layer's kind or an op's name", branch("kind|op"), ["2-graph", "3-infer", "5-schedule", "6-lower"]],
];

function offences(text: string, pattern: RegExp): string[] {
  return text.split("\n").filter((line) => pattern.test(line));
}

test.each(rules)("no stage branches on %s", (_, pattern, stages) => {
  for (const stage of stages) {
    const files = readdirSync(join(generator, stage)).filter((f) => f.endsWith(".ts") && !f.endsWith(".test.ts"));
    expect(files, stage).not.toEqual([]);
    for (const f of files)
      expect.soft(offences(readFileSync(join(generator, stage, f), "utf8"), pattern), `${stage}/${f}`).toEqual([]);
  }
});

test("the rule sees a branch", () => {
  const [cell, kind] = [rules[0]![1], rules[1]![1]];
  expect(offences('if (i.cell === "axis_window") {', cell)).toHaveLength(1);
  expect(offences("switch (instance.cell) {", cell)).toHaveLength(1);
  expect(offences('const n = node.op !== "sad" ? 1 : 2;', kind)).toHaveLength(1);
  expect(offences("const cell = streamCell(i.cell);", cell)).toEqual([]);
});
