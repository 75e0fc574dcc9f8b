// Values of the options of `addernet import`.
import type { NetworkOptions } from "../import/pytorch/index.ts";
import { UsageError } from "./numbers.ts";

/** What stands between commas. */
export const parts = (text: string | undefined): string[] | undefined => text?.split(",").filter((part) => part !== "");

/** A number or a fraction, as 1/255. */
export function numberOf(option: string, text: string): number {
  const found = /^([^/]+)(?:\/([^/]+))?$/.exec(text.trim());
  const value = found ? Number(found[1]) / Number(found[2] ?? 1) : Number.NaN;
  if (!Number.isFinite(value)) throw new UsageError(`--${option} needs numbers, not ${JSON.stringify(text)}`);
  return value;
}

/** One number a channel from one or as many. */
export function perChannel(
  option: string,
  text: string | undefined,
  channels: number | undefined,
): number[] | undefined {
  const values = parts(text)?.map((part) => numberOf(option, part));
  return values?.length === 1 && channels !== undefined ? new Array<number>(channels).fill(values[0]!) : values;
}

export function shapeOf(text: string | undefined): [number, number, number] | undefined {
  if (text === undefined) return undefined;
  const sizes = text.split(",").map(Number);
  if (sizes.length !== 3 || !sizes.every((n) => Number.isInteger(n) && n >= 1 && n <= 65536))
    throw new UsageError("--shape needs three whole numbers, HEIGHT,WIDTH,CHANNELS");
  return sizes as [number, number, number];
}

/** What the user says of a checkpoint's network, as texts. */
export interface PlanArgs {
  readonly adder?: string | undefined;
  readonly shape?: string | undefined;
  readonly pool?: string | undefined;
  readonly scale?: string | undefined;
  readonly mean?: string | undefined;
  readonly std?: string | undefined;
}

/** The same as values. Throws UsageError. */
export function planOptions(args: PlanArgs): NetworkOptions {
  const shape = shapeOf(args.shape);
  const channels = shape?.[2];
  return {
    shape,
    pools: parts(args.pool),
    scale: args.scale === undefined ? undefined : numberOf("scale", args.scale),
    mean: perChannel("mean", args.mean, channels),
    std: perChannel("std", args.std, channels),
    adders: parts(args.adder),
  };
}
