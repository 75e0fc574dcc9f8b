import type { HwGraph } from "../ir/hardware.js";
import { type Vectors } from "./beats.js";
export declare const benchFile: (g: HwGraph) => string;
/** Test bench and vector files by path. */
export declare function benchFiles(g: HwGraph, v: Vectors): Map<string, string>;
