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

  private constructor(links: readonly Link[], left: Lanes[][], clocks: number) {
    this.#links = links;
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
    ).#settled();
  }

  /** What is left once node `index` (0: the input) gives a stream of `lanes`. */
  chosen(index: number, lanesIn: number, lanesOut: number): Neighbours | undefined {
    const left = [...this.#left];
    left[index] = left[index]!.filter((l) => l.lanesIn === lanesIn && l.lanesOut === lanesOut);
    return new Neighbours(this.#links, left, this.#clocks).#settled();
  }

  allows(index: number, fold: Lanes): boolean {
    const { lanesIn, lanesOut } = fold;
    return this.#left[index]!.some((l) => l.lanesIn === lanesIn && l.lanesOut === lanesOut);
  }

  #settled(): Neighbours | undefined {
    const left = this.#left;
    if (left.some((l) => l.length === 0)) return undefined;
    for (let again = true; again; ) {
      again = false;
      for (const { from, to, shape } of this.#links) {
        const outs = [...new Set(left[from]!.map((l) => l.lanesOut))];
        const ins = [...new Set(left[to]!.map((l) => l.lanesIn))];
        const meets = outs.map((o) => ins.filter((i) => conversion(shape, o, i) <= this.#clocks));
        const goodOut = new Set(outs.filter((_, k) => meets[k]!.length > 0));
        const goodIn = new Set(meets.flat());
        if (goodOut.size === outs.length && goodIn.size === ins.length) continue;
        if (goodOut.size === 0) return undefined;
        left[from] = left[from]!.filter((l) => goodOut.has(l.lanesOut));
        left[to] = left[to]!.filter((l) => goodIn.has(l.lanesIn));
        again = true;
      }
    }
    return this;
  }
}
