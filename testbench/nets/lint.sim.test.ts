// Every tool reads the emitted design without a word.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { verilator } from "../lib/build/tools.ts";
import { designOf } from "../mutants/designs.ts";
import { cases } from "../nightly.ts";
import { type BuildOptions, type ExampleBuild, exampleBuild, rtlOf } from "./build.ts";
import { folder, tool } from "./tools.ts";

const builds: [example: string, options: BuildOptions][] = [
  ["tiny-mnist", { bits: 4 }],
  ["tiny-mnist", { bits: 8, l1: 1, family: "ice40" }],
  ["tiny-mnist", { bits: 6, mode: "pow2" }],
  ["tiny-mnist", { bits: 3, mode: "csd2" }],
  ["lenet5-mnist", { bits: 8 }],
  ["lenet5-mnist", { bits: 4 }],
];

async function lint(b: ExampleBuild, dir: string, top: string, files: string[]): Promise<void> {
  const silent = { code: 0, output: "" };
  expect(await tool(verilator(), ["--lint-only", "-Wall", "--top-module", top, ...files], dir)).toMatchObject(silent);
  expect(await tool("iverilog", ["-g2005", "-Wall", "-t", "null", "-s", top, ...files], dir)).toMatchObject(silent);
  expect(b.hardware.name).toBe(top.replace(/_probe$/, ""));
}

for (const [example, options] of builds)
  test(`lint ${example} ${JSON.stringify(options)}`, async () => {
    const b = exampleBuild(example, options);
    const dir = folder(b.files);
    const top = b.hardware.name;
    await lint(b, dir, top, rtlOf(b));
    await lint(b, dir, `${top}_probe`, [...rtlOf(b), `tb/${top}_probe.v`]);
  });

// Comments that begin with a tool's name are orders to it.
test("names of tools as names of layers and networks", async () => {
  const b = exampleBuild("tiny-mnist", { name: "verilator lint_off" });
  const top = b.hardware.name;
  const dir = folder(b.files);
  await lint(b, dir, top, rtlOf(b));
  await lint(b, dir, `${top}_probe`, [...rtlOf(b), `tb/${top}_probe.v`]);
});

test("yosys reads lenet5 and finds nothing to object to", async () => {
  const b = exampleBuild("lenet5-mnist", { bits: 8 });
  const dir = folder(b.files);
  const script = `read_verilog ${rtlOf(b).join(" ")}; hierarchy -check -top ${b.hardware.name}; proc; check -assert`;
  const { code, output } = await tool("yosys", ["-q", "-p", script], dir);
  expect(output).not.toMatch(/warning/i);
  expect(code).toBe(0);
});

// A rate of 100 frames a second makes tiny small, and it still takes minutes.
const gates: [name: string, build: () => { readonly files: Iterable<readonly [string, string]> }][] = cases(
  [["branches", () => designOf("branches")]],
  [["gates", () => exampleBuild("tiny-mnist", { bits: 3, fps: 100, name: "gates" })]],
);
test.each(gates)("yosys synthesizes %s by the Makefile", async (name, build) => {
  const dir = folder(build().files);
  const { code, output } = await tool("make", ["-s", "synth"], dir);
  expect(output).not.toMatch(/error/i);
  expect(code).toBe(0);
  expect(readFileSync(join(dir, "build/synth.log"), "utf8")).toMatch(/Number of cells: +\d+/);
  expect(Object.keys(JSON.parse(readFileSync(join(dir, `build/${name}.json`), "utf8")).modules)).toContain(name);
});
