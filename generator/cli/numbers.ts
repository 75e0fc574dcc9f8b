// Numbers of the command line: what is no number, or out of its range, is a mistake in usage.
import { MOST_PORTS } from "../weights/external.ts";

interface Limits {
  readonly whole?: boolean;
  readonly min: number;
  readonly max?: number;
  /** `min` itself is too small. */
  readonly above?: boolean;
}

const limits: Readonly<Record<string, Limits>> = {
  "calibration-count": { whole: true, min: 1 },
  bits: { whole: true, min: Number.NEGATIVE_INFINITY },
  "join-bits": { whole: true, min: 2, max: 16 },
  "product-bits": { whole: true, min: 2, max: 16 },
  "output-bits": { whole: true, min: 2, max: 16 },
  percentile: { min: 50, max: 100 },
  "multiplier-bits": { whole: true, min: 4, max: 24 },
  fps: { min: 0, above: true },
  clock: { min: 0, above: true, max: 10_000 },
  bandwidth: { min: 0, above: true, max: 1_000_000 },
  "memory-ports": { whole: true, min: 1, max: MOST_PORTS },
  loss: { min: 0, max: 100 },
  "mean-bits": { min: 2, max: 8 },
  count: { whole: true, min: 1 },
  frames: { whole: true, min: 1 },
  first: { whole: true, min: 0 },
  timeout: { min: 0, above: true, max: 3600 },
  points: { whole: true, min: 1, max: 1000 },
  "images-a-job": { whole: true, min: 2 },
  "farm-workers": { whole: true, min: 1 },
  jobs: { whole: true, min: 1 },
  stall: { min: 0, max: 0.9 },
  seed: { whole: true, min: 0, max: 2 ** 32 - 1 },
};

/** A mistake in the command line itself. */
export class UsageError extends Error {
  readonly messages: readonly string[];
  constructor(...messages: readonly string[]) {
    super(messages.join("; "));
    this.messages = messages;
  }
}

/** Throws UsageError where one of the numbers among parsed options is none or out of its range. */
export function checkNumbers(options: Readonly<Record<string, unknown>>): true {
  for (const [name, limit] of Object.entries(limits)) {
    const v = options[name];
    // `explore --count` asks for the number itself.
    if (v === undefined || typeof v === "boolean") continue;
    const { whole, min, max, above } = limit;
    const fits =
      typeof v === "number" &&
      Number.isFinite(v) &&
      (!whole || Number.isInteger(v)) &&
      (above ? v > min : v >= min) &&
      (max === undefined || v <= max);
    if (fits) continue;
    const range = [
      ...(Number.isFinite(min) ? [`${above ? "above" : "from"} ${min}`] : []),
      ...(max === undefined ? [] : [`up to ${max}`]),
    ];
    throw new UsageError(
      `--${name} needs ${whole ? "a whole number" : "a number"}${range.length > 0 ? ` ${range.join(" ")}` : ""}`,
    );
  }
  return true;
}
