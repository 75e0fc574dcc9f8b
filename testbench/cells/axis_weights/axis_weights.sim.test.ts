import { describe, expect, test } from "vitest";
import { Rand, run, stallCorners } from "../../lib/index.ts";
import { type Fault, sources } from "../arithmetic.ts";
import { type Simulator, simulators } from "../stream.ts";

/** Beats and words of random data: each beat with its word, in order; starved in just those clocks. */
async function check(sim: Simulator, source: number, sink: number, files = sources("axis_weights")): Promise<void> {
  const rand = new Rand(5);
  const n = 200;
  const beats = Array.from({ length: n }, () => rand.bits(9));
  const words = Array.from({ length: n }, () => rand.bits(13));
  const design = { top: "axis_weights", sources: [...files], params: { WIDTH: 9, W_BITS: 13 } };
  await run(design, { sim, seed: 2, maxCycles: 20_000 }, async (tb) => {
    const s = (name: string) => tb.signal(name);
    const taps = tb.axisSource("s0_axis", { pause: source });
    const weights = tb.axisSource("s1_axis", { pause: source });
    tb.axisSink("m_axis", { pause: sink });
    const out = tb.axisMonitor("m_axis", { check: {} });
    await tb.reset(s("rst"));
    const met: bigint[] = [];
    let taken = false;
    tb.clk.onEdge(() => {
      if (taken) met.push(s("word").big);
      taken = s("m_axis_tvalid").value === 1 && s("m_axis_tready").value === 1;
      const starved = s("s0_axis_tvalid").value === 1 && s("s1_axis_tvalid").value === 0;
      expect(s("starved").value).toBe(starved ? 1 : 0);
    });
    taps.sendNowait(beats);
    weights.sendNowait(words);
    await tb.until(() => out.beats.count >= n);
    await tb.cycles(5);
    expect(out.beats.count).toBe(n);
    expect(beats.map((_, i) => out.beats.big(i))).toEqual(beats);
    expect(met).toEqual(words);
    expect(out.beats.last(n - 1)).toBe(true);
    if (source === 0 && sink === 0) expect(out.beats.cycle(n - 1) - out.beats.cycle(0), "a beat a clock").toBe(n - 1);
  });
}

test.each(simulators)("axis_weights on %s", async (sim) => {
  for (const { source, sink } of stallCorners) await check(sim, source, sink);
});

describe("axis_weights, mutant:", () => {
  test.each<Fault & { name: string }>([
    { name: "a beat without weights", from: "s0_axis_tvalid && s1_axis_tvalid;", to: "s0_axis_tvalid;" },
    {
      name: "the word of an earlier beat",
      from: "always @(posedge clk) word",
      to: "always @(posedge clk) if (!m_axis_tready) word",
    },
    {
      name: "weights are lost",
      from: "s1_axis_tready = s0_axis_tvalid && m_axis_tready",
      to: "s1_axis_tready = m_axis_tready",
    },
    { name: "starves for nothing", from: "&& !s1_axis_tvalid && !rst", to: "&& !rst" },
  ])("$name", async ({ from, to }) => {
    const runs = async () => {
      for (const { source, sink } of stallCorners)
        await check("icarus", source, sink, sources("axis_weights", { from, to }));
    };
    await expect(runs()).rejects.toThrow();
  });
});
