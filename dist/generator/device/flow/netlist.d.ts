import type { Cost, FamilyFacts } from "../../targets/index.js";
type Bit = number | string;
interface Cell {
    readonly type: string;
    readonly port_directions: Readonly<Record<string, string>>;
    readonly connections: Readonly<Record<string, readonly Bit[]>>;
}
export interface Module {
    readonly attributes: Readonly<Record<string, string>>;
    readonly ports: Readonly<Record<string, {
        readonly direction: string;
        readonly bits: readonly Bit[];
    }>>;
    readonly cells: Readonly<Record<string, Cell>>;
    readonly netnames: Readonly<Record<string, {
        readonly hide_name: number;
        readonly bits: readonly Bit[];
    }>>;
}
/** The top module of a flat netlist. */
export declare function readNetlist(json: string, top: string): Module;
export declare const none: Cost;
export declare const plus: (a: Cost, b: Partial<Cost>) => Cost;
/** Flip-flops and DSP blocks that read an unknown constant, by name: synthesis lost what drove them. */
export declare function openOperands(m: Module, family: FamilyFacts): string[];
export interface Area {
    readonly total: Cost;
    /** By owner; what belongs to none is under "". */
    readonly owners: ReadonlyMap<string, Cost>;
    /** Number of cells by type. */
    readonly cells: Readonly<Record<string, number>>;
}
/**
 * Area of a flat netlist by owner. `owners` maps instance names to the owner's name; of an instance inside another
 * one the outermost that is listed counts.
 */
export declare function area(m: Module, family: FamilyFacts, owners: ReadonlyMap<string, string>): Area;
/** Owner of a hierarchical name, by its leading instances. */
export declare function ownerOfName(name: string, owners: ReadonlyMap<string, string>): string | undefined;
/**
 * The owner of every cell, by name. A cell whose output net bears an instance's name belongs to it; what optimization
 * left without a name belongs where its result is read, or else where its operands come from.
 */
export declare function ownersOf(m: Module, owners: ReadonlyMap<string, string>): Map<string, string>;
export {};
