// What a design takes, without a synthesis: memories and multipliers by the tools' rules, logic by coefficients fitted to
// syntheses of the cells alone (bench/resources). Synthesis has the last word.
import type { Contents, Styles } from "../../cells/define.ts";
import { cellNamed, structureOf } from "../../cells/index.ts";
import type { Structure } from "../../cells/structure.ts";
import type { HwBlock, HwGraph, HwInstance, HwMemory, HwWeights } from "../../ir/hardware.ts";
import { type Cost, type Family, families, type Target } from "../../targets/index.ts";
import { codeRowBits, readerOf } from "../../weights/external.ts";
import { none, plus } from "../flow/netlist.ts";
import coefficients from "./coefficients.json" with { type: "json" };
import { type FamilyModel, predict } from "./features.ts";

/** The committed coefficients of a family. */
export const modelOf = (family: Family): FamilyModel => coefficients[family];

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
  contents: Contents = {},
): Cost {
  const structure = structureOf(cell, params, styles, contents);
  const cost = structure && predict(structure, family, dsp, modelOf(family));
  if (!cost) throw new Error(`no resource model of ${cell} for ${family}`);
  if (Object.values(cost).some(Number.isNaN)) throw new Error(`the resource model of ${cell} misses a parameter`);
  return cost;
}

/** What all memories that are written at run time have. */
type RamOptions = Pick<HwWeights, "swap" | "readBack">;

/** A cell of a design as the model sees it. */
export interface ModelPart {
  readonly cell: string;
  readonly params: Readonly<Record<string, number>>;
  readonly styles?: Styles;
  readonly contents?: Contents;
  /** It may take DSP blocks. */
  readonly dsp?: true;
}

/** Structure of a part; every cell of a design has one. */
export const structureOfPart = (p: ModelPart): Structure => structureOf(p.cell, p.params, p.styles, p.contents)!;

export const estimatePart = (p: ModelPart, family: Family, dsp: boolean): Cost =>
  estimateCell(p.cell, p.params, family, dsp && p.dsp === true, p.styles, p.contents);

/** All cells of a block: its instances, and what stands beside those whose weights are written or read at run time. */
export const partsOf = (b: Pick<HwBlock, "instances">, how?: RamOptions): ModelPart[] =>
  b.instances.flatMap((i) => [instancePart(i), ...(i.ram ? ramParts(i.ram, how, i) : [])]);

export const estimateBlock = (b: Pick<HwBlock, "instances">, family: Family, dsp: boolean, how?: RamOptions): Cost =>
  partsOf(b, how).reduce((sum, p) => plus(sum, estimatePart(p, family, dsp)), none);

function ramParts(
  m: HwMemory,
  { swap, readBack }: RamOptions = {},
  { pages, romStyle }: Pick<HwInstance, "pages" | "romStyle"> = {},
): ModelPart[] {
  const styles = romStyle ? { styles: { MEM_STYLE: romStyle } } : {};
  const READ = readBack ? 1 : 0;
  const walk = m.walk && {
    cell: "row_walk",
    params: { BLOCKS: m.walk.blocks, TIMES: m.walk.times, INNER: m.walk.inner },
  };
  if (!m.fetched && !m.section)
    return [{ cell: "row_rom", params: { ROWS: m.rows, BITS: m.wordBits }, ...styles }, walk!];
  if (!m.fetched) {
    const memory = { ROWS: m.rows, BITS: m.wordBits, ONE_PORT: m.onePort ? 1 : 0, BANKS: swap ? 2 : 1, READ };
    return [
      { cell: "weight_ram", params: memory },
      ...(swap ? [{ cell: "frame_bank", params: { COUNT_BITS: swap.countBits } }] : []),
      ...(walk ? [walk] : []),
    ];
  }
  const { rows, times, port, coded, rom } = m.fetched;
  const { addressBits } = port;
  const dataBits = rom?.memory.wordBits ?? port.dataBits;
  const { burst, depth, beatBits } = readerOf(m, port);
  const bits = m.wordBits;
  const code = { ROWS: 1, BITS: coded ? codeRowBits(coded) : 0, ONE_PORT: 0, BANKS: 1, READ };
  return [
    rom
      ? { cell: "weight_rom", params: { ROWS: rom.memory.rows, BITS: dataBits }, ...styles }
      : {
          cell: "weight_fetch",
          params: { ADDR_BITS: addressBits, DATA_BITS: dataBits, BEAT_BITS: beatBits, BURST: burst, DEPTH: depth },
        },
    ...(coded
      ? [
          ...(rom ? [] : [{ cell: "weight_ram", params: code }]),
          {
            cell: "weight_decode",
            params: {
              ...{ DATA_BITS: dataBits, W_BITS: coded.bits, LANES: coded.lanes },
              BLOCKS: (m.rows * bits) / (coded.lanes * coded.bits),
            },
          },
        ]
      : []),
    {
      cell: "axis_gearbox",
      params: { IN_BITS: coded ? coded.lanes * coded.bits : dataBits, OUT_BITS: bits, WORDS: m.rows },
    },
    {
      cell: "axis_frames",
      params: { WIDTH: bits, GROUPS: 1, PIXELS: rows, INNER: 1, TIMES: times },
      ...(pages ? { styles: { RAM_STYLE: pages } } : {}),
    },
    { cell: "axis_weights", params: { WIDTH: 1, W_BITS: bits } },
  ];
}

/** What loads weights, and keeps frames out meanwhile. */
export function estimateLoading(hw: HwGraph, family: Family): Cost {
  if (!hw.weights) return none;
  const { words, step, settle, swap, readBack, coded } = hw.weights;
  const loader = { WORDS: words, STEP: step, SETTLE: settle, IDENTITY_0: 0, IDENTITY_1: 0 };
  const gate = { BEATS: hw.input.beatsPerFrame, OUTPUTS: hw.outputs.length, COUNT_BITS: swap?.countBits ?? 16 };
  const { external } = hw.weights;
  const reading = (external?.ports ?? []).map(({ readers }) =>
    estimateCell(
      "axi_read_master",
      {
        ...{ CLIENTS: readers.length, ADDR_BITS: external!.addressBits },
        ...{ DATA_BITS: external!.dataBits, OUTSTANDING: external!.outstanding },
      },
      family,
      false,
    ),
  );
  return rounded(
    [
      estimateCell("weights_loader", loader, family, false),
      estimateCell("frame_gate", gate, family, false),
      external ? estimateCell("frame_abort", { OUTPUTS: hw.outputs.length }, family, false) : none,
      coded ? estimateCell("weights_expand", { WORDS: words }, family, false) : none,
      readBack ? estimateCell("weights_reader", {}, family, false) : none,
      swap ? estimateCell("weights_swap", { COUNT_BITS: swap.countBits }, family, false) : none,
      ...reading,
    ].reduce(plus),
  );
}

function instancePart(i: HwInstance): ModelPart {
  const contents = cellNamed(i.cell)?.contents?.(i.params) ?? {};
  const numbers = Object.entries(i.params).flatMap(([k, v]) => (typeof v === "number" ? [[k, v] as const] : []));
  return { cell: i.cell, params: Object.fromEntries(numbers), styles: stylesOf(i), contents, dsp: true };
}

/** Resources of an accelerator: of each layer by its block's name, and of all; counts are rounded up. */
export function estimateLayers(hw: HwGraph, family: Family, dsp: boolean): { layers: Map<string, Cost>; total: Cost } {
  const layers = new Map(hw.blocks.map((b) => [b.name, rounded(estimateBlock(b, family, dsp, hw.weights))]));
  return { layers, total: [...layers.values()].reduce(plus, estimateLoading(hw, family)) };
}

/** Counts rounded up. */
export const rounded = (c: Cost): Cost => ({
  lut: Math.ceil(c.lut - 1e-6),
  ff: Math.ceil(c.ff - 1e-6),
  carry: Math.ceil(c.carry - 1e-6),
  bram: c.bram,
  ...(c.uram ? { uram: c.uram } : {}),
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
    ...(words.uram ? [{ what: words.uram, need: cost.uram ?? 0, have: have.uram ?? 0 }] : []),
    { what: words.dsp, need: cost.dsp, have: have.dsp },
  ].filter((r) => r.need > r.have);
}
