import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Design, run, simulators, stallCorners } from "../lib/index.ts";

const fifo: Design = {
  top: "pulse_fifo",
  sources: [join(import.meta.dirname, "../lib/fixtures/pulse_fifo.sv")],
  params: { DataWidth: 32, Depth: 8 },
  clocks: [{ name: "aclk", period: 4 }],
};

describe.each(simulators)("a FIFO on %s", (sim) => {
  test.each(stallCorners)("passes frames on, $name", async (corner) => {
    await run(fifo, { sim, name: `fifo ${corner.name}`, maxCycles: 20_000 }, async (tb) => {
      const source = tb.axisSource("in", { pause: corner.source });
      const sink = tb.axisSink("out", { pause: corner.sink });
      tb.protocolCheck("out");
      const board = tb.scoreboard<number[]>({ name: "frames" });
      await tb.reset(tb.signal("aresetn"), { active: 0 });

      tb.start(async () => {
        for (let n = 0; n < 50; n++) {
          const frame = Array.from({ length: tb.rand.int(1, 20) }, () => tb.rand.u32());
          board.expect(frame);
          await source.send(frame);
        }
      }, "sender");

      for (let n = 0; n < 50; n++) board.check((await sink.recv()).numbers);
      board.end();
      expect(sink.empty()).toBe(true);
    });
  });
});
