// Yosys finds the multipliers that the hardware graph tells of, and no others.
import { expect, test } from "vitest";
import { exampleBuild, rtlOf } from "./build.ts";
import { folder, tool } from "./tools.ts";

for (const [mode, l1] of [
  ["full", 0],
  ["pow2", 1],
  ["csd2", 0],
] as const)
  test(`products in tiny-mnist, ${mode}`, async () => {
    const b = exampleBuild("tiny-mnist", { mode, l1, fps: 2000 });
    const steps = b.hardware.blocks.flatMap((k) => k.instances).filter((i) => i.cell === "axis_requant");
    const lanes = steps.reduce((n, i) => n + Number(i.params.LANES), 0);
    const script = `read_verilog ${rtlOf(b).join(" ")}; hierarchy -top ${b.hardware.name}; proc; flatten; opt; stat`;
    const { code, output } = await tool("yosys", ["-p", script], folder(b.files));
    expect(code).toBe(0);
    const report = output.slice(output.lastIndexOf("=== "));
    expect(report).toMatch(/\$sub +\d+|\d+ +\$sub/);
    const [, found = "0"] = report.match(/\$mul +(\d+)/) ?? report.match(/(\d+) +\$mul/) ?? [];
    expect(Number(found)).toBe(mode === "full" ? lanes : 0);
  });
