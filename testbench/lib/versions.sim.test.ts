import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../nets/build.ts";
import { discoverPorts, elaboratedPorts } from "./build/ports.ts";
import { verilator, verilatorRoot, verilatorVersion } from "./build/tools.ts";
import { build, type Design, run } from "./index.ts";

const forms: Design = {
  top: "port_forms",
  sources: [join(import.meta.dirname, "fixtures/port_forms.sv")],
  params: { W: 7 },
};

test("every form of port is found and driven on the Verilator in use", async () => {
  const { ports } = await build(forms, "verilator");
  expect(ports.map(({ name, width }) => `${name} ${width}`)).toEqual([
    "clk 1",
    "state 7",
    "table_of_seven 28",
    "item 3",
    "either 7",
    "rising 10",
    "counter 64",
    "double__score 1",
    "with.dot[0] 1",
    "q 7",
    "mode 2",
    "wide 100",
  ]);
  await run(forms, { sim: "verilator" }, async (tb) => {
    // level 9, flag 1, mode Busy
    tb.signal("state").value = 0b1001_1_01;
    tb.signal("counter").value = -1n;
    tb.signal("with.dot[0]").value = 1;
    await tb.rising();
    await tb.rising();
    expect([tb.signal("q").value, tb.signal("mode").value]).toEqual([9, 1]);
    await tb.readOnly();
    expect(tb.signal("wide").big).toBe(2n ** 100n - 1n);
  });
});

// Run everything with another version: ADDERNET_VERILATOR=/path/to/bin/verilator npx vitest run --project sim testbench
const named = process.env.ADDERNET_VERILATOR;
test.skipIf(!named)(
  "the Verilator that ADDERNET_VERILATOR names is the one in use (set the variable to run this)",
  async () => {
    expect(verilator()).toBe(named);
    expect(await verilatorVersion()).toMatch(/^Verilator 5\.\d+/);
    const header = join(await verilatorRoot(), "include/verilated.h");
    expect(existsSync(header)).toBe(true);
    // The number in the program or, where that has none, in the runtime's header.
    const config = readFileSync(join(await verilatorRoot(), "include/verilated_config.h"), "utf8");
    const number = /VERILATOR_VERSION\s+"(\d+\.\d+)/.exec(config)![1]!;
    expect(await verilatorVersion()).toContain(`Verilator ${number}`);
  },
);

test("a header of plain numbers says the ports that an elaboration finds", async () => {
  const rtl = join(root, "rtl-out/example/rtl");
  const probe: Design = {
    top: "tiny_probe",
    sources: [join(root, "rtl-out/example/tb/tiny_probe.v"), ...readdirSync(rtl).map((f) => join(rtl, f))],
  };
  const ports = await discoverPorts(probe);
  expect(ports.length).toBeGreaterThan(40);
  expect(ports).toEqual(await elaboratedPorts(probe));
});
