// AXI4 agents: random traffic of a master through a design to the memory, with every rule of the check broken once.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { beatAddress } from "./axi4.ts";
import {
  AXI4_RULES,
  Axi4Checker,
  Axi4Error,
  Axi4Master,
  Axi4Memory,
  type Axi4MemoryOptions,
  Axi4ProtocolError,
  type Design,
  run,
  type SimulatorName,
  simulators,
  type Tb,
} from "./index.ts";

const fixtures = join(import.meta.dirname, "fixtures");
const pass = (FAULT: number): Design => ({
  top: "axi4_pass",
  sources: [join(fixtures, "axi4_pass.v")],
  params: { FAULT },
});
const copy = (IN_ORDER: number): Design => ({
  top: "axi4_copy",
  sources: [join(fixtures, "axi4_copy.v")],
  params: { IN_ORDER },
});

const hostile: Axi4MemoryOptions = { latency: [1, 40], reorder: true, interleave: true, outstanding: 8, pause: 0.4 };
const corners: [string, Axi4MemoryOptions, number][] = [
  ["at once", { latency: 0 }, 0],
  ["a slow master", { latency: 1 }, 0.5],
  ["a hostile memory", hostile, 0],
  ["both", hostile, 0.3],
];

/** Bursts of every kind in regions of their own, each written and read back, many at a time; and pieces of any length. */
async function traffic(tb: Tb, master: Axi4Master, memory: Axi4Memory, rounds: number): Promise<void> {
  const region = async (k: number): Promise<void> => {
    for (let n = 0; n < rounds; n++) {
      const burst = tb.rand.pick(["INCR", "WRAP", "FIXED"] as const);
      const beatBytes = tb.rand.pick([1, 2, 4, 8]);
      const beats = burst === "WRAP" ? tb.rand.pick([2, 4, 8, 16]) : tb.rand.int(1, 16);
      const offset = tb.rand.int(0, 1024);
      const address = 0x10000 * (k + 1) + (burst === "WRAP" ? offset - (offset % beatBytes) : offset);
      const shape = { id: tb.rand.int(0, 15), burst, beatBytes };
      const of = { ...shape, address, beats, exclusive: false };
      const at = (i: number): number => beatAddress(of, i);
      const length = (i: number): number => beatBytes - (at(i) % beatBytes);
      const data = Array.from({ length: beats }, (_, i) =>
        Uint8Array.from({ length: length(i) }, () => tb.rand.u32() & 255),
      );
      const strobes = data.map((d) => Array.from(d, () => tb.rand.bool(0.8)));
      const expected = new Map<number, number>();
      for (let i = 0; i < beats; i++)
        for (let b = 0; b < data[i]!.length; b++) {
          const place = at(i) + b;
          if (!expected.has(place)) expected.set(place, memory.read(place, 1)[0]!);
          if (strobes[i]![b]) expected.set(place, data[i]![b]!);
        }
      await master.writeBurst(address, data, { ...shape, strobes });
      for (const [place, byte] of expected) expect(memory.read(place, 1)[0]).toBe(byte);
      const back = await master.readBurst(address, beats, shape);
      for (let i = 0; i < beats; i++)
        expect([...back[i]!]).toEqual(Array.from(back[i]!, (_, b) => expected.get(at(i) + b)));
      // Any bytes, over boundaries of 4 KiB.
      const from = 0x10000 * (k + 1) + 4096 * tb.rand.int(1, 3) - tb.rand.int(0, 100);
      const bytes = Uint8Array.from({ length: tb.rand.int(1, 300) }, () => tb.rand.u32() & 255);
      const edges = [...memory.read(from - 1, 1), ...memory.read(from + bytes.length, 1)];
      await master.write(from, bytes, { id: shape.id, beatBytes });
      expect(await master.read(from, bytes.length, { id: shape.id })).toEqual(bytes);
      expect([...memory.read(from - 1, 1), ...memory.read(from + bytes.length, 1)]).toEqual(edges);
    }
  };
  await Promise.all([0, 1, 2].map((k) => tb.start(() => region(k), `region ${k}`).join()));
  expect([master.idle(), memory.idle()]).toEqual([true, true]);
}

const through = (
  fault: number,
  sim: SimulatorName,
  memory: Axi4MemoryOptions,
  pause: number,
  rounds: number,
  name: string,
) =>
  run(
    pass(fault),
    { sim, maxCycles: 60_000, name, waves: "off", initSeeds: { reason: "the design has no state to find" } },
    async (tb) => {
      // The checks come first, so that what they find is what is reported.
      const limits = { maxStall: 200, maxLatency: 2000 };
      const checks = [new Axi4Checker(tb, "s", limits), tb.axi4Check("m", limits)];
      const master = new Axi4Master(tb, "s", { pause });
      const ram = tb.axi4Memory("m", memory);
      await tb.reset(tb.signal("rst"), { cycles: 6 });
      await traffic(tb, master, ram, rounds);
      for (const c of checks) c.end();
      return ram.accesses;
    },
  );

describe.each(simulators)("AXI4 on %s", (sim) => {
  test.each(corners)("bursts of every kind arrive and come back, %s", async (name, memory, pause) => {
    const { value } = await through(0, sim, memory, pause, sim === "icarus" ? 3 : 12, `axi4 ${name}`);
    const kinds = new Set(value.map((a) => a.burst));
    expect([kinds.size, new Set(value.map((a) => a.id)).size > 3]).toEqual([3, true]);
  });

  test("a copier that takes answers in the order of its requests fails on a memory that reorders, and only there", async () => {
    const once = (inOrder: number, options: Axi4MemoryOptions, seed: number) =>
      run(
        copy(inOrder),
        { sim, seed, maxCycles: 5000, waves: "off", initSeeds: { reason: "many seeds" } },
        async (tb) => {
          const ram = new Axi4Memory(tb, "m_axi", options);
          const check = new Axi4Checker(tb, "m_axi");
          await tb.reset(tb.dut.rst!);
          tb.dut.from!.value = 0x1fe0;
          tb.dut.to!.value = 0x3000;
          tb.dut.start!.value = 1;
          await tb.until(() => tb.dut.done!.value);
          check.end();
          expect([ram.bytesRead, ram.bytesWritten]).toEqual([64, 64]);
          return Buffer.compare(ram.read(0x3000, 64), ram.read(0x1fe0, 64)) === 0 && tb.dut.failed!.value === 0;
        },
      ).then((r) => r.value);
    const outcomes: boolean[] = [];
    for (let seed = 0; seed < 6; seed++) {
      expect(await once(0, hostile, seed)).toBe(true);
      expect(await once(1, { latency: [1, 40], pause: 0.4 }, seed)).toBe(true);
      outcomes.push(await once(1, hostile, seed));
    }
    expect(outcomes).toContain(false);
  });

  test("errors on demand, and outside of the memory", async () => {
    await run(pass(0), { sim, maxCycles: 5000 }, async (tb) => {
      const master = tb.axi4Master("s");
      const ram = tb.axi4Memory("m", {
        base: 0x1000,
        size: 0x1000,
        respond: (a) => (a.kind === "write" && a.address === 0x1100 ? "SLVERR" : undefined),
      });
      await tb.reset(tb.signal("rst"));
      const before = ram.read(0x1100, 8);
      await expect(master.write(0x1100, [1, 2, 3])).rejects.toThrow("s: write of 0x1100: the answer is SLVERR");
      expect(ram.read(0x1100, 8)).toEqual(before);
      await expect(master.read(0x2000, 4)).rejects.toThrow(Axi4Error);
      await expect(master.read(0x1ff8, 16)).rejects.toThrow(/0x2000: the answer is DECERR/);
      await master.write(0x1ff8, [9]);
      expect(ram.accesses.at(-1)).toMatchObject({ kind: "write", address: 0x1ff8, beats: 1, burst: "INCR" });
    });
  });

  test("a beat that is an error carries noise, or what the memory holds", async () => {
    const bytes = [1, 2, 3, 4, 5, 6, 7, 8];
    const held = BigInt(
      `0x${[...bytes]
        .reverse()
        .map((b) => b.toString(16).padStart(2, "0"))
        .join("")}`,
    );
    for (const errorData of [false, true]) {
      const { value: seen } = await run(pass(0), { sim, maxCycles: 500 }, async (tb) => {
        const master = tb.axi4Master("s");
        const ram = tb.axi4Memory("m", { errorData, respondBeat: () => "SLVERR" });
        const beats: bigint[] = [];
        tb.clk.onEdge(() => {
          if (tb.signal("m_rvalid").value && tb.signal("m_rready").value) beats.push(tb.signal("m_rdata").big);
        });
        await tb.reset(tb.signal("rst"));
        ram.write(0x100, bytes);
        await expect(master.read(0x100, 8)).rejects.toThrow("the answer is SLVERR");
        return beats;
      });
      expect(seen.length).toBe(1);
      expect(seen[0] === held).toBe(errorData);
    }
  });

  test("a beat is kept back as long as asked, and no other one overtakes it", async () => {
    await run(pass(0), { sim, maxCycles: 500 }, async (tb) => {
      const master = tb.axi4Master("s");
      const ram = tb.axi4Memory("m", {
        holdBeat: ({ address }, beat) => address === 0x100 && beat === 2 && tb.cycle < 90,
      });
      await tb.reset(tb.signal("rst"));
      ram.write(0x100, [1, 2, 3, 4]);
      const other = master.read(0x40, 8).then(() => tb.cycle);
      const held = master.read(0x100, 32).then((bytes) => [tb.cycle, ...bytes.slice(0, 4)]);
      const behind = master.read(0x200, 8).then(() => tb.cycle);
      expect(await other).toBeLessThan(60);
      expect((await held).slice(1)).toEqual([1, 2, 3, 4]);
      expect((await held)[0]).toBeGreaterThanOrEqual(90);
      expect(await behind).toBeGreaterThan((await held)[0]!);
    });
  });

  test("a reset in the midst of it ends what was under way, and all sides begin anew", async () => {
    await run(pass(0), { sim, maxCycles: 5000 }, async (tb) => {
      const checks = [tb.axi4Check("s"), tb.axi4Check("m")];
      const master = tb.axi4Master("s");
      const ram = tb.axi4Memory("m", { latency: 30 });
      await tb.reset(tb.signal("rst"));
      const lost = [master.read(0x100, 64), master.write(0x200, Array(64).fill(1))].map((p) =>
        p.catch((e: Error) => e),
      );
      await tb.cycles(12);
      await tb.reset(tb.signal("rst"));
      for (const e of await Promise.all(lost))
        expect(e).toMatchObject({ message: expect.stringMatching(/^s: a reset came before the answer for 0x[12]00/) });
      expect([master.idle(), ram.idle()]).toEqual([true, true]);
      await master.write(0x300, [1, 2, 3]);
      expect([...(await master.read(0x300, 3))]).toEqual([1, 2, 3]);
      for (const c of checks) c.end();
    });
  });

  test("what is no burst is refused before it is sent", async () => {
    await run(pass(0), { sim, maxCycles: 500 }, async (tb) => {
      const master = tb.axi4Master("s");
      await expect(master.readBurst(0xff8, 2)).rejects.toThrow(/crosses 4 KiB/);
      await expect(master.readBurst(0, 3, { burst: "WRAP" })).rejects.toThrow(/2, 4, 8 or 16/);
      await expect(master.readBurst(0, 17, { burst: "FIXED" })).rejects.toThrow(/shorter/);
      await expect(master.readBurst(0, 1, { beatBytes: 16 })).rejects.toThrow(/cannot have 16 bytes/);
      await expect(master.writeBurst(1, [[1, 2, 3]])).rejects.toThrow("s: beat 0 has 7 active lanes, not 3");
      expect(() => tb.axi4Memory("s")).toThrow(/s_bvalid is an output|is an output/);
      expect(() => tb.axi4Memory("x")).toThrow(/no port x_arvalid/);
    });
  });
});

describe("broken designs", () => {
  // Verilator has no X: rules 3, 4 and 5 need Icarus.
  const rules = Object.keys(AXI4_RULES).map(Number);
  test.each(rules)("a design that breaks rule %i is found by it", async (rule) => {
    const sim = rule >= 3 && rule <= 5 ? "icarus" : "verilator";
    const e: unknown = await through(rule, sim, { latency: [1, 5], pause: 0.3 }, 0.2, 12, `rule ${rule}`).then(
      () => "nothing was found",
      (error: unknown) => error,
    );
    expect(e).toBeInstanceOf(Axi4ProtocolError);
    expect((e as Axi4ProtocolError).rule).toBe(rule);
  });
  test.each([101, 102, 103, 104, 105, 106, 107])(
    "a design that breaks no rule but says something else (%i) is found by its data",
    async (fault) => {
      const answers: Record<number, Axi4MemoryOptions> = {
        105: { base: 0, size: 16 },
        107: { respond: (a) => (a.kind === "read" ? "SLVERR" : undefined) },
      };
      const memory = answers[fault] ?? {};
      const outcome = through(fault, "verilator", memory, 0, 4, `fault ${fault}`);
      await expect(outcome).rejects.toThrow();
      await outcome.catch((e: Error) => expect(e).not.toBeInstanceOf(Axi4Error));
    },
  );
});
