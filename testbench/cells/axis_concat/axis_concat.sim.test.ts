import { describe, expect, test } from "vitest";
import { Rand, run, type SimulatorName, stallCorners } from "../../lib/index.ts";
import { source } from "../arithmetic.ts";

interface Shape {
  WIDTH: number;
  BEATS0: number;
  BEATS1: number;
}

async function check(
  sim: SimulatorName,
  { WIDTH, BEATS0, BEATS1 }: Shape,
  idle: number,
  stall: number,
  file = source("axis_concat"),
) {
  const rand = new Rand(WIDTH * 10 + BEATS0);
  const frames = [3, 1, 5];
  const pixels = frames.map((n) =>
    Array.from({ length: n }, () =>
      [BEATS0, BEATS1].map((beats) => Array.from({ length: beats }, () => rand.bits(WIDTH))),
    ),
  );
  const expected = pixels.map((frame) => frame.flat(2));
  const design = { top: "axis_concat", sources: [file], params: { WIDTH, BEATS0, BEATS1 } };
  await run(design, { sim, seed: 5, maxCycles: 3000, waves: "off" }, async (tb) => {
    const sources = [0, 1].map((i) => tb.axisSource(`s${i}_axis`, { pause: i === 0 ? idle : idle / 2 }));
    const sink = tb.axisSink("m_axis", { pause: stall });
    const given = tb.axisMonitor("m_axis");
    tb.protocolCheck("m_axis");
    await tb.reset(tb.signal("rst"));
    for (const frame of pixels) for (const i of [0, 1]) sources[i]!.sendNowait(frame.flatMap((p) => p[i]!));
    for (const [f, frame] of expected.entries()) expect((await sink.recv()).tdata, `frame ${f}`).toEqual(frame);
    await tb.cycles(20);
    const { beats } = given;
    expect(beats.count).toBe(expected.flat().length);
    if (idle + stall === 0) expect(beats.cycle(beats.count - 1) - beats.cycle(0)).toBe(beats.count - 1);
  });
}

const shapes: Shape[] = [
  { WIDTH: 8, BEATS0: 2, BEATS1: 3 },
  { WIDTH: 40, BEATS0: 1, BEATS1: 1 },
  { WIDTH: 5, BEATS0: 7, BEATS1: 1 },
];

describe("axis_concat", () => {
  test.each(shapes)("$WIDTH bits, $BEATS0 and $BEATS1 beats", async (shape) => {
    for (const { source, sink } of stallCorners) await check("verilator", shape, source, sink);
  });
  test("Icarus agrees", async () => {
    for (const shape of shapes) for (const { source, sink } of stallCorners) await check("icarus", shape, source, sink);
  });
  test.each([
    { name: "tlast of stream 0", from: "second && s1_axis_tlast", to: "s1_axis_tlast || s0_axis_tlast" },
    { name: "the place is not counted", from: "done ? {C_BITS{1'b0}} : beat + 1'b1", to: "{C_BITS{1'b0}}" },
    { name: "both streams move", from: "s1_axis_tready = room && second", to: "s1_axis_tready = room" },
  ])("the bench kills a mutant: $name", async ({ from, to }) => {
    const file = source("axis_concat", { from, to });
    await expect(check("icarus", shapes[0]!, 0, 0.3, file)).rejects.toThrow();
  });
});
