import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import { Rand, run, stallCorners } from "../../lib/index.ts";
import { type Fault, sources } from "../arithmetic.ts";
import { type Simulator, shapesOn, simulators } from "../stream.ts";

const IDENTITY = [0x89abcdef, 0x01234567] as const;

/** Words of an image, its CRC right. */
function image(
  weights: readonly number[],
  directory: readonly number[],
  header: Partial<Record<number, number>> = {},
): number[] {
  const head = [0x574e4441, 1, ...IDENTITY, directory.length, weights.length].map((w, i) => header[i] ?? w);
  const words = [...head, ...directory, ...weights];
  return [...words, crc32(Buffer.from(Uint32Array.from(words).buffer))];
}

interface Step {
  readonly what: string;
  readonly words: readonly number[];
  /** Words of it that reach the memories. */
  readonly given: readonly number[];
  readonly error: number;
  readonly loaded: 0 | 1;
}

/** Images one after another, right ones and every kind of wrong one. */
function plan(rand: Rand, WORDS: number): Step[] {
  const some = (n: number) => Array.from({ length: n }, () => rand.u32());
  const w = () => some(WORDS);
  const [a, b, c, d, e, f, g] = [w(), w(), w(), w(), w(), w(), w()];
  const broken = (words: number[], at: number) => words.map((v, i) => (i === at ? (v ^ 0x100) >>> 0 : v));
  const right = image(c, some(3));
  const cut = image(e, []);
  return [
    { what: "another magic", words: image(a, [], { 0: 0x574e4442 }), given: [], error: 1, loaded: 0 },
    { what: "a right one", words: image(a, some(2)), given: a, error: 0, loaded: 1 },
    { what: "another version", words: image(b, [], { 1: 2 }), given: [], error: 2, loaded: 1 },
    { what: "another network", words: image(b, some(1), { 2: 5 }), given: [], error: 3, loaded: 1 },
    { what: "its other half", words: image(b, [], { 3: 5 }), given: [], error: 3, loaded: 1 },
    { what: "a word less", words: image(b.slice(1), []), given: [], error: 4, loaded: 1 },
    { what: "cut in the header", words: right.slice(0, 4), given: [], error: 5, loaded: 1 },
    { what: "cut in the directory", words: right.slice(0, 7), given: [], error: 5, loaded: 1 },
    { what: "another right one", words: right, given: c, error: 0, loaded: 1 },
    {
      what: "a bit of the weights",
      words: broken(image(d, some(1)), 8),
      given: d.map((v, i) => (i === 1 ? (v ^ 0x100) >>> 0 : v)),
      error: 6,
      loaded: 0,
    },
    { what: "no directory", words: image(f, []), given: f, error: 0, loaded: 1 },
    { what: "a bit of the directory", words: broken(image(g, some(4)), 7), given: g, error: 6, loaded: 0 },
    {
      what: "cut in the weights",
      words: cut.slice(0, 6 + WORDS - 1),
      given: e.slice(0, WORDS - 1),
      error: 5,
      loaded: 0,
    },
    { what: "no tlast on the CRC", words: [...image(b, []), 0, 1, 2], given: b, error: 5, loaded: 0 },
    { what: "the last one", words: image(g, some(5)), given: g, error: 0, loaded: 1 },
  ];
}

async function check(
  sim: Simulator,
  params: { WORDS: number; STEP: number; SETTLE: number },
  source: number,
  slow: number,
  files = sources("weights_loader"),
) {
  const rand = new Rand(params.WORDS);
  const design = {
    top: "weights_loader",
    sources: [...files],
    params: { ...params, IDENTITY_0: IDENTITY[0] | 0, IDENTITY_1: IDENTITY[1] },
  };
  await run(design, { sim, seed: 6, maxCycles: 60_000 }, async (tb) => {
    const s = (name: string) => tb.signal(name);
    const from = tb.axisSource("s_axis", { pause: source });
    s("idle").value = 0;
    await tb.reset(s("rst"));
    const given: number[] = [];
    let [last, left, clock, end, was] = [-1000, 0, 0, 0, 0];
    tb.clk.onEdge(() => {
      clock++;
      // Frames that are inside leave some time after the gate is shut.
      const open = s("open").value === 1;
      if (s("s_axis_tvalid").value && s("s_axis_tready").value && s("s_axis_tlast").value) end = clock;
      if (open && !was) expect(clock - end, "clocks until it opens").toBe(params.SETTLE + 1);
      was = Number(open);
      left = open ? (slow > 0 ? rand.int(0, slow) : 0) : left - 1;
      s("idle").value = !open && left < 0 ? 1 : 0;
      if (s("m_load_tvalid").value !== 1) return;
      expect(open, "nothing is written while frames may enter").toBe(false);
      expect(left, "frames leave before").toBeLessThan(0);
      if (given.length > 0) expect(clock - last, "clocks between weights").toBeGreaterThanOrEqual(params.STEP);
      expect(s("m_load_tfirst").value).toBe(given.length === 0 ? 1 : 0);
      last = clock;
      given.push(s("m_load_tdata").value >>> 0);
    });
    for (const { what, words, given: expected, error, loaded } of plan(rand, params.WORDS)) {
      given.length = 0;
      const marks = words.map((_, i) => (i === words.length - 1 ? 1 : 0));
      await from.sendBeats(Uint32Array.from(words), 1, Uint8Array.from(marks));
      await tb.cycles(params.SETTLE + 4);
      const status = s("status").value;
      expect({ given, error: status >> 4, loading: (status >> 1) & 1, loaded: status & 1 }, what).toEqual({
        given: expected,
        error,
        loading: 0,
        loaded,
      });
      expect(s("open").value, what).toBe(loaded);
    }
    if (source === 0) {
      const before = clock;
      given.length = 0;
      const words = image([...Array(params.WORDS).keys()], []);
      await from.sendBeats(
        Uint32Array.from(words),
        1,
        words.map((_, i) => (i === words.length - 1 ? 1 : 0)) as unknown as Uint8Array,
      );
      // A word every STEP clocks, and none later.
      expect(clock - before).toBeLessThanOrEqual(params.WORDS * params.STEP + slow + 20);
    }
    await tb.reset(s("rst"));
    expect(s("status").value, "a reset forgets").toBe(0);
  });
}

const sets = [
  { WORDS: 6, STEP: 1, SETTLE: 1 },
  { WORDS: 9, STEP: 3, SETTLE: 7 },
  { WORDS: 5, STEP: 32, SETTLE: 40 },
];

describe.each(simulators)("weights_loader on %s", (sim) => {
  test.each(shapesOn(sim, sets))("$WORDS words, $STEP clocks apart", async (params) => {
    for (const { source, sink } of stallCorners) await check(sim, params, source, sink > 0 ? 9 : 0);
  });
});

test.each<Fault & { name: string }>([
  { name: "the CRC is not looked at", from: "s_axis_tdata == ~crc", to: "1'b1" },
  { name: "another polynomial", from: "32'hedb88320", to: "32'h82f63b78" },
  {
    name: "the CRC goes on from the last image",
    from: "(state == HEAD && count == 32'd0) ? 32'hffffffff : crc",
    to: "crc",
  },
  {
    name: "any network's weights",
    from: "wrong = BAD_IDENTITY;\n            3'd3",
    to: "wrong = NONE;\n            3'd3",
  },
  { name: "does not wait", from: "WAIT: if (idle)", to: "WAIT: if (1'b1)" },
  { name: "weights come too fast", from: "PAUSE       = STEP - 1", to: "PAUSE       = STEP - 2" },
  // Where weights are on their way `loaded` is low as well (proved in the cell), so both must fail.
  {
    name: "opens while it waits",
    from: "(state == HEAD || state == DIRECTORY || state == SKIP)",
    to: "1'b1",
  },
  {
    name: "keeps what is not whole",
    from: "loaded <= 1'b0;\n            end\n            BODY",
    to: "loaded <= loaded;\n            end\n            BODY",
  },
  {
    name: "goes on behind a wrong end",
    from: "SKIP: begin\n                count <= 32'd0;\n                if (take && s_axis_tlast)",
    to: "SKIP: begin\n                count <= 32'd0;\n                if (take)",
  },
])("weights_loader, mutant: $name", async ({ from, to }) => {
  const runs = async () => {
    for (const { source, sink } of stallCorners)
      await check("icarus", sets[1]!, source, sink > 0 ? 9 : 0, sources("weights_loader", { from, to }));
  };
  await expect(runs()).rejects.toThrow();
});
