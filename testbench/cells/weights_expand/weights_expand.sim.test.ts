import { describe, expect, test } from "vitest";
import { type Image, writeImage } from "../../../generator/index.ts";
import { type Rand, run, stallCorners } from "../../lib/index.ts";
import { type Fault, source } from "../arithmetic.ts";
import { type Simulator, simulators } from "../stream.ts";

/** Rows of so many fields of so many bits; no field: words as they are. */
interface Part {
  readonly field?: number;
  readonly per: number;
  readonly rows: number;
}
const many: readonly Part[] = [
  { field: 4, per: 1, rows: 70 },
  { per: 1, rows: 3 },
  { field: 3, per: 3, rows: 40 },
  { field: 8, per: 5, rows: 24 },
  { field: 16, per: 2, rows: 21 },
  { field: 7, per: 1, rows: 61 },
];
const few: readonly Part[] = [{ field: 5, per: 6, rows: 40 }];

/** Words of a section: rows side by side or one after the other, as the memories take them. */
function wordsOf(rand: Rand, { field = 32, per, rows }: Part): number[] {
  const bits = field * per;
  const lane = bits > 16 ? 32 * Math.ceil(bits / 32) : 2 ** Math.ceil(Math.log2(bits));
  const [first, second] = [rand.int(0, 2 ** field - 1), rand.int(0, 2 ** field - 1)];
  let all = 0n;
  for (let r = 0; r < rows; r++)
    for (let k = 0; k < per; k++) {
      const value = rand.pick([first, first, first, second, second, rand.int(0, 2 ** field - 1)]);
      all |= BigInt(value) << BigInt(r * lane + k * field);
    }
  return Array.from({ length: Math.ceil((rows * lane) / 32) }, (_, i) => Number((all >> BigInt(32 * i)) & 0xffffffffn));
}

/** An image in its code, and the words of the plain one. */
function imageOf(rand: Rand, parts: readonly Part[]): { coded: number[]; plain: number[] } {
  const payload: number[] = [];
  const sections = parts.map((p): Image["sections"][number] => {
    const words = wordsOf(rand, p);
    const at = payload.length;
    payload.push(...words);
    const bits = (p.field ?? 32) * p.per;
    return {
      ...{ layer: "l", holds: p.field ? "weights" : "constants", rows: p.rows, bits, first: at, words: words.length },
      ...(p.field ? { code: { bits: p.field, words: 0, first: 0, second: 0 } } : {}),
    };
  });
  const bytes = writeImage({ identity: 5n, network: "n", sections, payload: Uint32Array.from(payload) });
  const coded = [...new Uint32Array(bytes.buffer)];
  const directory = coded[4]!;
  const head = coded.slice(0, 6).with(1, 1);
  return { coded, plain: [...head, ...coded.slice(7, 7 + directory), ...payload, coded.at(-1)!] };
}

async function check(sim: Simulator, parts: readonly Part[], pause: number, stall: number, file?: string) {
  // The number of words hangs on the parts alone.
  const plainWords = parts.reduce((n, { field = 32, per, rows }) => {
    const bits = field * per;
    return n + (bits > 16 ? rows * Math.ceil(bits / 32) : Math.ceil((rows * 2 ** Math.ceil(Math.log2(bits))) / 32));
  }, 0);
  const design = {
    ...{ top: "weights_expand", sources: [file ?? source("weights_expand")], params: { WORDS: plainWords } },
  };
  await run(design, { sim, seed: 6, maxCycles: 300_000, waves: "off" }, async (tb) => {
    const images = tb.axisSource("s_axis", { pause });
    const out = tb.axisSink("m_axis", { pause: stall });
    tb.protocolCheck("m_axis");
    await tb.reset(tb.signal("rst"));
    const send = (words: readonly number[]) =>
      images.sendBeats(
        Uint32Array.from(words),
        1,
        Uint8Array.from(words, (_, i) => (i === words.length - 1 ? 1 : 0)),
      );
    const got = async () => (await out.recv()).tdata.map(Number);
    const whole = async (what: string) => {
      const { coded, plain } = imageOf(tb.rand, parts);
      expect(coded[1], "a coded image").toBe(2);
      expect(coded.length).toBeLessThan(plain.length);
      void send(coded);
      expect(await got(), what).toEqual(plain);
      return { coded, plain };
    };
    const { coded, plain } = await whole("a coded image");
    // One that is plain, and of a version that nobody knows, passes.
    void send(plain);
    expect(await got()).toEqual(plain);
    void send(plain.with(1, 3));
    expect(await got()).toEqual(plain.with(1, 3));
    await whole("behind a plain image");
    // Cut short anywhere: what there is so far, and a word that ends it.
    const places = [1, 2, 6, 7, 9, 8 + coded[4]!, 10 + coded[4]!, 11 + coded[4]!, coded.length - 1, coded.length - 2];
    for (const n of places) {
      void send(coded.slice(0, n));
      const cut = await got();
      expect(cut.length, `cut behind ${n} words`).toBeLessThan(plain.length);
      expect(cut.slice(0, -1), `cut behind ${n} words`).toEqual(plain.slice(0, cut.length - 1));
    }
    await whole("behind one that was cut short");
    // Too long: what is behind the code passes, so that the loader sees that it is no image.
    const long = [...coded.slice(0, -1), 7, 8, 9];
    void send(long);
    expect(await got()).toEqual([...plain.slice(0, -1), 7, 8, 9]);
    // Without a directory.
    void send([...coded.slice(0, 4), 0, coded[5]!, coded[6]!, ...coded.slice(7 + coded[4]!)]);
    expect(await got()).toEqual([...plain.slice(0, 4), 0, plain[5]!, ...plain.slice(6 + plain[4]!)]);
    // A reset in the middle of one.
    void send(coded);
    await tb.cycles(150);
    const over = tb.reset(tb.signal("rst"));
    await tb.cycles(2);
    images.clear();
    out.clear();
    await over;
    await whole("behind a reset");
    await tb.cycles(40);
    expect(out.empty(), "nothing more").toBe(true);
  });
}

describe.each(simulators)("weights_expand on %s", (sim) => {
  test("images of many sections, in the stall corners", async () => {
    for (const { source: pause, sink } of stallCorners) await check(sim, many, pause, sink);
  });
  test("a section of rows that end within a word", () => check(sim, few, 0, 0.3));
});

test.each<Fault & { name: string }>([
  { name: "the code's bits from the highest on", from: "code <= {1'b0, code[31:1]}", to: "code <= {code[30:0], 1'b0}" },
  { name: "values exchanged", from: "{second, common} <= word", to: "{common, second} <= word" },
  { name: "no zeros behind a row", from: "fields == 16'd0 && zeros == 5'd0", to: "fields == 16'd0" },
  { name: "a row too many", from: "wire one    = count == 27'd1", to: "wire one    = count == 27'd0" },
  { name: "a section goes on in the word", from: "state <= whole ? SECTION : FILL", to: "state <= SECTION" },
  {
    name: "bits of a section serve the next one",
    from: "have  <= 6'd0;\n                end\n            end\n            FILL",
    to: "end\n            end\n            FILL",
  },
  { name: "a word that waits is overwritten", from: "(state != OTHER || free)", to: "1'b1" },
  { name: "the version stays", from: "m_axis_tdata <= VERSION_PLAIN", to: "m_axis_tdata <= VERSION_CODED" },
  {
    name: "a plain image is decoded",
    from: "index == 3'd5 && !coded) state <= PASS",
    to: "index == 3'd7) state <= PASS",
  },
  {
    name: "one that is cut short does not end",
    from: "if (ends) begin\n                m_axis_tvalid <= 1'b1",
    to: "if (1'b0) begin\n                m_axis_tvalid <= 1'b1",
  },
  { name: "the end is not seen", from: "if (all_out) state <= PASS;\n        end", to: "end" },
  { name: "an end within a word's wait", from: "(passes || eats) && ends", to: "passes && ends" },
  { name: "the row's fields are not counted anew", from: "fields <= per_row", to: "fields <= 16'd0" },
])("weights_expand, mutant: $name", async ({ from, to }) => {
  const file = source("weights_expand", { from, to });
  const runs = async () => {
    await check("icarus", many, 0, 0.3, file);
    await check("icarus", few, 0.3, 0, file);
  };
  await expect(runs()).rejects.toThrow();
});
