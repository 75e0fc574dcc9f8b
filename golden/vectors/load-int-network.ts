// Whole integer networks of another implementation, as networks of this one.
import type { WindowAttrs } from "../../generator/ir/graph.ts";
import type { QuantizedNetwork, QuantizedNode, Requant, RequantMode } from "../../generator/ir/quantized.ts";
import type { EdgeType, IntRange, Shape } from "../../generator/ir/tensor.ts";
import { bitsFor, rangeOfBits, requant, sad } from "../arith/index.ts";

/** The part of a file of arrays that is needed here; values in row-major order. */
export interface Arrays {
  read(name: string): { readonly shape: readonly number[]; readonly data: ArrayLike<number> };
}

/** The description beside the arrays; other keys are for people. */
export interface IntNetworkJson {
  readonly network: string;
  readonly tag: string;
  readonly input: { readonly mul: number; readonly shift: number; readonly qmax: number; readonly formula: string };
  readonly layers: readonly {
    readonly name: string;
    /** [out, in, kh, kw] or [out, in], inputs in channel, row, column order. */
    readonly weights: readonly number[];
    readonly stride: number;
    readonly pad: number;
    readonly clamp: readonly [number | null, number | null];
    readonly pool_after: "max2x2" | null;
    /** Real value of one step of the layer's operands. */
    readonly scale: number;
  }[];
}

const square = (kernel: number, stride: number, pad: number): WindowAttrs => ({
  kernel: [kernel, kernel],
  stride: [stride, stride],
  dilation: [1, 1],
  padding: [pad, pad, pad, pad],
  groups: 1,
});

/**
 * Edges: "input" (pixels), "input_q" (quantized), the layers' names and, behind a pool, `<layer>.pool`. The last layer's
 * edge carries the logits.
 */
export function loadIntNetwork(json: IntNetworkJson, arrays: Arrays): QuantizedNetwork {
  const pixels: EdgeType = {
    shape: [28, 28, 1],
    bits: 8,
    signed: false,
    scale: 1 / 64,
    zeroPoint: 0,
    range: { min: 0, max: 255 },
  };
  const edges: Record<string, EdgeType> = { input: pixels };
  const nodes: QuantizedNode[] = [];
  const base = (name: string, from: string) => ({
    name,
    inputs: [from],
    output: name,
    layers: [name],
    path: [],
    overrides: {},
  });
  const unsigned = (shape: Shape, max: number, scale: number): EdgeType => {
    const bits = bitsFor({ min: 0, max });
    return { shape, bits, signed: false, scale, zeroPoint: 0, range: { min: 0, max } };
  };

  const { mul, shift, qmax } = json.input;
  const half = 2 ** (shift - 1);
  const toInput: Requant = { mode: "full", multiplier: [mul], bias: [half], shift, clamp: { min: 0, max: qmax } };
  if (json.input.formula.includes("2x2")) {
    const window = square(2, 2, 0);
    nodes.push({
      op: "avg_pool",
      ...base("input_q", "input"),
      window,
      accRange: { min: 0, max: 4 * 255 },
      requant: toInput,
    });
    edges.input_q = unsigned([14, 14, 1], qmax, json.layers[0]!.scale);
  } else {
    nodes.push({ op: "requant", ...base("input_q", "input"), requant: toInput });
    edges.input_q = unsigned([28, 28, 1], qmax, json.layers[0]!.scale);
  }

  let last = "input_q";
  json.layers.forEach((layer, i) => {
    const scale = json.layers[i + 1]?.scale ?? 1;
    const [out, channels, kh] = layer.weights as [number, number, number | undefined];
    if (kh === undefined && edges[last]!.shape[0] > 1) {
      const flat = `${last}.flat`;
      nodes.push({ op: "reshape", ...base(flat, last) });
      edges[flat] = { ...edges[last]!, shape: [1, 1, edges[last]!.shape.reduce((a, b) => a * b)] };
      last = flat;
    }
    const x = edges[last]!;
    const before = nodes.at(-1)!;
    const map: Shape = before.op === "reshape" ? edges[before.inputs[0]!]!.shape : [1, 1, channels];
    const weights = arrays.read(`${layer.name}.wq`).data;
    const rows = kh === undefined ? channelsLast(weights, out, map) : channelsLast(weights, out, [kh, kh, channels]);
    const accRange = sad.layerRange(rangeOfBits(x.bits), rows);
    const rq = requantOf(layer.name, json.tag, layer.clamp, arrays);
    const size = kh === undefined ? 1 : Math.floor((x.shape[0] + 2 * layer.pad - kh) / layer.stride) + 1;
    const shape: Shape = [size, size, out];
    nodes.push({
      op: "sad",
      ...base(layer.name, last),
      window: square(kh ?? 1, layer.stride, layer.pad),
      weights: { rows, bits: x.bits, signed: false },
      accRange,
      requant: rq,
    });
    const range = requant.range(rq, accRange);
    edges[layer.name] = rq.clamp
      ? unsigned(shape, rq.clamp.max, scale)
      : { shape, bits: bitsFor(range), signed: true, scale, zeroPoint: 0, range };
    last = layer.name;
    if (layer.pool_after) {
      const name = `${layer.name}.pool`;
      nodes.push({ op: "max_pool", ...base(name, last), window: square(2, 2, 0) });
      edges[name] = { ...edges[last]!, shape: [Math.floor(size / 2), Math.floor(size / 2), out] };
      last = name;
    }
  });

  return {
    name: `${json.network}-${json.tag}`,
    input: { name: "input", shape: pixels.shape, storage: "uint8", scale: [1 / 64], offset: [0] },
    inputEdge: "input",
    edges,
    nodes,
    outputs: [last],
  };
}

/** Rows of weights stored [out, channel, y, x], brought to (y, x, channel) order. */
function channelsLast(data: ArrayLike<number>, out: number, [h, w, c]: Shape): Int32Array[] {
  return Array.from({ length: out }, (_, o) =>
    Int32Array.from({ length: h * w * c }, (_, k) => {
      const pixel = Math.floor(k / c);
      return data[(o * c + (k % c)) * h * w + pixel]!;
    }),
  );
}

/**
 * out = clip((sum * mul + add + 2^(shift-1)) >> shift) with a shift for each channel: multiplying both constants by
 * 2^(S - shift) brings all channels to the largest shift S.
 */
function requantOf(
  name: string,
  tag: string,
  [lo, hi]: readonly [number | null, number | null],
  arrays: Arrays,
): Requant {
  const [mul, add, shifts] = ["mul", "add", "shift"].map((part) => Array.from(arrays.read(`${name}.${part}`).data)) as [
    number[],
    number[],
    number[],
  ];
  const shift = Math.max(...shifts);
  const clamp: IntRange | null = lo === null || hi === null ? null : { min: lo, max: hi };
  const mode: RequantMode = tag.includes("po2") ? "pow2" : "full";
  return {
    mode,
    multiplier: mul.map((m, c) => m * 2 ** (shift - shifts[c]!)),
    bias: add.map((b, c) => (b + (shifts[c]! > 0 ? 2 ** (shifts[c]! - 1) : 0)) * 2 ** (shift - shifts[c]!)),
    shift,
    clamp,
  };
}
