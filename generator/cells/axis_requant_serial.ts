// Accumulators to the next layer's integers without a multiplier: an addition for each bit of an accumulator.
import { counterBits, defineCell, type Numbers, streamPorts } from "./define.ts";

const params = {
  LANES: "int",
  BEATS: "int",
  IN_BITS: "int",
  IN_SIGNED: "int",
  M_BITS: "int",
  B_BITS: "int",
  SHIFT: "int",
  OUT_BITS: "int",
  CLAMP: "int",
  LO: "int",
  HI: "int",
  NEG: "int",
  PIVOT: "int",
  MEM_FILE: "file",
  MEM_STYLE: "style",
} as const;

function shape(p: Numbers<typeof params>) {
  const PAIRS = p.NEG ? 2 : 1;
  const STEPS = p.IN_BITS + 1;
  const S_BITS = Math.max(p.B_BITS, p.M_BITS);
  const ALL_BITS = S_BITS + p.IN_BITS;
  return {
    PAIRS,
    STEPS,
    S_BITS,
    ALL_BITS,
    BELOW: p.SHIFT < p.IN_BITS ? 1 : 0,
    FL_BITS: Math.max(1, ALL_BITS - p.SHIFT),
    DIRECT: p.BEATS <= 16 ? 1 : 0,
  };
}

export const axisRequantSerial = defineCell({
  module: "axis_requant_serial",
  params,
  ports: (p) => streamPorts(p.LANES * p.IN_BITS, p.LANES * p.OUT_BITS),
  constants: shape,
  fill: (p) => p.IN_BITS + 3,
  gap: serialClocks,
  structure: (p) => {
    const { PAIRS, STEPS, S_BITS, FL_BITS, BELOW, DIRECT } = shape(p);
    const { LANES: lanes, BEATS: beats } = p;
    const sums = lanes * PAIRS;
    const rows = beats > 1 ? counterBits(beats) : 0;
    const control = rows + counterBits(STEPS + 1);
    const lost = BELOW && p.NEG ? lanes * p.IN_BITS : 0;
    const row = sums * (p.B_BITS + p.M_BITS);
    // The model counts a read register for a table; here one word of a pair at a time is held.
    const words = sums * (S_BITS + 1) - (DIRECT && beats > 1 ? row : 0);
    return {
      plain: true,
      logic: {
        sums: sums * (S_BITS + 1),
        // What chooses between the words of a pair is part of a table of few rows.
        words: beats <= 8 ? 0 : sums * (S_BITS + 1),
        bits: lanes * STEPS,
        ...(p.NEG ? { leaky: lanes * FL_BITS } : {}),
        ...(p.CLAMP ? { clamp: lanes * FL_BITS, bounds: lanes * p.OUT_BITS } : {}),
        control,
      },
      ff: sums * S_BITS + words + lanes * (STEPS + p.OUT_BITS) + lost + control + 7,
      memories: [
        DIRECT
          ? { name: "g_direct.constants", rows: beats, bits: row, file: "MEM_FILE", style: "logic" }
          : { name: "g_read.constants", rows: beats, bits: row, file: "MEM_FILE" },
      ],
    };
  },
});

/** Clocks between beats of accumulators of so many bits. */
export function serialClocks({ IN_BITS }: { readonly IN_BITS: number }): number {
  return IN_BITS + 2;
}
