import type { Target } from "../../targets/target.js";
/** Name and text of the constraint file; undefined for a target without pins. */
export declare function constraints(target: Target, module: string): {
    path: string;
    text: string;
} | undefined;
