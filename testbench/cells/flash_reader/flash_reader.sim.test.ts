import { describe, expect, test } from "vitest";
import { Rand, run } from "../../lib/index.ts";
import { type Fault, source } from "../arithmetic.ts";
import { type Simulator, shapesOn, simulators } from "../stream.ts";

const ADDRESS = 0xa5c3f1;
const WAKE = 20;

async function check(sim: Simulator, HALF: number, stall: number, file = source("flash_reader")) {
  const rand = new Rand(HALF);
  const contents = Uint8Array.from({ length: 300 }, () => Number(rand.bits(8)));
  const design = { top: "flash_reader", sources: [file], params: { ADDRESS, HALF, WAKE } };
  await run(design, { sim, seed: 4, maxCycles: 60_000, waves: "off" }, async (tb) => {
    const s = (name: string) => tb.signal(name);
    s("stop").value = 0;
    s("m_axis_tready").value = 0;
    const flash = tb.spiFlash("flash", { contents, at: ADDRESS - 2, wakeClocks: WAKE });
    await tb.reset(s("rst"));
    const take = async (n: number): Promise<number[]> => {
      const got: number[] = [];
      while (got.length < n) {
        const ready = tb.rand.int(1, 100) > 100 * stall;
        s("m_axis_tready").value = ready ? 1 : 0;
        await tb.cycles(1);
        if (ready && s("m_axis_tvalid").value === 1) got.push(s("m_axis_tdata").value);
      }
      s("m_axis_tready").value = 0;
      return got;
    };
    expect(await take(50)).toEqual([...contents.subarray(2, 52)]);
    // The flash waits as long as nobody takes its byte.
    await tb.cycles(200);
    const { reads } = flash;
    await tb.cycles(200);
    expect(flash.reads).toBe(reads);
    if (stall === 0) {
      const before = flash.reads;
      const clocks = 10 * (16 * HALF + 1);
      s("m_axis_tready").value = 1;
      await tb.cycles(clocks);
      expect(flash.reads - before, "bytes in the clocks of ten").toBe(10);
      s("m_axis_tready").value = 0;
    } else expect(await take(30)).toEqual([...contents.subarray(52, 82)]);
    await tb.cycles(40 * HALF);
    expect(s("m_axis_tvalid").value).toBe(1);
    expect(s("busy").value).toBe(1);
    s("stop").value = 1;
    await tb.cycles(1);
    expect(s("m_axis_tvalid").value, "withdrawn").toBe(0);
    s("stop").value = 0;
    await tb.cycles(2);
    expect([s("busy").value, s("flash_cs_n").value, s("flash_sck").value, s("m_axis_tvalid").value]).toEqual([
      0, 1, 0, 0,
    ]);
    await tb.cycles(100);
    expect(flash.commands).toEqual([0xab, 0x03]);
    // A reset begins again, also where the flash is awake, or cut in the middle of a read.
    for (let resets = 1; resets <= 2; resets++) {
      await tb.reset(s("rst"));
      expect(await take(5)).toEqual([...contents.subarray(2, 7)]);
      expect(flash.commands.slice(2 * resets)).toEqual([0xab, 0x03]);
    }
  });
}

describe.each(simulators)("flash_reader on %s", (sim) => {
  test.each(shapesOn(sim, [1, 3]))("half a period of %i clocks", async (half) => {
    for (const stall of [0, 0.6]) await check(sim, half, stall);
  });
});

test.each<Fault & { name: string }>([
  { name: "the flash sleeps on", from: "RELEASE   = 8'hab", to: "RELEASE   = 8'haa" },
  {
    name: "it is asked too early",
    from: "state <= WAITING;\n                wake  <= WAKE[WAKE_BITS-1:0]",
    to: "state <= WAITING;\n                wake  <= 1",
  },
  {
    name: "a read that was cut goes on",
    from: "state <= RESTING;\n            count",
    to: "state <= WAKING;\n            count",
  },
  { name: "another command", from: "{8'h03, ADDRESS[23:0]}", to: "{8'h0b, ADDRESS[23:0]}" },
  { name: "a bit of the address less", from: "count <= 5'd31", to: "count <= 5'd30" },
  { name: "the lowest bit first", from: "{shift[6:0], flash_miso}", to: "{flash_miso, shift[7:1]}" },
  {
    name: "sck goes on while a byte waits",
    from: "if (selected && !valid && tick) flash_sck",
    to: "if (selected && tick) flash_sck",
  },
  { name: "stop is not heard", from: "if (stop && state == READING)", to: "if (1'b0)" },
  { name: "a byte stays offered", from: "valid && !stop", to: "valid" },
])("flash_reader, mutant: $name", async ({ from, to }) => {
  const runs = async () => {
    for (const stall of [0, 0.6]) await check("icarus", 1, stall, source("flash_reader", { from, to }));
  };
  await expect(runs()).rejects.toThrow();
});
