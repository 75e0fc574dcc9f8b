import { expect, test } from "vitest";
import { Arena } from "./arena.ts";

test("arrays do not overlap, begin on multiples of 16, and lie in the pages", () => {
  for (const last of [0, 1, 15, 16, 17, 65536 - 1024 - 64, 17 * 65536 - 1024 - 64, 17 * 65536 - 1136]) {
    const arena = new Arena();
    const sizes = [1, 16, 32, last];
    const at = sizes.map((bytes) => arena.reserve(bytes));
    at.forEach((a, i) => {
      expect(a % 16).toBe(0);
      // Address 0 stands for an absent array, and kernels read 16 bytes beyond an end.
      expect(a).toBeGreaterThan(0);
      const next = at[i + 1] ?? arena.pages * 65536;
      expect(next - a).toBeGreaterThanOrEqual(sizes[i]! + 16);
    });
    const end = at[3]! + last + 16;
    expect(arena.pages).toBe(Math.ceil(end / 65536));
  }
  expect(() => new Arena().reserve(2 ** 31 - 1024 - 16)).toThrow("2 GiB");
  expect(new Arena().reserve(2 ** 31 - 2048)).toBe(1024);
});

test("constants are where they were placed", () => {
  const arena = new Arena();
  const [words, doubles] = [arena.words([1, -2]), arena.doubles([0.5])];
  expect(arena.constants.map((c) => c.at)).toEqual([words, doubles]);
  expect([...new Int32Array(arena.constants[0]!.data.slice().buffer)]).toEqual([1, -2]);
  expect([...new Float64Array(arena.constants[1]!.data.slice().buffer)]).toEqual([0.5]);
});
