import { expect, test } from "vitest";
import { parse } from "../1-parse/parse.ts";
import { Report } from "../diagnostics/diagnostics.ts";
import { wire } from "./graph.ts";

type Layer = { name: string; kind?: string; inputs?: string[] };

function wired(layers: Layer[], outputs?: string[]) {
  const report = new Report();
  const text = JSON.stringify({
    format: "addernet-rtl/1",
    name: "n",
    input: { shape: [1, 1, 1] },
    layers: layers.map((l) => ({ kind: "relu", ...l })),
    ...(outputs ? { outputs } : {}),
  });
  const wiring = wire(parse(text, report)!, report);
  return {
    names: wiring?.layers.map((l) => l.layer.name),
    wiring,
    codes: report.list.map((d) => d.code),
    list: report.list,
  };
}

test("a layer without inputs reads the one before it, the first one the network's input", () => {
  const { wiring } = wired([{ name: "a" }, { name: "b" }]);
  expect(wiring!.layers.map((l) => l.inputs)).toEqual([["input"], ["a"]]);
  expect(wiring!.outputs).toEqual(["b"]);
});

test("layers come behind what they read, whatever their order in the file", () => {
  const { names, wiring } = wired(
    [
      { name: "c", inputs: ["b"] },
      { name: "b", inputs: ["a"] },
      { name: "a", inputs: ["input"] },
    ],
    ["c"],
  );
  expect(names).toEqual(["a", "b", "c"]);
  expect(wiring!.layers.map((l) => l.index)).toEqual([2, 1, 0]);
});

test("cycles of one, of three, and none", () => {
  expect(wired([{ name: "a", inputs: ["a"] }]).codes).toEqual(["AN2003"]);
  const three = wired([{ name: "a", inputs: ["c"] }, { name: "b" }, { name: "c" }]);
  expect(three.codes).toEqual(["AN2003"]);
  expect(three.list[0]!.message).toContain("a <- c <- b <- a");
  expect(wired([{ name: "a" }, { name: "sum", kind: "add", inputs: ["a", "a"] }]).codes).toEqual([]);
});

test("a result that nothing reads is refused unless it is an output", () => {
  const fork = [{ name: "a" }, { name: "b", inputs: ["a"] }, { name: "c", inputs: ["a"] }];
  expect(wired(fork).codes).toEqual(["AN2006"]);
  expect(wired(fork, ["b", "c"]).codes).toEqual([]);
});

test("faults are collected", () => {
  const { codes } = wired(
    [{ name: "a", inputs: ["x"] }, { name: "a" }, { name: "s", kind: "add", inputs: ["a"] }],
    ["y"],
  );
  expect(codes.sort()).toEqual(["AN2001", "AN2002", "AN2004", "AN2005"]);
});

test("a chain of 20,000 layers backwards in the file", () => {
  const n = 20_000;
  const layers = Array.from({ length: n }, (_, i) => ({
    name: `l${i}`,
    inputs: [i === n - 1 ? "input" : `l${i + 1}`],
  }));
  expect(wired(layers, ["l0"]).names?.slice(0, 2)).toEqual(["l19999", "l19998"]);
});
