// Cases of the fuzzer from files.

import { readFileSync } from "node:fs";
import type { SimulatorName } from "../lib/index.ts";
import { checkGolden, checkHardware, checkTiming, type FuzzCase } from "./case.ts";

/** Runs the case of a file in golden and in a simulator; throws what is wrong with it or with its predicted clocks. */
export async function replay(path: string, sim: SimulatorName): Promise<void> {
  const c = JSON.parse(readFileSync(path, "utf8")) as FuzzCase;
  const checked = checkGolden(c);
  await checkHardware(c, checked, sim);
  await checkTiming(c, checked);
}
