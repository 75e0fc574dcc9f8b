// The kinds of jobs that commands plan into a folder (--farm), and the functions that compute them.
import type { Compute } from "../../farm/index.ts";
import { computePoint } from "./commands/explore.ts";
import { tuneMeasure } from "./tune-measure.ts";
import { verifyImages } from "./verify-farm.ts";

export const jobKinds: ReadonlyMap<string, Compute> = new Map<string, Compute>([
  ["explore-point", computePoint],
  ["verify-images", verifyImages],
  ["tune-measure", tuneMeasure],
]);
