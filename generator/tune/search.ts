// Bits of each layer: which set costs least within an error. The measures come from outside; nothing here computes a network.

/** Layers that have the same bits, one as a rule, with the bits that they may have, ascending. */
export interface Tunable {
  readonly name: string;
  readonly layers: readonly string[];
  readonly bits: readonly number[];
}

/** Bits of every tunable layer, by name. */
export type Assignment = ReadonlyMap<string, number>;

export interface Measures {
  /** What a layer's bits add to the error of the outputs, all others at their most. */
  readonly error: (layer: string, bits: number) => number;
  readonly cost: (layer: string, bits: number) => number;
}

/**
 * Sets of bits from the most to the least, each cheaper than the one before: every step takes that layer down, by one
 * bit or several, which adds least error for what it saves. Errors of layers are taken as additive, and never to fall
 * with fewer bits. No layer goes where it alone adds more than `most`.
 */
export function descent(layers: readonly Tunable[], { error, cost }: Measures, most = Infinity): Assignment[] {
  const steady = (name: string, list: readonly number[], bits: number): number =>
    Math.max(...list.filter((b) => b >= bits).map((b) => error(name, b)));
  const now = new Map(layers.map(({ name, bits }) => [name, bits.at(-1)!]));
  const sets = [new Map(now)];
  for (;;) {
    let best: { name: string; bits: number; ratio: number } | undefined;
    for (const { name, bits: list } of layers) {
      const from = now.get(name)!;
      for (const bits of list.filter((b) => b < from)) {
        const saved = cost(name, from) - cost(name, bits);
        const added = steady(name, list, bits);
        if (saved <= 0 || added > most) continue;
        const ratio = (added - steady(name, list, from)) / saved;
        if (!best || ratio < best.ratio) best = { name, bits, ratio };
      }
    }
    if (!best) return sets;
    now.set(best.name, best.bits);
    sets.push(new Map(now));
  }
}

/**
 * Rows of sets, each a descent with a smaller bound of what one layer may add: errors only add up while they are small, so
 * that a layer which saves much would spoil every later set of the one row.
 */
export function descents(layers: readonly Tunable[], measures: Measures): Assignment[][] {
  const largest = Math.max(0, ...layers.flatMap(({ name, bits }) => bits.map((b) => measures.error(name, b))));
  const rows = [1, 2, 4, 8, 16, 32].map((part) => descent(layers, measures, largest / part));
  const text = (row: readonly Assignment[]) => JSON.stringify(row.map((set) => [...set]));
  return rows.filter((row, i) => i === 0 || text(row) !== text(rows[i - 1]!));
}

/**
 * The last of `count` sets whose score is at least `least`, by bisection, as if scores only fell. Gives -1 where the first
 * is not.
 */
export async function lastWithin(
  count: number,
  least: number,
  score: (index: number) => Promise<number>,
): Promise<number> {
  let [low, high] = [-1, count];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if ((await score(middle)) >= least) low = middle;
    else high = middle;
  }
  return low;
}

/** All on `bits`, or on the next more that they may have. */
export const alike = (tunables: readonly Tunable[], bits: number): Assignment =>
  new Map(tunables.map((t) => [t.name, t.bits.find((b) => b >= bits) ?? t.bits.at(-1)!]));

/** What a tunable may have near a set: a step up or down from its bits there. */
export const neighbourhood = (tunables: readonly Tunable[], around: Assignment): Tunable[] =>
  tunables.map((t) => {
    const at = t.bits.indexOf(around.get(t.name)!);
    return { ...t, bits: t.bits.slice(Math.max(0, at - 1), at + 2) };
  });

/** Bits by layer. */
export const byLayer = (tunables: readonly Tunable[], set: Assignment): ReadonlyMap<string, number> =>
  new Map(tunables.flatMap(({ name, layers }) => layers.map((l) => [l, set.get(name)!] as const)));

/** Mean bits of a set. */
export const meanBits = (set: Assignment): number => [...set.values()].reduce((a, b) => a + b, 0) / set.size;

/** Points that no other beats in both: less cost, higher score; by rising cost. */
export function frontier<P extends { readonly cost: number; readonly score: number }>(points: readonly P[]): P[] {
  const sorted = [...points].sort((a, b) => a.cost - b.cost || b.score - a.score);
  const kept: P[] = [];
  for (const p of sorted) if (kept.length === 0 || p.score > kept.at(-1)!.score) kept.push(p);
  return kept;
}
