// The integer arrays of a network that leave it: weights and requantize constants, by node.

import { rangeOf, signedBitsFor } from "../../golden/arith/index.ts";
import type { QuantizedNetwork, QuantizedNode, Requant } from "../ir/quantized.ts";
import type { EdgeType, IntRange } from "../ir/tensor.ts";
import { fileName } from "../names/names.ts";

export type Role = "weights" | "multiplier" | "bias" | "negmultiplier" | "negbias";

/** One array in row-major order; every value fits `bits` (two's complement where signed). */
export interface ExportArray {
  readonly role: Role;
  /** Weights: [output channels, kernel height, kernel width, channels of the group]; constants: [channels]. */
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly bits: number;
  readonly signed: boolean;
  /** File name without extension, unique in the network. */
  readonly stem: string;
}

/** A node that has weights or constants. Its results are clamp(floor((acc * multiplier + bias) / 2^shift), lo, hi). */
export interface ExportLayer {
  readonly name: string;
  readonly op: QuantizedNode["op"];
  readonly layers: readonly string[];
  readonly inputs: readonly (EdgeType & { readonly edge: string })[];
  readonly output: EdgeType & { readonly edge: string };
  readonly shift: number;
  readonly clamp: IntRange | null;
  /** Results of the first multiplier and bias below this take negmultiplier and negbias. */
  readonly pivot: number | null;
  /** Each output channel sees its own input channel only. */
  readonly depthwise: boolean;
  readonly arrays: readonly ExportArray[];
}

const constants = (role: Role, values: readonly number[], stem: string): ExportArray => ({
  role,
  shape: [values.length],
  values,
  bits: signedBitsFor(rangeOf(values)),
  signed: true,
  stem: `${stem}.${role}`,
});

function weightArray(node: QuantizedNode & { op: "sad" | "mac" }, stem: string): ExportArray {
  const { rows, bits, signed } = node.weights;
  const [kh, kw] = node.window.kernel;
  const taps = rows[0]?.length ?? 0;
  return {
    role: "weights",
    shape: [rows.length, kh, kw, taps / (kh * kw)],
    values: rows.flatMap((row) => [...row]),
    bits,
    signed,
    stem: `${stem}.weights`,
  };
}

function requantArrays(requant: Requant, stem: string): ExportArray[] {
  const { multiplier, bias, negative } = requant;
  const arrays = [constants("multiplier", multiplier, stem), constants("bias", bias, stem)];
  if (!negative) return arrays;
  return [...arrays, constants("negmultiplier", negative.multiplier, stem), constants("negbias", negative.bias, stem)];
}

function arraysOf(node: QuantizedNode, stem: string): readonly ExportArray[] {
  switch (node.op) {
    case "sad":
    case "mac":
      return [weightArray(node, stem), ...requantArrays(node.requant, stem)];
    case "requant":
    case "avg_pool":
      return requantArrays(node.requant, stem);
    case "add":
      return [constants("multiplier", node.multipliers, stem), constants("bias", [node.bias], stem)];
    default:
      return [];
  }
}

function isDepthwise(node: QuantizedNode, { edges }: QuantizedNetwork): boolean {
  if (node.op !== "sad" && node.op !== "mac") return false;
  const channels = edges[node.inputs[0]!]!.shape[2];
  return channels > 1 && node.window.groups === channels && edges[node.output]!.shape[2] === channels;
}

/** The nodes of a network that have arrays, in its order. */
export function exportLayers(net: QuantizedNetwork): readonly ExportLayer[] {
  const taken = new Set<string>(["manifest"]);
  const edge = (name: string) => ({ edge: name, ...net.edges[name]! });
  return net.nodes.flatMap((node): ExportLayer[] => {
    const arrays = arraysOf(node, "");
    if (arrays.length === 0) return [];
    const requant = "requant" in node ? node.requant : undefined;
    const stem = fileName(node.name, taken);
    return [
      {
        name: node.name,
        op: node.op,
        layers: node.layers,
        inputs: node.inputs.map(edge),
        output: edge(node.output),
        shift: requant?.shift ?? (node.op === "add" ? node.shift : 0),
        clamp: requant ? requant.clamp : node.op === "add" ? node.clamp : null,
        pivot: requant?.negative?.pivot ?? null,
        depthwise: isDepthwise(node, net),
        arrays: arraysOf(node, stem),
      },
    ];
  });
}
