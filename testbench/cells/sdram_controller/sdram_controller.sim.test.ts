import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Rand, run, SDRAM_RULES, SdramError, sdramModel, stallCorners } from "../../lib/index.ts";
import { type Fault, sources } from "../arithmetic.ts";
import { type Simulator, shapesOn, simulators } from "../stream.ts";

const bench = join(import.meta.dirname, "bench.v");
const pins = sources("sdram_pins");

/** Idle and stall probabilities: of requests and of rready. */
const corners = stallCorners.map(({ source: idle, sink: stall }) => ({ idle, stall }));

type Shape = Readonly<Record<string, number>>;

/** Small enough for a long test of few clocks: refreshes meet bursts often, every row is close to another. */
const slow: Shape = { CAS: 3, T_RP: 3, T_RCD: 3, T_RAS: 6, T_RC: 9, T_RFC: 9, T_MRD: 2, T_WR: 3, REFRESH: 75 };
const quick: Shape = { CAS: 2, T_RP: 1, T_RCD: 1, T_RAS: 2, T_RC: 3, T_RFC: 2, T_MRD: 2, T_WR: 1, REFRESH: 39 };
const board: Shape = { CAS: 2, T_RP: 1, T_RCD: 1, T_RAS: 3, T_RC: 4, T_RFC: 4, T_MRD: 2, T_WR: 2, REFRESH: 390 };

/** Words of a burst's area: some rows of all banks, so that rows stay open and are closed. */
const AREA = 1 << 13;

/**
 * Writes random words, then reads random bursts while other words are written; each beat must be what was written before.
 * Rules of AXI4 and of the device are checked throughout.
 */
async function check(
  sim: Simulator,
  DATA_BITS: number,
  shape: Shape,
  { idle, stall }: { readonly idle: number; readonly stall: number },
  files = sources("sdram_controller"),
): Promise<void> {
  const params = { DATA_BITS, ROW_BITS: 11, COL_BITS: 8, T_INIT: 50, ...shape };
  const bytes = DATA_BITS / 8;
  await run(
    { top: "sdram_bench", sources: [bench, sdramModel, ...new Set([...files, ...pins])], params },
    { sim, seed: 7, maxCycles: 60_000, waves: "off" },
    async (tb) => {
      const s = (name: string) => tb.signal(name);
      const device = tb.sdramCheck("sdram");
      const master = tb.axi4Master("s_axi", { pause: { ar: idle, r: stall } });
      const checker = tb.axi4Check("s_axi");
      s("s_word_valid").value = 0;
      await tb.reset(s("rst"));
      const rand = new Rand(tb.seed + DATA_BITS);
      const memory = new Map<number, number>();
      const put = async (at: number, data: number): Promise<void> => {
        s("s_word_addr").value = at;
        s("s_word_data").value = data;
        s("s_word_valid").value = 1;
        do await tb.rising();
        while (s("s_word_ready").value === 0);
        s("s_word_valid").value = 0;
        memory.set(at, data);
      };
      // Blocks of 512 bytes all over the device, and one in which a burst crosses rows and banks.
      const blocks = Array.from({ length: 2 }, () => rand.int(100, 1023) * 1024 + 256 * rand.int(0, 2));
      blocks.push(91 * 1024 - 256);
      for (const block of blocks) for (let w = 0; w < 512; w++) await put(block + w, rand.int(0, 65535));
      expect(s("ready").value).toBe(1);

      // Reads of them, while words go to other places.
      let reading = true;
      let written = 0;
      const writer = async () => {
        while (reading) {
          await tb.cycles(rand.int(1, 30));
          await put(AREA * 7 + rand.int(0, 255) + 256 * 4 * rand.int(0, 3), rand.int(0, 65535));
          written++;
        }
      };
      void writer();
      const one = async (): Promise<void> => {
        const most = Math.min(256, 1024 / bytes);
        const beats = rand.bool(0.3) ? most : rand.int(1, Math.min(most, 12));
        const block = rand.pick(blocks) * 2;
        const first = block + bytes * rand.int(0, 1024 / bytes - beats);
        const got = await master.readBurst(first, beats);
        const wanted = Array.from({ length: beats * bytes }, (_, b) => {
          const word = memory.get((first + b) >> 1)!;
          return b & 1 ? word >> 8 : word & 255;
        });
        expect(got.flatMap((beat) => [...beat])).toEqual(wanted);
      };
      // Three at a time: the next burst waits at the port.
      for (let n = 0; n < 7; n++) await Promise.all([one(), one(), one()]);
      reading = false;
      await tb.cycles(60);
      expect(written).toBeGreaterThan(10);
      expect(device.count("violations")).toBe(0);
      expect(device.count("refreshes")).toBeGreaterThan(8);
      expect(device.count("writes")).toBe(memory.size > 0 ? blocks.length * 512 + written : 0);
      checker.end();
    },
  );
}

/** Clocks a word over a long sequential read, and those that refreshes alone would take. */
async function rate(sim: Simulator): Promise<number> {
  const params = { DATA_BITS: 32, ROW_BITS: 11, COL_BITS: 8, T_INIT: 20, ...board };
  const { value } = await run(
    { top: "sdram_bench", sources: [bench, sdramModel, ...new Set([...sources("sdram_controller"), ...pins])], params },
    { sim, seed: 7, maxCycles: 60_000, waves: "off" },
    async (tb) => {
      tb.sdramCheck("sdram");
      const master = tb.axi4Master("s_axi");
      tb.signal("s_word_valid").value = 0;
      await tb.reset(tb.signal("rst"));
      await tb.until(() => tb.signal("ready").value === 1);
      const start = tb.clk.cycle;
      await Promise.all(Array.from({ length: 32 }, (_, n) => master.readBurst(512 * n, 128)));
      return (tb.clk.cycle - start) / (32 * 256);
    },
  );
  return value;
}

describe.each(simulators)("sdram_controller on %s", (sim) => {
  test.each(
    shapesOn(sim, [
      { bits: 32, name: "slow", shape: slow },
      { bits: 32, name: "quick", shape: quick },
      { bits: 64, name: "of the board", shape: board },
      { bits: 256, name: "slow", shape: slow },
    ]),
  )("beats of $bits bits, a device that is $name", async ({ bits, shape }) => {
    for (const corner of corners) await check(sim, bits, shape, corner);
  });
  test("a long read takes a clock a word, but for refreshes and rows", async () => {
    expect(await rate(sim)).toBeLessThan(1.04);
  });
});

// Timings that the controller keeps a clock too short break the rule of each.
test.each([
  { SHORT: 1, rule: 4 },
  { SHORT: 2, rule: 8 },
  { SHORT: 3, rule: 9 },
  { SHORT: 4, rule: 5 },
  { SHORT: 5, rule: 12 },
  { SHORT: 6, rule: 13 },
  { SHORT: 7, rule: 10 },
])("timing $SHORT a clock short breaks rule $rule", async ({ SHORT, rule }) => {
  // Rows close at once, so that each timing is the one that counts; T_RC is longer than T_RAS + T_RP.
  const tight = { ...slow, T_RC: 11, T_MRD: 9, SHORT };
  const error = await check("icarus", 32, tight, corners[0]!).catch((e: unknown) => e);
  expect(String(error)).toContain(`SDRAM-${rule}: ${SDRAM_RULES[rule]}`);
});

test.each<Fault & { name: string; corner?: 0 | 2 }>([
  { name: "a row that is not the open one", from: "open[bank] && (rows[bank] == row)", to: "open[bank]" },
  { name: "rows of another bank", from: "if (opens) rows[bank] <= row", to: "if (opens) rows[0] <= row" },
  { name: "WRITE on top of read data", from: "s_word_valid && (t_turn == 3'd0)", to: "s_word_valid" },
  { name: "no refresh", from: "due <= run;", to: "due <= 1'b0;" },
  { name: "refresh with rows open", from: "run && due && open == 4'd0", to: "run && due" },
  { name: "seven refreshes at the start", from: "REFRESHES[2:0] - 1'b1", to: "REFRESHES[2:0] - 2'd2" },
  { name: "the first command too soon", from: "power  <= T_INIT[INIT_BITS-1:0]", to: "power  <= 1" },
  { name: "another latency", from: "MODE      = 16 * CAS", to: "MODE      = 48" },
  { name: "a word too early", from: "if (coming[CAS]) held", to: "if (coming[CAS-1]) held" },
  {
    name: "words of a beat in another order",
    from: "{dq_in, held[DATA_BITS-1:16]}",
    to: "{held[DATA_BITS-17:0], dq_in}",
  },
  { name: "beats without room", from: "(word_more || room)", to: "1'b1", corner: 2 },
  { name: "the last beat is another", from: "beat_last = (left == 8'd0)", to: "beat_last = (left == 8'd1)" },
  { name: "a burst is dropped", from: "assign s_axi_arready = !next_valid", to: "assign s_axi_arready = 1'b1" },
  { name: "a write that is taken twice", from: "assign s_word_ready = writes", to: "assign s_word_ready = reads" },
  { name: "data without the pins", from: "dq_oe <= 1'b1;", to: "dq_oe <= 1'b0;" },
  { name: "one bank alone is closed", from: "sdram_a <= ALL[ROW_BITS-1:0]", to: "sdram_a <= 0" },
])("sdram_controller, mutant: $name", async ({ from, to, corner = 0 }) => {
  await expect(
    check("icarus", 32, board, corners[corner]!, sources("sdram_controller", { from, to })),
  ).rejects.toThrow();
});

test("the rules are numbered without a gap, and the message names one", () => {
  expect(Object.keys(SDRAM_RULES).map(Number)).toEqual(Array.from({ length: 19 }, (_, i) => i + 1));
  expect(new SdramError("sdram", 9, 12).message).toContain("rule SDRAM-9: PRECHARGE too soon after ACTIVE");
});
