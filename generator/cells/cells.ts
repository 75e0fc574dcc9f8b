// Typed signatures of templates/*.v. scripts/lint-cells compares them with the parameters a tool reads from the files.
import type { HwMemory } from "../ir/hardware.ts";

/** style: where the memory of the parameter `<stem>_FILE` goes; the lowering fills `<stem>_STYLE` in. */
export type ParamKind = "int" | "wide" | "file" | "style";

/** Integers of an instance by the parameters' names. */
type Params = Readonly<Record<string, number>>;

export interface CellSignature {
  readonly module: string;
  readonly params: Readonly<Record<string, ParamKind>>;
  /** Other cells it instantiates. */
  readonly uses?: readonly string[];
  /**
   * Clocks from the transfer of an input beat to that of the output beat which it completes, while nothing is inside and
   * the sink is ready; axis_window: from the last word of the rows that a window needs.
   */
  readonly fill: (p: Params) => number;
  /** Output beats that find room behind the pipeline, so that it goes on while the sink refuses; none where left out. */
  readonly room?: (p: Params) => number;
}

type Value<K extends ParamKind> = K extends "file" ? HwMemory : K extends "wide" ? number | bigint : number;

/** Every parameter must be given, but memory files that the chosen variant of a cell does not read. */
export type ParamValues<C extends CellSignature> = {
  readonly [P in keyof C["params"] as C["params"][P] extends "file" | "style" ? never : P]: Value<C["params"][P]>;
} & {
  readonly [P in keyof C["params"] as C["params"][P] extends "file" ? P : never]?: HwMemory;
};

const defineCell = <const C extends CellSignature>(c: C): C => c;

const clog2 = (n: number): number => Math.ceil(Math.log2(n));

interface OutputFifo {
  /** Registers in front of it. */
  readonly stages: number;
  readonly places: number;
  /** Clocks through it: a row of registers where few places do, else a memory with a head. */
  readonly clocks: number;
}

function outputFifo(stages: number, chain: number, places: number): OutputFifo {
  return chain <= 4 ? { stages, places: chain, clocks: chain } : { stages, places: 2 ** clog2(places), clocks: 2 };
}

/** Of an array cell: registers up to the root of the tree, one more behind deep weights, `more` behind it. */
function arrayFifo(p: Params, more: number): OutputFifo {
  const sf = p.SF!;
  const stages = clog2(p.DEPTHWISE ? 1 : p.SIMD!) + 2 + (sf * p.NF! > 1024 ? 1 : 0) + more;
  const chain = sf > 1 ? Math.floor((2 * sf + stages - 2) / (sf - 1)) : 99;
  return outputFifo(stages, chain, Math.floor((2 * sf + stages + 1) / sf));
}

/** Of axis_requant: fetch, product or shifts, sum, the choice of a pair. */
function requantFifo(p: Params): OutputFifo {
  const shifts = Math.floor((p.EXP_BITS! + 1) / 2);
  const stages = [1, shifts, shifts + 1][p.MODE!]! + 2 + (p.NEG ? 1 : 0);
  const interval = p.INTERVAL ?? 1;
  const chain = interval > 1 ? Math.floor((stages + interval - 1) / (interval - 1)) : 99;
  return outputFifo(stages, chain, Math.floor((stages + 2 + interval) / interval));
}

const through = (fifo: (p: Params) => OutputFifo) => ({
  fill: (p: Params): number => fifo(p).stages + fifo(p).clocks,
  room: (p: Params): number => fifo(p).places,
});

const converterFill = (p: Params): number => (p.IN_LANES === p.OUT_LANES ? 0 : 1);

export const axisFifo = defineCell({ module: "axis_fifo", params: { WIDTH: "int", DEPTH: "int" }, fill: () => 2 });
export const axisNarrow = defineCell({
  module: "axis_narrow",
  params: { BITS: "int", IN_LANES: "int", OUT_LANES: "int", CHANNELS: "int" },
  fill: converterFill,
});
export const axisWiden = defineCell({
  module: "axis_widen",
  params: { BITS: "int", IN_LANES: "int", OUT_LANES: "int", CHANNELS: "int" },
  fill: converterFill,
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
  fill: () => 4,
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
  fill: () => 1,
});
export const axisPick = defineCell({
  module: "axis_pick",
  params: {
    CHANNELS: "int",
    BITS: "int",
    TILE_H: "int",
    TILE_W: "int",
    TILES_H: "int",
    TILES_W: "int",
    KH: "int",
    KW: "int",
    SH: "int",
    SW: "int",
    DH: "int",
    DW: "int",
    SKIP_Y: "int",
    SKIP_X: "int",
    PAD_Y: "int",
    PAD_X: "int",
    OUT_H: "int",
    OUT_W: "int",
    SIMD: "int",
    PAD_VALUE: "int",
  },
  fill: () => 0,
});
export const axisReplay = defineCell({
  module: "axis_replay",
  params: { BITS: "int", IN_LANES: "int", OUT_LANES: "int", TIMES: "int" },
  fill: () => 1,
});
export const axisMaxpool = defineCell({
  module: "axis_maxpool",
  params: { LANES: "int", BITS: "int", TAPS: "int", SIDE: "int" },
  fill: (p) => clog2(p.SIDE!) + 1,
});
export const axisSumpool = defineCell({
  module: "axis_sumpool",
  params: { LANES: "int", IN_BITS: "int", OUT_BITS: "int", TAPS: "int", SIDE: "int" },
  fill: (p) => clog2(p.SIDE!) + 1,
});
export const axisFork = defineCell({ module: "axis_fork", params: { WIDTH: "int", N: "int" }, fill: () => 1 });
export const axisArgmax = defineCell({
  module: "axis_argmax",
  params: { LANES: "int", BITS: "int", CLASSES: "int", INDEX_BITS: "int", SIGNED: "int" },
  fill: (p) => Math.max(1, clog2(p.LANES!)) + 2,
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
    PIXELS: "int",
    MEM_FILE: "file",
    MEM_STYLE: "style",
  },
  ...through((p) => arrayFifo(p, p.KERNEL ? 1 : 0)),
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
    PIXELS: "int",
    MEM_FILE: "file",
    MEM_STYLE: "style",
  },
  ...through((p) => arrayFifo(p, 0)),
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
    INTERVAL: "int",
    MEM_FILE: "file",
    MEM_STYLE: "style",
  },
  ...through(requantFifo),
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
  ...through(() => outputFifo(4, 99, 7)),
});

export const axisConcat = defineCell({
  module: "axis_concat",
  params: { WIDTH: "int", BEATS0: "int", BEATS1: "int" },
  fill: () => 1,
});
export const axisTable = defineCell({
  module: "axis_table",
  params: { LANES: "int", IN_BITS: "int", OUT_BITS: "int", MEM_FILE: "file", MEM_STYLE: "style" },
  fill: () => 1,
});

export const cells: readonly CellSignature[] = [
  axisFifo,
  axisNarrow,
  axisWiden,
  axisWindow,
  axisTaps,
  axisPick,
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
