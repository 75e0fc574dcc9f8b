import { describe, expect, test } from "vitest";
import { run, type Tb } from "../../lib/index.ts";
import { source } from "../arithmetic.ts";
import { type Simulator, shapesOn, simulators } from "../stream.ts";

/** What the receiver gives while `send` drives the line: bytes, and -1 for a broken one. */
async function received(
  sim: Simulator,
  clocksPerBit: number,
  send: (tb: Tb) => Promise<void>,
  file = source("uart_rx"),
): Promise<number[]> {
  const design = { top: "uart_rx", sources: [file], params: { CLKS_PER_BIT: clocksPerBit } };
  const { value } = await run(design, { sim, seed: 1, maxCycles: 100_000, waves: "off" }, async (tb) => {
    tb.signal("rxd").value = 1;
    await tb.reset(tb.signal("rst"));
    const seen: number[] = [];
    tb.start(async () => {
      for (;;) {
        await tb.rising();
        if (tb.signal("byte_valid").value) seen.push(tb.signal("byte_data").value);
        if (tb.signal("byte_broken").value) seen.push(-1);
      }
    });
    await tb.cycles(5);
    await send(tb);
    await tb.cycles(2 * clocksPerBit);
    return seen;
  });
  return value;
}
const bytes = [0x00, 0xff, 0x55, 0xaa, 0x01, 0x80, 0x7e];
const frames =
  (clocksPerBit: number, gap = 0, list: readonly number[] = bytes) =>
  async (tb: Tb): Promise<void> => {
    const line = tb.uartSource(tb.signal("rxd"), { clocksPerBit });
    for (const byte of list) {
      await line.send([byte]);
      if (gap) await tb.cycles(gap);
    }
  };

describe.each(simulators)("uart_rx on %s", (sim) => {
  test.each(shapesOn(sim, [4, 5, 16, 104]))("%i clocks a bit, back to back and with pauses", async (clocksPerBit) => {
    expect(await received(sim, clocksPerBit, frames(clocksPerBit))).toEqual(bytes);
    expect(await received(sim, clocksPerBit, frames(clocksPerBit, 7))).toEqual(bytes);
  });
  test.each(shapesOn(sim, [-3, 3]))("a sender %i percent off in rate", async (percent) => {
    expect(await received(sim, 100, frames(100 + percent))).toEqual(bytes);
  });
  test("a disturbance shorter than half a bit is no byte", async () => {
    const disturbed = async (tb: Tb): Promise<void> => {
      tb.signal("rxd").value = 0;
      await tb.cycles(7);
      tb.signal("rxd").value = 1;
      await tb.cycles(20);
      await frames(16)(tb);
    };
    expect(await received(sim, 16, disturbed)).toEqual(bytes);
  });
  test("a byte without stop bit is broken, and the line's rest is waited for", async () => {
    const spoilt = async (tb: Tb): Promise<void> => {
      const line = tb.uartSource(tb.signal("rxd"), { clocksPerBit: 16 });
      await line.send([0x12]);
      await line.send([0x34], "framing");
      await tb.cycles(12 * 16);
      await line.send([0x56]);
    };
    const seen = await received(sim, 16, spoilt);
    expect(seen.filter((v) => v >= 0)).toEqual([0x12, 0x56]);
    expect(seen[1]).toBe(-1);
  });
});

test.each([
  { name: "the middle of a bit is its start", from: "CLKS_PER_BIT/2 - 1", to: "0" },
  { name: "the top bit first", from: "{level, shift[8:1]}", to: "{shift[7:0], level}" },
  { name: "any low level is a start bit", from: "(left == 4'd9 && level)", to: "1'b0" },
  { name: "the stop bit is not looked at", from: "left == 4'd0 && level;", to: "left == 4'd0;" },
])("uart_rx, mutant: $name", async ({ from, to }) => {
  const file = source("uart_rx", { from, to });
  const mixed = async (tb: Tb): Promise<void> => {
    tb.signal("rxd").value = 0;
    await tb.cycles(5);
    tb.signal("rxd").value = 1;
    await tb.cycles(200);
    const line = tb.uartSource(tb.signal("rxd"), { clocksPerBit: 16 });
    for (const byte of bytes) await line.send([byte]);
    await line.send([0x34], "framing");
  };
  expect(await received("icarus", 16, mixed, file)).not.toEqual([...bytes, -1]);
  expect(await received("icarus", 16, mixed)).toEqual([...bytes, -1]);
});
