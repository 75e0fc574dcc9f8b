// Draws the images of examples/nuclei-unet and examples/bccd-detector: made up, in the manner of the data sets that their
// networks were trained on, so that the examples run at once. Nothing but additions, products and roots: every machine
// draws the same.
//
//   npx tsx scripts/draw-cells.ts
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeNpy } from "../generator/files/index.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Lehmer's generator, 0 to 1. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

interface Ellipse {
  readonly x: number;
  readonly y: number;
  /** Half axes. */
  readonly a: number;
  readonly b: number;
  /** Unit vector along a. */
  readonly along: readonly [number, number];
}

function ellipse(random: () => number, width: number, height: number, size: () => number, margin: number): Ellipse {
  const t = 2 * random() - 1;
  const a = size();
  return {
    x: margin + random() * (width - 2 * margin),
    y: margin + random() * (height - 2 * margin),
    a,
    b: a * (0.7 + 0.3 * random()),
    along: [(1 - t * t) / (1 + t * t), (2 * t) / (1 + t * t)],
  };
}

/** 0 in the centre, 1 on the edge. */
function radius(e: Ellipse, x: number, y: number): number {
  const [dx, dy] = [x - e.x, y - e.y];
  const u = (dx * e.along[0] + dy * e.along[1]) / e.a;
  const v = (dy * e.along[0] - dx * e.along[1]) / e.b;
  return Math.sqrt(u * u + v * v);
}

/** Corners of the box around an ellipse. */
function corners(e: Ellipse): readonly [number, number, number, number] {
  const [c, s] = e.along;
  const w = Math.sqrt((e.a * c) ** 2 + (e.b * s) ** 2);
  const h = Math.sqrt((e.a * s) ** 2 + (e.b * c) ** 2);
  return [e.x - w, e.y - h, e.x + w, e.y + h];
}

const far = (list: readonly Ellipse[], e: Ellipse, gap: number): boolean =>
  list.every((o) => Math.sqrt((o.x - e.x) ** 2 + (o.y - e.y) ** 2) > gap * (o.a + e.a));

function scattered(count: number, gap: number, draw: () => Ellipse, before: readonly Ellipse[] = []): Ellipse[] {
  const list: Ellipse[] = [];
  for (let tries = 0; list.length < count && tries < 400; tries++) {
    const e = draw();
    if (far([...before, ...list], e, gap)) list.push(e);
  }
  return list;
}

const byte = (v: number): number => Math.max(0, Math.min(255, Math.floor(v + 0.5)));
/** 1 inside, 0 outside, a soft edge between. */
const soft = (r: number, edge: number): number => Math.max(0, Math.min(1, (1 - r) / edge + 0.5));

/** Bright nuclei on a dark ground: images [count, 64, 64, 1] and masks of 0 and 1 [count, 64, 64]. */
export function drawNuclei(count: number, seed: number) {
  const random = randomOf(seed);
  const size = 64;
  const images = new Uint8Array(count * size * size);
  const masks = new Uint8Array(count * size * size);
  for (let n = 0; n < count; n++) {
    const list = scattered(6 + Math.floor(random() * 14), 1.15, () =>
      ellipse(random, size, size, () => 2.6 + 2.6 * random(), -2),
    );
    const bright = list.map(() => 110 + 120 * random());
    const ground = 15 + 25 * random();
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++) {
        let v = ground + 12 * (random() + random() - 1);
        let inside = 0;
        list.forEach((e, i) => {
          const r = radius(e, x + 0.5, y + 0.5);
          v += (bright[i]! - ground) * soft(r, 0.35) * (0.92 + 0.16 * random());
          // Light of a nucleus spreads.
          v += (0.12 * bright[i]!) / (1 + r * r);
          if (r <= 1) inside = 1;
        });
        images[(n * size + y) * size + x] = byte(v);
        masks[(n * size + y) * size + x] = inside;
      }
  }
  return { images, masks };
}

type Colour = readonly [number, number, number];
const mixed = (under: Colour, over: Colour, share: number): Colour => [
  under[0] + (over[0] - under[0]) * share,
  under[1] + (over[1] - under[1]) * share,
  under[2] + (over[2] - under[2]) * share,
];

/** A smear of blood: images [count, 120, 160, 3] and for each its boxes [class, x1, y1, x2, y2]. */
export function drawBlood(count: number, seed: number) {
  const random = randomOf(seed);
  const [height, width] = [120, 160];
  const images = new Uint8Array(count * height * width * 3);
  const boxes: [string, number, number, number, number][][] = [];
  for (let n = 0; n < count; n++) {
    const white = scattered(1, 1, () => ellipse(random, width, height, () => 17 + 4 * random(), 24));
    const red = scattered(
      8 + Math.floor(random() * 7),
      0.95,
      () => ellipse(random, width, height, () => 12 + 2 * random(), 8),
      white,
    );
    const small = scattered(
      1 + Math.floor(random() * 3),
      1.4,
      () => ellipse(random, width, height, () => 4.4 + random(), 8),
      [...white, ...red],
    );
    // The lobes of the white cell's nucleus.
    const lobes = white.flatMap((w) =>
      [0, 1, 2].map((k) => ({
        ...w,
        x: w.x + (k - 1) * 6 * w.along[0],
        y: w.y + (k - 1) * 6 * w.along[1] + (k === 1 ? 4 : -2),
        a: 7.5,
        b: 6,
      })),
    );
    const ground: Colour = [206 + 8 * random(), 206 + 8 * random(), 198 + 8 * random()];
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const at = (e: Ellipse) => radius(e, x + 0.5, y + 0.5);
        let c = ground;
        for (const e of red) {
          const r = at(e);
          // Thin in the middle.
          const pale = Math.max(0, 1 - 2.2 * r);
          c = mixed(c, mixed([190, 140, 138], [214, 190, 186], pale), soft(r, 0.12) * 0.9);
        }
        for (const e of white) c = mixed(c, [193, 165, 205], soft(at(e), 0.12) * 0.95);
        for (const e of lobes) c = mixed(c, [98, 82, 168], soft(at(e), 0.2));
        for (const e of small) c = mixed(c, [128, 96, 176], soft(at(e), 0.3));
        const noise = 5 * (random() + random() - 1);
        for (let k = 0; k < 3; k++) images[((n * height + y) * width + x) * 3 + k] = byte(c[k]! + noise);
      }
    const row = (name: string) => (e: Ellipse) => {
      const [x1, y1, x2, y2] = corners(e).map((v) => Math.round(4 * v) / 4) as [number, number, number, number];
      const cut: [string, number, number, number, number] = [
        name,
        Math.max(0, x1),
        Math.max(0, y1),
        Math.min(width, x2),
        Math.min(height, y2),
      ];
      return cut;
    };
    boxes.push([...white.map(row("WBC")), ...red.map(row("RBC")), ...small.map(row("Platelets"))]);
  }
  return { images, boxes };
}

/** The files of both examples by path. */
export function drawnFiles(): ReadonlyMap<string, Uint8Array> {
  const nuclei = drawNuclei(12, 5);
  const blood = drawBlood(6, 11);
  const uint8 = (shape: number[], data: Uint8Array) => writeNpy({ dtype: "uint8", shape, data });
  const lines = blood.boxes.map((list) => `  ${JSON.stringify(list)}`);
  return new Map([
    ["examples/nuclei-unet/drawn_images.npy", uint8([12, 64, 64, 1], nuclei.images)],
    ["examples/nuclei-unet/drawn_masks.npy", uint8([12, 64, 64], nuclei.masks)],
    ["examples/bccd-detector/drawn_images.npy", uint8([6, 120, 160, 3], blood.images)],
    ["examples/bccd-detector/drawn_boxes.json", new TextEncoder().encode(`[\n${lines.join(",\n")}\n]\n`)],
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const [path, content] of drawnFiles()) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
