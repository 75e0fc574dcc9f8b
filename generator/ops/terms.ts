// Multipliers that are sums of powers of two.

/** Splits a sum of at most two signed powers of two; undefined for any other number. */
export function twoTerms(v: number): [number, number] | undefined {
  if (v === 0) return [0, 0];
  const a = Math.abs(v);
  const low = 2 ** Math.floor(Math.log2(a));
  for (const first of [low, 2 * low]) {
    const rest = a - first;
    if (rest === 0 || Number.isInteger(Math.log2(Math.abs(rest)))) return [Math.sign(v) * first, Math.sign(v) * rest];
  }
  return undefined;
}
