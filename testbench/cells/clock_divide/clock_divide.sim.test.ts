import { describe, expect, test } from "vitest";
import { run } from "../../lib/index.ts";
import { shapesOn, simulators, template } from "../stream.ts";

describe.each(simulators)("clock_divide on %s", (sim) => {
  test.each(shapesOn(sim, [1, 2, 3, 8]))("half a period is %i clocks", async (half) => {
    const design = { top: "clock_divide", sources: [template("clock_divide")], params: { HALF: half } };
    await run(design, { sim, seed: 1, maxCycles: 1000, waves: "off" }, async (tb) => {
      const levels: number[] = [];
      for (let i = 0; i < 12 * half; i++) {
        await tb.rising();
        levels.push(tb.signal("clk_out").value);
      }
      const first = levels.indexOf(1);
      expect(first).toBeGreaterThanOrEqual(0);
      expect(first).toBeLessThanOrEqual(half);
      const rest = levels.slice(first);
      expect(rest).toEqual(rest.map((_, i) => (Math.floor(i / half) % 2 === 0 ? 1 : 0)));
    });
  });
});
