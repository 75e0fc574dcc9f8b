import type { Memory } from "../../cells/structure.js";
import type { Family } from "../../targets/index.js";
export interface MappedMemory {
    readonly kind: "block" | "distributed" | "logic";
    /** Yosys' name of the RAM cell; "logic" where there is none. */
    readonly cell: string;
    /** Block RAMs, or lookup tables of LUT RAM. */
    readonly takes: number;
    /** Bits of the multiplexers between cells that hold different rows, in inputs beyond the first. */
    readonly choice: number;
    /** Flip-flops: read registers that are not part of a RAM, and the words of a memory in logic. */
    readonly ff: number;
}
/** How a memory is mapped in a family. Intel's tool follows other rules: there the shape that wastes least is taken. */
export declare function mapMemory(family: Family, m: Memory): MappedMemory;
