// LeNet-5 on the test images, bit for bit at every layer boundary.

import { expect, test } from "vitest";
import { probeDesign, verify } from "../../generator/verify/verify.ts";
import type { SimulatorName } from "../lib/index.ts";
import { cases } from "../nightly.ts";
import { exampleBuild, images } from "./build.ts";
import { folder } from "./tools.ts";

// In 4 bits as well at night: small networks have every width for every change.
const widths = cases([8], [4]);
const builds = new Map(widths.map((bits) => [bits, exampleBuild("lenet5-mnist", { bits })]));
const designs = new Map(
  [...builds].map(([bits, b]) => [bits, probeDesign(b.hardware, folder(b.files), b.files.keys())]),
);

for (const bits of widths) {
  const b = builds.get(bits)!;
  const check = (count: number, options: { sim: SimulatorName; seed: number; stall?: number }, from = 0) =>
    verify(b.net, b.hardware, designs.get(bits)!, images("test", from + count).slice(from), {
      sim: options.sim,
      seed: options.seed,
      sourceStall: options.stall ?? 0,
      sinkStall: options.stall ?? 0,
    });

  test(`${bits} bits: 200 images back to back in Verilator`, async () => {
    const r = await check(160, { sim: "verilator", seed: 1 });
    expect(r.mismatch).toBeUndefined();
    expect(r.frames).toBe(160);
    expect(r.streams).toBeGreaterThan(10);
    expect(r.interval).toBe(b.hardware.interval);
    const stalled = await check(40, { sim: "verilator", seed: 2, stall: 0.3 }, 160);
    expect(stalled.mismatch).toBeUndefined();
    expect(stalled.frames).toBe(40);
  });

  // Icarus takes a minute for an image: tiny.sim.test.ts has one for every change.
  test.each(cases([], [bits]))("%i bits: one image in Icarus, with and without stalls", async () => {
    for (const stall of [0, 0.3]) {
      const r = await check(1, { sim: "icarus", seed: 4, stall });
      expect(r.mismatch).toBeUndefined();
    }
  });
}
