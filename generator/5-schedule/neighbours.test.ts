// Folds that meet in width converters: the rate that the schedule finds is the best of all combinations.

import { expect, test } from "vitest";
import { gcd } from "../../golden/arith/index.ts";
import { load, toIntegers } from "../compile.ts";
import { Report } from "../diagnostics/diagnostics.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import { hardwareOf } from "../ops/index.ts";
import { schedule, typesOf } from "./schedule.ts";

const SIZE = 8;

/** A branch of `deep` channels through a pool and an upsample beside a skip of `skip` channels. */
function forked(skip: number, deep: number): QuantizedNetwork {
  const weights = (o: number, c: number) =>
    Array.from({ length: o }, (_, f) =>
      Array.from({ length: 3 }, (_, y) =>
        Array.from({ length: 3 }, (_, x) => Array.from({ length: c }, (_, i) => (f * 7 + y * 5 + x * 3 + i) % 4)),
      ),
    );
  const conv = (name: string, filters: number, channels: number) => [
    { name, kind: "adder_conv2d", filters, kernel: 3, padding: 1, weights: weights(filters, channels) },
    { name: `${name}.relu`, kind: "relu" },
  ];
  const layers = [
    ...conv("b", skip, 1),
    { name: "p", kind: "max_pool2d", kernel: 2 },
    ...conv("a", deep, skip),
    { name: "up", kind: "upsample", factor: 2 },
    { name: "cat", kind: "concat", inputs: ["up", "b.relu"] },
    ...conv("c", 4, skip + deep),
  ];
  const text = {
    format: "addernet-rtl/1",
    name: "n",
    input: { shape: [SIZE, SIZE, 1] },
    layout: "channels_last",
    layers,
  };
  const loaded = load(JSON.stringify(text), () => new Uint8Array());
  if (!loaded.ok) throw new Error(loaded.diagnostics.map((d) => `${d.message} ${d.expected}`).join());
  const image = { shape: [SIZE, SIZE, 1] as const, data: Int32Array.from({ length: SIZE * SIZE }, (_, i) => i) };
  const net = toIntegers(loaded.value.graph, [image]);
  if (!net.ok) throw new Error(net.diagnostics[0]!.message);
  return net.value;
}

/** Fewest clocks over all combinations of folds, one pixel a beat, by trying them. */
function fewest(net: QuantizedNetwork): number {
  const lanesOf = new Map([[net.inputEdge, 1]]);
  let best = Number.POSITIVE_INFINITY;
  const from = (index: number, clocks: number): void => {
    if (clocks >= best) return;
    const node = net.nodes[index];
    if (!node) {
      best = clocks;
      return;
    }
    const op = hardwareOf(node)!;
    const types = typesOf(net, node);
    const { pe, simd } = op.folds(node, types);
    const seen = new Set<string>();
    for (const p of pe)
      for (const s of simd) {
        const plan = op.plan(node, types, { pe: p, simd: s, pixels: 1 });
        const converters = node.inputs.map((e, i) => {
          const [h, w, c] = types.inputs[i]!.shape;
          const lanes = lanesOf.get(e)!;
          return (h * w * c) / (lanes === plan.lanesIn ? lanes : gcd(lanes, plan.lanesIn));
        });
        const all = Math.max(clocks, plan.cycles, ...converters);
        const key = `${plan.lanesOut} ${all}`;
        if (seen.has(key)) continue;
        seen.add(key);
        lanesOf.set(node.output, plan.lanesOut);
        from(index + 1, all);
      }
  };
  from(0, SIZE * SIZE);
  return best;
}

test.each([
  [4, 6],
  [6, 9],
  [8, 24],
])("a concat of %i and %i channels: the fewest clocks are found, said, and reached", (skip, deep) => {
  const net = forked(skip, deep);
  const best = fewest(net);
  const clockMHz = 1;
  expect(schedule(net, { clockMHz, clocks: 1 }, new Report())!.interval).toBe(best);
  const asked = (clocks: number) => {
    const report = new Report();
    const plan = schedule(net, { clockMHz, clocks, fps: 1, severalPixels: false }, report);
    return { plan, codes: report.list.map((d) => d.code), found: report.list[0]?.expected };
  };
  for (const clocks of [best, best + 1, Math.ceil(best * 1.3), best * 2, best * 5]) {
    const { plan, codes } = asked(clocks);
    expect(codes).toEqual([]);
    expect(plan!.interval).toBeLessThanOrEqual(clocks);
  }
  const { plan, codes, found } = asked(best - 1);
  expect([plan, codes]).toEqual([undefined, ["AN5002"]]);
  expect(found).toContain(`needs ${best} clocks a frame at least`);
});
