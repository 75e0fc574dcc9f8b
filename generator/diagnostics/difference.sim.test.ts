// A cell that computes something else is found, located and reported; needs Icarus Verilog.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { writeNpy } from "../files/index.ts";

const sample = join(import.meta.dirname, "samples/AN8003");

vi.mock("../cli/files.ts", async (original) => {
  const real = await original<typeof import("../cli/files.ts")>();
  return {
    ...real,
    cellSources: () => {
      const cells = new Map(real.cellSources());
      const wrong = cells.get("axis_window")!.replace(/assign m_axis_tdata\s*= (\w+);/, "assign m_axis_tdata = ~$1;");
      if (wrong === cells.get("axis_window")) throw new Error("axis_window does not look as this test thinks");
      return cells.set("axis_window", wrong);
    },
  };
});

const icarus = spawnSync("iverilog", ["-V"]).status === 0;
test.skipIf(!icarus)("AN8003 names layer, place, both values and the clock (skipped without iverilog)", async () => {
  const { main } = await import("../cli/cli.ts");
  const home = process.cwd();
  const dir = mkdtempSync(join(tmpdir(), "difference-"));
  let stderr = "";
  const spies = [
    vi.spyOn(process.stdout, "write").mockReturnValue(true),
    vi.spyOn(process.stderr, "write").mockImplementation((s) => {
      stderr += s;
      return true;
    }),
  ];
  try {
    cpSync(sample, dir, { recursive: true });
    process.chdir(dir);
    const data = Uint8Array.from({ length: 16 }, (_, i) => i);
    writeFileSync("images.npy", writeNpy({ dtype: "uint8", shape: [1, 4, 4, 1], data }));
    const images = ["--images", "images.npy", "--calibration", "images.npy", "--count", "1"];
    const code = await main(["verify", "network.json", ...images, "--simulator", "icarus"]);
    for (const s of spies) s.mockRestore();
    await expect(stderr).toMatchFileSnapshot(join(sample, "expected.txt"));
    expect(stderr).toMatch(/^error AN8003: /);
    expect(code).toBe(1);
  } finally {
    for (const s of spies) s.mockRestore();
    process.chdir(home);
    rmSync(dir, { recursive: true });
  }
});
