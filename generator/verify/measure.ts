// What a simulation of an accelerator shows of its schedule: when each pixel passes each stream, how full its FIFOs get.
import { type Design, run, type Tb } from "../../testbench/lib/index.ts";
import type { SimulatorName } from "../../testbench/lib/simulators.ts";
import { instanceName } from "../7-emit/layer.ts";
import { outputPort, WEIGHTS_PORT, watched } from "../7-emit/verilog.ts";
import type { HwGraph, HwStream } from "../ir/hardware.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { FRAMES, fifosOf, type MeasuredTimes, type PixelTimes } from "../report/timeline.ts";
import { imageOf, loadingClocks } from "../weights/image.ts";
import { loadWeights } from "./loading.ts";
import { packBeats } from "./pack.ts";

/** Looks at signals, one for each stream and clock, that take some ten seconds: larger designs are not measured. */
const MOST_LOOKS = 6e6;

/** One stream: the clocks of each pixel's first and last beat, and since when they were on offer. */
class Watch {
  readonly #beats: number;
  readonly #valid: { readonly isX: boolean; readonly value: number };
  readonly #ready: { readonly isX: boolean; readonly value: number };
  readonly times: PixelTimes;
  readonly #all: number;
  #beat = 0;
  #since = -1;

  constructor(tb: Tb, port: string, s: HwStream) {
    this.#valid = tb.signal(`${port}_tvalid`);
    this.#ready = tb.signal(`${port}_tready`);
    this.#beats = s.beatsPerFrame / s.pixels;
    this.#all = FRAMES * s.beatsPerFrame;
    const clocks = () => new Float64Array(FRAMES * s.pixels);
    this.times = { beats: this.#beats, offered: clocks(), first: clocks(), ready: clocks(), last: clocks() };
  }

  look(clock: number): void {
    const valid = this.#valid;
    if (this.#beat === this.#all || valid.isX || valid.value === 0) return;
    if (this.#since < 0) this.#since = clock;
    if (this.#ready.isX || this.#ready.value === 0) return;
    const p = Math.floor(this.#beat / this.#beats);
    const k = this.#beat - p * this.#beats;
    const { offered, first, ready, last } = this.times;
    if (k === 0) [offered[p], first[p]] = [this.#since, clock];
    if (k === this.#beats - 1) [ready[p], last[p]] = [this.#since, clock];
    this.#beat++;
    this.#since = -1;
  }
}

/**
 * Sends frames one after another without a pause through the design with its streams as ports; no sink refuses.
 * @param images stored integers (HWC); only how many beats they have matters
 * @returns clocks from the first input beat on; undefined where the design is too large to be looked at in every clock
 */
export async function measureSchedule(
  hw: HwGraph,
  design: Design,
  images: readonly IntTensor[],
  sim: SimulatorName,
): Promise<MeasuredTimes | undefined> {
  const streams = watched(hw);
  const fifos = fifosOf(hw);
  const clocks = (FRAMES + 1) * hw.interval + 2 * hw.latency.last;
  if (clocks * 2 * (streams.length + fifos.length) > MOST_LOOKS) return undefined;
  const image = hw.weights && imageOf(hw.name, hw.weights);
  const loading = image ? loadingClocks(image, hw.weights!.step) : 0;
  let found: MeasuredTimes | undefined;
  await run(
    design,
    {
      sim,
      maxCycles: 4 * clocks + loading + 20_000,
      name: `schedule of ${hw.name}`,
      initSeeds: { reason: "clocks alone are read, of a design that was compared before" },
    },
    async (tb) => {
      const source = tb.axisSource("s_axis");
      const sinks = hw.outputs.map((_, i) => tb.axisSink(outputPort(hw, i)));
      const weights = image && tb.axisSource(WEIGHTS_PORT);
      const watches = streams.map((s, i) => new Watch(tb, `probe_${i}`, s));
      const inside = fifos.map(({ block, instance }) =>
        ["count", "head_valid"].map((r) => tb.signal(`dut.u_${block.name}.${instanceName(block, instance)}.${r}`)),
      );
      const most = fifos.map(() => 0);
      await tb.reset(tb.signal("rst"));
      if (weights) await loadWeights(tb, weights, image);
      tb.clk.onEdge(() => {
        const clock = tb.cycle;
        for (const w of watches) w.look(clock);
        inside.forEach((registers, i) => {
          if (!registers.some((s) => s.isX))
            most[i] = Math.max(
              most[i]!,
              registers.reduce((n, s) => n + s.value, 0),
            );
        });
      });
      const all = Array.from({ length: FRAMES }, (_, f) => packBeats(images[f % images.length]!, hw.input));
      const joined = new Uint32Array(all.flatMap((a) => [...a]));
      const beats = FRAMES * hw.input.beatsPerFrame;
      const last = Uint8Array.from({ length: beats }, (_, b) => Number((b + 1) % hw.input.beatsPerFrame === 0));
      const sent = source.sendBeats(joined, joined.length / beats, last);
      for (let f = 0; f < FRAMES; f++) for (const sink of sinks) await sink.recv();
      await sent;
      const entry = watches[streams.findIndex((s) => s.name === hw.input.name)];
      const start = entry?.times.first[0] ?? 0;
      for (const { times } of watches)
        for (const list of [times.offered, times.first, times.ready, times.last])
          for (let p = 0; p < list.length; p++) list[p]! -= start;
      const byTensor = new Map(streams.map((s, i) => [s.tensor!.name, watches[i]!.times]));
      found = { simulator: sim, of: (s) => s.tensor && byTensor.get(s.tensor.name), fifos: most };
    },
  );
  return found;
}
