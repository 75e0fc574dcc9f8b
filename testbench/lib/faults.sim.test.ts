import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Design, failureOf, run, type SimulatorName, simulators, stallCorners, type Tb } from "./index.ts";

const slice = (fault: string): Design => ({
  top: "faulty_slice",
  sources: [join(import.meta.dirname, "fixtures/faulty_slice.v")],
  params: { FAULT: fault, BEATS: 4 },
});
const waveDir = mkdtempSync(join(tmpdir(), "tb-waves-"));

const bench = (sink: number) => async (tb: Tb) => {
  const source = tb.axisSource("s_axis");
  const drain = tb.axisSink("m_axis", { pause: sink });
  tb.protocolCheck("m_axis", { frameBeats: 4 });
  tb.protocolCheck("s_axis", { maxStall: 200 });
  const board = tb.scoreboard<bigint[]>({ name: "frames" });
  await tb.reset(tb.dut.rst!);
  for (let k = 0; k < 8; k++) {
    const frame = Array.from({ length: 4 }, () => tb.rand.bits(8));
    board.expect(frame);
    source.sendNowait(frame);
  }
  for (let k = 0; k < 8; k++) board.check((await drain.recv()).tdata);
};

async function failing(fault: string, sim: SimulatorName, sink = 0.5, waves: "off" | "onfail" = "off"): Promise<Error> {
  try {
    await run(slice(fault), { sim, seed: 3, maxCycles: 2000, waves, waveDir, name: `${fault} ${sim}` }, bench(sink));
  } catch (e) {
    return e as Error;
  }
  throw new Error(`fault ${fault} went unnoticed`);
}

describe.each(simulators)("deliberate faults on %s", (sim) => {
  test.each(stallCorners)("none: passes, $name", async ({ sink }) => {
    await run(slice("none"), { sim, seed: 3, maxCycles: 2000 }, bench(sink));
  });

  test("a dropped beat", async () => {
    expect((await failing("drop", sim, 0)).message).toMatch(
      /rule AXIS-7: tlast came too early, in cycle \d+: a frame has 4 beats\n {2}drop \w+ on \w+: cycle/,
    );
  });
  test("tvalid that falls", async () => {
    expect((await failing("valid_falls", sim)).message).toMatch(
      /^m_axis: rule AXIS-1: tvalid fell before the beat was transferred, in cycle \d+/,
    );
  });
  test("a payload that changes while stalled", async () => {
    expect((await failing("payload", sim)).message).toMatch(
      /^m_axis: rule AXIS-2: the payload changed while tvalid waited for tready \(m_axis_tdata\)/,
    );
  });
  test("a missing tlast", async () => {
    expect((await failing("no_last", sim)).message).toMatch(
      /^m_axis: rule AXIS-8: tlast is missing on the last beat of a frame/,
    );
  });
  test("a register without reset", async () => {
    const e = await failing("no_reset", sim);
    expect(e.message).toMatch(
      sim === "icarus"
        ? /^m_axis: rule AXIS-5: the payload is unknown \(x\) while tvalid is high \(m_axis_tdata\)/
        : /^frames: item 0 differs, in cycle \d+\n {2}first difference at element 0 of 4\n {2}expected/,
    );
  });
  test("tvalid in reset", async () => {
    expect((await failing("valid_in_reset", sim)).message).toMatch(
      /^m_axis: rule AXIS-6: tvalid is high in reset, in cycle 3\n/,
    );
  });
  // Without X the random value of such a register is one of two that are legal.
  test.runIf(sim === "icarus")("tvalid or tready without a value after reset", async () => {
    expect((await failing("valid_x", sim)).message).toMatch(
      /^m_axis: rule AXIS-3: tvalid is unknown \(x\) after reset/,
    );
    expect((await failing("ready_x", sim)).message).toMatch(
      /^s_axis: rule AXIS-4: tready is unknown \(x\) after reset/,
    );
  });
  test("an endless stall names its rule, or says at maxCycles who waits for what", async () => {
    expect((await failing("endless_stall", sim, 0)).message).toMatch(
      /^s_axis: rule AXIS-9: the beat has waited too long for tready, in cycle 2\d\d: the limit is 200 cycles/,
    );
    const e = await run(slice("endless_stall"), { sim, maxCycles: 300, waves: "onfail", waveDir }, async (tb) => {
      const source = tb.axisSource("s_axis");
      const drain = tb.axisSink("m_axis");
      await tb.reset(tb.dut.rst!);
      tb.start(() => source.send(Array(20).fill(1)), "sender");
      await drain.recv();
    }).catch((error: Error) => error);
    const text = (e as Error).message;
    expect(text).toMatch(/^still running after 300 cycles \(maxCycles\):/);
    expect(text).toMatch(/task main waits for a frame from m_axis \(\S*faults\.sim\.test\.ts:\d+:\d+\)/);
    expect(text).toMatch(/task sender waits for s_axis to send \(11 beats are left\)/);
    expect(text).toMatch(
      /stream s_axis \(source\): tvalid=1 tready=0, 9 beats in 0 frames, the last in cycle \d+, stalled for \d+ cycles, 11 beats left to send/,
    );
    expect(text).toMatch(
      /stream m_axis \(sink\): tvalid=0 tready=1, 9 beats in 0 frames, .*9 beats of a frame without tlast so far/,
    );
  });

  test.each([
    [
      "fatal",
      /^the design called \$fatal: beat 9 must not come: 0x[0-9a-f]{2} at \S*faulty_slice\.v:49 in addernet_tb\.faulty_slice, at \d+ ns/,
    ],
    [
      "error",
      /^the design called \$error: beat 9 is wrong at \S*faulty_slice\.v:50 in addernet_tb\.faulty_slice, at \d+ ns/,
    ],
    ["stop", /^the design called \$stop at \S*faulty_slice\.v:52.*, at \d+ ns/],
    ["finish", /^the design called \$finish at \S*faulty_slice\.v:53.*, at \d+ ns/],
  ])("$%s of the design ends the run, not the process", async (fault, message) => {
    const e = await failing(fault, sim, 0);
    expect(e.message).toMatch(message);
    expect(failureOf(e)).toMatchObject({ cycle: 14, time: 135, sim });
  });

  test("$display and $warning come with their time", async () => {
    const r = await run(slice("display"), { sim, seed: 3 }, bench(0));
    expect(r.log).toEqual([{ time: 135, kind: "display", text: "beat 9 at 135000" }]);
    const w = await run(slice("warning"), { sim, seed: 3 }, bench(0));
    expect(w.log).toMatchObject([{ time: 135, kind: "warning", text: "beat 9 is odd", line: 51 }]);
  });
  test("$error may be logged only, $finish may end the bench", async () => {
    const r = await run(slice("error"), { sim, seed: 3, onError: "log" }, bench(0));
    expect(r.log).toMatchObject([{ time: 135, kind: "error", text: "beat 9 is wrong" }]);
    const f = await run(slice("finish"), { sim, seed: 3, onFinish: "end" }, bench(0));
    expect(f.finished).toBe(true);
  });

  test("an exception in a background task fails its test", async () => {
    await expect(
      run(slice("none"), { sim, waves: "off" }, async (tb) => {
        tb.start(async () => {
          await tb.cycles(7);
          throw new Error("from the background");
        }, "helper");
        await tb.cycles(1000);
      }),
    ).rejects.toThrow(/^from the background\n {2}faulty_slice on \w+: cycle 7, 65 ns, task helper, seed \d+/);
  });

  test("a failing run leaves waves around the failing clock", async () => {
    const e = await failing("no_last", sim, 0, "onfail");
    const path = failureOf(e)!.waves!;
    expect(e.message).toContain(`waves: ${path}`);
    expect(readFileSync(path, "utf8")).toMatch(/\$var/);
    expect(existsSync(path.replace(/vcd$/, "gtkw"))).toBe(true);
  });
});
