// How deep the FIFOs in front of a join must be, from when tokens arrive on its branches.
import type { QuantizedNetwork, QuantizedNode } from "../ir/quantized.ts";
import { type FoldPlan, type NodeTypes, pixelsOf } from "../ops/define.ts";
import { hardwareOf } from "../ops/index.ts";

/** Output rows of the join by which its slowest branch may run ahead, so that line buffers refill without a stall. */
const LOOKAHEAD_ROWS = 3;

/** What the FIFOs must know of a scheduled node. */
export type Planned = Pick<FoldPlan, "lanesIn" | "lanesOut"> & { readonly types: NodeTypes };

/** Pixels of a beat of `lanes` lanes, and `n` pixels in whole beats. */
const pixelsOfBeat = (lanes: number, channels: number): number => Math.max(1, lanes / channels);
const inBeats = (n: number, beat: number): number => Math.ceil(n / beat) * beat;

/**
 * Pixels that wait on each input of every node with several inputs, by node name. Let branch i need n_i(p) pixels of a
 * common ancestor before it gives its pixel p. While the slowest branch collects T = max_j n_j(p), branch i may already
 * have given every pixel that T allows: all but the p that the join has taken must find room, else the fork stops and
 * nothing moves again. Never more than the branch's tensor. Where beats hold several pixels, whole beats count.
 */
export function joinDepths(net: QuantizedNetwork, planned: (n: QuantizedNode) => Planned): Map<string, number[]> {
  const producer = new Map(net.nodes.map((n) => [n.output, n]));
  const readers = new Map<string, number>();
  for (const e of net.nodes.flatMap((n) => n.inputs)) readers.set(e, (readers.get(e) ?? 0) + 1);
  const depths = new Map<string, number[]>();
  for (const node of net.nodes) {
    if (node.inputs.length < 2) continue;
    // For each input: ancestor edges with the need of every pixel of the input.
    const reach = node.inputs.map((e) => ancestors(e));
    const own = node.inputs.map(() => 0);
    const near = behindCut(node);
    const shared = [...new Set(reach.flatMap((r) => [...r.keys()]))].filter(
      (e) => near.has(e) && (readers.get(e) ?? 0) > 1 && reach.filter((r) => r.has(e)).length > 1,
    );
    for (const e of shared) {
      const total = pixelsOf(net.edges[e]!);
      const needs = reach.map((r) => r.get(e));
      const { types, lanesIn } = planned(node);
      const pixels = pixelsOf(types.output);
      const ahead = LOOKAHEAD_ROWS * types.output.shape[1];
      const need = (n: Float64Array, p: number) => total * Math.floor(p / pixels) + n[p % pixels]!;
      needs.forEach((mine, i) => {
        if (!mine) return;
        const others = needs.filter((_, j) => j !== i);
        // Pixels waiting at most, when the other branches collect what their pixel p + lead needs.
        const waiting = (lead: number): number => {
          let given = 0;
          let deepest = 0;
          for (let p = 0; p < pixels; p++) {
            const tokens = Math.max(...others.map((n) => (n ? need(n, p + lead) : 0)));
            // Needs do not decrease: the pointer only moves forward.
            while (given < 3 * pixels && need(mine, given) <= tokens) given++;
            deepest = Math.max(deepest, given - p);
          }
          return deepest;
        };
        // A branch that never waits for another one stops itself without harm. One that is at most a pixel ahead needs
        // room for that pixel: its first beats may wait for a result that takes all of the fork's beats.
        const now = waiting(0);
        const deepest = now <= 1 ? now : waiting(ahead);
        // The join takes a beat when all of it is there.
        const beat = pixelsOfBeat(lanesIn, types.inputs[i]!.shape[2]);
        const whole = deepest === 0 ? 0 : deepest + beat - 1;
        own[i] = Math.max(own[i]!, Math.min(whole, pixelsOf(net.edges[node.inputs[i]!]!)));
      });
    }
    depths.set(node.name, own);
  }
  return depths;

  /**
   * Edges behind the last one that all of the join's branches come through, and that one. What is in front of it reaches
   * the branches in its tokens alone: counted in those of an edge further back, a branch seems to run ahead by whole rows.
   */
  function behindCut(join: QuantizedNode): Set<string> {
    const order = new Map(net.nodes.map((n, i) => [n.output, i]));
    const open = new Set(join.inputs);
    const seen = new Set(join.inputs);
    while (open.size > 1) {
      // The one that is made last: none of the others depends on it.
      const last = [...open].reduce((a, b) => ((order.get(b) ?? -1) > (order.get(a) ?? -1) ? b : a));
      const before = producer.get(last);
      if (!before) break;
      open.delete(last);
      for (const e of before.inputs) {
        open.add(e);
        seen.add(e);
      }
    }
    return seen;
  }

  /** For every edge that `edge` depends on: its pixels needed for each pixel of `edge`. */
  function ancestors(edge: string): Map<string, Float64Array> {
    const pixels = pixelsOf(net.edges[edge]!);
    const found = new Map<string, Float64Array>([[edge, Float64Array.from({ length: pixels }, (_, p) => p + 1)]]);
    // Nodes are in topological order: backwards, every reader of an edge comes before the edge's own producer.
    for (let k = net.nodes.length - 1; k >= 0; k--) {
      const node = net.nodes[k]!;
      const after = found.get(node.output);
      if (!after || producer.get(node.output) !== node) continue;
      const op = hardwareOf(node);
      const { types, lanesIn, lanesOut } = planned(node);
      const beatOut = pixelsOfBeat(lanesOut, types.output.shape[2]);
      for (const [i, input] of node.inputs.entries()) {
        const beatIn = pixelsOfBeat(lanesIn, types.inputs[i]!.shape[2]);
        // A window wholly in padding, too, waits for its frame's first pixel.
        const before = after.map((n) =>
          n === 0 ? 0 : inBeats(Math.max(1, op?.needs(node, types, inBeats(n, beatOut) - 1) ?? n), beatIn),
        );
        const known = found.get(input);
        found.set(input, known ? known.map((n, p) => Math.max(n, before[p]!)) : before);
      }
    }
    return found;
  }
}
