import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { run } from "../../lib/index.ts";
import { type Fault, sources } from "../arithmetic.ts";
import { type Simulator, shapesOn, simulators } from "../stream.ts";

const WEIGHTS = 0x38;
const LAST = 0x3c;
const CONTROL = 0x10;
const FULL = 0x80;

/** Words over the bus beside accesses of axil_control, a sink that rests, words that come too early or in parts. */
async function check(sim: Simulator, stall: number, files = sources("axil_weights")): Promise<void> {
  const design = {
    top: "window",
    sources: [...sources("axil_control"), ...files, join(import.meta.dirname, "window.v")],
    params: {},
  };
  await run(design, { sim, seed: 9, maxCycles: 60_000 }, async (tb) => {
    const bus = tb.axilMaster("s_axil");
    const sink = tb.axisSink("m_axis", { pause: stall });
    tb.signal("status").value = 0x21;
    await tb.reset(tb.signal("rst"));
    const read = async (address: number) => Number(await bus.read(address));
    const free = async () => {
      while ((await read(WEIGHTS)) & FULL);
    };
    for (const length of [1, 2, 9]) {
      const words = Array.from({ length }, () => tb.rand.bits(32));
      for (const [i, w] of words.entries()) {
        await free();
        await bus.write(i === length - 1 ? LAST : WEIGHTS, Number(w));
        // What goes elsewhere is no word.
        if (tb.rand.bool(0.3)) await bus.write(0x14, 77);
      }
      expect((await sink.recv()).tdata).toEqual(words);
    }
    expect(await read(WEIGHTS)).toBe(0x21);
    expect(await read(LAST), "the upper word reads as zero").toBe(0);
    expect(await read(0x00), "other registers are as they were").toBe(0x41444e54);
    expect(await read(CONTROL)).toBe(0);
    // While a word waits the next one is lost, and the bus answers.
    sink.pause = true;
    await tb.cycles(3);
    await bus.write(WEIGHTS, 5);
    await tb.cycles(2);
    expect(await read(WEIGHTS)).toBe(FULL | 0x21);
    await bus.write(LAST, 6);
    sink.pause = false;
    await free();
    await bus.write(LAST, 7);
    expect((await sink.recv()).tdata).toEqual([5n, 7n]);
    // A reset of the accelerator forgets the word that waits.
    sink.pause = true;
    await tb.cycles(3);
    await bus.write(WEIGHTS, 8);
    await bus.write(CONTROL, 1);
    await tb.cycles(4);
    expect(await read(WEIGHTS)).toBe(0x21);
    await bus.write(CONTROL, 0);
    sink.pause = false;
    await bus.write(LAST, 9);
    expect((await sink.recv()).tdata).toEqual([9n]);
  });
}

describe.each(simulators)("axil_weights on %s", (sim) => {
  test.each(shapesOn(sim, [0, 0.6]))("beside axil_control, the sink resting %f", (stall) => check(sim, stall));
});

test.each<Fault & { name: string }>([
  { name: "takes every address", from: "put       = both && done_own", to: "put       = both" },
  { name: "overwrites what waits", from: "whole && !m_axis_tvalid", to: "whole" },
  { name: "never the last word", from: "m_axis_tlast  <= done_last", to: "m_axis_tlast  <= 1'b0" },
  { name: "full is not seen", from: "{24'd0, m_axis_tvalid, status}", to: "{25'd0, status}" },
  { name: "answers for other registers", from: "rdata <= read_here ?", to: "rdata <= 1'b1 ?" },
  { name: "keeps a word through a reset", from: "if (rst || hold) m_axis_tvalid", to: "if (rst) m_axis_tvalid" },
])("axil_weights, mutant: $name", async ({ from, to }) => {
  await expect(check("icarus", 0.6, sources("axil_weights", { from, to }))).rejects.toThrow();
});
