// As users run simulators: the compiled model alone, without the bench library.
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

/** Simulates in a folder of `files`; the model is built there. */
async function simulate(sim: SimulatorName, files: readonly (readonly [string, string])[], defines: string[] = []) {
  const dir = folder([["top.v", top], ...files]);
  const built =
    sim === "icarus"
      ? await tool("iverilog", ["-g2005", "-Wall", ...defines, "-o", "sim", "-s", "top", cell, "top.v"], dir)
      : await tool(
          verilator(),
          ["--binary", "--timing", ...defines, "--top-module", "top", "-o", "sim", "--Mdir", "obj", cell, "top.v"],
          dir,
        );
  expect(built.code).toBe(0);
  return sim === "icarus" ? tool("vvp", ["-N", "sim"], dir) : tool(join(dir, "obj/sim"), [], dir);
}

test.each(simulators)("%s: a missing file ends it with a word and a status", async (sim) => {
  const { code, output } = await simulate(sim, []);
  expect(output).toMatch(/FATAL: memory file "mem\/a\.mem" cannot be read \((TOP\.)?top\.u_check\)/);
  expect(output).not.toContain("went on");
  expect(code).not.toBe(0);
});

test.each(simulators)("%s: a file that is there is no matter", async (sim) => {
  expect(await simulate(sim, [["mem/a.mem", "00\n"]])).toMatchObject({
    code: 0,
    output: expect.stringContaining("went on"),
  });
});

test("nothing is left of it in synthesis", async () => {
  expect((await simulate("icarus", [], ["-DSYNTHESIS"])).output).toContain("went on");
  const dir = folder([
    ["user.v", 'module user (input a, output b); memory_check #(.FILE("x")) u (); assign b = ~a; endmodule\n'],
  ]);
  const { output } = await tool("yosys", ["-p", `read_verilog ${cell} user.v; synth -flatten -top user`], dir);
  expect(output.slice(output.lastIndexOf("=== user"))).toMatch(/Number of cells: +1\n/);
});
