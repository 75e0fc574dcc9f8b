// What a weight image must agree with: the network but for what is loaded, and where each word goes.
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import type { HwMemory } from "../ir/hardware.ts";
import type { QuantizedNetwork, QuantizedNode } from "../ir/quantized.ts";

/** A node without its place in a file and without what an image brings. */
export function fixedPart(n: QuantizedNode): Readonly<Record<string, unknown>> {
  const { path: _, overrides: __, layers: ___, ...node } = n;
  if (!("weights" in n)) return node;
  if (n.overrides.home !== "ram" && n.overrides.home !== "external")
    return { ...node, weights: { ...n.weights, rows: n.weights.rows.map((r) => [...r]) } };
  const { mode, shift, clamp, negative } = n.requant;
  return {
    ...node,
    weights: {
      rows: [n.weights.rows.length, n.weights.rows[0]!.length],
      bits: n.weights.bits,
      signed: n.weights.signed,
    },
    requant: { mode, shift, clamp, ...(negative ? { pivot: negative.pivot } : {}) },
  };
}

/** 64 bits that tell networks and layouts apart; scales of edges are not among what they tell. */
export function identityOf(
  net: QuantizedNetwork,
  memories: readonly HwMemory[],
  external: readonly HwMemory[] = [],
): bigint {
  const edges = Object.entries(net.edges).map(([name, { shape, bits, signed, zeroPoint }]) => [
    name,
    shape,
    bits,
    signed,
    zeroPoint,
  ]);
  const placeOf = (m: HwMemory) => [m.section, m.wordBits, m.rows];
  const sections = memories.map(placeOf);
  const text = JSON.stringify({
    input: net.inputEdge,
    outputs: net.outputs,
    edges,
    nodes: net.nodes.map(fixedPart),
    sections,
    ...(external.length > 0 ? { external: external.map(placeOf) } : {}),
  });
  return new DataView(sha256(utf8ToBytes(text)).buffer).getBigUint64(0, true);
}
