import { describe, expect, test } from "vitest";
import { Rand, run, stallCorners } from "../../lib/index.ts";
import { exercise, isKilled, type StreamCase, shapesOn, simulators, template } from "../stream.ts";

/** Frames that the source marks rightly: for mutants, which the shared bench finds. */
function streamCase(width: number, beats: number): StreamCase {
  const rand = new Rand(width + beats);
  const input = Array.from({ length: 5 }, () => Array.from({ length: beats }, () => rand.bits(width)));
  return { top: "axis_last", params: { WIDTH: width, BEATS: beats }, input, expected: input };
}

const marks = {
  right: (i: number, beats: number) => i % beats === beats - 1,
  low: () => false,
  high: () => true,
  random: (i: number) => ((i * 2654435761) >>> 7) % 3 === 0,
};

describe.each(simulators)("axis_last on %s", (sim) => {
  test.each(
    shapesOn(sim, [
      [1, 1],
      [8, 4],
      [70, 7],
    ]),
  )("%i bits, frames of %i beats, whatever the input's tlast", async (width, beats) => {
    for (const mark of Object.values(marks))
      for (const { source, sink } of stallCorners)
        await run(
          { top: "axis_last", sources: [template("axis_last")], params: { WIDTH: width, BEATS: beats } },
          { sim, seed: 3, maxCycles: 10_000, name: "axis_last" },
          async (tb) => {
            const from = tb.axisSource("s_axis", { pause: source });
            const to = tb.axisSink("m_axis", { pause: sink });
            tb.protocolCheck("m_axis", { frameBeats: beats });
            await tb.reset(tb.signal("rst"));
            const all = streamCase(width, beats).input;
            const words = Math.ceil(width / 32);
            const flat = all.flat();
            const data = Uint32Array.from(
              flat.flatMap((b) => Array.from({ length: words }, (_, k) => Number((b >> BigInt(32 * k)) & 0xffffffffn))),
            );
            const sent = from.sendBeats(
              data,
              words,
              flat.map((_, i) => mark(i, beats)),
            );
            for (const frame of all) expect((await to.recv()).tdata).toEqual(frame);
            await sent;
          },
        );
  });

  test("one beat a clock, none later", async () => {
    const clocks = (await exercise(streamCase(8, 4), { sim })).flat();
    expect(clocks.at(-1)! - clocks[0]!).toBe(19);
  });
});

test("a reset in a frame begins the next one", async () => {
  await run(
    { top: "axis_last", sources: [template("axis_last")], params: { WIDTH: 8, BEATS: 4 } },
    { sim: "icarus", seed: 1, maxCycles: 1000, name: "axis_last" },
    async (tb) => {
      const from = tb.axisSource("s_axis");
      const to = tb.axisSink("m_axis");
      await tb.reset(tb.signal("rst"));
      await from.sendBeats(Uint32Array.of(1, 2, 3), 1);
      await tb.reset(tb.signal("rst"));
      await from.sendBeats(Uint32Array.of(4, 5, 6, 7), 1);
      expect((await to.recv()).tdata.slice(-4)).toEqual([4n, 5n, 6n, 7n]);
    },
  );
});

test.each([
  ["one beat too many", "BEATS - 1;", "BEATS;"],
  ["counts while nothing moves", "if (s_axis_tvalid && m_axis_tready) n", "if (s_axis_tvalid) n"],
  ["never begins again", "last ? {N_BITS{1'b0}} : n + 1'b1", "n + 1'b1"],
])("axis_last, mutant: %s", async (_, find, replace) => {
  expect(await isKilled("axis_last", { find, replace }, [streamCase(8, 5)])).toBe(true);
});
