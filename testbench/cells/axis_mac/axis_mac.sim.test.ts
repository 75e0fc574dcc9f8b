import { describe, expect, test } from "vitest";
import { Rand, stallCorners } from "../../lib/index.ts";
import { check, lanes, memory, operand, type Parameters, type Stream, sources } from "../arithmetic.ts";

interface Shape {
  SIMD: number;
  PE: number;
  SF: number;
  NF: number;
  X_BITS: number;
  W_BITS: number;
  DEPTHWISE?: 0 | 1;
  /** Windows side by side. */
  PIXELS?: number;
  extreme?: boolean;
}

/** Weights, a few back-to-back windows and their sums, in plain loops over the definition. */
function bench(shape: Shape, dots = 24): { params: Parameters; stream: Stream } {
  const { SIMD, PE, SF, NF, X_BITS, W_BITS, DEPTHWISE = 0, PIXELS = 1, extreme = false } = shape;
  const rand = new Rand(SIMD * 1000 + SF * 100 + X_BITS);
  const out = DEPTHWISE ? SIMD : PE;
  const taps = DEPTHWISE ? 1 : SIMD;
  const weight = Array.from({ length: NF * SF }, () =>
    Array.from({ length: PE * SIMD }, () => BigInt.asIntN(W_BITS, operand(rand, W_BITS, extreme))),
  );
  const largest = (2n ** BigInt(X_BITS) - 1n) * 2n ** BigInt(W_BITS - 1) * BigInt(SF * taps);
  const ACC_BITS = largest.toString(2).length + 1;

  const stream: Stream = { input: [], inputLast: [], output: [], outputLast: [] };
  for (let dot = 0; dot < dots; dot++) {
    const acc = Array.from({ length: PIXELS }, () => new Array<bigint>(out).fill(0n));
    for (let sf = 0; sf < SF; sf++) {
      const windows = acc.map(() => Array.from({ length: SIMD }, () => operand(rand, X_BITS, extreme)));
      const w = weight[(dot % NF) * SF + sf]!;
      for (const [i, x] of windows.entries())
        for (let p = 0; p < out; p++)
          for (let s = 0; s < taps; s++) acc[i]![p]! += x[DEPTHWISE ? p : s]! * w[p * taps + s]!;
      stream.input.push(lanes(windows.flat(), X_BITS));
      stream.inputLast.push(rand.bool(0.3));
    }
    stream.output.push(lanes(acc.flat(), ACC_BITS));
    stream.outputLast.push(stream.inputLast.at(-1)!);
  }
  const MEM_FILE = memory(weight.map((row) => lanes(row, W_BITS)));
  return { params: { SIMD, PE, SF, NF, X_BITS, W_BITS, ACC_BITS, DEPTHWISE, PIXELS, MEM_FILE }, stream };
}

const shapes: Shape[] = [
  { SIMD: 4, PE: 2, SF: 3, NF: 2, X_BITS: 8, W_BITS: 8 },
  { SIMD: 5, PE: 3, SF: 9, NF: 2, X_BITS: 4, W_BITS: 6, extreme: true },
  { SIMD: 1, PE: 1, SF: 1, NF: 1, X_BITS: 1, W_BITS: 1 },
  { SIMD: 3, PE: 1, SF: 1, NF: 2, X_BITS: 8, W_BITS: 16, extreme: true },
  { SIMD: 5, PE: 1, SF: 4, NF: 2, X_BITS: 8, W_BITS: 8, DEPTHWISE: 1 },
  { SIMD: 3, PE: 2, SF: 2, NF: 2, X_BITS: 4, W_BITS: 5, PIXELS: 3 },
  { SIMD: 3, PE: 1, SF: 1, NF: 2, X_BITS: 4, W_BITS: 4, DEPTHWISE: 1, PIXELS: 2 },
  { SIMD: 3, PE: 2, SF: 35, NF: 30, X_BITS: 4, W_BITS: 4 },
];

describe("axis_mac", () => {
  test.each(shapes)("$SIMD x $PE lanes, fold $SF x $NF, $X_BITS and $W_BITS bits", async (shape) => {
    const { params, stream } = bench(shape);
    for (const { source, sink } of stallCorners)
      await check("axis_mac", params, stream, { sim: "verilator", source, sink, fullRate: source + sink === 0 });
  });

  test("Icarus agrees", async () => {
    for (const shape of [...shapes.slice(0, 3), shapes[5]!]) {
      const { params, stream } = bench(shape);
      for (const { source, sink } of stallCorners)
        await check("axis_mac", params, stream, { sim: "icarus", source, sink, fullRate: source + sink === 0 });
    }
  });

  interface Fault {
    name: string;
    shape?: Shape;
    from: string;
    to: string;
  }
  const faults: Fault[] = [
    { name: "unsigned weights", from: "{(P_FULL-W_BITS){w_lane[W_BITS-1]}}", to: "{(P_FULL-W_BITS){1'b0}}" },
    { name: "tree without sign extension", from: "(SIGNED != 0) && b_in[B_IN-1]", to: "1'b0" },
    { name: "accumulator not cleared", from: "if (rst || root_done) acc", to: "if (rst) acc" },
    { name: "tlast of the next beat", from: "root_last  = last_q[STAGES-1]", to: "root_last  = last_q[STAGES-2]" },
    { name: "every window is the first one", shape: shapes[5]!, from: "o : (o/GROUP)*SIMD + n", to: "o : n" },
    {
      name: "weights of the window's number",
      shape: shapes[5]!,
      from: "((o%GROUP)*TAPS + n)*W_BITS +: W_BITS];\n                wire signed",
      to: "((o/GROUP)*TAPS + n)*W_BITS +: W_BITS];\n                wire signed",
    },
  ];
  test.each(faults)("the bench kills a mutant: $name", async ({ shape = shapes[0]!, from, to }: Fault) => {
    const { params, stream } = bench(shape);
    const run = check(
      "axis_mac",
      params,
      stream,
      { sim: "icarus", source: 0, sink: 0 },
      sources("axis_mac", { from, to }),
    );
    await expect(run).rejects.toThrow();
  });
});
