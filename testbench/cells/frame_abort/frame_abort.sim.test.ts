import { describe, expect, test } from "vitest";
import { Rand, run, stallCorners } from "../../lib/index.ts";
import { type Fault, sources } from "../arithmetic.ts";
import { type Simulator, shapesOn, simulators } from "../stream.ts";

const BEATS = 3;

/** A design, its gate and its bus beside the cell: errors at any time, in the middle of frames at either end. */
async function check(
  sim: Simulator,
  outputs: number,
  source: number,
  sink: number,
  files = sources("frame_abort"),
): Promise<void> {
  const rand = new Rand(outputs);
  await run(
    { top: "frame_abort", sources: [...files], params: { OUTPUTS: outputs } },
    { sim, seed: 2, maxCycles: 20_000 },
    async (tb) => {
      const s = (name: string) => tb.signal(name);
      const bits = (list: readonly boolean[]) => list.reduce((n, b, i) => n | (b ? 1 << i : 0), 0);
      const of = (name: string) => Array.from({ length: outputs }, (_, i) => ((s(name).value >> i) & 1) === 1);
      for (const name of ["error", "enters", "idle", "owed", "s_axis_tvalid", "s_axis_tlast", "m_axis_tready"])
        s(name).value = 0;
      s("loaded").value = 1;
      s("quiet").value = 1;
      await tb.reset(s("rst"));
      // Frames that entered and did not leave an output; beats of the first of them that did; an offer of the design.
      const owed = new Array<number>(outputs).fill(0);
      const at = new Array<number>(outputs).fill(0);
      const offer = new Array<boolean>(outputs).fill(false);
      const held = new Array<string | undefined>(outputs).fill(undefined);
      let [gate, half, under, marks] = [false, 0, 0, 0];
      let [aborting, error, failed, rests] = [false, false, false, false];
      let [aborts, wholes, bads, rested] = [0, 0, 0, 0];
      for (let clock = 0; clock < 5000; clock++) {
        // The gate, a clock behind `aborting`; what is half in goes on, into nothing.
        const idle = !gate && half === 0 && owed.every((n) => n === 0) && aborting;
        const enters = (gate || half > 0) && owed.every((n) => n < 6) && !rand.bool(source);
        s("enters").value = enters ? 1 : 0;
        s("idle").value = idle ? 1 : 0;
        s("owed").value = bits(owed.map((n) => n > 0));
        // The bus: bursts under way, an error now and then, none asked for while aborting.
        under = Math.max(0, under + (aborting || rests || error ? 0 : rand.int(0, 2)) - rand.int(0, 2));
        if (!aborting && !rests && rand.int(0, 60) === 0) error = true;
        s("error").value = error ? 1 : 0;
        s("quiet").value = under === 0 ? 1 : 0;
        for (let i = 0; i < outputs; i++) offer[i] = offer[i]! || (owed[i]! > 0 && rand.bool(0.5));
        s("s_axis_tvalid").value = bits(offer);
        s("s_axis_tlast").value = bits(at.map((n) => n === BEATS - 1));
        s("m_axis_tready").value = bits(offer.map(() => !rand.bool(sink)));
        await tb.rising();
        const [valid, ready, last, bad, taken] = [
          "m_axis_tvalid",
          "m_axis_tready",
          "m_axis_tlast",
          "bad",
          "s_axis_tready",
        ].map(of);
        expect(s("aborting").value === 1, "it aborts").toBe(aborting);
        expect(s("fetch_enable").value === 1, "reading rests").toBe(!aborting && !rests);
        if (rests) rested++;
        expect(s("failed").value === 1, "it has failed").toBe(failed);
        expect(s("aborted").value, "bad beats are counted").toBe(marks);
        const restart = s("core_rst").value === 1;
        if (restart) {
          expect(idle && under === 0 && aborting, "nothing is inside, nothing under way").toBe(true);
          aborts++;
        }
        let marked = false;
        for (let i = 0; i < outputs; i++) {
          const shown = `${valid![i]} ${last![i]} ${bad![i]}`;
          if (held[i] !== undefined) expect(shown, "an offer stays as it is").toBe(held[i]);
          held[i] = valid![i] && !ready![i] ? shown : undefined;
          if (bad![i]) expect(aborting && !taken![i], "no beat of the design is taken any more").toBe(true);
          else expect(valid![i], "wires").toBe(offer[i]);
          if (!valid![i] || !ready![i]) continue;
          expect(owed[i], "a frame leaves that has entered").toBeGreaterThan(0);
          if (bad![i]) {
            expect(last![i], "a frame ends").toBe(true);
            marked = true;
            bads++;
          } else {
            expect(taken![i]).toBe(true);
            expect(last![i]).toBe(at[i] === BEATS - 1);
            offer[i] = false;
            if (last![i]) wholes++;
          }
          at[i] = last![i] ? 0 : at[i]! + 1;
          if (last![i]) owed[i]!--;
        }
        if (marked) marks++;
        failed ||= error;
        rests = restart || (rests && !(enters && !aborting));
        gate = !aborting;
        if (enters) {
          if (half === 0) for (let i = 0; i < outputs; i++) owed[i]!++;
          half = (half + 1) % BEATS;
        }
        aborting = (aborting || error) && !restart;
        if (restart) {
          error = false;
          offer.fill(false);
          at.fill(0);
        }
      }
      expect(aborts).toBeGreaterThan(10);
      expect(wholes).toBeGreaterThan(30);
      expect(bads).toBeGreaterThan(10);
      expect(rested).toBeGreaterThan(5);
      // Another set: the error is forgotten.
      s("error").value = 0;
      s("loaded").value = 0;
      await tb.cycles(2);
      expect(s("fetch_enable").value).toBe(0);
      s("loaded").value = 1;
      await tb.cycles(2);
      expect(s("failed").value).toBe(0);
    },
  );
}

describe.each(simulators)("frame_abort on %s", (sim) => {
  test.each(shapesOn(sim, [1, 3]))("%i outputs, errors at any time, in the stall corners", async (outputs) => {
    for (const { source, sink } of stallCorners) await check(sim, outputs, source, sink);
  });
});

test.each<Fault & { name: string }>([
  { name: "takes an offer back", from: "cut | ~(m_axis_tvalid & ~m_axis_tready)", to: "{OUTPUTS{1'b1}}" },
  { name: "does not wait for the bus", from: "idle && quiet", to: "idle" },
  { name: "does not wait for frames", from: "idle && quiet", to: "quiet" },
  { name: "frames are not ended", from: "(owed & cut)", to: "(owed & cut & {OUTPUTS{1'b0}})" },
  { name: "ends without tlast", from: "s_axis_tlast | cut", to: "s_axis_tlast" },
  { name: "takes beats of the design", from: "m_axis_tready & ~cut", to: "m_axis_tready" },
  { name: "counts what is right", from: "m_axis_tready & cut)", to: "m_axis_tready)" },
  { name: "reads at once", from: "core_rst || (rests", to: "(rests" },
  { name: "reads no more", from: "(rests && !(enters && !aborting))", to: "rests" },
  { name: "forgets", from: "(failed || error)", to: "error" },
  { name: "never forgets", from: "failed <= loaded && ", to: "failed <= " },
])("frame_abort, mutant: $name", async ({ from, to }) => {
  const runs = async () => {
    for (const { source, sink } of stallCorners)
      await check("icarus", 3, source, sink, sources("frame_abort", { from, to }));
  };
  await expect(runs()).rejects.toThrow();
});
