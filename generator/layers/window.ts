// Geometry shared by the layers that slide a window.
import { z } from "zod";
import type { Reporter } from "../diagnostics/diagnostics.ts";
import type { WindowAttrs } from "../ir/graph.ts";
import type { Shape } from "../ir/tensor.ts";
import type { Feature } from "./define.ts";
import { orderOf } from "./order.ts";

const extent = z.int().min(1).max(4096);
export const pair = z.union([extent, z.tuple([extent, extent])]);
export const margin = z.int().min(0).max(4096);

export const windowFields = {
  kernel: pair.describe("[height, width] of the window, or one number for both"),
  stride: pair.optional().describe("[down, right] step of the window, or one number; default: 1"),
  dilation: pair.optional().describe("[down, right] distance of neighbouring taps, or one number; default: 1"),
  padding: z
    .union([margin, z.tuple([margin, margin]), z.tuple([margin, margin, margin, margin]), z.enum(["same", "valid"])])
    .optional()
    .describe(
      'zeros around the input: one number, [vertical, horizontal], [top, left, bottom, right], "same" (output size = ceil(input / stride), the odd one at bottom and right) or "valid"; default: 0',
    ),
} as const;

export type PairJson = number | [number, number];
export interface WindowJson {
  kernel: PairJson;
  stride?: PairJson | undefined;
  dilation?: PairJson | undefined;
  padding?: number | [number, number] | [number, number, number, number] | "same" | "valid" | undefined;
}

export const both = (p: PairJson): [number, number] => (typeof p === "number" ? [p, p] : p);

/** The geometry alone of attributes that hold more. */
export const windowOf = ({ kernel, stride, dilation, padding, groups }: WindowAttrs): WindowAttrs => ({
  kernel,
  stride,
  dilation,
  padding,
  groups,
});

/** Extent of a kernel of k taps with dilation d. */
export const span = (k: number, d: number): number => (k - 1) * d + 1;

/** Normalizes the window fields of a layer over an input of `shape`. */
export function windowAttrs(w: WindowJson, shape: Shape, groups = 1): WindowAttrs {
  const kernel = both(w.kernel);
  const stride = both(w.stride ?? 1);
  const dilation = both(w.dilation ?? 1);
  const same = (axis: 0 | 1): [number, number] => {
    const out = Math.ceil(shape[axis] / stride[axis]);
    const total = Math.max(0, (out - 1) * stride[axis] + span(kernel[axis], dilation[axis]) - shape[axis]);
    return [Math.floor(total / 2), total - Math.floor(total / 2)];
  };
  const p = w.padding ?? 0;
  let padding: [number, number, number, number];
  if (p === "valid") padding = [0, 0, 0, 0];
  else if (p === "same") {
    const [top, bottom] = same(0);
    const [left, right] = same(1);
    padding = [top, left, bottom, right];
  } else if (typeof p === "number") padding = [p, p, p, p];
  else if (p.length === 2) padding = [p[0], p[1], p[0], p[1]];
  else padding = [...p];
  return { kernel, stride, dilation, padding, groups };
}

/** Whether input channels and filters divide into the groups, and the groups are those of PyTorch's order. */
export function dividesIntoGroups(x: Feature, groups: number, filters: number, report: Reporter): boolean {
  const channels = x.shape[2];
  if (channels % groups !== 0 || filters % groups !== 0) {
    report.error({
      code: "AN3004",
      path: ["groups"],
      message: "input channels and filters must divide into the groups",
      expected: `a common divisor of ${channels} input channels and ${filters} filters`,
      found: String(groups),
    });
    return false;
  }
  if (groups > 1 && x.flattenedFrom) {
    report.error({
      code: "AN3006",
      path: ["groups"],
      message: "the groups of a flattened map are other ones in PyTorch's order",
      expected: "one group, or a map that was not flattened",
      found: `${groups} groups over ${orderOf(x)}`,
    });
    return false;
  }
  return true;
}

/**
 * Rows and columns of the output: floor((in + padding - span) / stride) + 1. With `ceil` as PyTorch counts: rounded up,
 * but a last window that would start beyond the input and its leading padding is dropped.
 */
export function outputSize(shape: Shape, w: WindowAttrs, report: Reporter, ceil = false): [number, number] | undefined {
  const [t, l, b, r] = w.padding;
  const out: number[] = [];
  for (const axis of [0, 1] as const) {
    const room = shape[axis] + (axis === 0 ? t + b : l + r);
    const need = span(w.kernel[axis], w.dilation[axis]);
    if (need > room) {
      report.error({
        code: "AN3001",
        path: ["kernel"],
        message: "the kernel is larger than its padded input",
        expected: `at most ${shape[0] + t + b} x ${shape[1] + l + r} (input ${shape[0]} x ${shape[1]} plus padding)`,
        found: `${span(w.kernel[0], w.dilation[0])} x ${span(w.kernel[1], w.dilation[1])}${w.dilation[0] + w.dilation[1] > 2 ? " (dilation included)" : ""}`,
        hint: 'use a smaller kernel or raise "padding"',
      });
      return undefined;
    }
    const steps = (room - need) / w.stride[axis];
    let n = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
    const lead = axis === 0 ? t : l;
    if (ceil && (n - 1) * w.stride[axis] >= shape[axis] + lead) n--;
    out.push(n);
  }
  return out as [number, number];
}
