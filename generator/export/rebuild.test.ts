// An outsider's view: the integer network from a manifest and raw arrays alone computes what the compiler's own does.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runInteger } from "../../golden/index.ts";
import { load, toIntegers } from "../compile.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { exportFormats } from "./index.ts";

// biome-ignore lint/suspicious/noExplicitAny: what a stranger's program reads has no types.
type Json = any;

const readers: Record<string, (v: DataView, at: number) => number> = {
  uint8: (v, at) => v.getUint8(at),
  int8: (v, at) => v.getInt8(at),
  uint16: (v, at) => v.getUint16(at, true),
  int16: (v, at) => v.getInt16(at, true),
  int32: (v, at) => v.getInt32(at, true),
  int64: (v, at) => Number(v.getBigInt64(at, true)),
};

function rebuilt(files: ReadonlyMap<string, Uint8Array>): QuantizedNetwork {
  const { network, layers, graph } = JSON.parse(new TextDecoder().decode(files.get("manifest.json")));
  const bytes = files.get("weights.bin")!;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = (a: Json): number[] => {
    const count = a.shape.reduce((x: number, y: number) => x * y, 1);
    return Array.from({ length: count }, (_, i) => readers[a.dtype]!(view, a.offset + i * (a.bytes / count)));
  };
  const nodes = graph.nodes.map((node: Json) => {
    const layer = layers.find((l: Json) => l.name === node.name);
    const common = { ...node, layers: [], path: [], overrides: {} };
    if (!layer) return common;
    const of = (role: string): number[] | undefined => {
      const found = layer.arrays.find((a: Json) => a.role === role);
      return found && values(found);
    };
    const { shift, clamp, pivot } = layer;
    const [multiplier, bias] = [of("multiplier")!, of("bias")!];
    if (node.op === "add") return { ...common, multipliers: multiplier, bias: bias[0], shift, clamp };
    const negative = { multiplier: of("negmultiplier"), bias: of("negbias"), pivot };
    const requant = { mode: "full", multiplier, bias, shift, clamp, ...(pivot === null ? {} : { negative }) };
    const accRange = { min: -(2 ** 52), max: 2 ** 52 };
    const all = of("weights");
    if (!all) return { ...common, requant, accRange };
    const { shape, bits, signed } = layer.arrays.find((a: Json) => a.role === "weights");
    const taps = all.length / shape[0];
    const rows = Array.from({ length: shape[0] }, (_, o) => Int32Array.from(all.slice(o * taps, (o + 1) * taps)));
    return { ...common, requant, accRange, weights: { rows, bits, signed } };
  });
  return {
    name: network,
    input: graph.input,
    inputEdge: graph.input.name,
    edges: graph.edges,
    nodes,
    outputs: graph.outputs,
  };
}

const dir = join(import.meta.dirname, "../../testbench/nets/kinds");
test.each(readdirSync(dir).filter((f) => f.endsWith(".json")))("%s", (file) => {
  const loaded = load(readFileSync(join(dir, file), "utf8"), () => new Uint8Array());
  if (!loaded.ok) throw new Error(loaded.diagnostics[0]!.message);
  const { graph } = loaded.value;
  const { shape, storage } = graph.input;
  const top = storage === "uint16" ? 65536 : 256;
  const images = [3, 41].map(
    (k): IntTensor => ({
      shape,
      data: Int32Array.from(
        { length: shape[0] * shape[1] * shape[2] },
        (_, i) => ((i * 7919 * k) % top) - (storage === "int8" ? 128 : 0),
      ),
    }),
  );
  const made = toIntegers(graph, images);
  if (!made.ok) throw new Error(made.diagnostics[0]!.message);
  const net = made.value;
  const again = rebuilt(exportFormats.get("bin")!.files(net));
  for (const image of images) {
    const [want, got] = [runInteger(net, image), runInteger(again, image)];
    for (const name of Object.keys(net.edges))
      expect([...got.get(name)!.data], name).toEqual([...want.get(name)!.data]);
  }
});
