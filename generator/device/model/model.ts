// What a design takes, without a synthesis: memories and multipliers by the tools' rules, logic by coefficients fitted to
// syntheses of the cells alone (bench/resources). Synthesis has the last word.
import type { HwBlock, HwGraph, HwInstance } from "../../ir/hardware.ts";
import { type Cost, type Family, families, type Target } from "../../targets/index.ts";
import { none, plus } from "../flow/netlist.ts";
import coefficients from "./coefficients.json" with { type: "json" };
import { type FamilyModel, predict } from "./features.ts";
import { type Styles, structureOf } from "./structure.ts";

/** The committed coefficients of a family. */
export const modelOf = (family: Family): FamilyModel => coefficients[family];

/** The numeric parameters of an instance, and FACTOR where all its multipliers are one: a mean's, say. */
function numbers(i: HwInstance): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [k, v] of Object.entries(i.params))
    if (typeof v === "number" || typeof v === "bigint") found[k] = Number(v);
  const memory = i.params.MEM_FILE;
  if (i.cell !== "axis_requant" || found.MODE !== 0 || typeof memory !== "object") return found;
  const [bits, all] = [BigInt(found.M_BITS!), BigInt(found.M_BITS! + found.B_BITS!)];
  const lanes = found.LANES! * (found.NEG ? 2 : 1);
  const factor = (w: bigint, lane: number) => BigInt.asIntN(Number(bits), w >> (BigInt(lane) * all));
  const first = factor(memory.words[0] ?? 0n, 0);
  const same = memory.words.every((w) =>
    Array.from({ length: lanes }, (_, l) => factor(w, l)).every((m) => m === first),
  );
  return same ? { ...found, FACTOR: Number(first) } : found;
}

/** Places that an instance's parameters give its memories. */
const stylesOf = (i: HwInstance): Styles =>
  Object.fromEntries(Object.entries(i.params).flatMap(([k, v]) => (typeof v === "string" ? [[k, v] as const] : [])));

/** One cell with its parameters. Throws where the model does not know the cell: a test keeps that from happening. */
export function estimateCell(
  cell: string,
  params: Readonly<Record<string, number>>,
  family: Family,
  dsp: boolean,
  styles: Styles = {},
): Cost {
  const structure = structureOf(cell, params, styles);
  const cost = structure && predict(structure, family, dsp, modelOf(family));
  if (!cost) throw new Error(`no resource model of ${cell} for ${family}`);
  return cost;
}

export const estimateBlock = (b: HwBlock, family: Family, dsp: boolean): Cost =>
  b.instances.reduce((sum, i) => plus(sum, estimateCell(i.cell, numbers(i), family, dsp, stylesOf(i))), none);

/** Resources of an accelerator: of each layer by its block's name, and of all; counts are rounded up. */
export function estimateLayers(hw: HwGraph, family: Family, dsp: boolean): { layers: Map<string, Cost>; total: Cost } {
  const layers = new Map(hw.blocks.map((b) => [b.name, rounded(estimateBlock(b, family, dsp))]));
  return { layers, total: [...layers.values()].reduce(plus, none) };
}

/** Counts rounded up. */
export const rounded = (c: Cost): Cost => ({
  lut: Math.ceil(c.lut - 1e-6),
  ff: Math.ceil(c.ff - 1e-6),
  carry: Math.ceil(c.carry - 1e-6),
  bram: c.bram,
  dsp: c.dsp,
});

/** Resources of an accelerator. */
export const estimate = (hw: HwGraph, target: Target, dsp: boolean): Cost =>
  estimateLayers(hw, target.family, dsp).total;

export interface Shortage {
  readonly what: string;
  readonly need: number;
  readonly have: number;
}

/** What a device has too little of. `share` of its LUTs and flip-flops may be taken. */
export function shortages(cost: Cost, target: Target, share = 1): Shortage[] {
  const have = target.device?.resources;
  if (!have) return [];
  const { words } = families[target.family];
  return [
    { what: words.lut, need: Math.ceil(cost.lut), have: Math.floor(have.lut * share) },
    { what: "flip-flop", need: cost.ff, have: Math.floor(have.ff * share) },
    { what: words.bram, need: cost.bram, have: have.bram },
    { what: words.dsp, need: cost.dsp, have: have.dsp },
  ].filter((r) => r.need > r.have);
}
