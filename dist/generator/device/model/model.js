import { cellNamed, structureOf } from "../../cells/index.js";
import { families } from "../../targets/index.js";
import { none, plus } from "../flow/netlist.js";
import coefficients from "./coefficients.json" with { type: "json" };
import { predict } from "./features.js";
/** The committed coefficients of a family. */
export const modelOf = (family) => coefficients[family];
/** Places that an instance's parameters give its memories. */
const stylesOf = (i) => Object.fromEntries(Object.entries(i.params).flatMap(([k, v]) => (typeof v === "string" ? [[k, v]] : [])));
/** One cell with its parameters. Throws where the model does not know the cell: a test keeps that from happening. */
export function estimateCell(cell, params, family, dsp, styles = {}, contents = {}) {
    const structure = structureOf(cell, params, styles, contents);
    const cost = structure && predict(structure, family, dsp, modelOf(family));
    if (!cost)
        throw new Error(`no resource model of ${cell} for ${family}`);
    return cost;
}
export const estimateBlock = (b, family, dsp) => b.instances.reduce((sum, i) => plus(sum, estimateInstance(i, family, dsp)), none);
function estimateInstance(i, family, dsp) {
    const contents = cellNamed(i.cell)?.contents?.(i.params) ?? {};
    const numbers = Object.entries(i.params).flatMap(([k, v]) => (typeof v === "number" ? [[k, v]] : []));
    return estimateCell(i.cell, Object.fromEntries(numbers), family, dsp, stylesOf(i), contents);
}
/** Resources of an accelerator: of each layer by its block's name, and of all; counts are rounded up. */
export function estimateLayers(hw, family, dsp) {
    const layers = new Map(hw.blocks.map((b) => [b.name, rounded(estimateBlock(b, family, dsp))]));
    return { layers, total: [...layers.values()].reduce(plus, none) };
}
/** Counts rounded up. */
export const rounded = (c) => ({
    lut: Math.ceil(c.lut - 1e-6),
    ff: Math.ceil(c.ff - 1e-6),
    carry: Math.ceil(c.carry - 1e-6),
    bram: c.bram,
    dsp: c.dsp,
});
/** Resources of an accelerator. */
export const estimate = (hw, target, dsp) => estimateLayers(hw, target.family, dsp).total;
/** What a device has too little of. `share` of its LUTs and flip-flops may be taken. */
export function shortages(cost, target, share = 1) {
    const have = target.device?.resources;
    if (!have)
        return [];
    const { words } = families[target.family];
    return [
        { what: words.lut, need: Math.ceil(cost.lut), have: Math.floor(have.lut * share) },
        { what: "flip-flop", need: cost.ff, have: Math.floor(have.ff * share) },
        { what: words.bram, need: cost.bram, have: have.bram },
        { what: words.dsp, need: cost.dsp, have: have.dsp },
    ].filter((r) => r.need > r.have);
}
