// A design in simulation against the golden model, for users of the library.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryFolder } from "../../testbench/lib/children.ts";
import { type SimulatorName, simulators } from "../../testbench/lib/simulators.ts";
import type { Design } from "../design.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { probeDesign, type VerifyOptions, type VerifyResult, verify } from "./verify.ts";

export type SimulateOptions = Omit<VerifyOptions, "sim"> & {
  /** Left out: the first of those that the project knows, Verilator. */
  readonly sim?: SimulatorName;
};

/** Writes the design into a folder that goes again, builds its model there and compares. */
export async function simulateDesign(
  d: Pick<Design, "net" | "hardware" | "files">,
  images: readonly IntTensor[],
  options: SimulateOptions = {},
): Promise<VerifyResult> {
  const { path, remove } = temporaryFolder("addernet-verify-");
  try {
    for (const [file, text] of d.files) {
      mkdirSync(dirname(join(path, file)), { recursive: true });
      writeFileSync(join(path, file), text);
    }
    const design = probeDesign(d.hardware, path, d.files.keys());
    return await verify(d.net, d.hardware, design, images, { sim: simulators[0], ...options });
  } finally {
    remove();
  }
}
