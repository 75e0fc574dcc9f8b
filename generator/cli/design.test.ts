import { expect, test } from "vitest";
import { withFolds as designFolds } from "../design.ts";
import { InputError } from "../diagnostics/diagnostics.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import { type FoldArgs, foldsOf } from "./design.ts";
import { UsageError } from "./numbers.ts";

const withFolds = (n: QuantizedNetwork, args: FoldArgs) => designFolds(n, foldsOf(args));

const net = {
  nodes: [
    { name: "conv1", overrides: { simd: 2 } },
    { name: "a=b", overrides: {} },
  ],
} as unknown as QuantizedNetwork;

test("folds of the command line replace those of the file, layer by layer", () => {
  expect(withFolds(net, { pe: "conv1=3,a=b=4", simd: "a=b=5" }).nodes.map((n) => n.overrides)).toEqual([
    { simd: 2, pe: 3, given: ["pe"] },
    { pe: 4, simd: 5, given: ["pe", "simd"] },
  ]);
  expect(withFolds(net, {})).toBe(net);
});

test("unknown layers and broken pairs are refused", () => {
  expect(() => withFolds(net, { pe: "conv=3" })).toThrow(InputError);
  for (const text of ["conv1", "conv1=", "conv1=x", "conv1=0", "=3", ""])
    expect(() => withFolds(net, { pe: text }), text).toThrow(UsageError);
});

test("--unroll names layers, or all of those with weights", () => {
  const layers = {
    nodes: [
      { name: "a", weights: {}, overrides: {} },
      { name: "b", overrides: {} },
    ],
  };
  const asked = (unroll: string) =>
    withFolds(layers as unknown as QuantizedNetwork, { unroll }).nodes.map((n) => n.overrides.unroll ?? false);
  expect(asked("all")).toEqual([true, false]);
  expect(asked("b,a")).toEqual([true, true]);
  expect(() => asked("c")).toThrow(/AN6005|no hardware node/);
});
