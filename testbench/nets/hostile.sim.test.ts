// Names that try to leave their comment, their string or their file: the emitted design stays harmless, and works.
import { expect, test } from "vitest";
import { load, toHardware, toIntegers } from "../../generator/index.ts";
import { goldenVectors } from "../../generator/verify/vectors.ts";
import { probeDesign, verify } from "../../generator/verify/verify.ts";
import { verilator } from "../lib/build/tools.ts";
import { cellSources, rtlOf } from "./build.ts";
import { folder, tool } from "./tools.ts";

const hostile = [
  "*/ endmodule module injected; initial $finish; endmodule /*",
  '\n`include "/etc/passwd"\n',
  "line end\\\n// verilator lint_off ALL",
  "\u001b[2J\u0007\u0000\u202e\u2066\u2028",
  '"; $system("true"); "',
  "../../../tmp/evil",
  "module",
  "__proto__",
  "\ud800 lone",
];

function network(name: string) {
  const layers = hostile.map((layer, i) =>
    i % 3 === 0
      ? { name: layer, kind: "adder_conv2d", filters: 2, kernel: 1, weights: i === 0 ? conv(1) : conv(2) }
      : {
          name: layer,
          kind: i % 3 === 1 ? "relu" : "max_pool2d",
          ...(i % 3 === 2 ? { kernel: 2, padding: [0, 0, 1, 1], stride: 1 } : {}),
        },
  );
  return { format: "addernet-rtl/1", name, input: { name: "in\nput */", shape: [4, 4, 1] }, layers };
}
const conv = (inputs: number) => [0, 1].map((o) => Array.from({ length: inputs }, (_, c) => [[10 * o + 5 * c]]));

test.each(["*/ endmodule", "`define x\n", "\u202e\u001b]0;evil\u0007", "module", "../../evil", '"\\'])(
  "a network called %j",
  async (name) => {
    const loaded = load(JSON.stringify(network(name)), () => new Uint8Array());
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
    const image = { shape: [4, 4, 1] as const, data: Int32Array.from({ length: 16 }, (_, i) => 3 * i) };
    const net = toIntegers(loaded.value.graph, [image]);
    if (!net.ok) throw new Error(JSON.stringify(net.diagnostics));
    const vectors = goldenVectors(net.value, [image]);
    const built = toHardware(net.value, { clockMHz: 100, vectors }, cellSources());
    if (!built.ok) throw new Error(JSON.stringify(built.diagnostics));
    const { files, hardware } = built.value;
    for (const [file, text] of files) {
      expect(file).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_./-]*$/);
      expect(file).not.toContain("..");
      expect(text).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      if (!file.endsWith(".json")) expect(text, file).toMatch(/^[\n\t\x20-\x7e]*$/);
      if (!file.endsWith(".v")) continue;
      const code = text.replace(/\/\/.*/g, "").replace(/"[^"\n]*"/g, '""');
      expect(code).not.toMatch(/`include|\$system|\bmodule injected\b|\/\*/);
    }
    const dir = folder(files);
    const top = hardware.name;
    const silent = { code: 0, output: "" };
    const sources = rtlOf(built.value);
    for (const [t, list] of [
      [top, sources],
      [`${top}_probe`, [...sources, `tb/${top}_probe.v`]],
    ] as const) {
      expect(await tool(verilator(), ["--lint-only", "-Wall", "--top-module", t, ...list], dir)).toMatchObject(silent);
      expect(await tool("iverilog", ["-g2005", "-Wall", "-t", "null", "-s", t, ...list], dir)).toMatchObject(silent);
    }
    const design = probeDesign(hardware, dir, files.keys());
    const result = await verify(net.value, hardware, design, [image], { sim: "icarus" });
    expect(result.mismatch).toBeUndefined();
    expect(result.values).toBeGreaterThan(0);
  },
);

test("layers called as modules, ports and instances are", async () => {
  const names = [
    "axis_sad",
    "AXIS_SAD",
    "probe",
    "tb",
    "int_clamp",
    "s_axis",
    "rst",
    "u_out",
    "mem_dir",
    "taken",
    "taken_tb",
  ];
  const layers = names.map((layer, i) => ({
    name: layer,
    kind: "adder_conv2d",
    filters: 2,
    kernel: 1,
    weights: conv(i === 0 ? 1 : 2),
  }));
  const text = { format: "addernet-rtl/1", name: "taken", input: { name: "clk", shape: [4, 4, 1] }, layers };
  const loaded = load(JSON.stringify(text), () => new Uint8Array());
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  const image = { shape: [4, 4, 1] as const, data: Int32Array.from({ length: 16 }, (_, i) => 3 * i) };
  const net = toIntegers(loaded.value.graph, [image]);
  if (!net.ok) throw new Error(JSON.stringify(net.diagnostics));
  const built = toHardware(net.value, { clockMHz: 100, vectors: goldenVectors(net.value, [image]) }, cellSources());
  if (!built.ok) throw new Error(JSON.stringify(built.diagnostics));
  const { files, hardware } = built.value;
  const paths = [...files.keys()].map((f) => f.toLowerCase());
  expect(new Set(paths).size).toBe(paths.length);
  const modules = [...files].flatMap(([f, t]) =>
    f.endsWith(".v") ? [...t.matchAll(/^module (\w+)/gm)].map((m) => m[1]!.toLowerCase()) : [],
  );
  expect(new Set(modules).size).toBe(modules.length);
  const dir = folder(files);
  const list = [...rtlOf(built.value), "tb/taken_probe.v"];
  const lint = ["--lint-only", "-Wall", "--top-module", "taken_probe", ...list];
  expect(await tool(verilator(), lint, dir)).toMatchObject({ code: 0, output: "" });
  const result = await verify(net.value, hardware, probeDesign(hardware, dir, files.keys()), [image], {
    sim: "icarus",
  });
  expect(result.mismatch).toBeUndefined();
});
