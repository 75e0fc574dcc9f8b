import { expect, test } from "vitest";
import { lineBytes, lineClass, lineDifference, lineValues } from "./line.ts";

test.each([
  [8, false, [0, 1, 255]],
  [8, true, [-128, 127, -1]],
  [24, true, [-8388608, 70000, -70000]],
  [48, true, [-(2 ** 40), 2 ** 40 + 3, -1]],
])("%i bits, signed %s: values come back", (portLaneBits, signed, values) => {
  const stream = { portLaneBits, signed, shape: [1, 1, values.length] };
  const bytes = lineBytes(values, stream);
  expect(bytes).toHaveLength((values.length * portLaneBits) / 8);
  expect(lineValues(bytes, [stream])).toEqual([values]);
});

test("the lowest byte goes first, outputs follow one another", () => {
  expect([...lineBytes([0x1234, -2], { portLaneBits: 16 })]).toEqual([0x34, 0x12, 0xfe, 0xff]);
  const outputs = [
    { portLaneBits: 16, signed: true, shape: [1, 1, 2] },
    { portLaneBits: 8, signed: false, shape: [1, 1, 1] },
  ];
  expect(lineValues(Uint8Array.of(0x34, 0x12, 0xfe, 0xff, 7), outputs)).toEqual([[0x1234, -2], [7]]);
});

test("the class is the last output's value or largest, the first difference is named", () => {
  expect(lineClass([[9, 1], [4]])).toBe(4);
  expect(lineClass([[1, 9, 3]])).toBe(1);
  expect(lineDifference([[1, 2], [3]], [[1, 2], [3]], ["a", "b"])).toBeUndefined();
  expect(lineDifference([[1, 2], [3]], [[1, 5], [3]], ["a", "b"])).toBe("a[1] is 2, golden has 5");
});
