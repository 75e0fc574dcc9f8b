import type { MacNode, SadNode } from "../../ir/quantized.js";
import type { EdgeType, IntTensor } from "../../ir/tensor.js";
/** Bits that changed among bits that could have, over all registers of one depth of the tree and all clocks. */
export interface Changes {
    readonly bits: number;
    /** Differences, products or sums that entered registers; an operand that waits for its level's end is none. */
    readonly results: number;
    readonly changed: number;
    readonly possible: number;
}
export interface ArrayActivity {
    /** Registers behind the difference or the product of each tap. */
    readonly taps: Changes;
    /** Registers behind each level of adders, then the accumulators. */
    readonly sums: readonly Changes[];
}
/**
 * The activity of one array over images, as its registers see them: signed differences and their signed tree (kernel 0
 * of axis_sad), or products and their tree (axis_mac). Lanes that a fold leaves without a tap or filter do not count.
 *
 * @param inputs the stored integers of the node's input edge, one HWC tensor an image
 * @param fold PE and SIMD; several pixels a beat count as one after the other
 */
export declare function arrayActivity(node: SadNode | MacNode, edges: {
    readonly input: EdgeType;
    readonly output: EdgeType;
}, inputs: readonly IntTensor[], fold: {
    readonly pe: number;
    readonly simd: number;
}): ArrayActivity;
