// Brings a copy of the BCCD data set (github.com/Shenggan/BCCD_Dataset, MIT) to the form that examples/bccd-detector
// takes: 160 x 120 pixels by means of 4 x 4, boxes over 4.
//
//   npx tsx scripts/prepare-bccd.ts BCCD_Dataset OUT
//
// The images of the set's test.txt become test_images.npy and test_boxes.json, the first 64 of train.txt
// calibration_images.npy.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readPicture, writeNpy } from "../generator/files/index.ts";

const [height, width, by] = [480, 640, 4];
/** Boxes of fewer pixels, after the reduction, are left out. */
const LEAST = 2;

/** Means of `by` x `by` pixels of three channels. */
export function reduced(data: Uint8Array, height: number, width: number, by: number): Uint8Array {
  const [h, w] = [height / by, width / by];
  return Uint8Array.from({ length: h * w * 3 }, (_, i) => {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % w, Math.floor(i / (3 * w))];
    let sum = 0;
    for (let dy = 0; dy < by; dy++)
      for (let dx = 0; dx < by; dx++) sum += data[((y * by + dy) * width + x * by + dx) * 3 + c]!;
    return Math.floor(sum / (by * by) + 0.5);
  });
}

/** [class, x1, y1, x2, y2] of each object of an annotation in Pascal VOC's form, over `by`. */
export function boxesOf(xml: string, by: number): [string, number, number, number, number][] {
  return [...xml.matchAll(/<object>([\s\S]*?)<\/object>/g)].flatMap(([, object]) => {
    const field = (tag: string): string => new RegExp(`<${tag}>\\s*([^<]*?)\\s*</${tag}>`).exec(object!)?.[1] ?? "";
    const [x1, y1, x2, y2] = ["xmin", "ymin", "xmax", "ymax"].map((tag) => Number(field(tag)) / by) as [
      number,
      number,
      number,
      number,
    ];
    return x2 - x1 < LEAST || y2 - y1 < LEAST ? [] : [[field("name"), x1, y1, x2, y2] as const].map((b) => [...b]);
  }) as [string, number, number, number, number][];
}

function main([from, to]: readonly string[]): void {
  if (!from || !to) throw new Error("npx tsx scripts/prepare-bccd.ts BCCD_Dataset OUT");
  const base = join(from, "BCCD");
  const names = (part: string) =>
    readFileSync(join(base, "ImageSets/Main", `${part}.txt`), "utf8")
      .split(/\s+/)
      .filter((n) => n !== "");
  const images = (list: readonly string[]) => {
    const all = list.map((name) => {
      const picture = readPicture(readFileSync(join(base, "JPEGImages", `${name}.jpg`)), [height, width]);
      return reduced(picture.data, height, width, by);
    });
    const shape = [all.length, height / by, width / by, 3];
    return writeNpy({ dtype: "uint8", shape, data: Uint8Array.from(all.flatMap((d) => [...d])) });
  };
  const test = names("test");
  mkdirSync(to, { recursive: true });
  writeFileSync(join(to, "test_images.npy"), images(test));
  writeFileSync(join(to, "calibration_images.npy"), images(names("train").slice(0, 64)));
  const boxes = test.map((name) => boxesOf(readFileSync(join(base, "Annotations", `${name}.xml`), "utf8"), by));
  writeFileSync(join(to, "test_boxes.json"), `[\n${boxes.map((b) => JSON.stringify(b)).join(",\n")}\n]\n`);
}

if (process.argv[1]?.endsWith("prepare-bccd.ts")) main(process.argv.slice(2));
