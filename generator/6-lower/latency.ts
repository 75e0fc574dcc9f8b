// When beats pass each stream of a design that is empty at first and whose sinks are always ready: those of one frame, or
// of frames one after another.
import { gcd } from "../../golden/arith/index.ts";
import { BeatTimes, evenly } from "../cells/beat-times.ts";
import { numbersOf } from "../cells/define.ts";
import { streamCell } from "../cells/index.ts";
import type { HwBlock, HwGraph, HwInstance, HwLatency, HwMemory, HwStream } from "../ir/hardware.ts";

const streamsOf = (i: HwInstance, direction: "in" | "out"): HwStream[] =>
  i.ports.filter((p) => p.direction === direction).flatMap((p) => p.streams);

/** Beats of a vector that have clocks of their own at most. */
const SINGLE = 4096;

/** Passes over a design: what a full buffer holds back is known one pass later in front of it. */
const PASSES = 32;

type Block = Omit<HwBlock, "latency">;
interface Design extends Pick<HwGraph, "input" | "outputs"> {
  readonly blocks: readonly Block[];
}

interface Walk {
  readonly frames: number;
  /** Clocks between two beats at the input. */
  readonly gap?: number;
  /** Names of streams. */
  readonly waits?: ReadonlySet<string>;
  readonly single?: boolean;
}

/**
 * Passes of `frames` frames on every stream. Beats that a reader of a stream in `waits` has no place for wait in front of
 * it; everywhere else they hold up what comes behind them. `single`: beats of a vector that a cell makes of its
 * input's have clocks of their own, for an array of few outputs gives them in bursts far apart.
 */
function beatTimes(
  g: Design,
  { frames, gap = 1, waits = new Set(), single = false }: Walk,
): (s: HwStream) => BeatTimes {
  const instances = g.blocks.flatMap((b) => b.instances);
  const reader = new Map(instances.flatMap((i) => streamsOf(i, "in").map((s) => [s.name, i] as const)));
  const known = new Map<string, BeatTimes>();
  // Values of a map that travel on as one vector come as the map's pixels come.
  const timesOf = (s: HwStream, from?: BeatTimes, alike = false): BeatTimes => {
    const shared = from ? gcd(s.beatsPerFrame, from.first.length / frames) : 1;
    const even = shared % s.pixels === 0 ? shared : s.pixels;
    const pixels = single && alike && s.pixels === 1 && s.beatsPerFrame <= SINGLE ? s.beatsPerFrame : even;
    const found = known.get(s.name) ?? new BeatTimes(s, frames, pixels, waits.has(s.name));
    known.set(s.name, found);
    return found;
  };
  const input = timesOf(g.input);
  // A block's instances stand after those that feed them; the blocks themselves are in topological order.
  const steps = instances.map((i) => {
    const cell = streamCell(i.cell);
    const params = numbersOf(cell, i.params);
    const from = streamsOf(i, "in").map((s) => timesOf(s));
    const outs = streamsOf(i, "out");
    const next = reader.get(outs[0]!.name);
    const given = next ? streamsOf(next, "out")[0]!.beatsPerFrame : 0;
    const pace = Math.max(1, given / outs[0]!.beatsPerFrame);
    const [fill, places, gap] = [cell.fill(params), cell.places?.(params) ?? 0, cell.gap?.(params) ?? 1];
    const alone = from.length === 1 && !cell.reorders ? from[0] : undefined;
    const to = outs.map((s) => timesOf(s, alone, !cell.times));
    const step = { params, frames, from, to, pace, fill, places, gap };
    return { from, to, run: () => (cell.times ? cell.times(step) : evenly(step)) };
  });
  for (let pass = 0; pass < PASSES; pass++) {
    if (pass === 0 || input.moved)
      input.set(0, (p, _, span) => {
        span.first = Math.floor(p * input.beats * gap);
        span.last = Math.floor(((p + 1) * input.beats - 1) * gap);
      });
    // What neither gets other beats nor finds fewer places gives what it gave before.
    for (const { from, to, run } of steps)
      if (pass === 0 || from.some((s) => s.changed) || to.some((s) => s.moved)) run();
      else for (const s of to) s.changed = false;
    if (![...known.values()].some((s) => s.moved)) break;
  }
  return timesOf;
}

/** Registers between coded weights and a page. */
const DECODING = 16;

/** Clocks after a reset until the two pages of weights that a layer keeps have come out of a ROM's code. */
function pagesClocks({ fetched, wordBits }: HwMemory): number {
  if (!fetched?.rom) return 0;
  const { bits, lanes } = fetched.coded!;
  return Math.ceil((2 * fetched.rows * wordBits) / (bits * lanes)) + DECODING;
}

/** Clocks of a frame in which arrays wait for coded weights that come slower than the beats that need them. */
const lateClocks = (g: Design): number =>
  g.blocks
    .flatMap((b) => b.instances)
    .reduce((n, { ram, ports }) => {
      if (!ram?.fetched?.coded) return n;
      const { coded, bands } = ram.fetched;
      const clocks = bands * (Math.ceil((ram.rows * ram.wordBits) / (coded.bits * coded.lanes)) + DECODING);
      return n + Math.max(0, clocks - ports[0]!.streams[0]!.beatsPerFrame);
    }, 0);

/** Clocks after the reset, or behind the last frame, in which a cell may still walk through margins, or weights come. */
const settlingClocks = (g: Design): number =>
  Math.max(
    0,
    ...g.blocks.flatMap((b) =>
      b.instances.map((i) => {
        const cell = streamCell(i.cell);
        return Math.max(cell.settling?.(numbersOf(cell, i.params)) ?? 0, i.ram ? pagesClocks(i.ram) : 0);
      }),
    ),
  );

/**
 * Clocks from the first beat of a frame that meets an empty design to the first and the last beat at its outputs, where
 * the source never rests and no sink refuses. Line buffers and FIFOs hold what they can; the single beats that other
 * cells hold count as none.
 */
export function latencyOf(g: Design): { design: HwLatency; blocks: ReadonlyMap<Block, HwBlock["latency"]> } {
  const timesOf = beatTimes(g, { frames: 1, single: true });
  const endsOf = (times: (s: HwStream) => BeatTimes) => {
    const outputs = g.outputs.map((o) => times(o.stream));
    return {
      first: Math.ceil(Math.min(...outputs.map((s) => s.first[0]!))),
      last: Math.ceil(Math.max(...outputs.map((s) => s.last.at(-1)!))),
    };
  };
  const ends = endsOf(timesOf);
  const streams = g.blocks.flatMap((b) => b.instances.flatMap((i) => [...streamsOf(i, "in"), ...streamsOf(i, "out")]));
  const early = endsOf(beatTimes(g, { frames: 1, single: true, waits: new Set(streams.map((s) => s.name)) }));
  const late = lateClocks(g);
  const design = {
    ...ends,
    ...(early.first < ends.first || early.last < ends.last ? { early } : {}),
    ...(late > 0 ? { late } : {}),
    fill: Math.max(...g.outputs.map((o) => timesOf(o.stream).fill)),
    settling: settlingClocks(g),
  };
  const blocks = g.blocks.map((b) => {
    const outs = b.outputs.map((s) => timesOf(s));
    const from = Math.min(...b.inputs.map((s) => timesOf(s).first[0]!));
    const since = (clock: number) => Math.ceil(clock - from);
    const first = since(Math.min(...outs.map((s) => s.first[0]!)));
    return [b, { first, last: since(Math.max(...outs.map((s) => s.last.at(-1)!))) }] as const;
  });
  return { design, blocks: new Map(blocks) };
}

/** When the beats of `frames` frames pass every stream, the source sending them without a pause and no sink refusing. */
export const predictedTimes = (g: Design, frames: number): ((s: HwStream) => BeatTimes) =>
  beatTimes(g, { frames, single: true });

/** Frames in a walk, at least, and behind those that are under way at once: then what waits has become as much as it gets. */
const FEWEST = 4;
const MORE = 2;

/** A place where a FIFO may stand: the stream in front of it and the one behind it, the same one where there is none. */
export interface FifoSite {
  readonly arrives: HwStream;
  readonly leaves: HwStream;
}

/**
 * Beats that a FIFO must hold at each site so that a frame may come every `interval` clocks. A source at an even rate
 * makes a schedule in which every layer works as soon as it can; with room for all that waits in it, a design that
 * never rests is no slower.
 */
export function waitingAt(g: Design, interval: number, sites: readonly FifoSite[]): number[] {
  const waits = new Set(sites.flatMap((d) => [d.arrives.name, d.leaves.name]));
  const walk = (frames: number) => beatTimes(g, { frames, gap: interval / g.input.beatsPerFrame, waits });
  let timesOf = walk(FEWEST);
  const latest = Math.max(
    ...g.outputs.map(({ stream }) => {
      const { last } = timesOf(stream);
      return last[last.length / FEWEST - 1]!;
    }),
  );
  const frames = Math.ceil(latest / interval) + MORE;
  if (frames > FEWEST) timesOf = walk(frames);
  return sites.map((d) => {
    const [x, y] = [timesOf(d.arrives), timesOf(d.leaves)];
    const { taken } = y;
    // Every beat finds its place when it comes.
    if (!taken) return 0;
    const [come, go] = [x.all(), y.all()];
    const left = new Float64Array(come.length);
    let most = 0;
    for (let j = 0, gone = 0, before = -1; j < left.length; j++) {
      before = Math.max(go[j]!, taken[j]!, before + 1);
      left[j] = before;
      const now = come[j]!;
      while (gone < j && left[gone]! <= now) gone++;
      // A beat that passes at once takes no place.
      if (before - go[j]! >= 1) most = Math.max(most, j + 1 - gone);
    }
    return most;
  });
}
