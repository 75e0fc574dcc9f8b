// The registry of the float reference: one layer kind a file.

import { add } from "./add.ts";
import { adderConvTranspose2d } from "./adder_conv_transpose2d.ts";
import { adderConv2d } from "./adder_conv2d.ts";
import { adderLinear } from "./adder_linear.ts";
import { argmax } from "./argmax.ts";
import { avgPool2d } from "./avg_pool2d.ts";
import { batchNorm } from "./batch_norm.ts";
import { bias } from "./bias.ts";
import { binaryConv2d } from "./binary_conv2d.ts";
import { binaryLinear } from "./binary_linear.ts";
import { concat } from "./concat.ts";
import { convTranspose2d } from "./conv_transpose2d.ts";
import { conv2d } from "./conv2d.ts";
import { depthToSpace } from "./depth_to_space.ts";
import { flatten } from "./flatten.ts";
import { globalAvgPool } from "./global_avg_pool.ts";
import { hardSigmoid } from "./hard_sigmoid.ts";
import { hardSwish } from "./hard_swish.ts";
import { hardTanh } from "./hard_tanh.ts";
import { identity } from "./identity.ts";
import type { FloatLayer } from "./layer.ts";
import { leakyRelu } from "./leaky_relu.ts";
import { linear } from "./linear.ts";
import { maxPool2d } from "./max_pool2d.ts";
import { pad } from "./pad.ts";
import { parametricRelu } from "./parametric_relu.ts";
import { power } from "./power.ts";
import { randomizedRelu } from "./randomized_relu.ts";
import { relu } from "./relu.ts";
import { relu6 } from "./relu6.ts";
import { scale } from "./scale.ts";
import { sigmoid } from "./sigmoid.ts";
import { sign } from "./sign.ts";
import { tanh } from "./tanh.ts";
import { upsample } from "./upsample.ts";

export const floatLayers: ReadonlyMap<string, FloatLayer> = new Map(
  Object.entries({
    add,
    adder_conv2d: adderConv2d,
    adder_conv_transpose2d: adderConvTranspose2d,
    adder_linear: adderLinear,
    argmax,
    avg_pool2d: avgPool2d,
    batch_norm: batchNorm,
    bias,
    binary_conv2d: binaryConv2d,
    binary_linear: binaryLinear,
    concat,
    conv2d,
    conv_transpose2d: convTranspose2d,
    depth_to_space: depthToSpace,
    dropout: identity,
    flatten,
    global_avg_pool: globalAvgPool,
    hard_sigmoid: hardSigmoid,
    hard_swish: hardSwish,
    hard_tanh: hardTanh,
    identity,
    leaky_relu: leakyRelu,
    linear,
    max_pool2d: maxPool2d,
    pad,
    parametric_relu: parametricRelu,
    power,
    randomized_relu: randomizedRelu,
    relu,
    relu6,
    scale,
    sigmoid,
    sign,
    tanh,
    upsample,
  }),
);

export type { FloatLayer } from "./layer.ts";
