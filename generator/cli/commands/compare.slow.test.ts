// The comparison of a small network under the folds that synth takes, by the quickest Yosys that is there.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { design } from "../../design.ts";
import { writeNpy } from "../../files/index.ts";
import { families } from "../../targets/index.ts";
import { makeConsole, unwrap } from "../console.ts";
import { cellSources } from "../files.ts";
import { integersOf, openNetwork } from "../network.ts";
import { compareCommand } from "./compare.ts";

const dir = mkdtempSync(join(tmpdir(), "compare-test-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const adder = (name: string, filters: number, channels: number) => ({
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

test("both kinds of layers under the folds that synth takes", async () => {
  const path = join(dir, "network.json");
  const layers = [adder("first", 4, 2), adder("second", 8, 4)];
  writeFileSync(path, JSON.stringify({ format: "addernet-rtl/1", name: "two", input: { shape: [6, 6, 2] }, layers }));
  const calibration = join(dir, "images.npy");
  const data = Uint8Array.from({ length: 288 }, (_, i) => (i * 37) & 255);
  writeFileSync(calibration, writeNpy({ dtype: "uint8", shape: [4, 6, 6, 2], data }));
  const out = makeConsole(true, "test");
  const common = { calibration, bits: 8, mode: "pow2", fps: 300_000, dsp: false } as const;
  const output = join(dir, "out");
  const args = { ...common, target: "ice40", native: true, place: false, seed: 1, output };
  await compareCommand(path, args, false, out);
  const compared = JSON.parse(readFileSync(join(output, "compare.json"), "utf8"));

  const opened = openNetwork(path, out);
  const net = integersOf(path, opened, common, out);
  const request = { fps: common.fps, clockMHz: 100, dsp: false };
  const { schedule: plan } = unwrap(design(net, { ...request, target: "ice40" }, cellSources()), out);
  const pairs = (folds: readonly { pe?: number | undefined; simd?: number | undefined }[]) =>
    folds.map((f) => [f.pe, f.simd]);
  expect(compared.clocksPerFrame).toBe(plan.interval);
  expect(pairs(compared.folds)).toEqual(pairs(plan.nodes.map((n) => n.fold)));
  // Fewest lanes are other folds here.
  const byLanes = unwrap(design(net, { ...request, l1: families.ice40.l1 }, cellSources()), out).hardware;
  expect(pairs(compared.folds)).not.toEqual(pairs(byLanes.blocks));
  const [distances, products] = compared.variants;
  expect(products.byCell.axis_mac.lut).toBeGreaterThan(distances.byCell.axis_sad.lut);
}, 300_000);
