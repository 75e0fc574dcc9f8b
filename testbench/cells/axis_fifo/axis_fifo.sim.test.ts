import { describe, expect, test } from "vitest";
import { Rand, run } from "../../lib/index.ts";
import {
  clocksSince,
  exercise,
  exerciseCorners,
  isKilled,
  type StreamCase,
  shapesOn,
  simulators,
  template,
} from "../stream.ts";

function streamCase(width: number, depth: number): StreamCase {
  const rand = new Rand(width);
  const input = [3, 1, 7, 1, 40, 30].map((beats) => Array.from({ length: beats }, () => rand.bits(width)));
  return { top: "axis_fifo", params: { WIDTH: width, DEPTH: depth }, input, expected: input };
}

describe.each(simulators)("axis_fifo on %s", (sim) => {
  test.each(shapesOn(sim, [1, 2, 3, 8, 33]))("depth %i", (depth) => exerciseCorners(streamCase(9, depth), sim));
  test.each(shapesOn(sim, [1, 2, 33]))("one beat a clock, depth %i", async (depth) => {
    expect(clocksSince(await exercise(streamCase(9, depth), { sim }), 0)).toBe(79);
  });
  test.each(shapesOn(sim, [1, 5, 33]))("holds %i beats and one more at least", async (depth) => {
    const design = { top: "axis_fifo", sources: [template("axis_fifo")], params: { WIDTH: 9, DEPTH: depth } };
    await run(design, { sim, seed: 1, maxCycles: 2000, waves: "off" }, async (tb) => {
      const source = tb.axisSource("s_axis");
      tb.signal("m_axis_tready").value = 0;
      await tb.reset(tb.signal("rst"));
      const taken = source.send(Array.from({ length: depth + 1 }, (_, k) => BigInt(k)));
      await tb.withTimeout(taken, 10_000);
      await tb.cycles(4);
      expect(source.idle()).toBe(true);
      expect(tb.signal("m_axis_tvalid").value).toBe(1);
      expect(tb.signal("m_axis_tdata").value).toBe(0);
    });
  });
});

test.each([
  ["one word too many", "room  <= (count != WORD_LAST[COUNT_BITS-1:0]);", "room  <= 1'b1;"],
  ["the write address wraps late", "wr_addr <= (wr_addr == WORD_LAST[ADDR_BITS-1:0]) ?", "wr_addr <= 1'b0 ?"],
])("axis_fifo, mutant: %s", async (_, find, replace) => {
  expect(await isKilled("axis_fifo", { find, replace }, [streamCase(9, 5)])).toBe(true);
});
