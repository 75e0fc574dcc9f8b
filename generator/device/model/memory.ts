// What the tools make of a memory: block RAM, LUT RAM or plain logic. These are the rules by which Yosys' memory_libmap
// chooses, with the families' RAM cells as Yosys' libraries describe them, so block RAM counts are exact.

import type { Memory } from "../../cells/structure.ts";
import type { Family } from "../../targets/index.ts";

/** A RAM cell of a family. */
interface RamCell {
  readonly name: string;
  readonly kind: "block" | "ultra" | "distributed";
  /** Address bits at the narrowest width. */
  readonly address: number;
  /** Widths in rising order; each next one has half the words. */
  readonly widths: readonly number[];
  /** Bits that a write enable covers; absent: a whole word of the cell. */
  readonly byte?: number;
  /** What the tool weighs it with; `scale` is the part of it that shrinks with the bits used of a word. */
  readonly cost: number;
  readonly scale?: number;
  /** Block RAMs or lookup tables of one. */
  readonly takes: number;
  /** One address only: fit for tables, and for memories that are read where they are written. */
  readonly single?: boolean;
  /** A read beside a write of the same word gives the old one. */
  readonly old?: boolean;
  /** Narrowest index of `widths` that a write can have without byte enables for the rest. */
  readonly narrowest?: number;
}

const nine = [1, 2, 4, 9, 18, 36];
const block = (name: string, widths: readonly number[], more: Partial<RamCell> = {}): RamCell => ({
  name,
  kind: "block",
  address: 14,
  widths,
  byte: 9,
  cost: 128,
  takes: 1,
  ...more,
});
const lutRam = (name: string, address: number, width: number, cost: number, takes: number, scale = 0): RamCell => ({
  name,
  single: name.endsWith("_SP_"),
  kind: "distributed",
  address,
  widths: [width],
  cost,
  scale,
  takes,
});

const xilinxBlocks = (cascade: boolean): RamCell[] => [
  block("$__XILINX_BLOCKRAM_TDP_", nine.slice(0, 5), { cost: 129, old: true }),
  block("$__XILINX_BLOCKRAM_TDP_", nine, { address: 15, cost: 257, takes: 2, old: true }),
  ...(cascade ? [block("$__XILINX_BLOCKRAM_TDP_", nine.slice(0, 4), { address: 16, cost: 513, takes: 4 })] : []),
  block("$__XILINX_BLOCKRAM_SDP_", nine, { cost: 129, old: true }),
  block("$__XILINX_BLOCKRAM_SDP_", [...nine, 72], { address: 15, cost: 257, takes: 2, old: true }),
];

const cells: Readonly<Record<Exclude<Family, "intel">, readonly RamCell[]>> = {
  ice40: [block("$__ICE40_RAM4K_", [2, 4, 8, 16], { address: 11, byte: 1, cost: 64 })],
  ecp5: [
    lutRam("$__TRELLIS_DPR16X4_", 4, 4, 4, 6),
    block("$__ECP5_DP16KD_", nine.slice(0, 5)),
    block("$__ECP5_PDPW16KD_", nine, { narrowest: 5 }),
  ],
  gowin: [
    lutRam("$__GOWIN_LUTRAM_", 4, 4, 4, 6, 4),
    block("$__GOWIN_SP_", nine, { byte: 36, single: true }),
    block("$__GOWIN_DP_", nine.slice(0, 5), { byte: 36 }),
    block("$__GOWIN_SDP_", nine, { byte: 36 }),
  ],
  nexus: [
    lutRam("$__NEXUS_DPR16X4_", 4, 4, 4, 6),
    block("$__NX_DP16K_", nine.slice(0, 5), { cost: 129 }),
    block("$__NX_PDP16K_", nine, { old: true }),
  ],
  xc7: [
    ...[8, 4, 2, 1].map((width, i) => lutRam("$__XILINX_LUTRAM_SP_", 5 + i, width, 8, 4, 8)),
    lutRam("$__XILINX_LUTRAM_DP_", 5, 4, 8, 8, 8),
    lutRam("$__XILINX_LUTRAM_DP_", 6, 2, 8, 8, 8),
    lutRam("$__XILINX_LUTRAM_DP_", 7, 1, 8, 8, 8),
    lutRam("$__XILINX_LUTRAM_SDP_", 5, 6, 8, 4, 7),
    lutRam("$__XILINX_LUTRAM_SDP_", 6, 3, 8, 4, 7),
    ...xilinxBlocks(true),
  ],
  xcup: [
    ...[16, 8, 4, 2].map((width, i) => lutRam("$__XILINX_LUTRAM_SP_", 5 + i, width, 16, 8, 16)),
    lutRam("$__XILINX_LUTRAM_DP_", 5, 8, 16, 16, 16),
    lutRam("$__XILINX_LUTRAM_DP_", 6, 4, 16, 16, 16),
    lutRam("$__XILINX_LUTRAM_DP_", 7, 2, 16, 16, 16),
    lutRam("$__XILINX_LUTRAM_DP_", 8, 1, 16, 16, 16),
    lutRam("$__XILINX_LUTRAM_SDP_", 5, 14, 16, 8, 16),
    lutRam("$__XILINX_LUTRAM_SDP_", 6, 7, 16, 8, 16),
    ...xilinxBlocks(false),
    // No contents at the start: for memories that are written.
    { name: "$__XILINX_URAM_", kind: "ultra", address: 12, widths: [72], byte: 9, cost: 1024, takes: 1, old: true },
  ],
};

export interface MappedMemory {
  readonly kind: "block" | "ultra" | "distributed" | "logic";
  /** Yosys' name of the RAM cell; "logic" where there is none. */
  readonly cell: string;
  /** Block RAMs, UltraRAMs, or lookup tables of LUT RAM. */
  readonly takes: number;
  /** Bits of the multiplexers between cells that hold different rows, in inputs beyond the first. */
  readonly choice: number;
  /** Flip-flops: read registers that are not part of a RAM, and the words of a memory in logic. */
  readonly ff: number;
}

/** The tool's cost of a bit in logic; of a table's it is less where lookup tables have six inputs. */
const LOGIC = { rom: 1 / 16, rom6: 1 / 64, ram: 1 } as const;

interface Geometry {
  readonly cost: number;
  readonly units: number;
  readonly stack: number;
}

/** The cheapest arrangement of one RAM cell for a memory. */
function arrange(c: RamCell, m: Memory, emulation: number): Geometry | undefined {
  const rom = m.file !== undefined;
  const bytes = c.byte === undefined ? c.widths.length - 1 : c.widths.findLastIndex((w) => w <= c.byte!);
  let best: Geometry | undefined;
  for (const [i, unit] of c.widths.entries()) {
    if (!rom && i < (c.narrowest ?? 0) && i < bytes) continue;
    const words = 2 ** (c.address - (c.kind === "block" ? i : 0));
    const stack = Math.ceil(m.rows / words);
    const piece = rom ? 1 : Math.min(c.byte ?? unit, unit);
    const units = Math.ceil((stack * Math.ceil(m.bits / piece) * piece) / unit);
    const scale = c.scale ?? 0;
    const cost =
      (c.cost - scale) * units +
      (scale * stack * m.bits) / unit +
      (stack - 1) * m.bits * 0.5 +
      (!rom && stack > 1 ? stack * 0.5 : 0) +
      2 * emulation;
    if (!best || cost < Math.floor(best.cost)) best = { cost, units, stack };
  }
  return best;
}

/** How a memory is mapped in a family. Intel's tool follows other rules: there the shape that wastes least is taken. */
export function mapMemory(family: Family, m: Memory): MappedMemory {
  if (m.merged) return { ...inLogic(m), ff: 0 };
  // A memory of fixed contents is a table of logic there.
  if (m.style === "distributed" && m.file) return inLogic(m);
  if (m.rows <= 1 && m.file) return { kind: "logic", cell: "logic", takes: 0, choice: 0, ff: 0 };
  if (m.style === "logic") return inLogic(m);
  if (family === "intel") return intelMemory(m);
  const rom = m.file !== undefined;
  let best: { cost: number; cell: RamCell; at: Geometry } | undefined;
  for (const cell of cells[family]) {
    if (rom ? cell.kind !== "block" : cell.single && !m.oneAddress) continue;
    if (isPlaced(m) && cell.kind !== m.style) continue;
    // A read port costs a point; old data beside a write cost six where the cell does not give them.
    const emulation = 1 + (m.checked && cell.kind === "block" && !cell.old ? 6 : 0);
    const at = arrange(cell, m, emulation);
    if (at && (!best || at.cost < best.cost)) best = { cost: at.cost, cell, at };
  }
  const logic = Math.floor(m.rows * m.bits * (rom ? (family.startsWith("xc") ? LOGIC.rom6 : LOGIC.rom) : LOGIC.ram));
  if (!best || (m.style !== "block" && !isPlaced(m) && best.cost >= logic)) return inLogic(m);
  const { cell, at } = best;
  const address = Math.ceil(Math.log2(Math.max(1, at.stack)));
  return {
    kind: cell.kind,
    cell: cell.name,
    takes: at.units * cell.takes,
    choice: (at.stack - 1) * m.bits,
    ff: cell.kind === "distributed" ? m.bits : address,
  };
}

/** It is where it is told to be, not where the tool would put it. */
const isPlaced = (m: Memory): boolean => !m.file && (m.style === "distributed" || m.style === "ultra");

const inLogic = (m: Memory): MappedMemory => ({
  kind: "logic",
  cell: "logic",
  takes: 0,
  choice: 0,
  ff: m.bits * (m.file ? 1 : 1 + m.rows),
});

function intelMemory(m: Memory): MappedMemory {
  const shapes = [
    [40, 256],
    [20, 512],
    [10, 1024],
    [5, 2048],
    [2, 4096],
    [1, 8192],
  ] as const;
  const blocks = Math.min(...shapes.map(([b, w]) => Math.ceil(m.bits / b) * Math.ceil(m.rows / w)));
  // Blocks that are filled to a twentieth at least.
  if (m.rows * m.bits * 20 >= blocks * 10240)
    return { kind: "block", cell: "MISTRAL_M10K", takes: blocks, choice: 0, ff: 0 };
  if (m.file) return inLogic(m);
  const stack = Math.ceil(m.rows / 32);
  return { kind: "distributed", cell: "MISTRAL_MLAB", takes: stack * m.bits, choice: (stack - 1) * m.bits, ff: m.bits };
}
