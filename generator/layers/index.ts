// The layer kinds a network file may use. A new kind is one definition and one line here.
import {
  hardSigmoid,
  hardSwish,
  hardTanh,
  leakyRelu,
  parametricRelu,
  power,
  randomizedRelu,
  relu,
  relu6,
  sigmoid,
  sign,
  tanh,
} from "./activations.ts";
import { argmax } from "./argmax.ts";
import { adderConv2d, binaryConv2d, conv2d } from "./conv.ts";
import { adderConvTranspose2d, convTranspose2d } from "./conv_transpose.ts";
import type { LayerDef } from "./define.ts";
import { add, concat } from "./join.ts";
import { adderLinear, binaryLinear, linear } from "./linear.ts";
import { batchNorm, bias, scale } from "./norm.ts";
import { avgPool2d, globalAvgPool, maxPool2d } from "./pool.ts";
import { depthToSpace, dropout, flatten, identity, pad, upsample } from "./shape.ts";

const all: readonly LayerDef[] = [
  adderConv2d,
  adderLinear,
  conv2d,
  linear,
  binaryConv2d,
  binaryLinear,
  adderConvTranspose2d,
  convTranspose2d,
  batchNorm,
  bias,
  scale,
  relu,
  relu6,
  hardTanh,
  leakyRelu,
  parametricRelu,
  randomizedRelu,
  sign,
  power,
  sigmoid,
  tanh,
  hardSigmoid,
  hardSwish,
  maxPool2d,
  avgPool2d,
  globalAvgPool,
  add,
  concat,
  upsample,
  depthToSpace,
  pad,
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
