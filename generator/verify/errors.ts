// What memory beside the chip may do at its worst: errors on the bus, words that are no code, answers that do not come.
import { type Axi4MemoryOptions, type Design, run, type Tb } from "../../testbench/lib/index.ts";
import type { SimulatorName } from "../../testbench/lib/simulators.ts";
import { quietClocks } from "../7-emit/bench.ts";
import { WEIGHTS_ABORTED, WEIGHTS_BASE, WEIGHTS_PORT, WEIGHTS_STALLS, WEIGHTS_STATUS } from "../7-emit/verilog.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { loadingClocks } from "../weights/image.ts";
import { BASE, besideTheChip, settled } from "./beside.ts";
import { loadWeights } from "./loading.ts";
import { compare, MismatchError, type View, wrongAtAll } from "./mismatch.ts";
import { packBeats } from "./pack.ts";
import type { Beside, Verified } from "./verified.ts";

/** Frames that are sent one behind the other. */
const TOGETHER = 2;
/** Frames that buffers may last for where a port's last words are waited for. */
const AHEAD = 20;
/** Times that frames are sent until a fault shows. */
const MOST = AHEAD;

/**
 * What is tried, one after another: an error in a layer's weights, of both kinds at each port, a code that is none, and a
 * port that gives nothing, from the first frame on, and once its buffers are full, where they last for a few frames.
 */
function casesOf({ ports, sections }: Beside) {
  const answers = ["SLVERR", "DECERR"] as const;
  const first = new Set(ports.map((_, port) => sections.findIndex((s) => s.port === port)));
  return [
    ...sections.flatMap((at, i) =>
      (first.has(i) ? answers : [answers[i % 2]!]).map((answer) => ({
        what: `${answer} at ${ports[at.port]!.name}`,
        at,
        answer,
      })),
    ),
    ...sections.flatMap((at) => (at.wrong === undefined ? [] : [{ what: "a code that is none", at, wrong: at.wrong }])),
    ...ports.flatMap(({ name }, held) => {
      const ahead = Math.min(...sections.map((s) => (s.port === held ? (s.ahead ?? Infinity) : Infinity)));
      const cases = ahead < AHEAD ? [true, false] : [true];
      return cases.map((empty) => ({ what: `no data at ${name}`, held, empty }));
    }),
  ];
}
type MemoryFault = ReturnType<typeof casesOf>[number];

/** Clocks of simulation that nobody waits for. */
const FEW_CLOCKS = 20_000;

/**
 * Whether the run is short beside one of `frames` frames, or in itself: each fault takes as many frames as are sent at once,
 * and as many behind it, where no buffer holds the words of several.
 */
export function errorsAreShort(hw: Pick<Verified, "interval">, beside: Beside, frames: number): boolean {
  const clocks = 2 * TOGETHER * casesOf(beside).length * hw.interval;
  return clocks <= Math.max(FEW_CLOCKS, frames * hw.interval);
}

/** Values of an output's tensor for one of the images. */
type Golden = (view: View, image: number) => IntTensor;

export interface ErrorsOptions {
  readonly sim: SimulatorName;
  readonly seed: number;
  /** Clocks that a frame takes at least. */
  readonly beats: number;
  /** Words of the weight image. */
  readonly image: Uint32Array;
  readonly golden: Golden;
}

/**
 * Checks in a run of its own what becomes of frames whose weights cannot be read, or come late: they leave as golden says,
 * or marked bad where a word was wrong; the status tells it, and the frames behind are right again. Gives how many faults
 * of the memory were tried; throws a MismatchError where that does not hold.
 */
export async function checkErrors(
  hw: Verified,
  design: Design,
  beside: Beside,
  ports: readonly View[],
  images: readonly IntTensor[],
  { sim, seed, beats, image, golden }: ErrorsOptions,
): Promise<number> {
  const faults = casesOf(beside);
  // Twice what it takes while all ends move, and the answers of the memory.
  const step = 2 * beats * (TOGETHER + hw.blocks.length) + 2 * loadingClocks(image, hw.weights!.step) + 2_000;
  const maxCycles = faults.length * (MOST + 8) * step;
  await run(design, { sim, seed, maxCycles, name: `errors ${hw.name}`, waves: "off" }, async (tb) => {
    const wrong = (expected: string, actual: string): never => {
      throw new MismatchError(wrongAtAll(ports[0]!.port, ports[0]!.tensor.name, tb.cycle, expected, actual));
    };
    let moved = 0;
    const watch = tb.start(async () => {
      for (;;) {
        await tb.cycles(200);
        if (tb.cycle - moved > step) wrong("frames that leave", `none in ${step} clocks`);
      }
    });
    const onMove = () => {
      moved = tb.cycle;
    };
    const memory = faultyMemory(tb, beside);
    const weights = tb.axisSource(WEIGHTS_PORT);
    const frames = framesOf(tb, hw, ports, images, golden, onMove);
    const status = tb.signal(WEIGHTS_STATUS);
    const [stalls, aborted] = [tb.signal(WEIGHTS_STALLS), tb.signal(WEIGHTS_ABORTED)];
    const failed = () => (status.value >> (status.width - 1)) & 1;
    const load = async () => {
      onMove();
      await loadWeights(tb, weights, image);
      if (failed()) wrong("a set of weights that is loaded clears what failed before", "it has failed");
    };
    const right = async (what: string) => {
      if ((await frames.send()) > 0) wrong(`right frames ${what}`, "one that is marked bad");
    };

    async function waits({ what, held, empty }: Extract<MemoryFault, { held: number }>): Promise<void> {
      if (empty) memory.held = held;
      await load();
      if (!empty) {
        await settled(tb, memory);
        await tb.cycles(quietClocks(hw));
      }
      const before = stalls.value;
      await tb.cycles(20);
      if (stalls.value !== before) wrong("no stall while no frame is inside", "stalls");
      memory.held = held;
      const stalled = () => stalls.value > before + 1;
      for (let n = 0; n < MOST && !stalled(); n++) {
        const sent = right("where memory waits");
        await tb.until(() => stalled() || frames.inside() === 0);
        if (stalled()) memory.held = undefined;
        await sent;
      }
      memory.held = undefined;
      if (!stalled()) wrong(`stalls behind ${what}`, "none");
    }

    async function fails(f: Exclude<MemoryFault, { held: number }>): Promise<void> {
      await settled(tb, memory);
      const before = aborted.value;
      let bad = 0;
      if ("wrong" in f) {
        memory.write(BASE + f.at.offset, new Uint8Array(f.at.bytes).fill(f.wrong));
        // The buffers forget what they have read.
        await load();
      }
      for (let n = 0; n < MOST && bad === 0; n++) {
        if ("answer" in f) memory.answer = f;
        bad += await frames.send();
      }
      memory.answer = undefined;
      if (bad === 0) wrong(`frames marked bad behind ${f.what}`, "none");
      if (!failed()) wrong(`a status that tells of ${f.what}`, "one that tells of nothing");
      memory.write(BASE, beside.bytes);
      // A word that was wrong may have been read ahead.
      await settled(tb, memory);
      bad += await frames.send();
      const count = aborted.value - before;
      // Beats of several outputs that leave in one clock count as one.
      if (count > bad || count * ports.length < bad) wrong(`${bad} bad beats counted`, String(count));
      await right(`behind ${f.what}`);
      await load();
    }

    memory.write(BASE, beside.bytes);
    tb.signal(WEIGHTS_BASE).value = BASE;
    await tb.reset(tb.signal("rst"));
    await load();
    await right("of a memory that answers");
    for (const f of faults) await ("held" in f ? waits(f) : fails(f));
    await settled(tb, memory);
    tb.kill(watch);
    memory.end();
  });
  return faults.length;
}

/** Memory whose faults are chosen while it runs: `answer` is given once, and port `held` gives no data. */
function faultyMemory(tb: Tb, beside: Beside) {
  type Answer = { readonly at: Beside["sections"][number]; readonly answer: "SLVERR" | "DECERR" };
  const chosen: { answer: Answer | undefined; held: number | undefined } = { answer: undefined, held: undefined };
  function* rests(port: number): Generator<boolean> {
    for (;;) yield chosen.held === port;
  }
  const options = (port: number): Axi4MemoryOptions => ({
    pause: { r: rests(port) },
    errorData: true,
    respondBeat({ address }) {
      const { at, answer } = chosen.answer ?? {};
      if (at?.port !== port || address < BASE + at.offset || address >= BASE + at.offset + at.bytes) return undefined;
      chosen.answer = undefined;
      return answer;
    },
  });
  return Object.assign(chosen, besideTheChip(tb, beside, 0, options));
}

/** The input and the outputs of a design whose frames may be cut short. */
function framesOf(
  tb: Tb,
  hw: Verified,
  ports: readonly View[],
  images: readonly IntTensor[],
  golden: Golden,
  onFrame: () => void,
) {
  const words = images.map((image) => packBeats(image, hw.input));
  const source = tb.axisSource("s_axis");
  const sinks = ports.map((p) => tb.axisSink(p.port));
  const monitors = ports.map((p) => tb.axisMonitor(p.port, { check: {} }));
  // The beat at which each output's next frame begins.
  const at = ports.map(() => 0);
  let [all, inside] = [0, 0];
  /** Whether the next frame of an output is marked bad; throws where it is neither that nor what golden says. */
  async function cutAt(i: number, frame: number): Promise<boolean> {
    const { length, tdata, tuser } = await sinks[i]!.recv();
    const [view, from] = [ports[i]!, at[i]!];
    at[i] = from + length;
    if (tuser.at(-1) === 1n) {
      if (tdata.at(-1) !== 0n)
        throw new MismatchError(
          wrongAtAll(view.port, view.tensor.name, tb.cycle, "zeros in a beat that is marked bad", `${tdata.at(-1)}`),
        );
      return true;
    }
    const whole = view.stream.beatsPerFrame;
    if (length !== whole)
      throw new MismatchError(
        wrongAtAll(view.port, view.tensor.name, tb.cycle, `${whole} beats, or a bad one`, `${length} beats`),
      );
    await monitors[i]!.waitBeats(from + length);
    compare(view, golden(view, frame % images.length), monitors[i]!.beats, { from, frame, framed: true });
    return false;
  }
  return {
    inside: () => inside,
    /** Sends some frames and waits until all have left; how many were marked bad, at all outputs together. */
    async send(): Promise<number> {
      onFrame();
      const first = all;
      all += TOGETHER;
      inside = TOGETHER;
      for (let f = first; f < all; f++) {
        const beats = words[f % words.length]!;
        void source.sendBeats(beats, beats.length / hw.input.beatsPerFrame);
      }
      let bad = 0;
      for (let f = first; f < all; f++) {
        for (const i of ports.keys()) if (await cutAt(i, f)) bad++;
        inside--;
        onFrame();
      }
      return bad;
    },
  };
}
