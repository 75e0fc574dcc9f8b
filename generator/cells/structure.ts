// What the RTL of a cell consists of, counted from its parameters: bits of adders, multiplexers and registers, memories,
// products. Resource estimates are linear in these numbers.
import type { MemoryStyle } from "../ir/hardware.ts";
import { ceilDiv, clog2, counterBits } from "./counting.ts";

/** Levels of a tree whose nodes have `radix` numbers below them. */
export function levelsOf(taps: number, radix: number): number {
  let levels = 0;
  for (let leaves = 1; leaves < taps; leaves *= radix) levels++;
  return levels;
}

/** A memory array of a cell. */
export interface Memory {
  /** Name of the array in the Verilog. */
  readonly name: string;
  readonly rows: number;
  readonly bits: number;
  /** Never written: contents from the file of that parameter. */
  readonly file?: "MEM_FILE";
  /** Where it is put; the tool's choice where left out. */
  readonly style?: MemoryStyle;
  /**
   * A read in the clock of a write to the same place must give the old word: the RTL does not rule it out. All cells
   * rule it out; bench_ram measures what it would cost.
   */
  readonly checked?: boolean;
  /** Read at the address that it is written at. */
  readonly oneAddress?: boolean;
  /** Equal memories side by side. */
  readonly copies?: number;
  /** A part of the logic that reads it, without lookup tables or registers of its own. */
  readonly merged?: boolean;
  /** In a large memory of the device that is counted by itself: no block RAM, no registers. */
  readonly large?: boolean;
}

/** Products of `a` times `b` bits, both two's complement, each followed by a register of `y` bits. */
export interface Products {
  readonly count: number;
  readonly a: number;
  readonly b: number;
  readonly y: number;
  /** By a constant: bits of the additions that make one in logic. */
  readonly scaled?: number;
}

export interface Structure {
  /** The cell, and which of its variants: variants have coefficients of their own. */
  readonly variant: string;
  /** Small and not measured: a lookup table for each bit of its logic. */
  readonly plain?: boolean;
  /** Logic by kind, in bits of the widths that it works on. */
  readonly logic: Readonly<Record<string, number>>;
  /** Flip-flops that the RTL declares, those of memory reads and of products not among them. */
  readonly ff: number;
  /** Bits of registers that hand words of the first memory on; a table's equal columns share them. */
  readonly carried?: number;
  /** Bits of them that form shift registers of three places at least. */
  readonly shifts: number;
  readonly memories: readonly Memory[];
  readonly products: readonly Products[];
}

/** A structure as a cell gives it: what is left out is nothing. */
export interface Parts extends Partial<Omit<Structure, "variant">> {
  /** Name of the variant, behind the cell's. */
  readonly kind?: string | number;
}

/**
 * An adder tree over `taps` leaves of `bits` bits: its adders and their bits, bits of all its registers, levels. An odd
 * node is handed on at its own width; `shifts` are the bits of those that form shift registers of three places at least.
 */
export function tree(taps: number, bits: number, most: number, extra: number, radix: 2 | 3 = 2) {
  let adders = 0;
  let pairs = 0;
  let registers = taps * (bits + extra);
  let shifts = 0;
  const levels = levelsOf(taps, radix);
  let last = bits;
  let run = 0;
  for (let l = 1; l <= levels; l++) {
    const below = ceilDiv(taps, radix ** (l - 1));
    const width = Math.min(bits + (radix === 2 ? l : clog2(Math.min(radix ** l, taps))), most);
    const alone = below % radix === 1;
    const here = alone ? Math.floor(below / radix) : ceilDiv(below, radix);
    pairs += here;
    adders += here * width;
    registers += here * (width + extra);
    if (alone) {
      registers += last + extra;
      run++;
      shifts += run === 3 ? 3 * (last + extra) : run > 3 ? last + extra : 0;
    } else {
      last = width;
      run = 0;
    }
  }
  return { adders, pairs, registers, levels, shifts };
}

/**
 * axis_credit behind a pipeline: beats come every `interval` clocks, each `latency` clocks after its place was reserved. A
 * row of registers where few places do, else a small memory with a head.
 */
export function outputFifo(latency: number, interval: number) {
  const CHAIN = interval > 1 ? Math.floor((latency + interval - 1) / (interval - 1)) : 0;
  const IS_CHAIN = CHAIN >= 1 && CHAIN <= 4 ? 1 : 0;
  const MEM_BITS = clog2(Math.floor((latency + 2 + interval) / interval));
  const DEPTH = IS_CHAIN ? CHAIN : 2 ** MEM_BITS;
  return {
    constants: { CHAIN, IS_CHAIN, MEM_BITS, DEPTH },
    /** The same of the instance in a cell around it. */
    inner: { "u_out.IS_CHAIN": IS_CHAIN, "u_out.DEPTH": DEPTH },
    places: DEPTH,
    /** Clocks through it. */
    clocks: IS_CHAIN ? CHAIN : 2,
    /** Bits of a counter of its places. */
    count: counterBits(DEPTH + 1),
    /** With beats of `bits` bits; `path` is that of the instance. */
    parts: (bits: number, path = "u_out.") =>
      IS_CHAIN
        ? {
            logic: { chain: (CHAIN - 1) * bits, credits: counterBits(CHAIN + 1) },
            ff: CHAIN * (bits + 1),
            memories: [] as Memory[],
          }
        : {
            logic: { chain: 0, credits: 3 * counterBits(DEPTH + 1) },
            ff: 2 * MEM_BITS + counterBits(DEPTH + 1) + 1,
            memories: [{ name: `${path}g_mem.mem`, rows: DEPTH, bits }] as Memory[],
          },
  };
}

/** Non-zero digits of a constant in canonical signed digits: additions of a product with it, and one. */
export function signedDigits(v: number): number {
  let n = Math.abs(v);
  let count = 0;
  while (n > 0) {
    if (n % 2 === 1) {
      count++;
      n -= n % 4 === 3 ? -1 : 1;
    }
    n /= 2;
  }
  return count;
}
