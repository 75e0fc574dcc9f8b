import { expect, test } from "vitest";
import { run } from "../../lib/index.ts";
import { sources } from "../arithmetic.ts";
import { type Simulator, simulators } from "../stream.ts";

const sets = [
  { BLOCKS: 3, TIMES: 4, INNER: 2 },
  { BLOCKS: 5, TIMES: 3, INNER: 1 },
  { BLOCKS: 1, TIMES: 1, INNER: 1 },
  { BLOCKS: 1, TIMES: 2, INNER: 3 },
  { BLOCKS: 4, TIMES: 1, INNER: 2 },
];

async function check(sim: Simulator, params: (typeof sets)[number], files = sources("row_walk")): Promise<void> {
  const { BLOCKS, TIMES, INNER } = params;
  await run({ top: "row_walk", sources: [...files], params }, { sim, seed: 1, maxCycles: 2000 }, async (tb) => {
    const move = tb.signal("move");
    await tb.reset(tb.signal("rst"));
    for (let frame = 0; frame < 3; frame++)
      for (let block = 0; block < BLOCKS; block++)
        for (let time = 0; time < TIMES; time++)
          for (let i = 0; i < INNER; i++) {
            move.value = 0;
            await tb.cycles(tb.rand.int(1, 2));
            expect(tb.signal("row").value, `frame ${frame}, block ${block}, time ${time}`).toBe(block * INNER + i);
            move.value = 1;
            await tb.cycles(1);
          }
  });
}

test.each(simulators)("row_walk on %s", async (sim) => {
  for (const set of sets) await check(sim, set);
});

test.each([
  ["a time too few", "T_LAST   = TIMES - 1", "T_LAST   = TIMES - 2"],
  ["never back to the block", "row <= row - I_LAST[ROW_BITS-1:0]", "row <= row + 1'b1"],
  ["never back to the start", "row <= {ROW_BITS{1'b0}};\n            else", "row <= row + 1'b1;\n            else"],
])("row_walk, mutant: %s", async (_, from, to) => {
  await expect(check("icarus", sets[0]!, sources("row_walk", { from, to }))).rejects.toThrow();
});
