// Clocks a second of the test bench library, and of cocotb when `COCOTB_PYTHON` (or python3) has it: the same design
// and the same bench, in one run. Usage: tsx bench/testbench-speed.ts [--json]
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Design, run, type Tb } from "../testbench/lib/index.ts";

const here = import.meta.dirname;
const design: Design = { top: "testbench_speed", sources: [join(here, "testbench-speed.v")] };
const BEATS = 9;
const PAUSE = 0x40000000;

function xorshift(seed: number): () => number {
  let s = seed | 0;
  return () => {
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    return s >>> 0;
  };
}

function stimulus(frames: number): { words: Uint32Array; last: Uint8Array; expected: Uint32Array } {
  const random = xorshift(7);
  const words = Uint32Array.from({ length: frames * BEATS * 4 }, random);
  const last = Uint8Array.from({ length: frames * BEATS }, (_, i) => (i % BEATS === BEATS - 1 ? 1 : 0));
  const bytes = new Int8Array(words.buffer);
  const expected = new Uint32Array(frames);
  for (let b = 0; b < frames * BEATS; b++)
    for (let k = 0; k < 8; k++)
      expected[Math.floor(b / BEATS)]! += Math.abs(bytes[16 * b + k]! - bytes[16 * b + 8 + k]!);
  return { words, last, expected };
}

interface Speed {
  clocks: number;
  seconds: number;
}

/** Two async functions that wait on every clock. */
const everyClock =
  (frames: number) =>
  async (tb: Tb): Promise<Speed> => {
    const { words, last, expected } = stimulus(frames);
    const s = {
      data: tb.signal("s_axis_tdata"),
      last: tb.signal("s_axis_tlast"),
      valid: tb.signal("s_axis_tvalid"),
      ready: tb.signal("s_axis_tready"),
    };
    const m = { data: tb.signal("m_axis_tdata"), valid: tb.signal("m_axis_tvalid"), ready: tb.signal("m_axis_tready") };
    const beats = Array.from({ length: frames * BEATS }, (_, i) => words.subarray(4 * i, 4 * i + 4));
    await tb.reset(tb.signal("rst"), { cycles: 4 });
    const got: number[] = [];
    const start = performance.now();
    const first = tb.cycle;
    tb.start(async () => {
      const pause = xorshift(1);
      for (let i = 0; i < beats.length; i++) {
        while (pause() < PAUSE) await tb.rising();
        s.data.setWords(beats[i]!);
        s.last.value = last[i]!;
        s.valid.value = 1;
        do await tb.rising();
        while (!s.ready.value);
        s.valid.value = 0;
      }
    });
    const pause = xorshift(2);
    while (got.length < frames) {
      m.ready.value = pause() >= PAUSE ? 1 : 0;
      await tb.rising();
      if (m.valid.value && m.ready.value) got.push(m.data.value);
    }
    const seconds = (performance.now() - start) / 1000;
    for (let i = 0; i < frames; i++)
      if (got[i] !== expected[i]) throw new Error(`frame ${i}: ${got[i]}, expected ${expected[i]}`);
    return { clocks: tb.cycle - first, seconds };
  };

/** The library's native source and sink. */
const native =
  (frames: number) =>
  async (tb: Tb): Promise<Speed> => {
    const { words, last, expected } = stimulus(frames);
    const source = tb.axisSource("s_axis", { pause: 0.25 });
    const sink = tb.axisSink("m_axis", { pause: 0.25 });
    await tb.reset(tb.signal("rst"), { cycles: 4 });
    const start = performance.now();
    const first = tb.cycle;
    void source.sendBeats(words, 4, last);
    const got = await sink.recvFrames(frames);
    const seconds = (performance.now() - start) / 1000;
    for (let i = 0; i < frames; i++)
      if (got[i]!.word(0) !== expected[i]) throw new Error(`frame ${i}: ${got[i]!.word(0)}, expected ${expected[i]}`);
    return { clocks: tb.cycle - first, seconds };
  };

function cocotb(sim: "verilator" | "icarus", frames: number): Speed | undefined {
  const python = process.env.COCOTB_PYTHON ?? "python3";
  const probe = spawnSync(python, ["-c", "import cocotb.config, sys; print(cocotb.config.share_dir)"], {
    encoding: "utf8",
  });
  if (probe.status !== 0) return undefined;
  const dir = mkdtempSync(join(tmpdir(), "cocotb-"));
  try {
    writeFileSync(
      join(dir, "Makefile"),
      `TOPLEVEL_LANG = verilog\nVERILOG_SOURCES = ${join(here, "testbench-speed.v")}\nTOPLEVEL = testbench_speed\nMODULE = speed_bench\ninclude ${probe.stdout.trim()}/makefiles/Makefile.sim\n`,
    );
    writeFileSync(
      join(dir, "speed_bench.py"),
      `exec(open(${JSON.stringify(join(here, "testbench-speed.py"))}).read())\n`,
    );
    const r = spawnSync("make", ["-C", dir], {
      encoding: "utf8",
      env: {
        ...process.env,
        SIM: sim,
        FRAMES: `${frames}`,
        PYTHON_BIN: python,
        PATH: `${join(python, "..")}:${process.env.PATH}`,
        COCOTB_LOG_LEVEL: "WARNING",
        EXTRA_ARGS: sim === "verilator" ? "-Wno-fatal" : "",
      },
    });
    const m = /SPEED (\d+) ([\d.e-]+)/.exec(r.stdout);
    if (!m) throw new Error(`cocotb failed:\n${(r.stdout + r.stderr).slice(-2000)}`);
    return { clocks: Number(m[1]), seconds: Number(m[2]) };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const rate = (s: Speed): number => s.clocks / s.seconds;
const best = async (n: number, work: () => Promise<Speed>): Promise<Speed> => {
  let r: Speed | undefined;
  for (let i = 0; i < n; i++) {
    const s = await work();
    if (!r || rate(s) > rate(r)) r = s;
  }
  return r!;
};
const ours = (sim: "verilator" | "icarus", bench: (tb: Tb) => Promise<Speed>): Promise<Speed> =>
  run(design, { sim, seed: 1, maxCycles: 0xffffffff, waves: "off" }, bench).then((r) => r.value);

const rows: { what: string; sim: string; clocksPerSecond: number; ratioToCocotb?: number }[] = [];
for (const sim of ["verilator", "icarus"] as const) {
  const theirs = cocotb(sim, sim === "verilator" ? 3000 : 3000);
  const base = theirs && rate(theirs);
  const add = (what: string, s: Speed): void => {
    rows.push({
      what,
      sim,
      clocksPerSecond: Math.round(rate(s)),
      ...(base ? { ratioToCocotb: Math.round((10 * rate(s)) / base) / 10 } : {}),
    });
  };
  if (theirs) add("cocotb, every clock", theirs);
  add("async functions, every clock", await best(3, () => ours(sim, everyClock(sim === "verilator" ? 60_000 : 3000))));
  add("native source and sink", await best(3, () => ours(sim, native(sim === "verilator" ? 300_000 : 3000))));
}
if (process.argv.includes("--json")) console.log(JSON.stringify(rows, null, 2));
else {
  for (const r of rows)
    console.log(
      `${r.sim.padEnd(10)} ${r.what.padEnd(30)} ${(r.clocksPerSecond / 1000).toFixed(1).padStart(9)} kHz ${r.ratioToCocotb === undefined ? "" : `${r.ratioToCocotb.toFixed(1).padStart(7)} x`}`,
    );
  if (rows.every((r) => r.ratioToCocotb === undefined))
    console.log("cocotb was not found (COCOTB_PYTHON names its interpreter): no comparison");
}
