import { expect, test } from "vitest";
import { run } from "../../lib/index.ts";
import { sources } from "../arithmetic.ts";
import { type Simulator, simulators } from "../stream.ts";

const COUNT_BITS = 4;

/** A loader, a gate and memories as models around the cell, each at its own pace. */
async function check(sim: Simulator, files = sources("weights_swap")): Promise<void> {
  await run(
    { top: "weights_swap", sources: [...files], params: { COUNT_BITS } },
    { sim, seed: 5, maxCycles: 40_000 },
    async (tb) => {
      const s = (name: string) => tb.signal(name);
      for (const name of ["load_open", "load_status", "shut", "entered"]) s(name).value = 0;
      s("settled").value = 1;
      await tb.reset(s("rst"));
      let [loads, switches, entered, failed] = [0, 0, 0, 0];
      let state: "ready" | "waits" | "loads" | "refused" = "ready";
      let [gate, shut, inside, behind] = [false, false, 0, 0];
      // A set that has been loaded, since the clock before; whether the loader has set `open`.
      let [waiting, open] = [false, false];
      let at = 0;
      for (let clock = 0; clock < 6000; clock++) {
        const rises = state === "loads" && tb.rand.bool(0.1);
        if (rises && tb.rand.bool(0.25)) {
          // One image of four is refused and leaves the set that is there.
          state = "refused";
          failed++;
        } else if (rises) [state, open, loads] = ["ready", true, loads + 1];
        else if (state === "refused") state = "waits";
        else if (state === "ready" && tb.rand.bool(0.05)) [state, open] = ["waits", false];
        s("load_open").value = open ? 1 : 0;
        s("load_status").value = state === "ready" ? 0b001_1101 : state === "refused" ? 0b110_1110 : 0b000_1110;
        s("shut").value = shut ? 1 : 0;
        s("entered").value = entered % 2 ** COUNT_BITS;
        s("settled").value = behind === 0 ? 1 : 0;
        await tb.rising();
        // The boundary: frames that are in keep the former set, all others get the new one.
        expect(s("swap_bank").value, "the bank").toBe(switches % 2);
        expect(s("swap_at").value, "the number of frames that are in").toBe(at % 2 ** COUNT_BITS);
        const status = s("status").value;
        expect(status >> 4, "error").toBe(s("load_status").value >> 4);
        expect((status >> 3) & 1, "bank").toBe(switches % 2);
        expect((status >> 2) & 1, "switching").toBe(behind === 0 ? 0 : 1);
        expect((status >> 1) & 1, "loading").toBe(state !== "ready" || loads > switches ? 1 : 0);
        expect(status & 1, "loaded").toBe(switches > 0 ? 1 : 0);
        const opens = s("gate_open").value === 1;
        if (opens && !rises) expect(loads, "frames enter with the newest set").toBe(switches);
        if (!opens && !waiting) expect(switches, "shut before the first set alone").toBe(0);
        if (s("load_idle").value === 1) {
          expect(open, "idle is told to a loader that waits").toBe(false);
          expect([behind, loads], "and only when all banks rest").toEqual([0, switches]);
          if (state === "waits") state = "loads";
        }
        // What the edge does: the switch, memories that follow, the gate.
        if (behind > 0) behind--;
        if (waiting && shut) {
          switches++;
          at = entered;
          behind = tb.rand.int(1, 20);
        }
        waiting = loads > switches;
        shut = !opens && !gate && inside === 0;
        if (inside > 0) inside--;
        else if (gate && tb.rand.bool(0.5)) {
          inside = tb.rand.int(0, 6);
          entered++;
        }
        gate = opens;
      }
      expect(switches).toBeGreaterThan(50);
      expect(failed).toBeGreaterThan(5);
    },
  );
}

test.each(simulators)("weights_swap on %s", (sim) => check(sim));

test.each([
  ["the gate stays open", "gate_open = loaded && !pending", "gate_open = loaded"],
  ["switches in a frame", "pending && shut", "pending"],
  ["a third set does not wait", "settled && !pending && !load_open", "!pending && !load_open"],
  ["a set that waits is loaded over", "settled && !pending && !load_open", "settled && !load_open"],
  ["takes a refused image", "fresh = load_open && !was_open", "fresh = load_status[6:4] == 3'd6"],
  ["a refused image takes the set away", "loaded};\n", "load_status[0]};\n"],
])("weights_swap, mutant: %s", async (_, from, to) => {
  await expect(check("icarus", sources("weights_swap", { from, to }))).rejects.toThrow();
});
