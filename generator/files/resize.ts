// Pictures of 8 bits in another size, sample for sample as Pillow's Image.resize and ImageOps.fit give them: what networks
// were trained on went through these.

/** What a pixel is made of: the nearest one, the mean under it, or a weighted mean, wider where the picture shrinks. */
export const FILTERS = ["nearest", "box", "bilinear", "bicubic", "lanczos"] as const;
export type Filter = (typeof FILTERS)[number];

/** How a picture of another size becomes the input's. */
export interface Fit {
  readonly filter: Filter;
  /** Cuts off what the input's proportions leave no room for, the same on both sides, in place of stretching. */
  readonly crop: boolean;
}

type Size = readonly [height: number, width: number];

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI));

/** Reach in pixels on each side, and the weight at a distance. */
const kernels: Record<
  Exclude<Filter, "nearest">,
  { readonly reach: number; readonly weight: (x: number) => number }
> = {
  box: { reach: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { reach: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: {
    reach: 2,
    weight: (d) => {
      const x = Math.abs(d);
      if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
    },
  },
  lanczos: { reach: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/** Bits behind the point of a weight. */
const POINT = 22;

/** The samples that one of the result is made of. */
interface Taps {
  readonly from: number;
  readonly weights: readonly number[];
}

/** For each of `count` samples what it is made of, of `size` samples seen from `start` to `end`. */
function tapsOf(size: number, [start, end]: readonly [number, number], count: number, filter: Filter): Taps[] {
  const scale = Math.fround(end - start) / count;
  if (filter === "nearest") {
    // Places add up step by step, as Pillow's do: a product may be another pixel's at an edge.
    let at = start + scale * 0.5;
    return Array.from({ length: count }, () => {
      const from = Math.min(size - 1, Math.floor(at));
      at += scale;
      return { from, weights: [2 ** POINT] };
    });
  }
  const { reach, weight } = kernels[filter];
  const wide = Math.max(1, scale);
  return Array.from({ length: count }, (_, i) => {
    const center = start + (i + 0.5) * scale;
    const from = Math.max(0, Math.trunc(center - reach * wide + 0.5));
    const to = Math.min(size, Math.trunc(center + reach * wide + 0.5));
    const raw = Array.from({ length: to - from }, (_, k) => weight((from + k - center + 0.5) / wide));
    const sum = raw.reduce((a, b) => a + b, 0);
    return {
      from,
      weights: raw.map((w) => {
        const v = (sum === 0 ? w : w / sum) * 2 ** POINT;
        return Math.trunc(v < 0 ? v - 0.5 : v + 0.5);
      }),
    };
  });
}

/** Rounded and clamped to 8 bits: after each direction, not only at the end. */
const sample = (sum: number): number => Math.max(0, Math.min(255, Math.floor((sum + 2 ** (POINT - 1)) / 2 ** POINT)));

/** What is seen of a picture: all of it, or its largest part of the result's proportions around the middle. */
function seen([height, width]: Size, [rows, columns]: Size, crop: boolean) {
  const [has, wants] = [width / height, columns / rows];
  const w = crop && has > wants ? wants * height : width;
  const h = crop && has < wants ? width / wants : height;
  const [left, top] = [(width - w) * 0.5, (height - h) * 0.5];
  // Pillow's places are floats of 32 bits.
  const span = (from: number, length: number) => [Math.fround(from), Math.fround(from + length)] as const;
  return { x: span(left, w), y: span(top, h) };
}

/**
 * Samples of 8 bits [height, width, channels] as [rows, columns, channels].
 * @param data row by row, channels last
 */
export function resize(data: Uint8Array, from: Size, channels: number, to: Size, { filter, crop }: Fit): Uint8Array {
  const [height, width] = from;
  const [rows, columns] = to;
  const { x, y } = seen(from, to, crop);
  const whole = (a: readonly [number, number], size: number, count: number) =>
    count === size && a[0] === 0 && a[1] === size;
  /** One direction: `lines` x `count` samples that are `stride` values apart. */
  const pass = (
    source: Uint8Array,
    result: Uint8Array,
    taps: readonly Taps[],
    lines: number,
    at: (line: number, tap: number, channel: number) => number,
    put: (line: number, i: number, channel: number) => number,
  ) => {
    for (let line = 0; line < lines; line++)
      taps.forEach(({ from: first, weights }, i) => {
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          for (let k = 0; k < weights.length; k++) sum += weights[k]! * source[at(line, first + k, c)]!;
          result[put(line, i, c)] = sample(sum);
        }
      });
    return result;
  };
  const wide = whole(x, width, columns)
    ? data
    : pass(
        data,
        new Uint8Array(height * columns * channels),
        tapsOf(width, x, columns, filter),
        height,
        (line, k, c) => (line * width + k) * channels + c,
        (line, i, c) => (line * columns + i) * channels + c,
      );
  if (whole(y, height, rows)) return wide;
  return pass(
    wide,
    new Uint8Array(rows * columns * channels),
    tapsOf(height, y, rows, filter),
    columns,
    (line, k, c) => (k * columns + line) * channels + c,
    (line, i, c) => (i * columns + line) * channels + c,
  );
}
