import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Design, run, simulators, TimeoutError, UnknownValueError } from "./index.ts";

const fixtures = join(import.meta.dirname, "fixtures");
const clocks: Design = {
  top: "two_clocks",
  sources: [join(fixtures, "two_clocks.v")],
  clocks: [
    { name: "clk", period: 10 },
    { name: "clk_b", period: 7 },
  ],
};

describe.each(simulators)("triggers on %s", (sim) => {
  test("two clocks, edges, timers and the read-only phase", async () => {
    const r = await run(clocks, { sim, seed: 1 }, async (tb) => {
      const { wide, wide_q, wide_not, count_a, count_b, seen_falling, small__odd, small_sum } = tb.dut as Record<
        string,
        never
      >;
      const s = {
        wide,
        wide_q,
        wide_not,
        count_a,
        count_b,
        seen_falling,
        small__odd,
        small_sum,
      } as unknown as typeof tb.dut;
      const trace: (number | bigint | string)[] = [];
      await tb.reset(tb.dut.rst!, { cycles: 3 });
      await tb.rising();
      trace.push(tb.time, s.count_a!.value, tb.cycle);
      const big = (1n << 99n) | 5n;
      s.wide!.value = big;
      s.small__odd!.value = -3;
      await tb.readOnly();
      expect(() => s.wide!.write(1)).toThrow(/read-only/);
      expect(s.wide_not!.big).toBe(((1n << 100n) - 1n) ^ big);
      expect(s.small_sum!.signed).toBe(-2);
      trace.push(s.count_a!.value);
      await tb.falling();
      trace.push(tb.time, s.count_a!.value);
      await tb.rising();
      trace.push(s.seen_falling!.value, s.count_a!.value);
      await tb.rising();
      expect(s.wide_q!.big).toBe(big);
      expect(() => s.wide_q!.value).toThrow(/\.big/);
      await tb.timer(13.5);
      trace.push(tb.time, s.count_a!.value, s.count_b!.value);
      await tb.clocks.clk_b!.cycles(10);
      trace.push(tb.time, s.count_b!.value, tb.clocks.clk_b!.cycle);
      await tb.until(() => s.count_a!.value === 40);
      trace.push(tb.time);
      return trace;
    });
    expect(r.value).toEqual([35, 0, 4, 1, 40, 1, 6, 1, 68.5, 4, 6, 136.5, 15, 20, 435]);
    expect(r.cycles).toBe(44);
  });

  test("first, all, timeouts, tasks that are joined and killed", async () => {
    const r = await run(clocks, { sim }, async (tb) => {
      await tb.reset(tb.dut.rst!);
      const seen: string[] = [];
      const loser = tb.start(async () => {
        try {
          for (;;) await tb.rising();
        } finally {
          seen.push(`killed in ${tb.cycle}`);
        }
      }, "loser");
      const worker = tb.start(async () => {
        await tb.cycles(5);
        return 42;
      });
      expect(await tb.join(worker)).toBe(42);
      expect(worker.done).toBe(true);
      seen.push(
        String(
          await tb.first(
            tb.timer(1000).then(() => "timer"),
            tb.cycles(2).then(() => "cycles"),
          ),
        ),
      );
      tb.kill(loser);
      await tb.all(tb.cycles(3), tb.timer(5));
      await expect(
        tb.withTimeout(
          tb.until(() => false),
          50,
        ),
      ).rejects.toThrow(TimeoutError);
      seen.push(`end in ${tb.cycle}`);
      return seen;
    });
    expect(r.value).toEqual(["cycles", "killed in 11", "end in 19"]);
  });

  test("an unknown value throws on Icarus and differs by seed on Verilator", async () => {
    const values = new Set<number>();
    const r = await run(clocks, { sim, initSeeds: [1, 2, 3, 4, 5, 6, 7, 8], waves: "off" }, async (tb) => {
      await tb.rising();
      if (sim === "icarus") {
        expect(tb.dut.never_set!.isX).toBe(true);
        expect(tb.dut.never_set!.bits).toBe("x");
        expect(() => tb.dut.never_set!.value).toThrow(UnknownValueError);
      } else values.add(tb.dut.never_set!.value);
    });
    if (sim === "verilator") expect([values.size, r.initSeeds.length]).toEqual([2, 8]);
  });

  test("misuse is refused with a sentence", async () => {
    await run(clocks, { sim }, async (tb) => {
      expect(() => tb.dut.wdie).toThrow(/no port wdie; its ports are clk, clk_b, rst, wide/);
      expect(() => tb.dut.wide_q!.write(1)).toThrow(/is an output/);
      expect(() => tb.dut.clk!.write(1)).toThrow(/clock that the library drives/);
      expect(() => tb.dut.small__odd!.write(32)).toThrow(/does not fit/);
      expect(() => tb.axisSource("s_axis")).toThrow(/no port s_axis_tvalid/);
    });
  });
});
