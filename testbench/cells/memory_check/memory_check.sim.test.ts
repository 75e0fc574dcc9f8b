// As users run simulators: the compiled model alone, without the bench library.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { verilator } from "../../lib/build/tools.ts";
import { type SimulatorName, simulators } from "../../lib/simulators.ts";
import { root } from "../../nets/build.ts";
import { folder, tool } from "../../nets/tools.ts";

const cell = join(root, "templates/memory_check.v");
const top = `
module top #(parameter MEM_DIR = "mem/") ();
    memory_check #(.FILE({MEM_DIR, "a.mem"})) u_check ();
    initial begin #1 $display("went on"); $finish; end
endmodule
`;

/** Builds the model; it looks for the memory's file where it is run. */
async function build(sim: SimulatorName, defines: string[] = []): Promise<string> {
  const dir = folder([["top.v", top]]);
  const built =
    sim === "icarus"
      ? await tool("iverilog", ["-g2005", "-Wall", ...defines, "-o", "sim", "-s", "top", cell, "top.v"], dir)
      : await tool(
          verilator(),
          // Not optimized: compiling it takes all the time.
          [
            ...["--binary", "--timing", "-MAKEFLAGS", "OPT_FAST=-O0 OPT_GLOBAL=-O0", "--top-module", "top"],
            ...[...defines, "-o", "sim", "--Mdir", "obj", cell, "top.v"],
          ],
          dir,
        );
  expect(built.code).toBe(0);
  return dir;
}
const simulate = (sim: SimulatorName, dir: string) =>
  sim === "icarus" ? tool("vvp", ["-N", "sim"], dir) : tool(join(dir, "obj/sim"), [], dir);

test.each(simulators)(
  "%s: a missing file ends it with a word and a status, one that is there is no matter",
  async (sim) => {
    const dir = await build(sim);
    const { code, output } = await simulate(sim, dir);
    expect(output).toMatch(/FATAL: memory file "mem\/a\.mem" cannot be read \((TOP\.)?top\.u_check\)/);
    expect(output).not.toContain("went on");
    expect(code).not.toBe(0);
    mkdirSync(join(dir, "mem"));
    writeFileSync(join(dir, "mem/a.mem"), "00\n");
    expect(await simulate(sim, dir)).toMatchObject({ code: 0, output: expect.stringContaining("went on") });
  },
);

test("nothing is left of it in synthesis", async () => {
  expect((await simulate("icarus", await build("icarus", ["-DSYNTHESIS"]))).output).toContain("went on");
  const dir = folder([
    ["user.v", 'module user (input a, output b); memory_check #(.FILE("x")) u (); assign b = ~a; endmodule\n'],
  ]);
  const { output } = await tool("yosys", ["-p", `read_verilog ${cell} user.v; synth -flatten -top user`], dir);
  expect(output.slice(output.lastIndexOf("=== user"))).toMatch(/Number of cells: +1\n/);
});
