// What nobody states of calibration: the method, and the bits of joins, by the error of the outputs.
import { Report } from "../diagnostics/diagnostics.ts";
import type { Graph } from "../ir/graph.ts";
import type { OnProgress } from "../ir/progress.ts";
import { defaultQuantize, METHODS, type Method, type QuantizeOptions } from "../ir/quantize-options.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { integerProbe, meansOn, outputError } from "./calibrate.ts";
import { quantize } from "./quantize.ts";
import { roleDataOf, traitsOf } from "./roles/traits.ts";
import type { Calibration } from "./scales.ts";

/** Calibration images that the choice is made on. */
const IMAGES = 32;
/** Bits of joins that are tried below those of defaultQuantize. */
const FEWER_JOIN_BITS = 6;

export interface Candidate {
  readonly method: Method;
  readonly joinBits: number;
}

export interface ChoiceFound extends Candidate {
  /** What was tried with its error of the outputs (outputError), in order. */
  readonly errors: readonly (Candidate & { readonly error: number })[];
}

/** What chosen options leave open: `joinBits` undefined where nobody states them. */
export type OpenOptions = Omit<QuantizeOptions, "method" | "joinBits"> & { readonly joinBits?: number | undefined };

/** Same nodes over edges of the same bits: hardware of one takes the constants of the other. */
const sameHardware = (a: QuantizedNetwork, b: QuantizedNetwork): boolean =>
  a.nodes.length === b.nodes.length &&
  a.nodes.every((n, i) => n.name === b.nodes[i]!.name && a.edges[n.output]!.bits === b.edges[n.output]?.bits);

/**
 * The method under which the outputs are nearest to the real ones on the first images, and then the bits of joins:
 * fewer ones where they are no further. Where all are alike, what defaultQuantize has. With `like`, what does not fit its
 * hardware comes last.
 */
export function chooseOptions(
  graph: Graph,
  calibration: Calibration,
  images: readonly IntTensor[],
  options: OpenOptions,
  like?: QuantizedNetwork,
  onProgress?: OnProgress,
): ChoiceFound {
  const what = "choosing the method";
  onProgress?.(what, 0, METHODS.length + 1);
  const seen = images.slice(0, IMAGES);
  const own = meansOn(graph, calibration, images, IMAGES);
  const errorOf = outputError(graph, seen);
  const tried: (Candidate & { error: number; fits: boolean })[] = [];
  const attempt = (candidate: Candidate) => {
    const report = new Report();
    const probe = (edge: string) => integerProbe(seen, edge);
    const net = quantize(graph, own, { ...options, ...candidate }, report, probe, undefined, like);
    const error = net && !report.failed ? errorOf(net) : Number.POSITIVE_INFINITY;
    onProgress?.(what, tried.length + 1, METHODS.length + 1);
    tried.push({ ...candidate, error, fits: !net || !like || sameHardware(net, like) });
  };
  const best = () =>
    tried.reduce((a, b) => {
      if (a.fits !== b.fits) return a.fits ? a : b;
      if (a.error !== b.error) return b.error < a.error ? b : a;
      const rank = (c: Candidate) => (c.method === defaultQuantize.method ? 0 : 1) + c.joinBits / 32;
      return rank(b) < rank(a) ? b : a;
    });
  const joinBits = options.joinBits ?? defaultQuantize.joinBits;
  for (const method of METHODS) attempt({ method, joinBits });
  const sums = graph.nodes.some((n) => traitsOf(n).isNode && traitsOf(n).meets(roleDataOf(n)) === "sum");
  if (options.joinBits === undefined && sums && options.bits < joinBits)
    attempt({ method: best().method, joinBits: Math.max(options.bits, FEWER_JOIN_BITS) });
  const { method, joinBits: chosen } = best();
  return {
    method,
    joinBits: chosen,
    errors: tried.map((t) => ({ method: t.method, joinBits: t.joinBits, error: t.error })),
  };
}
