// Small networks over layer kinds and graphs that the examples do not have, in hardware.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { load, toHardware, toIntegers } from "../../generator/index.ts";
import type { QuantizedNetwork } from "../../generator/ir/quantized.ts";
import type { IntTensor, Shape } from "../../generator/ir/tensor.ts";
import { Rand } from "../lib/index.ts";
import { probeDesign, verify } from "../verify/verify.ts";
import { cellSources, root } from "./build.ts";

function randomImages(shape: Shape, count: number): IntTensor[] {
  const rand = new Rand(7);
  const size = shape[0] * shape[1] * shape[2];
  return Array.from({ length: count }, () => ({
    shape,
    data: Int32Array.from({ length: size }, () => rand.int(0, 255)),
  }));
}

function quantized(file: string, bits: number): { net: QuantizedNetwork; images: IntTensor[] } {
  const loaded = load(readFileSync(join(root, "testbench/nets/kinds", file), "utf8"), () => {
    throw new Error("weights are inline");
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  const { graph } = loaded.value;
  const images = randomImages(graph.input.shape, 24);
  const net = toIntegers(graph, images, { bits });
  if (!net.ok) throw new Error(JSON.stringify(net.diagnostics));
  return { net: net.value, images };
}

describe.each(["mixed.json", "residual.json", "unet.json", "geometry.json", "binary.json"])("%s", (file) => {
  test.each([
    { bits: 8, fps: 1, stall: 0, sim: "verilator" },
    { bits: 3, fps: 10_000_000, stall: 0.4, sim: "verilator" },
    { bits: 5, fps: 100_000, stall: 0.2, sim: "icarus" },
  ] as const)("$bits bits, folded for $fps frames a second, stalls $stall, $sim", async ({ bits, fps, stall, sim }) => {
    const { net, images } = quantized(file, bits);
    // A clock far above any FPGA's lets the scheduler reach the rate: only the folds matter here.
    const built = toHardware(net, { fps, clockMHz: fps > 1e6 ? 1e4 : 100 }, cellSources());
    if (!built.ok) throw new Error(JSON.stringify(built.diagnostics));
    const dir = mkdtempSync(join(tmpdir(), "kinds-"));
    try {
      for (const [path, text] of built.value.files) {
        mkdirSync(dirname(join(dir, path)), { recursive: true });
        writeFileSync(join(dir, path), text);
      }
      const design = probeDesign(built.value.hardware, dir, built.value.files.keys());
      const r = await verify(net, built.value.hardware, design, images.slice(0, 5), {
        sim,
        sourceStall: stall,
        sinkStall: stall,
      });
      expect(r.mismatch).toBeUndefined();
      expect(r.frames).toBe(5);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
