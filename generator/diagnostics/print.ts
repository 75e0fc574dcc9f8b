// Prints diagnostics the way compilers do: code, place, source line, expectation, hint.
import { findNodeAtLocation, type Node, parseTree } from "jsonc-parser";
import type { JsonPath } from "../ir/graph.ts";
import type { Diagnostic } from "./diagnostics.ts";

export interface Source {
  readonly file: string;
  readonly text: string;
}

export interface Place {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** Where a path of the JSON text stands; the nearest enclosing value where the path itself is absent. */
export function locate(
  source: Source,
  d: Pick<Diagnostic, "path" | "offset" | "atKey">,
  tree = parseTree(source.text),
): Place {
  if (d.offset !== undefined) return place(source.text, d.offset, 1);
  const path = d.path ?? [];
  for (let n = path.length; tree && n >= 0; n--) {
    const found = findNodeAtLocation(tree, path.slice(0, n) as (string | number)[]);
    if (found) {
      const node = d.atKey && n === path.length ? keyOf(found) : found;
      return place(source.text, node.offset, node.length);
    }
  }
  return { line: 1, column: 1, length: 1 };
}

const keyOf = (value: Node): Node =>
  value.parent?.type === "property" ? (value.parent.children?.[0] ?? value) : value;

function place(text: string, offset: number, length: number): Place {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  const column = offset - (before.lastIndexOf("\n") + 1) + 1;
  const rest = text.slice(offset).split("\n", 1)[0] ?? "";
  return { line, column, length: Math.max(1, Math.min(length, rest.length)) };
}

export const pathText = (path: JsonPath): string =>
  `$${path.map((p) => (typeof p === "number" ? `[${p}]` : /^[A-Za-z_][\w]*$/.test(p) ? `.${p}` : `[${JSON.stringify(p)}]`)).join("")}`;

/** Control characters of hostile input never reach the terminal. */
export const printable = (s: string): string =>
  s.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) =>
    c === "\n" ? c : `\\u${c.codePointAt(0)!.toString(16).padStart(4, "0")}`,
  );

export function printDiagnostic(d: Diagnostic, source?: Source): string {
  const out = [`${d.severity} ${d.code}: ${d.message}`];
  const about = source && (d.path || d.offset !== undefined) ? locate(source, d) : undefined;
  if (source && about) {
    const where = `${source.file}:${about.line}:${about.column}`;
    out.push(`  --> ${where}${d.path ? `   ${pathText(d.path)}` : ""}`);
    const full = (source.text.split("\n")[about.line - 1] ?? "").replace(/\t/g, " ");
    // A long line (inline weights) is cut around the place.
    const from = Math.max(0, about.column - 60);
    const text = full.slice(from, from + 110);
    const no = String(about.line);
    out.push(`${no} | ${text}`);
    out.push(
      `${" ".repeat(no.length)} | ${" ".repeat(about.column - 1 - from)}${"^".repeat(Math.min(about.length, Math.max(1, 110 - (about.column - 1 - from))))}`,
    );
  }
  if (d.file) out.push(`  file      ${d.file}`);
  if (d.expected) out.push(`  expected  ${d.expected}`);
  if (d.found) out.push(`  found     ${d.found}`);
  if (d.hint) out.push(`  hint      ${d.hint}`);
  for (const n of d.notes ?? []) {
    const at = source ? locate(source, n) : undefined;
    out.push(`  note      ${n.message}${at && source ? `  (${source.file}:${at.line}:${at.column})` : ""}`);
  }
  return printable(out.join("\n"));
}

/** A diagnostic as data, with its place resolved: the form of `--json`. */
export function diagnosticJson(d: Diagnostic, source?: Source): Record<string, unknown> {
  const at = source && (d.path || d.offset !== undefined) ? locate(source, d) : undefined;
  const { path, offset: _offset, atKey: _atKey, ...rest } = d;
  return {
    ...rest,
    ...(path ? { path: pathText(path) } : {}),
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
