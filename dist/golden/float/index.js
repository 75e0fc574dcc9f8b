// The registry of the float reference: one layer kind a file.
import { add } from "./add.js";
import { adderConv2d } from "./adder_conv2d.js";
import { adderLinear } from "./adder_linear.js";
import { argmax } from "./argmax.js";
import { avgPool2d } from "./avg_pool2d.js";
import { batchNorm } from "./batch_norm.js";
import { bias } from "./bias.js";
import { binaryConv2d } from "./binary_conv2d.js";
import { binaryLinear } from "./binary_linear.js";
import { concat } from "./concat.js";
import { conv2d } from "./conv2d.js";
import { flatten } from "./flatten.js";
import { globalAvgPool } from "./global_avg_pool.js";
import { hardSigmoid } from "./hard_sigmoid.js";
import { hardSwish } from "./hard_swish.js";
import { hardTanh } from "./hard_tanh.js";
import { identity } from "./identity.js";
import { leakyRelu } from "./leaky_relu.js";
import { linear } from "./linear.js";
import { maxPool2d } from "./max_pool2d.js";
import { pad } from "./pad.js";
import { parametricRelu } from "./parametric_relu.js";
import { randomizedRelu } from "./randomized_relu.js";
import { relu } from "./relu.js";
import { relu6 } from "./relu6.js";
import { sigmoid } from "./sigmoid.js";
import { sign } from "./sign.js";
import { tanh } from "./tanh.js";
import { upsample } from "./upsample.js";
export const floatLayers = new Map(Object.entries({
    add,
    adder_conv2d: adderConv2d,
    adder_linear: adderLinear,
    argmax,
    avg_pool2d: avgPool2d,
    batch_norm: batchNorm,
    bias,
    binary_conv2d: binaryConv2d,
    binary_linear: binaryLinear,
    concat,
    conv2d,
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
    randomized_relu: randomizedRelu,
    relu,
    relu6,
    sigmoid,
    sign,
    tanh,
    upsample,
}));
