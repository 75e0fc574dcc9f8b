// ResNet-50 with its weights in all three homes: the whole network with fewer channels, and its last block and linear
// layer at their full size, against a memory of moods.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { LAST_LAYERS, lastBlockFiles, resnet50State } from "../bench/resnet50.ts";
import { networkFiles, planNetwork } from "../generator/import/pytorch/index.ts";
import { type Design, type DesignRequest, design, load, type Result, toIntegers } from "../generator/index.ts";
import type { Home } from "../generator/ir/graph.ts";
import type { QuantizedNetwork } from "../generator/ir/quantized.ts";
import type { IntTensor } from "../generator/ir/tensor.ts";
import { probeDesign, verify } from "../generator/verify/verify.ts";
import { Rand } from "../testbench/lib/index.ts";
import { cellSources } from "../testbench/nets/build.ts";

const work = mkdtempSync(join(tmpdir(), "resnet50-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

function value<T>(r: Result<T>): T {
  if (!r.ok) throw new Error(r.diagnostics.map((d) => `${d.code} ${d.message}`).join("\n"));
  return r.value;
}

const rand = new Rand(9);
const imagesOf = (shape: readonly [number, number, number], count: number): IntTensor[] =>
  Array.from({ length: count }, () => ({
    shape,
    data: Int32Array.from({ length: shape[0] * shape[1] * shape[2] }, () => rand.int(0, 255)),
  }));

type Files = ReadonlyMap<string, string | Uint8Array>;
const text = (file: string | Uint8Array): string => (typeof file === "string" ? file : new TextDecoder().decode(file));
const networkOf = (files: Files, images: readonly IntTensor[]): QuantizedNetwork => {
  const { graph } = value(load(text(files.get("network.json")!), (f) => files.get(f) as Uint8Array));
  return value(toIntegers(graph, images, { bits: 4, method: "percentile" }));
};

function built(net: QuantizedNetwork, request: DesignRequest, name: string): { made: Design; dir: string } {
  const made = value(design(net, request, cellSources()));
  const dir = join(work, name);
  for (const [path, content] of made.files) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
  return { made, dir };
}

/** Answers late, in any time up to two hundred clocks, few at a time, and its channels rest. */
const hostile = { latency: [1, 200], pause: 0.3, outstanding: 4 } as const;

describe("the whole network, a sixteenth of its channels", () => {
  // As many frames as find room inside, and some more: then the interval is that of the slowest layer.
  const images = imagesOf([64, 64, 3], 12);
  const state = resnet50State(4);
  const net = networkOf(networkFiles(planNetwork(state, "resnet50", { shape: [64, 64, 3] }), "resnet50"), images);
  const weighted = net.nodes.filter((n) => "weights" in n).map((n) => n.name);
  const homeOf = (name: string): Home =>
    /^(layer[34]|fc)/.test(name) ? "external" : /^layer2/.test(name) ? "ram" : "rom";
  const homes = new Map(weighted.map((name) => [name, homeOf(name)]));
  // Maps of 4 x 4 in bands of a row, those of 2 x 2 and the linear layer whole.
  const bands = new Map(weighted.filter((n) => n.startsWith("layer3")).map((n) => [n, 4]));

  test("has its 53 convolutions and the linear layer, some in each home", () => {
    expect(weighted).toHaveLength(54);
    for (const home of ["rom", "ram", "external"])
      expect([...homes.values()].filter((h) => h === home).length, home).toBeGreaterThan(10);
  });

  test("equals golden on every stream, in the predicted clocks, and with a hostile memory", async () => {
    const { made, dir } = built(net, { homes, folds: { bands }, fps: 1000, clockMHz: 100 }, "whole");
    const probe = () => probeDesign(made.hardware, dir, made.files.keys());
    const right = await verify(made.net, made.hardware, probe(), images, { sim: "verilator" });
    expect(right.mismatch).toBeUndefined();
    expect(right.clockFaults).toEqual([]);
    expect(right.bytesRead).toBe(made.schedule.traffic!.bytes);
    const moody = await verify(made.net, made.hardware, probe(), images.slice(0, 2), {
      ...{ sim: "verilator", memory: hostile, sourceStall: 0.2, sinkStall: 0.2 },
    });
    expect(moody.mismatch).toBeUndefined();
    console.log(
      `whole: ${right.streams} streams, ${right.values} values, interval ${right.interval}, ${right.clocks} clocks, ${right.bytesRead} bytes a frame; hostile ${moody.clocks} clocks`,
    );
  });
});

/** Verified with the hostile memory; every weight is read once a frame. */
async function verified(files: Files, images: readonly IntTensor[], request: DesignRequest, name: string) {
  const net = networkOf(files, images);
  const { made, dir } = built(net, { homes: "external", ...request }, name);
  const probe = probeDesign(made.hardware, dir, made.files.keys());
  const result = await verify(made.net, made.hardware, probe, images, { sim: "verilator", memory: hostile });
  expect(result.mismatch).toBeUndefined();
  expect(result.bytesRead).toBe(made.schedule.traffic!.bytes);
  console.log(
    `${name}: ${result.streams} streams, ${result.values} values equal, ${result.clocks} clocks of ${result.frames} frames (scheduled ${made.schedule.interval} a frame), ${result.bytesRead} bytes a frame`,
  );
  return net.nodes.reduce(
    (sum, n) => sum + ("weights" in n ? n.weights.rows.length * n.weights.rows[0]!.length : 0),
    0,
  );
}

describe("at full size, with a hostile memory, equals golden on every stream and reads each weight once a frame", () => {
  test.each(LAST_LAYERS)("%s alone", async (only) => {
    const [size, channels] = [only === "fc" ? 1 : 7, /[23]$/.test(only) ? 512 : 2048];
    const images = imagesOf([size, size, channels], 2);
    const request = { fps: 600, clockMHz: 200, memoryBits: 128 } as const;
    const weights = await verified(lastBlockFiles(only), images, request, only);
    expect(weights).toBe(channels * { conv1: 512, conv2: 9 * 512, conv3: 2048, fc: 1000 }[only]);
  });

  test("the last block, the mean and the linear layer", async () => {
    const request = { fps: 300, clockMHz: 200, memoryBits: 128 } as const;
    const weights = await verified(lastBlockFiles(), imagesOf([7, 7, 2048], 2), request, "block");
    expect(weights).toBe(512 * 2048 + 9 * 512 * 512 + 2048 * 512 + 1000 * 2048);
  });
});
