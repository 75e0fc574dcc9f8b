// When beats pass a cell: what the walk over a design in 6-lower/latency.ts asks each cell for.
import type { HwStream } from "../ir/hardware.ts";

/** Clocks of the first and the last beat of a pixel: filled in place, for this happens for every pixel of a stream. */
export interface Span {
  first: number;
  last: number;
}

/**
 * Clocks of the first and the last beat of every pixel of a stream; beats between them pass at an even rate. What stands
 * behind the stream may take them later than they could come: `hold` says from when on it has a place for them.
 */
export class BeatTimes {
  readonly beats: number;
  readonly first: Float64Array;
  readonly last: Float64Array;
  /** Clock from which on the first beat of each pixel is on offer, whether there is a place for it or not. */
  readonly offered: Float64Array;
  /** The same of the last beat. */
  readonly ready: Float64Array;
  readonly #earliest: { readonly first: Float64Array; readonly last: Float64Array };
  /** Clocks spent in registers on the longest way from the input. */
  fill = 0;
  /** Beats at the end of a pixel that could come without a pause, however even the others are, and when they could. */
  burst = 1;
  readonly burstFrom: Float64Array;
  /** Something has become later since the last pass. */
  moved = false;
  /** The last pass has set other clocks than the one before. */
  changed = false;
  /**
   * Clocks from which on there is a place for a beat, where beats may wait elsewhere until then; by beat. Undefined until
   * one must wait.
   */
  taken: Float64Array | undefined;
  /** Beats that find no place wait in front of the stream's reader. */
  readonly waits: boolean;

  /**
   * `waits`: beats that find no place wait in front of the stream's reader; those before them go on. `pixels`: of a
   * frame.
   */
  constructor(s: HwStream, frames: number, pixels: number, waits: boolean) {
    this.beats = s.beatsPerFrame / pixels;
    const clocks = () => new Float64Array(pixels * frames).fill(Number.NEGATIVE_INFINITY);
    this.waits = waits;
    this.burstFrom = clocks();
    this.offered = clocks();
    this.ready = clocks();
    [this.first, this.last, this.#earliest] = [clocks(), clocks(), { first: clocks(), last: clocks() }];
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

  /** Clock of beat `k` of pixel `p`. */
  of(p: number, k: number): number {
    const last = this.last[p]!;
    const end = this.beats - 1;
    if (k === end) return last;
    const first = this.first[p]!;
    return k === 0 ? first : first + ((last - first) * k) / end;
  }

  /** Clocks of all beats, one after another. */
  all(): Float64Array {
    const { beats, first, last } = this;
    if (beats === 1) return last;
    const clocks = new Float64Array(this.size);
    for (let p = 0, j = 0; p < first.length; p++)
      for (let k = 0; k < beats; k++, j++) clocks[j] = first[p]! + ((last[p]! - first[p]!) * k) / (beats - 1);
    return clocks;
  }

  /** There is no place for beat `j` before `clock`. */
  hold(j: number, clock: number): void {
    if (this.waits) {
      // A place that is free when the beat comes holds up nothing.
      if (!this.taken && clock <= this.at(j)) return;
      this.taken ??= new Float64Array(this.size).fill(Number.NEGATIVE_INFINITY);
      this.taken[j] = Math.max(this.taken[j]!, clock);
      return;
    }
    const p = Math.floor(j / this.beats);
    const behind = (p + 1) * this.beats - 1 - j;
    const isFirst = behind > 0 && behind === this.beats - 1;
    const [list, known] = isFirst ? [this.#earliest.first, this.first] : [this.#earliest.last, this.last];
    // What holds a beat inside of a pixel is known by the pixel's last beat.
    const until = isFirst ? clock : clock + behind;
    if (until <= list[p]!) return;
    list[p] = until;
    this.moved ||= until > known[p]!;
  }

  /** No beat of pixel `p` passes before it. */
  free(p: number): number {
    return this.#earliest.last[p]!;
  }

  /** Sets every pixel from the clock of the last beat of the one before. */
  set(fill: number, pixel: (p: number, before: number, span: Span) => void): void {
    this.fill = fill;
    this.moved = false;
    let changed = false;
    let before = Number.NEGATIVE_INFINITY;
    const { beats, offered, first, ready, last } = this;
    const earliest = this.#earliest;
    const span: Span = { first: 0, last: 0 };
    for (let p = 0; p < first.length; p++) {
      pixel(p, before, span);
      const could = Math.max(span.first, before + 1);
      const starts = Math.max(could, earliest.first[p]!, beats === 1 ? earliest.last[p]! : span.first);
      const ends = Math.max(span.last, starts + beats - 1);
      before = Math.max(ends, earliest.last[p]!);
      changed ||= offered[p] !== could || first[p] !== starts || last[p] !== before;
      offered[p] = could;
      first[p] = starts;
      last[p] = before;
      ready[p] = ends;
    }
    this.changed = changed;
  }
}

/** One instance in a walk over a design. */
export interface Step<P = Readonly<Record<string, number>>> {
  readonly params: P;
  readonly frames: number;
  readonly from: readonly BeatTimes[];
  readonly to: readonly BeatTimes[];
  /** Clocks between two output beats that the reader allows; 1 where it never refuses. */
  readonly pace: number;
  readonly fill: number;
  readonly places: number;
  /** Clocks between input beats at least. */
  readonly gap: number;
}

export const fillOf = ({ from, fill }: Step<unknown>): number => Math.max(...from.map((s) => s.fill)) + fill;

/** Of `size` beats in `count` equal parts: the first one of part `p`. By integers: a share as a fraction is not exact. */
const firstOf = (p: number, size: number, count: number): number => Math.floor((p * size) / count);
const lastOf = (p: number, size: number, count: number): number => Math.ceil(((p + 1) * size) / count) - 1;

/** Cells whose output beats follow from equally many input beats each, or the other way round. Joins wait for all. */
export function evenly(step: Step<unknown>): void {
  const { from, fill, places } = step;
  for (const to of step.to) {
    const { beats: out } = to;
    const count = to.first.length;
    const inputs = from.map((s) => {
      // Below 1 where a beat of several pixels falls into them.
      const beats = s.size / count;
      const pieces = Math.max(1, Math.ceil(out / beats));
      // Output beats of a pixel that its last input beat brings.
      const tail = beats < 1 ? 1 : Math.max(1, out - (beats - 1) * pieces);
      // The same pixels on both sides: no search for a beat's pixel.
      return { s, beats, gather: Math.max(1, Math.ceil(beats / out)), tail, same: s.beats === beats };
    });
    to.burst = Math.max(...inputs.map((i) => i.tail));
    // A place is free again when its beat has gone all the way: a denser stream waits for that.
    const gap = places > 0 ? Math.max(step.gap, (fill + 1) / places) : step.gap;
    const { burstFrom } = to;
    // Plain loops: this runs for every pixel of every stream.
    let moved = false;
    to.set(fillOf(step), (p, before, span) => {
      let first = before + gap;
      let brings = Number.NEGATIVE_INFINITY;
      for (const i of inputs) {
        const { s, gather } = i;
        first = Math.max(first, (i.same ? s.of(p, gather - 1) : s.at(firstOf(p, s.size, count) + gather - 1)) + fill);
        brings = Math.max(brings, (i.same ? s.last[p]! : s.at(lastOf(p, s.size, count))) + fill);
      }
      moved ||= burstFrom[p] !== brings;
      burstFrom[p] = brings;
      let last = first + (out - 1) * gap;
      for (const { s, beats, tail } of inputs) {
        // Pixels may be fewer in front of the cell.
        const from = beats === out ? s.burstFrom[((p + 1) * beats) / s.beats - 1] : undefined;
        last = Math.max(last, from === undefined ? 0 : from + fill + (s.burst - 1) * gap, brings + tail - 1);
      }
      span.first = first;
      span.last = last;
    });
    to.changed ||= moved;
    // A join takes a beat when its partners are there: also those in front of a pixel's last one.
    for (const i of inputs)
      if (i.s.waits && i.beats === out)
        for (const { s } of inputs) {
          if (s === i.s || s.size !== i.s.size) continue;
          for (let j = 0; j < s.size; j++) i.s.hold(j, s.at(j));
        }
    for (const i of inputs)
      for (let p = 0; p < to.first.length; p++) {
        // The first output beat that the pixel's last input beat brings, or that a beat of several pixels brings.
        const beat = (i.beats < 1 ? p * out : (p + 1) * out - i.tail) - places;
        if (beat >= 0 && (i.beats >= 1 || (p * i.s.size) % count === 0))
          i.s.hold(lastOf(p, i.s.size, count), to.at(beat) + (places > 0 ? 1 : -fill));
      }
  }
}
