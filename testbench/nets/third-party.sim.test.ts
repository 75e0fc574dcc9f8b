// Emitted designs in the hands of other people's tools: FuseSoC, slang, Verible, the newest Verilator.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { designOf } from "../mutants/designs.ts";
import { cases } from "../nightly.ts";
import { type BuildOptions, cellSources, exampleBuild, rtlOf } from "./build.ts";
import { kindFiles, kindHardware, kindIntegers, kindNetwork } from "./kinds.ts";
import { readersOfVerilog, readSilently, SLANG } from "./readers.ts";
import { programOf, thirdParty } from "./third-party.ts";
import { folder, tool } from "./tools.ts";

/** Every design by a name: the examples under several folds, and the small networks that hold every layer kind. */
function designs() {
  const examples: [string, BuildOptions][] = cases(
    [
      ["tiny-mnist", { bits: 4, benchFrames: 1 }],
      ["tiny-mnist", { bits: 6, mode: "pow2", family: "ice40", benchFrames: 1, name: "verilator lint_off" }],
    ],
    [
      ["lenet5-mnist", { bits: 8, l1: 1, benchFrames: 1 }],
      ["resnet8-mnist", { bits: 6, benchFrames: 1 }],
    ],
  );
  const kinds = kindFiles.flatMap((file, i) => {
    const { net } = kindIntegers(kindNetwork(file).graph, 5);
    const slowest = i % 2 === 0;
    // For every change one fold of each in turn, the smallest and the fastest.
    return cases([slowest], [!slowest]).map((slow) => kindHardware(net, slow ? 1 : 10_000_000));
  });
  return [...examples.map(([example, options]) => exampleBuild(example, options)), ...kinds];
}

const readers = readersOfVerilog();
const { slang, verible } = readers;

describe.skipIf(!readers.any)("every emitted design", () => {
  test("is read without a word", async () => {
    const all = designs();
    expect(all.length).toBeGreaterThan(kindFiles.length);
    for (const b of all) {
      const top = b.hardware.name;
      const dir = folder(b.files);
      const bench = [...b.files.keys()].filter((f) => f.endsWith("_tb.v"));
      const tops = [
        [top, rtlOf(b)],
        [`${top}_probe`, [...rtlOf(b), `tb/${top}_probe.v`]],
        ...(bench.length > 0 ? [[`${top}_tb`, [...rtlOf(b), ...bench]]] : []),
      ] as [string, string[]][];
      for (const [k, [name, files]] of tops.entries()) await readSilently(readers, dir, name, files, k < 2);
      if (verible) expect(await tool(verible, tops.at(-1)![1], dir)).toMatchObject({ code: 0, output: "" });
    }
  });
});

test.skipIf(!verible)("Verible reads every cell", async () => {
  const cells = [...cellSources()].map(([name, text]) => [`${name}.v`, text] as const);
  const names = cells.map(([path]) => path);
  expect(await tool(verible!, names, folder(cells))).toMatchObject({ code: 0, output: "" });
});

test.skipIf(!slang)("slang finds what is wrong", async () => {
  const dir = folder([["a.v", "module a(output [3:0] y); assign y = z; endmodule\n"]]);
  expect((await tool(slang!, ["-c", SLANG, "--top", "a", "a.v"], dir)).code).not.toBe(0);
});

const fusesoc = programOf("fusesoc");
describe.skipIf(!fusesoc)("FuseSoC", () => {
  const library = folder();
  const put = (at: string, files: Iterable<readonly [string, string]>) => {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(library, at, path)), { recursive: true });
      writeFileSync(join(library, at, path), text);
    }
  };
  // Two builds of one network, side by side.
  const slow = exampleBuild("tiny-mnist", { bits: 4, benchFrames: 1 });
  const fast = exampleBuild("tiny-mnist", { bits: 4, benchFrames: 1, fps: 20_000 });
  put("slow", slow.files);
  put("fast", fast.files);
  // Small enough to be made of gates in seconds.
  const small = designOf("branches");
  put("small", small.files);
  const vlnv = (b: { readonly files: ReadonlyMap<string, string> }, name = "tiny") =>
    /^name: (\S+)$/m.exec(b.files.get(`${name}.core`)!)![1]!;
  const env = { PATH: `${join(thirdParty, "bin")}:${process.env.PATH}` };
  const run = (...args: string[]) => tool(fusesoc!, ["--cores-root", ".", ...args], library, env);

  test("knows both builds by their own names", async () => {
    expect(vlnv(slow)).not.toBe(vlnv(fast));
    const { output } = await run("core", "list");
    for (const b of [slow, fast]) expect(output).toContain(vlnv(b));
  });

  test.each([
    ["lint", []],
    ["sim", []],
    ["sim", ["--tool", "verilator"]],
    ["synth", []],
  ] as const)("%s %j", async (target, options) => {
    // Verilator compiles each anew.
    const simulated = options.length > 0 ? cases([slow], [fast]) : [slow, fast];
    const cores = {
      lint: [vlnv(slow)],
      sim: simulated.map((b) => vlnv(b)),
      synth: cases([vlnv(small, "branches")], [vlnv(slow)]),
    };
    for (const core of cores[target]) {
      const { code, output } = await run("run", "--target", target, core, ...options);
      expect(output).not.toMatch(/%Warning|%Error|ERROR/);
      if (target === "sim") expect(output).toContain("PASS 1 frame");
      expect(code).toBe(0);
    }
    if (target === "synth") {
      const made = readdirSync(join(library, "build"), { recursive: true, encoding: "utf8" });
      expect(made.some((f) => f.endsWith(".json"))).toBe(true);
    }
  });
});
