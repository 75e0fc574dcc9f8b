// Pooling: the largest value or the mean of a window.
import { z } from "zod";
import type { Reporter } from "../diagnostics/diagnostics.ts";
import type { WindowAttrs } from "../ir/graph.ts";
import { commonFields, defineLayer, type Feature, type LayerJson } from "./define.ts";
import { outputSize, span, type WindowJson, windowAttrs, windowFields } from "./window.ts";

const fields = {
  ...commonFields,
  ...windowFields,
  stride: windowFields.stride.describe("[down, right] step of the window, or one number; the kernel where left out"),
  ceil_mode: z.boolean().optional().describe("round the output size up, as PyTorch does; false where left out"),
};
type PoolJson = LayerJson & WindowJson & { ceil_mode?: boolean; count_padding?: boolean };

function infer(layer: LayerJson, [x]: readonly Feature[], report: Reporter) {
  const a = layer as PoolJson;
  const window = windowAttrs({ ...a, stride: a.stride ?? a.kernel }, x!.shape);
  const size = outputSize(x!.shape, window, report, a.ceil_mode ?? false);
  return (
    size && {
      feature: { shape: [size[0], size[1], x!.shape[2]] as const },
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
    node: (node, id) => ({ op: "max_pool", ...id, window: node.attrs as unknown as WindowAttrs }),
  },
});

/** Sum over a window of one channel, divided by the number of taps. */
const mean = (taps: number): import("./define.ts").QuantizeRole => ({
  role: "anchor",
  meets: "sum",
  accumulate(node, [x]) {
    const window = node.attrs as unknown as WindowAttrs;
    const n = taps || window.kernel[0] * window.kernel[1];
    const range = { min: 0, max: n * (2 ** x!.bits - 1) };
    const channels = x!.shape[2];
    return {
      range,
      gain: new Array<number>(channels).fill(x!.scale / n),
      offset: new Array<number>(channels).fill(-x!.scale * x!.zeroPoint),
      node: (id, requant) => ({ op: "avg_pool", ...id, window, accRange: range, requant }),
    };
  },
});

export const globalAvgPool = defineLayer({
  kind: "global_avg_pool",
  summary: "mean of each channel over the whole map",
  inputs: { min: 1, max: 1 },
  schema: z.strictObject({ kind: z.literal("global_avg_pool"), ...commonFields }),
  infer: (_layer, [x]) => ({
    feature: { shape: [1, 1, x!.shape[2]] as const },
    attrs: {
      kernel: [x!.shape[0], x!.shape[1]],
      stride: [1, 1],
      dilation: [1, 1],
      padding: [0, 0, 0, 0],
      groups: 1,
      ceilMode: false,
      countPad: true,
    },
  }),
  quantize: mean(0),
});

export const avgPool2d = defineLayer({
  kind: "avg_pool2d",
  summary: "mean of the window; padding counts as zeros",
  inputs: { min: 1, max: 1 },
  schema: z.strictObject({ kind: z.literal("avg_pool2d"), ...fields }),
  infer(layer, inputs, report) {
    const got = infer(layer, inputs, report);
    if (!got?.attrs.ceilMode) return got;
    const { kernel, stride, dilation, padding } = got.attrs;
    const [top, left, bottom, right] = padding;
    const room = [inputs[0]!.shape[0] + top + bottom, inputs[0]!.shape[1] + left + right] as const;
    const reach = ([0, 1] as const).map((a) => (got.feature.shape[a] - 1) * stride[a] + span(kernel[a], dilation[a]));
    if (reach[0]! <= room[0] && reach[1]! <= room[1]) return got;
    // PyTorch divides such a mean by the taps inside alone; the integer network has one divisor for all windows.
    report.error({
      code: "AN4004",
      path: ["ceil_mode"],
      message: "with ceil_mode a window of this mean hangs over the border",
      expected: `windows inside the padded input of ${room.join(" x ")}`,
      found: `windows that reach to ${reach.join(" x ")}`,
      hint: 'leave out "ceil_mode", or choose kernel, stride and padding that divide evenly',
    });
    return undefined;
  },
  quantize: mean(0),
});
