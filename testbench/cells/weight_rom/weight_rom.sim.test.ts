import { describe, expect, test } from "vitest";
import { Rand, run } from "../../lib/index.ts";
import { memory, sources } from "../arithmetic.ts";
import { type Simulator, shapesOn, simulators } from "../stream.ts";

const FRAMES = 4;

/** The code over and over, also behind a reset in the middle of it; returns the clocks of the frames. */
async function check(
  sim: Simulator,
  [ROWS, BITS]: readonly [number, number],
  pause: number,
  files = sources("weight_rom"),
): Promise<number> {
  const rand = new Rand(ROWS * 100 + BITS);
  const code = Array.from({ length: ROWS }, () => rand.bits(BITS));
  const params = { ROWS, BITS, MEM_FILE: memory(code) };
  let clocks = 0;
  await run({ top: "weight_rom", sources: [...files], params }, { sim, seed: 2, maxCycles: 20_000 }, async (tb) => {
    const sink = tb.axisSink("m_axis", { pause });
    for (const before of [0, Math.floor(ROWS / 2) + 1, 2 * ROWS]) {
      if (before > 0) await tb.cycles(before);
      const over = tb.reset(tb.signal("rst"));
      await tb.cycles(2);
      expect(tb.signal("m_axis_tvalid").value, "on offer in the reset").toBe(0);
      sink.clear();
      await over;
      const begun = tb.cycle;
      for (let f = 0; f < FRAMES; f++) expect((await sink.recv()).tdata, `frame ${f}`).toEqual(code);
      clocks = tb.cycle - begun;
    }
  });
  return clocks;
}

describe.each(simulators)("weight_rom on %s", (sim) => {
  test.each(
    shapesOn(sim, [
      [1, 8],
      [5, 32],
      [64, 16],
      [3, 65],
    ]),
  )("%i rows of %i bits", async (...shape) => {
    await check(sim, shape, 0.5);
    // A row a clock behind the first one.
    expect(await check(sim, shape, 0)).toBeLessThanOrEqual(FRAMES * shape[0] + 3);
  });
});

test.each([
  { name: "a row moves while it waits", from: "if (step) row_q <=", to: "row_q <=" },
  { name: "rows go on while one waits", from: "!m_axis_tvalid || m_axis_tready", to: "1'b1" },
  { name: "a row too few", from: "ROW_LAST = ROWS - 1", to: "ROW_LAST = ROWS - 2" },
  { name: "a reset does not go back", from: "row           <= {ROW_BITS{1'b0}};\n        end\n    end", to: "end end" },
])("the bench kills a mutant: $name", async ({ from, to }) => {
  await expect(check("icarus", [5, 32], 0.5, sources("weight_rom", { from, to }))).rejects.toThrow();
});
