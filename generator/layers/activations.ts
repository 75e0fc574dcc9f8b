// Activations that a requantize step carries: limits, and another slope below zero.
import { z } from "zod";
import { type Activation, commonFields, defineLayer, type LayerDef, type LayerJson } from "./define.ts";

function activation(
  kind: string,
  summary: string,
  of: (attrs: Readonly<Record<string, unknown>>, channels: number) => Activation,
  fields: z.ZodRawShape = {},
): LayerDef {
  return defineLayer({
    kind,
    summary,
    inputs: { min: 1, max: 1 },
    schema: z.strictObject({ kind: z.literal(kind), ...commonFields, ...fields }),
    infer: (layer: LayerJson, [x]) => ({
      feature: x!,
      attrs: Object.fromEntries(Object.keys(fields).map((k) => [k, layer[k]])),
    }),
    quantize: { role: "activation", activation: (node) => of(node.attrs, node.shape[2]) },
  });
}

export const relu = activation("relu", "y = max(0, x)", () => ({ lower: 0 }));
export const relu6 = activation("relu6", "y = min(6, max(0, x))", () => ({ lower: 0, upper: 6 }));
export const hardTanh = activation("hard_tanh", "y = min(1, max(-1, x))", () => ({ lower: -1, upper: 1 }));
export const leakyRelu = activation(
  "leaky_relu",
  "y = x for x >= 0, slope * x below",
  (a, channels) => ({ negativeSlope: new Array<number>(channels).fill(a.slope as number) }),
  { slope: z.number().min(0).max(1).default(0.01).describe("slope below zero; 0.01 where left out") },
);
