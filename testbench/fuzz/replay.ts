// Cases of the fuzzer from files.

import { readFileSync } from "node:fs";
import type { SimulatorName } from "../lib/index.ts";
import { checkGolden, checkHardware, checkTiming, type FuzzCase } from "./case.ts";

/**
 * Runs the case of a file in golden and in a simulator; throws what is wrong with it or, where it is `timed`, with its
 * predicted clocks.
 */
export async function replay(path: string, sim: SimulatorName, timed = true): Promise<void> {
  const c = JSON.parse(readFileSync(path, "utf8")) as FuzzCase;
  const checked = checkGolden(c);
  await checkHardware(c, checked, sim);
  if (timed) await checkTiming(c, checked);
}
