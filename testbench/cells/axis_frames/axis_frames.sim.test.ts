import { describe, expect, test } from "vitest";
import { Rand } from "../../lib/index.ts";
import { clocksSince, exercise, exerciseCorners, isKilled, type StreamCase, shapesOn, simulators } from "../stream.ts";

/** Frames of random words, and what the loops of the cell's header make of them. */
function streamCase(GROUPS: number, PIXELS: number, INNER: number, TIMES: number, frames = 4): StreamCase {
  const WIDTH = 11;
  const rand = new Rand(GROUPS * 1000 + PIXELS * 100 + INNER * 10 + TIMES);
  const input = Array.from({ length: frames }, () =>
    Array.from({ length: GROUPS * PIXELS * INNER }, () => rand.bits(WIDTH)),
  );
  const expected = input.map((frame) => {
    const once: bigint[] = [];
    for (let p = 0; p < PIXELS; p++)
      for (let g = 0; g < GROUPS; g++) for (let i = 0; i < INNER; i++) once.push(frame[(g * PIXELS + p) * INNER + i]!);
    return Array.from({ length: TIMES }, () => once).flat();
  });
  return { top: "axis_frames", params: { WIDTH, GROUPS, PIXELS, INNER, TIMES }, input, expected };
}

const sets = [
  [1, 1, 1, 1],
  [1, 5, 1, 3],
  [3, 4, 1, 1],
  [2, 3, 2, 2],
  [4, 1, 3, 1],
  [1, 1, 1, 4],
] as const;

describe.each(simulators)("axis_frames on %s", (sim) => {
  test.each(shapesOn(sim, sets))("%i groups, %i pixels, %i beats, %i times", (...set) =>
    exerciseCorners(streamCase(...set), sim),
  );
  test.each(shapesOn(sim, sets))("a beat a clock: %i, %i, %i, %i", async (...set) => {
    const c = streamCase(...set, 6);
    const clocks = await exercise(c, { sim });
    // Behind the first frame nothing waits.
    expect(clocksSince(clocks, 0)).toBe(c.expected.slice(1).reduce((n, f) => n + f.length, 0));
  });
});

test.each([
  ["leaves before it is whole", "fetch   = advance && (whole != 2'd0)", "fetch   = advance && (whole != 2'd0 || take)"],
  ["a third frame overwrites", "s_axis_tready = !whole[1]", "s_axis_tready = 1'b1"],
  ["the same frame again", "rd_half ? {ADDR_BITS{1'b0}} : rd_addr + 1'b1", "{ADDR_BITS{1'b0}}"],
  ["groups one behind the other", "else if (!g_last)", "else if (1'b0)"],
  ["a time too few", "T_LAST    = TIMES - 1", "T_LAST    = TIMES - 2"],
  ["tlast each time", "head_last <= time_ends && t_last", "head_last <= time_ends"],
])("axis_frames, mutant: %s", async (_, find, replace) => {
  expect(await isKilled("axis_frames", { find, replace }, [streamCase(2, 3, 2, 2)])).toBe(true);
});
