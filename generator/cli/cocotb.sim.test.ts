// Other people's benches: cocotb with cocotbext-axi on Icarus, against accelerators and a Zynq top with its registers.
import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "vitest";
import { runInteger } from "../../golden/index.ts";
import { exampleBuild, exampleNet, images, root, rtlOf } from "../../testbench/nets/build.ts";
import { pythonWith, thirdParty } from "../../testbench/nets/third-party.ts";
import { folder, tool } from "../../testbench/nets/tools.ts";
import { cases } from "../../testbench/nightly.ts";
import { beatWords } from "../7-emit/beats.ts";
import { portLaneBits } from "../7-emit/verilog.ts";
import { toHardware } from "../compile.ts";
import { withLogits } from "../design.ts";
import { zynqTop } from "../device/shell/zynq.ts";
import type { HwStream } from "../ir/hardware.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { targetOf } from "../targets/index.ts";
import { cellSources } from "./files.ts";

const python = pythonWith("cocotb", "cocotbext.axi");

/** Bytes of a frame's beats at a port of so many bits. */
const bytes = (t: IntTensor, s: HwStream, bits: number): number[] =>
  beatWords(t, s, portLaneBits(s)).flatMap((w) =>
    Array.from({ length: bits / 8 }, (_, b) => Number((w >> BigInt(8 * b)) & 255n)),
  );

/** Compiles a folder for Icarus and runs the cocotb module on it; gives what it printed. */
async function simulate(dir: string, top: string, sources: readonly string[], value: object): Promise<string> {
  writeFileSync(join(dir, "case.json"), JSON.stringify(value));
  writeFileSync(join(dir, "scale.v"), "`timescale 1ns/1ps\n");
  const built = await tool("iverilog", ["-g2005", "-o", "sim", "-s", top, "scale.v", ...sources], dir);
  expect(built).toMatchObject({ code: 0, output: "" });
  const config = (...args: string[]) => tool(join(thirdParty, "bin/cocotb-config"), args, dir);
  const [libraries, lib, libpython, entry] = await Promise.all([
    config("--lib-dir"),
    config("--lib-name", "vpi", "icarus"),
    config("--libpython"),
    config("--pygpi-entry-point"),
  ]);
  const { output, code } = await tool("vvp", ["-M", libraries.stdout.trim(), "-m", lib.stdout.trim(), "sim"], dir, {
    CASE: join(dir, "case.json"),
    COCOTB_TEST_MODULES: "cocotb_tiny",
    COCOTB_TOPLEVEL: top,
    TOPLEVEL_LANG: "verilog",
    LIBPYTHON_LOC: libpython.stdout.trim(),
    GPI_USERS: `${libpython.stdout.trim()};${entry.stdout.trim()}`,
    PYGPI_PYTHON_BIN: join(thirdParty, "bin/python"),
    PYTHONPATH: [join(root, "testbench/nets"), process.env.PYTHONPATH].filter(Boolean).join(delimiter),
    PYTHONDONTWRITEBYTECODE: "1",
  });
  expect(code).toBe(0);
  return output;
}

describe.skipIf(!python)("cocotb", () => {
  test.each(cases([["tiny-mnist", 20_000]], [["lenet5-mnist", 20_000]]))(
    "%s answers as golden does",
    async (example, fps) => {
      const b = exampleBuild(example, { fps });
      const shown = images("test", 2);
      const { hardware: hw, net } = b;
      const answers = shown.map((i) => runInteger(net, i, { keep: net.outputs }).get(net.outputs[0]!)!);
      const width = (s: HwStream) => s.lanes * portLaneBits(s);
      const output = await simulate(folder(b.files), hw.name, rtlOf(b), {
        registers: false,
        images: shown.map((i) => bytes(i, hw.input, width(hw.input))),
        answers: answers.map((a) => bytes(a, hw.outputs[0]!.stream, width(hw.outputs[0]!.stream))),
      });
      expect(output).toMatch(/TESTS=1 PASS=1 FAIL=0/);
    },
  );

  test("a Zynq top: streams of a DMA, registers", async () => {
    const net = withLogits(exampleNet("tiny-mnist"));
    const made = toHardware(net, { fps: 20_000, clockMHz: 100 }, cellSources());
    if (!made.ok) throw new Error("no build");
    const { hardware: hw, files } = made.value;
    const top = zynqTop(hw, targetOf("pynq-z2"), cellSources(), files);
    const all = new Map([...files, ...top.files]);
    const shown = images("test", 2);
    const answers = shown.map((i) => {
      const tensors = runInteger(net, i, { keep: net.outputs });
      return net.outputs.flatMap((name, k) => bytes(tensors.get(name)!, hw.outputs[k]!.stream, top.beatBitsOut));
    });
    const constants = top.registers.filter((r) => r.value !== undefined && r.bits === 32);
    const frames = top.registers.filter((r) => r.name === "FRAMES_IN" || r.name === "FRAMES_OUT");
    const output = await simulate(
      folder(all),
      top.module,
      [...all.keys()].filter((f) => f.startsWith("rtl/")),
      {
        registers: true,
        images: shown.map((i) => bytes(i, hw.input, top.beatBitsIn)),
        answers,
        addresses: Object.fromEntries([...constants, ...frames].map((r) => [r.name, r.address])),
        values: Object.fromEntries([
          ...constants.map((r) => [r.name, r.value! >>> 0]),
          ...frames.map((r) => [r.name, 2]),
        ]),
        control: top.registers.find((r) => r.name === "CONTROL")!.address,
      },
    );
    expect(output).toMatch(/TESTS=1 PASS=1 FAIL=0/);
  });
});
