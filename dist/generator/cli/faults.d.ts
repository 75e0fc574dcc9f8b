import { type SimulatorName } from "../../testbench/lib/index.js";
import type { Diagnostic } from "../diagnostics/diagnostics.js";
import type { QuantizedNetwork } from "../ir/quantized.js";
import type { Mismatch } from "../verify/verify.js";
/** A value that the hardware computed differently. */
export declare function mismatchDiagnostic(sim: SimulatorName, m: Mismatch, net: QuantizedNetwork): Diagnostic;
/** The message for what a simulation threw; undefined for a fault of the compiler's own. */
export declare function faultDiagnostic(sim: SimulatorName, e: unknown): Diagnostic | undefined;
