import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Rand } from "../../lib/index.ts";
import { type Fault, sources } from "../arithmetic.ts";
import { checkPipe } from "../pipe.ts";
import { type Simulator, shapesOn, simulators } from "../stream.ts";

interface Shape {
  IN_BITS: number;
  OUT_BITS: number;
  CLAMP?: number;
  LO: number;
  HI: number;
}

const shapes: Shape[] = [
  { IN_BITS: 9, OUT_BITS: 6, LO: 0, HI: 63 },
  { IN_BITS: 9, OUT_BITS: 6, LO: 5, HI: 40 },
  { IN_BITS: 9, OUT_BITS: 6, LO: -32, HI: 31 },
  { IN_BITS: 9, OUT_BITS: 6, LO: -20, HI: 17 },
  { IN_BITS: 9, OUT_BITS: 6, LO: -20, HI: -3 },
  { IN_BITS: 3, OUT_BITS: 6, LO: 0, HI: 63 },
  { IN_BITS: 9, OUT_BITS: 1, LO: 0, HI: 1 },
  { IN_BITS: 9, OUT_BITS: 4, CLAMP: 0, LO: 0, HI: 0 },
  { IN_BITS: 5, OUT_BITS: 9, CLAMP: 0, LO: 0, HI: 0 },
  { IN_BITS: 40, OUT_BITS: 35, LO: -2147483648, HI: 2147483647 },
];

async function check(sim: Simulator, shape: Shape, fault?: Fault): Promise<void> {
  const { IN_BITS, OUT_BITS, CLAMP = 1, LO, HI } = shape;
  const rand = new Rand(IN_BITS + OUT_BITS);
  // Every value of a narrow input; of a wide one those about the bounds and random ones.
  const near = [LO, HI].flatMap((b) => [-1, 0, 1].map((d) => BigInt(b) + BigInt(d)));
  const values =
    IN_BITS < 12
      ? Array.from({ length: 2 ** IN_BITS }, (_, i) => BigInt(i))
      : [...near, ...Array.from({ length: 200 }, () => rand.bits(IN_BITS))].map((v) => BigInt.asUintN(IN_BITS, v));
  const expected = values.map((v) => {
    const x = BigInt.asIntN(IN_BITS, v);
    const q = CLAMP === 0 ? x : x < BigInt(LO) ? BigInt(LO) : x > BigInt(HI) ? BigInt(HI) : x;
    return BigInt.asUintN(OUT_BITS, q);
  });
  const files = [...sources("int_clamp", fault), join(import.meta.dirname, "clamp_bench.v")];
  const pipe = { top: "clamp_bench", sources: files, params: { ...shape }, input: "x", output: "q_q1", latency: 1 };
  await checkPipe(sim, pipe, values, expected);
}

describe.each(simulators)("int_clamp on %s", (sim) => {
  test.each(shapesOn(sim, shapes))("$IN_BITS to $OUT_BITS bits, $LO to $HI", (shape) => check(sim, shape));
});

test.each([
  { name: "bounds exchanged", shape: shapes[1]!, from: "under ? low[", to: "under ? high[" },
  { name: "inside OUT_BITS, above the bound", shape: shapes[3]!, from: "(HI_FREE == 0) &&", to: "1'b0 &&" },
  { name: "inside OUT_BITS, below the bound", shape: shapes[3]!, from: "(LO_FREE == 0) &&", to: "1'b0 &&" },
  { name: "far above", shape: shapes[2]!, from: "= !neg && (|upper)", to: "= 1'b0 && (|upper)" },
  { name: "far below", shape: shapes[2]!, from: "|| !(&upper)", to: "|| 1'b0" },
  { name: "a little below zero", shape: shapes[0]!, from: "neg && ((SIGN == 0) ||", to: "neg && (1'b0 ||" },
  {
    name: "no sign extension",
    shape: shapes[5]!,
    from: "{(C_BITS-IN_BITS){x[IN_BITS-1]}}",
    to: "{(C_BITS-IN_BITS){1'b0}}",
  },
])("int_clamp, mutant: $name", async ({ shape, from, to }) => {
  await expect(check("icarus", shape, { from, to })).rejects.toThrow();
});
