import { describe, expect, test } from "vitest";
import { Rand } from "../../lib/index.ts";
import { clocksSince, exercise, exerciseCorners, isKilled, type StreamCase, shapesOn, simulators } from "../stream.ts";

/** Frames of random words; their bits one behind the other, cut into beats, with noise behind the last word. */
function streamCase(IN_BITS: number, OUT_BITS: number, WORDS: number, frames = 4): StreamCase {
  const rand = new Rand(IN_BITS * 100 + OUT_BITS + WORDS);
  const expected = Array.from({ length: frames }, () => Array.from({ length: WORDS }, () => rand.bits(OUT_BITS)));
  const beats = Math.ceil((WORDS * OUT_BITS) / IN_BITS);
  const input = expected.map((words) => {
    const used = BigInt(WORDS * OUT_BITS);
    const all = words.reduceRight((bits, w) => (bits << BigInt(OUT_BITS)) | w, rand.bits(IN_BITS)) as bigint;
    const bits = BigInt.asUintN(beats * IN_BITS, all | (rand.bits(IN_BITS) << used));
    return Array.from({ length: beats }, (_, b) => BigInt.asUintN(IN_BITS, bits >> BigInt(b * IN_BITS)));
  });
  return { top: "axis_gearbox", params: { IN_BITS, OUT_BITS, WORDS }, input, expected };
}

const sets = [
  [32, 32, 3],
  [32, 8, 6],
  [32, 96, 3],
  [64, 20, 13],
  [32, 51, 7],
  [8, 3, 1],
  [32, 7, 40],
] as const;

describe.each(simulators)("axis_gearbox on %s", (sim) => {
  test.each(shapesOn(sim, sets))("%i to %i bits, %i words", (...set) => exerciseCorners(streamCase(...set), sim));
  test.each(shapesOn(sim, sets))("as fast as the wider side: %i to %i bits, %i words", async (...set) => {
    const [from, to, words] = set;
    const c = streamCase(...set, 6);
    const frame = Math.max(words, Math.ceil((words * to) / from)) + 2;
    expect(clocksSince(await exercise(c, { sim }), 0)).toBeLessThanOrEqual(5 * frame);
  });
});

test.each([
  ["a word with a bit too few", "(filled >= OUT[U_BITS-1:0])", "(filled + 1'b1 >= OUT[U_BITS-1:0])"],
  ["beats over each other", "<< (stay * UNIT)", "<< (filled * UNIT)"],
  ["the rest of a frame is the next one's", "if (rst || (give && m_axis_tlast))", "if (rst)"],
  ["takes the next frame too early", "&& (beats != BEATS[B_BITS-1:0])", ""],
])("axis_gearbox, mutant: %s", async (_, find, replace) => {
  expect(await isKilled("axis_gearbox", { find, replace }, [streamCase(8, 6, 5)])).toBe(true);
});

test.each([
  ["the second word of a beat again", "else if (give && at !=", "else if (give && 1'b0 && at !=", [32, 8, 6]],
  ["a new beat begins where the one before ended", "if (rst || take) at <=", "if (rst) at <=", [32, 8, 6]],
  ["beats at the wrong place", "take && stay == PLACE", "take && filled == PLACE", [32, 96, 3]],
] as const)("axis_gearbox whose widths divide one another, mutant: %s", async (_, find, replace, set) => {
  expect(await isKilled("axis_gearbox", { find, replace }, [streamCase(set[0], set[1], set[2])])).toBe(true);
});
