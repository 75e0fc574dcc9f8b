import type { MemoryStyle } from "../ir/hardware.js";
/** A memory array of a cell. */
export interface Memory {
    /** Name of the array in the Verilog. */
    readonly name: string;
    readonly rows: number;
    readonly bits: number;
    /** Never written: contents from the file of that parameter. */
    readonly file?: "MEM_FILE";
    /** Where it is put; the tool's choice where left out. */
    readonly style?: MemoryStyle;
    /**
     * A read in the clock of a write to the same place must give the old word: the RTL does not rule it out. All cells
     * rule it out; bench_ram measures what it would cost.
     */
    readonly checked?: boolean;
    /** Read at the address that it is written at. */
    readonly oneAddress?: boolean;
    /** Equal memories side by side. */
    readonly copies?: number;
}
/** Products of `a` times `b` bits, both two's complement, each followed by a register of `y` bits. */
export interface Products {
    readonly count: number;
    readonly a: number;
    readonly b: number;
    readonly y: number;
    /** By a constant: bits of the additions that make one in logic. */
    readonly scaled?: number;
}
export interface Structure {
    /** The cell, and which of its variants: variants have coefficients of their own. */
    readonly variant: string;
    /** Logic by kind, in bits of the widths that it works on. */
    readonly logic: Readonly<Record<string, number>>;
    /** Flip-flops that the RTL declares, those of memory reads and of products not among them. */
    readonly ff: number;
    /** Bits of registers that hand words of the first memory on; a table's equal columns share them. */
    readonly carried?: number;
    /** Bits of them that form shift registers of three places at least. */
    readonly shifts: number;
    readonly memories: readonly Memory[];
    readonly products: readonly Products[];
}
/** A structure as a cell gives it: what is left out is nothing. */
export interface Parts extends Partial<Omit<Structure, "variant">> {
    /** Name of the variant, behind the cell's. */
    readonly kind?: string | number;
}
/**
 * An adder tree over `taps` leaves of `bits` bits: its adders and their bits, bits of all its registers, levels. An odd
 * node is handed on at its own width; `shifts` are the bits of those that form shift registers of three places at least.
 */
export declare function tree(taps: number, bits: number, most: number, extra: number): {
    adders: number;
    pairs: number;
    registers: number;
    levels: number;
    shifts: number;
};
/**
 * The output FIFO behind a pipeline without back pressure: beats come every `interval` clocks, each `latency` clocks
 * after its place was reserved. A row of registers where few places do, else a small memory with a head.
 */
export declare function outputFifo(latency: number, interval: number): {
    constants: {
        CHAIN: number;
        IS_CHAIN: number;
        MEM_BITS: number;
        DEPTH: number;
    };
    places: number;
    /** Clocks through it. */
    clocks: number;
    /** Bits of a counter of its places. */
    count: number;
    /** With beats of `bits` bits. */
    parts: (bits: number) => {
        logic: {
            chain: number;
            credits: number;
        };
        ff: number;
        memories: Memory[];
    };
};
/** Non-zero digits of a constant in canonical signed digits: additions of a product with it, and one. */
export declare function signedDigits(v: number): number;
