import { Rand } from "../lib/index.ts";
import { type Frame, pack, type StreamCase } from "./stream.ts";

/** A pixel's channels in beats of so many lanes, zero lanes behind the last channel. */
function beatsOf(pixel: readonly number[], lanes: number, bits: number): bigint[] {
  const beats: bigint[] = [];
  for (let first = 0; first < pixel.length; first += lanes) beats.push(pack(pixel.slice(first, first + lanes), bits));
  return beats;
}

/** Frames of random pixels, before and after a change of lanes. */
export function regrouped(top: string, bits: number, inLanes: number, outLanes: number, channels: number): StreamCase {
  const rand = new Rand(channels);
  const input: Frame[] = [];
  const expected: Frame[] = [];
  for (const pixels of [3, 1, 6, 1]) {
    const frame = Array.from({ length: pixels }, () =>
      Array.from({ length: channels }, () => rand.int(0, 2 ** bits - 1)),
    );
    input.push(frame.flatMap((pixel) => beatsOf(pixel, inLanes, bits)));
    expected.push(frame.flatMap((pixel) => beatsOf(pixel, outLanes, bits)));
  }
  const params = { BITS: bits, IN_LANES: inLanes, OUT_LANES: outLanes, CHANNELS: channels };
  return { top, params, input, expected };
}

/** Frames of windows of `taps` beats of `side` taps, and what `reduce` makes of each lane of a window. */
export function reduced(
  top: string,
  shape: { lanes: number; inBits: number; outBits: number; taps: number; side?: number; extremes?: boolean },
  params: StreamCase["params"],
  reduce: (taps: number[]) => number,
): StreamCase {
  const { lanes, inBits, outBits, taps, side = 1 } = shape;
  const rand = new Rand(taps * lanes);
  const input: Frame[] = [];
  const expected: Frame[] = [];
  for (const windows of [2, 1, 5, 1]) {
    const values = Array.from({ length: windows }, () =>
      Array.from({ length: taps * side }, () =>
        Array.from({ length: lanes }, () => (shape.extremes ? 2 ** inBits - 1 : rand.int(0, 2 ** inBits - 1))),
      ),
    );
    input.push(
      values.flatMap((window) =>
        Array.from({ length: taps }, (_, beat) => pack(window.slice(beat * side, (beat + 1) * side).flat(), inBits)),
      ),
    );
    expected.push(
      values.map((window) =>
        pack(
          Array.from({ length: lanes }, (_, lane) => reduce(window.map((beat) => beat[lane]!))),
          outBits,
        ),
      ),
    );
  }
  return { top, params, input, expected };
}
