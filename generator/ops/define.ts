// What an integer op must answer to become hardware. Stages 5 and 6 ask these questions; they never branch on `op`.
import type { ParamValues, StreamCell } from "../cells/define.ts";
import type { CodeRom, HwMemory, HwStream, MemoryPort, Section } from "../ir/hardware.ts";
import type { QuantizedNode } from "../ir/quantized.ts";
import type { EdgeType, Shape } from "../ir/tensor.ts";
import type { Fault, Outcome } from "./outcome.ts";

/** Output channels per beat, taps per beat, and neighbouring pixels of the input that arrive in one beat. */
export interface Fold {
  readonly pe: number;
  readonly simd: number;
  readonly pixels: number;
}

export interface NodeTypes {
  readonly inputs: readonly EdgeType[];
  readonly output: EdgeType;
}

export interface FoldSpace {
  /** Legal values; [1] where the op has no such parallelism. */
  readonly pe: readonly number[];
  readonly simd: readonly number[];
  /** Folds with several pixels a beat; default: none. */
  readonly tiled?: {
    readonly pixels: readonly number[];
    readonly pe: readonly number[];
    readonly simd: readonly number[];
  };
  /** The fold whose weights are one word, a constant; absent where there are no weights, or `why` it is refused. */
  readonly unrolled?: { readonly pe: number; readonly simd: number } | { readonly why: string };
}

/** What a fold means for the node: its lanes and its time. */
export interface FoldPlan {
  /** Lanes of every input stream it reads, and of the stream it gives. */
  readonly lanesIn: number;
  readonly lanesOut: number;
  /** Clocks per frame in steady state with an input that never waits. */
  readonly cycles: number;
  /** Circuits that take a tap or a value a clock. */
  readonly arithmeticLanes: number;
  /** Logic in units of an arithmetic lane, what surrounds the lanes included; `arithmeticLanes` where left out. */
  readonly cost?: number;
}

export interface StreamShape {
  readonly lanes: number;
  readonly laneBits: number;
  readonly signed: boolean;
  readonly channels: number;
  readonly pixels: number;
  readonly beatsPerFrame: number;
  readonly tensor?: Exclude<HwStream["tensor"], undefined>;
}

/** How a memory's words come to what reads them, where that is not one row for each beat in turn. */
export interface MemoryUse extends Pick<HwMemory, "fetched" | "walk"> {
  /** The code that a ROM holds in place of the words: its values and its bits. */
  readonly inCode?: { readonly book: CodeRom["book"]; readonly size: number };
}

/** Builds the instances of one node; streams get their names from it. */
export interface HwBuilder {
  /**
   * Input stream `i` in beats of `lanes` lanes; width converters are added where the producer's differ, and a FIFO where
   * beats must wait: of `depth` beats at least.
   */
  input(i: number, lanes: number, depth?: number): HwStream;
  /** One cell between one stream and the next. */
  through<C extends StreamCell>(
    label: string,
    cell: C,
    params: ParamValues<C>,
    from: HwStream,
    to: StreamShape,
  ): HwStream;
  /** A cell with several inputs. */
  join<C extends StreamCell>(
    label: string,
    cell: C,
    params: ParamValues<C>,
    from: readonly HwStream[],
    to: StreamShape,
  ): HwStream;
  /** The same wires under another shape: nothing is added. */
  rename(from: HwStream, to: StreamShape): HwStream;
  /**
   * A memory of `rows` words; `word` gives each of them. With a section they are written at run time, or `fetched` from
   * memory beside the chip; `walk`: its rows do not simply follow one another; `inCode`: it is a ROM of their code.
   */
  memory(
    label: string,
    wordBits: number,
    rows: number,
    word: (row: number) => bigint,
    layout: string,
    section?: Section,
    how?: MemoryUse,
  ): HwMemory;
  /** The port to memory beside the chip. */
  readonly port: MemoryPort;
  /** The target family adds three numbers as cheaply as two. */
  readonly ternary: boolean;
  /** The target family has lookup tables of six inputs in front of its carry cells. */
  readonly lut6: boolean;
  /** Multipliers become DSP blocks. */
  readonly dsp: boolean;
  /** Adds a line to the block's comment. */
  fact(label: string, text: string): void;
  /** The L1 circuit of an array on the target family, see axis_sad. */
  l1Circuit(pe: number, simd: number, depthwise: boolean): 0 | 1;
}

export interface OpHardware<N extends QuantizedNode = QuantizedNode> {
  readonly op: N["op"];
  /** What the output must be; undefined after a fault, where fields of a node from a file contradict each other. */
  outcome(node: N, types: NodeTypes, fault: Fault): Outcome | undefined;
  folds(node: N, types: NodeTypes): FoldSpace;
  plan(node: N, types: NodeTypes, fold: Fold): FoldPlan;
  /** Input pixels that must have arrived before output pixel `p` (from 0) can be computed; not decreasing in p. */
  needs(node: N, types: NodeTypes, p: number): number;
  /** Arithmetic operations (taps) of one frame. */
  operations(node: N, types: NodeTypes): number;
  /** One line that says what the node computes, for the Verilog comment. */
  formula(node: N, types: NodeTypes): string;
  lower(node: N, types: NodeTypes, fold: Fold, hw: HwBuilder): HwStream;
}

export const defineOp = <N extends QuantizedNode>(o: OpHardware<N>): OpHardware<N> => o;

export const divisors = (n: number): number[] => {
  const small: number[] = [];
  for (let d = 1; d * d <= n; d++) if (n % d === 0) small.push(d);
  return [
    ...small,
    ...small
      .map((d) => n / d)
      .filter((d) => !small.includes(d))
      .reverse(),
  ];
};

/** The most bits that a beat of several pixels, or the taps that it completes, may have. */
export const TILE_BITS = 32768;

/**
 * Numbers of pixels that a beat may hold in raster order, above 1: parts of a row of equal length, or whole rows of
 * which each frame has a multiple. `bits` is the size of a pixel.
 */
export function tiles([height, width]: Shape, bits: number): number[] {
  const parts = divisors(width).slice(0, -1);
  const rows = divisors(height).map((r) => r * width);
  return [...parts, ...rows].filter((n) => n > 1 && n * bits <= TILE_BITS);
}

/** The fold space of an op that treats all values alike: SIMD lanes of a pixel, or all of several pixels. */
export function laneFolds(t: EdgeType, simd = divisors(t.shape[2])): FoldSpace {
  const several = tiles(t.shape, t.bits * t.shape[2]);
  return {
    pe: [1],
    simd,
    ...(several.length > 0 ? { tiled: { pixels: several, pe: [1], simd: [t.shape[2]] } } : {}),
  };
}

export const pixelsOf = (t: EdgeType): number => t.shape[0] * t.shape[1];
export const valuesOf = (t: EdgeType): number => pixelsOf(t) * t.shape[2];

/** `needs` of an op that looks at one pixel at a time. */
export const onePixel = (_node: unknown, _types: NodeTypes, p: number): number => p + 1;

/**
 * Shape of a stream that carries an edge. More lanes than channels are several pixels a beat, one behind the other: the
 * same wires as fewer pixels of more channels.
 */
export function edgeStream(name: string, t: EdgeType, lanes: number): StreamShape {
  const channels = Math.max(lanes, t.shape[2]);
  const pixels = valuesOf(t) / channels;
  if (!Number.isInteger(pixels)) throw new Error(`${lanes} lanes do not divide the values of ${name}`);
  return {
    lanes,
    laneBits: t.bits,
    signed: t.signed,
    channels,
    pixels,
    beatsPerFrame: pixels * Math.ceil(channels / lanes),
    tensor: { name, shape: t.shape },
  };
}

/** Packs lanes into one word, lane 0 in the least significant bits; negative values in two's complement. */
export function packLanes(values: readonly (number | bigint)[], bits: number): bigint {
  const mask = (1n << BigInt(bits)) - 1n;
  let word = 0n;
  for (let l = values.length - 1; l >= 0; l--) word = (word << BigInt(bits)) | (BigInt(values[l]!) & mask);
  return word;
}
