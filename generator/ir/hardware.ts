// The accelerator as instances of cells and the streams between them. Types only; nothing here runs.
import type { JsonPath } from "./graph.ts";
import type { IntRange, Shape } from "./tensor.ts";

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
  /** What it holds of a node where it is written at run time; absent where its contents are fixed. */
  readonly section?: Section;
  /** Where it is written at run time: in a large memory of the device with one port (SPRAM). */
  readonly onePort?: boolean;
  /** Where it is no memory that an array reads: its words come one after another, frame after frame. */
  readonly fetched?: Fetched;
  /** The row that goes with a set of coded weights, where they are read so; written at run time. */
  readonly code?: HwMemory;
  /** How its rows are walked, where that is not one row for each beat in turn. */
  readonly walk?: RowWalk;
}

/**
 * Words from memory beside the chip, or from a ROM that holds their code: pages of `rows` words, each of which serves
 * `times` pixels; all of them `bands` times a frame.
 */
export interface Fetched {
  readonly rows: number;
  readonly times: number;
  readonly bands: number;
  /** Of a frame, as the layer takes them at its fastest: how much comes while a request is under way follows from it. */
  readonly clocks: number;
  readonly port: MemoryPort;
  /** Weights of a block, and bits of a weight, where they are coded. */
  readonly coded?: CodeLayout;
  /** Where the code is in the bitstream: the ROM, and the values that it was made for. */
  readonly rom?: CodeRom;
}

/** Coded weights in the bitstream. */
export interface CodeRom {
  readonly memory: HwMemory;
  /** The two commonest weights, as bit patterns. */
  readonly book: { readonly first: number; readonly second: number };
}

/** What weights are coded for: blocks of `lanes` weights of `bits` bits, a block a clock. */
export interface CodeLayout {
  readonly bits: number;
  readonly lanes: number;
}

/** Rows of results that come group by group: a block of `inner` rows serves `times` pixels before the next block's. */
export interface RowWalk {
  readonly blocks: number;
  readonly times: number;
  readonly inner: number;
}

/** Order of an array's weights: a word for each beat of each group of outputs. */
export interface WeightsLayout {
  readonly pe: number;
  readonly simd: number;
  /** Words of an output group, groups of outputs, and groups of the convolution (or groups of depthwise channels). */
  readonly sf: number;
  readonly nf: number;
  readonly outer: number;
  readonly depthwise: boolean;
  readonly bits: number;
}

/** Order of the constants of a requantize step: a word for each beat of a pixel. */
export interface ConstantsLayout {
  readonly lanes: number;
  readonly multiplierBits: number;
  readonly biasBits: number;
  /** Range of the accumulators. */
  readonly acc: IntRange;
  /** The sums have the sums of the weights in them, which the constants take off. */
  readonly shared: boolean;
}

/** A part of a weight image: the words of one memory. */
export type Section = { readonly node: string } & (
  | { readonly holds: "weights"; readonly layout: WeightsLayout }
  | { readonly holds: "constants"; readonly layout: ConstantsLayout }
  | { readonly holds: "code"; readonly layout: CodeLayout }
);

/** Memories that are written at run time, and what a loader must know of an image of them. */
export interface HwWeights {
  /** In the order of the image. */
  readonly memories: readonly HwMemory[];
  /** Of the network and its layout, 64 bits: an image of another one is refused. */
  readonly identity: bigint;
  /** Image words of all memories. */
  readonly words: number;
  /** Clocks that the memories need for a word at most, and from the last word until all have theirs. */
  readonly step: number;
  readonly settle: number;
  /** Weights in memory beside the chip; absent where no layer has them there. */
  readonly external?: HwExternal;
  /** The memories have two banks, and another set is switched to between two frames; absent without. */
  readonly swap?: HwSwap;
  /** What the memories hold can be read back at the top; absent without. */
  readonly readBack?: true;
  /** Layers whose weights are coded in images, and decoded while they are loaded; absent without. */
  readonly coded?: readonly string[];
}

/** How sets are switched between frames. */
export interface HwSwap {
  /** Of a frame's number: fewer than half of 2^countBits frames are inside. */
  readonly countBits: number;
}

/** Weights in memory beside the chip, and the ports that read them, each of them as MemoryPort says. */
export interface HwExternal extends MemoryPort {
  /** In the order in which they lie there. */
  readonly memories: readonly HwMemory[];
  /** All see the same memory at the same addresses; each memory is read over one of them. */
  readonly ports: readonly HwMemoryPort[];
  /** Bytes that the memory gives a clock, as scheduled: over all ports together. */
  readonly bytesPerClock: number;
  /** It is what the frame rate is bound by. */
  readonly binds: boolean;
  /** The slowest layer's weights come through a decoder, which rests a clock or two between two frames. */
  readonly decodes: boolean;
}

/** One of the accelerator's ports to memory beside the chip. */
export interface HwMemoryPort {
  /** Whose weights it reads: places in HwExternal's memories. */
  readonly readers: readonly number[];
  /** Bytes that it gives a clock, as scheduled. */
  readonly bytesPerClock: number;
}

/** An AXI4 read port. */
export interface MemoryPort {
  readonly addressBits: number;
  /** Of a beat: 32 to 512. */
  readonly dataBits: number;
  /** Bursts under way at most. */
  readonly outstanding: number;
  /** Clocks from a request to its first beat that the buffers make up for. */
  readonly latency: number;
}

/**
 * Where a memory goes: as the tool likes, block RAM, logic where its contents are fixed, LUT RAM or UltraRAM where it is
 * written.
 */
export type MemoryStyle = "auto" | "block" | "logic" | "distributed" | "ultra";

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
  /** The memory at its memory port, which is written at run time or fetched. */
  readonly ram?: HwMemory;
  /** Where pages of fetched weights are kept in front of it; as the tool likes where left out. */
  readonly pages?: MemoryStyle;
  /** Where a ROM at the memory port is, or that of the code of its rows; as the tool likes where left out. */
  readonly romStyle?: MemoryStyle;
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
  /** Circuits that take a tap or a value a clock. */
  readonly arithmeticLanes: number;
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
  /**
   * The same where nothing is held up; absent where nothing is. What is held up comes between the two: single beats
   * that registers hold are worth as long as the slowest layer takes for one.
   */
  readonly early?: { readonly first: number; readonly last: number };
  /**
   * Clocks more at most until the last beat, where the code of weights gives them slower than their arrays take them; absent where
   * none does.
   */
  readonly late?: number;
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
  /** Mode of the requantize steps, bits of weights, in one line. */
  readonly quantization: string;
  readonly latency: HwLatency;
  /** Absent where all contents are fixed. */
  readonly weights?: HwWeights;
}
