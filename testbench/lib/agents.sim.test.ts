// Agents are classes over (tb, prefix), the library's and a user's own alike; and a bench where Node cannot run microtasks.
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  AxilMaster,
  AxisMonitor,
  AxisSink,
  AxisSource,
  type Bench,
  type Bus,
  type Design,
  HangError,
  run,
  Scoreboard,
  type Signal,
  simulators,
} from "./index.ts";
import { findDrain } from "./microtasks.ts";

const fixtures = join(import.meta.dirname, "fixtures");
const fifo: Design<"aresetn" | "in_tdata"> = {
  top: "pulse_fifo",
  sources: [join(fixtures, "pulse_fifo.sv")],
  params: { DataWidth: 32, Depth: 8 },
  clocks: [{ name: "aclk", period: 4 }],
};
const registers: Design = { top: "lite_regs", sources: [join(fixtures, "lite_regs.v")] };

/** An agent as a user writes it: a stream master of one beat a call, in plain functions. */
class OneBeat {
  readonly #tb: Bench;
  readonly #bus: Bus<"tdata" | "tvalid" | "tready", "tlast" | "tkeep">;
  constructor(tb: Bench, prefix: string) {
    this.#tb = tb;
    this.#bus = tb.bus("one beat", prefix, {
      required: ["tdata", "tvalid", "tready"],
      optional: ["tlast", "tkeep"],
      drives: ["tdata", "tvalid", "tlast", "tkeep"],
    });
  }
  async send(value: number, last: boolean): Promise<void> {
    const { tdata, tvalid, tready, tlast, tkeep } = this.#bus;
    tdata.value = value;
    tvalid.value = 1;
    if (tkeep) tkeep.value = -1;
    if (tlast) tlast.value = last ? 1 : 0;
    do await this.#tb.rising();
    while (!tready.value);
    tvalid.value = 0;
  }
}

describe.each(simulators)("agents on %s", (sim) => {
  test("a user's own agent beside the library's, all made with new", async () => {
    await run(fifo, { sim, maxCycles: 2000 }, async (tb) => {
      const source = new OneBeat(tb, "in");
      const sink = new AxisSink(tb, "out", { pause: 0.4 });
      const monitor = new AxisMonitor(tb, "out");
      const board = new Scoreboard<number[]>(tb);
      await tb.reset(tb.dut.aresetn, { active: 0 });
      expect(tb.inReset).toBe(false);
      for (let n = 0; n < 10; n++) {
        board.expect([n, n + 1]);
        await source.send(n, false);
        await source.send(n + 1, true);
        board.check((await sink.recv()).numbers);
      }
      board.end();
      expect(monitor.beats.count).toBe(20);
    });
  });

  test("two drivers, a missing port and the wrong side are refused by name", async () => {
    await run(fifo, { sim }, async (tb) => {
      new OneBeat(tb, "in");
      expect(() => new AxisSource(tb, "in")).toThrow(/source in: in_tvalid is already driven by one beat in/);
      expect(() => new OneBeat(tb, "in")).toThrow("one beat in: in_tdata is already driven by one beat in");
      expect(() => new OneBeat(tb, "nowhere")).toThrow(/pulse_fifo has no port nowhere_tdata; its ports are aclk/);
      expect(() => new OneBeat(tb, "out")).toThrow(/out_tdata is an output of pulse_fifo/);
    });
    await run(registers, { sim }, async (tb) => {
      const bus = new AxilMaster(tb, "s_axil");
      expect(() => tb.axilMaster("s_axil")).toThrow(/already driven by AXI4-Lite master s_axil/);
      await tb.reset(tb.signal("rst"));
      await bus.write(4, 7);
      expect(await bus.read(4)).toBe(7n);
    });
  });

  test("an agent's failure ends the run wherever it happens", async () => {
    const wrong = run(fifo, { sim, waves: "off" }, async (tb) => {
      const off = tb.clk.onEdge(() => {
        if (tb.cycle === 5) tb.fail(new RangeError("seen in an edge's function"));
      });
      await tb.cycles(100);
      off();
    });
    await expect(wrong).rejects.toThrow(/^seen in an edge's function/);
  });
});

describe("where Node cannot run microtasks at once", () => {
  const node = process as unknown as { _tickCallback?: unknown };
  const real = node._tickCallback;
  afterEach(() => {
    node._tickCallback = real;
    vi.restoreAllMocks();
  });
  // The order in which tasks wake up must not depend on it.
  const trace = async (sim: (typeof simulators)[number]): Promise<string[]> => {
    const seen: string[] = [];
    await run(fifo, { sim, initSeeds: { reason: "the trace is of one run" } }, async (tb) => {
      const source = tb.axisSource("in", { pause: 0.3 });
      const sink = tb.axisSink("out", { pause: 0.3 });
      await tb.reset(tb.dut.aresetn, { active: 0 });
      const steps = tb.start(async () => {
        for (let n = 0; n < 20; n++) {
          await tb.rising();
          await Promise.resolve();
          seen.push(`step ${tb.cycle}`);
        }
      });
      for (let n = 0; n < 5; n++) {
        source.sendNowait([n, n * n]);
        seen.push(`frame ${(await sink.recv()).numbers} in ${tb.cycle}`);
        await tb.timer(3);
        await tb.readOnly();
        seen.push(`settled at ${tb.time}`);
      }
      await new Promise((r) => setTimeout(r, 5));
      await steps.join();
    });
    return seen;
  };

  test.each(["missing", "without effect", "throwing"])("%s: the same bench in turns of the event loop", async (how) => {
    const fallbacks = {
      missing: undefined,
      "without effect": () => undefined,
      throwing: () => {
        throw new Error("gone");
      },
    };
    for (const sim of simulators) {
      node._tickCallback = real;
      const usual = await trace(sim);
      expect(await new Promise((r) => setImmediate(() => r(findDrain() !== undefined)))).toBe(true);
      node._tickCallback = fallbacks[how as keyof typeof fallbacks];
      expect(await new Promise((r) => setImmediate(() => r(findDrain())))).toBeUndefined();
      expect(await trace(sim)).toEqual(usual);
    }
  });

  test("hangs and failures are the same there", async () => {
    node._tickCallback = undefined;
    for (const sim of simulators) {
      const hang = run(fifo, { sim, maxCycles: 50, waves: "off" }, async (tb) => {
        for (;;) await tb.rising();
      });
      await expect(hang).rejects.toThrow(HangError);
      const inTime = await run(fifo, { sim, maxCycles: 50, waves: "off" }, (tb) => tb.cycles(50));
      expect(inTime.cycles).toBe(50);
      const broken = run(fifo, { sim, waves: "off" }, async (tb) => {
        const s: Signal = tb.dut.in_tdata;
        await tb.rising();
        s.value = 2 ** 40;
      });
      await expect(broken).rejects.toThrow(RangeError);
    }
  });
});
