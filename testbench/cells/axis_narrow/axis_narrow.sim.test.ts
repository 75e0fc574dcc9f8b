import { describe, expect, test } from "vitest";
import { regrouped } from "../lanes.ts";
import { clocksSince, exercise, exerciseCorners, isKilled, shapesOn, simulators } from "../stream.ts";

const shapes: [bits: number, inLanes: number, outLanes: number, channels: number][] = [
  [8, 4, 2, 6],
  [4, 8, 1, 11],
  [3, 6, 2, 5],
  [8, 12, 4, 3],
  [1, 16, 4, 33],
  [5, 4, 4, 6],
  [8, 2, 1, 1],
  [4, 4, 2, 8],
  [3, 4, 1, 4],
  [2, 8, 2, 16],
  [5, 6, 3, 12],
];
const streamCase = ([bits, inLanes, outLanes, channels]: (typeof shapes)[number]) =>
  regrouped("axis_narrow", bits, inLanes, outLanes, channels);

describe.each(simulators)("axis_narrow on %s", (sim) => {
  test.each(shapesOn(sim, shapes))("%i bits, %i to %i lanes, %i channels", (...shape) =>
    exerciseCorners(streamCase(shape), sim),
  );
  test("one output beat a clock", async () => {
    const stream = streamCase([4, 8, 1, 11]);
    const beats = stream.expected.slice(1).reduce((sum, frame) => sum + frame.length, 0);
    expect(clocksSince(await exercise(stream, { sim }), 0)).toBe(beats);
  });
});

test.each([
  [
    "padding beats are not skipped",
    "tail_beat ? TAIL_LAST[LEFT_BITS-1:0] : K_LAST",
    "tail_beat ? K_LAST[LEFT_BITS-1:0] : K_LAST",
  ],
  ["tlast on every piece", "last && !more", "last"],
  ["a piece too many", "more ? (left != ONE)", "more ? (left != {LEFT_BITS{1'b0}})"],
  ["a single piece waits for another", "((TAIL > 1) || !tail_beat)", "1'b1"],
  ["pieces are lost without a next beat", "valid  <= more || s_axis_tvalid", "valid  <= s_axis_tvalid"],
  ["moves while it waits", "wire step      = !valid || m_axis_tready", "wire step      = 1'b1"],
])("axis_narrow, mutant: %s", async (_, find, replace) => {
  expect(await isKilled("axis_narrow", { find, replace }, [streamCase([4, 8, 1, 11]), streamCase([8, 2, 1, 1])])).toBe(
    true,
  );
});
