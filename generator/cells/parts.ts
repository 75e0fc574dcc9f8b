// Cells that other cells are composed of: the compiler never instantiates them itself.
import { clog2, defineShellCell } from "./define.ts";
import { levelsOf, outputFifo } from "./structure.ts";

const axisCredit = defineShellCell({
  module: "axis_credit",
  params: { WIDTH: "int", LATENCY: "int", INTERVAL: "int" },
  constants: (p) => outputFifo(p.LATENCY, p.INTERVAL).constants,
  structure: (p) => outputFifo(p.LATENCY, p.INTERVAL).parts(p.WIDTH + 1, ""),
});

const intClamp = defineShellCell({
  module: "int_clamp",
  params: { IN_BITS: "int", OUT_BITS: "int", CLAMP: "int", LO: "int", HI: "int" },
});

const sumTree = defineShellCell({
  module: "sum_tree",
  params: { TAPS: "int", BITS: "int", MOST: "int", SIGNED: "int", RADIX: "int", PRIMITIVES: "int" },
  constants: (p) => ({ LEVELS: levelsOf(p.TAPS, p.RADIX) }),
});

export const ternaryAdd = defineShellCell({
  module: "ternary_add",
  params: { BITS: "int", PRIMITIVES: "int" },
});

const absTree = defineShellCell({
  module: "abs_tree",
  params: { TAPS: "int", BITS: "int", MOST: "int" },
  constants: (p) => ({ LEVELS: clog2(p.TAPS) }),
});

export const partCells = [axisCredit, intClamp, sumTree, absTree, ternaryAdd] as const;
