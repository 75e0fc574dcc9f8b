// The layer kinds a network file may use. A new kind is one definition and one line here.
import { hardSigmoid, hardSwish, hardTanh, leakyRelu, parametricRelu, randomizedRelu, relu, relu6, sigmoid, sign, tanh, } from "./activations.js";
import { argmax } from "./argmax.js";
import { adderConv2d, binaryConv2d, conv2d } from "./conv.js";
import { add, concat } from "./join.js";
import { adderLinear, binaryLinear, linear } from "./linear.js";
import { batchNorm, bias } from "./norm.js";
import { avgPool2d, globalAvgPool, maxPool2d } from "./pool.js";
import { dropout, flatten, identity, pad, upsample } from "./shape.js";
const all = [
    adderConv2d,
    adderLinear,
    conv2d,
    linear,
    binaryConv2d,
    binaryLinear,
    batchNorm,
    bias,
    relu,
    relu6,
    hardTanh,
    leakyRelu,
    parametricRelu,
    randomizedRelu,
    sign,
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
    pad,
    flatten,
    identity,
    dropout,
    argmax,
];
export const layers = new Map(all.map((l) => [l.kind, l]));
/** The definition of a kind that stage 1 has accepted. */
export function layerOf(kind) {
    const def = layers.get(kind);
    if (!def)
        throw new Error(`no layer kind ${kind}`);
    return def;
}
