import type { HwGraph } from "../ir/hardware.js";
import { type Vectors } from "./beats.js";
import { type ShellProject } from "./fusesoc.js";
/** Source text of the cells by module name, as in templates/. */
export type CellSources = ReadonlyMap<string, string>;
export type OutputFiles = ReadonlyMap<string, string>;
/**
 * All files of the accelerator.
 * @param vectors add the stand-alone test bench, its frames and its targets
 * @param family of the device; one that Vivado builds for adds a folder for its IP repositories
 */
export declare function emit(g: HwGraph, sources: CellSources, vectors?: Vectors, family?: string): OutputFiles;
/**
 * File list, Makefile and FuseSoC core of an output folder.
 * @param files the folder's; @param rtl Verilog of the accelerator, cells first; @param shell a top around it
 */
export declare function projectFiles(g: HwGraph, files: OutputFiles, rtl: readonly string[], family?: string, shell?: ShellProject): Map<string, string>;
/**
 * Gives the network's prefix to every cell's module name, in code and not in comments, so that two networks fit into
 * one project. Nothing else of a cell changes, but for the notice in front of it.
 */
export declare function prefixModules(text: string, prefix: string, sources: CellSources): string;
