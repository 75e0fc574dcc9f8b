// The published ResNet-20 in 4 bits as hardware. Minutes on a loaded machine, so only where ADDERNET_SLOW=1 asks for it.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { load, type Result, readNpy, toHardware, toIntegers } from "../../generator/index.ts";
import type { IntTensor } from "../../generator/ir/tensor.ts";
import { probeDesign, verify } from "../../generator/verify/verify.ts";
import { cellSources, root } from "./build.ts";
import { folder, tool } from "./tools.ts";

// The checkpoint is no part of the project.
const published = join(process.env.ADDERNET_SHARED ?? join(root, "../shared"), "data/resnet20-cifar10");
const isThere = existsSync(published);
const slow = process.env.ADDERNET_SLOW === "1";
if (!isThere) console.warn(`${published} is missing: the published ResNet-20 is not simulated`);
else if (!slow) console.warn("the published ResNet-20 is simulated with ADDERNET_SLOW=1 only: it takes minutes");

function value<T>(r: Result<T>): T {
  if (!r.ok) throw new Error(r.diagnostics.map((d) => `${d.code} ${d.message}`).join("\n"));
  return r.value;
}

function images(set: "test" | "calibration", count: number): IntTensor[] {
  const all = readNpy(readFileSync(join(published, `${set}_images.npy`)));
  const size = 32 * 32 * 3;
  return Array.from({ length: count }, (_, i) => ({
    shape: [32, 32, 3] as const,
    data: Int32Array.from(all.data.subarray(i * size, (i + 1) * size) as Uint8Array),
  }));
}

test.skipIf(!isThere || !slow)(
  "two images equal golden at every layer boundary, with stalls (needs the shared data and ADDERNET_SLOW=1)",
  { timeout: 900_000 },
  async () => {
    const dir = folder();
    const checkpoint = join(published, "ResNet20-AdderNet.pth");
    const cli = join(root, "scripts/addernet.mjs");
    const imported = await tool(
      process.execPath,
      [cli, "import", "pytorch", checkpoint, "--arch", "resnet20", "-o", "net"],
      dir,
    );
    expect(imported).toMatchObject({ code: 0 });
    const read = (path: string) => readFileSync(join(dir, "net", path));
    const { graph } = value(load(read("network.json").toString(), read));
    const net = value(toIntegers(graph, images("calibration", 64), { bits: 4, method: "percentile" }));
    const started = performance.now();
    const { hardware, files } = value(toHardware(net, { fps: 500, clockMHz: 100, l1: 0 }, cellSources()));
    expect(performance.now() - started).toBeLessThan(30_000);
    const design = probeDesign(hardware, folder(files), files.keys());
    const options = { sim: "verilator", seed: 4, sourceStall: 0.3, sinkStall: 0.3 } as const;
    const r = await verify(net, hardware, design, images("test", 2), options);
    expect(r.mismatch).toBeUndefined();
    expect(r.frames).toBe(2);
    // Accumulators and results of 22 convolutions, nine joins, the mean.
    expect(r.streams).toBeGreaterThan(50);
    expect(r.values).toBeGreaterThan(1e6);
    // Ends that never rest: as fast as predicted, without a pause in any layer.
    const { interval, latency } = hardware;
    const frames = Math.ceil(latency.last / interval) + 4;
    const timed = await verify(net, hardware, design, images("test", frames), { sim: "verilator", seed: 1 });
    expect(timed.mismatch).toBeUndefined();
    expect(timed.interval).toBe(interval);
    expect(timed.intervals.filter((s) => s.clocks !== interval)).toEqual([]);
    expect(Math.abs(timed.latency - latency.last)).toBeLessThanOrEqual(latency.fill);
    expect(Math.abs(timed.firstLatency - latency.first)).toBeLessThanOrEqual(latency.fill);
  },
);
