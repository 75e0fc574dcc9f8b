import { type Design, type Port } from "../design.js";
/**
 * The ports of a design's top module in the order of their declaration, read by Verilator or, where that is missing
 * or too old, by Yosys. Throws a BuildError for a port that no bench can drive (inout, unpacked array, interface).
 */
export declare function discoverPorts(design: Design): Promise<Port[]>;
/** Arguments that every Verilator call needs to read the design. */
export declare function verilatorInputs(design: Design): string[];
/** The ports in a netlist written by Yosys. */
export declare function portsFromYosys(json: string, top: string): Port[];
