import type { Target } from "../../targets/target.js";
import type { ZynqTop } from "./zynq.js";
/** Constraint file of the shell: its LED; clocks come from the processor. */
export declare function zynqConstraints(target: Target): string;
/**
 * @param name of the network; @param sources Verilog files; @param memories memory files, relative to the folder
 * @param MHz clock of the accelerator
 */
export declare function vivadoScript(name: string, target: Target, top: ZynqTop, sources: readonly string[], memories: readonly string[], MHz: number): string;
