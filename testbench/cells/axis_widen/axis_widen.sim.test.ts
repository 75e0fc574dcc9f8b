import { describe, expect, test } from "vitest";
import { regrouped } from "../lanes.ts";
import { clocksSince, exercise, exerciseCorners, isKilled, shapesOn, simulators } from "../stream.ts";

const shapes: [bits: number, inLanes: number, outLanes: number, channels: number][] = [
  [8, 2, 4, 6],
  [4, 1, 8, 11],
  [3, 2, 6, 5],
  [8, 4, 12, 3],
  [1, 4, 16, 33],
  [5, 4, 4, 6],
  [8, 1, 2, 1],
];
const streamCase = ([bits, inLanes, outLanes, channels]: (typeof shapes)[number]) =>
  regrouped("axis_widen", bits, inLanes, outLanes, channels);

describe.each(simulators)("axis_widen on %s", (sim) => {
  test.each(shapesOn(sim, shapes))("%i bits, %i to %i lanes, %i channels", (...shape) =>
    exerciseCorners(streamCase(shape), sim),
  );
  test("one input beat a clock", async () => {
    const stream = streamCase([4, 1, 8, 11]);
    const beats = stream.input.slice(1).reduce((sum, frame) => sum + frame.length, 0);
    expect(clocksSince(await exercise(stream, { sim }), 0)).toBe(beats);
  });
});

test.each([
  ["old pieces behind the last one", "assign in_tail_beat = {PIECE{1'b0}};", "assign in_tail_beat = {PIECE{1'b1}};"],
  [
    "no flush at the end of a pixel",
    "tail_beat ? TAIL_LAST[SLOT_BITS-1:0] : K_LAST",
    "tail_beat ? K_LAST[SLOT_BITS-1:0] : K_LAST",
  ],
])("axis_widen, mutant: %s", async (_, find, replace) => {
  expect(await isKilled("axis_widen", { find, replace }, [streamCase([4, 1, 8, 11])])).toBe(true);
});
