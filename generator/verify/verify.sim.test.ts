// What verification must notice: a wrong wire at a port of the accelerator, whatever layer stands last.

import { describe, expect, test } from "vitest";
import { runInteger } from "../../golden/index.ts";
import { imagesOf } from "../../testbench/fuzz/case.ts";
import { type SimulatorName, simulators } from "../../testbench/lib/simulators.ts";
import { cellSources } from "../../testbench/nets/build.ts";
import { folder, tool } from "../../testbench/nets/tools.ts";
import { load, outputPort, toHardware, toIntegers } from "../index.ts";
import { clockFaults } from "./clocks.ts";
import { goldenVectors } from "./vectors.ts";
import { probeDesign, verify } from "./verify.ts";

/** An accelerator of one or two layers behind a map of 3 x 4 pixels of two channels. */
function accelerator(layers: readonly Record<string, unknown>[], outputs?: readonly string[], fps?: number) {
  const text = JSON.stringify({
    format: "addernet-rtl/1",
    name: "ports",
    input: { shape: [3, 4, 2] },
    layout: "channels_last",
    layers: layers.map((l, i) => ({ name: `l${i}`, ...l })),
    ...(outputs ? { outputs } : {}),
  });
  const loaded = load(text, () => {
    throw new Error("weights are inline");
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  const images = imagesOf(loaded.value.graph, 5, 3);
  const net = toIntegers(loaded.value.graph, images, {});
  if (!net.ok) throw new Error(JSON.stringify(net.diagnostics));
  const built = toHardware(
    net.value,
    { clockMHz: 100, ...(fps ? { fps } : {}), vectors: goldenVectors(net.value, images) },
    cellSources(),
  );
  if (!built.ok) throw new Error(JSON.stringify(built.diagnostics));
  return { ...built.value, net: net.value, images };
}

const kernels = (size: number) =>
  Array.from({ length: 2 }, (_, o) =>
    Array.from({ length: size }, (_, y) =>
      Array.from({ length: size }, (_, x) => Array.from({ length: 2 }, (_, c) => 31 * o + 17 * c + 29 * y + 11 * x)),
    ),
  );
const weights = kernels(3);
const conv = { kind: "adder_conv2d", filters: 2, kernel: 3, padding: 1, weights };
const nets: [string, ReturnType<typeof accelerator>][] = [
  ["upsample last", accelerator([{ kind: "upsample", factor: 2 }])],
  ["pad last", accelerator([{ kind: "pad", padding: 1 }])],
  ["flatten last", accelerator([conv, { kind: "flatten" }])],
  ["argmax last", accelerator([conv, { kind: "global_avg_pool" }, { kind: "flatten" }, { kind: "argmax" }])],
  ["an adder layer last", accelerator([conv])],
  ["the input among the outputs", accelerator([conv], ["l0", "input"])],
];

// What the input says with tlast is not needed, whichever cells lie between it and an output.
const relu = { kind: "relu" };
const passing: [string, ReturnType<typeof accelerator>][] = [
  ["element-wise", accelerator([relu])],
  ["flatten", accelerator([{ kind: "flatten" }])],
  ["tables and slopes", accelerator([{ kind: "parametric_relu", slope: [0.2, 0.3] }])],
  ["a join with the input", accelerator([relu, { kind: "add", inputs: ["input", "l0"] }])],
  ["concat", accelerator([relu, { kind: "concat", inputs: ["input", "l0"] }])],
  ["the input itself", accelerator([conv], ["input", "l0"])],
  ["a whole image in a beat", accelerator([{ kind: "avg_pool2d", kernel: [3, 4], pixels: 12 }])],
  ["a layer that frames by itself", accelerator([conv])],
  ["flatten, then a vector", accelerator([{ kind: "global_avg_pool" }, { kind: "flatten" }, relu])],
];
describe.each(passing)("tlast at the input, %s", (_, n) => {
  test.each(["low", "high", "random"] as const)("%s", async (tlast) => {
    const dir = folder(n.files);
    const r = await verify(n.net, n.hardware, probeDesign(n.hardware, dir, n.files.keys()), n.images, {
      ...{ sim: "icarus", tlast },
    });
    expect(r.mismatch).toBeUndefined();
    expect(r.clockFaults).toEqual([]);
  });
  test("open", async () => {
    const bench = n.files.get("tb/ports_tb.v")!;
    const open = bench.replace(", .s_axis_tlast(in_last)", "");
    expect(open).not.toBe(bench);
    const dir = folder(new Map(n.files).set("tb/ports_tb.v", open));
    const args = ["-g2005", "-s", "ports_tb", "-o", "sim", "-f", "ports.f", "tb/ports_tb.v"];
    expect((await tool("iverilog", args, dir)).code).toBe(0);
    expect((await tool("vvp", ["-N", "sim"], dir)).output).toContain("PASS 3 frames");
  });
});

test("no beat is taken in reset", async () => {
  const r = await check(nets[0]![1], "icarus", (top) => top.replace(" && !rst;", ";"));
  expect(r.mismatch).toMatchObject({ stream: "s_axis", expected: "s_axis_tready low in reset" });
});

test("the count that stands for the input's tlast is needed where it is, and nowhere else", () => {
  const counted = passing.filter(([, n]) => n.files.has("rtl/ports_axis_last.v"));
  // The global mean reads its window from a line buffer, which counts by itself.
  const own = ["a layer that frames by itself", "flatten, then a vector"];
  expect(counted.map(([name]) => name)).toEqual(passing.map(([name]) => name).filter((name) => !own.includes(name)));
});

const check = (
  n: (typeof nets)[number][1],
  sim: SimulatorName,
  change: (text: string) => string,
  path = `rtl/${n.hardware.name}.v`,
) => {
  const text = change(n.files.get(path)!);
  const dir = folder(new Map(n.files).set(path, text));
  return verify(n.net, n.hardware, probeDesign(n.hardware, dir, n.files.keys()), n.images, { sim });
};

describe.each(nets)("%s", (_, n) => {
  test("outputs are what came from the ports", async () => {
    const r = await check(n, "icarus", (top) => top);
    expect(r.mismatch).toBeUndefined();
    expect(r.clockFaults).toEqual([]);
    expect(r.outputs).toEqual(
      n.images.map((image) => {
        const all = runInteger(n.net, image, { keep: n.net.outputs });
        return n.net.outputs.flatMap((o) => [...all.get(o)!.data]);
      }),
    );
    expect(r.interval).toBe(n.hardware.interval);
  });

  test.each(simulators)("inverted data at a port: %s notices", async (sim) => {
    const port = outputPort(n.hardware, n.hardware.outputs.length - 1);
    const r = await check(n, sim, (top) =>
      top.replace(new RegExp(`assign ${port}_tdata = (.*);`), (text, wires) => {
        expect(text).not.toBe("");
        return `assign ${port}_tdata = ~(${wires});`;
      }),
    );
    expect(r.mismatch).toMatchObject({ stream: port, frame: 0, beat: 0 });
  });
});

test("an inner stream that is repeated wrongly is found at its layer", async () => {
  const n = nets[0]![1];
  const r = await check(
    n,
    "icarus",
    (layer) => {
      // Every pixel four times in a row, instead of rows twice and pixels twice.
      const times = [1, 4];
      const wrong = layer
        .replace(/\.REPEAT\(2\)/g, () => `.REPEAT(${times.shift()})`)
        .replace(/\b(IN_H|OUT_H)\(24\)/g, "$1(12)");
      expect(times).toEqual([]);
      return wrong;
    },
    `rtl/${n.hardware.name}_l0.v`,
  );
  expect(r.mismatch).toMatchObject({ tensor: "l0", stream: "l0_pixels", frame: 0 });
});

const unborn = {
  "pad, several pixels a beat": [{ kind: "pad", padding: 1, pixels: 4 }],
  "kernel 1 in a margin, unrolled": [
    { kind: "adder_conv2d", filters: 2, kernel: 1, padding: 1, weights: kernels(1), unroll: true },
  ],
  "kernel 2 in a margin of 2, as fast as possible": [
    { kind: "adder_conv2d", filters: 2, kernel: 2, padding: 2, weights: kernels(2) },
  ],
  "behind another layer": [conv, { kind: "pad", padding: 2, pixels: 4 }],
};
describe.each(Object.entries(unborn))("windows that see nothing but margin: %s", (_, layers) => {
  const n = accelerator(layers, undefined, 4e6);
  const bench = async (dir: string) => {
    const args = ["-g2005", "-s", "ports_tb", "-o", "sim", "-f", "ports.f", "tb/ports_tb.v"];
    expect((await tool("iverilog", args, dir)).code).toBe(0);
    return (await tool("vvp", ["-N", "sim"], dir)).output;
  };

  test("nothing comes unasked, and no later than predicted", async () => {
    expect([...n.files.keys()]).toContain("rtl/ports_axis_taps.v");
    for (const sim of simulators) {
      const r = await check(n, sim, (text) => text);
      expect(r.mismatch).toBeUndefined();
      expect(r.clockFaults).toEqual([]);
    }
    expect(await bench(folder(n.files))).toContain("PASS 3 frames");
  });

  test("a cell that does not wait is found by both benches", async () => {
    const path = "rtl/ports_axis_taps.v";
    const eager = (text: string) => text.replace(" && !(begins && !may_begin)", "");
    const r = await check(n, "icarus", eager, path);
    expect(r.mismatch).toMatchObject({ expected: "no beat before the frame's first input beat" });
    const text = eager(n.files.get(path)!);
    expect(text).not.toBe(n.files.get(path));
    expect(await bench(folder(new Map(n.files).set(path, text)))).toMatch(/FAIL m_axis: frame 0, beat 0 before/);
  });
});

describe("a reset in the middle of frames", () => {
  const run = (n: (typeof nets)[number][1], resets: readonly number[], sim: SimulatorName = "icarus") => {
    const design = probeDesign(n.hardware, folder(n.files), n.files.keys());
    return verify(n.net, n.hardware, design, n.images, { sim, resets });
  };

  test.each(simulators)("the frames behind it are right, %s", async (sim) => {
    const n = nets[2]![1];
    for (const resets of [[1], [7, 30], [2 * n.hardware.interval + 3]]) {
      const r = await run(n, resets, sim);
      expect(r.mismatch).toBeUndefined();
      expect(r.clockFaults).toEqual([]);
      expect(r.outputs).toHaveLength(n.images.length);
    }
  });

  test("a counter that it does not clear is found with it alone", async () => {
    const n = passing[0]![1];
    const path = "rtl/ports_axis_last.v";
    const text = n.files.get(path)!;
    const deaf = text.replace("if (rst) n <= {N_BITS{1'b0}};", "").replace("] n;", "] n = 0;");
    expect(deaf.length).toBeLessThan(text.length - 20);
    const wrong = { ...n, files: new Map(n.files).set(path, deaf) };
    expect((await run(wrong, [])).mismatch).toBeUndefined();
    await expect(run(wrong, [n.hardware.interval + 5])).rejects.toThrow("tlast");
  });
});

test("a tensor that no stream carries is a fault", async () => {
  const n = nets[0]![1];
  const hardware = { ...n.hardware, streams: n.hardware.streams.filter((s) => s.tensor?.name !== "l0") };
  const design = probeDesign(hardware, folder(n.files), n.files.keys());
  await expect(verify(n.net, hardware, design, n.images, { sim: "icarus" })).rejects.toThrow("l0");
});

test("clocks beyond the tolerance are faults, those within are none", () => {
  const hw = { interval: 100, latency: { first: 50, last: 300, fill: 10, settling: 0 } };
  const clocks = { frames: 2, firstLatency: 60, latency: 290, interval: 100 };
  expect(clockFaults(hw, clocks)).toEqual([]);
  const whats = (c: object) => clockFaults(hw, { ...clocks, ...c }).map((f) => f.what);
  expect(whats({ firstLatency: 61 })).toEqual(["latency to the first beat"]);
  expect(whats({ latency: 289 })).toEqual(["latency"]);
  expect(whats({ interval: 101 })).toEqual(["interval"]);
  expect(whats({ interval: 99 })).toEqual(["interval"]);
  expect(whats({ frames: 1, interval: undefined })).toEqual([]);
  // Fewer frames than find room inside come as fast as the layers in front can.
  const roomy = { ...hw, latency: { ...hw.latency, last: 800 } };
  const few = (frames: number, interval: number) => clockFaults(roomy, { ...clocks, latency: 800, frames, interval });
  expect([few(6, 60), few(7, 60), few(6, 101)].map((f) => f.length)).toEqual([0, 1, 1]);
  // What other beats hold up may come as early as if they did not.
  const held = { ...hw, latency: { ...hw.latency, early: { first: 30, last: 200 } } };
  expect(clockFaults(held, { ...clocks, firstLatency: 20, latency: 190 })).toEqual([]);
  expect(clockFaults(held, { ...clocks, firstLatency: 19, latency: 311 })).toHaveLength(2);
  // Coded weights that come slower than they are taken make a frame later, not earlier.
  const slow = { ...hw, latency: { ...hw.latency, late: 40 } };
  const late = (latency: number) => clockFaults(slow, { ...clocks, latency }).length;
  expect([289, 290, 350, 351].map(late)).toEqual([1, 0, 0, 1]);
  expect(clockFaults(slow, { ...clocks, interval: 99 })).toEqual([]);
  // A decoder rests a clock or two between two frames.
  const decoded = (interval: number) =>
    clockFaults(hw, { ...clocks, interval }, { binds: false, decodes: true }).length;
  expect([98, 99, 100, 101].map(decoded)).toEqual([1, 0, 0, 1]);
});
