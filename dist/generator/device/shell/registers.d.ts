import type { IpField, IpRegister } from "../../7-emit/ipxact.js";
import type { HwGraph, HwStream } from "../../ir/hardware.js";
/** "ADNT". */
export declare const MAGIC = 1094995540;
/** Raised with every change of an address or a meaning. */
export declare const MAP_VERSION = 1;
export interface Register {
    readonly name: string;
    /** In bytes. A register of 64 bits has its low word here and its high word at the address above. */
    readonly address: number;
    readonly access: "ro" | "rw";
    readonly bits: 32 | 64;
    /** Of a constant. */
    readonly value?: number;
    readonly meaning: string;
    /** Named bits, lowest first; one value of all bits where left out. */
    readonly fields?: readonly IpField[];
}
/** What does not depend on the network, in axil_control's order. */
export declare const controlRegisters: readonly Register[];
export declare const STREAM_BYTES = 32;
export declare const shapeOf: (s: HwStream) => readonly [number, number, number];
export interface ShellFacts {
    /** First 64 bits of the hash of the design. */
    readonly network: readonly [low: number, high: number];
    /** Bits of a beat at the DMA. */
    readonly beatBitsIn: number;
    readonly beatBitsOut: number;
}
/** All registers, by rising address. */
export declare function registers(g: Pick<HwGraph, "input" | "outputs" | "interval">, facts: ShellFacts): Register[];
/** The constants as axil_control takes them: words 0 to 3, then one for each address from 0x40. */
export declare function constantWords(map: readonly Register[]): number[];
/** The map as IP-XACT has it: a register of 64 bits is two of 32, NAME and NAME_HI. */
export declare function ipRegisters(map: readonly Register[]): IpRegister[];
/** The map as a table in Markdown; the values where the network is known. */
export declare function registerTable(map: readonly Register[], values: boolean): string;
