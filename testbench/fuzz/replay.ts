// Cases of the fuzzer from files.
import { readFileSync } from "node:fs";
import { checkGolden, checkHardware, type FuzzCase } from "./case.ts";

/** Runs the case of a file in golden and in a simulator; throws what is wrong with it. */
export async function replay(path: string, sim: "icarus" | "verilator"): Promise<void> {
  const c = JSON.parse(readFileSync(path, "utf8")) as FuzzCase;
  await checkHardware(c, checkGolden(c), sim);
}
