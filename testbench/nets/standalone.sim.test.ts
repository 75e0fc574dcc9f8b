// What a user does with an output folder alone: make, other directories, other simulators' ways of failing.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Rand } from "../lib/index.ts";
import { cases } from "../nightly.ts";
import { exampleBuild, rtlOf } from "./build.ts";
import { folder, tool } from "./tools.ts";

// Frames of few clocks: Icarus runs the bench some twenty times.
const built = exampleBuild("tiny-mnist", { benchFrames: "chosen", fps: 20_000 });
const { interval } = built.hardware;
const dir = folder(built.files);
// Not optimized: of the bench in Verilator compiling it takes all the time.
const make = (...args: string[]) => tool("make", [...args, "OPT_FAST=-O0", "OPT_GLOBAL=-O0"], dir);

test("lint says nothing", async () => {
  expect(await make("-s", "lint")).toEqual({ code: 0, stdout: "", output: "" });
});

for (const sim of ["sim-icarus", "sim-verilator"])
  test(`${sim} passes in the stall corners`, async () => {
    for (const stall of cases([0, 3], [1, 2])) {
      const { code, output } = await make("-s", sim, `STALL=${stall}`, `SEED=${stall + 5}`);
      expect(output).toContain("PASS 2 frames\n");
      expect(code).toBe(0);
      if (stall === 0) expect(output).toContain(` ${interval} clocks between the last frames`);
    }
  });

test("a wrong expectation is named, with a status that is not 0", async () => {
  const file = join(dir, "tb/tiny_out_0.mem");
  const right = readFileSync(file, "utf8");
  const [first, second] = right.split("\n");
  const wrong = ((Number.parseInt(second!, 16) + 1) % 16).toString(16).padStart(2, "0");
  writeFileSync(file, `${first}\n${wrong}\n`);
  try {
    for (const sim of ["sim-icarus", "sim-verilator"]) {
      const { code, output } = await make("-s", sim);
      expect(output).toMatch(
        new RegExp(`FAIL m_axis: frame 1, beat 0: expected ${wrong}, actual ${second} \\(clock \\d+\\)`),
      );
      expect(output).not.toContain("PASS");
      expect(code).not.toBe(0);
    }
  } finally {
    writeFileSync(file, right);
  }
});

const sources = [...rtlOf(built), "tb/tiny_tb.v"];

test("files are found from another directory, by parameter and by define", async () => {
  const away = folder();
  const paths = sources.map((f) => join(dir, f));
  const options = [
    [`-Ptiny_tb.MEM_DIR="${dir}/mem/"`, `-Ptiny_tb.TB_DIR="${dir}/tb/"`],
    [`-DTINY_MEM_DIR="${dir}/mem/"`, `-DTINY_TB_DIR="${dir}/tb/"`],
  ];
  for (const option of options) {
    const compiled = await tool("iverilog", ["-g2005", "-o", "sim", "-s", "tiny_tb", ...option, ...paths], away);
    expect(compiled).toMatchObject({ code: 0, output: "" });
    expect((await tool("vvp", ["-N", "sim"], away)).output).toContain("PASS 2 frames");
  }
});

// Each change of the top makes the bench end, soon and with a word about it.
const faults: [name: string, from: RegExp, to: string, says: RegExp][] = [
  [
    "a hang",
    /assign m_axis_tvalid = .*/,
    "assign m_axis_tvalid = 1'b0;",
    /FAIL timeout at clock \d+: 1568 of 1568 input/,
  ],
  ["no tlast", /assign m_axis_tlast = .*/, "assign m_axis_tlast = 1'b0;", /FAIL m_axis: .*expected tlast 1, actual 0/],
  ["an unknown value", /assign m_axis_tdata = .*/, "assign m_axis_tdata = 8'hx;", /FAIL m_axis: .*actual xx/],
  ["beats that never end", /assign m_axis_tvalid = .*/, "assign m_axis_tvalid = !rst;", /FAIL m_axis: frame 0, beat 0/],
];

for (const [name, from, to, says] of faults)
  test(`the bench ends on ${name}`, async () => {
    const top = built.files.get("rtl/tiny.v")!;
    expect(top).toMatch(from);
    const changed = new Map(built.files).set("rtl/tiny.v", top.replace(from, to));
    const there = folder(changed);
    const args = ["-g2005", "-o", "sim", "-s", "tiny_tb", "-Ptiny_tb.MAX_CLOCKS=20000", ...sources];
    expect(await tool("iverilog", args, there)).toMatchObject({ code: 0 });
    const { code, output } = await tool("vvp", ["-N", "sim"], there);
    expect(output).toMatch(says);
    expect(code).toBe(1);
  });

// Of half a thousand words: a run in Icarus for each.
test.each(cases([8], [24]))("flipped bits of the memories are found, %i", async (count) => {
  const rand = new Rand(7);
  const away = folder(built.files);
  const args = ["-g2005", "-s", "tiny_tb", "-o", "sim", "-f", "tiny.f", "tb/tiny_tb.v"];
  expect((await tool("iverilog", args, away)).code).toBe(0);
  const words = built.hardware.memories.flatMap((m) => m.words.map((_, row) => ({ ...m, row })));
  const missed: string[] = [];
  for (let n = 0; n < count; n++) {
    const { file, row, wordBits } = rand.pick(words);
    const path = `mem/${file}`;
    const lines = built.files.get(path)!.split("\n");
    const bit = rand.int(0, wordBits - 1);
    const word = BigInt(`0x${lines[row]}`) ^ (1n << BigInt(bit));
    lines[row] = word.toString(16).padStart(lines[row]!.length, "0");
    writeFileSync(join(away, path), lines.join("\n"));
    const { output } = await tool("vvp", ["-N", "sim"], away);
    if (!/^FAIL /m.test(output)) missed.push(`${file}, row ${row}, bit ${bit}`);
    writeFileSync(join(away, path), built.files.get(path)!);
  }
  // Of constants' low bits some change no result.
  expect(missed.length, missed.join("; ")).toBeLessThan(2);
});
