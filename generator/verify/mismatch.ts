// A frame of a stream against golden: the first value that differs, and where.
import type { Beats } from "../../testbench/lib/index.ts";
import type { HwStream } from "../ir/hardware.ts";
import type { IntTensor } from "../ir/tensor.ts";

/** The first value that differs, layers in the order of the network. */
export interface Mismatch {
  readonly tensor: string;
  readonly stream: string;
  readonly frame: number;
  readonly beat: number;
  readonly row: number;
  readonly column: number;
  readonly channel: number;
  readonly expected: number | string;
  readonly actual: number | string;
  readonly clock: number;
  readonly waves?: string;
  /** Of the frame that differs; absent where no value does (a tlast, a beat that nobody asked for). */
  readonly place?: MismatchPlace;
  /** The stream around that clock, where `window` asks for it. */
  readonly wave?: MismatchWave;
}

/** The signals of the stream that differs, clock by clock. */
export interface MismatchWave {
  /** Clock of the first entry. */
  readonly from: number;
  /** One character a clock: 0, 1, or x where the simulator does not know. */
  readonly tvalid: string;
  readonly tready: string;
  readonly tlast: string;
  /** In hexadecimal; null where a bit is unknown. */
  readonly tdata: readonly (string | null)[];
  /** The lane of the difference and its bits, as they stand in tdata, with what golden has there. */
  readonly lane: number;
  readonly values: readonly (number | null)[];
  readonly expected: number | null;
}

/** Where a frame of a stream differs from golden. */
export interface MismatchPlace {
  readonly rows: number;
  readonly columns: number;
  /** Pixels in raster order in which any channel differs. */
  readonly pixels: readonly number[];
  /** The row of the first difference, in its channel. */
  readonly expected: readonly number[];
  readonly actual: readonly number[];
}

/** A stream as the bench sees it. */
export interface View {
  /** Of its signals on the design's top. */
  readonly port: string;
  /** At an output port its lanes have the port's bits: padding and sign extension are compared as well. */
  readonly stream: HwStream;
  readonly tensor: NonNullable<HwStream["tensor"]>;
}

/** Value of lane `l` of a recorded beat. */
function laneOf(beats: Beats, beat: number, l: number, s: HwStream): number {
  let value = 0;
  let factor = 1;
  let bit = l * s.laneBits;
  for (let left = s.laneBits; left > 0; ) {
    const shift = bit & 31;
    const take = Math.min(left, 32 - shift);
    const word = beats.word(beat, bit >>> 5) >>> shift;
    const piece = take === 32 ? word : word & (2 ** take - 1);
    // The highest piece has the sign: a difference of numbers above 2^53 would lose the low bits.
    value += (s.signed && left === take && piece >= 2 ** (take - 1) ? piece - 2 ** take : piece) * factor;
    factor *= 2 ** take;
    left -= take;
    bit += take;
  }
  return value;
}

/** A beat of frame `frame` that came before the frame did, or that belongs to none. */
export const unasked = ({ stream, tensor }: View, frame: number, clock: number): Mismatch => ({
  ...wrongAtAll(stream.name, tensor.name, clock, "no beat before the frame's first input beat", "a beat"),
  frame,
});

/** What no value can tell. */
export const wrongAtAll = (
  stream: string,
  tensor: string,
  clock: number,
  expected: string,
  actual: string,
): Mismatch => ({
  ...{ tensor, stream, frame: 0, beat: 0, row: 0, column: 0, channel: 0 },
  ...{ expected, actual, clock },
});

export class MismatchError extends Error {
  readonly mismatch: Mismatch;
  constructor(m: Mismatch) {
    super(mismatchText(m));
    this.mismatch = m;
  }
}

export const mismatchText = (m: Mismatch): string =>
  `${m.tensor}: frame ${m.frame}, row ${m.row}, column ${m.column}, channel ${m.channel}: expected ${m.expected}, ` +
  `got ${m.actual} (stream ${m.stream}, beat ${m.beat}, clock ${m.clock})`;

/** Compares one frame of a stream; gives its values, or throws the first difference. */
export function compare(
  { stream: s, tensor }: View,
  expected: IntTensor,
  beats: Beats,
  { from, frame, framed }: { from: number; frame: number; framed: boolean },
) {
  const perPixel = s.beatsPerFrame / s.pixels;
  const [, columns, channels] = tensor.shape;
  const { offset } = tensor;
  const place = (i: number) => ({
    row: Math.floor(i / channels / columns),
    column: Math.floor(i / channels) % columns,
    channel: i % channels,
  });
  const valueAt = (i: number): number => {
    const c = i % s.channels;
    const beat = from + Math.floor(i / s.channels) * perPixel + Math.floor(c / s.lanes);
    return laneOf(beats, beat, c % s.lanes, s) - (offset?.[i % channels] ?? 0);
  };
  const placeOf = (first: number): MismatchPlace => {
    const { row, channel } = place(first);
    const strip = Array.from({ length: columns }, (_, x) => (row * columns + x) * channels + channel);
    const wrong = Array.from(expected.data, (v, i) => (valueAt(i) === v ? -1 : Math.floor(i / channels)));
    return {
      ...{ rows: tensor.shape[0], columns },
      pixels: [...new Set(wrong)].filter((p) => p >= 0),
      expected: strip.map((i) => expected.data[i]!),
      actual: strip.map(valueAt),
    };
  };
  const values: number[] = new Array(s.pixels * s.channels);
  for (let p = 0, i = 0; p < s.pixels; p++)
    for (let c = 0; c < s.channels; c++, i++) {
      const b = p * perPixel + Math.floor(c / s.lanes);
      const actual = valueAt(i);
      if (actual !== expected.data[i])
        throw new MismatchError({
          tensor: tensor.name,
          stream: s.name,
          frame,
          beat: b,
          ...place(i),
          expected: expected.data[i]!,
          actual,
          clock: beats.cycle(from + b),
          place: placeOf(i),
        });
      values[i] = actual;
    }
  // The input's own tlast is not looked at.
  for (let b = 0; framed && b < s.beatsPerFrame; b++) {
    const due = b === s.beatsPerFrame - 1;
    if (beats.last(from + b) !== due)
      throw new MismatchError({
        tensor: tensor.name,
        stream: s.name,
        frame,
        beat: b,
        ...place(Math.floor(b / perPixel) * s.channels + (b % perPixel) * s.lanes),
        expected: "tlast on the frame's last beat alone",
        actual: due ? "no tlast" : "tlast",
        clock: beats.cycle(from + b),
      });
  }
  return values;
}
