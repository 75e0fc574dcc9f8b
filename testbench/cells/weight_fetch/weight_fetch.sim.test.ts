import { describe, expect, test } from "vitest";
import { Rand, run, stallCorners } from "../../lib/index.ts";
import { type Fault, sources } from "../arithmetic.ts";
import { type Simulator, shapesOn, simulators } from "../stream.ts";

const sets = [
  { DATA_BITS: 32, PAGE: 0, BEATS: [1, 1, 1], BURST: 1, DEPTH: 2 },
  { DATA_BITS: 64, PAGE: 1, BEATS: [21, 5, 16], BURST: 8, DEPTH: 16 },
  { DATA_BITS: 32, PAGE: 2, BEATS: [1500, 256, 257], BURST: 256, DEPTH: 512 },
  { DATA_BITS: 512, PAGE: 0, BEATS: [64, 1, 63], BURST: 64, DEPTH: 64 },
];

/** What the memory holds at an address: each beat another word. */
const word = (address: number, bits: number): bigint => {
  const rand = new Rand(address);
  return rand.bits(bits);
};

/**
 * A read port with a latency of its own answers; frames are read over and over. Then it is disabled at a random time, and
 * begins anew at another base, with a frame of another length.
 */
async function check(
  sim: Simulator,
  params: (typeof sets)[number],
  { source, sink }: (typeof stallCorners)[number],
  files = sources("weight_fetch"),
): Promise<void> {
  const { DATA_BITS, PAGE, BURST, DEPTH } = params;
  const bytes = DATA_BITS / 8;
  const design = {
    top: "weight_fetch",
    sources: [...files],
    params: { DATA_BITS, BURST, DEPTH, BEAT_BITS: 11, ADDR_BITS: 32 },
  };
  await run(design, { sim, seed: 5, maxCycles: 60_000 }, async (tb) => {
    const s = (name: string) => tb.signal(name);
    const rand = new Rand(tb.seed + BURST);
    tb.axisSink("m_axis", { pause: sink });
    const got: [word: bigint, last: number][] = [];
    const bursts: { address: number; beats: number; due: number }[] = [];
    const asked: number[] = [];
    let promised = 0;
    tb.clk.onEdge(
      () => {
        if (tb.inReset) return;
        if (s("m_axis_tvalid").value && s("m_axis_tready").value) {
          promised--;
          got.push([s("m_axis_tdata").big, s("m_axis_tlast").value]);
        }
        if (s("flush").value) {
          got.length = 0;
          promised = 0;
        }
        if (s("m_req_valid").value && s("m_req_ready").value) {
          const [address, beats] = [s("m_req_addr").value >>> 0, s("m_req_len").value + 1];
          expect((address % 4096) + beats * bytes, "inside of 4 KiB").toBeLessThanOrEqual(4096);
          expect(beats).toBeLessThanOrEqual(BURST);
          promised += beats;
          if (!s("flush").value) expect(promised, "there is room for what is asked for").toBeLessThanOrEqual(DEPTH);
          for (let b = 0; b < beats; b++) asked.push(address + b * bytes);
          bursts.push({ address, beats, due: tb.cycle + (source > 0 ? rand.int(3, 30) : 2) });
        }
      },
      () => {
        s("m_req_ready").value = tb.inReset || rand.bool(source) ? 0 : 1;
        const head = bursts[0];
        const now = head && head.due <= tb.cycle && !rand.bool(source) && !tb.inReset;
        s("s_rsp_valid").value = now ? 1 : 0;
        s("s_rsp_data").big = now ? word(head.address, DATA_BITS) : rand.bits(DATA_BITS);
        if (!now) return;
        head.address += bytes;
        if (--head.beats === 0) bursts.shift();
      },
    );
    s("enable").value = 0;
    s("base").value = 0x10000;
    await tb.reset(s("rst"));
    await tb.cycles(5);
    expect(asked, "nothing while it is disabled").toEqual([]);
    for (const [start, base] of [0x10000, 0x54000, 0x8000].entries()) {
      const BEATS = params.BEATS[start]!;
      const OFFSET = 4096 * PAGE;
      s("base").value = base + 0x123;
      s("page").value = PAGE;
      s("beats").value = BEATS;
      s("enable").value = 1;
      await tb.until(() => s("flush").value === 0);
      asked.length = 0;
      // Not looked at before the next start.
      s("base").value = rand.u32();
      s("page").value = rand.int(0, 0xfffff);
      s("beats").value = rand.int(1, 2047);
      const frame = Array.from({ length: BEATS }, (_, b) => word(base + OFFSET + b * bytes, DATA_BITS));
      const frames = BEATS > 100 ? 2 : 5;
      await tb.until(() => got.length >= frames * BEATS);
      for (const [i, [data, last]] of got.entries()) {
        expect(data, `base ${base}, beat ${i}`).toBe(frame[i % BEATS]);
        expect(last).toBe(i % BEATS === BEATS - 1 ? 1 : 0);
      }
      // Somewhere inside of a frame.
      await tb.cycles(rand.int(0, 60));
      s("enable").value = 0;
      await tb.cycles(2);
      expect(s("flush").value).toBe(1);
      const known = asked.length;
      await tb.cycles(source > 0 ? 3 : 1);
      expect(asked.length - known, "a request that was on offer at most").toBeLessThanOrEqual(BURST);
      for (const [i, a] of asked.entries()) expect(a).toBe(base + OFFSET + (i % BEATS) * bytes);
    }
  });
}

describe.each(simulators)("weight_fetch on %s", (sim) => {
  test.each(shapesOn(sim, sets))("$BEATS.0 beats of $DATA_BITS bits, bursts of $BURST", async (params) => {
    for (const corner of stallCorners) await check(sim, params, corner);
  });
});

test.each<Fault & { name: string }>([
  { name: "asks without room", from: "!asking && (used + size <= DEPTH[C_BITS-1:0])", to: "!asking" },
  { name: "a place is never free again", from: "used <= used + grown - less", to: "used <= used + grown" },
  { name: "the last burst too long", from: "n_last ? fewer[7:0]", to: "1'b0 ? fewer[7:0]" },
  { name: "the next frame behind this one", from: "addr <= n_last ? from", to: "addr <= 1'b0 ? from" },
  { name: "old data behind a pause", from: "else if (owed == {C_BITS{1'b0}} && !asking) active", to: "else active" },
  { name: "another base inside of a start", from: "addr <= n_last ? from", to: "addr <= n_last ? start" },
  { name: "without the page", from: " + {page, 12'd0}", to: "" },
  { name: "another length inside of a start", from: "left <= n_last ? total", to: "left <= n_last ? beats" },
  { name: "keeps what it had", from: ".rst(rst || !active)", to: ".rst(rst)" },
])("weight_fetch, mutant: $name", async ({ from, to }) => {
  const runs = async () => {
    for (const corner of stallCorners) await check("icarus", sets[1]!, corner, sources("weight_fetch", { from, to }));
  };
  await expect(runs()).rejects.toThrow();
});
