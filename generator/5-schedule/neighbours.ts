// Which folds of neighbours go together: those whose streams meet in a width converter that keeps up.
import { gcd } from "../../golden/arith/index.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { Shape } from "../ir/tensor.ts";

/** Clocks a frame in the width converter between streams of the same values: beats of the common divisor. */
export function conversion(shape: Shape, from: number, to: number): number {
  return (shape[0] * shape[1] * shape[2]) / (from === to ? from : gcd(from, to));
}

/** Lanes of the streams that a fold reads and gives, and its clocks a frame without converters. */
export interface Lanes {
  readonly lanesIn: number;
  readonly lanesOut: number;
  readonly cycles: number;
}

/** One stream between nodes: -1 is the network's input. */
interface Link {
  readonly from: number;
  readonly to: number;
  readonly shape: Shape;
}

const keyOf = (l: Lanes): string => `${l.lanesIn} ${l.lanesOut}`;

/**
 * Folds that are left for each node, by the lanes of their streams: of each pair of neighbours every fold that is left
 * finds one that is left on the other side, so that a choice in the nodes' order does not end where nothing fits.
 */
export class Neighbours {
  readonly #links: readonly Link[];
  /** By node, the input first: folds of the same lanes are one. */
  readonly #left: Lanes[][];
  readonly #clocks: number;

  /** Links of each node. */
  readonly #around: readonly (readonly Link[])[];

  private constructor(links: readonly Link[], left: Lanes[][], clocks: number, around?: readonly (readonly Link[])[]) {
    this.#links = links;
    if (around) this.#around = around;
    else {
      const lists = left.map((): Link[] => []);
      for (const l of links) for (const node of [l.from, l.to]) lists[node]!.push(l);
      this.#around = lists;
    }
    this.#left = left;
    this.#clocks = clocks;
  }

  /** @param folds of the input stream, then of each node of the network */
  static of(net: QuantizedNetwork, folds: readonly (readonly Lanes[])[]): Neighbours {
    const producer = new Map([[net.inputEdge, 0], ...net.nodes.map((n, i) => [n.output, i + 1] as const)]);
    const links = net.nodes.flatMap((n, i) =>
      [...new Set(n.inputs)].map((e) => ({ from: producer.get(e)!, to: i + 1, shape: net.edges[e]!.shape })),
    );
    const merged = folds.map((list) => {
      const fastest = new Map<string, Lanes>();
      for (const l of list) {
        const known = fastest.get(keyOf(l));
        if (!known || l.cycles < known.cycles) fastest.set(keyOf(l), l);
      }
      return [...fastest.values()];
    });
    return new Neighbours(links, merged, Number.POSITIVE_INFINITY);
  }

  /** What is left where a frame may take `clocks`; undefined where a node has nothing left. */
  within(clocks: number): Neighbours | undefined {
    return new Neighbours(
      this.#links,
      this.#left.map((list) => list.filter((l) => l.cycles <= clocks)),
      clocks,
    ).#settled(this.#links);
  }

  /** What is left once node `index` (0: the input) gives a stream of `lanes`. */
  chosen(index: number, lanesIn: number, lanesOut: number): Neighbours | undefined {
    const left = [...this.#left];
    left[index] = left[index]!.filter((l) => l.lanesIn === lanesIn && l.lanesOut === lanesOut);
    return new Neighbours(this.#links, left, this.#clocks, this.#around).#settled(this.#around[index]!);
  }

  allows(index: number, fold: Lanes): boolean {
    const { lanesIn, lanesOut } = fold;
    return this.#left[index]!.some((l) => l.lanesIn === lanesIn && l.lanesOut === lanesOut);
  }

  /** From links of which a side has changed, as far as that reaches. */
  #settled(changed: readonly Link[]): Neighbours | undefined {
    const left = this.#left;
    if (left.some((l) => l.length === 0)) return undefined;
    const open = new Set(changed);
    for (const link of open) {
      open.delete(link);
      const { from, to, shape } = link;
      const outs = [...new Set(left[from]!.map((l) => l.lanesOut))];
      const ins = [...new Set(left[to]!.map((l) => l.lanesIn))];
      const meets = outs.map((o) => ins.filter((i) => conversion(shape, o, i) <= this.#clocks));
      const goodOut = new Set(outs.filter((_, k) => meets[k]!.length > 0));
      const goodIn = new Set(meets.flat());
      if (goodOut.size === 0) return undefined;
      if (goodOut.size < outs.length) {
        left[from] = left[from]!.filter((l) => goodOut.has(l.lanesOut));
        for (const l of this.#around[from]!) if (l !== link) open.add(l);
      }
      if (goodIn.size < ins.length) {
        left[to] = left[to]!.filter((l) => goodIn.has(l.lanesIn));
        for (const l of this.#around[to]!) if (l !== link) open.add(l);
      }
    }
    return this;
  }
}
