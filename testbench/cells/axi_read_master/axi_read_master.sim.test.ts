import { describe, expect, test } from "vitest";
import type { Axi4MemoryOptions } from "../../lib/axi4_memory.ts";
import { Rand, run } from "../../lib/index.ts";
import { type Fault, sources } from "../arithmetic.ts";
import { type Simulator, shapesOn, simulators } from "../stream.ts";

interface Shape {
  readonly CLIENTS: number;
  readonly DATA_BITS: number;
  readonly OUTSTANDING: number;
}

/** Memories from a quick one to a hostile one, and how often a reader rests between two requests. */
const corners: readonly { readonly memory: Axi4MemoryOptions; readonly rest: number }[] = [
  { memory: {}, rest: 0 },
  { memory: {}, rest: 0.8 },
  { memory: { latency: [1, 40], pause: 0.5, outstanding: 3 }, rest: 0 },
  { memory: { latency: [1, 40], pause: 0.5, outstanding: 3 }, rest: 0.8 },
];

interface Request {
  readonly address: number;
  readonly beats: number;
}

const word = (bytes: Uint8Array): bigint => bytes.reduceRight((w, b) => (w << 8n) | BigInt(b), 0n);

/** Every reader asks for random bursts; each gets just the data it asked for, in its order, and none waits for long. */
async function check(
  sim: Simulator,
  shape: Shape,
  { memory: options, rest }: (typeof corners)[number],
  files = sources("axi_read_master"),
  failing?: number,
): Promise<void> {
  const { CLIENTS, DATA_BITS } = shape;
  const bytes = DATA_BITS / 8;
  const params = { ...shape, ADDR_BITS: 32 };
  await run(
    { top: "axi_read_master", sources: [...files], params },
    { sim, seed: 9, maxCycles: 60_000 },
    async (tb) => {
      const s = (name: string) => tb.signal(name);
      for (const name of ["stop", "clear"]) s(name).value = 0;
      let bursts = 0;
      const memory = tb.axi4Memory("m_axi", {
        ...options,
        // At the first, the last or any other beat of a burst, in turn.
        respondBeat: ({ beats }, beat) => {
          if (failing === undefined || beat !== [0, beats - 1, beats >> 1][failing % 3] || bursts++ !== failing)
            return undefined;
          return failing % 2 ? "SLVERR" : "DECERR";
        },
      });
      const checker = tb.axi4Check("m_axi");
      const rand = new Rand(tb.seed + CLIENTS);
      const plan = Array.from({ length: CLIENTS }, () =>
        Array.from({ length: 25 }, (): Request => {
          const page = rand.int(0, 50) * 4096;
          const most = Math.min(256, 4096 / bytes);
          const beats = rand.int(0, 3) === 0 ? most : rand.int(1, 12);
          return { address: page + rand.int(0, 4096 / bytes - beats) * bytes, beats };
        }),
      );
      const at = plan.map(() => 0);
      const waits = plan.map(() => 0);
      const got: bigint[][] = plan.map(() => []);
      const mask = (1n << BigInt(DATA_BITS)) - 1n;
      const offered = plan.map(() => false);
      let [outstanding, most, after, stalls] = [0, 0, 0, 0];
      tb.clk.onEdge(
        () => {
          if (tb.inReset) return;
          const ready = s("s_req_ready").value;
          const valid = s("m_rsp_valid").value;
          expect(ready & (ready - 1), "one at most").toBe(0);
          expect(s("quiet").value, "nothing is under way").toBe(outstanding === 0 ? 1 : 0);
          for (let c = 0; c < CLIENTS; c++) {
            if ((ready >> c) & 1) {
              expect(offered[c], "only who asks is served").toBe(true);
              at[c]!++;
              offered[c] = false;
              waits[c] = 0;
            } else if (ready && offered[c]) expect(++waits[c]!, "requests served before").toBeLessThan(CLIENTS);
            if ((valid >> c) & 1) {
              got[c]!.push(s("m_rsp_data").big & mask);
              after += s("error").value;
            }
          }
          if (ready) {
            outstanding++;
            expect(s("error").value, "nothing is asked for behind an error").toBe(0);
          }
          if (s("m_axi_rvalid").value && s("m_axi_rready").value && s("m_axi_rlast").value) outstanding--;
          most = Math.max(most, outstanding);
        },
        () => {
          let [valid, addr, len] = [0, 0n, 0n];
          for (let c = 0; c < CLIENTS; c++) {
            const next = plan[c]![at[c]!];
            if (!tb.inReset && next && (offered[c] || !rand.bool(rest))) offered[c] = true;
            const shown = offered[c] ? next! : { address: rand.u32(), beats: 1 + rand.int(0, 255) };
            if (offered[c]) valid |= 1 << c;
            addr |= BigInt(shown.address) << BigInt(32 * c);
            len |= BigInt(shown.beats - 1) << BigInt(8 * c);
          }
          const starved = rand.int(0, 2 ** CLIENTS - 1);
          if (!tb.inReset && starved) stalls++;
          s("starved").value = starved;
          s("s_req_valid").value = valid;
          s("s_req_addr").big = addr;
          s("s_req_len").big = len;
        },
      );
      await tb.reset(s("rst"));
      const expected = plan.map((list) =>
        list.flatMap(({ address, beats }) =>
          Array.from({ length: beats }, (_, b) => word(memory.read(address + b * bytes, bytes))),
        ),
      );
      if (failing === undefined) {
        await tb.until(() => got.every((g, c) => g.length >= expected[c]!.length));
        await tb.cycles(10);
        expect(got).toEqual(expected);
        expect(s("error").value).toBe(0);
        expect(most).toBeLessThanOrEqual(shape.OUTSTANDING);
        if (options.latency) expect(most, "several under way").toBeGreaterThan(1);
      } else {
        await tb.until(() => s("error").value === 1);
        await tb.until(() => outstanding === 0);
        await tb.cycles(60);
        expect(s("error").value, "it stays").toBe(1);
        expect(s("quiet").value, "all that was asked for has come").toBe(1);
        expect(after, "nothing is handed on behind an error").toBe(0);
        expect(outstanding, "nothing is asked for").toBe(0);
        for (const [c, g] of got.entries())
          expect(g, "what came before it is right").toEqual(expected[c]!.slice(0, g.length));
        // The readers begin again with what they have not been given; requests made before are gone.
        s("stop").value = 1;
        await tb.cycles(3);
        s("clear").value = 1;
        for (const [c, list] of plan.entries()) {
          const told = got[c]!.length;
          const before = (n: number) => list.slice(0, n).reduce((sum, { beats }) => sum + beats, 0);
          at[c] = list.findIndex((_, n) => before(n + 1) > told);
          if (at[c] === -1) at[c] = list.length;
          got[c] = expected[c]!.slice(0, before(at[c]!));
          offered[c] = false;
          waits[c] = 0;
        }
        await tb.rising();
        s("clear").value = 0;
        await tb.cycles(5);
        expect(s("m_axi_arvalid").value, "nothing is asked for while it is stopped").toBe(0);
        expect(s("error").value).toBe(0);
        s("stop").value = 0;
        await tb.until(() => got.every((g, c) => g.length >= expected[c]!.length));
        expect(got, "all that follows is right").toEqual(expected);
      }
      expect(Math.abs(s("stalls").value - stalls), "stalls but for those of the last clocks").toBeLessThanOrEqual(2);
      checker.end();
    },
  );
}

const shapes = [
  { CLIENTS: 1, DATA_BITS: 32, OUTSTANDING: 2 },
  { CLIENTS: 3, DATA_BITS: 64, OUTSTANDING: 8 },
  { CLIENTS: 4, DATA_BITS: 512, OUTSTANDING: 4 },
];

describe.each(simulators)("axi_read_master on %s", (sim) => {
  test.each(shapesOn(sim, shapes))("$CLIENTS readers, $DATA_BITS bits, $OUTSTANDING under way", async (shape) => {
    for (const corner of corners) await check(sim, shape, corner);
  });
  test.each(shapesOn(sim, [0, 1, 7, 14]))("an error at burst %i ends all, until it is clear", async (failing) => {
    for (const corner of [corners[0]!, corners[2]!])
      await check(sim, shapes[1]!, corner, sources("axi_read_master"), failing);
  });
});

test.each<Fault & { name: string; failing?: number }>([
  { name: "the first reader always", from: "(later != {CLIENTS{1'b0}}) ? later : s_req_valid", to: "s_req_valid" },
  { name: "answers to another reader", from: "if (over) rd <= rd + 1'b1", to: "if (m_axi_rvalid) rd <= rd + 1'b1" },
  { name: "too many under way", from: "(many != OUTSTANDING[N_BITS-1:0]) && ", to: "" },
  {
    name: "the address of the first one",
    from: "s_req_addr[c*ADDR_BITS +: ADDR_BITS]",
    to: "s_req_addr[0 +: ADDR_BITS]",
  },
  { name: "a request is changed on the bus", from: "(!m_axi_arvalid || m_axi_arready) && ", to: "" },
  { name: "wrong data is handed on", from: "m_axi_rvalid && !bad && ", to: "m_axi_rvalid && ", failing: 7 },
  { name: "goes on behind an error", from: "!bad && !error && !rst", to: "!bad && !rst", failing: 7 },
  { name: "asks behind an error", from: "!stop && !error && !rst", to: "!stop && !rst", failing: 7 },
  { name: "asks while stopped", from: "!stop && !error && !rst", to: "!error && !rst", failing: 7 },
  { name: "is never clear again", from: "if (clear) error <= 1'b0;", to: "", failing: 7 },
  { name: "quiet too soon", from: "quiet = (many == {N_BITS{1'b0}})", to: "quiet = !m_axi_arvalid", failing: 7 },
  {
    name: "forgets the error",
    from: "if (m_axi_rvalid && bad) error <= 1'b1",
    to: "error <= m_axi_rvalid && bad",
    failing: 7,
  },
])("axi_read_master, mutant: $name", async ({ from, to, failing }) => {
  const runs = async () => {
    for (const corner of corners)
      await check("icarus", shapes[1]!, corner, sources("axi_read_master", { from, to }), failing);
  };
  await expect(runs()).rejects.toThrow();
});
