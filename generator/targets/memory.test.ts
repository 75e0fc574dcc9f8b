import { expect, test } from "vitest";
import { memoryStyle } from "./memory.ts";
import { FAMILIES } from "./target.ts";

test("small memories are logic, large ones block RAM, the tool chooses where no family is known", () => {
  for (const family of ["ice40", "ecp5", "gowin", "xc7"] as const) {
    // Constants of a layer of few channels, in words wider than a block RAM's.
    expect(memoryStyle(family, 9, 48)).toBe("logic");
    expect(memoryStyle(family, 9, 256)).toBe("logic");
    expect(memoryStyle(family, 1024, 64)).toBe("block");
  }
  expect(memoryStyle("ice40", 1, 48)).toBe("auto");
  for (const family of [undefined, ...FAMILIES.filter((f) => !["ice40", "ecp5", "gowin", "xc7"].includes(f))])
    expect(memoryStyle(family, 1024, 64)).toBe("auto");
});

test("what counts is how full the block RAMs would be", () => {
  expect([64, 65].map((rows) => memoryStyle("ice40", rows, 16))).toEqual(["logic", "block"]);
  expect([64, 65].map((rows) => memoryStyle("ice40", rows, 160))).toEqual(["logic", "block"]);
  // A deep and narrow memory takes one block RAM in another shape.
  expect([1024, 1025].map((rows) => memoryStyle("ice40", rows, 1))).toEqual(["logic", "block"]);
  expect([256, 512].map((rows) => memoryStyle("ecp5", rows, 8))).toEqual(["logic", "block"]);
  expect([512, 1024].map((rows) => memoryStyle("xc7", rows, 16))).toEqual(["logic", "block"]);
});
