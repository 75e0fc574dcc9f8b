// Accumulators to the next layer's integers: multiply, add, shift, clamp.
import type { HwInstance } from "../ir/hardware.ts";
import { type Contents, counterBits, defineCell, type Numbers, streamPorts } from "./define.ts";
import { outputFifo, signedDigits } from "./structure.ts";

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
  MODE: "int",
  EXP_BITS: "int",
  NEG: "int",
  PIVOT: "int",
  INTERVAL: "int",
  MEM_FILE: "file",
  MEM_STYLE: "style",
} as const;

function shape(p: Numbers<typeof params>) {
  const PAIRS = p.NEG ? 2 : 1;
  const TERMS = p.MODE === 2 ? 2 : 1;
  const MW = p.MODE === 0 ? p.M_BITS : TERMS * (p.EXP_BITS + 2);
  const A_BITS = p.IN_BITS + (p.IN_SIGNED ? 0 : 1);
  const SH_BITS = A_BITS + 2 ** p.EXP_BITS - 1;
  const P_BITS = p.MODE === 0 ? A_BITS + p.M_BITS : SH_BITS + TERMS;
  const SUM_BITS = Math.max(Math.max(P_BITS, p.B_BITS) + 1, p.SHIFT + 1);
  const FL_BITS = SUM_BITS - p.SHIFT;
  // Four-way shifts, a stage each.
  const SHIFTS = Math.floor((p.EXP_BITS + 1) / 2);
  const PRE = p.MODE === 0 ? 1 : p.MODE === 1 ? SHIFTS : SHIFTS + 1;
  // Fetch, product or shifts, sum, the choice of a pair.
  const STAGES = PRE + 2 + (p.NEG ? 1 : 0);
  const constants = { PAIRS, TERMS, MW, A_BITS, SH_BITS, P_BITS, SUM_BITS, FL_BITS, SHIFTS, PRE, STAGES };
  return { constants, fifo: outputFifo(STAGES, p.INTERVAL) };
}

/** FACTOR where all multipliers are one: a mean's, say. */
function factorOf(params: HwInstance["params"]): Contents {
  const memory = params.MEM_FILE;
  if (params.MODE !== 0 || typeof memory !== "object") return {};
  const [m, b, lanes] = [Number(params.M_BITS), Number(params.B_BITS), Number(params.LANES) * (params.NEG ? 2 : 1)];
  const factor = (w: bigint, lane: number) => BigInt.asIntN(m, w >> BigInt(lane * (m + b)));
  const first = factor(memory.words[0] ?? 0n, 0);
  const same = memory.words.every((w) =>
    Array.from({ length: lanes }, (_, l) => factor(w, l)).every((one) => one === first),
  );
  return same ? { FACTOR: Number(first) } : {};
}

export const axisRequant = defineCell({
  module: "axis_requant",
  params,
  defaults: { INTERVAL: 1 },
  ports: (p) => streamPorts(p.LANES * p.IN_BITS, p.LANES * p.OUT_BITS),
  constants: (p) => {
    const { constants, fifo } = shape(p);
    return { ...constants, ...fifo.inner };
  },
  fill: (p) => {
    const { constants, fifo } = shape(p);
    return constants.STAGES + fifo.clocks;
  },
  places: (p) => shape(p).fifo.places,
  contents: factorOf,
  structure: (p, { FACTOR }) => {
    const { constants, fifo: outputs } = shape(p);
    const {
      PAIRS,
      TERMS,
      MW,
      A_BITS: a,
      P_BITS,
      SUM_BITS,
      FL_BITS: floor,
      SHIFTS: steps,
      PRE: pre,
      STAGES,
    } = constants;
    const { LANES: lanes, MODE: mode, EXP_BITS: exp, BEATS: beats } = p;
    const fifo = outputs.parts(lanes * p.OUT_BITS + 1);
    let shifts = 0;
    let held = 0;
    for (let k = 1; mode > 0 && k <= steps; k++) {
      const done = Math.min(2 * k, exp);
      shifts += (a + 2 ** done - 1) * (2 * k - 1 < exp ? 1 : 0.5);
      held += a + 2 ** done - 1 + 1 + (exp - done);
    }
    const all = lanes * PAIRS;
    const control = (beats > 1 ? counterBits(beats) : 0) + outputs.count + 2;
    const late = pre >= 3 ? all * (pre - 2) * p.B_BITS : 0;
    // A factor that all rows share makes additions of shifted operands, as in axis_add.
    const scaled = FACTOR === undefined ? {} : { scaled: signedDigits(FACTOR) * a };
    return {
      kind: mode,
      logic: {
        ...(mode === 0
          ? {}
          : { shifts: all * TERMS * shifts, zero: all * TERMS * a, ...(mode === 2 ? { terms: all * P_BITS } : {}) }),
        sums: all * SUM_BITS,
        ...(p.NEG ? { leaky: lanes * floor } : {}),
        ...(p.CLAMP ? { clamp: lanes * floor, bounds: lanes * p.OUT_BITS } : {}),
        control,
        ...fifo.logic,
      },
      ff:
        lanes * p.IN_BITS +
        // The sum's bits below the floor are computed and not kept.
        all * (floor + TERMS * held + (mode === 2 ? P_BITS + 1 : 0)) +
        late +
        (PAIRS > 1 ? lanes * floor : 0) +
        2 * STAGES +
        control +
        fifo.ff,
      carried: all * Math.min(pre, 2) * p.B_BITS,
      shifts: 2 * STAGES + late,
      memories: [{ name: "constants", rows: beats, bits: all * (p.B_BITS + MW), file: "MEM_FILE" }, ...fifo.memories],
      products: mode === 0 ? [{ count: all, a, b: p.M_BITS, y: P_BITS, ...scaled }] : [],
    };
  },
});
