// The golden model: what a network computes, in integers (the norm for the hardware) and in real numbers (the reference).
export * from "./arith/index.ts";
export { accuracy, type BatchOptions, classOf, createRunner, type Runner, runBatch } from "./fast/index.ts";
export { type FloatLayer, floatLayers } from "./float/index.ts";
export { realInput, runFloat } from "./float/run.ts";
export { evalNode, type NodeEdges, type Op, type OpResult, ops } from "./ops/index.ts";
export { accName, checkTensor, edgeOf, edgesOf, type RunOptions, runInteger } from "./run.ts";
