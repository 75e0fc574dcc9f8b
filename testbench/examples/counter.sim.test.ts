import { join } from "node:path";
import { expect, test } from "vitest";
import { type Design, run, simulators } from "../lib/index.ts";

const counter: Design<"rst" | "enable" | "count"> = {
  top: "counter",
  sources: [join(import.meta.dirname, "counter.v")],
  params: { W: 4 },
};

test.each(simulators)("counts while enabled, %s", async (sim) => {
  await run(counter, { sim, maxCycles: 200 }, async (tb) => {
    const { rst, enable, count } = tb.dut;
    enable.value = 0;
    await tb.reset(rst, { cycles: 2 });

    enable.value = 1;
    await tb.cycles(5);
    enable.value = 0;
    await tb.readOnly();
    expect(count.value).toBe(5);

    await tb.rising();
    enable.value = 1;
    await tb.withTimeout(
      tb.until(() => count.value === 15),
      1000,
    );
    await tb.rising();
    expect(count.value).toBe(0);
  });
});
