import { expect, test } from "vitest";
import { listedJson, printableJson } from "../diagnostics/print.ts";
import { ProgressLine } from "./progress.ts";

function line() {
  let said = "";
  let now = 0;
  const progress = new ProgressLine(
    (t) => {
      said += t;
    },
    () => now,
  );
  const at = (ms: number, done: number, total: number, label = "images") => {
    now = ms;
    said = "";
    progress.show(label, done, total);
    return said;
  };
  return { at, progress, said: () => said };
}

test("a command of less than two seconds shows nothing", () => {
  const { at } = line();
  expect([at(0, 0, 10), at(900, 4, 10), at(1900, 9, 10), at(1950, 10, 10)].join("")).toBe("");
});

test("what is done, how far it is and what is left", () => {
  const { at } = line();
  at(0, 0, 100);
  expect(at(2500, 10, 100)).toBe("\r\x1b[Kimages: 10 of 100, 23 s left");
  expect(at(2550, 11, 100)).toBe("");
  expect(at(25_000, 50, 100)).toBe("\r\x1b[Kimages: 50 of 100, 25 s left");
  // Nothing is known of a work that has just begun.
  expect(at(26_000, 0, 3, "layers")).toBe("\r\x1b[Klayers: 0 of 3");
  expect(at(626_000, 1, 3, "layers")).toBe("\r\x1b[Klayers: 1 of 3, 20 min left");
  expect(at(627_000, 3, 3, "layers")).toBe("\r\x1b[K");
  expect(at(628_000, 3, 3, "layers")).toBe("");
});

test("a list of values is one line, and the text means the same", () => {
  const value = {
    a: [1, 2, 3],
    b: [[1, "x"], []],
    c: {},
    d: [{ e: null, f: undefined }],
    g: [undefined],
    "h\u202e": "\n",
  };
  const text = listedJson(value);
  expect(JSON.parse(text)).toEqual(JSON.parse(printableJson(value)));
  expect(text).toContain('"a": [1, 2, 3]');
  expect(text).toContain('[1, "x"]');
  expect(text).not.toContain("\u202e");
  expect(listedJson({ list: Array.from({ length: 5000 }, (_, i) => i) }).split("\n")).toHaveLength(3);
});
