// Pooling: the largest value or the mean of a window.
import { z } from "zod";
import type { Reporter } from "../diagnostics/diagnostics.ts";
import type { WindowAttrs } from "../ir/graph.ts";
import { commonFields, defineLayer, type Feature, type LayerJson, type QuantizeRole } from "./define.ts";
import { outputSize, type WindowJson, windowAttrs, windowFields, windowOf } from "./window.ts";

const fields = {
  ...commonFields,
  ...windowFields,
  stride: windowFields.stride.describe("[down, right] step of the window, or one number; default: the kernel"),
  ceil_mode: z.boolean().optional().describe("round the output size up, as PyTorch does; default: false"),
};
type PoolJson = LayerJson & WindowJson & { ceil_mode?: boolean; count_padding?: boolean };

/**
 * Taps that a mean counts at each output position, in raster order: those on the image, with `padded` those on the
 * declared padding too; taps further out, where a rounded-up size lets windows hang over, never count.
 */
export function divisors(
  { kernel, stride, dilation, padding }: WindowAttrs,
  [height, width]: readonly [number, number, ...number[]],
  [rows, columns]: readonly [number, number, ...number[]],
  padded: boolean,
): number[] {
  const along = (axis: 0 | 1, size: number, count: number): number[] => {
    const from = padded ? -padding[axis] : 0;
    const to = size + (padded ? padding[axis + 2]! : 0);
    return Array.from({ length: count }, (_, o) => {
      let n = 0;
      for (let k = 0; k < kernel[axis]; k++) {
        const at = o * stride[axis] - padding[axis] + k * dilation[axis];
        if (at >= from && at < to) n++;
      }
      return n;
    });
  };
  const across = along(1, width, columns);
  return along(0, height, rows).flatMap((r) => across.map((c) => r * c));
}

/** A window, and which of its taps a mean counts. */
export interface PoolAttrs extends WindowAttrs {
  readonly ceilMode: boolean;
  readonly countPad: boolean;
}

function infer(layer: LayerJson, [x]: readonly Feature[], report: Reporter) {
  const a = layer as PoolJson;
  const window = windowAttrs({ ...a, stride: a.stride ?? a.kernel }, x!.shape);
  const size = outputSize(x!.shape, window, report, a.ceil_mode ?? false);
  if (size && divisors(window, x!.shape, size, false).includes(0)) {
    report.error({
      code: "AN3001",
      path: ["padding"],
      message: "a window lies in the padding alone",
      expected: `padding below the kernel's ${window.kernel.join(" x ")}`,
      found: `top, left, bottom, right: ${window.padding.join(", ")}`,
    });
    return undefined;
  }
  return (
    size && {
      feature: { ...x!, shape: [size[0], size[1], x!.shape[2]] as const },
      attrs: { ...window, ceilMode: a.ceil_mode ?? false, countPad: a.count_padding ?? true },
    }
  );
}

export const maxPool2d = defineLayer({
  kind: "max_pool2d",
  summary: "largest value of the window; padding never wins",
  inputs: { min: 1, max: 1 },
  schema: z.strictObject({ kind: z.literal("max_pool2d"), ...fields }),
  infer,
  quantize: {
    role: "same",
    node: (node, id) => ({ op: "max_pool", ...id, window: windowOf(node.attrs) }),
  },
});

/** Sum over a window of one channel, divided by the number of its taps that count. */
const mean: QuantizeRole<PoolAttrs> = {
  role: "anchor",
  meets: "sum",
  zeros: (node) => node.attrs,
  accumulate(node, [x]) {
    const window = windowOf(node.attrs);
    const taps = window.kernel[0] * window.kernel[1];
    const range = { min: 0, max: taps * (2 ** x!.bits - 1) };
    const at = divisors(window, x!.shape, node.shape, node.attrs.countPad);
    const distinct = [...new Set(at)];
    const constants = (of: (divisor: number) => number) =>
      distinct.flatMap((d) => new Array<number>(x!.shape[2]).fill(of(d)));
    // Taps outside the image add the zero point: all taps do.
    return {
      range,
      gain: constants((d) => x!.scale / d),
      offset: constants((d) => (-x!.scale * x!.zeroPoint * taps) / d),
      node: (id, requant) => ({
        op: "avg_pool",
        ...id,
        window,
        accRange: range,
        requant,
        ...(distinct.length > 1 ? { classes: at.map((d) => distinct.indexOf(d)) } : {}),
      }),
    };
  },
};

export const globalAvgPool = defineLayer({
  kind: "global_avg_pool",
  summary: "mean of each channel over the whole map",
  inputs: { min: 1, max: 1 },
  schema: z.strictObject({ kind: z.literal("global_avg_pool"), ...commonFields }),
  infer: (_layer, [x]) => ({
    feature: { ...x!, shape: [1, 1, x!.shape[2]] as const },
    attrs: {
      kernel: [x!.shape[0], x!.shape[1]] as const,
      stride: [1, 1] as const,
      dilation: [1, 1] as const,
      padding: [0, 0, 0, 0] as const,
      groups: 1,
      ceilMode: false,
      countPad: true,
    },
  }),
  quantize: mean,
});

/** Values of a map whose windows have several divisors: each position has constants of its own in hardware. */
const LARGEST_MAP = 2 ** 16;

export const avgPool2d = defineLayer({
  kind: "avg_pool2d",
  summary: "mean of the window",
  inputs: { min: 1, max: 1 },
  schema: z.strictObject({
    kind: z.literal("avg_pool2d"),
    ...fields,
    count_padding: z
      .boolean()
      .optional()
      .describe("whether padding counts as zeros of the mean (PyTorch's count_include_pad); default: true"),
  }),
  infer(layer, inputs, report) {
    const got = infer(layer, inputs, report);
    if (!got) return undefined;
    const { shape } = got.feature;
    const size = shape[0] * shape[1] * shape[2];
    if (size <= LARGEST_MAP || new Set(divisors(got.attrs, inputs[0]!.shape, shape, got.attrs.countPad)).size === 1)
      return got;
    report.error({
      code: "AN4004",
      path: ["kind"],
      message: "the windows of this mean have several divisors on a large map",
      expected: `at most ${LARGEST_MAP} values`,
      found: `${shape.join(" x ")}, ${size} values`,
      hint: 'with "count_padding": true and without "ceil_mode" there is one divisor',
    });
    return undefined;
  },
  quantize: mean,
});
