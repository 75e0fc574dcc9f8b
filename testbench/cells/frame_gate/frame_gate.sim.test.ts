import { describe, expect, test } from "vitest";
import { Rand, run, stallCorners } from "../../lib/index.ts";
import { type Fault, sources } from "../arithmetic.ts";
import { type Simulator, shapesOn, simulators } from "../stream.ts";

interface Shape {
  BEATS: number;
  OUTPUTS: number;
}

/** Random handshakes, opening and closing at any time, against a model that counts beats and frames beside the cell. */
async function check(
  sim: Simulator,
  { BEATS, OUTPUTS }: Shape,
  source: number,
  sink: number,
  files = sources("frame_gate"),
): Promise<void> {
  const rand = new Rand(BEATS * 10 + OUTPUTS);
  await run(
    { top: "frame_gate", sources: [...files], params: { BEATS, OUTPUTS, COUNT_BITS: 8 } },
    { sim, seed: 2, maxCycles: 20_000 },
    async (tb) => {
      const s = (name: string) => tb.signal(name);
      for (const name of ["s_axis_tvalid", "m_axis_tready", "done", "open"]) s(name).value = 0;
      await tb.reset(s("rst"));
      let beat = 0;
      const inside = new Array<number>(OUTPUTS).fill(0);
      let shut = 0;
      let [offered, began, idles] = [false, 0, 0];
      for (let clock = 0; clock < 4000; clock++) {
        const open = rand.int(0, 79) === 0 ? 1 - s("open").value : s("open").value;
        s("open").value = open;
        if (!offered) s("s_axis_tvalid").value = rand.bool(source) ? 0 : 1;
        s("m_axis_tready").value = rand.bool(sink) ? 0 : 1;
        // Frames leave an output in any clock behind the one in which they began.
        const leaving = inside.map((n) => n > 0 && rand.bool(0.3));
        s("done").value = leaving.reduce((bits, l, i) => bits | (l ? 1 << i : 0), 0);
        await tb.rising();
        const [valid, ready] = [s("m_axis_tvalid").value === 1, s("m_axis_tready").value === 1];
        const taken = s("s_axis_tvalid").value === 1 && s("s_axis_tready").value === 1;
        expect(taken, "both sides move together").toBe(valid && ready);
        shut = s("open").value === 1 ? 0 : shut + 1;
        // A beat that was offered to the design stays offered; it is the only one that may begin a frame while shut.
        if (beat === 0 && valid) expect(shut <= 1 || offered, "no frame begins while the gate is shut").toBe(true);
        if (offered) expect(valid, "an offer stays").toBe(true);
        if (beat > 0) expect(valid, "a frame that has begun goes in").toBe(s("s_axis_tvalid").value === 1);
        if (s("idle").value === 1) {
          idles++;
          expect([beat, ...inside], "idle means nothing inside").toEqual([0, ...inside.map(() => 0)]);
          expect(valid).toBe(false);
        }
        offered = s("s_axis_tvalid").value === 1 && !taken && valid;
        const begins = taken && beat === 0;
        if (begins) began++;
        if (taken) beat = (beat + 1) % BEATS;
        for (let i = 0; i < OUTPUTS; i++) inside[i]! += (begins ? 1 : 0) - (leaving[i] ? 1 : 0);
      }
      expect(began).toBeGreaterThan(30);
      expect(idles).toBeGreaterThan(3);
    },
  );
}

const shapes: Shape[] = [
  { BEATS: 1, OUTPUTS: 1 },
  { BEATS: 4, OUTPUTS: 1 },
  { BEATS: 7, OUTPUTS: 3 },
];

describe.each(simulators)("frame_gate on %s", (sim) => {
  test.each(shapesOn(sim, shapes))("frames of $BEATS beats, $OUTPUTS outputs, in the stall corners", async (shape) => {
    for (const { source, sink } of stallCorners) await check(sim, shape, source, sink);
  });
});

test.each<Fault & { name: string }>([
  { name: "shuts in a frame", from: "pass  = gate || !first", to: "pass  = gate" },
  { name: "takes an offer back", from: "|| (gate && first && s_axis_tvalid && !m_axis_tready)", to: "" },
  { name: "idle with frames inside", from: "first && some == {OUTPUTS{1'b0}}", to: "first" },
  { name: "looks at one output", from: "some == {OUTPUTS{1'b0}}", to: "!some[0]" },
  { name: "counts beats", from: "begins = moves && first", to: "begins = moves" },
])("frame_gate, mutant: $name", async ({ from, to }) => {
  const runs = async () => {
    for (const { source, sink } of stallCorners)
      await check("icarus", shapes[2]!, source, sink, sources("frame_gate", { from, to }));
  };
  await expect(runs()).rejects.toThrow();
});
