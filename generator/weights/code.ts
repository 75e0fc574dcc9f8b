// Coded weights: fewer bits for the two values on which clamped weights pile up (see templates/weight_decode.v).

/** The two commonest weights of a set, as bit patterns. */
export interface CodeBook {
  readonly first: number;
  readonly second: number;
}

/** What codes are made for: blocks of `lanes` weights of `bits` bits. */
export interface CodeShape {
  readonly bits: number;
  readonly lanes: number;
}

/** Weights by value: how often each is there. */
export type Histogram = ReadonlyMap<number, number>;

/** Numbers of weights, bit patterns. */
export function countOf(weights: Iterable<number>): Histogram {
  const counts = new Map<number, number>();
  for (const w of weights) counts.set(w, (counts.get(w) ?? 0) + 1);
  return counts;
}

/** Numbers of the weights of rows, as bit patterns of `bits` bits. */
export function histogramOf(rows: readonly Int32Array[], bits: number): Histogram {
  const counts = new Map<number, number>();
  const mask = 2 ** bits - 1;
  for (const row of rows) for (const w of row) counts.set(w & mask, (counts.get(w & mask) ?? 0) + 1);
  return counts;
}

/** The commonest weights; of equally many the smaller pattern. Two values where a set has one alone, too. */
export function bookOf(counts: Histogram): CodeBook {
  const order = [...counts].sort(([v, n], [w, m]) => m - n || v - w);
  const first = order[0]?.[0] ?? 0;
  return { first, second: order[1]?.[0] ?? (first === 0 ? 1 : 0) };
}

/** Weights of a block: those sizes that a layer's weights fill without a rest, at most 32. */
export const blockSizes = (weights: number): number[] =>
  Array.from({ length: 31 }, (_, i) => i + 2).filter((lanes) => weights % lanes === 0);

/** Bits of the code of weights of `bits` bits in whole blocks. */
export function codedBits(counts: Histogram, bits: number): number {
  const all = [...counts.values()].reduce((n, m) => n + m, 0);
  const { first, second } = bookOf(counts);
  const others = all - (counts.get(first) ?? 0);
  const rare = others - (counts.get(second) ?? 0);
  return all + others + rare * bits;
}

/** Bits a weight that no code of single weights can go below. */
export function entropyOf(counts: Histogram): number {
  const all = [...counts.values()].reduce((n, m) => n + m, 0);
  let sum = 0;
  for (const n of counts.values()) sum -= (n / all) * Math.log2(n / all);
  return sum;
}

/** Writes bits into bytes, the lowest bit of the first byte first. */
export class BitWriter {
  readonly bytes: number[] = [];
  #held = 0;
  #have = 0;

  /** @param bits at most 16 */
  put(value: number, bits: number): void {
    this.#held |= value << this.#have;
    this.#have += bits;
    for (; this.#have >= 8; this.#have -= 8) {
      this.bytes.push(this.#held & 0xff);
      this.#held >>>= 8;
    }
  }

  end(): Uint8Array {
    if (this.#have > 0) this.bytes.push(this.#held);
    return Uint8Array.from(this.bytes);
  }
}

/** The code of weights, bit patterns, as bytes. */
export function encode(weights: Iterable<number>, { bits, lanes }: CodeShape, { first, second }: CodeBook): Uint8Array {
  const out = new BitWriter();
  const block: number[] = [];
  const write = (): void => {
    while (block.length < lanes) block.push(first);
    const others = block.filter((w) => w !== first);
    const rare = others.filter((w) => w !== second);
    for (const w of block) out.put(w === first ? 0 : 1, 1);
    for (const w of others) out.put(w === second ? 0 : 1, 1);
    for (const w of rare) out.put(w, bits);
    block.length = 0;
  };
  for (const w of weights) if (block.push(w) === lanes) write();
  if (block.length > 0) write();
  return out.end();
}

/** Why bytes are no code. */
export class CodeError extends Error {}

/** `count` weights of a code, bit patterns; throws CodeError where the bytes end before. */
export function decode(
  bytes: Uint8Array,
  count: number,
  { bits, lanes }: CodeShape,
  { first, second }: CodeBook,
): number[] {
  let at = 0;
  const take = (n: number): number => {
    let value = 0;
    for (let k = 0; k < n; k++, at++) {
      if (at >= 8 * bytes.length) throw new CodeError("the code ends before its last weight");
      value |= ((bytes[at >> 3]! >> (at & 7)) & 1) << k;
    }
    return value;
  };
  const weights: number[] = [];
  while (weights.length < count) {
    const others = Array.from({ length: lanes }, () => take(1) === 1);
    const rare = others.map((other) => other && take(1) === 1);
    for (const [l, other] of others.entries()) weights.push(!other ? first : rare[l] ? take(bits) : second);
  }
  if (8 * bytes.length - at >= 8) {
    // Behind the last weight the beat that it ends in is filled with zeros.
    const from = at;
    while (at < 8 * bytes.length)
      if (take(1) === 1) throw new CodeError(`bits behind the last weight, from ${from} on`);
  }
  return weights.slice(0, count);
}
