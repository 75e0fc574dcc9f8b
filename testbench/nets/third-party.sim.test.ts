// Emitted designs in the hands of other people's tools: FuseSoC, slang, Verible, the newest Verilator.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { type DesignRequest, design } from "../../generator/design.ts";
import { boardFiles } from "../../generator/device/shell/board-files.ts";
import { driverSource, serialHost } from "../../generator/templates.ts";
import { cellSources, exampleBuild, exampleNet, rtlOf } from "./build.ts";
import { kindFiles, kindHardware, kindIntegers, kindNetwork } from "./kinds.ts";
import { newestVerilator, programOf, pythonWith, thirdParty } from "./third-party.ts";
import { folder, tool } from "./tools.ts";

/** Every design by a name: the examples under several folds, and the small networks that hold every layer kind. */
function designs() {
  const examples = [
    exampleBuild("tiny-mnist", { bits: 4, benchFrames: 1 }),
    exampleBuild("lenet5-mnist", { bits: 8, l1: 1, benchFrames: 1 }),
    exampleBuild("resnet8-mnist", { bits: 6, benchFrames: 1 }),
    exampleBuild("tiny-mnist", { bits: 6, mode: "pow2", family: "ice40", benchFrames: 1, name: "verilator lint_off" }),
  ];
  const kinds = kindFiles.flatMap((file) => {
    const { net } = kindIntegers(kindNetwork(file).graph, 5);
    return [1, 10_000_000].map((fps) => kindHardware(net, fps));
  });
  return [...examples, ...kinds];
}

/** Boards of each sort, and the homes that weights may have on them. */
const requests: readonly DesignRequest[] = [
  { target: "icebreaker" },
  { target: "tangnano9k" },
  { target: "ulx3s-25f", homes: "ram" },
  { target: "pynq-z2", homes: "ram", swap: true },
  { target: "zcu104", homes: "external", coded: "all" },
  { homes: "external", coded: "none", memoryBits: 128 },
];

/** The top of a request's board, or the accelerator without one, with all files. */
function topOf(request: DesignRequest) {
  const net = exampleNet("tiny-mnist", { bits: 4 });
  const made = design(net, request, cellSources());
  if (!made.ok) throw new Error(made.diagnostics.map((d) => d.message).join("\n"));
  const d = made.value;
  const board = boardFiles(d, d.clockMHz, { cells: cellSources(), driver: driverSource(), host: serialHost() });
  const files = new Map([...d.files, ...board.files]);
  return { top: board.top, files, verilog: [...files.keys()].filter((f) => f.startsWith("rtl/")) };
}

const newest = newestVerilator();
const slang = pythonWith("pyslang");
const verible = programOf("verible-verilog-syntax");

/** Reads a top in the three tools; each must have nothing to say. */
async function readSilently(dir: string, top: string, files: readonly string[], lint: boolean): Promise<void> {
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

describe.skipIf(!newest && !slang && !verible)("every emitted design", () => {
  test("is read without a word", async () => {
    let read = 0;
    for (const b of designs()) {
      const top = b.hardware.name;
      const dir = folder(b.files);
      const bench = [...b.files.keys()].filter((f) => f.endsWith("_tb.v"));
      const tops = [
        [top, rtlOf(b)],
        [`${top}_probe`, [...rtlOf(b), `tb/${top}_probe.v`]],
        ...(bench.length > 0 ? [[`${top}_tb`, [...rtlOf(b), ...bench]]] : []),
      ] as [string, string[]][];
      for (const [k, [name, files]] of tops.entries()) await readSilently(dir, name, files, k < 2);
      if (verible) expect(await tool(verible, tops.at(-1)![1], dir)).toMatchObject({ code: 0, output: "" });
      read++;
    }
    expect(read).toBe(4 + 2 * kindFiles.length);
  });

  test.each(requests)("boards and homes of weights: $target $homes", async (request) => {
    const { top, files, verilog } = topOf(request);
    const dir = folder(files);
    await readSilently(dir, top, verilog, true);
    if (verible) expect(await tool(verible, verilog, dir)).toMatchObject({ code: 0, output: "" });
  });
});

test.skipIf(!verible)("Verible reads every cell", async () => {
  const cells = [...cellSources()].map(([name, text]) => [`${name}.v`, text] as const);
  const names = cells.map(([path]) => path);
  expect(await tool(verible!, names, folder(cells))).toMatchObject({ code: 0, output: "" });
});

/** slang with its own choice of warnings; fails where it has anything to say. */
const SLANG = `
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
  const vlnv = (b: typeof slow) => /^name: (\S+)$/m.exec(b.files.get("tiny.core")!)![1]!;
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
    for (const b of target === "sim" ? [slow, fast] : [slow]) {
      const { code, output } = await run("run", "--target", target, vlnv(b), ...options);
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
