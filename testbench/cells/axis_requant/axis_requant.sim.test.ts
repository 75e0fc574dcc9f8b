import { describe, expect, test } from "vitest";
import { Rand, stallCorners } from "../../lib/index.ts";
import { check, lanes, memory, operand, type Parameters, type Stream, sources } from "../arithmetic.ts";
import { shapesOn, simulators } from "../stream.ts";

interface Shape {
  LANES: number;
  BEATS: number;
  IN_BITS: number;
  IN_SIGNED: 0 | 1;
  M_BITS?: number;
  B_BITS: number;
  SHIFT: number;
  OUT_BITS: number;
  CLAMP?: 0 | 1;
  LO?: number;
  HI?: number;
  EXP_BITS?: number;
  NEG?: 0 | 1;
  PIVOT?: number;
  INTERVAL?: number;
  extreme?: boolean;
}
type Mode = 0 | 1 | 2;

/** Constants, beats and their results, in plain loops over the definition. */
function bench(shape: Shape, mode: Mode, count = 60): { params: Parameters; stream: Stream } {
  const { LANES, BEATS, IN_BITS, IN_SIGNED, B_BITS, SHIFT, OUT_BITS, extreme = false } = shape;
  const { M_BITS = 16, CLAMP = 1, LO = 0, HI = 255, EXP_BITS = 4, NEG = 0, PIVOT = 0, INTERVAL = 1 } = shape;
  const rand = new Rand(IN_BITS * 100 + B_BITS + mode);
  const term = EXP_BITS + 2;
  const mBits = mode === 0 ? M_BITS : mode * term;

  const multiplier = (word: bigint): bigint => {
    if (mode === 0) return BigInt.asIntN(M_BITS, word);
    let m = 0n;
    for (let t = 0; t < mode; t++) {
      const bits = word >> BigInt(t * term);
      const size = 1n << BigInt.asUintN(EXP_BITS, bits);
      if ((bits >> BigInt(EXP_BITS + 1)) & 1n) m += (bits >> BigInt(EXP_BITS)) & 1n ? -size : size;
    }
    return m;
  };
  const constants = Array.from({ length: BEATS }, () =>
    Array.from({ length: LANES }, () =>
      Array.from({ length: NEG ? 2 : 1 }, () => ({
        m: operand(rand, mBits, extreme),
        b: operand(rand, B_BITS, extreme),
      })),
    ),
  );
  const rows = constants.map((row) => {
    const words = row.flat().map(({ m, b }) => (b << BigInt(mBits)) | m);
    return lanes(words, B_BITS + mBits);
  });

  const stream: Stream = { input: [], inputLast: [], output: [], outputLast: [] };
  for (let i = 0; i < count; i++) {
    const acc = Array.from({ length: LANES }, () => operand(rand, IN_BITS, extreme));
    const q = acc.map((word, lane) => {
      const value = IN_SIGNED ? BigInt.asIntN(IN_BITS, word) : word;
      const floors = constants[i % BEATS]![lane]!.map(
        ({ m, b }) => (value * multiplier(m) + BigInt.asIntN(B_BITS, b)) >> BigInt(SHIFT),
      );
      const f = NEG && floors[0]! < BigInt(PIVOT) ? floors[1]! : floors[0]!;
      return !CLAMP ? f : f < BigInt(LO) ? BigInt(LO) : f > BigInt(HI) ? BigInt(HI) : f;
    });
    stream.input.push(lanes(acc, IN_BITS));
    stream.inputLast.push(rand.bool(0.3));
    stream.output.push(lanes(q, OUT_BITS));
    stream.outputLast.push(stream.inputLast[i]!);
  }
  const params = {
    ...{ LANES, BEATS, IN_BITS, IN_SIGNED, M_BITS, B_BITS, SHIFT, OUT_BITS, CLAMP, LO, HI },
    ...{ MODE: mode, EXP_BITS, NEG, PIVOT, INTERVAL, MEM_FILE: memory(rows) },
  };
  return { params, stream };
}

const shapes: Shape[] = [
  { LANES: 2, BEATS: 3, IN_BITS: 12, IN_SIGNED: 0, B_BITS: 24, SHIFT: 12, OUT_BITS: 8 },
  {
    LANES: 1,
    BEATS: 1,
    IN_BITS: 18,
    IN_SIGNED: 1,
    B_BITS: 30,
    SHIFT: 3,
    OUT_BITS: 8,
    LO: -100,
    HI: 90,
    NEG: 1,
    PIVOT: -7,
  },
  {
    LANES: 3,
    BEATS: 5,
    IN_BITS: 9,
    IN_SIGNED: 0,
    M_BITS: 4,
    B_BITS: 10,
    SHIFT: 0,
    OUT_BITS: 40,
    CLAMP: 0,
    EXP_BITS: 1,
  },
  {
    LANES: 1,
    BEATS: 2,
    IN_BITS: 5,
    IN_SIGNED: 1,
    B_BITS: 40,
    SHIFT: 20,
    OUT_BITS: 4,
    LO: 3,
    HI: 12,
    EXP_BITS: 3,
    extreme: true,
  },
  {
    LANES: 2,
    BEATS: 3,
    IN_BITS: 6,
    IN_SIGNED: 1,
    M_BITS: 6,
    B_BITS: 8,
    SHIFT: 7,
    OUT_BITS: 12,
    LO: -2000,
    HI: 2000,
    EXP_BITS: 3,
    NEG: 1,
    PIVOT: 1,
  },
];

/** Results below, between and above bounds that are not those of OUT_BITS. */
const inner: Shape = {
  LANES: 4,
  BEATS: 4,
  IN_BITS: 8,
  IN_SIGNED: 1,
  M_BITS: 6,
  B_BITS: 9,
  SHIFT: 5,
  OUT_BITS: 6,
  LO: -20,
  HI: 17,
  EXP_BITS: 3,
};
/** The same with the bounds of OUT_BITS. */
const whole: Shape = { ...inner, LO: -32, HI: 31 };

const onlyTheSignIsLeft: Shape = {
  LANES: 2,
  BEATS: 2,
  IN_BITS: 12,
  IN_SIGNED: 0,
  B_BITS: 6,
  SHIFT: 50,
  OUT_BITS: 4,
  LO: -3,
  HI: 4,
  EXP_BITS: 5,
  extreme: true,
};

describe.each([0, 1, 2] as const)("axis_requant, mode %i", (mode) => {
  describe.each(simulators)("on %s", (sim) => {
    const all = [...shapes, inner, whole, onlyTheSignIsLeft];
    test.each(shapesOn(sim, all))("$LANES lanes, $BEATS beats, $IN_BITS bits, shift $SHIFT", async (shape) => {
      const { params, stream } = bench(shape, mode);
      for (const { source, sink } of stallCorners)
        await check("axis_requant", params, stream, { sim, source, sink, fullRate: source + sink === 0 });
    });
  });

  test("a shallow FIFO for rare beats stays correct", async () => {
    for (const INTERVAL of [2, 3, 5, 12]) {
      const { params, stream } = bench({ ...shapes[0]!, INTERVAL }, mode, 30);
      for (const { source, sink } of stallCorners)
        await check("axis_requant", params, stream, { sim: "icarus", source, sink });
    }
  });

  test("a source that gives a beat every INTERVAL clocks never waits", async () => {
    for (const INTERVAL of [2, 3, 4, 5, 7, 12]) {
      const { params, stream } = bench({ ...shapes[0]!, INTERVAL }, mode, 30);
      const stimulus = { sim: "icarus", source: 0, sink: 0, every: INTERVAL, fullRate: true } as const;
      await check("axis_requant", params, stream, stimulus);
    }
  });
});

describe("the bench kills mutants of axis_requant", () => {
  const faults: { name: string; mode: Mode; shape: Shape; from: string; to: string }[] = [
    {
      name: "one's complement of a term",
      mode: 1,
      shape: shapes[2]!,
      from: "assign up = g_term[0].neg;",
      to: "assign up = 1'b0;",
    },
    {
      name: "upper bound off by one",
      mode: 0,
      shape: inner,
      from: "over ? high[OUT_BITS-1:0]",
      to: "over ? high[OUT_BITS-1:0] - 1'b1",
    },
    { name: "inside OUT_BITS, above the bound", mode: 0, shape: inner, from: "(HI_FREE == 0) &&", to: "1'b0 &&" },
    { name: "inside OUT_BITS, below the bound", mode: 0, shape: inner, from: "(LO_FREE == 0) &&", to: "1'b0 &&" },
    { name: "far above", mode: 0, shape: whole, from: "= !neg && (|upper)", to: "= 1'b0 && (|upper)" },
    { name: "far below", mode: 0, shape: whole, from: "|| !(&upper)", to: "|| 1'b0" },
    {
      name: "a little below zero",
      mode: 0,
      shape: { ...inner, LO: 0, HI: 63 },
      from: "neg && ((SIGN == 0) ||",
      to: "neg && (1'b0 ||",
    },
    { name: "pair chosen at the pivot", mode: 0, shape: shapes[4]!, from: "(f0 < bound)", to: "(f0 <= bound)" },
    {
      name: "second pair never used",
      mode: 2,
      shape: shapes[4]!,
      from: "? g_pair[PAIRS-1].floor :",
      to: "? g_pair[0].floor :",
    },
    {
      name: "accumulator taken as signed",
      mode: 0,
      shape: shapes[0]!,
      from: "assign a = {1'b0, acc_q1[i*IN_BITS +: IN_BITS]};",
      to: "assign a = {acc_q1[i*IN_BITS + IN_BITS-1], acc_q1[i*IN_BITS +: IN_BITS]};",
    },
    {
      name: "one credit too many",
      mode: 0,
      shape: shapes[0]!,
      from: "credit <= DEPTH[CR_BITS-1:0]",
      to: "credit <= DEPTH[CR_BITS-1:0] + 1'b1",
    },
  ];
  test("a place too few for the interval", async () => {
    const fault = { from: "credit <= DEPTH[CR_BITS-1:0]", to: "credit <= DEPTH[CR_BITS-1:0] - 1'b1" };
    const { params, stream } = bench({ ...shapes[0]!, INTERVAL: 4 }, 0, 30);
    const stimulus = { sim: "icarus", source: 0, sink: 0, every: 4, fullRate: true } as const;
    await expect(check("axis_requant", params, stream, stimulus, sources("axis_requant", fault))).rejects.toThrow();
  });
  test.each(faults)("$name", async ({ mode, shape, from, to }) => {
    const file = sources("axis_requant", { from, to });
    const { params, stream } = bench(shape, mode);
    const runs = async (): Promise<void> => {
      for (const { source, sink } of stallCorners)
        await check("axis_requant", params, stream, { sim: "icarus", source, sink }, file);
    };
    await expect(runs()).rejects.toThrow();
  });
});
