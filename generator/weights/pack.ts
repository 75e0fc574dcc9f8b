// Another set of weights for an accelerator that is built: checked against it, and laid out as its memories want it.
import { rangeOfBits, within } from "../../golden/arith/index.ts";
import { inputError } from "../diagnostics/diagnostics.ts";
import type { CodeLayout, ConstantsLayout, WeightsLayout } from "../ir/hardware.ts";
import type { MacNode, QuantizedNetwork, QuantizedNode, Requant, SadNode } from "../ir/quantized.ts";
import { weightSums, weightWord } from "../ops/array.ts";
import { multiplierBits, withinFormat } from "../ops/format.ts";
import { behindOffset, constantWords } from "../ops/requantize.ts";
import { toImageWords } from "./chain.ts";
import { beatBytes, codeOf, codeRow, type ExternalSection, externalSize, packBits, placed } from "./external.ts";
import { isLoaded } from "./homes.ts";
import { fixedPart } from "./identity.ts";
import { fieldOf, type Image, type ImageSection, withCodes } from "./image.ts";

/** What a build says of its memories: `weights` of its manifest. */
export interface BuiltWeights {
  /** 16 hexadecimal digits. */
  readonly identity: string;
  readonly words: number;
  readonly sections: readonly (ImageSection &
    (
      | { readonly holds: "weights"; readonly layout: WeightsLayout }
      | { readonly holds: "constants"; readonly layout: ConstantsLayout }
      | { readonly holds: "code"; readonly layout: CodeLayout }
    ))[];
  /** Layers whose weights are coded in images. */
  readonly coded?: readonly string[] | undefined;
  /** Weights in memory beside the chip. */
  readonly external?:
    | {
        /** Bits of a beat of the port. */
        readonly dataBits: number;
        readonly sections: readonly (ExternalSection & { readonly layout: WeightsLayout })[];
      }
    | undefined;
}

const quoted = (s: string): string => JSON.stringify(s);

function refuse(node: QuantizedNode, message: string, expected: string, hint?: string): never {
  throw inputError({
    code: "AN5005",
    message: `${quoted(node.name)}: ${message}`,
    path: node.path,
    expected,
    ...(hint ? { hint } : {}),
  });
}

const short = (v: unknown): string => {
  const text = JSON.stringify(v) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

/** The first field in which two values differ, with its path; undefined where they are equal. */
function difference(a: unknown, b: unknown, at: string): { at: string; a: unknown; b: unknown } | undefined {
  if (Object.is(a, b)) return undefined;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return { at, a, b };
  const [x, y] = [a, b] as Record<string, unknown>[];
  for (const key of new Set([...Object.keys(x!), ...Object.keys(y!)])) {
    const found = difference(x![key], y![key], at === "" ? key : `${at}.${key}`);
    if (found) return found;
  }
  return undefined;
}

/** Throws where the set's node is another one than the build's, but for what an image brings. */
function sameNode(
  built: QuantizedNode,
  own: QuantizedNode,
  edges: QuantizedNetwork["edges"],
  others: QuantizedNetwork["edges"],
): void {
  if (own.op !== built.op || own.name !== built.name)
    refuse(
      own,
      `the accelerator has ${quoted(built.name)} (${built.op}) in its place`,
      "the layers of the network that was built",
    );
  // Ranges are those of any weights in a build, and say nothing of hardware beyond it.
  const part = (n: QuantizedNode) => {
    const {
      accRange: _,
      format: __,
      ...rest
    } = fixedPart({ ...n, overrides: built.overrides } as QuantizedNode) as Record<string, unknown>;
    return rest;
  };
  const other = difference(part(built), part(own), "");
  if (other) {
    const rom = "weights" in built && !isLoaded(built) && other.at.startsWith("weights");
    refuse(
      own,
      rom ? "its weights are fixed in the accelerator (home rom), and are others" : `${other.at} is ${short(other.b)}`,
      rom ? "the weights that it was built with" : `${short(other.a)}, as it was built`,
      rom ? '"home": "ram" for every layer whose weights change' : undefined,
    );
  }
  const [edge, mine] = [edges[built.output]!, others[own.output]!];
  for (const key of ["bits", "signed", "zeroPoint"] as const)
    if (edge[key] !== mine[key] && !(key === "bits" && edge.signed))
      refuse(own, `${key} of its result is ${mine[key]}`, `${edge[key]}, as it was built`);
}

type ArrayNode = SadNode | MacNode;

/** Throws where the constants are too large for the memory's words; gives them as they are laid out. */
function fitting(node: ArrayNode, q: Requant, layout: ConstantsLayout): Requant {
  const pairs = (r: Requant) => [r, ...(r.negative ? [r.negative] : [])];
  const most = layout.multiplierBits;
  for (const p of pairs(q))
    for (const [c, m] of p.multiplier.entries()) {
      const bits = multiplierBits({ ...q, multiplier: [m], bias: [0], negative: undefined } as Requant);
      if (bits > most)
        refuse(
          node,
          q.mode === "full"
            ? `the multiplier of channel ${c} is ${m}, of ${bits} bits`
            : `the multiplier of channel ${c}, ${m}, has an exponent of ${bits} bits`,
          `at most ${most} bits`,
          "the layer's gain has grown too much since the build: scale its batch norm, or build anew",
        );
    }
  const cut = withinFormat(q, layout.acc, layout);
  const holds = rangeOfBits(Math.min(layout.biasBits, 53), true);
  for (const p of pairs(cut))
    for (const [c, b] of p.bias.entries())
      if (!within({ min: b, max: b }, holds))
        refuse(
          node,
          `the constant of channel ${c} is ${b}`,
          `${holds.min} to ${holds.max}, what ${layout.biasBits} bits hold`,
        );
  return cut;
}

/**
 * The image of a set of weights for an accelerator that was built of `built` (with its homes, see withHomes). `set` is a
 * network of the same layers, in integers of the same meaning (`like` of toIntegers). Throws InputError (AN5005) where
 * it is no set for that accelerator, naming layer and bound.
 */
export function packFor(built: QuantizedNetwork, of: BuiltWeights, set: QuantizedNetwork): Image {
  if (set.nodes.length !== built.nodes.length)
    throw inputError({
      code: "AN5005",
      message: `${quoted(set.name)} becomes ${set.nodes.length} hardware nodes, the accelerator has ${built.nodes.length}`,
      expected: "the layers of the network that was built",
    });
  const nodes = new Map<string, ArrayNode>();
  for (const [i, node] of built.nodes.entries()) {
    const own = set.nodes[i]!;
    sameNode(node, own, built.edges, set.edges);
    if (!isLoaded(node)) continue;
    withinBits(own as ArrayNode);
    nodes.set(node.name, own as ArrayNode);
  }
  const beside = of.external && besideOf(of.external, nodes);
  const payload = new Uint32Array(of.words);
  for (const s of of.sections) {
    const node = loadedNode(nodes, s.layer);
    const { rows } = node.weights;
    const word =
      s.holds === "weights"
        ? weightWord(rows, s.layout)
        : s.holds === "constants"
          ? constantsOf(node, s.layout)
          : () => codeRow(beside!.sections.find((x) => x.layer === s.layer)!, of.external!);
    payload.set(toImageWords({ words: Array.from({ length: s.rows }, (_, r) => word(r)), wordBits: s.bits }), s.first);
  }
  const sections = withCodes(of.sections, payload, (s) => fieldOf(s, of.coded)).map(
    ({ layer, holds, rows, bits, first, words, code }) => ({
      ...{ layer, holds, rows, bits, first, words },
      ...(code ? { code } : {}),
    }),
  );
  return {
    ...{ identity: BigInt(`0x${of.identity}`), network: set.name, sections, payload },
    ...(beside ? { external: beside.sections, beside: beside.bytes } : {}),
  };
}

/** The part for memory beside the chip; coded layers take as many bytes as this set needs. */
function besideOf(of: NonNullable<BuiltWeights["external"]>, nodes: ReadonlyMap<string, ArrayNode>) {
  const parts = of.sections.map((s) => {
    const word = weightWord(loadedNode(nodes, s.layer).weights.rows, s.layout);
    const words = Array.from({ length: s.rows }, (_, r) => word(r));
    const at = { layer: s.layer, rows: s.rows, bits: s.bits, offset: s.offset, bytes: s.bytes };
    if (!s.code) return { at, words, code: undefined };
    const { book, bytes } = codeOf(words, s.bits, s.code);
    return { at: { ...at, bytes: beatBytes(8 * bytes.length, of), code: { ...s.code, ...book } }, words, code: bytes };
  });
  const sections: ExternalSection[] = placed(parts.map((p) => p.at));
  const bytes = new Uint8Array(externalSize(sections));
  for (const [i, { words, code }] of parts.entries()) {
    const into = bytes.subarray(sections[i]!.offset);
    if (code) into.set(code);
    else packBits(words, sections[i]!.bits, into);
  }
  return { sections, bytes };
}

/** Throws where a weight is not one of the format. */
function withinBits(node: ArrayNode): void {
  const { rows, bits, signed } = node.weights;
  const holds = rangeOfBits(bits, signed);
  for (const [o, row] of rows.entries()) {
    const bad = row.findIndex((w) => w < holds.min || w > holds.max);
    if (bad >= 0) refuse(node, `weight ${row[bad]} of output ${o}`, `${holds.min} to ${holds.max}`);
  }
}

function loadedNode(nodes: ReadonlyMap<string, ArrayNode>, layer: string): ArrayNode {
  const node = nodes.get(layer);
  if (node) return node;
  throw inputError({
    code: "AN5005",
    message: `the accelerator loads ${quoted(layer)}, which its network does not have`,
    expected: "a folder as addernet build wrote it",
  });
}

function constantsOf(node: ArrayNode, layout: ConstantsLayout): (row: number) => bigint {
  const q = layout.shared ? behindOffset(node.requant, weightSums(node.weights.rows)) : node.requant;
  if (!q) refuse(node, "its constants are too large to calculate with", "exact integers below 2^53");
  return constantWords(fitting(node, q, layout), layout).beat;
}
