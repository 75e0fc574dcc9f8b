export * from "./arith/index.js";
export { accuracy, type BatchOptions, classOf, createRunner, type Runner, runBatch } from "./fast/index.js";
export { type FloatLayer, floatLayers } from "./float/index.js";
export { realInput, runFloat } from "./float/run.js";
export { evalNode, type NodeEdges, type Op, type OpResult, ops } from "./ops/index.js";
export { accName, checkTensor, edgeOf, edgesOf, type RunOptions, runInteger } from "./run.js";
