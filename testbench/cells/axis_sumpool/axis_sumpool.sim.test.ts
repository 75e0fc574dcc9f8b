import { describe, expect, test } from "vitest";
import { reduced } from "../lanes.ts";
import { clocksSince, exercise, exerciseCorners, isKilled, simulators } from "../stream.ts";

const streamCase = (lanes: number, inBits: number, outBits: number, taps: number, extremes = false) =>
  reduced(
    "axis_sumpool",
    { lanes, inBits, outBits, taps, extremes },
    { LANES: lanes, IN_BITS: inBits, OUT_BITS: outBits, TAPS: taps },
    (x) => x.reduce((sum, tap) => sum + tap, 0),
  );

describe.each(simulators)("axis_sumpool on %s", (sim) => {
  test.each([
    [1, 8, 10, 4],
    [3, 4, 8, 9],
    [2, 1, 2, 2],
    [4, 8, 8, 1],
    [1, 16, 22, 49],
  ])("%i lanes of %i to %i bits, %i taps", (...shape) => exerciseCorners(streamCase(...shape), sim));
  test("the largest sum fits exactly", () => exerciseCorners(streamCase(2, 4, 8, 17, true), sim));
  test("one input beat a clock", async () => {
    expect(clocksSince(await exercise(streamCase(3, 4, 8, 9), { sim }), 0)).toBe(7 * 9);
  });
});

test.each([
  ["sums run on", "(first ? {OUT_BITS{1'b0}} : sum_q1) + x", "sum_q1 + x"],
  ["a tap is counted twice while stalled", "if (take) sum_q1 <=", "if (s_axis_tvalid) sum_q1 <="],
])("axis_sumpool, mutant: %s", async (_, find, replace) => {
  expect(await isKilled("axis_sumpool", { find, replace }, [streamCase(3, 4, 8, 9)])).toBe(true);
});
