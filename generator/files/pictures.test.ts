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

/** A JPEG of one colour, with other segments in place of JFIF's, and other names of its components. */
function ownJpeg(colour: readonly number[], segments: readonly (readonly [number, number[]])[], names = [1, 2, 3]) {
  const data = Buffer.alloc(8 * 8 * 4, 255);
  for (let i = 0; i < 64; i++) data.set(colour, i * 4);
  const bytes = Uint8Array.from(jpeg.encode({ data, width: 8, height: 8 }, 100).data);
  const frame = bytes.findIndex((b, i) => b === 0xff && bytes[i + 1] === 0xc0);
  const scan = bytes.findIndex((b, i) => b === 0xff && bytes[i + 1] === 0xda);
  names.forEach((n, i) => {
    bytes[frame + 10 + 3 * i] = n;
    bytes[scan + 5 + 2 * i] = n;
  });
  const own = segments.flatMap(([marker, body]) => [0xff, marker, 0, body.length + 2, ...body]);
  return Uint8Array.from([0xff, 0xd8, ...own, ...bytes.subarray(20)]);
}
const text = (s: string): number[] => [...s].map((c) => c.charCodeAt(0));

test("a JPEG's colours are what its markers say", () => {
  const first = (bytes: Uint8Array) => {
    const { data, channels } = readPicture(bytes, [8, 8]);
    return [...data.subarray(0, channels)];
  };
  const adobe = (transform: number): [number, number[]] => [0xee, [...text("Adobe"), 0, 100, 0, 0, 0, 0, transform]];
  const jfif: [number, number[]] = [0xe0, [...text("JFIF\0"), 1, 1, 0, 0, 1, 0, 1, 0, 0]];
  const white = [200, 200, 200];
  expect(first(ownJpeg(white, []))).toEqual([200]);
  // The same samples, luma 200 and chroma 128, as red, green and blue.
  expect(first(ownJpeg(white, [adobe(0)]))).toEqual([200, 128, 128]);
  expect(first(ownJpeg(white, [adobe(1)]))).toEqual([200]);
  expect(first(ownJpeg(white, [], text("RGB")))).toEqual([200, 128, 128]);
  expect(first(ownJpeg(white, [jfif], text("RGB")))).toEqual([200]);
});

test("a picture that lies turned in its file is refused; Exif data without or with a damaged tag is not", () => {
  const exif = (orientation: number, little: boolean): number[] => {
    const two = (v: number) => (little ? [v & 255, v >> 8] : [v >> 8, v & 255]);
    const four = (v: number) => (little ? [...two(v), 0, 0] : [0, 0, ...two(v)]);
    const entry = [...two(0x112), ...two(3), ...four(1), ...two(orientation), 0, 0];
    return [...text(little ? "II" : "MM"), ...two(42), ...four(8), ...two(1), ...entry, ...four(0)];
  };
  for (const little of [true, false]) {
    const of = (orientation: number) =>
      ownJpeg([9, 9, 9], [[0xe1, [...text("Exif\0\0"), ...exif(orientation, little)]]]);
    expect(readPicture(of(1), [8, 8]).channels).toBe(1);
    expect(() => readPicture(of(6), [8, 8])).toThrow(/turned or mirrored/);
  }
  for (const n of [0, 1, 7, 8, 10, 21, 25]) {
    const cut = ownJpeg([9, 9, 9], [[0xe1, [...text("Exif\0\0"), ...exif(6, true).slice(0, n)]]]);
    expect(() => readPicture(cut, [8, 8])).not.toThrow(RangeError);
  }
  const whole = png(colour);
  const chunk = exif(3, true);
  const own = [
    ...new Uint8Array(new Uint32Array([chunk.length]).buffer).reverse(),
    ...text("eXIf"),
    ...chunk,
    0,
    0,
    0,
    0,
  ];
  const turned = Uint8Array.from([...whole.subarray(0, 33), ...own, ...whole.subarray(33)]);
  expect(() => readPicture(turned, [2, 3])).toThrow(/turned or mirrored/);
});

test("another size is resized where that is asked for, alike in every form", () => {
  const fit = { filter: "box", crop: false } as const;
  expect(readPicture(png(colour), [1, 1], fit)).toEqual({
    height: 1,
    width: 1,
    channels: 3,
    data: Uint8Array.of(40, 25, 200),
  });
  const flat = readPicture(ownJpeg([7, 7, 7], []), [3, 5], fit);
  expect(flat).toMatchObject({ height: 3, width: 5, channels: 1 });
  expect(new Set(flat.data)).toEqual(new Set([7]));
  const huge = Uint8Array.from(png(colour));
  new DataView(huge.buffer).setUint32(16, 60000);
  new DataView(huge.buffer).setUint32(20, 60000);
  expect(() => readPicture(huge, [2, 3], fit)).toThrow(/not resized/);
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
