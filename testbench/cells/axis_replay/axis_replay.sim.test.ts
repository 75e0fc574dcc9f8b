import { describe, expect, test } from "vitest";
import { Rand } from "../../lib/index.ts";
import {
  clocksSince,
  exercise,
  exerciseCorners,
  isKilled,
  pack,
  type StreamCase,
  shapesOn,
  simulators,
} from "../stream.ts";

/** Windows of random lanes, `perFrame` a frame, and the beats that must come out. */
function replays(lanes: number, out: number, times: number, choose: 0 | 1, bits = 3, perFrame = 3): StreamCase {
  const rand = new Rand(lanes * 31 + out);
  const input: bigint[][] = [];
  const expected: bigint[][] = [];
  for (let f = 0; f < 3; f++) {
    const windows = Array.from({ length: perFrame }, () =>
      Array.from({ length: lanes }, () => rand.int(0, 2 ** bits - 1)),
    );
    input.push(windows.map((w) => pack(w, bits)));
    expected.push(
      windows.flatMap((w) => {
        const beats: bigint[] = [];
        for (let s = 0; s < lanes; s += out)
          beats.push(
            pack(
              Array.from({ length: out }, (_, l) => w[s + l] ?? 0),
              bits,
            ),
          );
        return Array.from({ length: times }, () => beats).flat();
      }),
    );
  }
  const params = { BITS: bits, IN_LANES: lanes, OUT_LANES: out, TIMES: times, CHOOSE: choose };
  return { top: "axis_replay", params, input, expected };
}

describe.each(simulators)("axis_replay on %s", (sim) => {
  describe.each([0, 1] as const)("form %i", (choose) => {
    test.each(
      shapesOn(sim, [
        [9, 4, 2],
        [6, 3, 1],
        [5, 5, 3],
        [4, 4, 1],
        [7, 1, 2],
        [11, 1, 1],
      ]),
    )("%i lanes in beats of %i, %i times", (...shape) => exerciseCorners(replays(...shape, choose), sim));
  });
});

test.each([0, 1] as const)("no gap between windows, form %i", async (choose) => {
  const clocks = await exercise(replays(9, 4, 2, choose), { sim: "verilator" });
  expect(clocksSince(clocks, 0)).toBe(2 * 3 * 3 * 2);
});

test.each([
  ["no turn", "more_q ? held : fresh", "more_q ? window_q : fresh"],
  ["taken too early", "s_axis_tready = step && !more_q", "s_axis_tready = step"],
  ["tlast on every round", "last_q && !more_q", "last_q"],
  ["a beat too many", "BEATS - 2 : 0", "BEATS - 1 : 0"],
  ["a single beat waits for another", "s_axis_tvalid && (BEATS > 1)", "s_axis_tvalid"],
  ["the held window is lost without a next one", "valid_q  <= more_q || s_axis_tvalid", "valid_q  <= s_axis_tvalid"],
  ["moves while it waits", "wire step = !valid_q || m_axis_tready", "wire step = 1'b1"],
])("axis_replay, mutant: %s", async (_, find, replace) => {
  expect(await isKilled("axis_replay", { find, replace }, [replays(9, 4, 2, 0), replays(5, 5, 1, 0)])).toBe(true);
});

test.each([
  ["the first beat again", "at + 1'b1 : {AT_BITS{1'b0}};", "at : {AT_BITS{1'b0}};"],
  ["goes on behind the last beat", "more_q && !at_last", "more_q"],
  ["chosen by the wrong bit", "at[l-1] ?", "at[0] ?"],
  ["moves while it waits", "if (step) at", "at"],
  [
    "a window goes on where the last one ended",
    "if (step) at <= (more_q && !at_last)",
    "if (step && more_q) at <= !at_last",
  ],
])("axis_replay that chooses, mutant: %s", async (_, find, replace) => {
  expect(await isKilled("axis_replay", { find, replace }, [replays(9, 4, 2, 1), replays(7, 2, 1, 1)])).toBe(true);
});
