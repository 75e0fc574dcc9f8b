// What a layer kind must answer. Stages ask these questions; they never branch on `kind`.
import { z } from "zod";
import type { Reporter } from "../diagnostics/diagnostics.ts";
import { type GraphNode, HOMES, type Overrides, type WindowAttrs } from "../ir/graph.ts";
import type { QuantizedNode, Requant, RequantMode } from "../ir/quantized.ts";
import type { EdgeType, FloatTensor, IntRange, Shape } from "../ir/tensor.ts";

/** A tensor of the network file: a name in the network's weights file, a name in another file, or the numbers themselves. */
export const tensorRef = z
  .union([
    z.string().min(1),
    z.strictObject({
      file: z.string().min(1).describe("weights file beside this one: .safetensors, .npz or .npy"),
      name: z.string().min(1).optional().describe("name of the tensor in it; a .npy file has no names"),
    }),
    z.array(z.unknown()),
  ])
  .describe("tensor: name in the weights file, {file, name} of another file, or nested arrays of numbers");
export type TensorRef = z.output<typeof tensorRef>;

/** Fields that every layer has. */
export const commonFields = {
  name: z
    .string()
    .min(1)
    .max(200)
    .describe("unique name of the layer; it appears in messages, reports and Verilog names"),
  inputs: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe("names of the layers (or of the input) this one reads; default: the previous layer"),
  bits: z
    .int()
    .min(1)
    .max(16)
    .optional()
    .describe("bits of this layer's operands (its input tensor and weights) instead of the network's default"),
  pe: z.int().min(1).optional().describe("output channels computed at the same time; default: the compiler chooses"),
  simd: z.int().min(1).optional().describe("taps read at the same time; default: the compiler chooses"),
  pixels: z
    .int()
    .min(1)
    .optional()
    .describe(
      "neighbouring pixels of the input that arrive in one beat: part of a row or whole rows; default: the compiler chooses",
    ),
  unroll: z
    .boolean()
    .optional()
    .describe("true: all taps and all outputs at once, so that the weights become part of the logic; for small layers"),
  home: z
    .enum(HOMES)
    .optional()
    .describe(
      'where the layer\'s weights are: "rom", fixed in the bitstream; "ram", written at run time from a weight image; "external", read in each frame from memory beside the chip; default: rom',
    ),
  coded: z
    .boolean()
    .optional()
    .describe(
      "true: the weights are coded, the two commonest values in fewer bits, where they are: in external memory, in the image for a memory on the chip, or in the bitstream; default: in external memory where that saves a tenth",
    ),
  bands: z
    .int()
    .min(1)
    .optional()
    .describe(
      "parts that the output map is cut into where weights are in external memory: they are read once for each, and a part of the map alone is kept on the chip; default: 1",
    ),
} as const;

export type LayerJson = { name: string; kind: string; inputs?: string[] | undefined } & Overrides &
  Record<string, unknown>;

/**
 * What flows between layers before numbers are integers. `flattenedFrom` remembers the map whose values the channels
 * were, because PyTorch flattens channel by channel while streams are channels-last; absent where both orders are one.
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

/** What the requantize step must give: real value v becomes q = v / scale + zeroPoint, inside `clamp` (null: raw logits). */
export interface Requantization {
  readonly scale: number;
  readonly zeroPoint: number;
  readonly clamp: IntRange | null;
  /** Affine layers fused behind the anchor, per output channel. */
  readonly affine: { readonly scale: readonly number[]; readonly offset: readonly number[] };
  /** Slope for negative results (leaky activations), per channel. */
  readonly negativeSlope?: readonly number[];
  readonly mode: RequantMode;
  readonly multiplierBits: number;
  /** The shift, where it is not the largest for which the multipliers fit. */
  readonly shift?: number | undefined;
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

/** The real size of a step of the weights of output channel o; `finest`: what their bits allow. */
export type WeightStep = (o: number, finest: number) => number;

export interface Activation {
  readonly lower?: number;
  readonly upper?: number;
  /** Per channel. */
  readonly negativeSlope?: readonly number[];
  /** What the results mean where calibration does not choose it. */
  readonly result?: { readonly bits: number; readonly scale: number; readonly zeroPoint: number };
}

/**
 * How stage 4 treats a kind, a file each in 4-quantize/roles:
 * anchor     starts an integer node; affine layers and one activation behind it fold into its requantize step
 * join       like an anchor, for inputs of several scales; only an activation folds into it
 * affine     per-channel a*v + b; folds into the anchor before it, or becomes a requantize node of its own
 * activation as affine
 * table      a function of single values, tabulated over the integers of its input
 * gather     several inputs side by side under one scale
 * same       integers pass through with their meaning (maximum, order)
 * head       ends in an index
 * none       leaves no hardware
 */
export type QuantizeRole<A extends object = object> =
  | {
      readonly role: "anchor";
      /** The window whose margin reads real zeros; absent where there is none. */
      zeros?(node: GraphNode<A>): WindowAttrs;
      /** Distance of the input's pixels under the window, [down, right], real zeros between them; default: next to each other. */
      inserts?(node: GraphNode<A>): readonly [number, number];
      /** What the bits of an input meet: distances (absent), products with weights, or only a sum. */
      readonly meets?: "products" | "sum";
      accumulate(node: GraphNode<A>, inputs: readonly EdgeType[], weightBits: number, step?: WeightStep): Accumulation;
    }
  | {
      readonly role: "join";
      join(node: GraphNode<A>, id: NodeIdentity, inputs: readonly EdgeType[], target: Requantization): QuantizedNode;
    }
  | { readonly role: "affine"; affine(node: GraphNode<A>): { scale: readonly number[]; offset: readonly number[] } }
  | { readonly role: "activation"; activation(node: GraphNode<A>): Activation }
  | {
      readonly role: "table";
      /** Range of its results where it is known; calibration tells it otherwise. */
      readonly results?: IntRange;
      value(v: number, attrs: A): number;
    }
  | { readonly role: "gather"; node(node: GraphNode<A>, id: NodeIdentity): QuantizedNode }
  | {
      readonly role: "same";
      /** Real zeros appear among the values: those that this window's margin reads. */
      zeros?(node: GraphNode<A>): WindowAttrs;
      /** Every value passes once: only the shape is another. */
      readonly reshapes?: boolean;
      node(node: GraphNode<A>, id: NodeIdentity): QuantizedNode;
    }
  | { readonly role: "head"; node(node: GraphNode<A>, id: NodeIdentity): QuantizedNode }
  | { readonly role: "none" };

/** `A`: the kind's normalized attributes, which `infer` makes and its other answers read. */
export interface LayerDef<A extends object = object> {
  readonly kind: string;
  /** One line: what it computes; shown in documentation and as a comment in the Verilog. */
  readonly summary: string;
  readonly inputs: { readonly min: number; readonly max: number };
  readonly schema: z.ZodObject;
  /** Output feature and the kind's normalized attributes; reports and gives undefined where the geometry is impossible. */
  infer(
    layer: LayerJson,
    inputs: readonly Feature[],
    report: Reporter,
  ): { readonly feature: Feature; readonly attrs: A } | undefined;
  tensors?(layer: LayerJson, inputs: readonly Feature[], output: Feature, layout: Layout): readonly TensorRequest[];
  /** Whether its results may come in any order: `tensors` permutes them to that of the output's `flattenedFrom`. */
  readonly ordersOutput?: boolean;
  readonly quantize: QuantizeRole<A>;
}

/** Attributes keep their type from `infer` to the kind's own functions; stages know them as objects. */
export const defineLayer = <A extends object>(l: LayerDef<A>): LayerDef => l;
