/** Height, width, channels; data is channels-last and raster (row, column, channel). A vector is [1, 1, n]. */
export type Shape = readonly [height: number, width: number, channels: number];
/** A real tensor of any rank, row-major. */
export interface FloatTensor {
    readonly shape: readonly number[];
    readonly data: Float64Array;
}
/** An integer feature map in HWC order. Values are exact integers below 2^53 in magnitude. */
export interface IntTensor {
    readonly shape: Shape;
    readonly data: Int32Array | Float64Array;
}
export interface IntRange {
    readonly min: number;
    readonly max: number;
}
/**
 * What the integers of one tensor edge mean: real value = scale * (q - zeroPoint). The zero point is an integer, but for
 * edges of one bit that stand for -1 and +1 (scale 2, zero point 1/2), where no integer means zero.
 * Feature maps are unsigned, q in [0, 2^bits - 1]; only results that leave the network as raw logits may be signed.
 */
export interface EdgeType {
    readonly shape: Shape;
    readonly bits: number;
    readonly signed: boolean;
    readonly scale: number;
    readonly zeroPoint: number;
    /** The values that can occur, a subset of what `bits` can hold. */
    readonly range: IntRange;
}
