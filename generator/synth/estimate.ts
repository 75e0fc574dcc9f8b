// A quick guess of what a design takes, to choose folds before any synthesis. Synthesis has the last word.
import type { HwGraph, HwInstance, ParamValue } from "../ir/hardware.ts";
import { type Cost, families, type Target } from "../targets/index.ts";
import { none, plus } from "./netlist.ts";

const num = (v: ParamValue | undefined): number => (typeof v === "number" ? v : 0);
const log2 = (n: number): number => Math.ceil(Math.log2(Math.max(n, 2)));

/** Words and bits of the family's block RAM in its shapes, widest first. */
const shapes: Readonly<Record<Target["family"], readonly (readonly [bits: number, words: number])[]>> = {
  ice40: [
    [16, 256],
    [8, 512],
    [4, 1024],
    [2, 2048],
  ],
  ecp5: [
    [36, 512],
    [18, 1024],
    [9, 2048],
    [4, 4096],
  ],
  gowin: [
    [36, 512],
    [18, 1024],
    [9, 2048],
    [4, 4096],
  ],
  nexus: [
    [32, 512],
    [16, 1024],
    [8, 2048],
    [4, 4096],
  ],
  xc7: [
    [36, 512],
    [18, 1024],
    [9, 2048],
    [4, 4096],
  ],
  xcup: [
    [36, 512],
    [18, 1024],
    [9, 2048],
    [4, 4096],
  ],
  intel: [
    [40, 256],
    [20, 512],
    [10, 1024],
    [5, 2048],
  ],
};

/** A memory in block RAMs, or in LUTs where it is small. */
function memory(family: Target["family"], bits: number, words: number): Partial<Cost> {
  if (bits * words <= 512) return { lut: Math.ceil((bits * words) / 12) };
  return { bram: Math.min(...shapes[family].map(([b, w]) => Math.ceil(bits / b) * Math.ceil(words / w))) };
}

function instance(i: HwInstance, target: Target, dsp: boolean): Cost {
  const p = (k: string) => num(i.params[k]);
  const { family } = target;
  const six = family === "xc7" || family === "xcup" || family === "intel";
  const carry2 = family === "ecp5" || family === "nexus";
  const bits = Math.max(p("X_BITS"), p("W_BITS"));
  const outs = p("DEPTHWISE") ? p("SIMD") : p("PE");
  const products = (n: number, a: number, b: number): Partial<Cost> =>
    dsp ? { dsp: n } : { lut: n * a * b * (six ? 1.6 : carry2 ? 3.2 : 2.2) };
  switch (i.cell) {
    case "axis_sad": {
      const perBit = six ? 2.9 : carry2 ? 4.5 : 3.6;
      const array = p("SIMD") * p("PE") * (bits * perBit + 2) + outs * p("ACC_BITS") * 3 + 70;
      return plus(plus(none, { lut: array }), memory(family, p("SIMD") * p("PE") * p("W_BITS"), p("SF") * p("NF")));
    }
    case "axis_mac": {
      const array = p("SIMD") * p("PE") * bits * 2 + outs * p("ACC_BITS") * 3 + 70;
      const sums = plus({ ...none, lut: array }, products(p("SIMD") * p("PE"), bits, bits));
      return plus(sums, memory(family, p("SIMD") * p("PE") * p("W_BITS"), p("SF") * p("NF")));
    }
    case "axis_requant": {
      const lanes = p("LANES");
      const rest = plus(
        { ...none, lut: lanes * (p("B_BITS") + 2 * p("OUT_BITS") + 20) + 60 },
        memory(family, lanes * (p("M_BITS") + p("B_BITS")), p("BEATS")),
      );
      return plus(
        rest,
        p("MODE") === 0 ? products(lanes, p("M_BITS"), p("IN_BITS")) : { lut: lanes * p("IN_BITS") * 4 },
      );
    }
    case "axis_window": {
      const words = p("ROWS") * p("IN_W") * p("WORDS");
      return plus(
        { ...none, lut: 10 * log2(words) + p("SIMD") * p("BITS") + 90 },
        memory(family, p("SIMD") * p("BITS"), words),
      );
    }
    case "axis_fifo":
      return plus({ ...none, lut: 5 * log2(p("DEPTH")) + 15 }, memory(family, p("WIDTH") + 1, p("DEPTH")));
    default: {
      const lanes = Math.max(p("LANES"), p("IN_LANES"), p("OUT_LANES"), 1);
      const width = Math.max(p("WIDTH"), lanes * Math.max(p("BITS"), p("IN_BITS"), p("OUT_BITS"), p("A_BITS")));
      return { ...none, lut: 2 * width + 25 };
    }
  }
}

/** LUTs, block RAMs and DSP blocks of an accelerator. */
export const estimate = (hw: HwGraph, target: Target, dsp: boolean): Cost =>
  hw.blocks.flatMap((b) => b.instances).reduce((sum, i) => plus(sum, instance(i, target, dsp)), none);

export interface Shortage {
  readonly what: string;
  readonly need: number;
  readonly have: number;
}

/** What a device has too little of. `share` of its LUTs and flip-flops may be taken. */
export function shortages(cost: Cost, target: Target, share = 1): Shortage[] {
  const have = target.device?.resources;
  if (!have) return [];
  const { words } = families[target.family];
  return [
    { what: words.lut, need: Math.ceil(cost.lut), have: Math.floor(have.lut * share) },
    { what: "flip-flop", need: cost.ff, have: Math.floor(have.ff * share) },
    { what: words.bram, need: cost.bram, have: have.bram },
    { what: words.dsp, need: cost.dsp, have: have.dsp },
  ].filter((r) => r.need > r.have);
}
