// A cell that computes something else, or takes longer, is found and reported; needs Icarus Verilog.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { writeNpy } from "../files/index.ts";

/** What the cells are made of while a test runs. */
const wrong = vi.hoisted(() => ({ change: (text: string) => text }));

vi.mock("../cli/files.ts", async (original) => {
  const real = await original<typeof import("../cli/files.ts")>();
  return {
    ...real,
    cellSources: () => {
      const cells = new Map(real.cellSources());
      const changed = wrong.change(cells.get("axis_window")!);
      if (changed === cells.get("axis_window")) throw new Error("axis_window does not look as this test thinks");
      return cells.set("axis_window", changed);
    },
  };
});

const inverted = (cell: string) => cell.replace(/assign m_axis_tdata\s*= (\w+);/, "assign m_axis_tdata = ~$1;");
const slow = (cell: string) =>
  cell.replace(
    "assign s_axis_tready = ",
    "reg [1:0] slow = 0;\nalways @(posedge clk) slow <= slow + 1;\nassign s_axis_tready = &slow && ",
  );

const icarus = spawnSync("iverilog", ["-V"]).status === 0;
test.skipIf(!icarus).each([
  ["AN8003", "layer, place, both values and the clock", inverted],
  ["AN8006", "what takes longer than predicted", slow],
] as const)("%s names %s (skipped without iverilog)", async (code, _, change) => {
  const { main } = await import("../cli/cli.ts");
  const sample = join(import.meta.dirname, "samples", code);
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
  wrong.change = change;
  try {
    cpSync(sample, dir, { recursive: true });
    process.chdir(dir);
    const data = Uint8Array.from({ length: 32 }, (_, i) => i);
    writeFileSync("images.npy", writeNpy({ dtype: "uint8", shape: [2, 4, 4, 1], data }));
    const images = ["--images", "images.npy", "--calibration", "images.npy", "--count", "2"];
    const exit = await main(["verify", "network.json", ...images, "--simulator", "icarus"]);
    for (const s of spies) s.mockRestore();
    await expect(stderr).toMatchFileSnapshot(join(sample, "expected.txt"));
    expect(stderr).toMatch(new RegExp(`^error ${code}: `));
    expect(exit).toBe(1);
  } finally {
    for (const s of spies) s.mockRestore();
    process.chdir(home);
    rmSync(dir, { recursive: true });
  }
});
