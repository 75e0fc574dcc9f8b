// Makes examples/super-resolution: an adder network that doubles height and width, constructed and not trained, with
// drawn images. Its adder layer compares 3 x 3 pixels with patterns of 0 and 1, which gives sums with signs
// (|x - 0| = x, |x - 1| = 1 - x for 0 <= x <= 1); least squares on drawn images give the head that follows.
//
//   npx tsx scripts/make-super-resolution.ts
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeNpy } from "../generator/files/index.ts";
import { drawNuclei } from "./draw-cells.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const LARGE = 64;
const SMALL = LARGE / 2;
const TAPS = 9;
/** Keeps least squares from leaning on noise. */
const RIDGE = 1e-4;

/** Rows of signs that are independent: all alike, and the others balanced, so that smooth places give little. */
const PATTERNS: readonly (readonly (0 | 1)[])[] = [
  [1, 1, 1, 1, 1, 1, 1, 1, 1],
  [1, 0, 1, 0, 1, 0, 1, 0, 1],
  [1, 1, 1, 1, 0, 0, 0, 0, 0],
  [0, 0, 0, 0, 1, 1, 1, 1, 0],
  [1, 1, 0, 1, 1, 0, 0, 0, 0],
  [0, 1, 1, 0, 1, 1, 0, 0, 0],
  [1, 0, 0, 1, 1, 0, 1, 0, 0],
  [0, 0, 1, 0, 1, 0, 1, 0, 1],
  [0, 1, 0, 1, 1, 1, 0, 1, 0],
];

/** Means of 2 x 2 pixels. */
function halved(images: Uint8Array, count: number): Uint8Array {
  return Uint8Array.from({ length: count * SMALL * SMALL }, (_, i) => {
    const [n, y, x] = [Math.floor(i / SMALL ** 2), Math.floor(i / SMALL) % SMALL, i % SMALL];
    const at = (dy: number, dx: number) => images[(n * LARGE + 2 * y + dy) * LARGE + 2 * x + dx]!;
    return Math.floor((at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) / 4 + 0.5);
  });
}

/** What the adder layer gives at a pixel: -SUM |x - w| with zeros around the image. */
function features(small: Uint8Array, n: number, y: number, x: number): number[] {
  const tap = (k: number): number => {
    const [ty, tx] = [y + Math.floor(k / 3) - 1, x + (k % 3) - 1];
    const inside = ty >= 0 && tx >= 0 && ty < SMALL && tx < SMALL;
    return inside ? small[(n * SMALL + ty) * SMALL + tx]! / 255 : 0;
  };
  const window = Array.from({ length: TAPS }, (_, k) => tap(k));
  return PATTERNS.map((pattern) => -window.reduce((sum, v, k) => sum + Math.abs(v - pattern[k]!), 0));
}

/** The solution of a x = b for each column of b, by elimination with the largest pivot. */
function solved(a: number[][], b: number[][]): number[][] {
  const n = a.length;
  const rows = a.map((row, i) => [...row, ...b[i]!]);
  for (let c = 0; c < n; c++) {
    let best = c;
    for (let r = c + 1; r < n; r++) if (Math.abs(rows[r]![c]!) > Math.abs(rows[best]![c]!)) best = r;
    [rows[c], rows[best]] = [rows[best]!, rows[c]!];
    for (let r = 0; r < n; r++) {
      if (r === c) continue;
      const f = rows[r]![c]! / rows[c]![c]!;
      for (let k = c; k < rows[r]!.length; k++) rows[r]![k]! -= f * rows[c]![k]!;
    }
  }
  return rows.map((row, i) => row.slice(n).map((v) => v / row[i]!));
}

const short = (v: number): number => Number(v.toPrecision(6));

/** The files of the example by path. */
export function superResolution(): ReadonlyMap<string, Uint8Array> {
  const count = 24;
  const large = drawNuclei(count, 21).images;
  const small = halved(large, count);
  const samples: { x: number[]; y: number[] }[] = [];
  for (let n = 0; n < count; n++)
    for (let y = 0; y < SMALL; y++)
      for (let x = 0; x < SMALL; x++) {
        const at = (d: number) => large[(n * LARGE + 2 * y + (d >> 1)) * LARGE + 2 * x + (d & 1)]! / 255;
        samples.push({ x: features(small, n, y, x), y: [0, 1, 2, 3].map(at) });
      }
  const mean = PATTERNS.map((_, k) => samples.reduce((s, { x }) => s + x[k]!, 0) / samples.length);
  const variance = PATTERNS.map(
    (_, k) => samples.reduce((s, { x }) => s + (x[k]! - mean[k]!) ** 2, 0) / samples.length,
  );
  const normed = samples.map(({ x, y }) => ({
    x: [...x.map((v, k) => (v - mean[k]!) / Math.sqrt(variance[k]!)), 1],
    y,
  }));
  const size = TAPS + 1;
  const a = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  const b = Array.from({ length: size }, () => new Array<number>(4).fill(0));
  for (const { x, y } of normed)
    for (let i = 0; i < size; i++) {
      for (let k = 0; k < size; k++) a[i]![k]! += x[i]! * x[k]!;
      for (let k = 0; k < 4; k++) b[i]![k]! += x[i]! * y[k]!;
    }
  for (let i = 0; i < TAPS; i++) a[i]![i]! += RIDGE * normed.length;
  const head = solved(a, b);
  const ones = new Array<number>(TAPS).fill(1);
  const layers = [
    {
      name: "patterns",
      kind: "adder_conv2d",
      filters: TAPS,
      kernel: 3,
      padding: 1,
      weights: PATTERNS.map((p) => [[p.slice(0, 3), p.slice(3, 6), p.slice(6, 9)]]),
    },
    {
      name: "norm",
      kind: "batch_norm",
      gamma: ones,
      beta: ones.map(() => 0),
      mean: mean.map(short),
      // The layer adds its eps of 1e-5.
      variance: variance.map((v) => short(v - 1e-5)),
    },
    {
      name: "head",
      kind: "conv2d",
      filters: 4,
      kernel: 1,
      weights: [0, 1, 2, 3].map((o) => head.slice(0, TAPS).map((row) => [[short(row[o]!)]])),
      bias: head[TAPS]!.map(short),
    },
    { name: "shuffle", kind: "depth_to_space", block: 2 },
  ];
  const mark = "@layers@";
  const network = {
    $schema: "../../docs/schema/network.schema.json",
    format: "addernet-rtl/1",
    name: "super_resolution",
    description: "twice the height and width: an adder layer of nine patterns, a 1x1 head, pixel shuffle",
    input: { shape: [SMALL, SMALL, 1], scale: 1 / 255 },
    quantization: { calibration: "calibration_images.npy", method: "max" },
    task: { kind: "image" },
    layers: mark,
  };
  const lines = layers.map((l) => `    ${JSON.stringify(l)}`).join(",\n");
  const text = JSON.stringify(network, null, 2).replace(`"${mark}"`, () => `[\n${lines}\n  ]`);
  const shown = 6;
  const test = drawNuclei(shown, 33).images;
  const array = (images: Uint8Array, side: number) => {
    const shape = [images.length / side ** 2, side, side, 1];
    return writeNpy({ dtype: "uint8", shape, data: images });
  };
  const at = (file: string) => `examples/super-resolution/${file}`;
  return new Map([
    [at("network.json"), new TextEncoder().encode(`${text}\n`)],
    [at("calibration_images.npy"), array(small.subarray(0, 16 * SMALL ** 2), SMALL)],
    [at("drawn_images.npy"), array(halved(test, shown), SMALL)],
    [at("drawn_large.npy"), array(test, LARGE)],
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const [path, content] of superResolution()) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
