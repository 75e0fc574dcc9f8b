import { expect, test } from "vitest";
import { load, toIntegers } from "../compile.ts";
import { Report } from "../diagnostics/diagnostics.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import { defaultSchedule, type Schedule, schedule } from "./schedule.ts";

const MHZ = 100;

function integers(overrides: object = {}): QuantizedNetwork {
  const weights = Array.from({ length: 4 }, (_, o) => [
    Array.from({ length: 3 }, (_, y) => Array.from({ length: 3 }, (_, x) => (o * 9 + y * 3 + x) % 7)),
  ]);
  const conv = { name: "conv", kind: "adder_conv2d", filters: 4, kernel: 3, weights, ...overrides };
  const text = {
    format: "addernet-rtl/1",
    name: "n",
    input: { shape: [8, 8, 1] },
    layers: [conv, { name: "r", kind: "relu" }],
  };
  const loaded = load(JSON.stringify(text), () => new Uint8Array());
  if (!loaded.ok) throw new Error(loaded.diagnostics[0]!.message);
  const image = { shape: [8, 8, 1] as const, data: Int32Array.from({ length: 64 }, (_, i) => i) };
  const net = toIntegers(loaded.value.graph, [image]);
  if (!net.ok) throw new Error(net.diagnostics[0]!.message);
  return net.value;
}

/** The schedule for one frame in `clocks`. */
function within(clocks: number, net = integers()): { plan: Schedule | undefined; report: Report } {
  const report = new Report();
  return { plan: schedule(net, { fps: (MHZ * 1e6) / clocks, clockMHz: MHZ }, report), report };
}
const lanes = (s: Schedule | undefined) => s!.nodes.map((n) => n.arithmeticLanes).reduce((a, b) => a + b, 0);
/** What folds are compared by: lanes, and the logic around them in units of a lane. */
const cost = (s: Schedule | undefined) => s!.nodes.map((n) => n.cost ?? n.arithmeticLanes).reduce((a, b) => a + b, 0);

test("slow enough, every node has one lane; a layer exactly on the target is not folded further", () => {
  const slow = within(1_000_000).plan!;
  expect(lanes(slow)).toBe(slow.nodes.length);
  const exact = within(slow.interval).plan!;
  expect(exact.nodes.map((n) => n.fold)).toEqual(slow.nodes.map((n) => n.fold));
  expect(exact.interval).toBe(slow.interval);
});

test("one clock less takes more lanes, and meets the target", () => {
  const slow = within(1_000_000).plan!;
  const faster = within(slow.interval - 1).plan!;
  expect(lanes(faster)).toBeGreaterThan(lanes(slow));
  expect(faster.interval).toBeLessThan(slow.interval);
});

test("every target that is reached is met, and fewer clocks never take less logic", () => {
  let before = 0;
  const slow = within(1_000_000).plan!.interval;
  for (let clocks = slow; clocks > 0; clocks = Math.floor(clocks * 0.8)) {
    const { plan, report } = within(clocks);
    if (!plan) {
      expect(report.list.map((d) => d.code)).toEqual(["AN5002"]);
      break;
    }
    expect(plan.interval).toBeLessThanOrEqual(clocks);
    // Several pixels a beat are another form, taken only where one is not enough.
    if (plan.nodes.every((n) => n.fold.pixels === 1)) expect(cost(plan)).toBeGreaterThanOrEqual(before);
    before = cost(plan);
  }
});

test("a rate out of reach names the best one, and that one is reached", () => {
  for (const [net, clocks] of [
    [integers(), 0.5],
    [integers({ pixels: 1 }), 1],
    [integers({ pixels: 2, simd: 1 }), 1],
  ] as const) {
    const { plan, report } = within(clocks, net);
    expect(plan).toBeUndefined();
    const [d] = report.list;
    expect(d!.code).toBe("AN5002");
    const best = Number(/--fps (\d+)/.exec(d!.hint!)![1]);
    expect(schedule(net, { fps: best, clockMHz: MHZ }, new Report())).toBeDefined();
    expect(schedule(net, { fps: best + 5000, clockMHz: MHZ }, new Report())).toBeUndefined();
  }
});

test("the rate and the clock that the options name as usual", () => {
  expect(defaultSchedule).toEqual({ fps: 1000, clockMHz: 100 });
});

test("without a rate the schedule takes what the network can reach", () => {
  const report = new Report();
  expect(schedule(integers(), { clockMHz: 0.001 }, report)).toBeDefined();
  expect(report.list).toEqual([]);
});

test("an illegal fold is refused with the legal ones, at its place; a legal one is taken", () => {
  const { plan, report } = within(100_000, integers({ pe: 3 }));
  expect(plan).toBeUndefined();
  expect(report.list).toHaveLength(1);
  expect(report.list[0]).toMatchObject({
    code: "AN5001",
    path: ["layers", 0, "pe"],
    expected: "one of 1, 2, 4",
    found: "3",
  });
  const { plan: two } = within(100_000, integers({ pe: 2 }));
  expect(two!.nodes.find((n) => n.node.name === "conv")!.fold.pe).toBe(2);
});

const conv = (s: Schedule | undefined) => s!.nodes.find((n) => n.node.name === "conv")!;

test("several pixels a beat only where one a clock is not enough, and then of the input too", () => {
  const one = within(64).plan!;
  expect(one.nodes.map((n) => n.fold.pixels)).toEqual(one.nodes.map(() => 1));
  expect(one.inputLanes).toBe(1);
  const more = within(63).plan!;
  expect(conv(more).fold.pixels).toBeGreaterThan(1);
  expect(more.inputLanes).toBeGreaterThan(1);
  expect(within(1).plan!.interval).toBe(1);
  // Without a rate there are no several pixels but those asked for.
  const free = schedule(integers(), { clockMHz: 1e-5 }, new Report())!;
  expect(conv(free).fold.pixels).toBe(1);
  expect(conv(schedule(integers({ pixels: 2 }), { clockMHz: MHZ }, new Report())).fold.pixels).toBe(2);
});

test("pixels: parts of a row or whole rows whose windows leave in whole beats", () => {
  const refused = (pixels: number) => within(100_000, integers({ pixels })).report.list[0];
  // 8 x 8 in, 6 x 6 out: rows of 4 would be answered by rows of 4 of 6; 2 x 8 is two rows.
  expect(refused(4)).toMatchObject({
    code: "AN5001",
    path: ["layers", 0, "pixels"],
    expected: "one of 1, 2, 8, 16, 64",
    found: "4",
  });
  for (const pixels of [1, 2, 8, 16, 64])
    expect(conv(within(100_000, integers({ pixels })).plan).fold).toMatchObject({ pixels });
});

test("a PE that several pixels a beat do not allow is refused with those that they do", () => {
  const { report } = within(100_000, integers({ pixels: 2, pe: 2 }));
  expect(report.list[0]).toMatchObject({ code: "AN5001", path: ["layers", 0, "pe"], expected: "4", found: "2" });
});

test("unrolled: one word of weights; refused with its limit, beside another fold, and without weights", () => {
  const all = conv(schedule(integers({ unroll: true }), { clockMHz: MHZ }, new Report()));
  expect(all.fold).toMatchObject({ pe: 4, simd: 9 });
  const refused = (net: QuantizedNetwork) => within(100_000, net).report.list[0];
  expect(refused(integers({ unroll: true, pe: 2 }))).toMatchObject({
    code: "AN5001",
    path: ["layers", 0, "unroll"],
    expected: "no other PE than 4 and no other SIMD than 9 beside it",
  });
  // Bits of its own bring a node that only requantizes.
  const net = integers({ bits: 4 });
  const other = { ...net, nodes: net.nodes.map((n) => ({ ...n, overrides: { unroll: true } })) };
  expect(refused(other)?.expected).toBe("only layers with weights are unrolled");
  const wide = Array.from({ length: 500 }, () => [Array.from({ length: 3 }, () => [1, 2, 3])]);
  expect(refused(integers({ unroll: true, filters: 500, weights: wide }))).toMatchObject({
    code: "AN5001",
    expected: "at most 4096 weights are unrolled; the layer has 4500",
  });
});
