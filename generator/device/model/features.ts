// From a cell's structure to the numbers that its resource estimate is linear in, and what is counted without any fit.
import type { Products, Structure } from "../../cells/structure.ts";
import { type Cost, type Family, families } from "../../targets/index.ts";
import { none, plus } from "../flow/netlist.ts";
import { type MappedMemory, mapMemory } from "./memory.ts";

/** What a lookup table of `rows` words, or a memory of registers, takes of a family's logic: fitted. */
export interface MemoryLogic {
  /** Inputs of a lookup table. */
  readonly inputs: number;
  /** A bit of a table of r * 2^inputs rows, r above 1, takes factor * r^power lookup tables. */
  readonly factor: number;
  readonly power: number;
  /** Lookup tables of a bit of a memory in registers, and of each input of a multiplexer beyond the first. */
  readonly register: number;
  readonly choice: number;
}

/** Widest operands of a DSP block, signed, and the narrowest product that is worth one. Absent: none are inferred. */
const multipliers: Readonly<
  Partial<Record<Family, readonly { a: number; b: number; minA: number; minB: number; y: number }[]>>
> = {
  ice40: [{ a: 16, b: 16, minA: 2, minB: 2, y: 11 }],
  ecp5: [{ a: 18, b: 18, minA: 2, minB: 2, y: 0 }],
  nexus: [
    { a: 36, b: 36, minA: 22, minB: 22, y: 0 },
    { a: 36, b: 18, minA: 22, minB: 10, y: 0 },
    { a: 18, b: 18, minA: 10, minB: 4, y: 0 },
    { a: 9, b: 9, minA: 4, minB: 4, y: 0 },
  ],
  xc7: [{ a: 25, b: 18, minA: 2, minB: 2, y: 9 }],
  xcup: [{ a: 27, b: 18, minA: 2, minB: 2, y: 9 }],
  intel: [
    { a: 27, b: 27, minA: 20, minB: 20, y: 0 },
    { a: 18, b: 18, minA: 10, minB: 4, y: 0 },
    { a: 9, b: 9, minA: 4, minB: 4, y: 0 },
  ],
};

/** DSP blocks of one product; 0: it stays in logic. */
function dspBlocks(family: Family, p: Products): number {
  const [a, b] = [Math.max(p.a, p.b), Math.min(p.a, p.b)];
  for (const m of multipliers[family] ?? []) {
    if (a < m.minA || b < m.minB || p.y < m.y) continue;
    // What is left of an operand behind whole blocks is logic where it is too narrow for one.
    const pieces = (bits: number, most: number, least: number) =>
      bits <= most ? 1 : Math.floor((bits - 1) / (most - 1)) + ((bits - 1) % (most - 1) >= least ? 1 : 0);
    return pieces(a, m.a, m.minA) * pieces(b, m.b, m.minB);
  }
  return 0;
}

/**
 * Columns of a table of few rows that differ, of `bits` that look random: the tools keep one of equal ones, and none of
 * those that are constant.
 */
export const distinct = (rows: number, bits: number): number =>
  rows > 16 ? bits : (2 ** rows - 2) * (1 - (1 - 2 ** -rows) ** bits);

export interface Features {
  /** Counted exactly: block RAM, UltraRAM, DSP blocks. */
  readonly bram: number;
  readonly uram: number;
  readonly dsp: number;
  /** Memories in lookup tables: known once the family's MemoryLogic is. */
  readonly memories: readonly {
    readonly merged: boolean;
    readonly rows: number;
    readonly bits: number;
    readonly rom: boolean;
    readonly mapped: MappedMemory;
  }[];
  readonly memoryFf: number;
  /** Columns of the fits for lookup tables and carry cells, and for flip-flops. */
  readonly logic: Readonly<Record<string, number>>;
  readonly ff: Readonly<Record<string, number>>;
}

export function featuresOf(s: Structure, family: Family, dsp: boolean): Features {
  const memories = s.memories
    .filter((m) => !m.large)
    .flatMap((m) =>
      Array.from({ length: m.copies ?? 1 }, () => ({
        rows: m.rows,
        bits: m.bits,
        merged: m.merged === true,
        rom: m.file !== undefined,
        mapped: mapMemory(family, m),
      })),
    );
  let blocks = 0;
  let soft = 0;
  let scaled = 0;
  let softBits = 0;
  let hardBits = 0;
  let pieces = 0;
  for (const p of s.products) {
    const n = dsp ? dspBlocks(family, p) : 0;
    blocks += n * p.count;
    if (n > 0) {
      hardBits += p.count * p.y;
      // Products of several blocks meet in adders of logic.
      pieces += p.count * (n - 1) * p.y;
    } else {
      softBits += p.count * p.y;
      if (p.scaled === undefined) soft += p.count * p.a * p.b;
      else scaled += p.count * p.scaled;
    }
  }
  const first = memories[0];
  const same = first?.rom && first.mapped.kind === "logic" ? distinct(first.rows, first.bits) / first.bits : 1;
  const carried = (s.carried ?? 0) * same;
  const takenAs = (kind: MappedMemory["kind"]) =>
    memories.reduce((n, m) => n + (m.mapped.kind === kind ? m.mapped.takes : 0), 0);
  return {
    bram: takenAs("block"),
    uram: takenAs("ultra"),
    dsp: blocks,
    memories,
    memoryFf: memories.reduce(
      (n, m) => n + (m.rom && m.mapped.kind === "logic" ? distinct(m.rows, m.mapped.ff) : m.mapped.ff),
      0,
    ),
    logic: { ...s.logic, one: 1, srl: s.shifts, product: soft, scaled, packed: hardBits, meets: pieces },
    ff: { one: 1, held: s.ff - s.shifts + softBits + carried, srl: s.shifts, packed: hardBits, meets: pieces },
  };
}

/**
 * Lookup tables of so many inputs that hold the rows of one bit. Families whose slices join tables by multiplexers of
 * their own take them in powers of two.
 */
export const tablesOf = (rows: number, inputs: number, family: Family): number =>
  family === "ice40" ? rows / 2 ** inputs : 2 ** (Math.ceil(Math.log2(Math.max(rows, 1))) - inputs);

/**
 * Lookup tables that choose between RAMs of different rows. One of six inputs chooses of four, and three more for each
 * further one: 576 x 256 in LUT RAM takes 901 beside its RAMs on UltraScale+, 128 x 128 takes 128 (Yosys 0.23).
 */
function choiceLuts({ kind, choice }: MappedMemory, bits: number, m: MemoryLogic): number {
  const each = choice * m.choice;
  const rest = choice / Math.max(bits, 1);
  return kind === "distributed" && m.inputs >= 6 ? Math.min(each, bits * (Math.ceil(rest / 3) + 0.5)) : each;
}

/** Lookup tables of the memories that are no block RAM, and of the multiplexers behind those that are several. */
export function memoryLuts(f: Features, m: MemoryLogic, family: Family): number {
  let luts = 0;
  for (const { rows, bits, rom, merged, mapped } of f.memories) {
    if (merged) continue;
    if (mapped.kind === "distributed") luts += mapped.takes;
    if (mapped.kind !== "logic") luts += choiceLuts(mapped, bits, m);
    else if (rom && rows > 1) {
      const tables = tablesOf(rows, m.inputs, family);
      // A column of two rows is the address bit, or its inverse.
      if (rows > 2) luts += distinct(rows, bits) * (tables <= 1 ? 1 : Math.max(1, m.factor * tables ** m.power));
    } else if (!rom) luts += rows * bits * m.register;
  }
  return luts;
}

/** Coefficients of one variant of a cell: of lookup tables, carry cells and flip-flops. */
export type Coefficients = Readonly<Record<"lut" | "carry" | "ff", Readonly<Record<string, number>>>>;

export interface FamilyModel {
  /** The Yosys that the measurements come from. */
  readonly yosys: string;
  readonly memory: MemoryLogic;
  readonly cells: Readonly<Record<string, Coefficients>>;
}

/** Name of a structure's coefficients: where products are in DSP blocks, these take registers and additions in as well. */
export const variantOf = (s: Structure, f: Features): string => (f.dsp > 0 ? `${s.variant}/dsp` : s.variant);

const dot = (c: Readonly<Record<string, number>>, x: Readonly<Record<string, number>>): number =>
  Object.entries(c).reduce((sum, [k, v]) => sum + v * (x[k] ?? 0), 0);

/** Resources of a cell by a family's model; undefined where the model does not have the cell. */
export function predict(s: Structure, family: Family, dsp: boolean, model: FamilyModel): Cost | undefined {
  const f = featuresOf(s, family, dsp);
  const c = model.cells[variantOf(s, f)] ?? model.cells[s.variant];
  if (s.plain)
    return plus(none, {
      lut: Object.values(s.logic).reduce((a, b) => a + b, 0) + memoryLuts(f, model.memory, family),
      ff: s.ff + f.memoryFf,
      carry: 0,
      bram: f.bram,
      uram: f.uram,
      dsp: 0,
    });
  // Wires alone need no coefficients.
  if (!c) return isWires(s) ? none : undefined;
  return plus(none, {
    lut:
      dot(c.lut, f.logic) +
      (c.lut.scaled === undefined ? (f.logic.scaled ?? 0) : 0) +
      memoryLuts(f, model.memory, family),
    ff: dot(c.ff, f.ff) + f.memoryFf,
    carry: dot(c.carry, f.logic),
    bram: f.bram,
    uram: f.uram,
    dsp: f.dsp,
  });
}

const isWires = (s: Structure): boolean =>
  Object.keys(s.logic).length + s.memories.length + s.products.length + s.ff === 0;

/** Inputs of a family's lookup table, for tables in logic. */
export const tableInputs = (family: Family): number => (families[family].words.lut.endsWith("4") ? 4 : 6);
