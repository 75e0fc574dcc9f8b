// Prints diagnostics the way compilers do: code, place, source line, expectation, hint.
import type { JsonPath } from "../ir/graph.ts";
import type { Diagnostic, Source } from "./diagnostics.ts";
import { find } from "./places.ts";

export type { Source } from "./diagnostics.ts";

export interface Place {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** Where a path of the JSON text stands; the nearest enclosing value where the path itself is absent. */
export function locate(source: Source, d: Pick<Diagnostic, "path" | "offset" | "atKey">): Place {
  if (d.offset !== undefined) return place(source.text, d.offset, 1);
  const path = d.path ?? [];
  const found = find(source.text, path);
  if (!found) return { line: 1, column: 1, length: 1 };
  const span = d.atKey && found.key && found.depth === path.length ? found.key : found.value;
  return place(source.text, span.offset, span.length);
}

/** Starts of the lines of the text asked about last. */
let lines: { text: string; starts: number[] } = { text: "", starts: [0] };

function lineStarts(text: string): readonly number[] {
  if (lines.text !== text) {
    const starts = [0];
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    lines = { text, starts };
  }
  return lines.starts;
}

function place(text: string, offset: number, length: number): Place {
  const starts = lineStarts(text);
  let [line, end] = [0, starts.length];
  while (end - line > 1) {
    const middle = (line + end) >> 1;
    // A line feed belongs to the line that it ends.
    if (starts[middle]! <= offset) line = middle;
    else end = middle;
  }
  const column = offset - starts[line]! + 1;
  return { line: line + 1, column, length: Math.max(1, Math.min(length, lineEnd(text, offset) - offset)) };
}

/** End of the line at `offset`, without a carriage return. */
function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  const stop = end < 0 ? text.length : end;
  return stop > offset && text[stop - 1] === "\r" ? stop - 1 : stop;
}

export const pathText = (path: JsonPath): string =>
  `$${path.map((p) => (typeof p === "number" ? `[${p}]` : /^[A-Za-z_][\w]*$/.test(p) ? `.${p}` : `[${JSON.stringify(p)}]`)).join("")}`;

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** JSON's escape of a character, in UTF-16 units. */
const escaped = (c: string): string =>
  Array.from({ length: c.length }, (_, i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, "0")}`).join("");

/** One line without control and direction characters: hostile input reaches no terminal and forges no message. */
export const printable = (s: string): string => s.replace(UNPRINTABLE, escaped);

/** JSON text without such characters; it means the same. @param indent spaces a level; 0: one line */
export const printableJson = (value: unknown, indent = 2): string =>
  JSON.stringify(value, null, indent).replace(UNPRINTABLE, (c) => (c === "\n" ? c : escaped(c)));

/** The same with every list of values on one line: a list of thousands of numbers is no thousands of lines. */
export function listedJson(value: unknown): string {
  const lines = (v: unknown, indent: string): string => {
    if (typeof v !== "object" || v === null) return JSON.stringify(v);
    const inner = `${indent}  `;
    const isList = Array.isArray(v);
    const parts = isList
      ? v.map((w) => lines(w, inner))
      : Object.entries(v).map(([k, w]) => `${JSON.stringify(k)}: ${lines(w, inner)}`);
    const [open, close] = isList ? "[]" : "{}";
    if (parts.length === 0) return `${open}${close}`;
    if (isList && v.every((w) => typeof w !== "object" || w === null)) return `[${parts.join(", ")}]`;
    return `${open}\n${parts.map((p) => inner + p).join(",\n")}\n${indent}${close}`;
  };
  // What JSON leaves out or changes is left out and changed first.
  return lines(JSON.parse(JSON.stringify(value)), "").replace(UNPRINTABLE, (c) => (c === "\n" ? c : escaped(c)));
}

/** A line of the file as it is shown: every character one column, so that the marks below it meet. */
const shownLine = (s: string): string => s.replace(/\t/g, " ").replace(UNPRINTABLE, "\ufffd");

/** Characters of a part of a message; names and values of a file may have any length. */
const LONGEST = 600;
const cut = (s: string): string => (s.length > LONGEST ? `${s.slice(0, LONGEST - 3)}...` : s);

/** Columns of a source line that are shown; inline weights stand on lines of any length. */
const SHOWN = 110;

export function printDiagnostic(d: Diagnostic, source?: Source): string {
  const out = [`${d.severity} ${d.code}: ${printable(cut(d.message))}`];
  const about = source && (d.path || d.offset !== undefined) ? locate(source, d) : undefined;
  if (source && about) {
    const where = printable(`${source.file}:${about.line}:${about.column}`);
    out.push(`  --> ${where}${d.path ? `   ${printable(cut(pathText(d.path)))}` : ""}`);
    const start = lineStarts(source.text)[about.line - 1]!;
    const from = Math.max(0, about.column - 60);
    const text = source.text.slice(start + from, Math.min(lineEnd(source.text, start), start + from + SHOWN));
    const no = String(about.line);
    const before = about.column - 1 - from;
    out.push(`${no} | ${shownLine(text)}`.trimEnd());
    out.push(
      `${" ".repeat(no.length)} | ${" ".repeat(before)}${"^".repeat(Math.min(about.length, Math.max(1, SHOWN - before)))}`,
    );
  }
  if (!source && d.path && d.path.length > 0)
    out.push(`  at        ${printable(cut(pathText(d.path)))} of the network file`);
  if (d.option) out.push(`  option    ${printable(cut(d.option))}`);
  if (d.file) out.push(`  file      ${printable(d.file)}`);
  if (d.expected) out.push(`  expected  ${printable(cut(d.expected))}`);
  if (d.found) out.push(`  found     ${printable(cut(d.found))}`);
  if (d.hint) out.push(`  hint      ${printable(cut(d.hint))}`);
  for (const n of d.notes ?? []) {
    const at = source ? locate(source, n) : undefined;
    out.push(
      `  note      ${printable(`${cut(n.message)}${at && source ? `  (${source.file}:${at.line}:${at.column})` : ""}`)}`,
    );
  }
  return out.join("\n");
}

/** A diagnostic as data, with its place resolved: the form of `--json`. */
export function diagnosticJson(d: Diagnostic, source?: Source): Record<string, unknown> {
  const at = source && (d.path || d.offset !== undefined) ? locate(source, d) : undefined;
  const { path, offset: _offset, atKey: _atKey, notes, ...rest } = d;
  return {
    ...Object.fromEntries(Object.entries(rest).map(([k, v]) => [k, typeof v === "string" ? cut(v) : v])),
    ...(notes ? { notes: notes.map((n) => ({ ...n, message: cut(n.message) })) } : {}),
    ...(path ? { path: cut(pathText(path)) } : {}),
    ...(at && source ? { place: { file: source.file, line: at.line, column: at.column } } : {}),
  };
}

/** The closest of the known words, if it is close enough to be what was meant. */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let distance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const k of known) {
    const d = editDistance(word.toLowerCase(), k.toLowerCase());
    if (d < distance) [best, distance] = [k, d];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 8 || a.length > 64) return 99;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length]!;
}
