import { z } from "zod";
import type { Reporter } from "../diagnostics/diagnostics.js";
import type { GraphNode, Overrides } from "../ir/graph.js";
import type { QuantizedNode, Requant, RequantMode } from "../ir/quantized.js";
import type { EdgeType, FloatTensor, IntRange, Shape } from "../ir/tensor.js";
/** A tensor of the network file: a name in the network's weights file, a name in another file, or the numbers themselves. */
export declare const tensorRef: z.ZodUnion<readonly [z.ZodString, z.ZodObject<{
    file: z.ZodString;
    name: z.ZodOptional<z.ZodString>;
}, z.core.$strict>, z.ZodArray<z.ZodUnknown>]>;
export type TensorRef = z.output<typeof tensorRef>;
/** Fields that every layer has. */
export declare const commonFields: {
    readonly name: z.ZodString;
    readonly inputs: z.ZodOptional<z.ZodArray<z.ZodString>>;
    readonly bits: z.ZodOptional<z.ZodInt>;
    readonly pe: z.ZodOptional<z.ZodInt>;
    readonly simd: z.ZodOptional<z.ZodInt>;
    readonly pixels: z.ZodOptional<z.ZodInt>;
    readonly unroll: z.ZodOptional<z.ZodBoolean>;
};
export type LayerJson = {
    name: string;
    kind: string;
    inputs?: string[] | undefined;
} & Overrides & Record<string, unknown>;
/**
 * What flows between layers before numbers are integers. `flattenedFrom` remembers the map a vector came from, because
 * PyTorch flattens channel by channel while streams are channels-last.
 */
export interface Feature {
    readonly shape: Shape;
    readonly flattenedFrom?: Shape | undefined;
}
/** A tensor that stage 3 has to read for a layer. */
export interface TensorRequest {
    /** Key in GraphNode.tensors. */
    readonly role: string;
    readonly ref: TensorRef;
    /** Field of the layer that names it, for messages. */
    readonly field: string;
    /** Shape in the file (PyTorch's order or channels-last, as the network says). */
    readonly shape: readonly number[];
    /** Brings the file's order to compiler order (see GraphNode). */
    readonly arrange?: (t: FloatTensor) => FloatTensor;
    /** Refuses values below 0. */
    readonly nonNegative?: boolean;
}
export type Layout = "pytorch" | "channels_last";
/** Where results must land: real value v becomes q = v / scale + zeroPoint, inside `clamp` (null: raw logits). */
export interface Target {
    readonly scale: number;
    readonly zeroPoint: number;
    readonly clamp: IntRange | null;
    /** Affine layers fused behind the anchor, per output channel. */
    readonly affine: {
        readonly scale: readonly number[];
        readonly offset: readonly number[];
    };
    /** Slope for negative results (leaky activations), per channel. */
    readonly negativeSlope?: readonly number[];
    readonly mode: RequantMode;
    readonly multiplierBits: number;
}
/** Names that every integer node carries. */
export interface NodeIdentity {
    readonly name: string;
    readonly inputs: readonly string[];
    readonly output: string;
    readonly layers: readonly string[];
    readonly path: GraphNode["path"];
    readonly overrides: Overrides;
}
/**
 * An integer accumulation whose real value is acc * gain[c] + offset[c]. With several classes of positions there are
 * gain and offset of class k and channel c at k * channels + c.
 */
export interface Accumulation {
    readonly range: IntRange;
    readonly gain: readonly number[];
    readonly offset: readonly number[];
    node(id: NodeIdentity, requant: Requant): QuantizedNode;
}
export interface Activation {
    readonly lower?: number;
    readonly upper?: number;
    /** Per channel. */
    readonly negativeSlope?: readonly number[];
    /** What the results mean where calibration does not choose it. */
    readonly result?: {
        readonly bits: number;
        readonly scale: number;
        readonly zeroPoint: number;
    };
}
/**
 * How stage 4 treats a kind:
 * anchor     starts an integer node; affine layers and one activation behind it fold into its requantize step
 * join       like an anchor, for inputs of several scales; only an activation folds into it
 * affine     per-channel a*v + b; folds into the anchor before it, or becomes a requantize node of its own
 * activation as affine
 * table      a function of single values, tabulated over the integers of its input
 * gather     several inputs side by side under one scale
 * same       integers pass through with their meaning (maximum, order)
 * head       ends in an index
 */
export type QuantizeRole = {
    readonly role: "anchor";
    /** What the bits of an input meet: distances (absent), products with weights, or only a sum. */
    readonly meets?: "products" | "sum";
    accumulate(node: GraphNode, inputs: readonly EdgeType[], weightBits: number): Accumulation;
} | {
    readonly role: "join";
    join(node: GraphNode, id: NodeIdentity, inputs: readonly EdgeType[], target: Target): QuantizedNode;
} | {
    readonly role: "affine";
    affine(node: GraphNode): {
        scale: readonly number[];
        offset: readonly number[];
    };
} | {
    readonly role: "activation";
    activation(node: GraphNode): Activation;
} | {
    readonly role: "table";
    /** Range of its results where it is known; calibration tells it otherwise. */
    readonly results?: IntRange;
    value(v: number): number;
} | {
    readonly role: "gather";
    node(node: GraphNode, id: NodeIdentity): QuantizedNode;
} | {
    readonly role: "same";
    /** Whether real zeros appear among the values. */
    readonly pads?: boolean;
    node(node: GraphNode, id: NodeIdentity): QuantizedNode;
} | {
    readonly role: "head";
    node(node: GraphNode, id: NodeIdentity): QuantizedNode;
} | {
    readonly role: "none";
};
export interface LayerDef {
    readonly kind: string;
    /** One line: what it computes; shown in documentation and as a comment in the Verilog. */
    readonly summary: string;
    readonly inputs: {
        readonly min: number;
        readonly max: number;
    };
    readonly schema: z.ZodObject;
    /** Output feature and the kind's normalized attributes; reports and gives undefined where the geometry is impossible. */
    infer(layer: LayerJson, inputs: readonly Feature[], report: Reporter): {
        readonly feature: Feature;
        readonly attrs: Readonly<Record<string, unknown>>;
    } | undefined;
    tensors?(layer: LayerJson, inputs: readonly Feature[], output: Feature, layout: Layout): readonly TensorRequest[];
    readonly quantize: QuantizeRole;
}
export declare const defineLayer: (l: LayerDef) => LayerDef;
