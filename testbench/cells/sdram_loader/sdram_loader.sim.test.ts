import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import { Rand, run } from "../../lib/index.ts";
import { type Fault, source } from "../arithmetic.ts";
import { type Simulator, shapesOn, simulators } from "../stream.ts";

const A_BITS = 6;
/** Words of a half. */
const HALF = 2 ** (A_BITS - 1);

/** Sets that are whole, cut, changed and too long, between them those that come into use; what stands in the memory then. */
async function check(sim: Simulator, stall: number, file = source("sdram_loader")): Promise<void> {
  const design = { top: "sdram_loader", sources: [file], params: { A_BITS } };
  await run(design, { sim, seed: 3, maxCycles: 30_000, waves: "off" }, async (tb) => {
    const s = (name: string) => tb.signal(name);
    for (const name of ["byte_valid", "open", "status", "m_word_ready"]) s(name).value = 0;
    const rand = new Rand(8);
    const memory = new Map<number, number>();
    let blocked = false;
    tb.clk.onEdge(
      () => {
        const valid = s("m_word_valid");
        if (!valid.isX && valid.value === 1 && s("m_word_ready").value === 1)
          memory.set(s("m_word_addr").value, s("m_word_data").value);
      },
      () => {
        s("m_word_ready").value = !blocked && !rand.bool(stall) ? 1 : 0;
      },
    );
    await tb.reset(s("rst"));
    expect([s("missing").value, s("half").value]).toEqual([1, 0]);
    const give = async (bytes: Uint8Array) => {
      s("open").value = 1;
      await tb.cycles(3);
      for (const byte of bytes) {
        s("byte_data").value = byte;
        s("byte_valid").value = 1;
        await tb.cycles(1);
        s("byte_valid").value = 0;
        s("byte_data").value = rand.int(0, 255);
        await tb.cycles(11);
      }
      await tb.cycles(20);
      s("open").value = 0;
      await tb.cycles(3);
      return { half: s("half").value, missing: s("missing").value };
    };
    const whole = (words: number) => {
      const bytes = Uint8Array.from({ length: Math.round(2 * words) }, () => rand.int(0, 255));
      const sum = Buffer.alloc(4);
      sum.writeUInt32LE(crc32(bytes));
      return Uint8Array.from([...bytes, ...sum]);
    };
    const holds = (half: number, set: Uint8Array) => {
      for (let w = 0; w < set.length / 2; w++)
        expect(memory.get(half * HALF + w), `word ${w} of half ${half}`).toBe(set[2 * w]! | (set[2 * w + 1]! << 8));
    };
    /** An image is loaded, or refused for its error. */
    const use = async (error = 0) => {
      s("status").value = 0x02;
      await tb.cycles(4);
      s("status").value = error ? error << 4 : 0x01;
      await tb.cycles(2);
    };

    // Nothing, a part, a bit that is another, a byte too many: there is no set.
    const first = whole(9);
    const none = { half: 0, missing: 1 };
    expect(await give(new Uint8Array())).toEqual(none);
    expect(await give(first.subarray(0, -2))).toEqual(none);
    expect(await give(first.map((b, i) => (i === 4 ? b ^ 16 : b)))).toEqual(none);
    expect(await give(Uint8Array.from([...first, 0]))).toEqual(none);
    expect(await give(whole(3.5)), "half a word, and a right CRC").toEqual(none);
    // A whole one, and again in its place as long as it is not used.
    expect(await give(first)).toEqual({ half: 0, missing: 0 });
    holds(0, first);
    const second = whole(HALF - 2);
    expect(await give(second)).toEqual({ half: 0, missing: 0 });
    holds(0, second);
    await use(3);
    expect(await give(second), "an image that is refused uses nothing").toEqual({ half: 0, missing: 0 });
    // In use it stays as it is: the next ones go to the other half, whatever becomes of them.
    await use();
    const third = whole(5);
    expect(await give(third.map((b, i) => (i === 0 ? b ^ 1 : b)))).toEqual({ half: 0, missing: 1 });
    expect(await give(third)).toEqual({ half: 1, missing: 0 });
    holds(0, second);
    holds(1, third);
    await use();
    // One word more than a half holds, and never beyond it.
    expect(await give(whole(HALF - 1))).toEqual({ half: 1, missing: 1 });
    holds(1, third);
    // A device that takes no word in time.
    blocked = true;
    expect(await give(whole(4))).toEqual({ half: 1, missing: 1 });
    blocked = false;
    await tb.cycles(5);
    const fourth = whole(4);
    expect(await give(fourth)).toEqual({ half: 0, missing: 0 });
    holds(0, fourth);
    holds(1, third);
  });
}

describe.each(simulators)("sdram_loader on %s", (sim) => {
  test.each(shapesOn(sim, [0, 0.7]))("sets of all kinds, a device that is busy in %f of the clocks", (stall) =>
    check(sim, stall),
  );
});

test.each<Fault & { name: string }>([
  { name: "any set is whole", from: "right     = crc == RESIDUE", to: "right     = 1'b1" },
  { name: "an odd byte is left out", from: "whole     = right && !odd", to: "whole     = right" },
  { name: "words are lost in silence", from: "&& !fault && !m_word_valid;", to: "&& !m_word_valid;" },
  { name: "the set in use is overwritten", from: "target       <= some_used && !busy", to: "target       <= busy" },
  { name: "the half is not told", from: "if (whole) half <= target;", to: "" },
  { name: "a refused image uses a set", from: " && status[6:4] == 3'd0", to: "" },
  {
    name: "words in another order",
    from: "m_word_data  <= {byte_data, low};",
    to: "m_word_data  <= {low, byte_data};",
  },
  { name: "the sum of the set before", from: "crc          <= 32'hffffffff;", to: "" },
  {
    name: "more than a half",
    from: "if (full || (m_word_valid && !m_word_ready) || (taken && (&at))) fault",
    to: "if (m_word_valid && !m_word_ready) fault",
  },
])("sdram_loader, mutant: $name", async ({ from, to }) => {
  await expect(check("icarus", 0.7, source("sdram_loader", { from, to }))).rejects.toThrow();
});
