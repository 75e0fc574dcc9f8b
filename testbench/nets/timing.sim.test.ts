// The predicted clocks of the examples against simulations whose source and sinks never rest.
import { expect, test } from "vitest";
import { probeDesign, verify } from "../../generator/verify/verify.ts";
import { cases } from "../nightly.ts";
import { exampleBuild, images } from "./build.ts";
import { folder } from "./tools.ts";

// Layers in front of the slowest one run ahead until every buffer between them is full: frames enough for that.
const builds = cases(
  [
    { example: "tiny-mnist", fps: 50_000, frames: 12 },
    { example: "resnet8-mnist", fps: 5000, frames: 9 },
  ],
  [{ example: "lenet5-mnist", fps: 90_909, frames: 12 }],
);

test.each(builds)("$example at $fps frames a second", async ({ example, fps, frames }) => {
  const b = exampleBuild(example, { fps });
  const { interval, latency } = b.hardware;
  const design = probeDesign(b.hardware, folder(b.files), b.files.keys());
  const r = await verify(b.net, b.hardware, design, images("test", frames), { sim: "verilator", seed: 1 });
  expect(r.mismatch).toBeUndefined();
  // No layer pauses between two frames.
  expect(r.intervals.length).toBeGreaterThan(8);
  expect(r.intervals.filter((s) => s.clocks !== interval)).toEqual([]);
  expect(r.interval).toBe(interval);
  // No prediction is farther off than the pipelines are long.
  expect(Math.abs(r.latency - latency.last)).toBeLessThanOrEqual(latency.fill);
  expect(Math.abs(r.firstLatency - latency.first)).toBeLessThanOrEqual(latency.fill);
  expect(latency.fill).toBeLessThan(latency.first / 10);
});
