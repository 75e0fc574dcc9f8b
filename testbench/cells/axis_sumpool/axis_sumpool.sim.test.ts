import { describe, expect, test } from "vitest";
import { reduced } from "../lanes.ts";
import { clocksSince, exercise, exerciseCorners, isKilled, shapesOn, simulators } from "../stream.ts";

const streamCase = (lanes: number, inBits: number, outBits: number, taps: number, side = 1, extremes = false) =>
  reduced(
    "axis_sumpool",
    { lanes, inBits, outBits, taps, side, extremes },
    { LANES: lanes, IN_BITS: inBits, OUT_BITS: outBits, TAPS: taps, SIDE: side },
    (x) => x.reduce((sum, tap) => sum + tap, 0),
  );

describe.each(simulators)("axis_sumpool on %s", (sim) => {
  test.each(
    shapesOn(sim, [
      [1, 8, 10, 4, 1],
      [3, 4, 8, 9, 1],
      [2, 1, 2, 2, 1],
      [4, 8, 8, 1, 1],
      [1, 16, 22, 49, 1],
      [2, 4, 6, 1, 4],
      [1, 8, 11, 1, 5],
      [3, 3, 8, 4, 2],
      [2, 2, 5, 3, 3],
    ]),
  )("%i lanes of %i to %i bits, %i taps (times %i)", (...shape) => exerciseCorners(streamCase(...shape), sim));
  test("the largest sum fits exactly", () => exerciseCorners(streamCase(2, 4, 8, 17, 1, true), sim));
  test("the largest sum of taps side by side fits exactly", () =>
    exerciseCorners(streamCase(2, 4, 7, 1, 8, true), sim));
  test("one input beat a clock", async () => {
    expect(clocksSince(await exercise(streamCase(2, 4, 6, 1, 4), { sim }), 0)).toBe(7);
    expect(clocksSince(await exercise(streamCase(3, 4, 8, 9), { sim }), 0)).toBe(7 * 9);
  });
});

test.each([
  ["sums run on", "(first ? {OUT_BITS{1'b0}} : sum_q1) + x", "sum_q1 + x"],
  ["a tap is counted twice while stalled", "if (take) sum_q1 <=", "if (part_valid) sum_q1 <="],
  ["the tree runs on while a sum waits", "if (move) e_q[n*WIDTH +: WIDTH] <= a + b", "e_q[n*WIDTH +: WIDTH] <= a + b"],
  ["taps without a partner are lost", "if (move) e_q[n*WIDTH +: WIDTH] <= a;", "if (move) e_q[n*WIDTH +: WIDTH] <= 0;"],
])("axis_sumpool, mutant: %s", async (_, find, replace) => {
  expect(await isKilled("axis_sumpool", { find, replace }, [streamCase(3, 4, 8, 9), streamCase(1, 8, 11, 1, 5)])).toBe(
    true,
  );
});
