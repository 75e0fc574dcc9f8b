import type { Target } from "../../targets/target.js";
/**
 * Path and text of the script; undefined for a target without pins or without a known flow.
 * @param MHz clock of the accelerator, behind the PLL where there is one
 */
export declare function project(target: Target, module: string, sources: readonly string[], memories: readonly string[], synth: string, MHz: number): {
    path: string;
    text: string;
} | undefined;
