import { join } from "node:path";
import { expect, test } from "vitest";
import { type Design, run, simulators } from "../lib/index.ts";

const design: Design = {
  top: "axis_fifo",
  sources: [join(import.meta.dirname, "../../templates/axis_fifo.v")],
  params: { WIDTH: 8, DEPTH: 4 },
};

test.each(simulators)("frames, %s", async (sim) => {
  await run(design, { sim, maxCycles: 1000 }, async (tb) => {
    const source = tb.axisSource("s_axis");
    const sink = tb.axisSink("m_axis");
    await tb.reset(tb.signal("rst"));
    await source.send([1, 2, 3]);
    expect((await sink.recv()).numbers).toEqual([1, 2, 3]);
  });
});
