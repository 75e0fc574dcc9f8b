import { describe, expect, test } from "vitest";
import { reduced } from "../lanes.ts";
import { clocksSince, exercise, exerciseCorners, isKilled, shapesOn, simulators } from "../stream.ts";

const streamCase = (lanes: number, bits: number, taps: number, side = 1) =>
  reduced(
    "axis_maxpool",
    { lanes, inBits: bits, outBits: bits, taps, side },
    { LANES: lanes, BITS: bits, TAPS: taps, SIDE: side },
    (x) => Math.max(...x),
  );

describe.each(simulators)("axis_maxpool on %s", (sim) => {
  test.each(
    shapesOn(sim, [
      [1, 8, 4, 1],
      [3, 4, 9, 1],
      [2, 1, 2, 1],
      [4, 8, 1, 1],
      [1, 16, 25, 1],
      [2, 4, 1, 4],
      [1, 8, 1, 5],
      [3, 3, 4, 2],
      [2, 2, 3, 3],
    ]),
  )("%i lanes of %i bits, %i taps (times %i)", (...shape) => exerciseCorners(streamCase(...shape), sim));
  test("one input beat a clock", async () => {
    expect(clocksSince(await exercise(streamCase(2, 4, 1, 4), { sim }), 0)).toBe(7);
    expect(clocksSince(await exercise(streamCase(3, 4, 9), { sim }), 0)).toBe(7 * 9);
  });
});

test.each([
  ["the last window's maximum stays", "first || x > best_q1", "x > best_q1"],
  ["minimum", "x > best_q1", "x < best_q1"],
  ["minimum in the tree", "(a > b) ? a : b", "(a > b) ? b : a"],
  [
    "the tree runs on while a maximum waits",
    "if (move) e_q[(node*LANES + lane)*BITS +: BITS] <= (a > b)",
    "e_q[(node*LANES + lane)*BITS +: BITS] <= (a > b)",
  ],
])("axis_maxpool, mutant: %s", async (_, find, replace) => {
  expect(await isKilled("axis_maxpool", { find, replace }, [streamCase(3, 4, 9), streamCase(1, 8, 1, 5)])).toBe(true);
});
