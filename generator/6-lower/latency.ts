// When beats pass each stream of a design that is empty at first and whose sinks are always ready: those of one frame, or
// of frames one after another.
import { cells } from "../cells/cells.ts";
import type { HwGraph, HwInstance, HwLatency, HwStream } from "../ir/hardware.ts";
import { gcd } from "../ops/define.ts";

/**
 * Clocks of the first and the last beat of every pixel of a stream; beats between them pass at an even rate. What stands
 * behind the stream may take them later than they could come: `room` says from when on it has a place for them.
 */
class Passage {
  readonly beats: number;
  readonly first: Float64Array;
  readonly last: Float64Array;
  readonly #room: { readonly first: Float64Array; readonly last: Float64Array };
  /** Clocks spent in registers on the longest way from the input. */
  fill = 0;
  /** Beats at the end of a pixel that could come without a pause, however even the others are, and when they could. */
  burst = 1;
  readonly burstFrom: Float64Array;
  /** Something has become later since the last pass. */
  moved = false;
  /** Clocks from which on there is a place for a beat, where beats may wait elsewhere until then; by beat. */
  readonly taken: Float64Array | undefined;

  /**
   * `waits`: beats that find no place wait in front of the stream's reader; those before them go on. `pixels`: of a
   * frame.
   */
  constructor(s: HwStream, frames: number, pixels: number, waits: boolean) {
    this.beats = s.beatsPerFrame / pixels;
    const clocks = (n = pixels) => new Float64Array(n * frames).fill(Number.NEGATIVE_INFINITY);
    this.taken = waits ? clocks(s.beatsPerFrame) : undefined;
    this.burstFrom = clocks();
    [this.first, this.last, this.#room] = [clocks(), clocks(), { first: clocks(), last: clocks() }];
  }

  get size(): number {
    return this.first.length * this.beats;
  }

  /** Clock of beat `j` of the frame. */
  at(j: number): number {
    const p = Math.floor(j / this.beats);
    const [first, last] = [this.first[p]!, this.last[p]!];
    return this.beats === 1 ? last : first + ((last - first) * (j - p * this.beats)) / (this.beats - 1);
  }

  /** There is no place for beat `j` before `clock`. */
  hold(j: number, clock: number): void {
    if (this.taken) {
      this.taken[j] = Math.max(this.taken[j]!, clock);
      return;
    }
    const p = Math.floor(j / this.beats);
    const behind = (p + 1) * this.beats - 1 - j;
    const isFirst = behind > 0 && behind === this.beats - 1;
    const [list, known] = isFirst ? [this.#room.first, this.first] : [this.#room.last, this.last];
    // What holds a beat inside of a pixel is known by the pixel's last beat.
    const until = isFirst ? clock : clock + behind;
    if (until <= list[p]!) return;
    list[p] = until;
    this.moved ||= until > known[p]!;
  }

  /** No beat of pixel `p` passes before it. */
  free(p: number): number {
    return this.#room.last[p]!;
  }

  /** Sets every pixel from the clock of the last beat of the one before. */
  set(fill: number, pixel: (p: number, before: number) => readonly [number, number]): void {
    this.fill = fill;
    this.moved = false;
    let before = Number.NEGATIVE_INFINITY;
    for (let p = 0; p < this.first.length; p++) {
      const [f, l] = pixel(p, before);
      this.first[p] = Math.max(f, before + 1, this.#room.first[p]!, this.beats === 1 ? this.#room.last[p]! : f);
      before = Math.max(l, this.first[p]! + this.beats - 1, this.#room.last[p]!);
      this.last[p] = before;
    }
  }
}

type Params = Readonly<Record<string, number>>;
interface Step {
  readonly params: Params;
  readonly frames: number;
  readonly from: readonly Passage[];
  readonly to: readonly Passage[];
  /** Clocks between two output beats that the reader allows; 1 where it never refuses. */
  readonly pace: number;
  readonly fill: number;
  readonly room: number;
}

const fillOf = ({ from, fill }: Step): number => Math.max(...from.map((s) => s.fill)) + fill;

/** Cells whose output beats follow from equally many input beats each, or the other way round. Joins wait for all. */
function evenly(step: Step): void {
  const { from, fill, room } = step;
  for (const to of step.to) {
    const { beats: out } = to;
    const sides = from.map((s) => {
      // Below 1 where a beat of several pixels falls into them.
      const beats = s.size / to.first.length;
      const pieces = Math.max(1, Math.ceil(out / beats));
      // Output beats of a pixel that its last input beat brings.
      const tail = beats < 1 ? 1 : Math.max(1, out - (beats - 1) * pieces);
      return { s, beats, gather: Math.max(1, Math.ceil(beats / out)), tail };
    });
    to.burst = Math.max(...sides.map((i) => i.tail));
    // A place is free again when its beat has gone all the way: a denser stream waits for that.
    const gap = room > 0 ? Math.max(1, (fill + 1) / room) : 1;
    to.set(fillOf(step), (p, before) => {
      const first = Math.max(before + gap, ...sides.map((i) => i.s.at(Math.floor(p * i.beats) + i.gather - 1) + fill));
      to.burstFrom[p] = Math.max(...sides.map((i) => i.s.at(Math.ceil((p + 1) * i.beats) - 1) + fill));
      const burst = sides.map(({ s, beats }) => {
        // Pixels may be fewer in front of the cell.
        const from = beats === out ? s.burstFrom[((p + 1) * beats) / s.beats - 1] : undefined;
        return from === undefined ? 0 : from + fill + (s.burst - 1) * gap;
      });
      const last = Math.max(...burst, ...sides.map((i) => to.burstFrom[p]! + i.tail - 1));
      return [first, Math.max(last, first + (out - 1) * gap)];
    });
    for (const i of sides)
      for (let p = 0; p < to.first.length; p++) {
        // The first output beat that the pixel's last input beat brings, or that a beat of several pixels brings.
        const beat = (i.beats < 1 ? p * out : (p + 1) * out - i.tail) - room;
        if (beat >= 0 && (i.beats >= 1 || Number.isInteger(p * i.beats)))
          i.s.hold(Math.ceil((p + 1) * i.beats) - 1, to.at(beat) + (room > 0 ? 1 : -fill));
      }
  }
}

/** axis_concat: a pixel of one stream, then one of the other. */
function oneAfterAnother(step: Step): void {
  const { from, fill } = step;
  const to = step.to[0]!;
  const [a, b] = from.map((s) => ({ s, beats: s.size / to.first.length }));
  to.set(fillOf(step), (p, before) => {
    const first = Math.max(before + 1, a!.s.at(p * a!.beats) + fill);
    const middle = Math.max(first + a!.beats - 1, a!.s.at((p + 1) * a!.beats - 1) + fill);
    return [first, Math.max(middle + b!.beats, b!.s.at((p + 1) * b!.beats - 1) + fill)];
  });
  for (let p = 0; p < to.first.length; p++) {
    a!.s.hold((p + 1) * a!.beats - 1, to.first[p]! + a!.beats - 1 - fill);
    b!.s.hold((p + 1) * b!.beats - 1, to.last[p]! - fill);
  }
}

/** axis_fifo: what does not fit waits until a beat has left. */
function throughMemory(step: Step): void {
  const [x, to] = [step.from[0]!, step.to[0]!];
  const depth = Math.max(2, step.params.DEPTH!) + 1;
  to.set(fillOf(step), (p) => [x.first[p]! + step.fill, x.last[p]! + step.fill]);
  // What waits behind it finds room in it.
  if (to.taken) return;
  for (let j = depth; j < x.size; j++) x.hold(j, to.at(j - depth) + 1);
}

/**
 * axis_window: an output row starts when the last input row under it is complete, then a beat a clock. An input row waits
 * until the output row that reads its place last is through.
 */
function rowByRow(step: Step): void {
  const { params: p, frames, fill } = step;
  const [x, to] = [step.from[0]!, step.to[0]!];
  const top = (y: number) => Math.max(0, Math.min(p.IN_H!, y * p.SH! - p.PAD_T!));
  const bottom = (y: number) => Math.max(1, Math.min(p.IN_H!, y * p.SH! - p.PAD_T! + (p.KH! - 1) * p.DH! + 1));
  const rowWords = p.IN_W! * p.WORDS!;
  const perRow = to.first.length / (p.OUT_H! * frames);
  to.set(fillOf(step), (pixel) => {
    const row = pixel / perRow;
    if (!Number.isInteger(row)) return [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const y = row % p.OUT_H!;
    const rows = ((row - y) / p.OUT_H!) * p.IN_H! + bottom(y);
    const first = x.at(rows * rowWords - 1) + fill;
    return [first, first];
  });
  let y = 0;
  for (let row = p.ROWS!; row < p.IN_H! * frames; row++) {
    const old = (row - p.ROWS!) % p.IN_H!;
    const frame = (row - p.ROWS! - old) / p.IN_H!;
    if (old === 0) y = 0;
    while (y + 1 < p.OUT_H! && top(y + 1) <= old) y++;
    // Places are given back two stages before the output; rows behind the last window's top at the frame's end.
    if (frames > 1 || y + 1 < p.OUT_H!) x.hold(row * rowWords, to.last[(frame * p.OUT_H! + y + 1) * perRow - 1]! - 1);
  }
}

/** axis_taps: a walk over the padded image, a position a clock, that rests while a finished window waits. */
function alongTheImage(step: Step): void {
  const { params: p, frames, fill, pace } = step;
  const [x, to] = [step.from[0]!, step.to[0]!];
  const spanH = (p.KH! - 1) * p.DH! + 1;
  const spanW = (p.KW! - 1) * p.DW! + 1;
  const width = Math.max((p.OUT_W! - 1) * p.SW! + spanW, p.PAD_L! + p.IN_W!);
  const height = Math.max((p.OUT_H! - 1) * p.SH! + spanH, p.PAD_T! + p.IN_H!);
  const ends = (at: number, first: number, stride: number, count: number) =>
    at >= first && (at - first) % stride === 0 && (at - first) / stride < count;
  // A whole walk is done first: the windows' own clocks come from it.
  const taken = new Float64Array(to.first.length);
  let windows = 0;
  let before = Number.NEGATIVE_INFINITY;
  // The walk begins with the frame, also where its first windows see nothing but margin.
  let clock = -1;
  for (let row = 0; row < height * frames; row++) {
    const y = row % height;
    const above = ((row - y) / height) * p.IN_H! + y - p.PAD_T!;
    for (let c = 0; c < width; c++) {
      const [iy, ix] = [y - p.PAD_T!, c - p.PAD_L!];
      const pixel = iy >= 0 && iy < p.IN_H! && ix >= 0 && ix < p.IN_W! ? above * p.IN_W! + ix : undefined;
      clock = Math.max(clock + 1, before, pixel === undefined ? 0 : x.at(pixel));
      if (pixel !== undefined) x.hold(pixel, clock);
      if (ends(y, spanH - 1, p.SH!, p.OUT_H!) && ends(c, spanW - 1, p.SW!, p.OUT_W!)) {
        before = Math.max(clock + fill, before + pace, to.free(windows));
        taken[windows++] = before;
      }
    }
  }
  to.set(fillOf(step), (pixel) => [taken[pixel]!, taken[pixel]!]);
}

const special: Readonly<Record<string, (step: Step) => void>> = {
  axis_window: rowByRow,
  axis_taps: alongTheImage,
  axis_concat: oneAfterAnother,
  axis_fifo: throughMemory,
};

/** Cells whose output beats are other pixels than their input beats. */
const reorders = new Set(["axis_window", "axis_taps"]);

const signatures = new Map(cells.map((c) => [c.module, c]));

const streamsOf = (i: HwInstance, direction: "in" | "out"): HwStream[] =>
  i.ports.filter((p) => p.direction === direction).flatMap((p) => p.streams);

/** Passes over a design: what a full buffer holds back is known one pass later in front of it. */
const PASSES = 32;

type Design = Pick<HwGraph, "blocks" | "input" | "outputs">;

/**
 * Passes of `frames` frames on every stream. Beats that a reader of a stream in `waits` has no place for wait in front of
 * it; everywhere else they hold up what comes behind them.
 */
function passages(g: Design, frames: number, gap: number, waits: ReadonlySet<string>): (s: HwStream) => Passage {
  const instances = g.blocks.flatMap((b) => b.instances);
  const reader = new Map(instances.flatMap((i) => streamsOf(i, "in").map((s) => [s.name, i] as const)));
  const known = new Map<string, Passage>();
  // Values of a map that travel on as one vector come as the map's pixels come.
  const passageOf = (s: HwStream, from?: Passage): Passage => {
    const shared = from ? gcd(s.beatsPerFrame, from.first.length / frames) : 1;
    const pixels = shared % s.pixels === 0 ? shared : s.pixels;
    const found = known.get(s.name) ?? new Passage(s, frames, pixels, waits.has(s.name));
    known.set(s.name, found);
    return found;
  };
  const input = passageOf(g.input);
  // A block's instances stand after those that feed them; the blocks themselves are in topological order.
  const steps = instances.map((i) => {
    const params = Object.fromEntries(
      Object.entries(i.params).flatMap(([k, v]) => (typeof v === "number" ? [[k, v]] : [])),
    );
    const from = streamsOf(i, "in").map((s) => passageOf(s));
    const outs = streamsOf(i, "out");
    const next = reader.get(outs[0]!.name);
    const given = next ? streamsOf(next, "out")[0]!.beatsPerFrame : 0;
    const pace = Math.max(1, given / outs[0]!.beatsPerFrame);
    const signature = signatures.get(i.cell)!;
    const [fill, room] = [signature.fill(params), signature.room?.(params) ?? 0];
    const alone = from.length === 1 && !reorders.has(i.cell) ? from[0] : undefined;
    const to = outs.map((s) => passageOf(s, alone));
    return { run: special[i.cell] ?? evenly, step: { params, frames, from, to, pace, fill, room } };
  });
  for (let pass = 0; pass < PASSES; pass++) {
    input.set(0, (p) => [Math.floor(p * input.beats * gap), Math.floor(((p + 1) * input.beats - 1) * gap)]);
    for (const { run, step } of steps) run(step);
    if (![...known.values()].some((s) => s.moved)) break;
  }
  return passageOf;
}

/**
 * Clocks from the first beat of a frame that meets an empty design to the first and the last beat at its outputs, where
 * the source never rests and no sink refuses. Line buffers and FIFOs hold what they can; the single beats that other
 * cells hold count as none.
 */
export function latencyOf(g: Design): HwLatency {
  const passageOf = passages(g, 1, 1, new Set());
  const outputs = g.outputs.map((o) => passageOf(o.stream));
  return {
    first: Math.ceil(Math.min(...outputs.map((s) => s.first[0]!))),
    last: Math.ceil(Math.max(...outputs.map((s) => s.last.at(-1)!))),
    fill: Math.max(...outputs.map((s) => s.fill)),
  };
}

/** Frames after which what waits has become as much as it gets. */
const STEADY = 4;

/** A place where a FIFO may stand: the stream in front of it and the one behind it, the same one where there is none. */
export interface Door {
  readonly arrives: HwStream;
  readonly leaves: HwStream;
}

/**
 * Beats that must find room at each door so that a frame may come every `interval` clocks. A source at an even rate
 * makes a schedule in which every layer works as soon as it can; with room for all that waits in it, a design that
 * never rests is no slower.
 */
export function waitingAt(g: Design, interval: number, doors: readonly Door[]): number[] {
  const waits = new Set(doors.flatMap((d) => [d.arrives.name, d.leaves.name]));
  const passageOf = passages(g, STEADY, interval / g.input.beatsPerFrame, waits);
  return doors.map((d) => {
    const [x, y] = [passageOf(d.arrives), passageOf(d.leaves)];
    const left = new Float64Array(x.size);
    let most = 0;
    for (let j = 0, gone = 0; j < x.size; j++) {
      left[j] = Math.max(y.at(j), y.taken![j]!, j > 0 ? left[j - 1]! + 1 : 0);
      const now = x.at(j);
      while (gone < j && left[gone]! <= now) gone++;
      // A beat that passes at once takes no place.
      if (left[j]! - y.at(j) >= 1) most = Math.max(most, j + 1 - gone);
    }
    return most;
  });
}
