// Finds a path in JSON text.
import type { JsonPath } from "../ir/graph.ts";
import { Tokens } from "./tokens.ts";

/** Characters of the text. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

export interface Found {
  readonly value: Span;
  /** The key in front of the value, where it stands in an object. */
  readonly key: Span | undefined;
  /** Number of elements of the path that were found; less than all: `value` is the nearest value around it. */
  readonly depth: number;
}

/** The value at `path` of a well-formed text, or the nearest one around it; undefined for an empty text. */
export function find(text: string, path: JsonPath): Found | undefined {
  const tokens = new Tokens(text);
  if (tokens.kind === "") return undefined;
  let key: Span | undefined;
  for (let depth = 0; ; depth++) {
    const offset = tokens.offset;
    const inner = depth < path.length ? enter(tokens, path[depth]!) : undefined;
    if (!inner) return { value: { offset, length: new Tokens(text, offset).skip() - offset }, key, depth };
    key = inner.key;
  }
}

/** Where the elements of the lists of a text begin, as far as they were asked for: many messages, one walk. */
let lists: { text: string; starts: Map<number, number[]> } = { text: "", starts: new Map() };

/** Places of the elements of the list at `offset`, which ends with the last of them. */
function elementsOf(text: string, offset: number): readonly number[] {
  if (lists.text !== text) lists = { text, starts: new Map() };
  let starts = lists.starts.get(offset);
  if (!starts) {
    starts = [];
    const tokens = new Tokens(text, offset);
    tokens.next();
    while (!tokens.is("") && !tokens.closes) {
      starts.push(tokens.offset);
      tokens.skip();
      if (tokens.is(",")) tokens.next();
    }
    lists.starts.set(offset, starts);
  }
  return starts;
}

/** Moves from the first token of a value to the first token of its child; undefined where there is none. */
function enter(tokens: Tokens, wanted: string | number): { key: Span | undefined } | undefined {
  const list = typeof wanted === "number";
  if (!tokens.is(list ? "[" : "{")) return undefined;
  if (list) {
    const start = elementsOf(tokens.text, tokens.offset)[wanted];
    if (start === undefined) return undefined;
    tokens.moveTo(start);
    return { key: undefined };
  }
  tokens.next();
  while (!tokens.is("") && !tokens.closes) {
    const name = tokens.string();
    const key = { offset: tokens.offset, length: tokens.end - tokens.offset };
    tokens.next();
    if (!tokens.is(":")) return undefined;
    tokens.next();
    if (name === wanted) return { key };
    tokens.skip();
    if (tokens.is(",")) tokens.next();
  }
  return undefined;
}
