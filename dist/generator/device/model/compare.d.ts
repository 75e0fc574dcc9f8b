import type { MacNode, QuantizedNetwork, SadNode } from "../../ir/quantized.js";
import type { ArrayActivity } from "./activity.js";
/**
 * Every L1 layer as a multiplying layer of the same widths, for area and clock only: the weights are the same bit
 * patterns, read as signed, and the sums mean nothing.
 */
export declare function withProducts(net: QuantizedNetwork): QuantizedNetwork;
/**
 * Picojoules of integer operations in 45 nm at 0.9 V: M. Horowitz, "Computing's energy problem (and what we can do
 * about it)", ISSCC 2014. Given there for 8 and 32 bits; between them additions grow linearly, products by a power.
 */
export declare const horowitz: {
    readonly source: "Horowitz, ISSCC 2014, 45 nm, 0.9 V";
    readonly add: (bits: number) => number;
    readonly multiply: (a: number, b: number) => number;
};
/** Nanojoules of the taps of one frame: a subtraction or a product, and an addition to the sum, for each. */
export declare function arrayEnergy(net: QuantizedNetwork): number;
/**
 * Nanojoules of the taps by the activity of their registers: the published energies are those of random operands, whose
 * results change every second bit, and shrink with the share that does change.
 */
export declare function activeEnergy(node: SadNode | MacNode, inputBits: number, activity: ArrayActivity): number;
