import { expect, test } from "vitest";
import { run } from "../../lib/index.ts";
import { sources } from "../arithmetic.ts";
import { type Simulator, simulators } from "../stream.ts";

/** Frames of 1 to 4 beats with rests, switched at random frames ahead, against a model that counts without wrapping. */
async function check(sim: Simulator, COUNT_BITS: number, files = sources("frame_bank")): Promise<void> {
  await run(
    { top: "frame_bank", sources: [...files], params: { COUNT_BITS } },
    { sim, seed: 5, maxCycles: 40_000 },
    async (tb) => {
      const s = (name: string) => tb.signal(name);
      for (const name of ["move", "last", "swap_at", "swap_bank"]) s(name).value = 0;
      await tb.reset(s("rst"));
      const most = 2 ** COUNT_BITS - 2;
      let [frame, left, from, bank, former, switches] = [0, tb.rand.int(1, 4), 0, 0, 0, 0];
      let asked = -9;
      for (let clock = 0; clock < 4000; clock++) {
        const settled = frame >= from && clock > asked + 1;
        if (settled && tb.rand.bool(0.1)) {
          // Frames up to here are on their way or over.
          from = frame + tb.rand.int(0, most - 1);
          former = bank;
          bank = 1 - bank;
          switches++;
          asked = clock;
          s("swap_at").value = from % 2 ** COUNT_BITS;
          s("swap_bank").value = bank;
        }
        // In the clock in which a switch is asked for, no beat of its first frame comes.
        const moves = tb.rand.bool(0.8) && !(frame === from && clock === asked);
        s("move").value = moves ? 1 : 0;
        s("last").value = moves ? Number(left === 1) : tb.rand.int(0, 1);
        await tb.rising();
        const met = s("bank").value;
        if (moves) expect(met, `bank of frame ${frame}, switch at ${from}`).toBe(frame >= from ? bank : former);
        if (clock > asked) expect(s("settled").value, "settled").toBe(Number(met === bank));
        if (moves && --left === 0) {
          frame++;
          left = tb.rand.int(1, 4);
        }
      }
      expect(switches).toBeGreaterThan(40);
    },
  );
}

test.each(simulators)("frame_bank on %s", async (sim) => {
  for (const bits of [2, 4]) await check(sim, bits);
});

test.each([
  ["switches with the last beat's clock", "ends    = move && last", "ends    = last"],
  ["a frame late", " || (ends && frame_n == swap_at)", ""],
  ["never without a beat", "frame == swap_at || (ends", "(ends"],
  ["counts beats", "if (ends) frame", "if (move) frame"],
  ["says it is settled", "settled = (bank == swap_bank)", "settled = 1'b1"],
])("frame_bank, mutant: %s", async (_, from, to) => {
  await expect(check("icarus", 4, sources("frame_bank", { from, to }))).rejects.toThrow();
});
