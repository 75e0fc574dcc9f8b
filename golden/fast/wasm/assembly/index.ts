// AssemblyScript, not TypeScript: the SIMD kernels of the fast path. `npm run wasm` compiles them into ../bytes.ts.
//
// Every kernel may read, and where it says so write, up to 15 bytes past the end of an array: arrays lie 16 bytes apart.
// All pointers are byte addresses in the one memory, which the caller lays out.
export { add } from "./add";
export { copyRuns, table8 } from "./arrange";
export { copyRows8, copyRows8To16, copyRows32To16 } from "./copy";
export { distance64, product64 } from "./float";
export { argmax8, argmax32, argmax64, averagePool, maxPool8, maxPool32 } from "./pool";
export { copyPlanes8, sadPlanes8 } from "./planes";
export { requantize8, requantize32 } from "./requantize";
export { mac16, sad16, sad8, sad8Small } from "./windows";
