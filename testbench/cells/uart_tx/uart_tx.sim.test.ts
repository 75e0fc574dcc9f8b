import { describe, expect, test } from "vitest";
import { run, stallCorners } from "../../lib/index.ts";
import { source } from "../arithmetic.ts";
import { type Simulator, shapesOn, simulators } from "../stream.ts";

const bytes = [0x00, 0xff, 0x55, 0xaa, 0x01, 0x80, 0x7e];

async function check(sim: Simulator, clocksPerBit: number, idle: number, file = source("uart_tx")) {
  const design = { top: "uart_tx", sources: [file], params: { CLKS_PER_BIT: clocksPerBit } };
  await run(design, { sim, seed: 1, maxCycles: 50_000, waves: "off" }, async (tb) => {
    const from = tb.axisSource("s_axis", { pause: idle });
    await tb.reset(tb.signal("rst"));
    expect(tb.signal("txd").value, "the line rests").toBe(1);
    // The level in every clock, so that a bit of a clock too many or too few is seen.
    const levels: number[] = [];
    tb.start(async () => {
      for (;;) {
        await tb.rising();
        levels.push(tb.signal("txd").value);
      }
    });
    const line = tb.uartSink(tb.signal("txd"), { clocksPerBit });
    void from.send(bytes.map(BigInt));
    for (const byte of bytes) expect(await line.recv()).toBe(byte);
    await tb.cycles(3 * clocksPerBit);
    expect(line.count()).toBe(0);
    expect(levels.at(-1), "the line rests").toBe(1);
    if (idle > 0) return;
    const sent = bytes.flatMap((b) => [0, ...Array.from({ length: 8 }, (_, k) => (b >> k) & 1), 1]);
    const first = levels.indexOf(0);
    const wanted = sent.flatMap((level, i) => {
      // A byte is taken in the clock behind the stop bit of the one before.
      const taken = i % 10 === 9 ? 1 : 0;
      return Array<number>(clocksPerBit + taken).fill(level);
    });
    expect(levels.slice(first, first + wanted.length)).toEqual(wanted);
  });
}

describe.each(simulators)("uart_tx on %s", (sim) => {
  test.each(shapesOn(sim, [2, 3, 16, 104]))(
    "%i clocks a bit, in the stall corners of its only stream",
    async (clocksPerBit) => {
      for (const idle of new Set(stallCorners.map((c) => c.source))) await check(sim, clocksPerBit, idle);
    },
  );
});

test.each([
  { name: "nine bits", from: "left  <= 4'd10", to: "left  <= 4'd9" },
  { name: "a bit is a clock longer", from: "BIT_LAST   = CLKS_PER_BIT - 1", to: "BIT_LAST   = CLKS_PER_BIT" },
  { name: "no start bit", from: "{s_axis_tdata, 1'b0}", to: "{1'b1, s_axis_tdata}" },
  { name: "bytes are taken at any time", from: "s_axis_tready = left == 4'd0", to: "s_axis_tready = 1'b1" },
])("uart_tx, mutant: $name", async ({ from, to }) => {
  await expect(check("icarus", 16, 0, source("uart_tx", { from, to }))).rejects.toThrow();
});
