import { describe, expect, test } from "vitest";
import { Rand, run } from "../../lib/index.ts";
import { type Fault, lanes, sources } from "../arithmetic.ts";
import { type Simulator, shapesOn, simulators } from "../stream.ts";

type Shape = [taps: number, bits: number, most: number];

const shapes: Shape[] = [
  [1, 4, 8],
  [2, 8, 16],
  [5, 3, 16],
  [7, 4, 5],
  [16, 3, 3],
  [25, 8, 40],
];

/** The root is {sign, value}: which of the two signs a sum gets is the tree's own affair. */
async function check(sim: Simulator, [TAPS, BITS, MOST]: Shape, fault?: Fault): Promise<void> {
  const rand = new Rand(TAPS * 100 + BITS);
  const levels = Math.ceil(Math.log2(TAPS));
  const out = Math.min(BITS + levels, MOST);
  const top = (1n << BigInt(BITS)) - 1n;
  const draw = (): bigint => (rand.bool(0.3) ? rand.pick([0n, top, -top]) : rand.bits(BITS) - rand.bits(BITS));
  const sets = Array.from({ length: 80 }, () => Array.from({ length: TAPS }, draw));
  const params = { TAPS, BITS, MOST };
  const design = { top: "abs_tree", sources: sources("abs_tree", fault), params };
  await run(design, { sim, seed: 5, maxCycles: 1000, waves: "off" }, async (tb) => {
    const found: bigint[] = [];
    for (let clock = 0; clock < sets.length + levels; clock++) {
      if (clock < sets.length) tb.signal("d").big = lanes(sets[clock]!, BITS + 1);
      await tb.rising();
      if (clock < levels) continue;
      const root = BigInt.asUintN(out + 1, tb.signal("sum").big);
      const value = BigInt.asUintN(out, root);
      found.push(root >> BigInt(out) ? BigInt.asUintN(out, -value) : value);
    }
    const sums = sets.map((d) => d.reduce((sum, v) => sum + (v < 0n ? -v : v), 0n));
    expect(found).toEqual(sums.map((s) => BigInt.asUintN(out, s)));
  });
}

describe.each(simulators)("abs_tree on %s", (sim) => {
  test.each(shapesOn(sim, shapes))("%i differences of %i bits, at most %i", (...shape) => check(sim, shape));
});

test.each([
  { name: "no carry-in", from: "a + b + {{(WIDTH-1){1'b0}}, turn}", to: "a + b" },
  { name: "signs combined wrongly", from: "a_neg ^ g_level", to: "a_neg | g_level" },
  { name: "the sign is lost", from: "+ WIDTH] <= a_neg", to: "+ WIDTH] <= 1'b0" },
  { name: "a difference without a partner is lost", from: "WIDTH] <= a;", to: "WIDTH] <= 0;" },
])("abs_tree, mutant: $name", async ({ from, to }) => {
  await expect(check("icarus", [5, 3, 16], { from, to })).rejects.toThrow();
});
