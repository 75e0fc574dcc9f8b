import type { Products, Structure } from "../../cells/structure.js";
import { type Cost, type Family } from "../../targets/index.js";
import { type MappedMemory } from "./memory.js";
/** What a lookup table of `rows` words, or a memory of registers, takes of a family's logic: fitted. */
export interface MemoryLogic {
    /** Inputs of a lookup table. */
    readonly inputs: number;
    /** A bit of a table of r * 2^inputs rows, r above 1, takes factor * r^power lookup tables. */
    readonly factor: number;
    readonly power: number;
    /** Lookup tables of a bit of a memory in registers, and of each input of a multiplexer beyond the first. */
    readonly register: number;
    readonly choice: number;
}
/** DSP blocks of one product; 0: it stays in logic. */
export declare function dspBlocks(family: Family, p: Products): number;
/**
 * Columns of a table of few rows that differ, of `bits` that look random: the tools keep one of equal ones, and none of
 * those that are constant.
 */
export declare const distinct: (rows: number, bits: number) => number;
export interface Features {
    /** Counted exactly: block RAM, DSP blocks. */
    readonly bram: number;
    readonly dsp: number;
    /** Memories in lookup tables: known once the family's MemoryLogic is. */
    readonly memories: readonly {
        readonly rows: number;
        readonly bits: number;
        readonly rom: boolean;
        readonly mapped: MappedMemory;
    }[];
    readonly memoryFf: number;
    /** Columns of the fits for lookup tables and carry cells, and for flip-flops. */
    readonly logic: Readonly<Record<string, number>>;
    readonly ff: Readonly<Record<string, number>>;
}
export declare function featuresOf(s: Structure, family: Family, dsp: boolean): Features;
/**
 * Lookup tables of so many inputs that hold the rows of one bit. Families whose slices join tables by multiplexers of
 * their own take them in powers of two.
 */
export declare const tablesOf: (rows: number, inputs: number, family: Family) => number;
/** Lookup tables of the memories that are no block RAM, and of the multiplexers behind those that are several. */
export declare function memoryLuts(f: Features, m: MemoryLogic, family: Family): number;
/** Coefficients of one variant of a cell: of lookup tables, carry cells and flip-flops. */
export type Coefficients = Readonly<Record<"lut" | "carry" | "ff", Readonly<Record<string, number>>>>;
export interface FamilyModel {
    /** The Yosys that the measurements come from. */
    readonly yosys: string;
    readonly memory: MemoryLogic;
    readonly cells: Readonly<Record<string, Coefficients>>;
}
/** Name of a structure's coefficients: where products are in DSP blocks, these take registers and additions in as well. */
export declare const variantOf: (s: Structure, f: Features) => string;
/** Resources of a cell by a family's model; undefined where the model does not have the cell. */
export declare function predict(s: Structure, family: Family, dsp: boolean, model: FamilyModel): Cost | undefined;
/** Inputs of a family's lookup table, for tables in logic. */
export declare const tableInputs: (family: Family) => number;
