import { describe, expect, test } from "vitest";
import { Rand } from "../../lib/index.ts";
import { clocksSince, exercise, exerciseCorners, isKilled, pack, type StreamCase, simulators } from "../stream.ts";

/** Windows of random lanes, `perFrame` a frame, and the beats that must come out. */
function replays(lanes: number, out: number, times: number, bits = 3, perFrame = 3): StreamCase {
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
  return { top: "axis_replay", params: { BITS: bits, IN_LANES: lanes, OUT_LANES: out, TIMES: times }, input, expected };
}

describe.each(simulators)("axis_replay on %s", (sim) => {
  test.each([
    [9, 4, 2],
    [6, 3, 1],
    [5, 5, 3],
    [4, 4, 1],
    [7, 1, 2],
  ])("%i lanes in beats of %i, %i times", (...shape) => exerciseCorners(replays(...shape), sim));
});

test("no gap between windows", async () => {
  const clocks = await exercise(replays(9, 4, 2), { sim: "verilator" });
  expect(clocksSince(clocks, 0)).toBe(2 * 3 * 3 * 2);
});

test.each([
  ["no turn", "else if (leave) window_q <= turned;", "else if (leave) window_q <= window_q;"],
  ["taken too early", "(m_axis_tready && n_last)", "m_axis_tready"],
  ["tlast on every round", "last_q && n_last", "last_q"],
])("axis_replay, mutant: %s", async (_, find, replace) => {
  expect(await isKilled("axis_replay", { find, replace }, [replays(9, 4, 2)])).toBe(true);
});
