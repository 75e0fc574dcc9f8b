import { expect, test } from "vitest";
import type { HwStream } from "../ir/hardware.ts";
import { beatWords, hexLines } from "./beats.ts";

const stream = (lanes: number, channels: number, pixels: number): HwStream => ({
  name: "s",
  lanes,
  laneBits: 5,
  signed: true,
  channels,
  pixels,
  beatsPerFrame: pixels * Math.ceil(channels / lanes),
});

test("lane 0 is lowest, negative values are two's complement, unused lanes are zero", () => {
  const t = { shape: [1, 2, 4] as const, data: Int32Array.of(1, -2, 3, -4, 5, 6, 7, 8) };
  expect(beatWords(t, stream(3, 4, 2), 8)).toEqual([0x03fe01n, 0x0000fcn, 0x070605n, 0x000008n]);
  expect(beatWords(t, stream(1, 4, 2), 5)).toEqual([1n, 30n, 3n, 28n, 5n, 6n, 7n, 8n]);
});

test("values wider than 32 bits", () => {
  const t = { shape: [1, 1, 2] as const, data: Float64Array.of(2 ** 40, -1) };
  expect(beatWords(t, stream(2, 2, 1), 48)).toEqual([(0xffff_ffff_ffffn << 48n) | (1n << 40n)]);
});

test("hexadecimal words have one length", () => {
  expect(hexLines([1n, 0x1abn], 9)).toBe("001\n1ab\n");
  expect(hexLines([1n], 1)).toBe("1\n");
});
