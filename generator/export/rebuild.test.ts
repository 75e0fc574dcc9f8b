// An outsider's view: the integer network from a manifest and raw arrays alone computes what the compiler's own does, also
// by a program that knows nothing but what docs/export.md says.
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

/** What docs/export.md says, and nothing of the compiler: every edge of an image, channels last. */
function computed(files: ReadonlyMap<string, Uint8Array>, image: ArrayLike<number>): Map<string, number[]> {
  const { layers, graph } = JSON.parse(new TextDecoder().decode(files.get("manifest.json")));
  const bytes = files.get("weights.bin")!;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const results = new Map<string, number[]>([[graph.input.name, Array.from(image)]]);
  for (const node of graph.nodes) {
    const own = layers.find((l: Json) => l.name === node.name);
    const array = (role: string): number[] | undefined => {
      const a = own?.arrays.find((x: Json) => x.role === role);
      const count = a?.shape.reduce((x: number, y: number) => x * y, 1);
      return a && Array.from({ length: count }, (_, i) => readers[a.dtype]!(view, a.offset + i * (a.bytes / count)));
    };
    const [weights, multiplier, bias] = [array("weights"), array("multiplier"), array("bias")];
    const [negmultiplier, negbias] = [array("negmultiplier"), array("negbias")];
    const types = node.inputs.map((e: string) => graph.edges[e]);
    const [H, W, C] = types[0].shape;
    const [h, w, c] = graph.edges[node.output].shape;
    const x = results.get(node.inputs[0])!;
    const z = types[0].zeroPoint;
    const clamp = (v: number): number => (own.clamp ? Math.max(own.clamp.min, Math.min(own.clamp.max, v)) : v);
    const requantized = (acc: number, k: number): number => {
      const q = Math.floor((acc * multiplier![k]! + bias![k]!) / 2 ** own.shift);
      if (own.pivot === null || q >= own.pivot) return clamp(q);
      return clamp(Math.floor((acc * negmultiplier![k]! + negbias![k]!) / 2 ** own.shift));
    };
    /** Value of the input under tap (ky, kx) of output (i, j); undefined outside the image. */
    const tap = (i: number, j: number, ky: number, kx: number, ch: number): number | undefined => {
      const { stride, dilation, padding } = node.window;
      const row = i * stride[0] - padding[0] + ky * dilation[0];
      const col = j * stride[1] - padding[1] + kx * dilation[1];
      return row >= 0 && row < H && col >= 0 && col < W ? x[(row * W + col) * C + ch] : undefined;
    };
    const window = (i: number, j: number, ch: number): (number | undefined)[] => {
      const [kh, kw] = node.window.kernel;
      return Array.from({ length: kh * kw }, (_, t) => tap(i, j, Math.floor(t / kw), t % kw, ch));
    };
    const meets = (i: number, j: number, o: number): number => {
      const [kh, kw] = node.window.kernel;
      const group = C / node.window.groups;
      const first = Math.floor(o / (c / node.window.groups)) * group;
      let acc = 0;
      for (let k = 0; k < kh * kw * group; k++) {
        const t = Math.floor(k / group);
        const v = tap(i, j, Math.floor(t / kw), t % kw, first + (k % group)) ?? z;
        const weight = weights![o * kh * kw * group + k]!;
        acc += node.op === "sad" ? Math.abs(v - weight) : v * weight;
      }
      return acc;
    };
    const at = (row: number, col: number, ch: number): number => x[(row * W + col) * C + ch]!;
    const ops: Record<string, (i: number, j: number, o: number) => number> = {
      sad: (i, j, o) => requantized(meets(i, j, o), o),
      mac: (i, j, o) => requantized(meets(i, j, o), o),
      requant: (i, j, o) => requantized(at(i, j, o), o),
      max_pool: (i, j, o) => Math.max(...window(i, j, o).flatMap((v) => v ?? [])),
      avg_pool: (i, j, o) => {
        const acc = window(i, j, o).reduce<number>((sum, v) => sum + (v ?? z), 0);
        return requantized(acc, (node.classes ? node.classes[i * w + j] : 0) * c + o);
      },
      add: (i, j, o) => {
        const sum = node.inputs.reduce(
          (s: number, e: string, n: number) => s + results.get(e)![(i * W + j) * C + o]! * multiplier![n]!,
          bias![0]!,
        );
        return clamp(Math.floor(sum / 2 ** own.shift));
      },
      table: (i, j, o) => node.table[at(i, j, o)],
      concat: (i, j, o) => {
        const all = node.inputs.flatMap((e: string, n: number) => {
          const many = types[n].shape[2];
          return results.get(e)!.slice((i * W + j) * many, (i * W + j + 1) * many);
        });
        return all[o]!;
      },
      upsample: (i, j, o) => at(Math.floor(i / node.factor[0]), Math.floor(j / node.factor[1]), o),
      depth_to_space: (i, j, o) => {
        const [down, right] = node.block;
        const [dy, dx] = [i % down, j % right];
        const k = node.order === "crd" ? (o * down + dy) * right + dx : (dy * right + dx) * c + o;
        return at(Math.floor(i / down), Math.floor(j / right), k);
      },
      zero_insert: (i, j, o) => {
        const [down, right] = node.factor;
        return i % down === 0 && j % right === 0 ? at(i / down, j / right, o) : z;
      },
      pad: (i, j, o) => tap(i, j, 0, 0, o) ?? z,
      argmax: (i, j) => {
        const values = x.slice((i * W + j) * C, (i * W + j + 1) * C);
        return values.indexOf(Math.max(...values));
      },
      reshape: (i, j, o) => x[(i * w + j) * c + o]!,
    };
    const compute = ops[node.op]!;
    const out = Array.from({ length: h * w * c }, (_, n) =>
      compute(Math.floor(n / (w * c)), Math.floor(n / c) % w, n % c),
    );
    results.set(node.output, out);
  }
  return results;
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
  const files = exportFormats.get("bin")!.files(net);
  const again = rebuilt(files);
  for (const image of images) {
    const [want, got] = [runInteger(net, image), runInteger(again, image)];
    const own = computed(files, image.data);
    for (const name of Object.keys(net.edges)) expect(own.get(name), name).toEqual([...want.get(name)!.data]);
    for (const name of Object.keys(net.edges))
      expect([...got.get(name)!.data], name).toEqual([...want.get(name)!.data]);
  }
});
