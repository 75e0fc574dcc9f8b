// APB, Wishbone, SPI and I2C agents against designs, and against the same designs with a fault.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  ApbError,
  BuildError,
  type Design,
  I2cError,
  run,
  simulators,
  type Tb,
  variants,
  WishboneError,
} from "./index.ts";

const sources = [join(import.meta.dirname, "fixtures/buses.v")];
const design = (top: string, FAULT = 0): Design => ({ top, sources, params: { FAULT } });

interface Registers {
  write(address: number, data: number, bytes?: number): Promise<void>;
  read(address: number): Promise<bigint>;
}
async function registers(tb: Tb, bus: Registers, words: number): Promise<void> {
  const model = Array<number>(words).fill(0);
  for (let k = 0; k < words; k++) await bus.write(4 * k, 0);
  for (let n = 0; n < 60; n++) {
    const k = tb.rand.int(0, words - 1);
    if (tb.rand.bool()) {
      const [data, bytes] = [tb.rand.u32(), tb.rand.int(0, 15)];
      for (let b = 0; b < 4; b++)
        if ((bytes >> b) & 1) model[k] = ((model[k]! & ~(255 << (8 * b))) | (data & (255 << (8 * b)))) >>> 0;
      await bus.write(4 * k, data, bytes);
    } else expect(await bus.read(4 * k)).toBe(BigInt(model[k]!));
  }
}
const apb = async (tb: Tb): Promise<void> => {
  const bus = tb.apbMaster("s");
  await tb.reset(tb.dut.rst!);
  await registers(tb, bus, 4);
  await expect(bus.read(0x10)).rejects.toThrow(ApbError);
  await expect(bus.write(0x20, 1)).rejects.toThrow("s: write of 0x20: the answer is an error (pslverr)");
};
const wishbone = async (tb: Tb): Promise<void> => {
  const bus = tb.wishboneMaster("wb");
  await tb.reset(tb.dut.rst!);
  await registers(tb, bus, 4);
  await expect(bus.read(0x10)).rejects.toThrow(WishboneError);
};
const pipelined = async (tb: Tb): Promise<void> => {
  const bus = tb.wishboneMaster("p");
  await tb.reset(tb.dut.rst!);
  const model = Array.from({ length: 16 }, () => tb.rand.int(0, 0xffff));
  for (const [k, v] of model.entries()) await bus.write(k, v);
  for (let k = 15; k >= 0; k--) expect(await bus.read(k)).toBe(BigInt(model[k]!));
};
const spi =
  (mode: 0 | 1 | 2 | 3, bits: number, lsbFirst: boolean) =>
  async (tb: Tb): Promise<void> => {
    const device = tb.spiDevice("m", { mode, bits, lsbFirst });
    const master = tb.spiMaster("s", { mode, bits, lsbFirst, halfPeriod: 3 });
    await tb.reset(tb.dut.rst!);
    const word = (): number => Number(tb.rand.bits(bits));
    for (const n of [1, 4, 2]) {
      const [there, back] = [Array.from({ length: n }, word), Array.from({ length: n }, word)];
      device.reply = (got) => back[got.length] ?? 0;
      const received = device.recv();
      expect(await master.transfer(there)).toEqual(back);
      expect(await received).toEqual(there);
    }
    expect(device.transfers.length).toBe(3);
  };
const i2c = async (tb: Tb): Promise<void> => {
  const master = tb.i2cMaster("i", { quarter: 4 });
  // Another device on the same bus, which stretches the clock.
  const other = tb.i2cDevice("i", {
    address: 0x51,
    reply: (k) => 0xa0 + k,
    accept: (byte) => byte !== 0x66,
    stretch: 9,
  });
  await tb.reset(tb.dut.rst!);
  await master.write(0x2a, [3, 0x12, 0x34, 0x56]);
  expect(await master.read(0x2a, 3, [3])).toEqual([0x12, 0x34, 0x56]);
  await master.write(0x2a, [4, 0x99]);
  expect(await master.read(0x2a, 2, [4])).toEqual([0x99, 0x56]);
  await expect(master.write(0x11, [1])).rejects.toThrow("i: address 0x11 was not acknowledged");
  await master.write(0x51, [7, 8, 9]);
  expect(await master.read(0x51, 4)).toEqual([0xa0, 0xa1, 0xa2, 0xa3]);
  await expect(master.write(0x51, [1, 0x66, 2])).rejects.toThrow(I2cError);
  expect(other.writes).toEqual([[7, 8, 9], [1]]);
  expect(await master.read(0x2a, 1, [5])).toEqual([0x56]);
};

const benches: [string, string, (tb: Tb) => Promise<void>][] = [
  ["APB", "apb_regs", apb],
  ["Wishbone, classic", "wb_regs", wishbone],
  ["Wishbone, pipelined", "wb_pipelined", pipelined],
  ["SPI mode 0", "serial_join", spi(0, 8, false)],
  ["SPI mode 1", "serial_join", spi(1, 8, true)],
  ["SPI mode 2", "serial_join", spi(2, 12, false)],
  ["SPI mode 3", "serial_join", spi(3, 24, false)],
  ["I2C", "i2c_regs", i2c],
];
describe.each(simulators)("on %s", (sim) => {
  const options = { sim, maxCycles: 60_000, waves: "off" } as const;
  test.each(benches)("%s", async (name, top, bench) => {
    await run(design(top), { ...options, name }, bench);
  });
  test.each(benches)("%s with a fault in the design", async (name, top, bench) => {
    const found = await run(design(top, 1), { ...options, name }, bench).catch((e: unknown) => e);
    expect(found).toBeInstanceOf(Error);
    expect(found).not.toBeInstanceOf(BuildError);
  });
});

test.each(simulators)("an agent on another clock than the first, %s", async (sim) => {
  const clocks = [{ name: "clk" }, { name: "pclk", period: 26 }];
  await run({ ...design("apb_slow"), clocks }, { sim, maxCycles: 60_000 }, async (tb) => {
    const bus = tb.apbMaster("s", { clock: "pclk" });
    await tb.reset(tb.dut.rst!, { cycles: 20 });
    const before = tb.clocks.pclk!.cycle;
    await bus.write(0, 5);
    expect(tb.clocks.pclk!.cycle - before).toBe(2);
    await registers(tb, bus, 4);
    expect(() => tb.wishboneMaster("s", { clock: "aclk" })).toThrow(
      "apb_slow has no clock aclk; its clocks are clk, pclk",
    );
  });
});

test.each(variants(design("apb_regs"), { WAIT: [0, 1, 7] }))("$name", async ({ design: d, params }) => {
  await run(d, { sim: "icarus" }, async (tb) => {
    const bus = tb.apbMaster("s");
    await tb.reset(tb.dut.rst!);
    const before = tb.cycle;
    await bus.write(0, 1).then(() => bus.read(0));
    expect(tb.cycle - before).toBe(4 + params.WAIT);
  });
});
