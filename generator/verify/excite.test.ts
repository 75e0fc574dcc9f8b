import { describe, expect, test } from "vitest";
import { edgeOf, requant, runInteger } from "../../golden/index.ts";
import { Rand } from "../../testbench/lib/rand.ts";
import { designNames, designOf } from "../../testbench/mutants/designs.ts";
import type { QuantizedNetwork } from "../index.ts";
import type { QuantizedNode, Requant } from "../ir/quantized.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { aboutFrames, excitingImages } from "./excite.ts";

const swap = (net: QuantizedNetwork, node: QuantizedNode, patch: object): QuantizedNetwork => ({
  ...net,
  nodes: net.nodes.map((n) => (n === node ? ({ ...n, ...patch } as QuantizedNode) : n)),
});
const put = <T>(list: ArrayLike<T>, at: number, v: T): T[] => Array.from(list, (x, i) => (i === at ? v : x));

/** The network with the bit flipped that a line of the list names. */
function withFlip(net: QuantizedNetwork, line: string): QuantizedNetwork {
  const [, name, what] = /^(.*?): (.*)$/.exec(line)!;
  const node = net.nodes.find((n) => n.name === name)!;
  const weight = /^weight (\d+) of output (\d+), bit (\d+)$/.exec(what!);
  if (weight && "weights" in node) {
    const [k, o, bit] = weight.slice(1).map(Number) as [number, number, number];
    const { bits, signed, rows } = node.weights;
    const raw = rows[o]![k]! ^ (1 << bit);
    const v = signed ? (raw << (32 - bits)) >> (32 - bits) : raw;
    return swap(net, node, { weights: { ...node.weights, rows: put(rows, o, Int32Array.from(put(rows[o]!, k, v))) } });
  }
  const entry = /^entry (\d+), bit (\d+)$/.exec(what!);
  if (entry && node.op === "table") {
    const [at, bit] = entry.slice(1).map(Number) as [number, number];
    return swap(net, node, { table: put(node.table, at, node.table[at]! ^ (1 << bit)) });
  }
  const constant = /^(second )?(multiplier|bias), bit (\d+) of (?:channel|constants) (\d+)$/.exec(what!)!;
  const [part, bit, at] = [constant[2] as "multiplier" | "bias", Number(constant[3]), Number(constant[4])];
  const q = (node as QuantizedNode & { readonly requant: Requant }).requant;
  const pair = constant[1] ? q.negative! : q;
  const range = "accRange" in node ? node.accRange : edgeOf(net, node.inputs[0]!).range;
  const width = requant.widths(q, range)[part];
  const wrong = BigInt.asIntN(width, BigInt(pair[part][at]!) ^ (1n << BigInt(bit)));
  const changed = { [part]: put(pair[part], at, Number(wrong)) };
  return swap(net, node, {
    requant: constant[1] ? { ...q, negative: { ...q.negative!, ...changed } } : { ...q, ...changed },
  });
}

/** Whether a frame changes between two layers; a value that leaves its range does. */
function shows(net: QuantizedNetwork, other: QuantizedNetwork, image: IntTensor): boolean {
  const right = runInteger(net, image, { keep: "all" });
  try {
    const wrong = runInteger(other, image, { keep: "all" });
    return [...right].some(([name, { data }]) => data.some((v, i) => v !== wrong.get(name)!.data[i]));
  } catch (e) {
    if (e instanceof RangeError) return true;
    throw e;
  }
}

describe.each(designNames)("%s", (name) => {
  const { net, images } = designOf(name);
  const chosen = excitingImages(net, images, 2);
  const { silent, unseen, all, shown } = chosen.bits!;
  const hidden = new Set([...silent, ...unseen]);

  test("a bit that is said to be hidden changes nothing in the frames, and any other does", () => {
    expect(shown).toBe(all - hidden.size);
    for (const line of hidden)
      for (const image of chosen.images) expect(shows(net, withFlip(net, line), image), line).toBe(false);
    // Names of bits that are shown, at random.
    const rand = new Rand(5);
    let tried = 0;
    for (let n = 0; n < 150; n++) {
      const node = rand.pick(net.nodes);
      const bit = rand.int(0, 3);
      const lines: string[] = [];
      if ("weights" in node) {
        const o = rand.int(0, node.weights.rows.length - 1);
        const k = rand.int(0, node.weights.rows[0]!.length - 1);
        if (bit < node.weights.bits) lines.push(`${node.name}: weight ${k} of output ${o}, bit ${bit}`);
      }
      if ("requant" in node) {
        const c = rand.int(0, node.requant.multiplier.length - 1);
        const of = "classes" in node && node.classes ? "constants" : "channel";
        for (const part of ["multiplier", "bias"]) lines.push(`${node.name}: ${part}, bit ${bit} of ${of} ${c}`);
      }
      if (node.op === "table") lines.push(`${node.name}: entry ${rand.int(0, node.table.length - 1)}, bit ${bit}`);
      for (const line of lines.filter((l) => !hidden.has(l))) {
        tried++;
        const other = withFlip(net, line);
        expect(
          chosen.images.some((image) => shows(net, other, image)),
          line,
        ).toBe(true);
      }
    }
    expect(tried).toBeGreaterThan(30);
  });

  test("what is proved to change nothing changes nothing in noise", () => {
    const { min, max } = edgeOf(net, net.inputEdge).range;
    const rand = new Rand(9);
    const noise = images.map(({ shape, data }) => ({ shape, data: data.map(() => rand.int(min, max)) }));
    for (const line of silent)
      for (const image of noise) expect(shows(net, withFlip(net, line), image), line).toBe(false);
  });

  // Of a choice one by one no more is sure: with fewer frames to choose from two of them may show more.
  test("they show no less than the best frame alone, and are the same again", () => {
    expect(shown).toBeGreaterThanOrEqual(excitingImages(net, images, 1).bits!.shown);
    expect(excitingImages(net, images, 2)).toEqual(chosen);
    expect(excitingImages(net, images, 4).bits!.shown).toBeGreaterThanOrEqual(shown);
    expect(aboutFrames(chosen)).toContain(`Of ${all} bits`);
  });
});
