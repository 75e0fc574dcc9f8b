import { describe, expect, test } from "vitest";
import { bookOf, encodeWeights, histogramOf } from "../../../generator/index.ts";
import { Rand, run, stallCorners } from "../../lib/index.ts";
import { sources } from "../arithmetic.ts";
import { type Simulator, shapesOn, simulators } from "../stream.ts";

const sets = [
  { DATA_BITS: 64, W_BITS: 4, LANES: 16, BLOCKS: 20 },
  { DATA_BITS: 32, W_BITS: 8, LANES: 2, BLOCKS: 40 },
  { DATA_BITS: 128, W_BITS: 5, LANES: 7, BLOCKS: 1 },
  { DATA_BITS: 8, W_BITS: 2, LANES: 4, BLOCKS: 30 },
] as const;
type Params = (typeof sets)[number];

/** Weights from two values alone to evenly spread ones; frames of one simulation share the two values. */
const spreads = [0, 0.3, 1];

/** A set of weights over and over: the code is the same, as in the hardware. */
function frameOf({ DATA_BITS, W_BITS, LANES, BLOCKS }: Params, spread: number, rand: Rand) {
  const most = 2 ** W_BITS - 1;
  const weights = Array.from({ length: LANES * BLOCKS }, () =>
    rand.bool(spread) ? rand.int(0, most) : rand.bool(0.6) ? most : 1,
  );
  const book = bookOf(histogramOf([Int32Array.from(weights)], W_BITS));
  const code = encodeWeights(weights, { bits: W_BITS, lanes: LANES }, book);
  const bytes = DATA_BITS / 8;
  const beats = Array.from({ length: Math.ceil(code.length / bytes) }, (_, b) =>
    Array.from({ length: bytes }, (_, k) => code[b * bytes + k] ?? 0).reduceRight((v, x) => (v << 8n) | BigInt(x), 0n),
  );
  const blocks = Array.from({ length: BLOCKS }, (_, b) =>
    weights.slice(b * LANES, (b + 1) * LANES).reduceRight((v, w) => (v << BigInt(W_BITS)) | BigInt(w), 0n),
  );
  return { book, beats, blocks };
}

interface Options {
  readonly files?: readonly string[];
  /** What the memory has in place of the code. */
  readonly broken?: (beats: readonly bigint[]) => readonly bigint[];
}

/** Frames of a set, then another set behind a reset; compares blocks, or expects `bad` and nothing behind it. */
async function check(
  sim: Simulator,
  params: Params,
  { source, sink }: (typeof stallCorners)[number],
  { files = sources("weight_decode"), broken }: Options = {},
): Promise<number> {
  const design = { top: "weight_decode", sources: [...files], params };
  let clocks = 0;
  await run(design, { sim, seed: 3, maxCycles: 60_000 }, async (tb) => {
    const rand = new Rand(params.LANES * 100 + params.W_BITS);
    const from = tb.axisSource("s_axis", { pause: source });
    const to = tb.axisSink("m_axis", { pause: sink });
    for (const spread of spreads) {
      const { book, beats, blocks } = frameOf(params, spread, rand);
      tb.signal("first").value = book.first;
      tb.signal("second").value = book.second;
      const over = tb.reset(tb.signal("rst"));
      await tb.cycles(2);
      for (const agent of [from, to]) agent.clear();
      await over;
      const frames = 3;
      const sent = broken ? broken(beats) : beats;
      for (let f = 0; f < frames; f++) from.sendNowait(f === 1 ? sent : beats);
      const begun = tb.cycle;
      for (let f = 0; f < (broken ? 1 : frames); f++) expect((await to.recv()).tdata, `frame ${f}`).toEqual(blocks);
      clocks = tb.cycle - begun;
      if (!broken) {
        expect(tb.signal("bad").value).toBe(0);
        continue;
      }
      await tb.until(() => tb.signal("bad").value === 1);
      await tb.cycles(20);
      expect(to.empty(), "no frame of a broken code is whole").toBe(true);
      expect(tb.signal("bad").value).toBe(1);
    }
  });
  return clocks;
}

describe.each(simulators)("weight_decode on %s", (sim) => {
  test.each(shapesOn(sim, sets))("$LANES weights of $W_BITS bits from $DATA_BITS", async (params) => {
    for (const corner of stallCorners) await check(sim, params, corner);
  });
});

test("a block a clock where its bits come as fast", async () => {
  const clocks = await check("icarus", { DATA_BITS: 128, W_BITS: 5, LANES: 7, BLOCKS: 1 } as Params, stallCorners[0]!);
  expect(clocks).toBeLessThan(20);
  const params = { ...sets[0], DATA_BITS: 128 } as unknown as Params;
  expect(await check("icarus", params, stallCorners[0]!)).toBeLessThanOrEqual(3 * (params.BLOCKS + 3) + 5);
});

describe("a code of another length ends in `bad`", () => {
  const ones = (bits: number): bigint => (1n << BigInt(bits)) - 1n;
  test.each<[string, Params, (beats: readonly bigint[]) => readonly bigint[]]>([
    ["a beat too few", sets[0], (b) => b.slice(0, -1)],
    ["a beat too many", sets[0], (b) => [...b, 0n]],
    ["nothing but rare weights", sets[1], (b) => b.map(() => ones(32))],
    ["nothing but the commonest", sets[3], (b) => b.map(() => 0n)],
  ])("%s", async (_, params, broken) => {
    for (const corner of stallCorners) await check("icarus", params, corner, { broken });
  });
});

test.each([
  ["a block that is not whole", "(size <= here)", "(here != {H_BITS{1'b0}})"],
  ["counts ones that have not come", "& ~({LANES{1'b1}} << n_others)", ""],
  ["beats over each other", "s_axis_tdata} << stay", "s_axis_tdata} << here"],
  ["the rest of a frame is the next one's", "if (give && last) begin", "if (1'b0) begin"],
  ["takes the next frame too early", "&& !ended && (stay", "&& (stay"],
  ["a wrong length is right", "if (ended && !whole) bad", "if (1'b0) bad"],
  ["another lane's weight", "& ~({LANES{1'b1}} << o));", "& ~({LANES{1'b1}} << l));"],
  ["first and second changed", "? first : rare", "? second : rare"],
])("weight_decode, mutant: %s", async (_, from, to) => {
  const runs = async () => {
    for (const corner of stallCorners) {
      await check("icarus", sets[3], corner, { files: sources("weight_decode", { from, to }) });
      await check("icarus", sets[0], corner, {
        files: sources("weight_decode", { from, to }),
        broken: (b) => b.slice(0, -1),
      });
    }
  };
  await expect(runs()).rejects.toThrow();
});
