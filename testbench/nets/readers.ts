// Other people's readers of Verilog, in tests.
import { expect } from "vitest";
import { newestVerilator, programOf, pythonWith } from "./third-party.ts";
import { tool } from "./tools.ts";

/** slang with its own choice of warnings; fails where it has anything to say. */
export const SLANG = `
import sys
from pyslang import driver
d = driver.Driver()
d.addStandardArgs()
if not (d.parseCommandLine(" ".join(["slang", *sys.argv[1:]])) and d.processOptions() and d.parseAllSources()):
    sys.exit(1)
c = d.createCompilation()
d.reportCompilation(c, True)
# All diagnostics include the warnings that slang has switched off; those that are on it prints itself.
sys.exit(any(x.isError() for x in c.getAllDiagnostics()))
`;

/** What reads Verilog, as far as it is there. */
export interface Readers {
  readonly newest: ReturnType<typeof newestVerilator>;
  /** A Python that has slang. */
  readonly slang: string | undefined;
  readonly verible: string | undefined;
  readonly any: boolean;
}
export function readersOfVerilog(): Readers {
  const found = {
    newest: newestVerilator(),
    slang: pythonWith("pyslang"),
    verible: programOf("verible-verilog-syntax"),
  };
  return { ...found, any: Object.values(found).some((f) => f !== undefined) };
}

/** Reads a top in slang and, with `lint`, in the newest Verilator; they must have nothing to say. */
export async function readSilently(
  { newest, slang }: Readers,
  dir: string,
  top: string,
  files: readonly string[],
  lint: boolean,
): Promise<void> {
  if (newest && lint) {
    const r = await tool(newest.path, ["--lint-only", "-Wall", "--top-module", top, ...files], dir, {
      VERILATOR_ROOT: newest.root,
    });
    // It closes with a report of its own.
    expect({ ...r, output: r.output.replace(/^- .*\n/gm, "") }, top).toMatchObject({ code: 0, output: "" });
  }
  if (slang)
    expect(await tool(slang, ["-c", SLANG, "--top", top, ...files], dir), top).toMatchObject({ code: 0, output: "" });
}
