// The golden model: what a network computes, in integers (the norm for the hardware) and in real numbers (the reference).
export * from "./arith/index.js";
export { accuracy, classOf, createRunner, runBatch } from "./fast/index.js";
export { floatLayers } from "./float/index.js";
export { realInput, runFloat } from "./float/run.js";
export { evalNode, ops } from "./ops/index.js";
export { accName, checkTensor, edgeOf, edgesOf, runInteger } from "./run.js";
