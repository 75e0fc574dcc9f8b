// Integer accumulations of the array layers: which integers stand for the weights, and what the sum means.
import { clampTo, level, mac, rangeOfBits, sad } from "../../golden/arith/index.ts";
import type { WindowAttrs } from "../ir/graph.ts";
import type { EdgeType, FloatTensor } from "../ir/tensor.ts";
import type { Accumulation, WeightStep } from "./define.ts";

/** One Float64Array a channel from a tensor whose first axis is the output channel. */
function rowsOf(t: FloatTensor): Float64Array[] {
  const n = t.data.length / t.shape[0]!;
  return Array.from({ length: t.shape[0]! }, (_, o) => t.data.subarray(o * n, (o + 1) * n));
}

const withBias = (offset: number[], tensors: Readonly<Record<string, FloatTensor>>): number[] =>
  tensors.bias ? offset.map((v, o) => v + tensors.bias!.data[o]!) : offset;

/**
 * acc = SUM |x - w|: activations and weights share the step s of the input edge, W = floor(w/s + 1/2) + z. A weight
 * outside [0, qmax] is clamped; what the clamp takes away is the same for every x and goes into the offset, exactly.
 */
export function sadAccumulation(
  tensors: Readonly<Record<string, FloatTensor>>,
  window: WindowAttrs,
  x: EdgeType,
): Accumulation {
  const inputs = rangeOfBits(x.bits);
  const excess: number[] = [];
  const rows = rowsOf(tensors.weights!).map((row) => {
    let e = 0;
    const w = Int32Array.from(row, (v) => {
      const q = level.weight(v, x);
      const c = clampTo(q, inputs);
      e += Math.abs(q - c);
      return c;
    });
    excess.push(e);
    return w;
  });
  const range = sad.partialRange(inputs, rows);
  return {
    range,
    gain: rows.map(() => -x.scale),
    offset: withBias(
      excess.map((e) => -x.scale * e),
      tensors,
    ),
    node: (id, requant) => ({
      op: "sad",
      ...id,
      window,
      weights: { rows, bits: x.bits, signed: false },
      accRange: range,
      requant,
    }),
  };
}

/**
 * acc = SUM x * w with symmetric signed weights, one scale a channel; -z * SUM w of the channel goes into the offset.
 * `step` may ask for coarser weights than the finest that the bits hold.
 */
export function macAccumulation(
  tensors: Readonly<Record<string, FloatTensor>>,
  window: WindowAttrs,
  x: EdgeType,
  weightBits: number,
  step: WeightStep = (_, finest) => finest,
): Accumulation {
  const bits = Math.max(2, weightBits);
  const wmax = 2 ** (bits - 1) - 1;
  const gain: number[] = [];
  const offset: number[] = [];
  const rows = rowsOf(tensors.weights!).map((row, o) => {
    const top = row.reduce((a, v) => Math.max(a, Math.abs(v)), 0);
    const s = step(o, top > 0 ? top / wmax : 1);
    const w = Int32Array.from(row, (v) => level.within(v, { scale: s, zeroPoint: 0 }, { min: -wmax, max: wmax }));
    const sum = w.reduce((a, v) => a + v, 0);
    gain.push(x.scale * s);
    offset.push(-x.scale * s * x.zeroPoint * sum);
    return w;
  });
  const range = mac.partialRange(rangeOfBits(x.bits), rows);
  return {
    range,
    gain,
    offset: withBias(offset, tensors),
    node: (id, requant) => ({
      op: "mac",
      ...id,
      window,
      weights: { rows, bits, signed: true },
      accRange: range,
      requant,
    }),
  };
}

/** Whether the integers of an edge stand for -1 and +1 alone. */
const isBinary = (x: EdgeType): boolean => x.bits === 1 && x.zeroPoint === 0.5;

/**
 * SUM x * sign(w). Over many-valued x a sum of +x and -x; over x of -1 and +1 by counting: acc = SUM |x - w| over the
 * bits is the number of taps that disagree, and the sum is taps - 2 * acc.
 */
export function binaryAccumulation(
  tensors: Readonly<Record<string, FloatTensor>>,
  window: WindowAttrs,
  x: EdgeType,
): Accumulation {
  const positive = rowsOf(tensors.weights!).map((row) => row.map((v) => (v >= 0 ? 1 : 0)));
  const taps = positive[0]!.length;
  const offset = (of: (row: Float64Array) => number) => withBias(positive.map(of), tensors);
  if (isBinary(x)) {
    const rows = positive.map((row) => Int32Array.from(row));
    const range = sad.partialRange(rangeOfBits(1), rows);
    return {
      range,
      gain: rows.map(() => -x.scale),
      offset: offset(() => (taps * x.scale) / 2),
      node: (id, requant) => ({
        op: "sad",
        ...id,
        window,
        weights: { rows, bits: 1, signed: false },
        accRange: range,
        requant,
      }),
    };
  }
  const rows = positive.map((row) => Int32Array.from(row, (v) => 2 * v - 1));
  const range = mac.partialRange(rangeOfBits(x.bits), rows);
  return {
    range,
    gain: positive.map(() => x.scale),
    offset: offset((row) => -x.scale * x.zeroPoint * (2 * row.reduce((a, v) => a + v, 0) - taps)),
    node: (id, requant) => ({
      op: "mac",
      ...id,
      window,
      weights: { rows, bits: 2, signed: true },
      accRange: range,
      requant,
    }),
  };
}

/** acc = q itself. */
export function plainAccumulation(x: EdgeType): Accumulation {
  const channels = x.shape[2];
  return {
    range: x.range,
    gain: new Array<number>(channels).fill(x.scale),
    offset: new Array<number>(channels).fill(-x.scale * x.zeroPoint),
    node: (id, requant) => ({ op: "requant", ...id, requant }),
  };
}
