// Digests of a simulation's answers, by which runs are compared that were cut into different parts.
import { createHash } from "node:crypto";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Of all output values of one image. */
export const imageDigest = (values: readonly number[]): string => sha256(values.join(" "));

/** Of the images of a run, in their order. */
export const runDigest = (images: readonly string[]): string => sha256(images.join("\n"));
