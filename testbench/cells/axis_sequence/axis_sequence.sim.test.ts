import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Rand, run, stallCorners } from "../../lib/index.ts";
import { source } from "../arithmetic.ts";
import { type Simulator, shapesOn, simulators } from "../stream.ts";

/** Beats of each input's frame, in every round. */
const rounds = [
  [3, 1, 4],
  [1, 1, 1],
  [1, 6, 2],
];

async function check(sim: Simulator, width: number, idle: number, stall: number, file = source("axis_sequence")) {
  const rand = new Rand(width);
  const frames = rounds.map((beats) => beats.map((n) => Array.from({ length: n }, () => rand.bits(width))));
  const design = {
    top: "sequence_bench",
    sources: [file, join(import.meta.dirname, "sequence_bench.v")],
    params: { WIDTH: width },
  };
  await run(design, { sim, seed: 3, maxCycles: 2000, waves: "off" }, async (tb) => {
    const inputs = [0, 1, 2].map((i) => tb.axisSource(`s${i}_axis`, { pause: idle }));
    const sink = tb.axisSink("m_axis", { pause: stall });
    tb.protocolCheck("m_axis");
    await tb.reset(tb.signal("rst"));
    for (const round of frames) for (const [i, frame] of round.entries()) inputs[i]!.sendNowait(frame);
    const clocks: number[] = [];
    for (const [r, round] of frames.entries()) {
      const got = await sink.recv();
      expect(got.tdata, `round ${r}`).toEqual(round.flat());
      for (let beat = 0; beat < got.length; beat++) clocks.push(got.cycle(beat));
    }
    await tb.cycles(20);
    expect(tb.signal("m_axis_tvalid").value, "no beat too many").toBe(0);
    if (idle + stall === 0) expect(clocks.at(-1)! - clocks[0]!, "one beat a clock").toBe(clocks.length - 1);
  });
}

describe.each(simulators)("axis_sequence on %s", (sim) => {
  test.each(shapesOn(sim, [1, 8, 40]))("%i bits, four stall corners", async (width) => {
    for (const corner of stallCorners) await check(sim, width, corner.source, corner.sink);
  });
});

test.each([
  { name: "an input's frame has one beat", from: "turn & s_axis_tlast", to: "turn" },
  { name: "tlast of the first input", from: "m_axis_tlast  = ends[N-1]", to: "m_axis_tlast  = ends[0]" },
  {
    name: "every input moves",
    from: "s_axis_tready = turn & {N{m_axis_tready}}",
    to: "s_axis_tready = {N{m_axis_tready}}",
  },
  { name: "a beat that waits counts", from: "m_axis_tvalid && m_axis_tready && ends", to: "m_axis_tvalid && ends" },
])("axis_sequence, mutant: $name", async ({ from, to }) => {
  const file = source("axis_sequence", { from, to });
  await expect(check("icarus", 8, 0, 0.4, file)).rejects.toThrow();
});
