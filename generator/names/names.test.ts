import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { C_KEYWORDS, DEVICE_NAMES, VERILOG_KEYWORDS } from "./keywords.ts";
import { cName, fileName, verilogName } from "./names.ts";

const hostile = [
  "",
  " ",
  ".",
  "..",
  "../../etc/passwd",
  "a/b",
  "a\\b",
  "C:\\x",
  "con",
  "CON.txt",
  "com¹",
  "LPT9",
  "module",
  "Module",
  "endmodule",
  "int",
  "class",
  "1conv",
  "_x_",
  "a__b",
  "layer1.0.conv1",
  "Größe",
  "畳み込み",
  "👍",
  "\u0000",
  "\ud800",
  "a\nb",
  "`define X",
  "*/ evil",
  "-rf",
  ".hidden",
  "trailing. ",
  "$display",
  "\\escaped ",
  "x".repeat(5000),
  `${"x".repeat(5000)}y`,
  "__proto__",
  "constructor",
  "n_module",
  "unnamed",
  "a",
  "A",
  "a_2",
];

const anyName = fc.oneof(
  fc.constantFrom(...hostile),
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.string({ unit: fc.constantFrom("a", "A", "_", ".", "/", "1", "é"), maxLength: 8 }),
  fc.constantFrom(...VERILOG_KEYWORDS, ...C_KEYWORDS, ...DEVICE_NAMES),
);

const identifierPattern = /^[A-Za-z]([A-Za-z0-9]|_(?!_))*$/;
const legal = {
  fileName: (s: string) =>
    /^[A-Za-z0-9]([A-Za-z0-9_-]|\.(?!\.))*$/.test(s) &&
    !s.endsWith(".") &&
    !DEVICE_NAMES.has(s.split(".")[0]!.toLowerCase()),
  verilogName: (s: string) => identifierPattern.test(s) && !VERILOG_KEYWORDS.has(s.toLowerCase()),
  cName: (s: string) => identifierPattern.test(s) && !C_KEYWORDS.has(s.toLowerCase()),
};

/** The names of a whole set, each by its original. */
function nameAll(names: Iterable<string>, kind: (name: string, taken: Set<string>) => string): Map<string, string> {
  const taken = new Set<string>();
  return new Map(Array.from(new Set(names), (name) => [name, kind(name, taken)]));
}

describe.each([
  ["fileName", fileName],
  ["verilogName", verilogName],
  ["cName", cName],
] as const)("%s", (key, kind) => {
  test("any set of names gets legal names that differ in more than case", () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyName, { maxLength: 60 }), (names) => {
        const safe = [...nameAll(names, kind).values()];
        expect(safe).toHaveLength(names.length);
        expect(new Set(safe.map((s) => s.toLowerCase())).size).toBe(names.length);
        for (const s of safe) {
          expect(legal[key](s), JSON.stringify(s)).toBe(true);
          expect(s.length).toBeLessThan(100);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("the same names give the same result", () => {
    expect([...nameAll(hostile, kind)]).toEqual([...nameAll(hostile, kind)]);
  });

  test("a legal name stays as it is, and what is taken is avoided", () => {
    expect(kind("conv1")).toBe("conv1");
    expect(kind("Clk", new Set(["clk"]))).toBe("Clk_2");
  });
});

test("names stay readable", () => {
  expect(fileName("layer1.0.conv1")).toBe("layer1.0.conv1");
  expect(verilogName("layer1.0.conv1")).toBe("layer1_0_conv1");
  expect(verilogName("Größe")).toBe("Gro_e");
  expect(verilogName("module")).toBe("n_module");
  expect(verilogName("3x3")).toBe("n_3x3");
  expect(fileName("../../etc/passwd")).toBe("etc_passwd");
  expect(fileName("NUL.txt")).toBe("n_NUL.txt");
  expect(cName("int")).toBe("n_int");
  expect(cName("")).toBe("unnamed");
});

const iverilog = spawnSync("iverilog", ["-V"]).status === 0;
test.skipIf(!iverilog)("Icarus takes every name as a module's and a wire's (skipped without iverilog)", () => {
  const names = [...nameAll([...hostile, ...VERILOG_KEYWORDS], verilogName).values()];
  const dir = mkdtempSync(join(tmpdir(), "names-"));
  try {
    const file = join(dir, "names.v");
    writeFileSync(file, `${names.map((n) => `module ${n}; wire ${n}_w; endmodule`).join("\n")}\n`);
    const run = spawnSync("iverilog", ["-g2012", "-t", "null", "-Wall", file], { encoding: "utf8" });
    expect(run.stderr).toBe("");
    expect(run.status).toBe(0);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
