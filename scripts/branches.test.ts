// Stages ask cells, ops and layers; they never branch on the name of one (ARCHITECTURE.md, principle 3).
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { layers } from "../generator/layers/index.ts";
import { hardwareOps } from "../generator/ops/index.ts";

const generator = join(import.meta.dirname, "../generator");

const branch = (field: string) => new RegExp(`\\.(${field})\\s*[!=]==?\\s|switch \\([\\w.!?]*\\.(${field})\\)`);
/** Other things have kinds too, buses and tasks: what counts is the name of a layer kind or an op. */
const names = `"(${[...layers.keys(), ...hardwareOps].join("|")})"`;
const rules: readonly (readonly [what: string, pattern: RegExp, stages: readonly string[]])[] = [
  ["a cell's name", branch("cell|module"), ["5-schedule", "6-lower", "7-emit"]],
  [
    "a layer's kind or an op's name",
    new RegExp(`\\.(kind|op)\\s*[!=]==?\\s*${names}|case ${names}:|switch \\([\\w.!?]*\\.op\\)`),
    ["2-graph", "3-infer", "4-quantize", "4-quantize/roles", "5-schedule", "6-lower", "7-emit"],
  ],
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
  expect(offences('return c.kind === "flatten" && ends(c);', kind)).toHaveLength(1);
  expect(offences('case "max_pool2d":', kind)).toHaveLength(1);
  expect(offences('if (task.kind === "boxes") {', kind)).toEqual([]);
  expect(offences("const cell = streamCell(i.cell);", cell)).toEqual([]);
});
