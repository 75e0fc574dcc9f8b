import { describe, expect, test } from "vitest";
import { z } from "zod";
import { Report } from "../diagnostics/diagnostics.ts";
import { locate } from "../diagnostics/print.ts";
import { parse } from "./parse.ts";
import { typeWords } from "./words.ts";

const network = (layers: unknown, more: object = {}) =>
  JSON.stringify({ format: "addernet-rtl/1", name: "n", input: { shape: [2, 2, 1] }, layers, ...more });

function codes(text: string): string[] {
  const report = new Report();
  const got = parse(text, report);
  expect(got === undefined).toBe(report.failed);
  return report.list.map((d) => d.code);
}

test("defaults are filled in", () => {
  const report = new Report();
  const got = parse(network([{ name: "a", kind: "relu" }]), report)!;
  expect(report.list).toEqual([]);
  expect(got.input).toEqual({ name: "input", shape: [2, 2, 1], storage: "uint8", scale: 1, zero_point: 0 });
  expect(got.layout).toBe("pytorch");
});

test("a misspelt key is one fault, and faults of several layers are collected", () => {
  const pool = { name: "p", kind: "max_pool2d", kernal: 2 };
  const text = network([pool, { name: "a", kind: "rely" }, { name: "b", kind: "relu", pe: 0 }], { colour: 1 });
  expect(codes(text).sort()).toEqual(["AN1002", "AN1002", "AN1004", "AN1005"]);
});

describe("hostile text", () => {
  test.each([1, 64, 65, 100_000, 3_000_000])("%i open brackets", (n) => {
    expect(codes("[".repeat(n))).toEqual(["AN1001"]);
    expect(codes(`{"a":${"[".repeat(n)}${"]".repeat(n)}}`)[0]).toMatch(/AN1001|AN1002/);
  });

  test("brackets inside texts do not count", () => {
    expect(codes(network([{ name: "[".repeat(100), kind: "relu" }]))).toEqual([]);
    expect(codes(network([{ name: `\\"${"{".repeat(100)}`, kind: "relu" }]))).toEqual([]);
  });

  test("keys of objects' own prototypes are ordinary keys", () => {
    expect(codes('{"__proto__": {"format": "addernet-rtl/1"}}')).toContain("AN1002");
    expect(codes('{"__proto__": 1, "__proto__": 2}')).toEqual(["AN1007"]);
    expect(codes(network([{ name: "constructor", kind: "toString" }]))).toEqual(["AN1005"]);
    expect(codes(network([{ name: "__proto__", kind: "relu" }]))).toEqual([]);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  test("duplicates count by meaning, not by spelling", () => {
    expect(codes('{"a": 1, "\\u0061": 2}')).toEqual(["AN1007"]);
    expect(codes('{"a": {"b": 1}, "b": {"b": 1}}')).not.toContain("AN1007");
  });

  test("two million inline numbers are read in seconds, and a fault behind them is found", { timeout: 20_000 }, () => {
    const row = `[${"1,".repeat(1_999_999)}1]`;
    const layers = `[{"name":"a","kind":"linear","units":1,"weights":[${row}]},{"name":"b","kind":"nothing"}]`;
    const text = `{"format":"addernet-rtl/1","name":"n","input":{"shape":[1,1,2000000]},"layers":${layers}}`;
    const report = new Report();
    expect(parse(text, report)).toBeUndefined();
    const fault = report.list.find((d) => d.code === "AN1005")!;
    expect(locate({ file: "n.json", text }, fault).column).toBe(text.indexOf('"nothing"') + 1);
  });

  test.each([
    '{"a":',
    '"',
    '{"a" 1}',
    "{'a': 1}",
    "[1,]",
    "nul",
    "01",
    '"\u0001"',
    '"\\x"',
    "\ufeff{}",
    "{}{}",
    "\u0000",
  ])("%j is no network and no crash", (text) => {
    expect(codes(text)).toHaveLength(1);
  });
});

test("types in words", () => {
  const side = z.int().min(1).max(9);
  expect(typeWords(z.union([side, z.tuple([side, side])]))).toBe(
    "an integer from 1 to 9 or an array of 2 integers from 1 to 9",
  );
  expect(typeWords(z.enum(["a", "b", "c"]))).toBe('"a", "b" or "c"');
  expect(typeWords(z.boolean().optional())).toBe("true or false");
  expect(typeWords(z.number().positive())).toBe("a number above 0");
  expect(typeWords(z.tuple([z.string(), z.number()]))).toBe("[a string, a number]");
});
