import { describe, expect, test } from "vitest";
import { run } from "../../lib/index.ts";
import { source } from "../arithmetic.ts";
import { type Simulator, shapesOn, simulators } from "../stream.ts";

/** Levels of rst at each edge while `request` is high in the clocks that `asked` names. */
async function levels(sim: Simulator, length: number, clocks: number, asked: readonly number[], file: string) {
  const design = { top: "board_reset", sources: [file], params: { CLOCKS: length } };
  const options = { sim, seed: 1, maxCycles: clocks + 10, waves: "off" } as const;
  const { value } = await run(design, options, async (tb) => {
    const seen: number[] = [];
    for (let k = 0; k < clocks; k++) {
      tb.signal("request").value = asked.includes(k) ? 1 : 0;
      await tb.rising();
      seen.push(tb.signal("rst").value);
    }
    return seen;
  });
  return value;
}

/** Clocks in which rst is high, `[from, to)` pairs. */
function pulses(seen: readonly number[]): [number, number][] {
  const out: [number, number][] = [];
  for (const [k, level] of seen.entries())
    if (level && !seen[k - 1]) out.push([k, k + 1]);
    else if (level) out.at(-1)![1] = k + 1;
  return out;
}

async function check(sim: Simulator, length: number, file = source("board_reset")) {
  const gap = length + 10;
  // After configuration, for one clock asked, for two clocks, and again while the reset of a request lasts.
  const asked = [gap, 2 * gap, 2 * gap + 1, 3 * gap, 3 * gap + Math.ceil(length / 2)];
  const found = pulses(await levels(sim, length, 5 * gap, asked, file));
  expect(found).toEqual([
    [0, length + 1],
    [gap + 3, gap + 3 + length + 1],
    [2 * gap + 3, 2 * gap + 3 + length + 2],
    [3 * gap + 3, 3 * gap + 3 + Math.ceil(length / 2) + length + 1],
  ]);
}

describe.each(simulators)("board_reset on %s", (sim) => {
  test.each(shapesOn(sim, [1, 3, 63]))("after configuration and after each request, %i clocks", async (length) =>
    check(sim, length),
  );
});

test.each([
  {
    name: "a request does not start the count again",
    from: "if (asked[1])                  count <=",
    to: "if (1'b0) count <=",
  },
  { name: "no reset after configuration", from: "count = {BITS{1'b0}};", to: "count = {BITS{1'b1}};" },
  { name: "the request is not synchronized", from: "{asked[0], request}", to: "{request, request}" },
])("board_reset, mutant: $name", async ({ from, to }) => {
  await expect(check("icarus", 7, source("board_reset", { from, to }))).rejects.toThrow();
});
