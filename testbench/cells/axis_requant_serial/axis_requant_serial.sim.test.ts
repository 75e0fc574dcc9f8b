import { describe, expect, test } from "vitest";
import { Rand, simulators, stallCorners } from "../../lib/index.ts";
import { check, lanes, memory, operand, type Parameters, type Stream, sources } from "../arithmetic.ts";
import { shapesOn } from "../stream.ts";

interface Shape {
  LANES: number;
  BEATS: number;
  IN_BITS: number;
  IN_SIGNED: 0 | 1;
  M_BITS: number;
  B_BITS: number;
  SHIFT: number;
  OUT_BITS: number;
  CLAMP: 0 | 1;
  LO: number;
  HI: number;
  NEG: 0 | 1;
  PIVOT: number;
}

/** Constants, beats and their results, in plain loops over the definition. */
function bench(shape: Shape, { extreme = false, count = 24 } = {}): { params: Parameters; stream: Stream } {
  const { LANES, BEATS, IN_BITS, IN_SIGNED, M_BITS, B_BITS, SHIFT, OUT_BITS, CLAMP, LO, HI, NEG, PIVOT } = shape;
  const rand = new Rand(IN_BITS * 100 + B_BITS);
  const constants = Array.from({ length: BEATS * LANES }, () =>
    Array.from({ length: 1 + NEG }, () => ({
      m: operand(rand, M_BITS, extreme),
      b: operand(rand, B_BITS, extreme),
    })),
  );
  const rows = Array.from({ length: BEATS }, (_, row) =>
    lanes(
      constants
        .slice(row * LANES, (row + 1) * LANES)
        .flatMap((pairs) => pairs.map(({ m, b }) => (b << BigInt(M_BITS)) | m)),
      B_BITS + M_BITS,
    ),
  );
  const stream: Stream = { input: [], inputLast: [], output: [], outputLast: [] };
  for (let i = 0; i < count; i++) {
    const acc = Array.from({ length: LANES }, () => operand(rand, IN_BITS, extreme));
    const q = acc.map((word, lane) => {
      const value = IN_SIGNED ? BigInt.asIntN(IN_BITS, word) : word;
      const [f0, f1] = constants[(i % BEATS) * LANES + lane]!.map(
        ({ m, b }) => (value * BigInt.asIntN(M_BITS, m) + BigInt.asIntN(B_BITS, b)) >> BigInt(SHIFT),
      );
      const f = NEG && f0! < BigInt(PIVOT) ? f1! : f0!;
      return !CLAMP ? f : f < BigInt(LO) ? BigInt(LO) : f > BigInt(HI) ? BigInt(HI) : f;
    });
    stream.input.push(lanes(acc, IN_BITS));
    stream.inputLast.push(rand.bool(0.3));
    stream.output.push(lanes(q, OUT_BITS));
    stream.outputLast.push(stream.inputLast[i]!);
  }
  return { params: { ...shape, MEM_FILE: memory(rows) }, stream };
}

const plain: Shape = {
  ...{ LANES: 2, BEATS: 3, IN_BITS: 12, IN_SIGNED: 0, M_BITS: 16, B_BITS: 24, SHIFT: 12, OUT_BITS: 8 },
  ...{ CLAMP: 1, LO: 0, HI: 255, NEG: 0, PIVOT: 0 },
};
const signed: Shape = { ...plain, IN_BITS: 9, IN_SIGNED: 1, M_BITS: 7, B_BITS: 10, SHIFT: 5, LO: -100, HI: 90 };
/** A table read a clock earlier, and bits that fall out of both sums. */
const leaky: Shape = { ...signed, LANES: 1, BEATS: 18, NEG: 1, PIVOT: -3 };
const raw: Shape = { ...plain, LANES: 1, BEATS: 17, SHIFT: 0, OUT_BITS: 40, CLAMP: 0 };
/** First floors that are often the pivot. */
const nearZero: Shape = { ...leaky, IN_BITS: 4, M_BITS: 4, B_BITS: 6, PIVOT: 0 };
const shapes: Shape[] = [
  plain,
  signed,
  leaky,
  raw,
  // Factors wider than constants, all bits of the accumulator and more below the floor, one bit alone.
  { ...signed, M_BITS: 14, B_BITS: 6, SHIFT: 9, OUT_BITS: 12, LO: -2000, HI: 2000 },
  { ...signed, LANES: 3, BEATS: 1, SHIFT: 50, OUT_BITS: 4, LO: -3, HI: 4, NEG: 1, PIVOT: 0 },
  { ...plain, LANES: 1, IN_BITS: 1, IN_SIGNED: 1, M_BITS: 3, B_BITS: 4, SHIFT: 1, OUT_BITS: 4, LO: 0, HI: 15 },
];

describe.each(simulators)("axis_requant_serial on %s", (sim) => {
  test.each(shapesOn(sim, shapes))("$LANES lanes, $BEATS beats, $IN_BITS bits, shift $SHIFT", async (shape) => {
    for (const extreme of [false, true]) {
      const { params, stream } = bench(shape, { extreme, count: sim === "icarus" ? 20 : 40 });
      for (const { source, sink } of extreme ? [{ source: 0, sink: 0 }] : stallCorners)
        await check("axis_requant_serial", params, stream, { sim, source, sink });
    }
  });

  test("a source that gives a beat as often as one is taken never waits", async () => {
    for (const shape of [plain, leaky]) {
      const { params, stream } = bench(shape);
      const every = shape.IN_BITS + 2;
      await check("axis_requant_serial", params, stream, { sim, source: 0, sink: 0, every, fullRate: true });
      const sooner = { sim, source: 0, sink: 0, every: every - 1, fullRate: true };
      await expect(check("axis_requant_serial", params, stream, sooner)).rejects.toThrow();
    }
  });
});

describe("the bench kills mutants of axis_requant_serial", () => {
  const faults: { name: string; shape: Shape; from: string; to: string }[] = [
    { name: "the sign adds", shape: signed, from: "minus_q <= end_next && (IN_SIGNED != 0)", to: "minus_q <= 1'b0" },
    { name: "one's complement", shape: signed, from: "{{S_BITS{1'b0}}, minus_q}", to: "{(S_BITS+1){1'b0}}" },
    { name: "b without its place", shape: raw, from: "{b, 1'b0}; end", to: "{b[B_BITS-1], b}; end" },
    { name: "the row moves too late", shape: leaky, from: "if (end_next) row", to: "if (end_now) row" },
    {
      name: "the row moves too early",
      shape: plain,
      from: "left == {{(LEFT_BITS-2){1'b0}}, 2'd2}",
      to: "left == STEPS[LEFT_BITS-1:0]",
    },
    {
      name: "the first sum is not cleared",
      shape: plain,
      from: "if (take)         sum_q <= {S_BITS{1'b0}};",
      to: "if (1'b0)         sum_q <= {S_BITS{1'b0}};",
    },
    { name: "what falls out is lost", shape: raw, from: "{fallen, bits[STEPS-1:1]}", to: "{1'b0, bits[STEPS-1:1]}" },
    {
      name: "what falls out of the second sum is lost",
      shape: leaky,
      from: "{next[0], lost_q[IN_BITS-1:1]}",
      to: "{1'b0, lost_q[IN_BITS-1:1]}",
    },
    { name: "pair chosen at the pivot", shape: nearZero, from: "(f0 < bound)", to: "(f0 <= bound)" },
    { name: "second pair never used", shape: leaky, from: "? g_pair[PAIRS-1].floor :", to: "? g_pair[0].floor :" },
    { name: "a result over one that waits", shape: plain, from: "full && !valid_q;", to: "full;" },
    { name: "tlast of the next beat", shape: plain, from: "if (give) m_last_q <= last_q;", to: "m_last_q <= last_q;" },
  ];
  test.each(faults)("$name", async ({ shape, from, to }) => {
    const file = sources("axis_requant_serial", { from, to });
    const { params, stream } = bench(shape, { count: 40 });
    const runs = async (): Promise<void> => {
      for (const { source, sink } of stallCorners)
        await check("axis_requant_serial", params, stream, { sim: "icarus", source, sink }, file);
    };
    await expect(runs()).rejects.toThrow();
  });
});
