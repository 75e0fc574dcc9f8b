import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Filter, resize } from "./resize.ts";

/** As resize.pillow.py draws them. */
function drawn(height: number, width: number, channels: number): Uint8Array {
  const row = width * channels;
  return Uint8Array.from({ length: height * row }, (_, i) => {
    const v = (3 * i * i + 7 * i) % 256;
    return Math.floor(i / row) % 3 === 0 ? 255 * (v & 1) : v;
  });
}

test("every sample is Pillow's", () => {
  type Case = [number, number, number, number, number, Filter, boolean, string];
  const cases = JSON.parse(readFileSync(new URL("resize.pillow.json", import.meta.url), "utf8")) as Case[];
  expect(cases.length).toBe(200);
  const wrong = cases.filter(([h, w, c, rows, columns, filter, crop, sum]) => {
    const got = resize(drawn(h, w, c), [h, w], c, [rows, columns], { filter, crop });
    return createHash("sha256").update(got).digest("hex").slice(0, 16) !== sum;
  });
  expect(wrong).toEqual([]);
});

test("what is easily seen", () => {
  const fit = { filter: "box", crop: false } as const;
  expect(resize(Uint8Array.of(10, 20, 30, 41), [2, 2], 1, [1, 1], fit)).toEqual(Uint8Array.of(26));
  expect(resize(Uint8Array.of(1, 2, 3, 4, 5, 6), [1, 2], 3, [2, 2], fit)).toEqual(
    Uint8Array.of(1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6),
  );
  // Cropped, the middle two columns of four; stretched, all.
  const row = Uint8Array.of(0, 8, 16, 100, 0, 8, 16, 100);
  expect([...resize(row, [2, 4], 1, [1, 1], { ...fit, crop: true })]).toEqual([12]);
  expect([...resize(row, [2, 4], 1, [1, 1], fit)]).toEqual([31]);
});
