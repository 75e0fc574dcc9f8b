// Two streams, scaled, added and clamped.
import { defineCell, type Numbers, signedBits } from "./define.ts";
import { outputFifo, signedDigits } from "./structure.ts";

const params = {
  LANES: "int",
  X0_BITS: "int",
  X1_BITS: "int",
  OUT_BITS: "int",
  M0: "int",
  M1: "int",
  B: "int",
  B_HIGH: "int",
  SHIFT: "int",
  CLAMP: "int",
  LO: "int",
  HI: "int",
  INTERVAL: "int",
} as const;

function widths(p: Numbers<typeof params>) {
  const P0_BITS = p.X0_BITS + 1 + signedBits(p.M0);
  const P1_BITS = p.X1_BITS + 1 + signedBits(p.M1);
  const BH_BITS = p.B_HIGH === 0 ? 1 : signedBits(p.B_HIGH) + 16;
  const B_BITS = Math.max(signedBits(p.B), BH_BITS) + 1;
  const PS_BITS = Math.max(P0_BITS, P1_BITS) + 1;
  const SUM_BITS = Math.max(Math.max(PS_BITS, B_BITS) + 1, p.SHIFT + 1);
  return { P0_BITS, P1_BITS, BH_BITS, B_BITS, PS_BITS, SUM_BITS, FL_BITS: SUM_BITS - p.SHIFT };
}

const STAGES = 4;

/** A multiplier's factors of two are wires; what is left of it makes the product. */
function product(bits: number, m: number) {
  const twos = m === 0 ? 0 : Math.log2(m & -m);
  const odd = m / 2 ** twos;
  // The tools take a positive constant as unsigned.
  const b = signedBits(odd) - (odd > 0 ? 1 : 0);
  const y = m === 0 ? 0 : bits + b;
  return { twos, bits: y, scaled: Math.max(0, signedDigits(odd) - 1) * y, a: bits + 1, b };
}

export const axisAdd = defineCell({
  module: "axis_add",
  params,
  defaults: { INTERVAL: 1, B_HIGH: 0 },
  ports: (p) => ({
    in: { s0_axis: p.LANES * p.X0_BITS, s1_axis: p.LANES * p.X1_BITS },
    out: { m_axis: p.LANES * p.OUT_BITS },
  }),
  constants: (p) => ({ STAGES, ...widths(p), ...outputFifo(STAGES, p.INTERVAL).inner }),
  fill: (p) => STAGES + outputFifo(STAGES, p.INTERVAL).clocks,
  places: (p) => outputFifo(STAGES, p.INTERVAL).places,
  structure: (p) => {
    const { LANES: lanes } = p;
    const { FL_BITS: floor } = widths(p);
    const factors = [product(p.X0_BITS, p.M0), product(p.X1_BITS, p.M1)];
    const low = Math.min(...factors.map((f) => f.twos));
    const ps = Math.max(...factors.map((f) => f.bits + f.twos)) + 1 - low;
    const outputs = outputFifo(STAGES, p.INTERVAL);
    const fifo = outputs.parts(lanes * p.OUT_BITS + 1);
    const control = outputs.count + 4;
    return {
      logic: {
        joined: lanes * ps,
        sums: p.B !== 0 || p.B_HIGH !== 0 ? lanes * Math.max(ps, floor) : 0,
        ...(p.CLAMP ? { clamp: lanes * floor, bounds: lanes * p.OUT_BITS } : {}),
        control,
        ...fifo.logic,
      },
      ff:
        lanes * (p.X0_BITS + p.X1_BITS + ps + floor) +
        lanes * factors.reduce((n, f) => n + (f.scaled > 0 ? 0 : f.bits), 0) +
        2 * STAGES +
        control +
        fifo.ff,
      shifts: 2 * STAGES,
      memories: fifo.memories,
      products: factors
        .filter((f) => f.scaled > 0)
        .map((f) => ({ count: lanes, a: f.a, b: f.b, y: f.bits, scaled: f.scaled })),
    };
  },
  packed: ["p0_q2", "p1_q2"],
});
