// The smallest example in both simulators: four stall corners, other number formats, two networks in one design.

import { expect, test } from "vitest";
import { packBeats } from "../../generator/verify/pack.ts";
import { probeDesign, verify } from "../../generator/verify/verify.ts";
import { runInteger } from "../../golden/index.ts";
import { run, simulators } from "../lib/index.ts";
import { cases } from "../nightly.ts";
import { type BuildOptions, exampleBuild, images } from "./build.ts";
import { sideBySide } from "./side-by-side.ts";
import { folder } from "./tools.ts";

const frames = images("test", 3);

const ends = [
  [0, 0],
  [0.5, 0.5],
] as const;
const others = [
  [0, 0.5],
  [0.5, 0],
] as const;
const corners = { verilator: [...ends, ...others], icarus: cases(ends, others) };

for (const sim of simulators)
  test(`stall corners in ${sim}`, async () => {
    const b = exampleBuild("tiny-mnist", { fps: 20_000 });
    const design = probeDesign(b.hardware, folder(b.files), b.files.keys());
    for (const [sourceStall, sinkStall] of corners[sim]) {
      const options = { sim, seed: 3, sourceStall, sinkStall };
      const r = await verify(b.net, b.hardware, design, frames, options);
      expect(r.mismatch).toBeUndefined();
      expect(r.streams).toBeGreaterThan(8);
      // The bottleneck lies behind both ends and hides their stalls.
      if (sourceStall + sinkStall === 0) expect(r.interval).toBe(b.hardware.interval);
    }
  });

const formats: BuildOptions[] = [
  { bits: 8, mode: "pow2", l1: 1, fps: 20_000 },
  { bits: 5, mode: "csd2", fps: 50_000 },
  { bits: 2, fps: 1000 },
  { bits: 8, dsp: false, fps: 20_000 },
];
for (const options of formats)
  test(`equal to golden: ${JSON.stringify(options)}`, async () => {
    const b = exampleBuild("tiny-mnist", options);
    const design = probeDesign(b.hardware, folder(b.files), b.files.keys());
    const r = await verify(b.net, b.hardware, design, frames, { sim: "verilator", seed: 8 });
    expect(r.mismatch).toBeUndefined();
    expect(r.interval).toBe(b.hardware.interval);
  });

for (const sim of cases(["verilator"], ["icarus"]))
  test(`two networks in one design in ${sim}`, async () => {
    const builds = [exampleBuild("tiny-mnist"), exampleBuild("tiny-mnist", { bits: 6, mode: "pow2", name: "other" })];
    const tops = builds.map((b) => b.hardware.name);
    const { value } = await run(sideBySide(builds), { sim, seed: 1, maxCycles: 1_000_000 }, async (tb) => {
      const sources = tops.map((t) => tb.axisSource(`${t}_s_axis`, { pause: 0.2 }));
      const sinks = tops.map((t) => tb.axisSink(`${t}_m_axis`, { pause: 0.2 }));
      await tb.reset(tb.signal("rst"));
      const sent = builds.flatMap((b, i) =>
        frames.map((f) => {
          const last = new Uint8Array(b.hardware.input.beatsPerFrame);
          last[last.length - 1] = 1;
          return sources[i]!.sendBeats(packBeats(f, b.hardware.input), 1, last);
        }),
      );
      const got: number[][] = [];
      for (const sink of sinks) {
        const classes: number[] = [];
        for (const _ of frames) classes.push(Number((await sink.recv()).tdata[0]));
        got.push(classes);
      }
      for (const s of sent) await s;
      return got;
    });
    const expected = builds.map(({ net }) =>
      frames.map((f) => runInteger(net, f, { keep: net.outputs }).get(net.outputs[0]!)!.data[0]),
    );
    expect(value).toEqual(expected);
  });
