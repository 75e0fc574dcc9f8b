// Typed signatures of templates/*.v. scripts/lint-cells compares them with the parameters a tool reads from the files.
import type { HwMemory } from "../ir/hardware.ts";

export type ParamKind = "int" | "wide" | "file";

export interface CellSignature {
  readonly module: string;
  readonly params: Readonly<Record<string, ParamKind>>;
  /** Other cells it instantiates. */
  readonly uses?: readonly string[];
}

type Value<K extends ParamKind> = K extends "file" ? HwMemory : K extends "wide" ? number | bigint : number;

/** Every parameter must be given, but memory files that the chosen variant of a cell does not read. */
export type ParamValues<C extends CellSignature> = {
  readonly [P in keyof C["params"] as C["params"][P] extends "file" ? never : P]: Value<C["params"][P]>;
} & {
  readonly [P in keyof C["params"] as C["params"][P] extends "file" ? P : never]?: HwMemory;
};

const defineCell = <const C extends CellSignature>(c: C): C => c;

export const axisFifo = defineCell({ module: "axis_fifo", params: { WIDTH: "int", DEPTH: "int" } });
export const axisNarrow = defineCell({
  module: "axis_narrow",
  params: { BITS: "int", IN_LANES: "int", OUT_LANES: "int", CHANNELS: "int" },
});
export const axisWiden = defineCell({
  module: "axis_widen",
  params: { BITS: "int", IN_LANES: "int", OUT_LANES: "int", CHANNELS: "int" },
});
export const axisWindow = defineCell({
  module: "axis_window",
  params: {
    IN_H: "int",
    IN_W: "int",
    WORDS: "int",
    GROUPS: "int",
    REPEAT: "int",
    KH: "int",
    KW: "int",
    SH: "int",
    SW: "int",
    DH: "int",
    DW: "int",
    PAD_T: "int",
    PAD_L: "int",
    OUT_H: "int",
    OUT_W: "int",
    PAD_VALUE: "int",
    SIMD: "int",
    BITS: "int",
    ROWS: "int",
  },
});
export const axisTaps = defineCell({
  module: "axis_taps",
  params: {
    IN_H: "int",
    IN_W: "int",
    CHANNELS: "int",
    BITS: "int",
    KH: "int",
    KW: "int",
    SH: "int",
    SW: "int",
    DH: "int",
    DW: "int",
    PAD_T: "int",
    PAD_L: "int",
    OUT_H: "int",
    OUT_W: "int",
    PAD_VALUE: "int",
  },
});
export const axisReplay = defineCell({
  module: "axis_replay",
  params: { BITS: "int", IN_LANES: "int", OUT_LANES: "int", TIMES: "int" },
});
export const axisMaxpool = defineCell({ module: "axis_maxpool", params: { LANES: "int", BITS: "int", TAPS: "int" } });
export const axisSumpool = defineCell({
  module: "axis_sumpool",
  params: { LANES: "int", IN_BITS: "int", OUT_BITS: "int", TAPS: "int" },
});
export const axisFork = defineCell({ module: "axis_fork", params: { WIDTH: "int", N: "int" } });
export const axisArgmax = defineCell({
  module: "axis_argmax",
  params: { LANES: "int", BITS: "int", CLASSES: "int", INDEX_BITS: "int", SIGNED: "int" },
});
export const axisSad = defineCell({
  module: "axis_sad",
  params: {
    SIMD: "int",
    PE: "int",
    SF: "int",
    NF: "int",
    X_BITS: "int",
    W_BITS: "int",
    ACC_BITS: "int",
    KERNEL: "int",
    DEPTHWISE: "int",
    MEM_FILE: "file",
    SUM_FILE: "file",
  },
});
export const axisMac = defineCell({
  module: "axis_mac",
  params: {
    SIMD: "int",
    PE: "int",
    SF: "int",
    NF: "int",
    X_BITS: "int",
    W_BITS: "int",
    ACC_BITS: "int",
    DEPTHWISE: "int",
    MEM_FILE: "file",
  },
});
export const axisRequant = defineCell({
  module: "axis_requant",
  params: {
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
    MEM_FILE: "file",
  },
});

export const axisAdd = defineCell({
  module: "axis_add",
  params: {
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
  },
});

export const axisConcat = defineCell({
  module: "axis_concat",
  params: { WIDTH: "int", BEATS0: "int", BEATS1: "int" },
});
export const axisTable = defineCell({
  module: "axis_table",
  params: { LANES: "int", IN_BITS: "int", OUT_BITS: "int", MEM_FILE: "file" },
});

export const cells: readonly CellSignature[] = [
  axisFifo,
  axisNarrow,
  axisWiden,
  axisWindow,
  axisTaps,
  axisReplay,
  axisMaxpool,
  axisSumpool,
  axisFork,
  axisArgmax,
  axisSad,
  axisMac,
  axisRequant,
  axisAdd,
  axisConcat,
  axisTable,
];
