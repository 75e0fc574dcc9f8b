import jpeg from "jpeg-js";
import { PNG } from "pngjs";
import { expect, test } from "vitest";
import { cifarLabels, readCifar, readIdx, readPicture } from "./index.ts";

const colour = (x: number, y: number): number[] => [x * 40, y * 50, 200, 255];

function png(of: (x: number, y: number) => number[], options: object = {}): Uint8Array {
  const image = new PNG({ width: 3, height: 2, ...options });
  for (let y = 0; y < 2; y++) for (let x = 0; x < 3; x++) image.data.set(of(x, y), (y * 3 + x) * 4);
  return PNG.sync.write(image, options);
}

test("a PNG in colour, in gray, of one channel", () => {
  const data = [0, 1].flatMap((y) => [0, 1, 2].flatMap((x) => colour(x, y).slice(0, 3)));
  expect(readPicture(png(colour), [2, 3])).toEqual({ height: 2, width: 3, channels: 3, data: Uint8Array.from(data) });
  const gray = (x: number, y: number): number[] => [x + 3 * y, x + 3 * y, x + 3 * y, 255];
  for (const options of [{}, { colorType: 0 }, { colorType: 2 }])
    expect(readPicture(png(gray, options), [2, 3])).toMatchObject({
      channels: 1,
      data: Uint8Array.of(0, 1, 2, 3, 4, 5),
    });
});

test("a JPEG", () => {
  const data = Buffer.alloc(16 * 8 * 4, 255);
  for (let i = 0; i < 16 * 8; i++) data.set([200, 40, 90], i * 4);
  const bytes = jpeg.encode({ data, width: 16, height: 8 }, 100).data;
  const found = readPicture(bytes, [8, 16]);
  expect(found.channels).toBe(3);
  [200, 40, 90].forEach((v, c) => {
    expect(Math.abs(found.data[3 * 77 + c]! - v)).toBeLessThan(5);
  });
  expect(() => readPicture(bytes, [16, 8])).toThrow(/another size/);
});

test("what is refused", () => {
  expect(() => readPicture(png(colour), [3, 2])).toThrow(/another size/);
  expect(() =>
    readPicture(
      png((x) => [x, 0, 0, 100 + x]),
      [2, 3],
    ),
  ).toThrow(/transparent/);
  expect(() => readPicture(png(colour, { bitDepth: 16 }), [2, 3])).toThrow(/16 bits/);
  const whole = png(colour);
  for (let n = 0; n < whole.length; n++) expect(() => readPicture(whole.subarray(0, n), [2, 3])).toThrow();
  // A size that the pixels do not have.
  const lying = Uint8Array.from(whole);
  new DataView(lying.buffer).setUint32(16, 60000);
  expect(() => readPicture(lying, [2, 60000])).toThrow();
  expect(() => readPicture(new Uint8Array([0xff, 0xd8, 0xff, 0, 0, 0]), [1, 1])).toThrow(/frame header/);
});

test("MNIST's files and CIFAR's", () => {
  const idx = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 9, 8, 7, 6);
  expect(readIdx(idx)).toEqual({ dtype: "uint8", shape: [2, 1, 2], data: Uint8Array.of(9, 8, 7, 6) });
  expect(() => readIdx(idx.subarray(0, 19))).toThrow(/20 bytes|does not hold/);
  expect(() => readIdx(idx.subarray(0, 6))).toThrow(/does not hold/);
  for (const labels of [1, 2] as const) {
    const record = 3072 + labels;
    const file = new Uint8Array(2 * record).map((_, i) => i % 251);
    file[0] = 3;
    file[record + labels - 1] = 7;
    file[record] = labels === 1 ? 7 : 1;
    expect(cifarLabels(file)).toBe(labels);
    const read = readCifar(file, labels);
    expect(read.images.shape).toEqual([2, 3, 32, 32]);
    expect(read.labels.data[1]).toBe(7);
    expect(read.images.data[3072]).toBe((record + labels) % 251);
  }
  expect(cifarLabels(new Uint8Array(100))).toBeUndefined();
});
