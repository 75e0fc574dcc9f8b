import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Design, run, simulators, type Tb, UartError } from "./index.ts";

const parities = ["none", "even", "odd"] as const;
const DIV = 10;
const echo = (parity: (typeof parities)[number]): Design => ({
  top: "uart_echo",
  sources: [join(import.meta.dirname, "fixtures/uart_echo.v")],
  params: { DIV, PARITY: parities.indexOf(parity) },
});
const counts = (tb: Tb): number[] => ["parity_errors", "stop_errors", "breaks"].map((name) => tb.signal(name).value);

describe.each(simulators)("UART on %s", (sim) => {
  test.each(parities)("bytes there and back, parity %s", async (parity) => {
    await run(echo(parity), { sim, maxCycles: 10_000, waves: "off" }, async (tb) => {
      const tx = tb.uartSource(tb.signal("rxd"), { clocksPerBit: DIV, parity });
      await tb.reset(tb.signal("rst"));
      const rx = tb.uartSink(tb.signal("txd"), { clocksPerBit: DIV, parity });
      const bytes = [0x00, 0x55, 0xfe, 0x7f, 0xff, 0x01];
      const sending = tx.send(bytes);
      for (const byte of bytes) expect(await rx.recv()).toBe((byte + 1) & 0xff);
      await sending;
      expect(counts(tb)).toEqual([0, 0, 0]);
    });
  });

  test.each(parities)("faults that the source makes, parity %s", async (parity) => {
    await run(echo(parity), { sim, maxCycles: 10_000, waves: "off" }, async (tb) => {
      const tx = tb.uartSource(tb.signal("rxd"), { clocksPerBit: DIV, parity });
      await tb.reset(tb.signal("rst"));
      const rx = tb.uartSink(tb.signal("txd"), { clocksPerBit: DIV, parity });
      await tx.send([0x40], "framing");
      if (parity === "none") expect(() => tx.send([0], "parity")).toThrow(/^rxd: without a parity bit/);
      else await tx.send([0x41, 0x43], "parity");
      await tx.sendBreak();
      await tx.send([0x10]);
      expect(await rx.recv()).toBe(0x11);
      expect(counts(tb)).toEqual([parity === "none" ? 0 : 2, 1, 1]);
    });
  });

  test.each(parities)("faults that the sink finds, parity %s", async (parity) => {
    const wanted: [string, string, number][] = [
      ["spoil_stop", "framing", 0x31],
      ["hold_low", "break", 0],
    ];
    if (parity !== "none") wanted.push(["spoil_parity", "parity", 0x31]);
    for (const [pin, kind, byte] of wanted) {
      const bench = (onError: "fail" | "record") => async (tb: Tb) => {
        const options = { clocksPerBit: DIV, parity };
        const tx = tb.uartSource(tb.signal("rxd"), options);
        await tb.reset(tb.signal("rst"));
        const rx = tb.uartSink(tb.signal("txd"), { ...options, onError });
        tb.signal(pin).value = 1;
        await tx.send([0x30]);
        await tb.cycles(15 * DIV);
        tb.signal(pin).value = 0;
        // After a break the byte that has waited for it comes.
        if (kind === "break") expect(await rx.recv()).toBe(0x31);
        await tx.send([0x50]);
        expect(await rx.recv()).toBe(0x51);
        expect(rx.errors.map((e) => [e.kind, e.byte])).toEqual([[kind, byte]]);
      };
      await run(echo(parity), { sim, maxCycles: 10_000, waves: "off" }, bench("record"));
      const failure = await run(echo(parity), { sim, maxCycles: 10_000, waves: "off" }, bench("fail")).catch(
        (e: unknown) => e,
      );
      expect(failure).toBeInstanceOf(UartError);
      expect((failure as Error).message).toMatch(
        {
          framing: /^txd: no stop bit after byte 0x31 in cycle \d+\n/,
          break: /^txd: a break instead of a frame: byte 0x0 in cycle \d+\n/,
          parity: /^txd: wrong parity of byte 0x31 in cycle \d+\n/,
        }[kind]!,
      );
    }
  });

  test("the receiver of this project: broken bytes, and a break as a row of them", async () => {
    const design: Design = {
      top: "uart_rx",
      sources: [join(import.meta.dirname, "../../templates/uart_rx.v")],
      params: { CLKS_PER_BIT: DIV },
    };
    await run(design, { sim, maxCycles: 10_000, waves: "off" }, async (tb) => {
      const tx = tb.uartSource(tb.signal("rxd"), { clocksPerBit: DIV });
      await tb.reset(tb.signal("rst"));
      const seen: string[] = [];
      tb.start(async () => {
        for (;;) {
          await tb.rising();
          if (tb.signal("byte_valid").value) seen.push(tb.signal("byte_data").value.toString(16));
          if (tb.signal("byte_broken").value) seen.push("broken");
        }
      });
      await tx.send([0xa5, 0x00]);
      await tx.send([0x3c], "framing");
      await tb.cycles(12 * DIV);
      await tx.send([0xff]);
      await tb.cycles(DIV);
      expect(seen.filter((s, i) => s !== "broken" || seen[i - 1] !== "broken")).toEqual(["a5", "0", "broken", "ff"]);
    });
  });
});
