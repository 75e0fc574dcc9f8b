// Clocks a second of the test bench library, and of cocotb when `COCOTB_PYTHON` (or python3) has it: the same design
// and the same bench, in one run. Usage: tsx bench/testbench-speed.ts [--json]
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Design, run, type SimulatorName, simulators, type Tb } from "../testbench/lib/index.ts";

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
  /** Wall time. */
  seconds: number;
  /** Processor time of this process and, under cocotb, of the simulator, which is the same process there. */
  cpu: number;
}

function stopwatch(): () => { seconds: number; cpu: number } {
  const wall = performance.now();
  const cpu = process.cpuUsage();
  return () => {
    const used = process.cpuUsage(cpu);
    return { seconds: (performance.now() - wall) / 1000, cpu: (used.user + used.system) / 1e6 };
  };
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
    const stop = stopwatch();
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
    const time = stop();
    for (let i = 0; i < frames; i++)
      if (got[i] !== expected[i]) throw new Error(`frame ${i}: ${got[i]}, expected ${expected[i]}`);
    return { clocks: tb.cycle - first, ...time };
  };

/** The library's native source and sink. */
const native =
  (frames: number) =>
  async (tb: Tb): Promise<Speed> => {
    const { words, last, expected } = stimulus(frames);
    const source = tb.axisSource("s_axis", { pause: 0.25 });
    const sink = tb.axisSink("m_axis", { pause: 0.25 });
    await tb.reset(tb.signal("rst"), { cycles: 4 });
    const stop = stopwatch();
    const first = tb.cycle;
    void source.sendBeats(words, 4, last);
    const got = await sink.recvFrames(frames);
    const time = stop();
    for (let i = 0; i < frames; i++)
      if (got[i]!.word(0) !== expected[i]) throw new Error(`frame ${i}: ${got[i]!.word(0)}, expected ${expected[i]}`);
    return { clocks: tb.cycle - first, ...time };
  };

function cocotb(sim: SimulatorName, frames: number): Speed | undefined {
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
    const m = /SPEED (\d+) ([\d.e-]+) ([\d.e-]+)/.exec(r.stdout);
    if (!m) throw new Error(`cocotb failed:\n${(r.stdout + r.stderr).slice(-2000)}`);
    return { clocks: Number(m[1]), seconds: Number(m[2]), cpu: Number(m[3]) };
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
const ours = (sim: SimulatorName, bench: (tb: Tb) => Promise<Speed>, name = "speed"): Promise<Speed> =>
  run(
    design,
    { sim, name, seed: 1, maxCycles: 0xffffffff, waves: "off", initSeeds: { reason: "a measurement of one run" } },
    bench,
  ).then((r) => r.value);

interface Row {
  sim: string;
  what: string;
  /** Clocks a second of wall time. */
  wall: number;
  /** Clocks a second of processor time; on Icarus the simulator is another process, so only wall time counts. */
  cpu?: number;
  wallRatio?: number;
  cpuRatio?: number;
  /** Clocks of processor time (wall time on Icarus) against the same bench before anything looked inside. */
  insideRatio?: number;
}

const round = (x: number): number => Math.round(x * 10) / 10;
const rows: Row[] = [];
for (const sim of simulators) {
  const theirs = cocotb(sim, 2000);
  const add = (what: string, s: Speed): void => {
    const row: Row = { sim, what, wall: Math.round(rate(s)) };
    if (sim === "verilator") row.cpu = Math.round(s.clocks / s.cpu);
    if (theirs) row.wallRatio = round(rate(s) / rate(theirs));
    if (theirs && row.cpu !== undefined) row.cpuRatio = round(row.cpu / (theirs.clocks / theirs.cpu));
    rows.push(row);
  };
  if (theirs) add("cocotb, every clock", theirs);
  add("async functions, every clock", await best(3, () => ours(sim, everyClock(sim === "verilator" ? 60_000 : 2000))));
  const frames = sim === "verilator" ? 300_000 : 2000;
  const work = (s: Speed): number => (sim === "verilator" ? s.clocks / s.cpu : rate(s));
  const before = await best(3, () => ours(sim, native(frames)));
  add("native source and sink", before);
  // A bench that looks inside runs on a model of its own: the one that does not must be as fast as ever, in this very run.
  const inside = async (tb: Tb): Promise<Speed> => {
    if (tb.signal("lanes[0].d").width !== 9) throw new Error("lanes[0].d has nine bits");
    return native(frames)(tb);
  };
  for (const [what, bench, name] of [
    ["the same, with a look inside", inside, "speed inside"],
    ["the same without, once more", native(frames), "speed"],
  ] as const) {
    const s = await best(3, () => ours(sim, bench, name));
    add(what, s);
    rows.at(-1)!.insideRatio = Math.round((100 * work(s)) / work(before)) / 100;
  }
}

if (process.argv.includes("--json")) console.log(JSON.stringify(rows, null, 2));
else {
  const cell = (n: number | undefined, unit: string): string =>
    (n === undefined ? "" : `${n.toFixed(1)} ${unit}`).padStart(14);
  for (const r of rows) {
    const cpu = r.cpu === undefined ? undefined : r.cpu / 1000;
    console.log(
      `${r.sim.padEnd(10)} ${r.what.padEnd(30)} wall ${cell(r.wall / 1000, "kHz")} ${cell(r.wallRatio, "x")}   cpu ${cell(cpu, "kHz")} ${cell(r.cpuRatio, "x")}${r.insideRatio === undefined ? "" : `   ${r.insideRatio} of the first`}`,
    );
  }
  if (rows.every((r) => r.wallRatio === undefined))
    console.log("cocotb was not found (COCOTB_PYTHON names its interpreter): no comparison");
}
