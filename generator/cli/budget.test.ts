import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { schedule } from "../5-schedule/schedule.ts";
import { lower } from "../6-lower/lower.ts";
import { load, toIntegers } from "../compile.ts";
import { none, plus } from "../device/flow/netlist.ts";
import { Designs, fastestWithin, rate, USABLE } from "../device/model/budget.ts";
import { estimateBlock, estimateLayers, shortages } from "../device/model/model.ts";
import { Report } from "../diagnostics/diagnostics.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import { l1For } from "../targets/families.ts";
import { type Cost, families, type L1Choice, type Target, targetOf } from "../targets/index.ts";
import { main } from "./cli.ts";

const conv = (name: string, filters: number, channels: number) => ({
  name,
  kind: "adder_conv2d",
  filters,
  kernel: 3,
  weights: Array.from({ length: filters }, (_, o) =>
    Array.from({ length: channels }, (_, c) =>
      Array.from({ length: 3 }, (_, y) => Array.from({ length: 3 }, (_, x) => (o * 11 + c * 5 + y * 3 + x) % 9)),
    ),
  ),
});
const network = {
  format: "addernet-rtl/1",
  name: "two",
  input: { shape: [10, 10, 2] },
  layers: [conv("first", 8, 2), { name: "r1", kind: "relu" }, conv("second", 6, 8), { name: "r2", kind: "relu" }],
};

function integers(): QuantizedNetwork {
  const loaded = load(JSON.stringify(network), () => new Uint8Array());
  if (!loaded.ok) throw new Error(loaded.diagnostics[0]!.message);
  const image = { shape: [10, 10, 2] as const, data: Int32Array.from({ length: 200 }, (_, i) => i) };
  const net = toIntegers(loaded.value.graph, [image], { bits: 4 });
  if (!net.ok) throw new Error(net.diagnostics[0]!.message);
  return net.value;
}

const net = integers();
const board = targetOf("ulx3s-25f");
/** An ECP5 with that many of each resource. */
const device = (lut: number, more: Partial<Omit<Cost, "lut">> = {}): Target => ({
  ...board,
  device: { ...board.device!, resources: { lut, ff: lut, bram: 56, dsp: 28, ...more } },
});
const designs = new Designs(net, { family: "ecp5", clockMHz: 100, l1: families.ecp5.l1, dsp: true });
const value = <T>(r: { ok: true; value: T } | { ok: false }): T => {
  if (!r.ok) throw new Error("no value");
  return r.value;
};
const fastest = (t: Target) => value(fastestWithin(designs, t, none));

test("a join of inputs of different bits has a price", () => {
  const ones = (o: number, i: number) =>
    Array.from({ length: o }, () => Array.from({ length: i }, (_, k) => [[k / i]]));
  const layer = { kind: "adder_conv2d", filters: 2, kernel: 1, weights: ones(2, 2) };
  const text = {
    ...network,
    layers: [
      { ...layer, name: "a" },
      { name: "act", kind: "leaky_relu" },
      { ...layer, name: "b", bits: 8 },
      { name: "sum", kind: "add", inputs: ["b", "act"], bits: 3 },
    ],
  };
  const loaded = load(JSON.stringify(text), () => new Uint8Array());
  if (!loaded.ok) throw new Error(loaded.diagnostics[0]!.message);
  const image = { shape: [10, 10, 2] as const, data: Int32Array.from({ length: 200 }, (_, i) => i) };
  const joined = value(toIntegers(loaded.value.graph, [image], { method: "max" }));
  const add = joined.nodes.find((n) => n.op === "add")!;
  expect(add.inputs.map((e) => joined.edges[e]!.bits)).toEqual([3, 8]);
  const priced = new Designs(joined, { family: "ecp5", clockMHz: 100, l1: families.ecp5.l1, dsp: true });
  expect(value(priced.at(400)).total.lut).toBeGreaterThan(0);
});

describe("the fastest that a device holds", () => {
  const sizes = [1800, 2400, 3200, 4800, 8000, 16000, 1e6];
  test("is never over the budget, and no larger device gives a lower rate", () => {
    let before = Number.POSITIVE_INFINITY;
    for (const lut of sizes) {
      const { design } = fastest(device(lut));
      expect(shortages(design.total, device(lut), USABLE)).toEqual([]);
      expect(design.schedule.interval).toBeLessThanOrEqual(before);
      before = design.schedule.interval;
    }
    const first = fastest(device(sizes[0]!)).design.schedule.interval;
    expect(before).toBeLessThan(first);
  });
  test("names the layer that limits the rate and the resource that binds", () => {
    const { design, binding } = fastest(device(3200));
    const slowest = design.hardware.blocks.reduce((a, b) => (b.cyclesPerFrame > a.cyclesPerFrame ? b : a));
    expect(design.schedule.bottleneck).toBe(slowest.title);
    expect(binding.map((b) => b.what)).toContain("LUT4");
    expect(binding[0]!.need).toBeGreaterThan(binding[0]!.have);
    // Another resource binds where another one is short.
    const flops = fastest(device(1e6, { ff: 2500 }));
    expect(flops.binding.map((b) => b.what)).toEqual(["flip-flop"]);
    // Nothing binds where the network itself is the limit.
    expect(fastest(device(1e6, { dsp: 1e6, bram: 1e6 })).binding).toEqual([]);
  });
  test("is refused where not even one lane a layer fits", () => {
    const refused = fastestWithin(designs, device(100), none);
    expect(refused.ok).toBe(false);
    expect(refused.diagnostics[0]).toMatchObject({ code: "AN5003", message: expect.stringContaining("LUT4") });
  });
  test("what stands beside it counts", () => {
    const beside: Cost = { ...none, lut: 1200 };
    const { design } = value(fastestWithin(designs, device(4000), beside));
    expect(shortages(plus(design.total, beside), device(4000), USABLE)).toEqual([]);
    expect(design.schedule.interval).toBeGreaterThanOrEqual(fastest(device(4000)).design.schedule.interval);
  });
});

describe("folds by price", () => {
  const lut = (c: { total: Cost }) => c.total.lut;
  const weigh = (c: Cost) => c.lut + 0.25 * c.ff + 100 * c.bram + 150 * c.dsp;
  test("meet the clocks they are given, and fewer clocks never take less logic by much", () => {
    let before = 0;
    for (const clocks of value(designs.steps(1.5))) {
      const d = value(designs.at(clocks));
      expect(d.schedule.interval).toBeLessThanOrEqual(clocks);
      expect(lut(d)).toBeGreaterThan(0.95 * before);
      before = lut(d);
    }
  });
  test("a layer exactly on the target is not folded further", () => {
    for (const clocks of value(designs.steps(3))) {
      const d = value(designs.at(clocks));
      const again = value(designs.at(d.schedule.interval));
      expect(again.schedule.interval).toBe(d.schedule.interval);
      expect(weigh(again.total)).toBeLessThanOrEqual(weigh(d.total));
    }
  });
  test("take no more logic than folds by lanes", () => {
    for (const clocks of value(designs.steps(2))) {
      const plan = schedule(net, { clockMHz: 100, clocks }, new Report())!;
      const byLanes = estimateLayers(lower(net, plan, { l1: designs.options.l1 }), "ecp5", true);
      expect(weigh(value(designs.at(clocks)).total)).toBeLessThanOrEqual(1.03 * weigh(byLanes.total));
    }
  });
  test("an estimate of all layers is the sum of their cells", () => {
    const d = value(designs.at(1000));
    const exact = d.hardware.blocks.map((b) => estimateBlock(b, "ecp5", true)).reduce(plus, none);
    expect(d.total.lut).toBeGreaterThanOrEqual(exact.lut);
    expect(d.total.lut).toBeLessThanOrEqual(exact.lut + d.hardware.blocks.length);
    expect(d.total.bram).toBe(exact.bram);
  });
});

test("the L1 circuit of an array follows its PE and SIMD, or is the one that was asked for", () => {
  // The same folds for all: which are the cheapest may depend on the kernels.
  const { schedule: plan } = value(designs.at(150));
  const kernels = (l1: L1Choice): [number, number, number][] =>
    lower(net, plan, { l1 })
      .blocks.flatMap((b) => b.instances)
      .filter((i) => i.cell === "axis_sad")
      .map((i) => [Number(i.params.PE), Number(i.params.SIMD), Number(i.params.L1)]);
  const [first, second] = kernels(0);
  expect(first!.slice(0, 2)).not.toEqual(second!.slice(0, 2));
  for (const kernel of [0, 1] as const) expect(kernels(kernel).map((k) => k[2])).toEqual([kernel, kernel]);
  const [pe, simd] = second!;
  expect(kernels({ pe: pe!, simd: simd! }).map((k) => k[2])).toEqual([0, 1]);
  expect(kernels({ pe: pe! + 1, simd: simd! }).map((k) => k[2])).toEqual([0, 0]);
  expect(l1For({ pe: 2, simd: 4 }, 8, 8, true)).toBe(0);
});

test("a rate is rounded down to three digits", () => {
  expect(["123.9", "1239", "0.012399", "7"].map((v) => rate(Number(v)))).toEqual(["123", "1230", "0.0123", "7"]);
});

describe("the command line", () => {
  let dir: string;
  const home = process.cwd();
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), "budget-"));
    mkdirSync(dir, { recursive: true });
    const calibration = { quantization: { calibration: "images.npy", bits: 4 } };
    writeFileSync(join(dir, "network.json"), JSON.stringify({ ...network, ...calibration }));
    const header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 10, 10, 2), }";
    const text = `${header}${" ".repeat(117 - header.length)}\n`;
    const npy = Buffer.concat([
      Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length, 0]),
      Buffer.from(text),
      Buffer.from(Array.from({ length: 200 }, (_, i) => i)),
    ]);
    writeFileSync(join(dir, "images.npy"), npy);
    process.chdir(dir);
  });
  afterAll(() => {
    process.chdir(home);
    rmSync(dir, { recursive: true, force: true });
  });

  /** Runs the command line with --json; gives its exit code and its answer. */
  async function run(...args: string[]) {
    const out: string[] = [];
    const write = vi.spyOn(process.stdout, "write").mockImplementation((t) => {
      out.push(String(t));
      return true;
    });
    try {
      return { code: await main([...args, "--json"]), answer: JSON.parse(out.join("")) };
    } finally {
      write.mockRestore();
    }
  }
  const folds = (answer: { layers: { name: string; pe: number; simd: number }[] }) =>
    Object.fromEntries(answer.layers.map((l) => [l.name, [l.pe, l.simd]]));

  test("build: a rate on a target, estimates in the answer and in the manifest", async () => {
    const { code, answer } = await run("build", "network.json", "--target", "ulx3s-25f", "--fps", "1000", "-o", "a");
    expect(code).toBe(0);
    expect(answer.framesPerSecond).toBeGreaterThanOrEqual(1000);
    expect(answer.estimates).toHaveProperty("ecp5");
    expect(answer.layers.every((l: { estimate: Cost }) => l.estimate.lut >= 0)).toBe(true);
    const manifest = JSON.parse(readFileSync("a/manifest.json", "utf8"));
    expect(manifest).toMatchObject({ target: "ulx3s-25f", estimates: answer.estimates });
  });
  test("build without a target: the estimates of all families", async () => {
    const { answer } = await run("build", "network.json", "-o", "b");
    expect(Object.keys(answer.estimates).sort()).toEqual(Object.keys(families).sort());
  });
  test("overrides are kept, the rest is folded around them", async () => {
    const { answer } = await run(
      "build",
      "network.json",
      "-t",
      "ulx3s-25f",
      "--pe",
      "first=8",
      "--simd",
      "first=2",
      "-o",
      "c",
    );
    expect(folds(answer).first).toEqual([8, 2]);
    const free = await run("build", "network.json", "-t", "ulx3s-25f", "--fps", "1000", "-o", "c");
    expect(folds(free.answer).first).not.toEqual([8, 2]);
  });
  test("an illegal override is refused, the legal ones are listed", async () => {
    const { code, answer } = await run("build", "network.json", "-t", "ulx3s-25f", "--pe", "first=5", "-o", "d");
    expect(code).toBe(1);
    expect(answer.diagnostics[0]).toMatchObject({ code: "AN5001", found: "5", expected: "one of 1, 2, 3, 4, 8" });
  });
  test("too much for a device: the resource, and the rate that fits", async () => {
    const { code, answer } = await run(
      "build",
      "network.json",
      "-t",
      "icebreaker",
      "--clock",
      "100",
      "--fps",
      "900000",
      "-o",
      "e",
    );
    expect(code).toBe(1);
    const d = answer.diagnostics[0];
    expect(d.code).toBe("AN5003");
    expect(d.message).toMatch(/LUT4|flip-flop|MAC16/);
    expect(d.found).toMatch(/^\d+ (LUT4|flip-flop|MAC16) by estimate/);
    const fits = /--fps (\d+)/.exec(d.hint)![1]!;
    const again = await run("build", "network.json", "-t", "icebreaker", "--clock", "100", "--fps", fits, "-o", "e");
    expect(again.code).toBe(0);
  });
});
