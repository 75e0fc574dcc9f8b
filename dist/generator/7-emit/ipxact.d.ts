export interface IpPort {
    readonly name: string;
    readonly direction: "input" | "output";
    readonly bits: number;
}
/** A run of bits of a register. */
export interface IpField {
    readonly name: string;
    readonly bit: number;
    readonly bits: number;
    readonly meaning: string;
}
export interface IpRegister {
    readonly name: string;
    /** In bytes. */
    readonly address: number;
    readonly access: "ro" | "rw";
    readonly meaning: string;
    /** Of a constant. */
    readonly value?: number | undefined;
    readonly fields: readonly IpField[];
}
export interface Component {
    readonly name: string;
    readonly description: string;
    readonly ports: readonly IpPort[];
    /** AXI4-Stream buses by the prefix of their ports. */
    readonly streams: readonly {
        readonly prefix: string;
        readonly master: boolean;
    }[];
    readonly clock: string;
    readonly reset: {
        readonly name: string;
        readonly activeLow: boolean;
    };
    /** AXI4-Lite bus with registers of 32 bits. */
    readonly registers?: {
        readonly prefix: string;
        readonly addressBits: number;
        readonly map: readonly IpRegister[];
    };
    readonly files: readonly string[];
    readonly memories: readonly string[];
    /** Default of the parameter MEM_DIR. */
    readonly memDir: string;
}
export declare const IP_VENDOR = "addernet-rtl";
export declare const IP_LIBRARY = "nets";
export declare const IP_VERSION = "1.0";
/** Text of the component in IEEE 1685-2014. */
export declare function ipxact(c: Component): string;
/** Path of the script for Vivado's customization dialog, relative to component.xml. */
export declare const guiFile: (c: Component) => string;
/** Tcl for Vivado's customization dialog: one field, the folder of the memory files. */
export declare const guiScript: (c: Component) => string;
/**
 * Text of the component in IEEE 1685-2009 with AMD's bus types and views.
 * @param families device families by Vivado's names, such as zynq
 */
export declare function ipxact2009(c: Component, families: readonly string[]): string;
/** Whether Vivado builds for the family. */
export declare const isVivado: (family: string | undefined) => boolean;
/**
 * A folder that Vivado's ip_repo_paths takes, whole in itself: Verilog and memory files lie flat in hdl/, so that a
 * memory is found beside the Verilog in synthesis and in the run folder of a simulation, whatever project uses the IP.
 * @param c paths relative to the output folder; @param files their texts; @param family xc7 or xcup
 */
export declare function ipFolder(c: Component, files: ReadonlyMap<string, string>, family: string): Map<string, string>;
