import { type Design, type Port } from "../design.js";
/** Name of the module around the design; its ports or variables are p0, p1, … whatever the design's are called. */
export declare const WRAPPER = "addernet_tb";
/** The wrapper as a module with ports, for Verilator. */
export declare function verilatorWrapper(design: Design, ports: readonly Port[]): string;
/** The wrapper as a root module whose variables the VPI module drives, for Icarus. */
export declare function icarusWrapper(design: Design, ports: readonly Port[]): string;
/** Indices into `ports` of the design's clocks. Throws when a clock is not an input of one bit. */
export declare function clockPorts(design: Design, ports: readonly Port[]): number[];
