// An accumulation, the affine layers behind it and one activation in one requantize step.
import { requant as requantArith, signedBitsFor } from "../../../golden/arith/index.ts";
import type { Requant } from "../../ir/quantized.ts";
import type { EdgeType } from "../../ir/tensor.ts";
import type { Accumulation, Activation, NodeIdentity, Requantization } from "../../layers/define.ts";
import { fuseRequant, withoutZeroBits } from "../../layers/fuse.ts";
import { type Context, FREE, type Limits } from "../context.ts";
import { matchMeans, matchResults } from "../means.ts";
import type { Unit } from "../units.ts";
import { roleDataOf } from "./traits.ts";

export interface UnitLimits extends Limits {
  /** What the results mean where calibration does not choose it. */
  readonly result?: NonNullable<Activation["result"]>;
}

export function limitsOf({ activation }: Unit): UnitLimits {
  const role = activation && roleDataOf(activation);
  const a = role?.role === "activation" ? role.activation(activation!) : {};
  return {
    lower: a.lower ?? FREE.lower,
    upper: a.upper ?? FREE.upper,
    ...(a.negativeSlope ? { slopes: a.negativeSlope } : {}),
    ...(a.result ? { result: a.result } : {}),
  };
}

/** All affine layers of a unit as one, for each channel. */
export function affineOf({ affines, last }: Unit) {
  const channels = last.shape[2];
  const affine = { scale: new Array<number>(channels).fill(1), offset: new Array<number>(channels).fill(0) };
  for (const layer of affines) {
    const role = roleDataOf(layer);
    if (role.role !== "affine") continue;
    const a = role.affine(layer);
    for (let c = 0; c < channels; c++) {
      affine.scale[c] = affine.scale[c]! * a.scale[c]!;
      affine.offset[c] = affine.offset[c]! * a.scale[c]! + a.offset[c]!;
    }
  }
  return affine;
}

const repeated = (values: readonly number[], times: number): number[] =>
  Array.from({ length: times }, () => values).flat();

/** @param measured the accumulation is the first layer's own, whose mean calibration knows */
export function quantizeAccumulated(
  unit: Unit,
  id: NodeIdentity,
  acc: Accumulation,
  measured: boolean,
  q: Context,
): void {
  const { shape } = unit.last;
  const channels = shape[2];
  const affine = affineOf(unit);
  // Constants of position class k stand at k * channels.
  const classes = acc.gain.length / channels;
  for (const key of ["scale", "offset"] as const) affine[key] = repeated(affine[key], classes);
  const logits = !unit.activation && classes === 1 && q.scales.endsNetwork(unit.last);
  const limits = limitsOf(unit);
  const { bits, quantization } = logits
    ? { bits: q.scales.bitsWanted(unit.last.name), quantization: { scale: 1, zeroPoint: 0 } }
    : limits.result
      ? { bits: limits.result.bits, quantization: limits.result }
      : q.kept(id.output, () => q.scales.alike(unit.last, acc, affine.scale));
  const base = q.requantization(quantization, bits, limits, channels);
  const slopes = limits.slopes && { negativeSlope: repeated(limits.slopes, classes) };
  const wished: Requantization = {
    ...{ ...base, affine, ...slopes, clamp: logits ? null : base.clamp },
    shift: q.shiftOf(id.name),
  };
  const real = q.calibration.get(unit.first.name);
  const center =
    measured && real
      ? acc.gain.map((g, c) => (g === 0 ? 0 : (real.mean[c % channels]! - acc.offset[c]!) / g))
      : undefined;
  const { requant, scale, error } = fuseRequant(acc, wished, center);
  if (!q.exact(unit, requant, acc.range)) return;
  q.multipliers(id.name, error, unit.first.path);
  const typeOf = (r: Requant, step = scale): EdgeType => {
    const range = requantArith.range(r, acc.range);
    return logits
      ? { shape, bits: signedBitsFor(range), signed: true, scale: step, zeroPoint: 0, range }
      : q.typed(shape, bits, quantization, range);
  };
  const wanted = q.calibration.get(unit.beforeActivation.name);
  // Means of several classes of positions are not told apart.
  const means =
    measured && classes === 1
      ? q.probe?.accumulatorMeans(acc.node(id, requant), q.with(id.output, typeOf(requant)))
      : undefined;
  let settled = { requant, scale };
  if (means && wanted) {
    const levels = { scale, zeroPoint: quantization.zeroPoint };
    settled.requant = matchMeans(requant, means, wanted.mean, levels, logits);
    if (!q.exact(unit, settled.requant, acc.range)) return;
  }
  if (means && unit.activation && !limits.result && !requant.negative && q.options.mode !== "full")
    settled.requant = matchResults(
      settled.requant,
      q.calibration.get(unit.last.name)!.mean,
      quantization,
      (r) => q.probe!.outputMeans(acc.node(id, r), { ...q.edges, [id.output]: typeOf(r) }),
      (r) => q.holds(r, acc.range),
    );
  if (logits) settled = withoutZeroBits(settled.requant, scale);
  q.push(acc.node(id, settled.requant), typeOf(settled.requant, settled.scale));
  q.adopt(unit, id.output);
}
