import { describe, expect, test } from "vitest";
import { Rand, run } from "../../lib/index.ts";
import { memory, sources } from "../arithmetic.ts";
import { type Simulator, simulators } from "../stream.ts";

/** Rows in any order, the word of each a clock later and no earlier. */
async function check(
  sim: Simulator,
  [ROWS, BITS]: readonly [number, number],
  files = sources("row_rom"),
): Promise<void> {
  const rand = new Rand(ROWS * 100 + BITS);
  const constants = Array.from({ length: ROWS }, () => rand.bits(BITS));
  const design = { top: "row_rom", sources: [...files], params: { ROWS, BITS, MEM_FILE: memory(constants) } };
  await run(design, { sim, seed: 2, maxCycles: 1000 }, async (tb) => {
    const row = tb.signal("row");
    row.value = 0;
    await tb.cycles(3);
    // What the bench sets is at the cell behind the next edge, whose word shows behind the one after it.
    const asked = [0, 0];
    for (let n = 0; n < 60; n++) {
      const next = n < ROWS ? n : rand.int(0, ROWS - 1);
      row.value = next;
      asked.push(next);
      await tb.cycles(1);
      expect(tb.signal("word").big, `row ${asked[n + 1]}`).toBe(constants[asked[n + 1]!]);
    }
  });
}

describe.each(simulators)("row_rom on %s", (sim) => {
  test.each([
    [1, 8],
    [40, 65],
    [7, 1],
  ] as const)("%i rows of %i bits", (...shape) => check(sim, shape));
});

test.each([
  { name: "the row of the clock before", from: "constants[row]", to: "constants[f]", also: true },
  { name: "one row for all", from: "constants[row]", to: "constants[0]" },
])("the bench kills a mutant: $name", async ({ from, to, also }) => {
  const late = also ? "    reg [((ROWS > 1) ? $clog2(ROWS) : 1)-1:0] f;\n    always @(posedge clk) f <= row;\n" : "";
  const changed = sources("row_rom", {
    from: `    always @(posedge clk) word <= ${from}`,
    to: `${late}    always @(posedge clk) word <= ${to}`,
  });
  await expect(check("icarus", [40, 65], changed)).rejects.toThrow();
});
