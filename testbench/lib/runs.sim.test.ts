import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type Design, failureOf, run, SimulatorDied, simulators, type Tb } from "./index.ts";
import { vcdVariables } from "./waves.ts";

const fixture = (name: string): string => join(import.meta.dirname, "fixtures", name);
const clocks: Design = { top: "two_clocks", sources: [fixture("two_clocks.v")] };
const slice = (fault: string): Design => ({
  top: "faulty_slice",
  sources: [fixture("faulty_slice.v")],
  params: { FAULT: fault, BEATS: 4 },
});
const waveDir = mkdtempSync(join(tmpdir(), "tb-runs-"));
const caught = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => {
      throw new Error("it should have failed");
    },
    (e: Error) => e,
  );
afterEach(() => vi.unstubAllEnvs());

describe("random initial states", () => {
  test.each(simulators)("%s: two on Verilator, X once on Icarus; the bench draws the same numbers", async (sim) => {
    const drawn: number[][] = [];
    const r = await run(clocks, { sim, seed: 11 }, async (tb) => {
      drawn.push([tb.initRun, tb.seed, tb.rand.u32()]);
      await tb.rising();
      return drawn.length;
    });
    expect(drawn.map(([n]) => n)).toEqual(sim === "verilator" ? [0, 1] : [0]);
    expect(new Set(drawn.map(([, ...same]) => `${same}`)).size).toBe(1);
    expect([r.value, new Set(r.initSeeds).size]).toEqual([1, sim === "verilator" ? 2 : 0]);
  });

  test("a register without reset that only the second state shows fails the run, and names the state", async () => {
    const unset = async (tb: Tb): Promise<number> => {
      await tb.rising();
      return tb.signal("never_set").value;
    };
    const value = async (seed: number): Promise<number> =>
      (await run(clocks, { sim: "verilator", initSeeds: { seed, reason: "to look at one state" } }, unset)).value;
    let [low, high] = [1, 1];
    while ((await value(low)) !== 0) low++;
    while ((await value(high)) !== 1) high++;
    const options = { sim: "verilator", initSeeds: [low, high], seed: 5, waveDir, name: "second state" } as const;
    const e = await caught(run(clocks, options, async (tb) => expect(await unset(tb), "never_set").toBe(0)));
    expect(e.message).toMatch(
      new RegExp(
        `^never_set: .*\\n {2}second state on verilator: cycle 1, 5 ns, seed 5, initial state ${high}\\n`,
        "s",
      ),
    );
    // Repeated with the same initial state it failed again.
    expect(e.message).not.toContain("it passed");
    expect(failureOf(e)).toMatchObject({ initSeed: high, waves: expect.stringContaining("second_state") });
  });

  test("one state alone needs a reason", async () => {
    const one = (initSeeds: readonly number[] | { reason: string }) =>
      run(clocks, { sim: "verilator", initSeeds }, async (tb) => tb.rising());
    await expect(one([3])).rejects.toThrow(
      "initSeeds: [3] is a single initial state; give two seeds, or { reason } why one is enough",
    );
    await expect(one([3, 3])).rejects.toThrow(TypeError);
    await expect(one({ reason: " " })).rejects.toThrow("a single initial state needs its reason");
    expect((await one({ reason: "there is no register" })).initSeeds).toHaveLength(1);
  });
});

/** First and last time in picoseconds that a VCD has. */
function span(vcd: string): [number, number] {
  const body = readFileSync(vcd, "utf8").split("$enddefinitions")[1]!;
  const times = [...body.matchAll(/^#(\d+)/gm)].map((m) => Number(m[1]));
  return [times[0]!, times.at(-1)!];
}

describe.each(simulators)("waves of a failure on %s", (sim) => {
  test("show the window around the failing clock, behind it too", async () => {
    const e = await caught(
      run(clocks, { sim, waveDir, name: "window", waveWindow: { before: 5, after: 3 } }, async (tb) => {
        await tb.cycles(100);
        throw new Error("in clock 100");
      }),
    );
    const [first, last] = span(failureOf(e)!.waves!);
    // Clock n rises at 10 n - 5 ns.
    expect(first).toBeGreaterThanOrEqual(945_000);
    expect(first).toBeLessThan(955_000);
    expect(last).toBeGreaterThanOrEqual(1_025_000);
    expect(last).toBeLessThanOrEqual(1_035_000);
  });

  test("end with the window even when the repeated run goes on", async () => {
    let runs = 0;
    const e = await caught(
      run(clocks, { sim, waveDir, name: "once", waveWindow: { before: 5, after: 3 } }, async (tb) => {
        runs++;
        await tb.cycles(100);
        if (runs === 1) throw new Error("only once");
        await tb.cycles(400);
      }),
    );
    expect(e.message).toContain(
      "repeated with the same seed it passed: the bench depends on something besides its seed",
    );
    const [first, last] = span(failureOf(e)!.waves!);
    expect(first).toBeGreaterThanOrEqual(945_000);
    expect(last).toBeGreaterThanOrEqual(1_025_000);
    expect(last).toBeLessThanOrEqual(1_035_000);
  });

  test("come with files for GTKWave and Surfer that begin with the failing stream", async () => {
    const options = { sim, waveDir, name: `save ${sim}`, maxCycles: 1000 };
    const e = await caught(
      run(slice("payload"), options, async (tb) => {
        const source = tb.axisSource("s_axis");
        const sink = tb.axisSink("m_axis", { pause: 0.5 });
        tb.protocolCheck("m_axis");
        await tb.reset(tb.signal("rst"));
        for (let k = 0; k < 8; k++) source.sendNowait([1, 2, 3, 4]);
        for (let k = 0; k < 8; k++) await sink.recv();
      }),
    );
    const { waves, time } = failureOf(e)!;
    const base = waves!.replace(/\.vcd$/, "");
    expect(e.message).toContain(`open with: gtkwave ${base}.gtkw, or surfer --command-file ${base}.sucl`);
    const stream = ["tdata", "tlast", "tvalid", "tready"].map((s) => `m_axis_${s}`);

    const surfer = readFileSync(`${base}.sucl`, "utf8").trimEnd().split("\n");
    const scope = sim === "verilator" ? "TOP.addernet_tb.faulty_slice" : "addernet_tb.faulty_slice";
    expect(surfer).toEqual([
      "# surfer --command-file <this file>",
      `load_file ${waves}`,
      "divider_add clocks",
      `variable_add ${scope}.clk`,
      "divider_add m_axis",
      ...stream.map((name) => `variable_add ${scope}.${name}`),
      "divider_add other ports",
      ...["rst", "s_axis_tdata", "s_axis_tlast", "s_axis_tvalid", "s_axis_tready", "sum"].map(
        (name) => `variable_add ${scope}.${name}`,
      ),
      "zoom_fit",
      `cursor_set ${time * 1000}`,
      "goto_cursor",
    ]);
    // Every name is one that the waves declare.
    const declared = vcdVariables(readFileSync(waves!, "latin1"));
    for (const line of surfer.filter((l) => l.startsWith("variable_add ")))
      expect(declared.map((v) => v.path)).toContain(line.slice("variable_add ".length));

    const gtkwave = readFileSync(`${base}.gtkw`, "utf8");
    expect(gtkwave).toContain(`[dumpfile] "${waves}"\n`);
    expect(gtkwave).toContain(
      [
        "@200",
        "-m_axis",
        "@22",
        `+{m_axis_tdata} ${scope}.m_axis_tdata[7:0]`,
        "@22",
        `+{m_axis_tlast} ${scope}.m_axis_tlast\n`,
      ].join("\n"),
    );
  });
});

test("a vvp that cannot run is an error with what it printed", async () => {
  // The model is there already; only the simulator is another program.
  await run(clocks, { sim: "icarus" }, async (tb) => tb.rising());
  const dir = mkdtempSync(join(tmpdir(), "tb-vvp-"));
  writeFileSync(join(dir, "vvp"), "#!/bin/sh\necho no licence for today\nexit 7\n");
  chmodSync(join(dir, "vvp"), 0o755);
  vi.stubEnv("PATH", `${dir}:${process.env.PATH}`);
  const e = await caught(run(clocks, { sim: "icarus", waves: "off" }, async (tb) => tb.rising()));
  expect(e).toBeInstanceOf(SimulatorDied);
  expect(e.message).toMatch(/^vvp ended .*; it printed:\nno licence for today/s);
});

test.each(simulators)("words of 12,000 bits and megabytes of temporaries on %s", async (sim) => {
  const [width, steps] = [12_000, 200];
  const mask = (1n << BigInt(width)) - 1n;
  const a = (0x123456789abcdefn << 7000n) | 12345n;
  let wanted = a;
  for (let i = 0; i < steps; i++) wanted = (((wanted << 9n) & mask) | (wanted & 511n)) ^ ((wanted + 1n) & mask);
  const wide = { top: "wide_chain", sources: [fixture("wide_chain.v")], params: { WIDTH: width, STEPS: steps } };
  await run(wide, { sim, waves: "off" }, async (tb) => {
    tb.signal("a").big = a;
    await tb.cycles(3);
    expect(tb.signal("y").big).toBe(wanted);
  });
});
