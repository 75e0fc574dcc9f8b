import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../nets/build.ts";
import { fileKinds, filesOf, mutantsOfKind } from "./kinds.ts";
import { draw, judgments, mutantsOf, survivors } from "./mutant.ts";
import { killersOf } from "./tests.ts";
import { typescriptMutants } from "./typescript.ts";
import { verilogMutants } from "./verilog.ts";

const faults = (all: readonly { before: string; after: string }[]) => all.map((m) => m.after);

describe("faults in TypeScript", () => {
  const of = (text: string) => faults(typescriptMutants("a.ts", text));

  test("operators, numbers, conditions, signs, roundings, statements", () => {
    expect(of("const a = b + 1;")).toEqual(["const a = b - 1;", "const a = b + 2;"]);
    expect(of("const a = b <= c && !d;")).toEqual([
      "const a = b <= c || !d;",
      "const a = b < c && !d;",
      "const a = b <= c && d;",
    ]);
    expect(of("const a = b ?? Math.floor(-c);")).toEqual([
      "const a = Math.floor(-c);",
      "const a = b ?? Math.ceil(-c);",
      "const a = b ?? Math.floor(c);",
    ]);
    expect(of("if (a) b.c(2n);")).toEqual(["if (!(a)) b.c(2n);", "if (a) ;", "if (a) b.c(3n);"]);
    expect(of("const a = b ? c : d;")).toEqual(["const a = !(b) ? c : d;"]);
    expect(of("const a = b >>> 1_000;")).toEqual(["const a = b >> 1_000;", "const a = b >>> 1001;"]);
  });

  test("types, imports, texts and what is only said have none", () => {
    expect(of('import { a } from "b";\ntype C = 1 | 2;\ninterface D { readonly e: 3 }\nlet f: Record<4, 5>;')).toEqual(
      [],
    );
    expect(of(`throw new Error("a" + 1);\nreport("b", 2);\nconst c = \`\${d + 1}\`;\nconst e = "f" + g;`)).toEqual([]);
    // The language has no a ?? b || c.
    expect(of("const a = (b ?? c) && d;")).toEqual(["const a = (b ?? c) || d;", "const a = (c) && d;"]);
  });
});

describe("faults in Verilog", () => {
  const cell = (body: string) => `module a (\n    input wire b = 1'b0\n);\n${body}\nendmodule\n`;
  const of = (body: string) => faults(verilogMutants("a.v", cell(body)));

  test("operators, constants, conditions, resets, signs", () => {
    expect(of("    assign c = d && !e;  // f && g")).toEqual([
      "assign c = d || !e; // f && g",
      "assign c = d && e; // f && g",
    ]);
    expect(of("    n <= n + 1'b1;")).toEqual(["n <= n - 1'b1;", "n <= n + 2'd2;"]);
    expect(of("    if (rst) n <= 1'b0;")).toEqual(["if (rst) n <= 1'b1;", "if (1'b0) n <= 1'b0;"]);
    expect(of("    if (d == (e)) f <= $signed(g) >>> 1;")).toEqual([
      "if (d != (e)) f <= $signed(g) >>> 1;",
      "if (d == (e)) f <= $unsigned(g) >>> 1;",
      "if (d == (e)) f <= $signed(g) >> 1;",
      "if (!(d == (e))) f <= $signed(g) >>> 1;",
    ]);
    expect(of("    wire signed [LAST - 1:0] c;")).toEqual([
      "wire signed [LAST + 1:0] c;",
      "wire signed [LAST - 0:0] c;",
      "wire signed [LAST - 2:0] c;",
      "wire [LAST - 1:0] c;",
    ]);
    expect(of("    assign c = d ? e : f;")).toEqual(["assign c = d || 1'b1 ? e : f;"]);
  });

  test("ports, rules, properties and unused wires have none", () => {
    const text = [
      "    generate",
      "        if (A < 1 ||",
      "            B < 1)",
      "            begin : g_rule_size wire A_below_1 = {0{1'b0}};  initial $finish;  end",
      "        if (C < 1) begin : g_rule_c  wire C_below_1 = {0{1'b0}};  initial $finish;  end",
      "    endgenerate",
      "    wire unused_d = &{1'b0, d};",
      "`ifdef FORMAL",
      "`ifdef FORMAL_TOP",
      "    assume (a == b);",
      "`endif",
      "    assert (a && b);",
      "`endif",
    ];
    expect(of(text.join("\n"))).toEqual([]);
    expect(of([...text, "    assign c = a && b;"].join("\n"))).toEqual(["assign c = a || b;"]);
  });
});

test("a mutant is the file with one span changed, and has a name of its own", () => {
  const all = mutantsOf("f", "a + b\nc\na + b\n", [
    { from: 2, to: 3, by: "-", what: "w" },
    { from: 10, to: 11, by: "-", what: "w" },
    { from: 6, to: 7, by: "c", what: "nothing" },
  ]);
  expect(all.map((m) => [m.line, m.before, m.after, m.apply()])).toEqual([
    [1, "a + b", "a - b", "a - b\nc\na + b\n"],
    [3, "a + b", "a - b", "a + b\nc\na - b\n"],
  ]);
  expect(new Set(all.map((m) => m.id)).size).toBe(2);
});

test("what is drawn depends on the seed alone, and shards share it out", () => {
  const list = Array.from({ length: 50 }, (_, i) => i);
  const all = draw(list, 3, 20);
  expect(draw(list, 3, 20)).toEqual(all);
  expect(draw(list, 4, 20)).not.toEqual(all);
  expect(draw(list, 3, 10)).toEqual(all.slice(0, 10));
  const shards = [0, 1, 2].map((index) => draw(list, 3, 20, { index, of: 3 }));
  expect(shards.flat().sort((a, b) => a - b)).toEqual([...all].sort((a, b) => a - b));
  expect(shards.map((s) => s.length)).toEqual([7, 7, 6]);
});

test("every file has faults, and tests that are there to find them", () => {
  for (const kind of fileKinds)
    for (const file of filesOf(kind)) {
      const killers = killersOf(file);
      expect(killers.length).toBeGreaterThan(0);
      for (const k of killers)
        for (const path of k.of)
          expect(
            existsSync(join(root, k.run === "formal" || k.run === "lint" ? `testbench/cells/${path}` : path)),
            path,
          ).toBe(true);
    }
  for (const kind of fileKinds) expect(mutantsOfKind(kind).length).toBeGreaterThan(500);
  expect(() => killersOf("docs/a.ts")).toThrow("no tests are known that pin docs/a.ts");
});

test("survivors.json judges each once, with a reason", () => {
  const list = survivors();
  expect(new Set(list.map((j) => JSON.stringify([j.file, j.what, j.before, j.after]))).size).toBe(list.length);
  for (const j of list) {
    expect(judgments).toContain(j.judgment);
    expect(j.why.length).toBeGreaterThan(20);
    expect(j.before).not.toBe(j.after);
  }
});
