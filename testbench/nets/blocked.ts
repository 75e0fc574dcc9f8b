// A network with several outputs, one of them blocked for long while the others flow, then an input that starves.
import { outputPort, type QuantizedNetwork } from "../../generator/index.ts";
import type { HwGraph } from "../../generator/ir/hardware.ts";
import type { IntTensor } from "../../generator/ir/tensor.ts";
import { packBeats } from "../../generator/verify/pack.ts";
import { runInteger } from "../../golden/index.ts";
import { type Design, run } from "../lib/index.ts";
import { unpackFrame } from "./side-by-side.ts";

/** Frames of one output while each output is blocked in turn. */
export interface Blocked {
  readonly output: string;
  readonly blocked: string;
  /** Frames that came out of this output while the other one was blocked. */
  readonly meanwhile: number;
  readonly found: readonly (readonly number[])[];
  readonly wanted: readonly (readonly number[])[];
}

/** Throws a HangError where the design stays stuck. */
export async function blockOutputs(
  net: QuantizedNetwork,
  hw: HwGraph,
  design: Design,
  images: readonly IntTensor[],
): Promise<Blocked[]> {
  const golden = images.map((image) => runInteger(net, image, { keep: net.outputs }));
  // Time for every frame to come out where nothing blocks.
  const long = (images.length + 3) * hw.interval + 500;
  const options = {
    sim: "verilator",
    seed: 6,
    maxCycles: 10 * long * hw.outputs.length,
    name: `block ${hw.name}`,
  } as const;
  const { value } = await run(design, options, async (tb) => {
    const source = tb.axisSource("s_axis");
    const sinks = hw.outputs.map((_, i) => tb.axisSink(outputPort(hw, i)));
    await tb.reset(tb.signal("rst"));
    const results: Blocked[] = [];
    for (const [b, blocked] of sinks.entries()) {
      blocked.pause = true;
      const sent = images.map((image) => {
        const beats = packBeats(image, hw.input);
        const last = new Uint8Array(hw.input.beatsPerFrame);
        last[last.length - 1] = 1;
        return source.sendBeats(beats, beats.length / hw.input.beatsPerFrame, last);
      });
      await tb.cycles(long);
      const meanwhile = sinks.map((s) => s.count());
      // What waits in the design leaves while nothing comes in.
      source.pause = true;
      blocked.pause = false;
      await tb.cycles(long);
      source.pause = false;
      for (const [i, sink] of sinks.entries()) {
        const found: number[][] = [];
        for (const _ of images) found.push(unpackFrame(await sink.recv(), hw.outputs[i]!.stream));
        results.push({
          output: net.outputs[i]!,
          blocked: net.outputs[b]!,
          meanwhile: meanwhile[i]!,
          found,
          wanted: golden.map((g) => Array.from(g.get(net.outputs[i]!)!.data)),
        });
      }
      await Promise.all(sent);
    }
    return results;
  });
  return value;
}
