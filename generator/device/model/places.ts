// Where memories go when a device lacks block RAM: into lookup tables, as long as it has those.
import { streamCell } from "../../cells/index.ts";
import type { HwBlock, HwGraph, HwInstance, MemoryStyle } from "../../ir/hardware.ts";
import { type Family, families } from "../../targets/index.ts";
import { featuresOf } from "./features.ts";
import { estimateLayers, estimatePart, type ModelPart, partsOf, structureOfPart } from "./model.ts";

/** What there is for a design: lookup tables, those of them that can be memory, and block RAMs. */
export interface Room {
  readonly lut: number;
  readonly lutram?: number | undefined;
  readonly bram: number;
}

/** A memory in lookup tables: the instance as it is then, and what that costs and frees. */
interface Move {
  readonly block: HwBlock;
  readonly at: number;
  readonly change: Pick<HwInstance, "params"> | Pick<HwInstance, "pages">;
  readonly lut: number;
  readonly lutram: number;
  readonly bram: number;
}

/** Lookup tables of a cell that are memory. */
const memoryOf = (p: ModelPart, family: Family, dsp: boolean): number =>
  featuresOf(structureOfPart(p), family, dsp).memories.reduce(
    (n, { mapped }) => n + (mapped.kind === "distributed" ? mapped.takes : 0),
    0,
  );

/** The places of an instance's memories that can be in lookup tables: fixed contents as logic, others as LUT RAM. */
function changesOf(i: HwInstance): Move["change"][] {
  const { MEM_FILE: rom } = i.params;
  return [
    ...(typeof rom === "object" && !i.ram ? [{ params: { ...i.params, MEM_STYLE: "logic" as MemoryStyle } }] : []),
    ...("RAM_STYLE" in streamCell(i.cell).params
      ? [{ params: { ...i.params, RAM_STYLE: "distributed" as MemoryStyle } }]
      : []),
    ...(i.ram?.fetched ? [{ pages: "distributed" as MemoryStyle }] : []),
  ];
}

/**
 * The design with as many memories in lookup tables as it takes for its block RAM to do; those first that cost the fewest
 * lookup tables for a block RAM. The design itself where it fits as it is, or does not either way.
 */
export function placed(hw: HwGraph, family: Family, dsp: boolean, room: Room): HwGraph {
  if (!families[family].lutMemory) return hw;
  const { total } = estimateLayers(hw, family, dsp);
  if (total.bram <= room.bram) return hw;
  const cost = (i: HwInstance) => {
    const parts = partsOf({ instances: [i] }, hw.weights);
    const each = parts.map((p) => ({ ...estimatePart(p, family, dsp), lutram: memoryOf(p, family, dsp) }));
    const sum = (key: "lut" | "lutram" | "bram") => each.reduce((n, c) => n + c[key], 0);
    return { lut: sum("lut"), lutram: sum("lutram"), bram: sum("bram") };
  };
  let lutram = 0;
  const moves: Move[] = [];
  for (const block of hw.blocks)
    for (const [at, i] of block.instances.entries()) {
      const before = cost(i);
      lutram += before.lutram;
      if (before.bram === 0) continue;
      for (const change of changesOf(i)) {
        const after = cost({ ...i, ...change });
        const bram = before.bram - after.bram;
        if (bram > 0)
          moves.push({ block, at, change, bram, lut: after.lut - before.lut, lutram: after.lutram - before.lutram });
      }
    }
  moves.sort((a, b) => a.lut / a.bram - b.lut / b.bram);
  let { lut, bram } = total;
  const taken = new Map<HwBlock, Move[]>();
  for (const m of moves) {
    if (bram <= room.bram) break;
    if (lut + m.lut > room.lut || (room.lutram !== undefined && m.lutram > 0 && lutram + m.lutram > room.lutram))
      continue;
    lut += m.lut;
    lutram += m.lutram;
    bram -= m.bram;
    taken.set(m.block, [...(taken.get(m.block) ?? []), m]);
  }
  if (bram > room.bram) return hw;
  return moved(hw, (b) => {
    const own = taken.get(b);
    const changed = (i: HwInstance, at: number): HwInstance =>
      Object.assign({}, i, ...own!.filter((m) => m.at === at).map((m) => m.change));
    return own && b.instances.map(changed);
  });
}

/** The design with other instances in some blocks; what is computed when it is asked for stays so. */
function moved(hw: HwGraph, instances: (b: HwBlock) => readonly HwInstance[] | undefined): HwGraph {
  const blocks = hw.blocks.map((b): HwBlock => {
    const own = instances(b);
    return own ? withValue(b, "instances", own) : b;
  });
  return withValue(hw, "blocks", blocks);
}

/** A copy with another value of one key, whose getters are not called. */
const withValue = <T extends object, K extends keyof T>(from: T, key: K, value: T[K]): T =>
  Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(from), [key]: { value, enumerable: true } }) as T;
