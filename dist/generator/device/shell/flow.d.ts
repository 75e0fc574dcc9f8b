import type { ShellProject } from "../../7-emit/fusesoc.js";
import type { Target } from "../../targets/target.js";
/**
 * The top of a board as the project files name it.
 * @param files its Verilog beyond the accelerator's; @param models whether open tools know every module in it
 * @param constraint path of the pins' file; @param MHz clock that place and route is asked for
 */
export declare function shellProject(target: Target, top: string, files: readonly string[], models: boolean, constraint: string | undefined, MHz: number): ShellProject;
