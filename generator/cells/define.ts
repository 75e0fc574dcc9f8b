// What a cell of templates/ is for the compiler. The Verilog is the source of truth: cells.test.ts has Yosys elaborate
// it and compares parameters, ports, derived constants, memories and the names of registers with the objects here.
import type { HwInstance, HwMemory, MemoryStyle } from "../ir/hardware.ts";
import type { Step } from "./beat-times.ts";
import type { Parts } from "./structure.ts";

export { ceilDiv, clog2, counterBits, signedBits } from "./counting.ts";

/**
 * style: where the memory of the parameter `<stem>_FILE` goes, filled in by the lowering; RAM_STYLE: where a memory that is
 * written goes, filled in where a device lacks block RAM.
 */
export type ParamKind = "int" | "file" | "style";
type ParamSpec = Readonly<Record<string, ParamKind>>;

/** The integers among a cell's parameters. */
export type Numbers<P extends ParamSpec = ParamSpec> = string extends keyof P
  ? Readonly<Record<string, number>>
  : { readonly [K in keyof P as P[K] extends "int" ? K : never]: number };

/** Stream ports by name, with the bits of their tdata, in the order in which streams are connected. */
export interface Ports {
  readonly in: Readonly<Record<string, number>>;
  readonly out: Readonly<Record<string, number>>;
}

export interface Cell<P extends ParamSpec = ParamSpec, D = Partial<Numbers<P>>> {
  readonly module: string;
  readonly params: P;
  /** The cell whose logic it has, where that is measured and this one is not. */
  readonly like?: string;
  /** Values of parameters that may be left out, as in the Verilog. */
  readonly defaults?: D;
  /** Local parameters of the Verilog that the numbers below rest on, by their names; of an instance inside with its path. */
  constants?(p: Numbers<P>): Readonly<Record<string, number>>;
  /** Resource structure; absent where nothing is estimated. */
  structure?(p: Numbers<P>, contents: Contents): Parts;
  /** What the structure must know of the memories' contents. */
  contents?(params: HwInstance["params"]): Contents;
  /** Registers that synthesis flows find by name: the last parts of their names in the flat design. */
  readonly packed?: readonly string[];
}

export interface Contents {
  /** The multiplier, where all are one. */
  readonly FACTOR?: number;
}

/** A cell of an accelerator: streams in, streams out. */
export interface StreamCell<P extends ParamSpec = ParamSpec, D = Partial<Numbers<P>>> extends Cell<P, D> {
  ports(p: Numbers<P>): Ports;
  /**
   * Clocks from the transfer of an input beat to that of the output beat which it completes, while nothing is inside and
   * the sink is ready; axis_window: from the last word of the rows that a window needs.
   */
  fill(p: Numbers<P>): number;
  /** Clocks that an input beat waits at most for those that leave in one beat with it, where they come one a clock. */
  gathers?(p: Numbers<P>): number;
  /** Output beats that find a place behind the pipeline, so that it goes on while the sink refuses; default: none. */
  places?(p: Numbers<P>): number;
  /** Clocks between input beats at least; 1 where left out. */
  gap?(p: Numbers<P>): number;
  /** When output beats pass, from when input beats do; absent: evenly, a fixed number for a fixed number. */
  times?(step: Step<Numbers<P>>): void;
  /** Clocks without input after which the cell rests; default: none. */
  settling?(p: Numbers<P>): number;
  /** tlast comes from the cell's own counters; default: it is passed on. */
  readonly frames?: boolean;
  /** What the cell does follows from tlast of its input. */
  readonly needsLast?: boolean;
  /** Output beats are other pixels than input beats. */
  readonly reorders?: boolean;
}

type Value<K extends ParamKind> = K extends "file" ? HwMemory : number;

/** Every parameter without a default must be given, but memory files that the chosen variant of a cell does not read. */
export type ParamValues<C extends Cell> = {
  readonly [P in keyof C["params"] as C["params"][P] extends "int"
    ? P extends keyof NonNullable<C["defaults"]>
      ? never
      : P
    : never]: number;
} & {
  readonly [P in keyof C["params"] as C["params"][P] extends "style" ? never : P]?: Value<C["params"][P]>;
};

export const defineCell = <const P extends ParamSpec, const D extends Partial<Numbers<P>> = Record<never, number>>(
  c: StreamCell<P, D>,
): StreamCell<P, D> => c;
export const defineShellCell = <const P extends ParamSpec>(c: Cell<P>): Cell<P> => c;

/** The integers of an instance's parameters, those left out at their defaults. */
export function numbersOf(cell: Cell, params: Readonly<Record<string, unknown>>): Numbers {
  const found: Record<string, number> = { ...(cell.defaults as Record<string, number>) };
  for (const [k, v] of Object.entries(params)) if (typeof v === "number") found[k] = v;
  return found;
}

/** Places of memories by the cell's parameter, MEM_STYLE or RAM_STYLE. */
export type Styles = Readonly<Record<string, MemoryStyle>>;

/** One stream in, one out. */
export const streamPorts = (bitsIn: number, bitsOut: number): Ports => ({
  in: { s_axis: bitsIn },
  out: { m_axis: bitsOut },
});
