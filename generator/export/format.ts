// What an export format is, and what formats share.
import { ownFields } from "../ir/nodes.ts";
import type { QuantizedNetwork, QuantizedNode } from "../ir/quantized.ts";
import { type ExportArray, type ExportLayer, exportLayers } from "./arrays.ts";
import { type Fold, foldedWords, plainWords, type Words } from "./words.ts";

export interface ExportOptions {
  /** Folds of sad and mac nodes by node name, for formats made of memory words; absent: one weight a word. */
  readonly folds?: Readonly<Record<string, Fold>>;
}

export interface ExportFormat {
  readonly format: string;
  /** One line for a list of formats. */
  readonly summary: string;
  /** Whole files by relative path; the same network gives the same bytes. */
  files(net: QuantizedNetwork, options?: ExportOptions): ReadonlyMap<string, Uint8Array>;
}

const encoder = new TextEncoder();
export const text = (lines: readonly string[]): Uint8Array => encoder.encode(`${lines.join("\n")}\n`);

/** A name for a comment: quoted, ASCII, one line, and unable to end the comment. */
export function quoted(name: string): string {
  const unsafe = /[^ -~]|\*\/|\/\*/g;
  const escaped = (s: string): string => [...Array(s.length).keys()].map((i) => unicode(s.charCodeAt(i))).join("");
  return JSON.stringify(name).replace(unsafe, escaped);
}
const unicode = (code: number): string => `\\u${code.toString(16).padStart(4, "0")}`;

/** Words of an array: folded weights where the options name a fold of the layer. */
export function wordsOf(layer: ExportLayer, array: ExportArray, options: ExportOptions): Words {
  const folds = options.folds ?? {};
  const fold = Object.hasOwn(folds, layer.name) ? folds[layer.name] : undefined;
  return array.role === "weights" && fold ? foldedWords(array, fold, layer.depthwise) : plainWords(array);
}

/** Comment lines that tell what a file of one array holds. */
export function describe(net: QuantizedNetwork, layer: ExportLayer, array: ExportArray, words: Words): string[] {
  const kind = `${array.bits} bits ${array.signed ? "two's complement" : "unsigned"}`;
  return [
    `network ${quoted(net.name)}, layer ${quoted(layer.name)} (${layer.op}), ${array.role}, ${kind}`,
    words.layout,
    ...meaning(layer, array),
  ];
}

/** What the integers mean. */
export function meaning(layer: ExportLayer, array: ExportArray): string[] {
  const [input] = layer.inputs;
  if (array.role === "weights") {
    return layer.op === "sad" && input
      ? [`real weight = ${input.scale} * (w - ${input.zeroPoint}), clamped to the input's range`]
      : ["the real size of a step is in the multiplier of its output channel"];
  }
  const { clamp, shift, pivot } = layer;
  const sum = layer.op === "add" ? "sum_i(q_i * multiplier[i]) + bias" : "acc * multiplier[c] + bias[c]";
  const floor = `floor((${sum}) / 2^${shift})`;
  const result = clamp ? `clamp(${floor}, ${clamp.min}, ${clamp.max})` : floor;
  return [
    `q = ${result}`,
    ...(pivot === null ? [] : [`results below ${pivot} are computed with negmultiplier and negbias instead`]),
  ];
}

/** The entry of an array in manifest.json; `place` says where its bytes are. */
export type Placed = (layer: ExportLayer, array: ExportArray) => Readonly<Record<string, unknown>>;

/** What a node computes beside its arrays: geometry, and numbers that no array holds. */
function nodeFields(node: QuantizedNode): Readonly<Record<string, unknown>> {
  const { name, op, inputs, output } = node;
  const own = ownFields(op);
  return {
    name,
    op,
    inputs,
    output,
    ...Object.fromEntries(Object.entries(node).filter(([key, v]) => own.includes(key) && v !== undefined)),
  };
}

/**
 * manifest.json: the layers with the types of their edges, constants and arrays; and the whole graph, nodes without
 * arrays included, so that the integer network can be built anew from it.
 */
export function manifest(
  format: string,
  net: QuantizedNetwork,
  layers: readonly ExportLayer[],
  place: Placed,
): Uint8Array {
  const entries = layers.map((layer) => {
    const { arrays, ...rest } = layer;
    const list = arrays.map((array) => {
      const { role, shape, bits, signed } = array;
      return { role, shape, bits, signed, ...place(layer, array) };
    });
    return { ...rest, arrays: list };
  });
  const { name, input, edges, outputs } = net;
  const graph = { input, edges, nodes: net.nodes.map(nodeFields), outputs };
  return text([JSON.stringify({ format, network: name, layers: entries, graph }, null, 2)]);
}

/** A format with one file of memory words for each array, and a manifest. */
export function wordFormat(
  format: string,
  summary: string,
  print: (words: Words, comments: readonly string[]) => readonly string[],
): ExportFormat {
  return {
    format,
    summary,
    files(net, options = {}) {
      const layers = exportLayers(net);
      const files = new Map<string, Uint8Array>();
      const place: Placed = (layer, array) => {
        const words = wordsOf(layer, array, options);
        const file = `${array.stem}.${format}`;
        files.set(file, text(print(words, describe(net, layer, array, words))));
        return { file, wordBits: words.width, words: words.words.length, layout: words.layout };
      };
      files.set("manifest.json", manifest(format, net, layers, place));
      return files;
    },
  };
}
