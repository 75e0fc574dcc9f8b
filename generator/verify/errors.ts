// What memory beside the chip may do at its worst: errors on the bus, words that are no code, answers that do not come.
import { type Axi4Access, type Axi4MemoryOptions, type Design, run, type Tb } from "../../testbench/lib/index.ts";
import type { SimulatorName } from "../../testbench/lib/simulators.ts";
import { quietClocks } from "../7-emit/bench.ts";
import { WEIGHTS_ABORTED, WEIGHTS_BASE, WEIGHTS_PORT, WEIGHTS_STALLS, WEIGHTS_STATUS } from "../7-emit/verilog.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { decode, encode } from "../weights/code.ts";
import { loadingClocks } from "../weights/image.ts";
import { BASE, besideTheChip, settled } from "./beside.ts";
import { loadWeights } from "./loading.ts";
import { compare, MismatchError, type View, wrongAtAll } from "./mismatch.ts";
import { packBeats } from "./pack.ts";
import type { Beside, BesideSection, Verified } from "./verified.ts";

/** Frames that are sent one behind the other. */
const TOGETHER = 2;
/** Frames that buffers may last for where a port's last words are waited for. */
const AHEAD = 20;
/** Of clocks in which source and sinks rest. */
const REST = 0.5;
/** Times that frames are sent until a fault shows. */
const MOST = AHEAD;

/**
 * What is tried, one after another: an error in a layer's weights, of both kinds at each port, a code that is none, no word of
 * a layer's, and a port that gives nothing once its buffers are full, where one of them lasts for a few frames.
 */
function casesOf({ ports, sections, dataBits }: Beside) {
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
    ...sections.flatMap((at) => {
      const wrong = noCode(at, dataBits);
      return wrong === undefined ? [] : [{ what: "a code that is none", at, wrong }];
    }),
    ...sections.map((held) => ({ what: `no data at ${ports[held.port]!.name}`, held, empty: true })),
    ...ports.flatMap(({ name }, port) => {
      const own = sections.filter((s) => s.port === port);
      const short = own.some(({ ahead = Infinity }) => ahead < AHEAD);
      return short ? [{ what: `no more data at ${name}`, held: { port }, empty: false }] : [];
    }),
  ];
}
type MemoryFault = ReturnType<typeof casesOf>[number];

/** A byte of which as many are no code: with the commonest weight alone it ends too early, without the two commonest too late. */
function noCode({ bytes, rows, bits, code }: BesideSection, dataBits: number): 0x00 | 0xff | undefined {
  if (!code) return undefined;
  const weights = (rows * bits) / code.bits;
  if (weights * (2 + code.bits) > 8 * bytes) return 0xff;
  return 8 * bytes - weights >= dataBits ? 0x00 : undefined;
}

/** Other weights in a section's place, whose code is as long. */
function otherWeights(right: Uint8Array, { rows, bits, code }: BesideSection): Uint8Array {
  if (!code) return right.map((byte) => byte ^ 0xff);
  return encode(decode(right, (rows * bits) / code.bits, code, code).reverse(), code, code);
}

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
  // Four times what it takes while all ends move, and the answers of the memory.
  const step = 4 * beats * (TOGETHER + hw.blocks.length) + 2 * loadingClocks(image, hw.weights!.step) + 2_000;
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
    const right = async (what: string, count?: number) => {
      if ((await frames.send(count)) > 0) wrong(`right frames ${what}`, "one that is marked bad");
    };

    async function waits({ what, held, empty }: Extract<MemoryFault, { held: object }>): Promise<void> {
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
      for (let n = 0; n < MOST * TOGETHER && !stalled(); n++) {
        const sent = tb.start(() => right("where memory waits", 1));
        await tb.until(() => stalled() || frames.inside() === 0);
        if (stalled()) memory.held = undefined;
        await sent.join();
      }
      memory.held = undefined;
      if (!stalled()) wrong(`stalls behind ${what}`, "none");
    }

    async function fails(f: Exclude<MemoryFault, { held: object }>): Promise<void> {
      await settled(tb, memory);
      const before = aborted.value;
      let bad = 0;
      if ("wrong" in f) {
        memory.write(BASE + f.at.offset, new Uint8Array(f.at.bytes).fill(f.wrong));
        // The buffers forget what they have read.
        await load();
      } else memory.answer = f;
      for (let n = 0; n < MOST && bad === 0; n++) bad += await frames.send();
      if (bad === 0) wrong(`frames marked bad behind ${f.what}`, "none");
      if (!failed()) wrong(`a status that tells of ${f.what}`, "one that tells of nothing");
      // The last one read a word that was wrong: the next frame asks again, and nothing does before.
      const asked = memory.requests();
      await tb.cycles(quietClocks(hw));
      if (memory.requests() !== asked) wrong(`no request behind ${f.what} before the next frame`, "one");
      memory.answer = undefined;
      memory.write(BASE, beside.bytes);
      const count = aborted.value - before;
      // Beats of several outputs that leave in one clock count as one.
      if (count > bad || count * ports.length < bad) wrong(`${bad} bad beats counted`, String(count));
      await right(`behind ${f.what}`);
      await load();
    }

    memory.write(BASE, beside.bytes);
    tb.signal(WEIGHTS_BASE).value = BASE;
    await tb.reset(tb.signal("rst"));
    await tb.cycles(quietClocks(hw));
    if (memory.requests() > 0) wrong("no request before weights are loaded", "one");
    await load();
    await right("of a memory that answers");
    if (failed()) wrong("a status that tells of nothing", "one that tells of an error");
    for (const f of faults) await ("held" in f ? waits(f) : fails(f));
    // Another set: what was read ahead of the first one is none of its words.
    for (const section of beside.sections) {
      const { offset, bytes } = section;
      memory.write(BASE + offset, otherWeights(beside.bytes.subarray(offset, offset + bytes), section));
    }
    await load();
    await frames.send(TOGETHER, false);
    await settled(tb, memory);
    memory.write(BASE, beside.bytes);
    await load();
    await right("of the set that was loaded last");
    if (failed()) wrong("a status that tells of nothing behind another set", "one that tells of an error");
    await tb.reset(tb.signal("rst"));
    if (stalls.value !== 0 || aborted.value !== 0 || failed()) wrong("counts and status of 0 behind a reset", "others");
    await load();
    await right("behind a reset");
    await settled(tb, memory);
    tb.kill(watch);
    memory.end();
  });
  return faults.length;
}

/** A layer's weights at a port, or all that is read there. */
type Place = Pick<BesideSection, "port"> & Partial<Pick<BesideSection, "offset" | "bytes">>;

const isAt = ({ port, offset = 0, bytes = Infinity }: Place, of: number, { address }: Axi4Access): boolean =>
  port === of && address >= BASE + offset && address < BASE + offset + bytes;

/** Memory whose faults are chosen while it runs: `answer` to each beat of a place that is read, `held` gives none. */
function faultyMemory(tb: Tb, beside: Beside) {
  type Answer = { readonly at: Place; readonly answer: "SLVERR" | "DECERR" };
  const chosen: { answer: Answer | undefined; held: Place | undefined } = { answer: undefined, held: undefined };
  const options = (port: number): Axi4MemoryOptions => ({
    holdBeat: (access) => chosen.held !== undefined && isAt(chosen.held, port, access),
    errorData: true,
    respondBeat: (access) => (chosen.answer && isAt(chosen.answer.at, port, access) ? chosen.answer.answer : undefined),
  });
  return Object.assign(chosen, besideTheChip(tb, beside, REST, options));
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
  // A frame may be half in, or half out, where memory fails.
  const source = tb.axisSource("s_axis", { pause: REST });
  const sinks = ports.map((p) => tb.axisSink(p.port, { pause: REST }));
  const monitors = ports.map((p) => tb.axisMonitor(p.port, { check: {} }));
  // The beat at which each output's next frame begins.
  const at = ports.map(() => 0);
  let [all, inside] = [0, 0];
  /** Whether the next frame of an output is marked bad; throws where it is neither that nor what golden says. */
  async function cutAt(i: number, frame: number, compared: boolean): Promise<boolean> {
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
    if (compared) compare(view, golden(view, frame % images.length), monitors[i]!.beats, { from, frame, framed: true });
    return false;
  }
  return {
    inside: () => inside,
    /**
     * Sends some frames and waits until all have left; how many were marked bad, at all outputs together.
     * @param compared with golden, where the weights are those of the network
     */
    async send(count: number = TOGETHER, compared = true): Promise<number> {
      onFrame();
      const first = all;
      all += count;
      inside = count;
      for (let f = first; f < all; f++) {
        const beats = words[f % words.length]!;
        void source.sendBeats(beats, beats.length / hw.input.beatsPerFrame);
      }
      let bad = 0;
      for (let f = first; f < all; f++) {
        for (const i of ports.keys()) if (await cutAt(i, f, compared)) bad++;
        inside--;
        onFrame();
      }
      return bad;
    },
  };
}
