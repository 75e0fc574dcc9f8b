// An image from real values, and how far it is from another.
import type { TaskOf } from "../ir/task.ts";
import type { FloatTensor } from "../ir/tensor.ts";

/** Samples of 0 to 255, channels last: real value * gain + offset, rounded and clamped. */
export const decodeImage = ({ gain, offset }: TaskOf<"image">, { data }: FloatTensor): Uint8Array =>
  Uint8Array.from(data, (v) => Math.max(0, Math.min(255, Math.floor(v * gain + offset + 0.5))));

/** Peak signal-to-noise ratio of one image in decibels; Infinity where both are equal. */
export function psnr(answer: ArrayLike<number>, truth: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < answer.length; i++) sum += (answer[i]! - truth[i]!) ** 2;
  return 10 * Math.log10((255 * 255 * answer.length) / sum);
}
