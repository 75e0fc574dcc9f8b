// Simulates an emitted accelerator and compares its output ports and every layer's stream with the golden model, beat
// by beat, and the clocks with the prediction.
import { join } from "node:path";
import { runInteger } from "../../golden/index.ts";
import {
  type Axi4MemoryOptions,
  type Beats,
  type Design,
  failureOf,
  type Rand,
  run,
  type Task,
  type Tb,
} from "../../testbench/lib/index.ts";
import type { SimulatorName } from "../../testbench/lib/simulators.ts";
import { quietClocks } from "../7-emit/bench.ts";
import { BACK_PORT, WEIGHTS_BASE, WEIGHTS_PORT, WEIGHTS_READ } from "../7-emit/verilog.ts";
import type { HwStream } from "../ir/hardware.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { imageOf, loadingClocks, payloadOf, sectionsOf } from "../weights/image.ts";
import { readBackClocks } from "../weights/readback.ts";
import { BASE, besideOf, besideTheChip, settled } from "./beside.ts";
import { type ClockFault, clockFaults } from "./clocks.ts";
import { checkErrors, errorsAreShort } from "./errors.ts";
import { askForWeights, checkWeights, loadWeights, otherImage } from "./loading.ts";
import {
  compare,
  type Mismatch,
  MismatchError,
  type MismatchWave,
  unasked,
  type View,
  wrongAtAll,
} from "./mismatch.ts";
import { packBeats } from "./pack.ts";
import { portViews, probeViews, requireAll, type Verified } from "./verified.ts";

const tlasts = ["right", "low", "high", "random"] as const;
export type Tlast = (typeof tlasts)[number];

const lastOf = (tlast: Tlast, beat: number, { beatsPerFrame }: HwStream, rand: Rand): number =>
  tlast === "right"
    ? Number(beat === beatsPerFrame - 1)
    : tlast === "random"
      ? rand.int(0, 1)
      : Number(tlast === "high");

/** All beats of frames in a row, in words of 32 bits, and what the source says with tlast. */
function framesOf(images: readonly IntTensor[], s: HwStream, tlast: Tlast = "right", rand: Rand) {
  const all = images.map((image) => packBeats(image, s));
  const words = all[0]!.length / s.beatsPerFrame;
  const joined = new Uint32Array(all.reduce((n, a) => n + a.length, 0));
  const last = new Uint8Array(joined.length / words);
  all.forEach((a, f) => {
    joined.set(a, f * a.length);
    for (let b = 0; b < s.beatsPerFrame; b++) last[f * s.beatsPerFrame + b] = lastOf(tlast, b, s, rand);
  });
  return { joined, words, last };
}

export interface VerifyOptions {
  readonly sim: SimulatorName;
  readonly seed?: number;
  /** What the source says with tlast, which the accelerator need not look at. */
  readonly tlast?: Tlast;
  /** Probability that the source rests, and that the sink refuses, in a clock; 0 to below 1. */
  readonly sourceStall?: number;
  readonly sinkStall?: number;
  /**
   * Clocks of work after each of which a reset interrupts the design, in the middle of whatever it does; the frames that
   * are compared come after the last one. Left out: some early clocks where a second initial state is simulated, for designs
   * without weights to load.
   */
  readonly resets?: readonly number[];
  /** `mismatch`: a run that differs is repeated and leaves the waves around the first difference. */
  readonly waves?: "off" | "mismatch";
  readonly waveDir?: string;
  /** A run that differs is repeated for the signals around the first difference. */
  readonly window?: boolean;
  readonly onProgress?: (frames: number) => void;
  /** Load the weights once more while frames go on: for designs that switch between sets. */
  readonly reload?: boolean;
  /** Read the weights back once more while frames go on, at a clock drawn: for designs with --read-back. */
  readonly readAmid?: boolean;
  /** Compare the outputs alone: the design is the accelerator itself (a netlist), without ports for its streams. */
  readonly outputsOnly?: boolean;
  /** Clocks beyond those of the frames after which a run hangs (20,000). */
  readonly margin?: number;
  /**
   * How memory beside the chip behaves, where weights are there; left out: each request is answered some clocks later, and
   * its channels rest as often as the source does.
   */
  readonly memory?: Axi4MemoryOptions;
  /**
   * Try in a run of its own what becomes of frames where memory beside the chip answers with errors, or late; "short": where
   * that is short beside the run of the images.
   */
  readonly errors?: boolean | "short";
}

export interface VerifyResult {
  readonly sim: SimulatorName;
  readonly seed: number;
  /** Bytes that each frame read from memory beside the chip: as many as its weights have, or the run fails. */
  readonly bytesRead?: number;
  /** Faults of that memory that were tried: errors, words that are no code, answers that come late. */
  readonly errors?: number;
  readonly frames: number;
  /** Values compared over all streams, and streams: the output ports and those inside. */
  readonly values: number;
  readonly streams: number;
  readonly clocks: number;
  /** Clocks from the first input beat to the last output beat of the first frame, and to its first output beat. */
  readonly latency: number;
  readonly firstLatency: number;
  /**
   * Clocks between the last beats of two frames at the output ports, those of the last two or in the mean of the later half, where
   * that is more; undefined for one frame.
   */
  readonly interval: number | undefined;
  /** The same at every compared stream, at those inside the mean alone; empty for one frame. */
  readonly intervals: readonly { readonly stream: string; readonly clocks: number }[];
  readonly mismatch: Mismatch | undefined;
  /** Clocks that differ from the prediction by more than it allows; empty where a side stalls. */
  readonly clockFaults: readonly ClockFault[];
  /** By frame the values of all outputs, one output after another, as they came from the ports. */
  readonly outputs: readonly (readonly number[])[];
}

/** Design of the emitted folder `dir` with its internal streams as ports. */
export function probeDesign(hw: { readonly name: string }, dir: string, files: Iterable<string>): Design {
  const verilog = [...files].filter((f) => f.endsWith(".v") && (f.startsWith("rtl/") || f.endsWith("_probe.v")));
  return {
    top: `${hw.name}_probe`,
    sources: verilog.map((f) => join(dir, f)),
    params: { MEM_DIR: `${join(dir, "mem")}/` },
  };
}

/** From and to which clock of work resets come that nobody asked for: what they do not reach keeps what it had. */
const INTERRUPTS = [
  [1, 20],
  [10, 40],
  [20, 100],
  [50, 200],
  [100, 500],
] as const;

/** Clocks after which a run hangs. @param beats clocks that a frame takes at least; @param image words of a weight image */
function patience(
  hw: Verified,
  options: VerifyOptions,
  frames: number,
  beats: number,
  image: Uint32Array | undefined,
): number {
  const { sourceStall = 0, sinkStall = 0, margin = 20_000, resets = INTERRUPTS.map((n) => n[1]) } = options;
  const busy = 1 / ((1 - sourceStall) * (1 - sinkStall));
  const loading = image ? loadingClocks(image, hw.weights!.step) * busy : 0;
  const reading = hw.weights?.readBack
    ? 4 * readBackClocks(payloadOf(image!).length, hw.blocks.length, hw.weights.step) * busy
    : 0;
  // Room for a full frame in every layer before the first result, and a margin that no live design needs.
  return (
    Math.ceil(
      beats * (frames + 2 + hw.blocks.length) * busy * 4 +
        loading * (resets.length + (options.readAmid ? 3 : 1)) +
        reading +
        margin,
    ) + resets.reduce((n, c) => n + c, 0)
  );
}

/**
 * Runs `images` (stored integers, HWC) back to back through the design and compares its output ports and all watched
 * streams. Throws where the simulation itself fails (build, hang, protocol violation); a difference is a result.
 */
export async function verify(
  net: QuantizedNetwork,
  hw: Verified,
  design: Design,
  images: readonly IntTensor[],
  options: VerifyOptions,
): Promise<VerifyResult> {
  const seed = options.seed ?? 1;
  const ports = portViews(hw);
  const probes = options.outputsOnly ? [] : probeViews(hw);
  if (!options.outputsOnly) requireAll(net, probes);
  // Those inside first: they tell the layer that is wrong.
  const views = [...probes, ...ports];
  const golden = images.map((image) => runInteger(net, image, { keep: views.map((v) => v.tensor.name) }));
  const [sourceStall, sinkStall] = [options.sourceStall ?? 0, options.sinkStall ?? 0];
  const image = hw.weights && ("image" in hw.weights ? hw.weights.image : imageOf(hw.name, hw.weights));
  const beside = besideOf(hw);
  const beats = Math.max(hw.interval, ...views.map((v) => v.stream.beatsPerFrame));
  const maxCycles = patience(hw, options, images.length, beats, image);
  let measured: Omit<VerifyResult, "mismatch" | "clockFaults"> | undefined;
  /** @param sample told of every clock, before its edge */
  const bench = (sample?: (tb: Tb) => void) =>
    run(
      design,
      {
        sim: options.sim,
        seed,
        maxCycles,
        name: `verify ${hw.name}`,
        waves: options.waves === "mismatch" && !sample ? "onfail" : "off",
        ...(options.waveDir ? { waveDir: options.waveDir } : {}),
      },
      async (tb) => {
        const source = tb.axisSource("s_axis", { pause: sourceStall });
        const sinks = ports.map((p) => tb.axisSink(p.port, { pause: sinkStall }));
        const monitors = views.map((v) => tb.axisMonitor(v.port, { check: {} }));
        const exits = monitors.slice(probes.length).map((m) => m.beats);
        // Of the input only the clocks count.
        const entryMonitor = tb.axisMonitor("s_axis", { check: false });
        const entry = entryMonitor.beats;
        for (const { port, stream } of ports) tb.protocolCheck(port, { frameBeats: stream.beatsPerFrame });
        const back = hw.weights?.readBack && {
          sink: tb.axisSink(BACK_PORT, { pause: sinkStall }),
          sections: "image" in hw.weights ? hw.weights.sections! : sectionsOf(hw.weights),
        };
        if (back) tb.signal(WEIGHTS_READ).value = 0;
        const memory = beside && besideTheChip(tb, beside, sourceStall, options.memory);
        if (beside) tb.signal(WEIGHTS_BASE).value = BASE;
        const ready: number[] = [];
        const unwatch = tb.clk.onEdge(() => {
          const s = tb.signal("s_axis_tready");
          if (s.isX || s.value !== 0) ready.push(tb.cycle);
        });
        if (sample && tb.initRun === 0) tb.clk.onEdge(() => sample(tb));
        await tb.reset(tb.signal("rst"));
        unwatch();
        // In the first clock a simulator's initial values may still show.
        if (ready.some((clock) => clock > 1))
          throw new MismatchError(
            wrongAtAll("s_axis", net.inputEdge, ready.at(-1)!, "s_axis_tready low in reset", "high"),
          );
        // Another initial state shows in the first frames after the reset: two of them are enough for it.
        const frames = tb.initRun === 0 ? images.length : Math.min(images.length, 2);
        const { joined, words, last } = framesOf(images.slice(0, frames), hw.input, options.tlast, tb.rand);
        const early = tb.initRun === 0 || hw.weights ? [] : INTERRUPTS.map(([from, to]) => tb.rand.int(from, to));
        const resets = options.resets ?? early;
        // A reset forgets the weights.
        const weights = image && tb.axisSource(WEIGHTS_PORT, { pause: sourceStall });
        if (memory) memory.write(BASE, beside!.bytes);
        for (const clocks of resets) {
          if (weights) await loadWeights(tb, weights, image);
          source.sendBeats(joined, words, last);
          // A reset may come in the midst of a read.
          if (back && options.readAmid) await askForWeights(tb);
          await tb.cycles(clocks);
          const over = tb.reset(tb.signal("rst"));
          // In the reset nothing is on offer any more.
          await tb.cycles(2);
          for (const agent of [source, ...sinks, ...monitors, entryMonitor, ...(back ? [back.sink] : [])])
            agent.clear();
          await over;
        }
        // Nothing may come unasked, neither now nor behind the last frame.
        const quiet = quietClocks(hw);
        const silent = async (frames: number) => {
          await tb.cycles(quiet);
          for (const [i, e] of exits.entries()) {
            const beat = frames * ports[i]!.stream.beatsPerFrame;
            if (e.count > beat) throw new MismatchError(unasked(ports[i]!, frames, e.cycle(beat)));
          }
        };
        if (weights) await loadWeights(tb, weights, image);
        if (back) await checkWeights(tb, back.sink, image!, back.sections, "crc");
        await silent(0);
        const before = memory && (await settled(tb, memory));
        const start = tb.cycle;
        const sent = source.sendBeats(joined, words, last);
        const again = weights && options.reload ? tb.start(() => loadWeights(tb, weights, image)) : undefined;
        const amid =
          back && options.readAmid
            ? tb.start(async () => {
                await tb.cycles(tb.rand.int(0, hw.latency.last + frames * hw.interval));
                await checkWeights(tb, back.sink, image!, back.sections, "crc");
              })
            : undefined;
        const outputs: number[][] = [];
        let values = 0;
        for (let f = 0; f < frames; f++) {
          for (const [i, sink] of sinks.entries()) {
            const { length } = await sink.recv();
            const { port, stream } = ports[i]!;
            if (length !== stream.beatsPerFrame)
              throw new Error(`${port}: frame ${f} has ${length} beats instead of ${stream.beatsPerFrame}`);
          }
          // Every stream's part of this frame has passed before its last result leaves.
          const came: number[] = [];
          for (const [i, v] of views.entries()) {
            const n = v.stream.beatsPerFrame;
            await monitors[i]!.waitBeats((f + 1) * n);
            const got = compare(v, golden[f]!.get(v.tensor.name)!, monitors[i]!.beats, {
              from: f * n,
              frame: f,
              // Up to the first cell that counts, inner streams bring along what the source said.
              framed: i >= probes.length || (v.stream.name !== hw.input.name && (options.tlast ?? "right") === "right"),
            });
            values += got.length;
            if (i >= probes.length) came.push(...got);
          }
          outputs.push(came);
          for (const [i, e] of exits.entries()) {
            const clock = e.cycle(f * ports[i]!.stream.beatsPerFrame);
            if (clock < entry.cycle(f * hw.input.beatsPerFrame)) throw new MismatchError(unasked(ports[i]!, f, clock));
          }
          if (tb.initRun === 0) options.onProgress?.(f + 1);
        }
        await sent;
        const end = tb.cycle;
        await again?.join();
        await amid?.join();
        await silent(frames);
        // What frames did to the memories would show, and what a load under way did.
        if (back) await checkWeights(tb, back.sink, image!, back.sections);
        if (memory) {
          // Buffers are as full as before the first frame: what was read is what the frames took.
          const bytes = ((await settled(tb, memory)) - before!) / frames;
          memory.end();
          // A set that is loaded has the buffers filled anew.
          if (!options.reload && bytes !== beside!.bytesPerFrame)
            throw new Error(`${bytes} bytes a frame are read from memory, not ${beside!.bytesPerFrame}`);
        }
        if (back && options.readAmid) {
          // What is asked for while another set is being loaded waits for it.
          await loadWeights(tb, weights!, otherImage(image!, back.sections));
          let read: Task<void> | undefined;
          const then = () => {
            read = tb.start(() => checkWeights(tb, back.sink, image!, back.sections, "crc"));
          };
          // Behind its directory, where its words are already in the memories.
          const words =
            image!.length - tb.rand.int(2, Math.max(2, Math.min(payloadOf(image!).length, image!.length - 8)));
          await loadWeights(tb, weights!, image!, { words, then });
          await read!.join();
        }
        if (tb.initRun > 0) return;
        const intervals =
          frames > 1
            ? views.map(({ stream }, i) => {
                const { last, mean } = frameDistances(monitors[i]!.beats, stream, frames);
                // Inside, where buffers take frames as they find room, the mean alone tells of a rate.
                return { stream: stream.name, clocks: i < probes.length ? mean : Math.max(last, mean) };
              })
            : [];
        measured = {
          sim: options.sim,
          seed,
          ...(beside ? { bytesRead: beside.bytesPerFrame } : {}),
          frames,
          values,
          streams: views.length,
          clocks: end - start,
          latency: Math.max(...exits.map((e, i) => e.cycle(ports[i]!.stream.beatsPerFrame - 1))) - entry.cycle(0),
          firstLatency: Math.min(...exits.map((e) => e.cycle(0))) - entry.cycle(0),
          interval: frames > 1 ? Math.max(...intervals.slice(probes.length).map((i) => i.clocks)) : undefined,
          intervals,
          outputs,
        };
      },
    );
  try {
    await bench();
    const r = measured!;
    const { sim } = options;
    const outputs = (v: View, i: number) => golden[i]!.get(v.tensor.name)!;
    const tries = beside && (options.errors === "short" ? errorsAreShort(hw, beside, images.length) : options.errors);
    const errors = tries
      ? await checkErrors(hw, design, beside, ports, images, { sim, seed, beats, image: image!, golden: outputs })
      : undefined;
    return {
      ...r,
      ...(errors === undefined ? {} : { errors }),
      mismatch: undefined,
      clockFaults:
        sourceStall + sinkStall > 0 || options.memory || options.reload || options.readAmid
          ? []
          : clockFaults(hw, r, beside),
    };
  } catch (e) {
    if (!(e instanceof MismatchError)) throw e;
    const waves = failureOf(e)?.waves;
    const wave = options.window ? await waveOf(bench, views, e.mismatch) : undefined;
    return {
      sim: options.sim,
      seed,
      frames: images.length,
      values: 0,
      streams: views.length,
      clocks: e.mismatch.clock,
      latency: 0,
      firstLatency: 0,
      interval: undefined,
      intervals: [],
      clockFaults: [],
      outputs: [],
      mismatch: { ...e.mismatch, ...(waves ? { waves } : {}), ...(wave ? { wave } : {}) },
    };
  }
}

/** Clocks in front of and behind a difference that its waves show. */
const [BEFORE, BEHIND] = [8, 4];

/** The same run once more, up to the same difference, with an eye on its stream; undefined where no stream has it. */
async function waveOf(
  bench: (sample: (tb: Tb) => void) => Promise<unknown>,
  views: readonly View[],
  m: Mismatch,
): Promise<MismatchWave | undefined> {
  const view = views.find((v) => v.stream.name === m.stream);
  if (!view) return undefined;
  const { port, stream: s, tensor } = view;
  const from = Math.max(0, m.clock - BEFORE);
  const seen = { tvalid: "", tready: "", tlast: "" };
  const tdata: (string | null)[] = [];
  const values: (number | null)[] = [];
  const lane = (m.channel % s.channels) % s.lanes;
  await bench((tb) => {
    const clock = tb.cycle;
    if (clock < from || clock > m.clock + BEHIND) return;
    for (const w of ["tvalid", "tready", "tlast"] as const) seen[w] += tb.signal(`${port}_${w}`).bits;
    const data = tb.signal(`${port}_tdata`);
    tdata.push(data.isX ? null : data.big.toString(16));
    if (data.isX) values.push(null);
    else {
      const bits = (data.big >> BigInt(lane * s.laneBits)) & ((1n << BigInt(s.laneBits)) - 1n);
      values.push(Number(s.signed ? BigInt.asIntN(s.laneBits, bits) : bits));
    }
  }).catch((e) => {
    if (!(e instanceof MismatchError)) throw e;
  });
  const expected = typeof m.expected === "number" ? m.expected + (tensor.offset?.[m.channel] ?? 0) : null;
  return { from, ...seen, tdata, lane, values, expected };
}

/**
 * Clocks between the last beats of two frames: those of the last two of `frames` frames, and the mean of the later half.
 * A design that is now and then slower shows it in the mean alone.
 */
function frameDistances(beats: Beats, { beatsPerFrame }: HwStream, frames: number) {
  const lastOf = (frame: number) => beats.cycle((frame + 1) * beatsPerFrame - 1);
  const from = Math.min(frames - 2, Math.floor(frames / 2));
  const mean = (lastOf(frames - 1) - lastOf(from)) / (frames - 1 - from);
  return { last: lastOf(frames - 1) - lastOf(frames - 2), mean: Math.ceil(mean) };
}
