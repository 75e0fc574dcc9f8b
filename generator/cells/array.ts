// What axis_sad and axis_mac have in common: folded dot products with their weights in a memory.
import { counterBits, type Ports, streamPorts } from "./define.ts";
import { levelsOf, outputFifo, type Parts, type Products, tree } from "./structure.ts";

export const arrayParams = {
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
} as const;
export const arrayDefaults = { PIXELS: 1 } as const;

export type ArrayNumbers = Readonly<
  Record<"SIMD" | "PE" | "SF" | "NF" | "X_BITS" | "W_BITS" | "ACC_BITS" | "DEPTHWISE" | "PIXELS", number>
> & { readonly TERNARY?: number; readonly TABLE?: number };

/** Rows of weights that a lookup table of six inputs takes beside a bit of x. */
export const isTable = (rows: number): boolean => rows > 1 && rows <= 32;

/** Clocks behind the root of the tree until a sum arrives in the FIFO. */
export function arrayShape(p: ArrayNumbers, behindTree: number) {
  const GROUP = p.DEPTHWISE ? p.SIMD : p.PE;
  const TAPS = p.DEPTHWISE ? 1 : p.SIMD;
  const ROWS = p.SF * p.NF;
  const LEVELS = levelsOf(TAPS, p.TERNARY ? 3 : 2);
  // Behind a deep memory weights and taps have one more register.
  const DEEP = ROWS > 1024 ? 1 : 0;
  const STAGES = LEVELS + 2 + DEEP;
  const PUSH = STAGES + behindTree;
  // A dot product reserves its place with its first beat.
  const fifo = outputFifo(PUSH + p.SF - 1, p.SF);
  return { constants: { GROUP, OUT: p.PIXELS * GROUP, TAPS, ROWS, LEVELS, DEEP, STAGES, PUSH }, fifo };
}

export const arrayPorts = (p: ArrayNumbers): Ports =>
  streamPorts(p.PIXELS * p.SIMD * p.X_BITS, p.PIXELS * (p.DEPTHWISE ? p.SIMD : p.PE) * p.ACC_BITS);

interface Arithmetic {
  readonly kind: string | number;
  /** Bits of a term. */
  readonly d: number;
  /** Most bits of a node of the tree, and bits of it that are no value. */
  readonly most: number;
  readonly extra: number;
  /** Bits of a lane's subtraction. */
  readonly lane: number;
  /** A sum of the taps beside the tree: the shared sum of axis_sad. */
  readonly shared: boolean;
  readonly products?: Omit<Products, "count">;
}

export function arrayParts(p: ArrayNumbers, shape: ReturnType<typeof arrayShape>, a: Arithmetic): Parts {
  const { OUT, TAPS, ROWS, DEEP, STAGES } = shape.constants;
  const { SIMD: simd, PE: pe, SF: sf, X_BITS: x, W_BITS: w, ACC_BITS: acc, PIXELS: windows } = p;
  const { shared } = a;
  const radix = p.TERNARY ? 3 : 2;
  const t = tree(TAPS, a.d, a.most, a.extra, radix);
  const fifo = shape.fifo.parts(OUT * acc + 1);
  // One row of weights is a constant, which the tools work into the logic.
  const lanes = OUT * TAPS * a.lane;
  const control = (sf > 1 ? counterBits(sf) : 0) + (ROWS > 1 ? counterBits(ROWS) : 0) + shape.fifo.count + 4;
  const merged = p.TABLE === 1 && ROWS > 1;
  const trees = shared ? windows * (p.DEPTHWISE ? simd : 1) : 0;
  const xt = tree(TAPS, x, acc, 0, radix);
  return {
    kind: a.kind,
    logic: {
      ...(a.products ? {} : { lanes: ROWS > 1 ? lanes : 0, fixed: ROWS > 1 ? 0 : lanes }),
      tree: OUT * t.adders,
      // A carry chain has an end that costs, whatever its length.
      ends: OUT * (TAPS + t.pairs + 1) + trees * (xt.pairs + 1),
      // With adders of three numbers the accumulator adds the sum of the taps as well.
      ...(shared ? { shared: trees * (xt.adders + (p.TERNARY ? 0 : acc)) } : {}),
      sums: OUT * acc,
      ...(sf > 1 && !p.TERNARY ? { folded: OUT * acc } : {}),
      control,
      ...fifo.logic,
    },
    ff:
      windows * simd * x * ((shared && (!p.TERNARY || p.TABLE) ? 2 : 1) + DEEP) +
      DEEP * pe * simd * w +
      OUT * (a.products ? t.registers - TAPS * a.d : t.registers) +
      (sf > 1 || shared ? OUT * acc : 0) +
      (shared ? trees * (xt.registers + (p.TERNARY ? 0 : acc * (sf > 1 ? 2 : 1))) + 3 : 0) +
      (merged ? counterBits(ROWS) : 0) +
      3 * STAGES +
      control +
      fifo.ff,
    shifts: (STAGES >= 3 ? 2 * STAGES : 0) + OUT * t.shifts + trees * xt.shifts,
    memories: [{ name: "weights", rows: ROWS, bits: pe * simd * w, file: "MEM_FILE", merged }, ...fifo.memories],
    products: a.products ? [{ count: OUT * TAPS, ...a.products }] : [],
  };
}
