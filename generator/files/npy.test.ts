import { describe, expect, test } from "vitest";
import { type Dtype, readNpy, type Tensor, writeNpy } from "./index.ts";

/** A .npy file put together by hand. */
function rawNpy(dict: string, body: ArrayLike<number>, version: 1 | 2 | 3 = 1): Uint8Array {
  const header = new TextEncoder().encode(`${dict}\n`);
  const size =
    version === 1 ? [header.length & 255, header.length >> 8] : [header.length & 255, header.length >> 8, 0, 0];
  return Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0, ...size, ...header, ...Array.from(body)]);
}

const dict = (descr: string, shape: string, fortran = "False") =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;

describe("reading", () => {
  test.each<[string, number[], number[]]>([
    ["|b1", [0, 1, 7], [0, 1, 1]],
    ["|i1", [255, 127, 128], [-1, 127, -128]],
    ["|u1", [255, 0, 1], [255, 0, 1]],
    ["<i2", [0xff, 0xff, 1, 0, 0, 0x80], [-1, 1, -32768]],
    [">i2", [0xff, 0xfe, 0, 1, 0x80, 0], [-2, 1, -32768]],
    ["<u2", [0xff, 0xff, 1, 0, 0, 0x80], [65535, 1, 32768]],
    [">u4", [0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0, 1, 0, 0], [1, 4294967295, 65536]],
    ["<i4", [1, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 128], [1, -1, -2147483648]],
    ["<f2", [0, 0x3c, 1, 0, 0, 0xc0], [1, 2 ** -24, -2]],
    [">f4", [0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0], [1, -2, 0]],
  ])("%s", (descr, bytes, values) => {
    const t = readNpy(rawNpy(dict(descr, "(3,)"), bytes));
    expect(Array.from(t.data)).toEqual(values);
    expect(t.shape).toEqual([3]);
  });

  test.each<[string, bigint, boolean]>([
    ["<i8", -(2n ** 53n) + 1n, true],
    [">i8", 2n ** 53n - 1n, false],
    ["<u8", 2n ** 53n - 1n, true],
  ])("%s at the exact limit", (descr, value, little) => {
    const body = new DataView(new ArrayBuffer(8));
    body.setBigInt64(0, value, little);
    expect(readNpy(rawNpy(dict(descr, "()"), new Uint8Array(body.buffer))).data).toEqual(
      Float64Array.of(Number(value)),
    );
  });

  test("versions 2 and 3", () => {
    for (const version of [2, 3] as const)
      expect(readNpy(rawNpy(dict("|u1", "(2,)"), [4, 5], version)).data).toEqual(Uint8Array.of(4, 5));
  });

  test("column-major order becomes row-major", () => {
    const t = readNpy(rawNpy(dict("|u1", "(2, 3)", "True"), [1, 4, 2, 5, 3, 6]));
    expect(Array.from(t.data)).toEqual([1, 2, 3, 4, 5, 6]);
    const cube = readNpy(rawNpy(dict("|u1", "(2, 1, 3)", "True"), [1, 4, 2, 5, 3, 6]));
    expect(Array.from(cube.data)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("double quotes, other orders of keys, Python 2 integers, no trailing comma", () => {
    const t = readNpy(rawNpy(`{"shape": (2L,), "fortran_order": False, "descr": "|u1"}`, [1, 2]));
    expect(t.shape).toEqual([2]);
  });

  test("scalars and empty arrays", () => {
    expect(readNpy(rawNpy(dict("|u1", "()"), [9])).shape).toEqual([]);
    expect(readNpy(rawNpy(dict("<f8", "(0, 3)"), [])).data.length).toBe(0);
  });

  test("a view into a larger buffer, at an odd place", () => {
    const file = rawNpy(dict("<f4", "(1,)"), [0, 0, 0x80, 0x3f]);
    const big = new Uint8Array(file.length + 5);
    big.set(file, 3);
    expect(readNpy(big.subarray(3, 3 + file.length)).data[0]).toBe(1);
  });
});

describe("writing", () => {
  const cases: Tensor[] = [
    { dtype: "bool", shape: [2], data: Uint8Array.of(0, 1) },
    { dtype: "int8", shape: [2], data: Int8Array.of(-128, 127) },
    { dtype: "uint8", shape: [2, 1], data: Uint8Array.of(0, 255) },
    { dtype: "int16", shape: [2], data: Int16Array.of(-32768, 5) },
    { dtype: "uint16", shape: [1, 1, 1], data: Uint16Array.of(65535) },
    { dtype: "int32", shape: [], data: Int32Array.of(-5) },
    { dtype: "uint32", shape: [1], data: Uint32Array.of(4294967295) },
    { dtype: "int64", shape: [2], data: Float64Array.of(-(2 ** 53) + 1, 7) },
    { dtype: "uint64", shape: [1], data: Float64Array.of(2 ** 53 - 1) },
    { dtype: "float32", shape: [3], data: Float32Array.of(0.1, Number.NaN, Number.NEGATIVE_INFINITY) },
    { dtype: "float64", shape: [0, 4], data: new Float64Array(0) },
  ];
  test.each(cases.map((t) => [t.dtype, t] as [Dtype, Tensor]))("%s survives the round trip", (_, t) => {
    const bytes = writeNpy(t);
    expect(readNpy(bytes)).toEqual(t);
    expect(writeNpy(t)).toEqual(bytes);
    expect((bytes.length - t.data.byteLength) % 64).toBe(0);
  });
});
