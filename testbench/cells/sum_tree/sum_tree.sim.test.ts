import { describe, expect, test } from "vitest";
import { Rand } from "../../lib/index.ts";
import { type Fault, lanes, operand, sources } from "../arithmetic.ts";
import { checkPipe } from "../pipe.ts";
import { type Simulator, shapesOn, simulators } from "../stream.ts";

type Shape = [taps: number, bits: number, most: number, signed: 0 | 1];

const shapes: Shape[] = [
  [1, 4, 8, 0],
  [2, 8, 16, 0],
  [3, 5, 16, 1],
  [7, 4, 5, 0],
  [9, 8, 20, 1],
  [16, 3, 3, 1],
  [25, 8, 40, 0],
];

async function check(sim: Simulator, [TAPS, BITS, MOST, SIGNED]: Shape, fault?: Fault): Promise<void> {
  const rand = new Rand(TAPS * 100 + BITS);
  const levels = Math.ceil(Math.log2(TAPS));
  const out = Math.min(BITS + levels, MOST);
  const sets = Array.from({ length: 60 }, () =>
    Array.from({ length: TAPS }, () => operand(rand, BITS, rand.bool(0.3))),
  );
  const sums = sets.map((taps) =>
    BigInt.asUintN(
      out,
      taps.reduce((sum, t) => sum + (SIGNED ? BigInt.asIntN(BITS, t) : t), 0n),
    ),
  );
  const pipe = {
    top: "sum_tree",
    sources: sources("sum_tree", fault),
    params: { TAPS, BITS, MOST, SIGNED },
    input: "taps",
    output: "sum",
    latency: levels,
    enable: "move",
  };
  const inputs = sets.map((taps) => lanes(taps, BITS));
  await checkPipe(sim, pipe, inputs, sums);
  await checkPipe(sim, pipe, inputs, sums, (clock) => clock % 3 !== 1);
}

describe.each(simulators)("sum_tree on %s", (sim) => {
  test.each(shapesOn(sim, shapes))("%i taps of %i bits, at most %i, signed %i", (...shape) => check(sim, shape));
});

test.each<{ name: string; shape: Shape; from: string; to: string }>([
  { name: "taps without a partner are lost", shape: [3, 5, 16, 0], from: "WIDTH] <= a;", to: "WIDTH] <= 0;" },
  { name: "the second tap is the first", shape: [2, 8, 16, 0], from: "<= a + b", to: "<= a + a" },
  { name: "no sign", shape: [3, 5, 16, 1], from: "(SIGNED != 0) && a_in[B_IN-1]", to: "1'b0" },
  {
    name: "runs on",
    shape: [2, 8, 16, 0],
    from: "if (move) e_q[n*WIDTH +: WIDTH] <= a + b",
    to: "e_q[n*WIDTH +: WIDTH] <= a + b",
  },
])("sum_tree, mutant: $name", async ({ shape, from, to }) => {
  await expect(check("icarus", shape, { from, to })).rejects.toThrow();
});
