import { describe, expect, test } from "vitest";
import { Rand, run, stallCorners, type Tb } from "../../lib/index.ts";
import { source } from "../arithmetic.ts";
import { type Simulator, shapesOn, simulators } from "../stream.ts";

interface Shape {
  BYTES: number;
  IDLE: number;
}

/** A byte for one clock, then `pause` clocks without one. */
async function give(tb: Tb, byte: number, pause: number): Promise<void> {
  tb.signal("byte_data").value = byte;
  tb.signal("byte_valid").value = 1;
  await tb.cycles(1);
  tb.signal("byte_valid").value = 0;
  // What stands there while no byte is given means nothing.
  tb.signal("byte_data").value = ~byte & 0xff;
  await tb.cycles(pause);
}

/** Three frames with pauses of up to IDLE clocks between bytes; before the second, parts that must be discarded. */
async function check(sim: Simulator, shape: Shape, stall: number, pause: number, file = source("serial_frame")) {
  const { BYTES, IDLE } = shape;
  const rand = new Rand(BYTES);
  const frames = Array.from({ length: 3 }, () => Array.from({ length: BYTES }, () => Number(rand.bits(8))));
  const design = { top: "serial_frame", sources: [file], params: { BYTES, IDLE } };
  await run(design, { sim, seed: 2, maxCycles: 100_000, waves: "off" }, async (tb) => {
    for (const name of ["byte_data", "byte_valid", "byte_broken"]) tb.signal(name).value = 0;
    const sink = tb.axisSink("m_axis", { pause: stall });
    tb.protocolCheck("m_axis", { frameBeats: BYTES });
    await tb.reset(tb.signal("rst"));
    const frame = async (f: number): Promise<void> => {
      for (const byte of frames[f]!) await give(tb, byte, pause);
      expect((await sink.recv()).numbers, `frame ${f}`).toEqual(frames[f]);
      await tb.cycles(2);
      expect(tb.signal("busy").value, `after frame ${f}`).toBe(0);
    };
    await frame(0);
    if (BYTES > 1) {
      await give(tb, 0x11, 0);
      expect(tb.signal("busy").value).toBe(0);
      await tb.cycles(1);
      expect(tb.signal("busy").value, "a part has arrived").toBe(1);
      await tb.cycles(IDLE);
      expect(tb.signal("busy").value, "silence of IDLE clocks").toBe(1);
      await tb.cycles(1);
      expect(tb.signal("busy").value, "one clock more").toBe(0);
      await give(tb, 0x22, 1);
      tb.signal("byte_broken").value = 1;
      await tb.cycles(1);
      tb.signal("byte_broken").value = 0;
      await tb.cycles(2);
      expect(tb.signal("busy").value, "a broken byte").toBe(0);
    }
    await frame(1);
    await frame(2);
    await tb.cycles(10);
    expect(sink.empty(), "no frame too many").toBe(true);
  });
}

const shapes: Shape[] = [
  { BYTES: 1, IDLE: 1 },
  { BYTES: 5, IDLE: 20 },
  { BYTES: 64, IDLE: 6 },
];

describe.each(simulators)("serial_frame on %s", (sim) => {
  test.each(shapesOn(sim, shapes))("$BYTES bytes, $IDLE clocks of silence, in the stall corners", async (shape) => {
    for (const { source: idle, sink } of stallCorners) await check(sim, shape, sink, idle > 0 ? shape.IDLE : 0);
  });
});

test.each([
  { name: "silence is not noticed", from: "silence[IDLE_BITS])) begin", to: "1'b0)) begin" },
  { name: "a broken byte is kept", from: "(byte_broken || silence", to: "(1'b0 || silence" },
  { name: "silence a clock too early", from: "IDLE_LAST = IDLE - 1", to: "IDLE_LAST = IDLE - 2" },
  { name: "silence a clock too late", from: "IDLE_LAST = IDLE - 1", to: "IDLE_LAST = IDLE" },
  { name: "a byte leaves twice", from: "leaving && fetched && !pop", to: "leaving && fetched" },
  { name: "the frame does not end", from: "if (pop && last) leaving <= 1'b0;", to: "" },
])("serial_frame, mutant: $name", async ({ from, to }) => {
  const file = source("serial_frame", { from, to });
  await expect(check("icarus", { BYTES: 5, IDLE: 20 }, 0.3, 20, file)).rejects.toThrow();
});
