import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import { run, stallCorners } from "../../lib/index.ts";
import { type Fault, sources } from "../arithmetic.ts";
import { type Simulator, simulators } from "../stream.ts";

/** A chain of memories, a loader and a gate as models around the cell, each at its own pace. */
async function check(sim: Simulator, pauseIn: number, pauseOut: number, files = sources("weights_reader")) {
  await run(
    { top: "weights_reader", sources: [...files], params: {} },
    { sim, seed: 3, maxCycles: 30_000 },
    async (tb) => {
      const s = (name: string) => tb.signal(name);
      const { rand } = tb;
      for (const name of ["start", "s_axis_tvalid", "load_tready", "loading", "idle", "s_load_tvalid", "s_back_tvalid"])
        s(name).value = 0;
      s("load_tready").value = 1;
      const sink = tb.axisSink("m_axis", { pause: pauseOut });
      await tb.reset(s("rst"));
      let words: number[] = [];
      let [at, due, left, image, wait] = [0, -1, -1, 0, 0];
      // A word that leaves, and what came of it.
      let [seen, frames, heldUp] = [0, false, 0];
      tb.clk.onEdge(() => {
        const [hold, back] = [s("hold").value === 1, s("read_back").value === 1];
        const loading = s("loading").value === 1;
        if (back) expect(s("idle").value, "memories are read back while no frame is inside").toBe(1);
        if (back) expect(loading, "nor is an image loaded").toBe(false);
        if (s("s_load_tvalid").value) {
          expect(s("m_load_tvalid").value).toBe(1);
          expect(s("m_load_tfirst").value).toBe(s("s_load_tfirst").value);
        } else if (s("m_load_tvalid").value) {
          expect(s("m_load_tfirst").value, "requests are marked").toBe(1);
          expect(back && due < 0 && wait >= 2, "one request at a time, clocks apart").toBe(true);
          due = rand.int(0, 6);
        }
        wait = back && !s("m_load_tvalid").value ? wait + 1 : 0;
        // The chain.
        s("s_back_tvalid").value = 0;
        s("s_back_tfirst").value = rand.int(0, 1);
        s("s_back_tdata").value = rand.u32();
        if (due >= 0 && due-- === 0) {
          s("s_back_tvalid").value = 1;
          s("s_back_tfirst").value = at < words.length ? 0 : 1;
          if (at < words.length) s("s_back_tdata").value = words[at++]!;
        }
        // The loader takes an image in some clocks.
        const [offered, ready] = [s("s_axis_tvalid").value === 1, s("s_axis_tready").value === 1];
        if (offered && ready) {
          expect(s("load_tvalid").value).toBe(1);
          if (image === 0) expect(hold && frames, "no image begins while weights are read").toBe(false);
          image = image === 0 ? rand.int(3, 40) : image - 1;
          seen++;
        } else expect(s("load_tvalid").value).toBe(offered && s("s_axis_tready").value === 1 ? 1 : 0);
        if (offered && !ready) heldUp++;
        s("loading").value = image > 0 ? 1 : 0;
        s("s_load_tvalid").value = image > 1 ? rand.int(0, 1) : 0;
        s("s_load_tfirst").value = rand.int(0, 1);
        s("s_axis_tvalid").value = offered && !ready ? 1 : Number(!rand.bool(pauseIn));
        // The gate: frames leave some time after it is shut.
        left = hold ? (left < 0 ? -1 : left - 1) : rand.int(0, 30);
        frames = hold && left < 0;
        s("idle").value = frames ? 1 : 0;
      });
      for (const [n, kind] of [1, 2, 1, 3, 2].entries()) {
        words = Array.from({ length: n === 2 ? 1 : rand.int(2, 9) }, () => rand.u32());
        at = 0;
        await tb.cycles(rand.int(0, 60));
        s("start").value = kind;
        await tb.cycles(1);
        s("start").value = 0;
        await tb.cycles(1);
        expect(s("busy").value).toBe(1);
        // Another start is not looked at.
        if (n === 0) {
          s("start").value = 2;
          await tb.cycles(5);
          s("start").value = 0;
        }
        const { tdata } = await sink.recv();
        const sum = crc32(Buffer.from(Uint32Array.from(words).buffer));
        expect(
          tdata.map((v) => Number(v)),
          `read ${n}`,
        ).toEqual(kind === 2 ? [sum] : [...words, sum]);
        await tb.cycles(2);
        expect(s("busy").value).toBe(0);
        expect(s("hold").value).toBe(0);
      }
      expect(seen, "images went on").toBeGreaterThan(20);
      if (pauseIn === 0) expect(heldUp, "images waited").toBeGreaterThan(20);
      // A reset ends what is under way.
      s("start").value = 1;
      await tb.cycles(20);
      s("start").value = 0;
      await tb.reset(s("rst"));
      expect([s("busy").value, s("hold").value, s("read_back").value, s("m_axis_tvalid").value]).toEqual([0, 0, 0, 0]);
    },
  );
}

describe.each(simulators)("weights_reader on %s", (sim) => {
  test("reads words and their CRC in four stall corners", async () => {
    for (const { source, sink } of stallCorners) await check(sim, source, sink);
  });
});

test.each<Fault & { name: string }>([
  { name: "does not wait until no frame is inside", from: "if (idle && !loading) state", to: "if (!loading) state" },
  { name: "images begin while weights are read", from: "keep = hold && !loading", to: "keep = 1'b0" },
  { name: "an image on its way is held up", from: "keep = hold && !loading", to: "keep = busy" },
  { name: "frames enter", from: "hold          = busy && (state != LOADS)", to: "hold          = (state == HOLDS)" },
  { name: "another polynomial", from: "32'hedb88320", to: "32'h82f63b78" },
  { name: "the CRC goes on from the last one", from: "crc <= 32'hffffffff;", to: "crc <= crc;" },
  { name: "a bit less in the CRC", from: "bits == 5'd31", to: "bits == 5'd30" },
  { name: "words although the CRC alone is asked for", from: "quiet ? ASK : GIVE", to: "GIVE" },
  { name: "a word that waits is lost", from: "GIVE: if (m_axis_tready)", to: "GIVE: if (1'b1)" },
  { name: "asks too early", from: "(state == ASK) && rests[1]", to: "(state == ASK) && rests[0]" },
])("weights_reader, mutant: $name", async ({ from, to }) => {
  const runs = async () => {
    for (const { source, sink } of stallCorners)
      await check("icarus", source, sink, sources("weights_reader", { from, to }));
  };
  await expect(runs()).rejects.toThrow();
});
