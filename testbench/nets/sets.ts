// Sets of weights of one format, loaded at random times while frames go on: over any port that takes them.
import { expect } from "vitest";
import {
  type Design,
  type DesignRequest,
  design,
  imageOf,
  load,
  portLaneBits,
  toIntegers,
} from "../../generator/index.ts";
import type { QuantizedNetwork } from "../../generator/ir/quantized.ts";
import type { IntTensor } from "../../generator/ir/tensor.ts";
import { loadWeights } from "../../generator/verify/loading.ts";
import { packBeats } from "../../generator/verify/pack.ts";
import { probeDesign } from "../../generator/verify/verify.ts";
import { runInteger } from "../../golden/index.ts";
import { Rand, type Design as RunDesign, run, type SimulatorName, type Tb } from "../lib/index.ts";
import { cellSources } from "./build.ts";
import { value } from "./drawn.ts";
import { folder } from "./tools.ts";

const rand = new Rand(7);
const real = (...shape: number[]): unknown =>
  shape.length === 0 ? rand.int(-40, 40) / 10 : Array.from({ length: shape[0]! }, () => real(...shape.slice(1)));

export const images: IntTensor[] = Array.from({ length: 6 }, () => ({
  shape: [6, 6, 2] as const,
  data: Int32Array.from({ length: 72 }, () => rand.int(0, 255)),
}));

/** Every kind of layer with weights, padding, groups, a join behind two of them, raw results and their index. */
const text = JSON.stringify({
  format: "addernet-rtl/1",
  name: "sets",
  input: { shape: [6, 6, 2], scale: 0.015625 },
  layers: [
    { name: "conv", kind: "adder_conv2d", filters: 4, kernel: 3, padding: 1, weights: real(4, 2, 3, 3) },
    { name: "relu", kind: "leaky_relu", slope: 0.25 },
    { name: "deep", kind: "adder_conv2d", filters: 4, kernel: 3, padding: 1, groups: 4, weights: real(4, 1, 3, 3) },
    { name: "mul", kind: "conv2d", filters: 4, kernel: 1, inputs: ["relu"], weights: real(4, 4, 1, 1), bias: real(4) },
    { name: "sum", kind: "add", inputs: ["deep", "mul"] },
    { name: "pool", kind: "avg_pool2d", kernel: 2 },
    { name: "flat", kind: "flatten" },
    { name: "fc", kind: "adder_linear", units: 5, weights: real(5, 36) },
  ],
});
export const net = value(toIntegers(value(load(text, () => new Uint8Array())).graph, images, { bits: 4 }));

/** Another set of the same format: random weights, most of them at the ends as clamped ones, multipliers and constants. */
export function otherSet(of: QuantizedNetwork): QuantizedNetwork {
  const nodes = of.nodes.map((n) => {
    if (!("weights" in n) || n.overrides.home !== "ram") return n;
    const { bits, signed } = n.weights;
    const [low, high] = signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
    const some = () => rand.pick([low!, high!, low!, high!, rand.int(low!, high!)]);
    const rows = n.weights.rows.map((r) => Int32Array.from(r, some));
    const pair = (p: { readonly multiplier: readonly number[]; readonly bias: readonly number[] }) => ({
      multiplier: p.multiplier.map((m) => m + rand.int(0, Math.abs(m))),
      bias: p.bias.map((b) => b - rand.int(0, Math.abs(b))),
    });
    const { requant } = n;
    const moved = {
      ...requant,
      ...pair(requant),
      ...(requant.negative ? { negative: { ...requant.negative, ...pair(requant.negative) } } : {}),
    };
    return { ...n, weights: { ...n.weights, rows }, requant: moved };
  });
  return { ...of, nodes };
}

const cells = cellSources();

/** A fault in one emitted file: what stands there exactly once, or is to be replaced everywhere. */
export interface Fault {
  readonly file: RegExp;
  readonly from: string | RegExp;
  readonly to: string;
}

/** What frames and images go through. */
export interface Ports {
  /** Frames that wait to be taken are held. */
  readonly offer: (image: IntTensor) => void;
  readonly answer: () => Promise<string>;
  /** Done when the image is in place. */
  readonly load: (words: Uint32Array) => Promise<void>;
}

/** How an accelerator is reached: over its own streams, or those of a shell around it. */
export interface Way {
  /** What the shell adds to the design's files; none where it is reached over its own ports. */
  readonly shell?: (d: Design) => ReadonlyMap<string, string>;
  readonly design: (d: Design, dir: string, files: Iterable<string>) => RunDesign;
  /** Resets the design. @param rest share of clocks in which either end rests */
  readonly open: (tb: Tb, d: Design, rest: number | undefined) => Promise<Ports>;
  /** What `answer` gives for an image if golden is of this set. */
  readonly golden: (d: Design, net: QuantizedNetwork, image: IntTensor) => string;
}

/** The accelerator's own ports. */
export const streams: Way = {
  design: (d, dir, files) => probeDesign(d.hardware, dir, files),
  golden: (_, net, image) => [...runInteger(net, image, { keep: net.outputs }).get(net.outputs[0]!)!.data].join(),
  open: async (tb, { hardware }, rest) => {
    const source = tb.axisSource("s_axis", { pause: rest ?? 0.1 });
    const sink = tb.axisSink("m_axis", { pause: rest ?? 0.2 });
    const weights = tb.axisSource("s_axis_weights", { pause: 0.1 });
    await tb.reset(tb.signal("rst"));
    const { stream } = hardware.outputs[0]!;
    const lane = portLaneBits(stream);
    return {
      offer: (image) => {
        const beats = packBeats(image, hardware.input);
        void source.sendBeats(beats, beats.length / hardware.input.beatsPerFrame);
      },
      answer: async () => {
        const values = (await sink.recv()).tdata.flatMap((beat) =>
          Array.from({ length: stream.lanes }, (_, l) => Number(BigInt.asIntN(lane, beat >> BigInt(l * lane)))),
        );
        return values.slice(0, stream.channels * stream.pixels).join();
      },
      load: (words) => loadWeights(tb, weights, words),
    };
  },
};

export interface Swaps {
  readonly request: DesignRequest;
  readonly way?: Way;
  readonly sim: SimulatorName;
  /** Images loaded, of so many sets by turns. */
  readonly loads: number;
  readonly sets: number;
  /** Clocks at most between two images. */
  readonly apart: number;
  readonly fault?: Fault;
  /** Share of clocks in which source and sink rest; some where left out. */
  readonly rest?: number | undefined;
  /** Clocks of a load at most, on average. */
  readonly loadClocks?: number;
}

/**
 * Frames in a row without a rest, sets loaded at random times: every frame is of one set, the sets come in the order in
 * which they were loaded, and no frame is lost. Gives the sets that frames met, and the number of frames.
 */
export async function swaps({
  request,
  way = streams,
  sim,
  loads,
  sets: kinds,
  apart,
  fault,
  rest,
  loadClocks = 6000,
}: Swaps): Promise<{ met: number; frames: number }> {
  const first = value(design(net, request, cells));
  let broken = 0;
  const files = [...first.files, ...(way.shell?.(first) ?? [])].map(([path, text]): [string, string] => {
    if (!fault?.file.test(path)) return [path, text];
    broken += text.split(fault.from).length - 1;
    return [path, text.replaceAll(fault.from, fault.to)];
  });
  if (fault) expect(broken, "places of the fault").toBeGreaterThan(0);
  const dir = folder(new Map(files));
  const sets = [first.net, ...Array.from({ length: kinds - 1 }, () => otherSet(first.net))];
  const words = sets.map((n) => imageOf("sets", value(design(n, request, cells)).hardware.weights!));
  const golden = images.map((image) => sets.map((n) => way.golden(first, n, image)));
  for (const of of golden) expect(new Set(of).size, "sets give different results").toBe(sets.length);
  let [met, count] = [0, 0];
  await run(
    way.design(
      first,
      dir,
      files.map(([path]) => path),
    ),
    { sim, seed: 3, maxCycles: 60_000 + loadClocks * loads },
    async (tb) => {
      // The bench is run from several initial states.
      [met, count] = [0, 0];
      const { offer, answer, load } = await way.open(tb, first, rest);
      let done = false;
      const loading = tb.start(async () => {
        for (let i = 0; i < loads; i++) {
          await load(words[i % kinds]!);
          await tb.cycles(tb.rand.int(0, apart));
        }
        done = true;
      });
      const order: number[] = [];
      const send = () => {
        order.push(tb.rand.int(0, images.length - 1));
        offer(images[order.at(-1)!]!);
      };
      // As many frames as the design can hold are on offer at any time.
      for (let i = 0; i < 12; i++) send();
      /** Number of the image whose set the last frame met. */
      let at = 0;
      for (let f = 0, behind = 0; behind < 16; f++) {
        const set = golden[order[f]!]!.indexOf(await answer());
        expect(set, `frame ${f} equals golden of a set`).toBeGreaterThanOrEqual(0);
        // Forward by fewer sets than there are.
        const on = (set - (at % kinds) + kinds) % kinds;
        if (on > 0) met++;
        at += on;
        expect(at, `frame ${f} meets a set that has been loaded`).toBeLessThan(loads);
        if (!done) send();
        else if (++behind <= 4) send();
        count = f + 1;
        if (done && f + 1 === order.length) break;
      }
      await loading.join();
      expect(at, "the last frame meets the last set").toBe(loads - 1);
    },
  );
  return { met: met + 1, frames: count };
}
