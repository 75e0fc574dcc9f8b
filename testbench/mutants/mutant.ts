// Single faults in a source file, drawn by a seed.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Rand } from "../lib/rand.ts";

/** One changed span of a file. */
export interface Mutant {
  /** From the project's root, with forward slashes. */
  readonly file: string;
  /** Of the first changed character, from 1. */
  readonly line: number;
  /** What is changed, such as "+ -> -". */
  readonly what: string;
  /** The lines around the change without their white space, as they are and with the fault. */
  readonly before: string;
  readonly after: string;
  /** Names this fault as long as its lines stay. */
  readonly id: string;
  /** The spans that it replaces. */
  readonly parts: readonly Part[];
  /** Text of the whole file with the fault. */
  readonly apply: () => string;
}

/** A replacement of characters `from` to `to` of a text. */
interface Part {
  readonly from: number;
  readonly to: number;
  readonly by: string;
}

export interface Change extends Part {
  readonly what: string;
  /** The spans that are others, where not all between `from` and `to` is. */
  readonly parts?: readonly Part[];
}

const squeeze = (text: string): string => text.trim().replace(/\s+/g, " ");

/** The changes of one file as mutants; of equal ones the first stays. */
export function mutantsOf(file: string, text: string, changes: readonly Change[]): Mutant[] {
  const seen = new Map<string, number>();
  const found: Mutant[] = [];
  for (const { from, to, by, what, parts = [{ from, to, by }] } of changes) {
    const start = text.lastIndexOf("\n", from - 1) + 1;
    const end = text.indexOf("\n", to);
    const [head, tail] = [text.slice(start, from), text.slice(to, end < 0 ? text.length : end)];
    const [before, after] = [squeeze(head + text.slice(from, to) + tail), squeeze(head + by + tail)];
    if (before === after) continue;
    const key = `${file}\n${before}\n${after}`;
    const n = seen.get(key) ?? 0;
    seen.set(key, n + 1);
    found.push({
      ...{ file, what, before, after, parts },
      line: text.slice(0, from).split("\n").length,
      id: createHash("sha256").update(`${key}\n${n}`).digest("hex").slice(0, 12),
      apply: () => text.slice(0, from) + by + text.slice(to),
    });
  }
  return found;
}

/** `count` of the list in an order of the seed; of them each `of`-th from the `index`-th on. */
export function draw<T>(list: readonly T[], seed: number, count: number, shard = { index: 0, of: 1 }): T[] {
  const rand = new Rand(seed);
  const all = [...list];
  for (let i = all.length - 1; i > 0; i--) {
    const j = rand.int(0, i);
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all.slice(0, count).filter((_, i) => i % shard.of === shard.index);
}

export const judgments = ["equivalent", "elsewhere", "gap"] as const;

/**
 * What somebody found out about a mutant that its tests let live: it is no fault (`equivalent`), other tests than those
 * that are run kill it (`elsewhere`), or nothing does yet (`gap`).
 */
export interface Judged {
  readonly file: string;
  /** Where lines alone do not tell the place: what is changed. */
  readonly what?: string;
  readonly before: string;
  readonly after: string;
  readonly judgment: (typeof judgments)[number];
  readonly why: string;
}

export const judgmentOf = (
  m: Pick<Mutant, "file" | "what" | "before" | "after">,
  list: readonly Judged[],
): Judged | undefined =>
  list.find(
    (j) =>
      j.file === m.file && j.before === m.before && j.after === m.after && (j.what === undefined || j.what === m.what),
  );

/** Those of survivors.json. */
export const survivors = (): Judged[] =>
  JSON.parse(readFileSync(join(import.meta.dirname, "survivors.json"), "utf8")) as Judged[];
