import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Rand, run } from "../../lib/index.ts";
import { type Fault, source } from "../arithmetic.ts";
import { type Simulator, simulators } from "../stream.ts";

const bench = join(import.meta.dirname, "bench.v");

/** The device takes what is driven with the edge in the middle of a clock; what it drives is read in the next clock. */
async function check(sim: Simulator, file = source("sdram_pins")): Promise<void> {
  const design = { top: "pins_bench", sources: [bench, file], params: {} };
  await run(design, { sim, seed: 2, maxCycles: 500, waves: "off" }, async (tb) => {
    const s = (name: string) => tb.signal(name);
    const rand = new Rand(5);
    let before: number | undefined;
    s("oe").value = 0;
    s("dq_oe").value = 0;
    for (let n = 0; n < 100; n++) {
      const [ours, theirs, out] = [rand.int(0, 65535), rand.int(0, 65535), rand.bool(0.5)];
      await tb.rising();
      // What stood on the pins in the last clock, whoever drove it.
      if (before !== undefined) {
        expect(s("dq_in").value, "as we see it").toBe(before);
        expect(s("seen").value, "as the device sees it").toBe(before);
      }
      before = out ? ours : theirs;
      s("dq_out").value = ours;
      s("data").value = theirs;
      s("dq_oe").value = out ? 1 : 0;
      s("oe").value = out ? 0 : 1;
    }
  });
}

describe.each(simulators)("sdram_pins on %s", (sim) => {
  test("data in both directions, half a clock later", () => check(sim));
});

test.each<Fault & { name: string }>([
  { name: "it always drives", from: "dq_oe ? dq_out : 16'bz", to: "dq_out" },
  { name: "it never drives", from: "dq_oe ? dq_out : 16'bz", to: "16'bz" },
  { name: "data of the edge before", from: "@(negedge clk)", to: "@(posedge clk)" },
  { name: "the clock in phase", from: "= !clk", to: "= clk" },
])("sdram_pins, mutant: $name", async ({ from, to }) => {
  await expect(check("icarus", source("sdram_pins", { from, to }))).rejects.toThrow();
});
