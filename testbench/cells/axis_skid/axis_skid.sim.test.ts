import { describe, expect, test } from "vitest";
import { Rand } from "../../lib/index.ts";
import { clocksSince, exercise, exerciseCorners, isKilled, type StreamCase, simulators } from "../stream.ts";

function streamCase(width: number): StreamCase {
  const rand = new Rand(width);
  const input = [3, 1, 7, 1, 1, 20].map((beats) => Array.from({ length: beats }, () => rand.bits(width)));
  return { top: "axis_skid", params: { WIDTH: width }, input, expected: input };
}

describe.each(simulators)("axis_skid on %s", (sim) => {
  test.each([1, 8, 100])("width %i", (width) => exerciseCorners(streamCase(width), sim));
  test("one beat a clock", async () => {
    expect(clocksSince(await exercise(streamCase(8), { sim }), 0)).toBe(30);
  });
});

test.each([
  ["the spare beat is lost", "head_valid <= take || !spare_free;", "head_valid <= take;"],
  ["room for a third beat", "spare_free <= 1'b0;", "spare_free <= 1'b1;"],
])("axis_skid, mutant: %s", async (_, find, replace) => {
  expect(await isKilled("axis_skid", { find, replace }, [streamCase(8)])).toBe(true);
});
