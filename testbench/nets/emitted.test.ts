// The text of the emitted files.
import { describe, expect, test } from "vitest";
import { cellSources, exampleBuild, root } from "./build.ts";

const builds = {
  tiny: exampleBuild("tiny-mnist", { benchFrames: 1 }),
  lenet5: exampleBuild("lenet5-mnist", { bits: 8, benchFrames: 1 }),
};

const code = (verilog: string): string =>
  verilog
    .split("\n")
    .map((l) => l.split("//", 1)[0])
    .join("\n");

describe.each(Object.entries(builds))("%s", (name, built) => {
  const { files, hardware } = built;
  const top = files.get(`rtl/${name}.v`)!;

  test("the same input gives the same bytes, from any working directory", () => {
    const here = process.cwd();
    const example = name === "tiny" ? "tiny-mnist" : "lenet5-mnist";
    process.chdir("/");
    try {
      const again = exampleBuild(example, { ...(name === "tiny" ? {} : { bits: 8 }), benchFrames: 1 });
      expect([...again.files]).toEqual([...files]);
    } finally {
      process.chdir(here);
    }
  });

  test("no path of this machine, date or random name", () => {
    const year = new Date().getFullYear();
    for (const [path, text] of files) {
      expect(path).toMatch(/^[\w./-]+$/);
      expect(text).not.toContain(root);
      expect(text).not.toMatch(/\/(home|tmp|usr|root|work|mnt)\//);
      expect(text).not.toMatch(new RegExp(`\\b${year}-\\d|\\d\\d:\\d\\d:\\d\\d`));
    }
  });

  test("the top is wiring", () => {
    expect(code(top)).not.toMatch(/\b(always|case|initial|reg|function)\b/);
    expect(code(files.get(`tb/${name}_probe.v`)!)).not.toMatch(/\b(always|case|initial|reg|function)\b/);
  });

  test("every module bears the prefix", () => {
    const modules = [...files]
      .filter(([path]) => path.endsWith(".v"))
      .flatMap(([, text]) => [...code(text).matchAll(/\bmodule\s+(\w+)/g)].map((m) => m[1]!));
    expect(modules.length).toBeGreaterThan(5);
    for (const m of modules) expect(m).toMatch(new RegExp(`^${name}(_|$)`));
    expect(new Set(modules).size).toBe(modules.length);
    for (const cell of cellSources().keys()) expect(code(top)).not.toMatch(new RegExp(`\\b${cell}\\b`));
  });

  test("memory files hold one word a line, as many as the hardware reads", () => {
    for (const m of hardware.memories) {
      const text = files.get(`mem/${m.file}`)!;
      expect(text).toMatch(/^([0-9a-f]+\n)+$/);
      const lines = text.trim().split("\n");
      expect(lines.map((l) => BigInt(`0x${l}`))).toEqual(m.words.map((w) => BigInt.asUintN(m.wordBits, w)));
    }
  });

  test("a module for each layer, which says what it computes and from what", () => {
    for (const b of hardware.blocks) {
      if (b.instances.length === 0) continue;
      const text = files.get(`rtl/${b.module}.v`)!;
      expect(text).toContain(`"${b.title}" at $.`);
      expect(text).toMatch(/\/\/ in\s.* \d+ x \d+ x \d+, \d+ bits? (un)?signed, value = /);
      expect(text).toMatch(/\/\/ out\s.* \d+ x \d+ x \d+, \d+ bits? (un)?signed, value = /);
      expect(text).toMatch(new RegExp(`// fold +PE ${b.pe}, SIMD ${b.simd}.*; ${b.cyclesPerFrame} clocks a frame`));
      expect(text).toMatch(/\/\/ latency +\d+ clocks from the first beat in to the first beat out, \d+ to the last/);
      expect(text.split("\n").length, b.module).toBeLessThan(120);
      expect(top.match(new RegExp(`\\b${b.module}\\b.*\\bu_${b.name} \\(`, "g"))).toHaveLength(1);
      for (const i of b.instances)
        for (const v of Object.values(i.params))
          if (typeof v === "object") expect(text).toMatch(new RegExp(`// memory +${v.file}: ${v.words.length} word`));
    }
    expect(top).toContain(`the bottleneck is ${hardware.bottleneck}.`);
    expect([...files.values()].filter((t) => t.includes(" clocks a frame (the bottleneck)\n"))).toHaveLength(1);
  });

  test("every Verilog file says first that it is the user's own", () => {
    for (const [path, text] of files)
      if (path.endsWith(".v"))
        expect(text, path).toMatch(/^\/\/ SPDX-License-Identifier: 0BSD\n\/\/ .*under no condition of ours\.\n\/\/ /);
  });

  test("no line begins with a name that a tool could take for an order", () => {
    for (const [path, text] of files)
      if (path.endsWith(".v")) expect(text).not.toMatch(/(\/\/|\/\*)\s*(verilator|synopsys|synthesis|pragma)\b/i);
  });

  test("manifest, file list and core name files that exist", () => {
    const manifest = JSON.parse(files.get("manifest.json")!);
    const listed = [...manifest.cells, ...manifest.memories.map((m: { file: string }) => m.file)];
    const inList = files.get(`${name}.f`)!.trim().split("\n");
    const core = files.get(`${name}.core`)!;
    expect(core.startsWith("CAPI=2:\n")).toBe(true);
    for (const key of ["name", "filesets", "targets"]) expect(core).toMatch(new RegExp(`^${key}:`, "m"));
    const inCore = [...core.matchAll(/^ {6}- ([^:\n]+)/gm)].map((m) => m[1]!);
    for (const f of [...listed, ...inList, ...inCore]) expect(files.has(f), f).toBe(true);
    expect(inList.at(-1)).toBe(`rtl/${name}.v`);
    expect(files.has(`tb/${name}_tb.v`)).toBe(true);
  });
});

test("without frames there is no test bench and no target for it", () => {
  const { files } = exampleBuild("tiny-mnist");
  expect([...files.keys()].filter((f) => f.startsWith("tb/"))).toEqual(["tb/tiny_probe.v"]);
  expect(files.get("Makefile")).not.toContain("sim-");
  expect(files.get("tiny.core")).not.toContain("_tb");
});
