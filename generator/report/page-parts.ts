// What the sections of a page share.
import type { Cost } from "../targets/index.ts";
import type { LayerReport, LogicReport } from "./data.ts";
import { html, type Markup, type Part } from "./markup.ts";
import { Cell, type Column } from "./table.ts";

export const percent = (v: number, digits = 1): string => `${(100 * v).toFixed(digits)} %`;
export const share = (v: number | null, digits = 2): Cell | string =>
  v === null ? "" : new Cell(percent(v, digits), v);
export const dims = (s: readonly number[]): string => s.join(" \u00d7 ");
export const limits = (text: Part): Markup => html`<p class="limits"><strong>What this is not:</strong> ${text}</p>`;
export const section = (id: string, title: string, body: Part): Markup =>
  html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${body}</section>`;
export const rows = (pairs: readonly (readonly [string, Part])[]): Markup =>
  html`<dl class="rows">${pairs.map(([k, v]) => html`<dt>${k}</dt><dd>${v}</dd>`)}</dl>`;
export const n = (title: string): Column => ({ title, number: true });
export const t = (title: string): Column => ({ title });

/** Link to the page of a layer. */
const layerLink = (i: number, name: string): Markup => html`<a href="#layer-${i}">${name}</a>`;
export const nameCell = (i: number, name: string): Cell => new Cell(layerLink(i, name), name);

export const fold = (l: LayerReport): string =>
  l.lanes > 0 ? `PE ${l.pe}, SIMD ${l.simd}${l.pixels > 1 ? `, ${l.pixels} pixels` : ""}` : "";

/** What is counted on a family's devices; UltraRAM where it has any. */
export const countedOf = (words: LogicReport["words"]) =>
  (["lut", "ff", "bram", "uram", "dsp"] as const).filter((k) => k !== "uram" || words.uram);
export const costColumns = ({ words }: LogicReport): Column[] =>
  countedOf(words).map((k) => n(k === "ff" ? "FF" : words[k]!));
export const sumOf = (a: Cost, b: Cost): Cost => ({
  ...a,
  ...{ lut: a.lut + b.lut, ff: a.ff + b.ff, bram: a.bram + b.bram, dsp: a.dsp + b.dsp },
  ...(a.uram || b.uram ? { uram: (a.uram ?? 0) + (b.uram ?? 0) } : {}),
});
export const costCells = ({ words }: LogicReport, c: Cost): number[] => countedOf(words).map((k) => c[k] ?? 0);
