// The compiler as a library.
export { jsonSchema } from "./1-parse/schema.js";
export { legalFolds } from "./5-schedule/folds.js";
export { outputPort, portLaneBits, watched } from "./7-emit/verilog.js";
export { load, toHardware, toIntegers, } from "./compile.js";
export { InputError } from "./diagnostics/diagnostics.js";
export { diagnosticJson, printDiagnostic } from "./diagnostics/print.js";
export { readNpy } from "./files/index.js";
export { readIntegers, writeIntegers } from "./integer-file.js";
