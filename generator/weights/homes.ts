// Homes of weights: which layers' are written at run time, and a network whose numbers are sized for any set of them.
import { signedBitsFor, union, windowSum } from "../../golden/arith/index.ts";
import { inputError } from "../diagnostics/diagnostics.ts";
import { unknownLayer } from "../diagnostics/unknown.ts";
import type { Home } from "../ir/graph.ts";
import type { MacNode, QuantizedNetwork, QuantizedNode, SadNode } from "../ir/quantized.ts";
import type { EdgeType } from "../ir/tensor.ts";
import { windowRange } from "../ops/check.ts";
import { constantFormat, formatRange, rawRange } from "../ops/format.ts";
import { hardwareOf } from "../ops/index.ts";
import { blockSizes, codedBits, histogramOf } from "./code.ts";

/** Homes by layer, in place of those of the network file; one alone is that of every layer with weights. */
export type HomeRequest = Home | ReadonlyMap<string, Home>;

/**
 * Layers whose weights are coded in external memory, or in images for memories on the chip, in place of what the network
 * file says: all of them, none, those of names, or those whose code saves a tenth at least.
 */
export type CodedRequest = "auto" | "all" | "none" | readonly string[];

/** Bits that a code may take at most of those of the weights. */
const SAVES = 0.9;

type ArrayNode = SadNode | MacNode;

const isArray = (n: QuantizedNode): n is ArrayNode => "weights" in n;

/** Nodes whose weights are written at run time. */
export const isLoaded = (n: QuantizedNode): n is ArrayNode =>
  isArray(n) && (n.overrides.home === "ram" || isExternal(n));

/** Whether a node's weights are read from memory beside the chip in each frame. */
export const isExternal = ({ overrides }: QuantizedNode): boolean => overrides.home === "external";

const quoted = (s: string): string => JSON.stringify(s);

function refuse(node: QuantizedNode, message: string, expected: string, hint?: string): never {
  const { overrides, path } = node;
  throw inputError({
    code: "AN5004",
    message,
    ...(overrides.given?.includes("home")
      ? { option: `--weights ${node.name}=${overrides.home}` }
      : { path: [...path, "home"] }),
    expected,
    ...(hint ? { hint } : {}),
  });
}

function allowed(node: QuantizedNode): void {
  const { home, unroll } = node.overrides;
  if (home === undefined) return;
  if (!isArray(node)) refuse(node, `${quoted(node.name)} has no weights`, "a home on layers with weights");
  if (home === "external" && node.window.groups > 1)
    refuse(
      node,
      `${quoted(node.name)} has ${node.window.groups} groups: weights in external memory are those of layers of one group`,
      '"rom" or "ram"',
      "a layer of groups has few weights: ram holds them on the chip and takes another set at run time",
    );
  if (home !== "rom" && unroll)
    refuse(node, `${quoted(node.name)} is unrolled: its weights are a part of the logic`, 'home "rom", or no unroll');
}

/** The network with the homes asked for; throws InputError where a layer is unknown (AN6005) or a home is not possible (AN5004). */
export function withHomes(
  net: QuantizedNetwork,
  request: HomeRequest = new Map(),
  coding?: CodedRequest,
): QuantizedNetwork {
  const names = net.nodes.map((n) => n.name);
  // Layers of groups, which have few weights, keep them on the chip where every layer was meant.
  const asked: ReadonlyMap<string, Home> =
    typeof request === "string"
      ? new Map(
          net.nodes
            .filter(isArray)
            .map((n) => [n.name, request === "external" && n.window.groups > 1 ? "ram" : request]),
        )
      : request;
  for (const name of asked.keys())
    if (!names.includes(name))
      throw inputError(
        unknownLayer("layer with hardware of its own", name, names, `--weights ${name}=${asked.get(name)}`),
      );
  const nodes = net.nodes.map((n): QuantizedNode => {
    const home = asked.get(n.name);
    if (home === undefined) return n;
    const given = [...(n.overrides.given ?? []), "home" as const];
    // An unrolled layer keeps its home where every layer was meant.
    if (typeof request === "string" && n.overrides.unroll) return n;
    return { ...n, overrides: { ...n.overrides, home, given } };
  });
  for (const n of nodes) allowed(n);
  if (Array.isArray(coding))
    for (const name of coding as readonly string[])
      if (!names.includes(name))
        throw inputError(unknownLayer("layer with hardware of its own", name, names, `--coded ${name}`));
  const coded = nodes.map((n) => withCode(n, coding));
  return coded.some(isLoaded) ? sized({ ...net, nodes: coded }) : { ...net, nodes: coded };
}

/** A node with what was asked of its code, or else with what saves. */
function withCode(n: QuantizedNode, coding: CodedRequest | undefined): QuantizedNode {
  const named = Array.isArray(coding) && coding.includes(n.name);
  if (!isArray(n)) {
    if (named || (coding === undefined && n.overrides.coded))
      refuseCode(n, named, "it has no weights", "a layer with weights");
    return n;
  }
  if (!isLoaded(n)) return withCodedRom(n, coding, named);
  const { rows, bits } = n.weights;
  const weights = rows.length * rows[0]!.length;
  const saves = () => codedBits(histogramOf(rows, bits), bits) <= SAVES * weights * bits;
  if (!isExternal(n)) {
    // On the chip a code saves no memory: it is there on demand.
    const coded = coding === undefined ? n.overrides.coded : coding === "auto" ? saves() : coding === "all" || named;
    return coded === n.overrides.coded ? n : { ...n, overrides: { ...n.overrides, coded: coded ?? false } };
  }
  const possible = blockSizes(weights).length > 0;
  const wanted = coding === undefined ? n.overrides.coded : coding === "auto" ? undefined : coding === "all" || named;
  if (wanted && !possible && coding !== "all")
    refuseCode(
      n,
      named,
      `its ${weights} weights are no whole blocks`,
      "a number of weights with a divisor from 2 to 32",
    );
  const coded = possible && (wanted ?? saves());
  return { ...n, overrides: { ...n.overrides, coded } };
}

/**
 * A node whose weights are in the bitstream, in their code where that was asked of it by its name or in the network file: a map
 * and a page are kept for it twice, which takes more than the code saves in most layers.
 */
function withCodedRom(n: ArrayNode, coding: CodedRequest | undefined, named: boolean): ArrayNode {
  const wanted = coding === "none" || Array.isArray(coding) ? named : n.overrides.coded === true;
  if (!wanted) return n.overrides.coded ? { ...n, overrides: { ...n.overrides, coded: false } } : n;
  const { rows } = n.weights;
  const weights = rows.length * rows[0]!.length;
  if (n.window.groups > 1)
    refuseCode(
      n,
      named,
      `it has ${n.window.groups} groups: their weights do not come in pages`,
      "a layer of one group",
    );
  if (n.overrides.unroll) refuseCode(n, named, "it is unrolled: its weights are a part of the logic", "no unroll");
  if (blockSizes(weights).length === 0)
    refuseCode(
      n,
      named,
      `its ${weights} weights are no whole blocks`,
      "a number of weights with a divisor from 2 to 32",
    );
  return n.overrides.coded ? n : { ...n, overrides: { ...n.overrides, coded: true } };
}

function refuseCode(n: QuantizedNode, named: boolean, why: string, expected: string): never {
  throw inputError({
    code: "AN5004",
    message: `${quoted(n.name)} has no coded weights: ${why}`,
    ...(named ? { option: `--coded ${n.name}` } : { path: [...n.path, "coded"] }),
    expected,
  });
}

/** Throws InputError (AN5004) where no weights are written at run time, or some are in memory beside the chip. */
export function switchable(net: QuantizedNetwork): void {
  const external = net.nodes.find(isExternal);
  if (external)
    throw inputError({
      code: "AN5004",
      message: `the weights of ${quoted(external.name)} are in external memory: what has been read ahead cannot be switched between two frames`,
      option: "--swap",
      expected: 'home "rom" or "ram" for every layer',
      hint: "without --swap another set, external part included, is taken once the frames inside have left",
    });
  if (!net.nodes.some(isLoaded))
    throw inputError({
      code: "AN5004",
      message: "no weights are written at run time: there is no other set to switch to",
      option: "--swap",
      expected: 'home "ram" for a layer at least',
      hint: "--weights ram",
    });
}

/** Throws InputError (AN5004) where no weights are written at run time. */
export function readable(net: QuantizedNetwork): void {
  if (!net.nodes.some(isLoaded))
    throw inputError({
      code: "AN5004",
      message: "no weights are written at run time: there is nothing to read back",
      option: "--read-back",
      expected: 'home "ram" or "external" for a layer at least',
      hint: "--weights ram",
    });
}

/** Ranges of any set of weights: of the sums and results of the nodes that are loaded, and of all that reads them. */
function sized(net: QuantizedNetwork): QuantizedNetwork {
  const edges: Record<string, EdgeType> = Object.assign(Object.create(null), net.edges);
  const nodes = net.nodes.map((n): QuantizedNode => {
    const x = edges[n.inputs[0]!]!;
    const output = edges[n.output]!;
    if (isLoaded(n)) {
      const format = n.format ?? constantFormat(n, x);
      const node: ArrayNode = { ...n, accRange: formatRange(n, x), format };
      if (n.requant.clamp) edges[n.output] = { ...output, range: union(output.range, n.requant.clamp) };
      else {
        const { min, max } = rawRange(node, x, format);
        const range = union(output.range, { min: Number(min), max: Number(max) });
        const bits = Math.max(output.bits, signedBitsFor(range));
        if (!Number.isSafeInteger(range.min) || !Number.isSafeInteger(range.max) || bits > 53)
          refuse(
            n,
            `raw results of ${quoted(n.name)} with any weights need ${bits} bits`,
            "at most 53 bits",
            "fewer --multiplier-bits or bits",
          );
        edges[n.output] = { ...output, bits, range };
      }
      return node;
    }
    // Sums over what is wider now are wider.
    const node: QuantizedNode =
      n.op === "avg_pool"
        ? {
            ...n,
            accRange: union(
              n.accRange,
              windowSum.partialRange(windowRange(n.window, x, true), n.window.kernel[0] * n.window.kernel[1]),
            ),
          }
        : n;
    const types = { inputs: node.inputs.map((e) => edges[e]!), output };
    const outcome = hardwareOf(node)?.outcome(node, types, (_, message) =>
      refuse(node, `behind weights of any values, ${quoted(node.name)}: ${message}`, 'home "rom" in front of it'),
    );
    if (outcome) {
      const kept = outcome.keeps ? { bits: outcome.keeps.bits, signed: outcome.keeps.signed } : {};
      edges[node.output] = { ...output, ...kept, range: union(output.range, outcome.range) };
    }
    return node;
  });
  return { ...net, nodes, edges };
}
