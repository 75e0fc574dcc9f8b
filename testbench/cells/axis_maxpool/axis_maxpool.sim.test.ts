import { describe, expect, test } from "vitest";
import { reduced } from "../lanes.ts";
import { clocksSince, exercise, exerciseCorners, isKilled, simulators } from "../stream.ts";

const streamCase = (lanes: number, bits: number, taps: number) =>
  reduced("axis_maxpool", { lanes, inBits: bits, outBits: bits, taps }, { LANES: lanes, BITS: bits, TAPS: taps }, (x) =>
    Math.max(...x),
  );

describe.each(simulators)("axis_maxpool on %s", (sim) => {
  test.each([
    [1, 8, 4],
    [3, 4, 9],
    [2, 1, 2],
    [4, 8, 1],
    [1, 16, 25],
  ])("%i lanes of %i bits, %i taps", (...shape) => exerciseCorners(streamCase(...shape), sim));
  test("one input beat a clock", async () => {
    expect(clocksSince(await exercise(streamCase(3, 4, 9), { sim }), 0)).toBe(7 * 9);
  });
});

test.each([
  ["the last window's maximum stays", "first || x > best_q1", "x > best_q1"],
  ["minimum", "x > best_q1", "x < best_q1"],
])("axis_maxpool, mutant: %s", async (_, find, replace) => {
  expect(await isKilled("axis_maxpool", { find, replace }, [streamCase(3, 4, 9)])).toBe(true);
});
