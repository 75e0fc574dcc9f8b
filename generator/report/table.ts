// Tables that sort: real buttons in the heads, numbers right-aligned.
import { html, type Markup, type Part } from "./markup.ts";

export interface Column {
  readonly title: string;
  readonly number?: boolean;
}

/** What a cell sorts by, where it is not its text. */
export class Cell {
  readonly shown: Part;
  readonly key: number | string;
  constructor(shown: Part, key: number | string) {
    this.shown = shown;
    this.key = key;
  }
}

/** Digits in threes, as a person reads them. */
export const grouped = (v: number): string =>
  Number.isInteger(v) ? String(v).replace(/\B(?=(\d{3})+$)/g, "\u202f") : String(Number(v.toPrecision(4)));

function cell(c: Part | Cell, column: Column): Markup {
  const number = column.number ? html` class="number"` : null;
  if (c instanceof Cell) return html`<td${number} data-key="${c.key}">${c.shown}</td>`;
  if (typeof c === "number") return html`<td${number} data-key="${c}">${grouped(c)}</td>`;
  return html`<td${number}>${c}</td>`;
}

/** @param label name of the table for screen readers @param foot rows that stay below when it is sorted */
export const table = (
  label: string,
  columns: readonly Column[],
  rows: readonly (readonly (Part | Cell)[])[],
  foot: readonly (readonly (Part | Cell)[])[] = [],
): Markup => {
  const lines = (of: typeof rows) =>
    of.map((r) => html`<tr>${r.map((c, i) => cell(c, columns[i] ?? { title: "" }))}</tr>`);
  return html`<div class="scroll table" tabindex="0" role="region" aria-label="${label}"><table><thead><tr>${columns.map(
    (c) =>
      html`<th scope="col"${c.number ? html` class="number"` : null} aria-sort="none"><button type="button">${c.title}</button></th>`,
  )}</tr></thead><tbody>${lines(rows)}</tbody>${foot.length > 0 ? html`<tfoot>${lines(foot)}</tfoot>` : null}</table></div>`;
};
