import { describe, expect, test } from "vitest";
import { Rand, stallCorners } from "../../lib/index.ts";
import { check, lanes, memory, operand, type Parameters, type Stream, sources } from "../arithmetic.ts";
import { shapesOn, simulators } from "../stream.ts";

interface Shape {
  SIMD: number;
  PE: number;
  SF: number;
  NF: number;
  X_BITS: number;
  W_BITS: number;
  DEPTHWISE?: 0 | 1;
  /** Weights in front of the subtraction. */
  TABLE?: 1;
  /** Windows side by side. */
  PIXELS?: number;
  /** Narrower than the worst case: sums are modulo 2^ACC_BITS. */
  ACC_BITS?: number;
  /** Only all-ones and zeros (and the middle of the range). */
  extreme?: boolean;
}

/** Weights, a few back-to-back windows and their sums, in plain loops over the definition; circuit 1 leaves the weights in; 2: with adders of three. */
function bench(shape: Shape, circuit: 0 | 1 | 2, dots = 24): { params: Parameters; stream: Stream } {
  const { SIMD, PE, SF, NF, X_BITS, W_BITS, DEPTHWISE = 0, PIXELS = 1, extreme = false } = shape;
  const rand = new Rand(SIMD * 1000 + SF * 100 + X_BITS);
  const out = DEPTHWISE ? SIMD : PE;
  const taps = DEPTHWISE ? 1 : SIMD;
  const weight = Array.from({ length: NF * SF }, () =>
    Array.from({ length: PE * SIMD }, () => operand(rand, W_BITS, extreme)),
  );
  const top = 2n ** BigInt(Math.max(X_BITS, W_BITS)) - 1n;
  // A tap gives at most the largest operand, twice that with its weight.
  const ACC_BITS = shape.ACC_BITS ?? (BigInt(circuit ? 2 : 1) * top * BigInt(SF * taps)).toString(2).length;

  const stream: Stream = { input: [], inputLast: [], output: [], outputLast: [] };
  for (let dot = 0; dot < dots; dot++) {
    const acc = Array.from({ length: PIXELS }, () => new Array<bigint>(out).fill(0n));
    for (let sf = 0; sf < SF; sf++) {
      const windows = acc.map(() => Array.from({ length: SIMD }, () => operand(rand, X_BITS, extreme)));
      const w = weight[(dot % NF) * SF + sf]!;
      for (const [i, x] of windows.entries())
        for (let p = 0; p < out; p++)
          for (let s = 0; s < taps; s++) {
            const d = x[DEPTHWISE ? p : s]! - w[p * taps + s]!;
            acc[i]![p]! += (d < 0n ? -d : d) + (circuit ? w[p * taps + s]! : 0n);
          }
      stream.input.push(lanes(windows.flat(), X_BITS));
      // A tlast inside a dot product means nothing to the cell.
      stream.inputLast.push(rand.bool(0.3));
    }
    stream.output.push(lanes(acc.flat(), ACC_BITS));
    stream.outputLast.push(stream.inputLast.at(-1)!);
  }
  const params = {
    SIMD,
    PE,
    SF,
    NF,
    X_BITS,
    W_BITS,
    ACC_BITS,
    L1: circuit ? 1 : 0,
    TERNARY: circuit === 2 ? 1 : 0,
    TABLE: shape.TABLE ?? 0,
    DEPTHWISE,
    PIXELS,
    MEM_FILE: memory(weight.map((row) => lanes(row, W_BITS))),
  };
  return { params, stream };
}

const shapes: Shape[] = [
  { SIMD: 4, PE: 2, SF: 3, NF: 2, X_BITS: 8, W_BITS: 8 },
  { SIMD: 5, PE: 3, SF: 9, NF: 2, X_BITS: 4, W_BITS: 6 },
  { SIMD: 7, PE: 1, SF: 2, NF: 3, X_BITS: 8, W_BITS: 8, extreme: true },
  { SIMD: 1, PE: 1, SF: 1, NF: 1, X_BITS: 1, W_BITS: 1 },
  { SIMD: 3, PE: 4, SF: 1, NF: 4, X_BITS: 10, W_BITS: 3, extreme: true },
  { SIMD: 5, PE: 1, SF: 4, NF: 2, X_BITS: 8, W_BITS: 8, DEPTHWISE: 1 },
  { SIMD: 3, PE: 2, SF: 2, NF: 2, X_BITS: 4, W_BITS: 5, PIXELS: 3 },
  { SIMD: 3, PE: 1, SF: 1, NF: 2, X_BITS: 4, W_BITS: 4, DEPTHWISE: 1, PIXELS: 2 },
  { SIMD: 3, PE: 2, SF: 35, NF: 30, X_BITS: 4, W_BITS: 4 },
  { SIMD: 5, PE: 3, SF: 9, NF: 2, X_BITS: 4, W_BITS: 6, TABLE: 1 },
  { SIMD: 5, PE: 1, SF: 3, NF: 1, X_BITS: 8, W_BITS: 8, DEPTHWISE: 1, TABLE: 1 },
];

/** Sums of fewer bits than the tree could need: its nodes wrap, and the sums with them. */
const wrapping: Shape[] = [
  { SIMD: 5, PE: 2, SF: 1, NF: 2, X_BITS: 8, W_BITS: 8, ACC_BITS: 9 },
  { SIMD: 5, PE: 2, SF: 2, NF: 2, X_BITS: 8, W_BITS: 8, ACC_BITS: 10 },
  { SIMD: 7, PE: 2, SF: 1, NF: 2, X_BITS: 8, W_BITS: 8, ACC_BITS: 10 },
  { SIMD: 9, PE: 2, SF: 3, NF: 2, X_BITS: 8, W_BITS: 8, ACC_BITS: 9 },
  { SIMD: 16, PE: 2, SF: 2, NF: 2, X_BITS: 8, W_BITS: 8, ACC_BITS: 10 },
];

describe.each([0, 1, 2] as const)("axis_sad, circuit %i", (circuit) => {
  test.each(wrapping)("$SIMD lanes, fold $SF, sums of $ACC_BITS bits wrap", async (shape) => {
    const { params, stream } = bench(shape, circuit);
    for (const { source, sink } of stallCorners)
      await check("axis_sad", params, stream, { sim: "icarus", source, sink, fullRate: source + sink === 0 });
  });

  describe.each(simulators)("on %s", (sim) => {
    test.each(shapesOn(sim, shapes))("$SIMD x $PE lanes, fold $SF x $NF, $X_BITS and $W_BITS bits", async (shape) => {
      const { params, stream } = bench(shape, circuit);
      for (const { source, sink } of stallCorners)
        await check("axis_sad", params, stream, { sim, source, sink, fullRate: source + sink === 0 });
    });
  });

  test("full rate for every fold", async () => {
    for (let SF = 1; SF <= 12; SF++) {
      const { params, stream } = bench({ SIMD: 2, PE: 1, SF, NF: 1, X_BITS: 3, W_BITS: 3 }, circuit, 30);
      await check("axis_sad", params, stream, { sim: "icarus", source: 0, sink: 0, fullRate: true });
    }
  });
});

describe("the bench kills mutants of axis_sad", () => {
  const faults: { name: string; circuit: 0 | 1 | 2; shape: Shape; from: string; to: string }[] = [
    {
      name: "no carry-in in the tree",
      circuit: 0,
      shape: shapes[0]!,
      from: "a + b + {{(WIDTH-1){1'b0}}, turn}",
      to: "a + b",
    },
    { name: "one's complement at the root", circuit: 0, shape: shapes[1]!, from: "acc + mag + one", to: "acc + mag" },
    { name: "signs combined wrongly", circuit: 0, shape: shapes[0]!, from: "a_neg ^ g_level", to: "a_neg | g_level" },
    {
      name: "accumulator not cleared",
      circuit: 0,
      shape: shapes[0]!,
      from: "if (rst || root_done) acc <= {ACC_BITS{1'b0}};\n                        else if (valid_q[STAGES-1])  acc <= sum",
      to: "if (rst) acc <= {ACC_BITS{1'b0}};\n                        else if (valid_q[STAGES-1])  acc <= sum",
    },
    {
      name: "weights wrap too early",
      circuit: 0,
      shape: shapes[1]!,
      from: "ROW_LAST = ROWS - 1",
      to: "ROW_LAST = ROWS - 2",
    },
    {
      name: "every window is the first one",
      circuit: 0,
      shape: shapes[6]!,
      from: "localparam integer X_LANE = (DEPTHWISE != 0) ? o : (o/GROUP)*SIMD + n;\n                    wire [D_BITS:0] x",
      to: "localparam integer X_LANE = (DEPTHWISE != 0) ? o : n;\n                    wire [D_BITS:0] x",
    },
    { name: "one sum of x for all windows", circuit: 1, shape: shapes[6]!, from: "? o : o/GROUP;", to: "? o : 0;" },
    { name: "no saturation", circuit: 1, shape: shapes[0]!, from: "if (less) d_q", to: "if (1'b0) d_q" },
    {
      name: "the sum goes on with the next output",
      circuit: 1,
      shape: shapes[0]!,
      from: "acc_first <= root_done;",
      to: "acc_first <= 1'b0;",
    },
    {
      name: "a third number left out",
      circuit: 2,
      shape: shapes[0]!,
      from: ".b(twice), .c(x_root[X_TREE*ACC_BITS +: ACC_BITS])",
      to: ".b(twice), .c({ACC_BITS{1'b0}})",
    },
    {
      name: "a table of another row",
      circuit: 2,
      shape: shapes[9]!,
      from: "not_at <= ~row;",
      to: "not_at <= row;",
    },
    {
      name: "one credit too many",
      circuit: 0,
      shape: shapes[0]!,
      from: "credit <= DEPTH[CR_BITS-1:0]",
      to: "credit <= DEPTH[CR_BITS-1:0] + 1'b1",
    },
    {
      name: "one place too few for the rate",
      circuit: 0,
      shape: shapes[0]!,
      from: "credit <= DEPTH[CR_BITS-1:0]",
      to: "credit <= DEPTH[CR_BITS-1:0] - 1'b1",
    },
  ];
  test.each(faults)("$name", async ({ circuit, shape, from, to }) => {
    const { params, stream } = bench(shape, circuit);
    const file = sources("axis_sad", { from, to });
    const runs = async (): Promise<void> => {
      for (const { source, sink } of stallCorners)
        await check("axis_sad", params, stream, { sim: "icarus", source, sink, fullRate: source + sink === 0 }, file);
    };
    await expect(runs()).rejects.toThrow();
  });
});
