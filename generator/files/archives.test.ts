import { zipSync } from "fflate";
import { expect, test } from "vitest";
import { brainToNumber, halfToNumber } from "./dtype.ts";
import {
  openNpz,
  openSafetensors,
  openTensorFile,
  type Tensor,
  toFloatTensor,
  writeNpy,
  writeNpz,
  writeSafetensors,
} from "./index.ts";

const tensors = new Map<string, Tensor>([
  ["layer.weight", { dtype: "float32", shape: [2, 2], data: Float32Array.of(1, 2, 3, -0.5) }],
  ["flags", { dtype: "bool", shape: [3], data: Uint8Array.of(1, 0, 1) }],
  ["count", { dtype: "int64", shape: [], data: Float64Array.of(150) }],
  ["wide", { dtype: "float64", shape: [1, 0], data: new Float64Array(0) }],
]);

for (const [format, write, open] of [
  ["npz", writeNpz, openNpz],
  ["safetensors", writeSafetensors, openSafetensors],
] as const)
  test(`${format}: what is written is read again, the same bytes each time`, () => {
    const file = write(tensors);
    expect(write(tensors)).toEqual(file);
    const opened = open(file);
    expect([...opened.names()].sort()).toEqual([...tensors.keys()].sort());
    for (const [name, t] of tensors) {
      expect(opened.read(name)).toEqual(t);
      expect(opened.shape(name)).toEqual(t.shape);
    }
    expect(openTensorFile(file, `a/b.${format}`).names()).toEqual(opened.names());
  });

test("stored entries and members that are no arrays", () => {
  const t: Tensor = { dtype: "uint8", shape: [1], data: Uint8Array.of(7) };
  const file = zipSync({ "a.npy": [writeNpy(t), { level: 0 }], "readme.txt": Uint8Array.of(1) });
  expect(openNpz(file).names()).toEqual(["a"]);
  expect(openNpz(file).read("a")).toEqual(t);
});

test("safetensors: the order of writing does not matter; metadata is kept", () => {
  const reversed = new Map([...tensors].reverse());
  const metadata = new Map([["format", "pt"]]);
  expect(writeSafetensors(reversed, metadata)).toEqual(writeSafetensors(tensors, metadata));
  expect(openSafetensors(writeSafetensors(tensors, metadata)).metadata).toEqual(metadata);
});

test("safetensors: bfloat16 and float16", () => {
  const header =
    '{"b":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]},"h":{"dtype":"F16","shape":[1],"data_offsets":[4,6]}}';
  const file = Uint8Array.from([
    header.length,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    ...new TextEncoder().encode(header),
    0x80,
    0x3f,
    0,
    0xc0,
    0,
    0x3e,
  ]);
  expect(Array.from(openSafetensors(file).read("b").data)).toEqual([1, -2]);
  expect(Array.from(openSafetensors(file).read("h").data)).toEqual([1.5]);
});

test("half floats at their limits", () => {
  expect(halfToNumber(0x7bff)).toBe(65504);
  expect(halfToNumber(0x0001)).toBe(2 ** -24);
  expect(halfToNumber(0xfc00)).toBe(Number.NEGATIVE_INFINITY);
  expect(halfToNumber(0x7e00)).toBeNaN();
  expect(brainToNumber(0xff80)).toBe(Number.NEGATIVE_INFINITY);
});

test("a .npy file is a file of one array with its name", () => {
  const t: Tensor = { dtype: "int16", shape: [2], data: Int16Array.of(-1, 2) };
  const file = openTensorFile(writeNpy(t), "weights/fc.adder.npy");
  expect(file.names()).toEqual(["fc.adder"]);
  expect(toFloatTensor(file.read("fc.adder"))).toEqual({ shape: [2], data: Float64Array.of(-1, 2) });
});

test("safetensors: an array of an unknown type does not keep the others from being read", () => {
  const header = JSON.stringify({
    w: { dtype: "F32", shape: [1], data_offsets: [0, 4] },
    scale: { dtype: "F8_E4M3", shape: [4], data_offsets: [4, 8] },
  });
  const file = new Uint8Array(8 + header.length + 8);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(new TextEncoder().encode(header), 8);
  const opened = openSafetensors(file);
  expect(opened.names()).toEqual(["w", "scale"]);
  expect(opened.shape("scale")).toEqual([4]);
  expect(Array.from(opened.read("w").data)).toEqual([0]);
  expect(() => opened.read("scale")).toThrow(/F8_E4M3/);
});
