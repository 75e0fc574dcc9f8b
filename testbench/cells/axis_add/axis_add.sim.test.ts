import { describe, expect, test } from "vitest";
import { Rand, run, type SimulatorName, stallCorners } from "../../lib/index.ts";
import { lanes, operand, sources } from "../arithmetic.ts";

interface Shape {
  LANES: number;
  X0_BITS: number;
  X1_BITS: number;
  OUT_BITS: number;
  M0: number;
  M1: number;
  B: number;
  B_HIGH?: number;
  SHIFT: number;
  CLAMP?: number;
  LO: number;
  HI: number;
  INTERVAL?: number;
}

const shapes: Shape[] = [
  { LANES: 2, X0_BITS: 8, X1_BITS: 8, OUT_BITS: 8, M0: 40_000, M1: -23_456, B: 1 << 15, SHIFT: 16, LO: 0, HI: 255 },
  { LANES: 1, X0_BITS: 3, X1_BITS: 16, OUT_BITS: 9, M0: -65_536, M1: 1, B: -700, SHIFT: 8, LO: -200, HI: 200 },
  { LANES: 3, X0_BITS: 1, X1_BITS: 4, OUT_BITS: 12, M0: -1, M1: 0, B: 0, SHIFT: 0, LO: -2048, HI: 2047 },
  {
    LANES: 1,
    X0_BITS: 8,
    X1_BITS: 8,
    OUT_BITS: 8,
    M0: 9,
    M1: 5,
    B: 77,
    B_HIGH: -9_000_000,
    SHIFT: 34,
    LO: -100,
    HI: 5,
  },
  { LANES: 4, X0_BITS: 8, X1_BITS: 8, OUT_BITS: 6, M0: 3, M1: -5, B: -9, SHIFT: 4, LO: -20, HI: 17 },
  { LANES: 2, X0_BITS: 33, X1_BITS: 8, OUT_BITS: 35, M0: 1, M1: 32_767, B: 0, SHIFT: 0, CLAMP: 0, LO: 0, HI: 0 },
];

async function check(sim: SimulatorName, shape: Shape, idle: number, stall: number, files = sources("axis_add")) {
  const { LANES, X0_BITS, X1_BITS, OUT_BITS, M0, M1, B, B_HIGH = 0, SHIFT, CLAMP = 1, LO, HI } = shape;
  const rand = new Rand(X0_BITS * 100 + OUT_BITS);
  const draw = (bits: number): bigint[] => Array.from({ length: LANES }, () => operand(rand, bits, rand.bool(0.3)));
  const count = 40;
  const a = Array.from({ length: count }, () => draw(X0_BITS));
  const b = Array.from({ length: count }, () => draw(X1_BITS));
  const constant = BigInt(B) + BigInt(B_HIGH) * 65536n;
  const expected = a.map((beat, i) => {
    const q = beat.map((x, lane) => {
      const f = (x * BigInt(M0) + b[i]![lane]! * BigInt(M1) + constant) >> BigInt(SHIFT);
      if (CLAMP === 0) return f;
      return f < BigInt(LO) ? BigInt(LO) : f > BigInt(HI) ? BigInt(HI) : f;
    });
    return lanes(q, OUT_BITS);
  });
  const design = { top: "axis_add", sources: files, params: { ...shape } };
  await run(design, { sim, seed: 4, maxCycles: 2000, waves: "off" }, async (tb) => {
    const s0 = tb.axisSource("s0_axis", { pause: idle });
    const s1 = tb.axisSource("s1_axis", { pause: idle / 2 });
    tb.axisSink("m_axis", { pause: stall });
    const given = tb.axisMonitor("m_axis");
    tb.protocolCheck("m_axis");
    await tb.reset(tb.dut.rst!, { cycles: 4 });
    for (let from = 0; from < count; from += 8) {
      s0.sendNowait(a.slice(from, from + 8).map((beat) => lanes(beat, X0_BITS)));
      s1.sendNowait(b.slice(from, from + 8).map((beat) => lanes(beat, X1_BITS)));
    }
    await tb.until(() => given.beats.count >= count);
    const { beats } = given;
    expected.forEach((beat, i) => {
      expect(beats.big(i), `beat ${i}`).toBe(beat);
      expect(beats.last(i), `tlast of beat ${i}`).toBe(i % 8 === 7);
    });
    if (idle + stall === 0 && !shape.INTERVAL) expect(beats.cycle(count - 1) - beats.cycle(0)).toBe(count - 1);
  });
}

describe("axis_add", () => {
  test.each(shapes)("$LANES lanes, $M0 and $M1, shift $SHIFT", async (shape) => {
    for (const { source, sink } of stallCorners) await check("verilator", shape, source, sink);
  });
  test("Icarus agrees", async () => {
    for (const shape of [...shapes, { ...shapes[0]!, INTERVAL: 7 }])
      for (const { source, sink } of stallCorners) await check("icarus", shape, source, sink);
  });
  test.each([
    { name: "lower bound off by one", from: "under ? low[", to: "under ? high[" },
    {
      name: "one stream taken without the other",
      from: "s1_axis_tready = ready_q && s0_axis_tvalid",
      to: "s1_axis_tready = ready_q",
    },
    {
      name: "second product without sign",
      from: "{(PS_BITS-P1_BITS){p1_q2[P1_BITS-1]}}",
      to: "{(PS_BITS-P1_BITS){1'b0}}",
    },
  ])("the bench kills a mutant: $name", async ({ from, to }) => {
    const files = sources("axis_add", { from, to });
    await expect(check("icarus", shapes[0]!, 0.6, 0, files)).rejects.toThrow();
  });
});
