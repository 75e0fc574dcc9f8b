// Markup that cannot be forged: what stands in `${}` is text, unless it is markup itself.

export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Part = Markup | string | number | false | null | undefined | readonly Part[];

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Control and direction characters would let a name of a network pass for another text. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Text as it may stand between tags and in attributes in quotes. */
export const escapeText = (s: string): string =>
  s.replace(HIDDEN, (c) => (c === "\n" || c === "\t" ? c : "\ufffd")).replace(/[&<>"']/g, (c) => ESCAPES[c]!);

function partText(p: Part): string {
  if (p === false || p === null || p === undefined) return "";
  if (p instanceof Markup) return p.text;
  return typeof p === "object" ? p.map(partText).join("") : escapeText(String(p));
}

/** Tag of template texts in HTML or SVG. */
export const html = (fixed: TemplateStringsArray, ...parts: readonly Part[]): Markup =>
  new Markup(fixed.map((f, i) => f + (i < parts.length ? partText(parts[i]) : "")).join(""));

/** A coordinate in SVG: as short as a tenth of a pixel needs. */
export const px = (v: number): string => String(Math.round(v * 10) / 10);
