// The layer kinds a network file may use. A new kind is one definition and one line here.
import { hardTanh, leakyRelu, relu, relu6 } from "./activations.ts";
import { argmax } from "./argmax.ts";
import { adderConv2d, conv2d } from "./conv.ts";
import type { LayerDef } from "./define.ts";
import { add } from "./join.ts";
import { adderLinear, linear } from "./linear.ts";
import { batchNorm, bias } from "./norm.ts";
import { avgPool2d, globalAvgPool, maxPool2d } from "./pool.ts";
import { dropout, flatten, identity } from "./shape.ts";

const all: readonly LayerDef[] = [
  adderConv2d,
  adderLinear,
  conv2d,
  linear,
  batchNorm,
  bias,
  relu,
  relu6,
  hardTanh,
  leakyRelu,
  maxPool2d,
  avgPool2d,
  globalAvgPool,
  add,
  flatten,
  identity,
  dropout,
  argmax,
];

export const layers: ReadonlyMap<string, LayerDef> = new Map(all.map((l) => [l.kind, l]));

/** The definition of a kind that stage 1 has accepted. */
export function layerOf(kind: string): LayerDef {
  const def = layers.get(kind);
  if (!def) throw new Error(`no layer kind ${kind}`);
  return def;
}
