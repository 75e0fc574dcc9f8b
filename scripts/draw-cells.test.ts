import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { drawnFiles } from "./draw-cells.ts";
import { superResolution } from "./make-super-resolution.ts";
import { boxesOf, reduced } from "./prepare-bccd.ts";
import { prepared } from "./prepare-nuclei.ts";

test("the drawn images of the examples are those that the script draws", () => {
  for (const [path, content] of [...drawnFiles(), ...superResolution()])
    expect(Buffer.compare(Buffer.from(content), readFileSync(join(import.meta.dirname, "..", path))), path).toBe(0);
});

test("BCCD: means of pixels; boxes over four, those of less than two pixels left out", () => {
  const data = Uint8Array.from({ length: 2 * 4 * 3 }, (_, i) => (i % 3 === 0 ? 10 * Math.floor(i / 3) : 7));
  // Red is 10 times the pixel's number.
  expect([...reduced(data, 2, 4, 2)]).toEqual([25, 7, 7, 45, 7, 7]);
  const object = (name: string, ...v: number[]) =>
    `<object><name>${name}</name><bndbox><xmin>${v[0]}</xmin><ymin>${v[1]}</ymin> <xmax>${v[2]}</xmax><ymax>${v[3]}</ymax></bndbox></object>`;
  const xml = `<annotation>${object("RBC", 4, 8, 42, 44)}${object("WBC", 0, 0, 7, 80)}</annotation>`;
  expect(boxesOf(xml, 4)).toEqual([["RBC", 1, 2, 10.5, 11]]);
});

test("nuclei: bright on dark whatever the stain, 0 to 255, the middle; a small image is left out", () => {
  const size = 128;
  const picture = (of: (bright: boolean) => number[]) =>
    Uint8Array.from(Array.from({ length: size * size }, (_, p) => [...of(p % size >= 96), 255]).flat());
  const dark = prepared(
    size,
    size,
    picture((b) => (b ? [200, 200, 200] : [20, 20, 20])),
    2,
  )!;
  expect([dark.length, dark[0], dark[63]]).toEqual([64 * 64, 0, 255]);
  const stained = prepared(
    size,
    size,
    picture((b) => (b ? [90, 40, 120] : [240, 230, 240])),
    2,
  )!;
  expect([stained[0], stained[63]]).toEqual([0, 255]);
  expect(prepared(100, 200, new Uint8Array(4 * 100 * 200), 2)).toBeUndefined();
});
