// The accelerator as instances of cells and the streams between them. Types only; nothing here runs.
import type { JsonPath } from "./graph.ts";
import type { Shape } from "./tensor.ts";

/**
 * An AXI4-Stream: each pixel of `channels` values travels in ceil(channels / lanes) beats. Several pixels of a tensor in
 * one beat are one pixel here, of all their values.
 */
export interface HwStream {
  /** Unique; prefix of the stream's wires. */
  readonly name: string;
  readonly lanes: number;
  readonly laneBits: number;
  readonly signed: boolean;
  readonly channels: number;
  /** Pixels of one frame. */
  readonly pixels: number;
  readonly beatsPerFrame: number;
  /**
   * The tensor this stream carries in raster order, where it is one that golden knows: an edge, or `<node>.acc`. Where
   * `offset` is given the stream carries offset[c] more in channel c: a constant that is taken off behind it.
   */
  readonly tensor?: { readonly name: string; readonly shape: Shape; readonly offset?: readonly number[] };
}

export interface HwMemory {
  /** File name without folder; safe for file systems and Verilog strings. */
  readonly file: string;
  readonly wordBits: number;
  /** Number of words. */
  readonly rows: number;
  /** Packed when they are first asked for: prices need their number alone. */
  readonly words: readonly bigint[];
  /** What a word holds, for the comment and the manifest. */
  readonly layout: string;
}

/** Where a memory goes: as the tool likes, block RAM, or logic. */
export type MemoryStyle = "auto" | "block" | "logic";

export type ParamValue = number | bigint | HwMemory | MemoryStyle;

export interface HwPort {
  /** s_axis, m_axis, s0_axis ... */
  readonly port: string;
  readonly direction: "in" | "out";
  /** Several streams: the port is an array of handshakes over one tdata (fork). */
  readonly streams: readonly HwStream[];
}

export interface HwInstance {
  readonly name: string;
  readonly cell: string;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly ports: readonly HwPort[];
}

/** One node of the integer network: a module of its own, but where it is nothing but wires. */
export interface HwBlock {
  readonly name: string;
  /** Its module; unique in the design without regard to case, the cells and benches among the others. */
  readonly module: string;
  /** In the order of the node's inputs; as many outputs as readers. */
  readonly inputs: readonly HwStream[];
  readonly outputs: readonly HwStream[];
  readonly title: string;
  readonly path: JsonPath;
  /** Lines of the block comment: formula, shapes, number formats, weights, fold, clocks. */
  readonly facts: readonly (readonly [label: string, text: string])[];
  readonly instances: readonly HwInstance[];
  readonly pe: number;
  readonly simd: number;
  /** Pixels of an input beat. */
  readonly pixels: number;
  /** Arithmetic lanes. */
  readonly lanes: number;
  readonly cyclesPerFrame: number;
  readonly operations: number;
  /** Clocks from its first input beat of a frame that meets an empty design to its first and its last output beat. */
  readonly latency: { readonly first: number; readonly last: number };
}

/** Clocks of a frame that meets an idle design, its source and its sinks never resting. */
export interface HwLatency {
  /** From the first input beat to the first output beat, and to the last one. */
  readonly first: number;
  readonly last: number;
  /** Registers on the longest way through the design: no prediction is farther from the hardware than this. */
  readonly fill: number;
  /** From the reset, or a frame's last beat, until an idle design rests. */
  readonly settling: number;
}

export interface HwGraph {
  readonly name: string;
  readonly blocks: readonly HwBlock[];
  readonly streams: readonly HwStream[];
  readonly memories: readonly HwMemory[];
  readonly input: HwStream;
  readonly outputs: readonly { readonly name: string; readonly stream: HwStream }[];
  /** Clocks between frames in steady state, as scheduled. */
  readonly interval: number;
  readonly bottleneck: string;
  readonly latency: HwLatency;
}
