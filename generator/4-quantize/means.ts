// Sets constants of requantize steps so that means over the calibration images are the real ones.
import type { Requant } from "../ir/quantized.ts";
import type { Quantization } from "./scale.ts";

/** Steps towards the means behind an activation; each closes the gap by the share of values that it lets through. */
const ROUNDS = 8;

/**
 * Sets each channel's constant so that the mean of the integer results before the activation equals the mean of the
 * real ones: rounding of weights, activations and multipliers leaves no offset behind.
 */
export function matchMeans(
  r: Requant,
  acc: Float64Array,
  real: Float64Array,
  { scale, zeroPoint }: Quantization,
  logits: boolean,
): Requant {
  const unit = logits ? 1 : 2 ** r.shift;
  const bias = r.multiplier.map((m, c) => {
    // Raw results are not shifted: their own rounding half.
    const wanted = real[c]! / scale + (logits ? 0.5 : zeroPoint + 0.5);
    return Math.floor(wanted * unit - acc[c]! * m);
  });
  if (!r.negative) return { ...r, bias };
  return {
    ...r,
    bias,
    negative: {
      ...r.negative,
      bias: r.negative.bias.map(
        (b, c) =>
          b +
          Math.round((bias[c]! - r.bias[c]!) * (r.multiplier[c] ? r.negative!.multiplier[c]! / r.multiplier[c]! : 0)),
      ),
    },
  };
}

/**
 * The same for the results behind the activation, where coarse multipliers leave the means before it right and the
 * results wrong: constants move until the integer means meet the real ones.
 * @param meansOf means of the integer results for each channel with some constants
 * @param holds whether constants fit the hardware's words
 */
export function matchResults(
  first: Requant,
  real: Float64Array,
  { scale, zeroPoint }: Quantization,
  meansOf: (r: Requant) => Float64Array,
  holds: (r: Requant) => boolean,
): Requant {
  let r = first;
  for (let round = 0; round < ROUNDS; round++) {
    const got = meansOf(r);
    const bias = r.bias.map((b, c) => b + Math.round((real[c]! / scale + zeroPoint - got[c]!) * 2 ** r.shift));
    const next = { ...r, bias };
    if (!holds(next)) break;
    r = next;
  }
  return r;
}
