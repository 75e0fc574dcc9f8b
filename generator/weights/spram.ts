// Weights in the single-port RAMs of an iCE40 UltraPlus: which memories go there.
import type { Home } from "../ir/graph.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { Target } from "../targets/index.ts";
import type { HomeRequest } from "./homes.ts";

/** Words of 16 bits of one. */
const WORDS = 16384;
/** Block RAMs that a memory must save for each of them that it takes. */
const WORTH = 2;
/** Share of the block RAM that weights in ROM may take: line buffers and constants need the rest. */
const SHARE = 0.4;
const BLOCK_BITS = 4096;

/** Single-port RAMs of a memory: rows of up to 16 bits lie side by side in words of 16. */
export function spramsOf(rows: number, bits: number): number {
  const side = bits > 8 ? 1 : 16 / 2 ** Math.ceil(Math.log2(bits));
  return Math.ceil(bits / 16) * Math.ceil(Math.ceil(rows / side) / WORDS);
}

const blocksOf = (rows: number, bits: number): number =>
  Math.max(Math.ceil(bits / 16), Math.ceil((rows * bits) / BLOCK_BITS));

/**
 * The memories that go into `have` single-port RAMs: those that save the most block RAM for each that they take.
 * @param banks of each memory, in RAMs of their own
 */
export function inSpram<M extends { readonly rows: number; readonly wordBits: number }>(
  memories: readonly M[],
  have: number,
  banks = 1,
): ReadonlySet<M> {
  const found = new Set<M>();
  let left = have;
  const ranked = memories
    .map((m) => ({ m, takes: banks * spramsOf(m.rows, m.wordBits), saves: blocksOf(banks * m.rows, m.wordBits) }))
    .filter(({ takes, saves }) => saves >= WORTH * takes)
    .sort((a, b) => b.saves / b.takes - a.saves / a.takes);
  for (const { m, takes } of ranked)
    if (takes <= left) {
      found.add(m);
      left -= takes;
    }
  return found;
}

/** The same where a board has memory beside the device, whose layers need two maps of their inputs in block RAM. */
const BESIDE_SHARE = 0.8;
/** Bits of a block RAM of the devices that boards with an SDRAM have. */
const SDRAM_BLOCK_BITS = 18432;

/**
 * Homes where neither network nor request says any: all weights in ROM, but those of the largest layers of a device with
 * single-port RAMs, or of a board with memory beside the device, whose block RAM would not hold them.
 */
export function homesFor(net: QuantizedNetwork, target: Target | undefined): HomeRequest | undefined {
  const { bram = 0, spram = 0 } = target?.device?.resources ?? {};
  const sdram = target?.board?.sdram !== undefined;
  if ((spram === 0 && !sdram) || net.nodes.some((n) => n.overrides.home !== undefined)) return undefined;
  const layers = net.nodes
    .flatMap((n) => {
      if (!("weights" in n) || n.overrides.unroll || (sdram && n.window.groups > 1)) return [];
      const { rows, bits } = n.weights;
      return [{ name: n.name, bits: rows.length * rows[0]!.length * bits }];
    })
    .sort((a, b) => b.bits - a.bits);
  let inRom = layers.reduce((sum, l) => sum + l.bits, 0);
  const homes = new Map<string, Home>();
  const room = sdram ? BESIDE_SHARE * bram * SDRAM_BLOCK_BITS : SHARE * bram * BLOCK_BITS;
  for (const l of layers) {
    if (inRom <= room) break;
    homes.set(l.name, sdram ? "external" : "ram");
    inRom -= l.bits;
  }
  return homes.size > 0 ? homes : undefined;
}
