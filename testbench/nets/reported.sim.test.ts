// Small networks on which tools of this kind were reported to hang or to compute wrongly; docs/faults.md lists them all.

import { describe, expect, test } from "vitest";
import { load, toHardware, toIntegers } from "../../generator/index.ts";
import { packBeats } from "../../generator/verify/pack.ts";
import { runInteger } from "../../golden/index.ts";
import { imagesOf } from "../fuzz/case.ts";
import { run, simulators } from "../lib/index.ts";
import { cellSources } from "./build.ts";
import { sideBySide, unpackFrame } from "./side-by-side.ts";

const numbers = (...shape: number[]): unknown => {
  let n = 0;
  const of = ([size, ...rest]: number[]): unknown =>
    size === undefined ? ((n++ * 7) % 11) / 3 - 1 : Array.from({ length: size }, () => of(rest));
  return of(shape);
};
type Layer = Readonly<Record<string, unknown>>;
const adder = (name: string, filters: number, channels: number, kernel: [number, number], more: Layer = {}): Layer => ({
  name,
  kind: "adder_conv2d",
  filters,
  kernel,
  weights: numbers(filters, channels, ...kernel),
  ...more,
});

const reported: Readonly<Record<string, { readonly input: readonly number[]; readonly layers: readonly Layer[] }>> = {
  // One lane makes 96 clocks a pixel; the depthwise layer behind it takes all four channels at once.
  "a depthwise window as large as its map behind a slow producer": {
    input: [4, 4, 6],
    layers: [
      adder("slow", 4, 6, [1, 1], { bias: [9, 10, 11, 12], pe: 1, simd: 1 }),
      { name: "act", kind: "relu" },
      adder("whole", 4, 1, [4, 4], { groups: 4, simd: 4 }),
    ],
  },
  "a single output pixel of three by three with stride three": {
    input: [3, 3, 2],
    layers: [adder("one", 3, 2, [3, 3], { stride: 3 })],
  },
  "a second convolution of another size": {
    input: [7, 6, 2],
    layers: [
      adder("first", 4, 2, [3, 3], { padding: 1, bias: [20, 22, 24, 26] }),
      { name: "act", kind: "relu" },
      adder("second", 3, 4, [2, 1], { stride: [1, 2] }),
    ],
  },
  "same pooling with padding at bottom and right alone": {
    input: [5, 7, 2],
    layers: [
      { name: "max", kind: "max_pool2d", kernel: 2, stride: 2, padding: "same" },
      { name: "mean", kind: "avg_pool2d", kernel: 2, stride: 1, padding: "same" },
    ],
  },
  "one by one with stride two on a map that is no square": {
    input: [5, 8, 2],
    layers: [adder("point", 3, 2, [1, 1], { stride: 2 })],
  },
};

const cases = Object.values(reported).map(({ input, layers }, i) => {
  const file = { format: "addernet-rtl/1", name: `reported_${i}`, input: { shape: input, scale: 0.02 }, layers };
  const loaded = load(JSON.stringify(file), () => new Uint8Array());
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  const images = imagesOf(loaded.value.graph, 3, 12);
  const net = toIntegers(loaded.value.graph, images, { bits: 6 });
  if (!net.ok) throw new Error(JSON.stringify(net.diagnostics));
  return { net: net.value, images: images.slice(0, 4) };
});

describe.each(simulators)("%s", (sim) => {
  test(Object.keys(reported).join("; "), async () => {
    const builds = cases.map(({ net }) => {
      const built = toHardware(net, { clockMHz: 100 }, cellSources());
      if (!built.ok) throw new Error(JSON.stringify(built.diagnostics));
      return built.value;
    });
    const options = { sim, seed: 2, maxCycles: 200_000, name: "reported" } as const;
    const { value } = await run(sideBySide(builds), options, async (tb) => {
      const sources = builds.map((b) => tb.axisSource(`${b.hardware.name}_s_axis`, { pause: 0.3 }));
      const sinks = builds.map((b) => tb.axisSink(`${b.hardware.name}_m_axis`, { pause: 0.3 }));
      await tb.reset(tb.signal("rst"));
      builds.forEach(({ hardware: { input } }, n) => {
        for (const image of cases[n]!.images) {
          const beats = packBeats(image, input);
          const last = new Uint8Array(input.beatsPerFrame);
          last[last.length - 1] = 1;
          void sources[n]!.sendBeats(beats, beats.length / input.beatsPerFrame, last);
        }
      });
      const got: number[][][] = [];
      for (const [n, sink] of sinks.entries()) {
        const { stream } = builds[n]!.hardware.outputs[0]!;
        got.push([]);
        for (const _ of cases[n]!.images) got[n]!.push(unpackFrame(await sink.recv(), stream));
      }
      return got;
    });
    Object.keys(reported).forEach((name, n) => {
      const { net, images } = cases[n]!;
      const wanted = images.map((x) =>
        Array.from(runInteger(net, x, { keep: net.outputs }).get(net.outputs[0]!)!.data),
      );
      expect(new Set(wanted.flat()).size, name).toBeGreaterThan(1);
      expect(value[n], name).toEqual(wanted);
    });
  });
});
