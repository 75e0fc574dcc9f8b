// The compiler as a library.
export { jsonSchema } from "./1-parse/schema.ts";
export { legalFolds } from "./5-schedule/folds.ts";
export type { Vectors } from "./7-emit/beats.ts";
export { quietClocks } from "./7-emit/bench.ts";
export type { CellSources, OutputFiles } from "./7-emit/emit.ts";
export { outputPort, portLaneBits, watched } from "./7-emit/verilog.ts";
export { withSubcells } from "./cells/closure.ts";
export {
  type Build,
  type BuildOptions,
  type Loaded,
  load,
  type QuantizeRun,
  toHardware,
  toIntegers,
} from "./compile.ts";
export { type Diagnostic, InputError, type Result } from "./diagnostics/diagnostics.ts";
export { diagnosticJson, printDiagnostic } from "./diagnostics/print.ts";
export { readNpy } from "./files/index.ts";
export { readIntegers, writeIntegers } from "./integer-file.ts";
export type { Graph, InputSpec } from "./ir/graph.ts";
export type { QuantizedNetwork, QuantizedNode } from "./ir/quantized.ts";
export type { EdgeType, IntTensor } from "./ir/tensor.ts";
