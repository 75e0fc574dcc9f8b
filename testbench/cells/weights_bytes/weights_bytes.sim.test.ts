import { describe, expect, test } from "vitest";
import { type Rand, run, stallCorners } from "../../lib/index.ts";
import { type Fault, source } from "../arithmetic.ts";
import { type Simulator, shapesOn, simulators } from "../stream.ts";

const MAGIC = 0x574e4441;

interface Piece {
  readonly what: string;
  /** Bytes that come; the image is given up behind them where they are fewer than its words want. */
  readonly bytes: readonly number[];
  /** Words that leave, the last of them with tlast; undefined: any word. */
  readonly words: readonly (number | undefined)[];
  readonly giveUp?: true;
}

const bytesOf = (words: readonly number[]) => words.flatMap((w) => [0, 8, 16, 24].map((k) => (w >>> k) & 255));

function plan(rand: Rand, WORDS: number): Piece[] {
  const some = (n: number) => Array.from({ length: n }, () => rand.u32());
  const image = (directory: number) => [
    ...[MAGIC, 1, rand.u32(), rand.u32(), directory, WORDS],
    ...some(directory + WORDS + 1),
  ];
  // Of version 2: as many words of code as are said behind the header.
  const coded = (directory: number, code: number) => [
    ...[MAGIC, 2, rand.u32(), rand.u32(), directory, WORDS, code],
    ...some(directory + code + 1),
  ];
  const whole = (what: string, words: number[]): Piece => ({ what, bytes: bytesOf(words), words });
  const cut = (what: string, words: readonly number[], bytes: number): Piece => ({
    what,
    bytes: bytesOf(words).slice(0, bytes),
    words: [...words.slice(0, Math.floor(bytes / 4)), undefined],
    giveUp: true,
  });
  return [
    whole("no magic", [MAGIC ^ 0x1000000]),
    whole("an image", image(3)),
    whole("the next one, without a directory", image(0)),
    cut("given up within the first word", image(2), 3),
    cut("given up within the header", image(2), 9),
    cut("given up behind the header", image(2), 24),
    cut("given up within the weights", image(1), 4 * (7 + WORDS) - 1),
    whole("a directory that is too long", [MAGIC, 1, 2, 3, 0x10000]),
    whole("another number of words", [MAGIC, 1, 2, 3, 4, WORDS + 256]),
    whole("a long directory", image(300)),
    whole("a coded one", coded(3, Math.max(1, WORDS - 2))),
    whole("as long as a plain one", coded(0, WORDS)),
    whole("without a word of code", coded(2, 0)),
    whole("a plain one behind it", image(2)),
    whole("too many words of code", [MAGIC, 2, 1, 3, 4, WORDS, WORDS + 1]),
    cut("a coded one that is given up", coded(2, WORDS), 4 * (9 + WORDS)),
    whole("the last one", image(1)),
  ];
}

async function check(sim: Simulator, WORDS: number, pause: number, stall: number, file = source("weights_bytes")) {
  const design = { top: "weights_bytes", sources: [file], params: { WORDS } };
  await run(design, { sim, seed: 4, maxCycles: 60_000, waves: "off" }, async (tb) => {
    const give = tb.signal("give_up");
    give.value = 0;
    const bytes = tb.axisSource("s_axis", { pause });
    const words = tb.axisSink("m_axis", { pause: stall });
    tb.protocolCheck("m_axis");
    await tb.reset(tb.signal("rst"));
    let overs = 0;
    tb.clk.onEdge(() => {
      if (tb.signal("over").value === 1) overs++;
    });
    // Where there is no image, there is nothing to give up.
    give.value = 1;
    await tb.cycles(1);
    give.value = 0;
    for (const [i, { what, bytes: given, words: expected, giveUp }] of plan(tb.rand, WORDS).entries()) {
      await bytes.sendBeats(Uint32Array.from(given), 1);
      if (giveUp) {
        await tb.cycles(1);
        give.value = 1;
        await tb.cycles(1);
        give.value = 0;
      }
      const got = (await words.recv()).tdata.map((w) => Number(w));
      expect(got.length, what).toBe(expected.length);
      for (const [k, w] of expected.entries()) if (w !== undefined) expect(got[k], `${what}, word ${k}`).toBe(w >>> 0);
      await tb.cycles(2);
      expect(overs, what).toBe(i + 1);
    }
    await tb.cycles(20);
    expect(words.empty(), "nothing more").toBe(true);
  });
}

describe.each(simulators)("weights_bytes on %s", (sim) => {
  test.each(shapesOn(sim, [1, 5]))("images of %i words, in the stall corners", async (words) => {
    for (const { source: pause, sink } of stallCorners) await check(sim, words, pause, sink);
  });
});

test.each<Fault & { name: string }>([
  { name: "the highest byte first", from: "{s_axis_tdata, shift[31:8]}", to: "{shift[23:0], s_axis_tdata}" },
  { name: "no magic is as good", from: "ends = word != MAGIC", to: "ends = 1'b0" },
  { name: "a long directory is taken", from: "ends = word[31:16] != 16'd0", to: "ends = 1'b0" },
  { name: "any number of words", from: "ends = word != WORDS", to: "ends = 1'b0" },
  { name: "the CRC is not counted", from: "BEHIND    = WORDS + 1", to: "BEHIND    = WORDS" },
  { name: "every image is plain", from: "coded <= word == CODED", to: "coded <= 1'b0" },
  { name: "any number of words of code", from: "ends = word > WORDS", to: "ends = 1'b0" },
  { name: "the words of code are not counted", from: "? word[LEFT_BITS-1:0] :", to: "? BEHIND[LEFT_BITS-1:0] :" },
  { name: "an image is not given up", from: "if (give_up && begun", to: "if (1'b0 && begun" },
  { name: "what is not there is given up", from: "if (give_up && begun", to: "if (give_up" },
  { name: "the bytes of what was given up stay", from: "n      <= 2'd0;\n                index", to: "index" },
  { name: "a byte is taken while a word waits", from: "!valid && !ending;\n", to: "!ending;\n" },
])("weights_bytes, mutant: $name", async ({ from, to }) => {
  const runs = async () => {
    for (const { source: pause, sink } of stallCorners)
      await check("icarus", 5, pause, sink, source("weights_bytes", { from, to }));
  };
  await expect(runs()).rejects.toThrow();
});
