// Where memories go when a device lacks block RAM: into UltraRAM that is left, then into lookup tables.
import { streamCell } from "../../cells/index.ts";
import type { HwBlock, HwGraph, HwInstance, MemoryStyle } from "../../ir/hardware.ts";
import { type Family, families } from "../../targets/index.ts";
import { romOf } from "../../weights/external.ts";
import { featuresOf } from "./features.ts";
import { estimateLayers, estimatePart, type ModelPart, partsOf, structureOfPart } from "./model.ts";

/** What there is for a design: lookup tables, those of them that can be memory, block RAMs and UltraRAMs. */
export interface Room {
  readonly lut: number;
  readonly lutram?: number | undefined;
  readonly bram: number;
  readonly uram?: number | undefined;
}

/** A memory in another place: the instance as it is then, and what that costs and frees. */
interface Move {
  readonly block: HwBlock;
  readonly at: number;
  readonly change: Pick<HwInstance, "params"> | Pick<HwInstance, "pages"> | Pick<HwInstance, "romStyle">;
  readonly lut: number;
  readonly lutram: number;
  readonly uram: number;
  readonly bram: number;
}

/** Which of an instance's memories is moved. */
const kindOf = ({ change }: Move): string => Object.keys(change).join();

/** Lookup tables of a cell that are memory. */
const memoryOf = (p: ModelPart, family: Family, dsp: boolean): number =>
  featuresOf(structureOfPart(p), family, dsp).memories.reduce(
    (n, { mapped }) => n + (mapped.kind === "distributed" ? mapped.takes : 0),
    0,
  );

/** Other places of an instance's memories: fixed contents as logic, others in UltraRAM or as LUT RAM. */
function changesOf(i: HwInstance, uram: boolean): Move["change"][] {
  const { MEM_FILE: rom } = i.params;
  const places: readonly MemoryStyle[] = uram ? ["ultra", "distributed"] : ["distributed"];
  return [
    ...(typeof rom === "object" && !i.ram ? [{ params: { ...i.params, MEM_STYLE: "logic" as MemoryStyle } }] : []),
    ...(i.ram && romOf(i.ram) ? [{ romStyle: "logic" as MemoryStyle }] : []),
    ...("RAM_STYLE" in streamCell(i.cell).params
      ? places.map((RAM_STYLE) => ({ params: { ...i.params, RAM_STYLE } }))
      : []),
    ...(i.ram?.fetched ? places.map((pages) => ({ pages })) : []),
  ];
}

/**
 * The design with as many memories in other places as it takes for its block RAM to do: in UltraRAM those first that
 * free the most block RAMs for one, then in lookup tables those that cost the fewest for a block RAM. The design itself
 * where it fits as it is, or does not either way.
 */
export function placed(hw: HwGraph, family: Family, dsp: boolean, room: Room): HwGraph {
  if (!families[family].lutMemory) return hw;
  const { total } = estimateLayers(hw, family, dsp);
  if (total.bram <= room.bram) return hw;
  const cost = (i: HwInstance) => {
    const parts = partsOf({ instances: [i] }, hw.weights);
    const each = parts.map((p) => ({ ...estimatePart(p, family, dsp), lutram: memoryOf(p, family, dsp) }));
    const sum = (key: "lut" | "lutram" | "bram" | "uram") => each.reduce((n, c) => n + (c[key] ?? 0), 0);
    return { lut: sum("lut"), lutram: sum("lutram"), bram: sum("bram"), uram: sum("uram") };
  };
  let lutram = 0;
  const moves: Move[] = [];
  for (const block of hw.blocks)
    for (const [at, i] of block.instances.entries()) {
      const before = cost(i);
      lutram += before.lutram;
      if (before.bram === 0) continue;
      for (const change of changesOf(i, (room.uram ?? 0) > 0)) {
        const after = cost({ ...i, ...change });
        const more = (key: keyof typeof after) => after[key] - before[key];
        const freed = { lut: more("lut"), lutram: more("lutram"), uram: more("uram"), bram: -more("bram") };
        if (freed.bram > 0) moves.push({ block, at, change, ...freed });
      }
    }
  const price = (m: Move) => (m.uram > 0 ? m.uram : m.lut) / m.bram;
  const sorted = [true, false].flatMap((ultra) =>
    moves.filter((m) => m.uram > 0 === ultra).sort((a, b) => price(a) - price(b)),
  );
  let { lut, bram, uram = 0 } = total;
  const taken = new Map<HwBlock, Move[]>();
  for (const m of sorted) {
    if (bram <= room.bram) break;
    const own = taken.get(m.block) ?? [];
    if (own.some((o) => o.at === m.at && kindOf(o) === kindOf(m))) continue;
    if (lut + m.lut > room.lut || uram + m.uram > Math.max(uram, room.uram ?? 0)) continue;
    if (room.lutram !== undefined && m.lutram > 0 && lutram + m.lutram > room.lutram) continue;
    lut += m.lut;
    lutram += m.lutram;
    uram += m.uram;
    bram -= m.bram;
    taken.set(m.block, [...own, m]);
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
