import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { AxilError, type Design, run, simulators, stallCorners } from "./index.ts";

const at = (f: string): string => join(import.meta.dirname, "fixtures", f);
const fifo = (DataWidth: number, Depth: number): Design => ({
  top: "pulse_fifo",
  sources: [at("pulse_fifo.sv")],
  params: { DataWidth, Depth },
  clocks: [{ name: "aclk" }],
});

const cycles = new Map<string, number>();

describe.each(simulators)("models on %s", (sim) => {
  test.each(stallCorners)("a FIFO of somebody else, $name", async ({ name, source, sink }) => {
    const r = await run(fifo(1000, 4), { sim, seed: 5, maxCycles: 5000 }, async (tb) => {
      const s = tb.axisSource("in", { pause: source });
      const m = tb.axisSink("out", { pause: sink });
      const monitor = tb.axisMonitor("out", { check: { except: [10] } });
      const board = tb.scoreboard<{ tdata: bigint[]; tuser: bigint[]; tkeep: bigint[] }>();
      await tb.reset(tb.dut.aresetn!, { active: 0 });
      let beats = 0;
      for (let k = 0; k < 20; k++) {
        const n = tb.rand.int(1, 9);
        beats += n;
        const frame = {
          tdata: Array.from({ length: n }, () => tb.rand.bits(1000)),
          tuser: Array.from({ length: n }, () => tb.rand.bits(4)),
          tkeep: Array.from({ length: n }, () => tb.rand.bits(125)),
        };
        board.expect(frame);
        s.sendNowait(frame);
      }
      for (let k = 0; k < 20; k++) {
        const { tdata, tuser, tkeep } = await m.recv();
        board.check({ tdata, tuser, tkeep });
      }
      board.end();
      expect(monitor.beats.count).toBe(beats);
      expect(monitor.beats.last(beats - 1)).toBe(true);
      expect(monitor.beats.cycle(beats - 1)).toBe(tb.cycle);
    });
    // One meaning: both simulators take the same number of clocks.
    const other = cycles.get(name);
    if (other !== undefined) expect(r.cycles).toBe(other);
    cycles.set(name, r.cycles);
  });

  test("bytes, bulk beats, queues longer than the native ones, waiting and clearing", async () => {
    await run(fifo(32, 2), { sim, seed: 6, maxCycles: 50_000 }, async (tb) => {
      const s = tb.axisSource("in", { capacity: 16 });
      const m = tb.axisSink("out", { capacity: 16 });
      await tb.reset(tb.dut.aresetn!, { active: 0 });
      const bytes = Uint8Array.from({ length: 41 }, (_, k) => k * 7);
      s.sendNowait(bytes);
      expect((await m.recv()).bytes).toEqual(bytes);
      const words = Uint32Array.from({ length: 1000 }, () => tb.rand.u32());
      const last = Array.from({ length: 1000 }, (_, i) => i % 100 === 99);
      const sent = s.sendBeats(words, 1, last);
      expect(s.count()).toBe(1000);
      for (let f = 0; f < 10; f++)
        expect((await m.recv()).numbers).toEqual([...words.subarray(f * 100, f * 100 + 100)]);
      await sent;
      expect([s.idle(), m.empty(), m.idle()]).toEqual([true, true, true]);
      m.pause = true;
      s.sendNowait([1, 2, 3, 4, 5, 6]);
      await tb.cycles(20);
      expect(s.count()).toBe(4);
      s.clear();
      expect(s.count()).toBe(1);
      m.pause = false;
      await tb.cycles(10);
      s.sendNowait([7]);
      expect((await m.recv()).numbers).toEqual([1, 2, 3, 7]);
    });
  });

  test("what a reset cuts off is forgotten by those who are told to", async () => {
    await run(fifo(32, 2), { sim, seed: 6, maxCycles: 5000 }, async (tb) => {
      const s = tb.axisSource("in");
      const m = tb.axisSink("out");
      const monitor = tb.axisMonitor("out");
      await tb.reset(tb.dut.aresetn!, { active: 0 });
      s.sendNowait([1, 2, 3, 4, 5, 6]);
      await monitor.waitBeats(3);
      const over = tb.reset(tb.dut.aresetn!, { active: 0 });
      await tb.cycles(2);
      for (const agent of [s, m, monitor]) agent.clear();
      await over;
      expect([s.idle(), m.idle(), monitor.beats.count]).toEqual([true, true, 0]);
      s.sendNowait([7, 8]);
      await monitor.waitBeats(2);
      expect((await m.recv()).numbers).toEqual([7, 8]);
      expect(monitor.data).toEqual([7n, 8n]);
    });
  });

  test("pauses of one's own", async () => {
    const r = await run(fifo(8, 2), { sim, seed: 6 }, async (tb) => {
      const s = tb.axisSource("in");
      const m = tb.axisSink("out", {
        pause: (function* () {
          for (let k = 0; ; k++) yield k % 4 !== 3;
        })(),
      });
      await tb.reset(tb.dut.aresetn!, { active: 0 });
      s.sendNowait([1, 2, 3, 4, 5, 6]);
      const f = await m.recv();
      return Array.from({ length: 5 }, (_, i) => f.cycle(i + 1) - f.cycle(i));
    });
    expect(r.value).toEqual([4, 4, 4, 4, 4]);
  });

  test.each([
    ["a hole", [0b1111n, 0b1011n]],
    ["a beat that lacks bytes before the last", [0b0111n, 0b1111n]],
    ["no byte at all", [0b1111n, 0n]],
  ])("tkeep with %s breaks rule 10, which may be excepted", async (_, tkeep) => {
    const send = (except: number[]) =>
      run(fifo(32, 2), { sim, waves: "off", maxCycles: 1000 }, async (tb) => {
        const s = tb.axisSource("in");
        const m = tb.axisSink("out");
        tb.protocolCheck("out", { except });
        await tb.reset(tb.dut.aresetn!, { active: 0 });
        s.sendNowait({ tdata: [1, 2], tkeep });
        return (await m.recv()).tkeep;
      });
    await expect(send([])).rejects.toMatchObject({ name: "ProtocolError", rule: 10, stream: "out" });
    expect((await send([10])).value).toEqual(tkeep);
  });

  test("AXI4-Lite", async () => {
    await run(
      { top: "lite_regs", sources: [at("lite_regs.v")] },
      { sim, maxCycles: 1000, waves: "off" },
      async (tb) => {
        const bus = tb.axilMaster("s_axil");
        await tb.reset(tb.dut.rst!);
        for (let k = 0; k < 4; k++) await bus.write(4 * k, 0x11111111 * (k + 1));
        await bus.write(4, 0xffffffff, 0b0101);
        expect(await Promise.all([0, 4, 8, 12].map((a) => bus.read(a)))).toEqual([
          0x11111111n,
          0x22ff22ffn,
          0x33333333n,
          0x44444444n,
        ]);
        await expect(bus.read(0x40)).rejects.toThrow(AxilError);
        await expect(bus.write(0x80, 1)).rejects.toThrow(/s_axil: write of 0x80: the answer is SLVERR/);
      },
    );
  });
});
