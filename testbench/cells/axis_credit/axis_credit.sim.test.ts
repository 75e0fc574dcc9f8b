import { describe, expect, test } from "vitest";
import { Rand, run } from "../../lib/index.ts";
import { type Fault, sources } from "../arithmetic.ts";
import { type Simulator, shapesOn, simulators } from "../stream.ts";

interface Shape {
  WIDTH: number;
  LATENCY: number;
  INTERVAL: number;
}

const shapes: Shape[] = [
  { WIDTH: 8, LATENCY: 4, INTERVAL: 1 },
  { WIDTH: 3, LATENCY: 1, INTERVAL: 1 },
  { WIDTH: 40, LATENCY: 6, INTERVAL: 3 },
  { WIDTH: 8, LATENCY: 6, INTERVAL: 7 },
  { WIDTH: 8, LATENCY: 9, INTERVAL: 2 },
  { WIDTH: 1, LATENCY: 3, INTERVAL: 50 },
];

/**
 * A pipeline of LATENCY clocks around the cell: it reserves when `want` says so and a place is free. Gives the clocks in
 * which it reserved.
 */
async function check(
  sim: Simulator,
  { WIDTH, LATENCY, INTERVAL }: Shape,
  { want, sink, fault }: { want: number; sink: number; fault?: Fault },
): Promise<number[]> {
  const rand = new Rand(LATENCY * 100 + INTERVAL);
  const count = 120;
  const beats = Array.from({ length: count }, () => ({ data: rand.bits(WIDTH), last: rand.bool(0.3) }));
  const design = { top: "axis_credit", sources: sources("axis_credit", fault), params: { WIDTH, LATENCY, INTERVAL } };
  const { value } = await run(design, { sim, seed: 6, maxCycles: 20_000, waves: "off" }, async (tb) => {
    for (const name of ["reserve", "push", "push_tdata", "push_tlast"]) tb.signal(name).big = 0n;
    tb.axisSink("m_axis", { pause: sink });
    const given = tb.axisMonitor("m_axis");
    tb.protocolCheck("m_axis");
    await tb.reset(tb.signal("rst"), { cycles: 4 });
    const pipe: (number | undefined)[] = new Array(LATENCY).fill(undefined);
    const reserved: number[] = [];
    let next = 0;
    let ready = false;
    let gap = 0;
    while (given.beats.count < count) {
      // The clock before this edge: ready as registered, the oldest of the pipeline arrives.
      const take = ready && next < count && gap === 0 && rand.bool(want);
      if (take) reserved.push(tb.cycle);
      gap = take ? INTERVAL - 1 : Math.max(0, gap - 1);
      const out = pipe.pop();
      tb.signal("reserve").value = take ? 1 : 0;
      tb.signal("push").value = out === undefined ? 0 : 1;
      if (out !== undefined) {
        tb.signal("push_tdata").big = beats[out]!.data;
        tb.signal("push_tlast").value = beats[out]!.last ? 1 : 0;
      }
      pipe.unshift(take ? next++ : undefined);
      await tb.rising();
      ready = tb.signal("free_n").value === 1;
    }
    await tb.cycles(10);
    expect(given.beats.count).toBe(count);
    for (const [i, b] of beats.entries()) {
      expect(given.beats.big(i), `beat ${i}`).toBe(b.data);
      expect(given.beats.last(i), `tlast of beat ${i}`).toBe(b.last);
    }
    expect([tb.signal("held").value, tb.signal("owed").value]).toEqual([0, 0]);
    return reserved;
  });
  return value;
}

describe.each(simulators)("axis_credit on %s", (sim) => {
  test.each(shapesOn(sim, shapes))("latency $LATENCY, a reservation every $INTERVAL clocks", async (shape) => {
    for (const want of [1, 0.4]) for (const sink of [0, 0.5]) await check(sim, shape, { want, sink });
  });
  test.each(shapesOn(sim, shapes))("full rate: latency $LATENCY, interval $INTERVAL", async (shape) => {
    const at = await check(sim, shape, { want: 1, sink: 0 });
    expect(at.at(-1)! - at[0]!).toBe((at.length - 1) * shape.INTERVAL);
  });
});

test.each([
  { name: "one place too many", from: "credit <= DEPTH[CR_BITS-1:0]", to: "credit <= DEPTH[CR_BITS-1:0] + 1'b1" },
  {
    name: "a place is never given back",
    from: ": pop              ? credit + 1'b1",
    to: ": pop              ? credit",
  },
  { name: "tlast of another beat", from: "{push_tlast, push_tdata}", to: "{1'b0, push_tdata}" },
  {
    name: "read before it is written",
    from: "valid  <= count != {{(CR_BITS-1){1'b0}}, pop};",
    to: "valid  <= push || count != {{(CR_BITS-1){1'b0}}, pop};",
  },
])("axis_credit, mutant: $name", async ({ from, to }) => {
  await expect(check("icarus", shapes[0]!, { want: 1, sink: 0.5, fault: { from, to } })).rejects.toThrow();
});
test("axis_credit, mutant: a row of registers that overtakes", async () => {
  const fault = { from: "m_axis_tready || !(&full[c:0])", to: "m_axis_tready || !full[c]" };
  await expect(check("icarus", shapes[3]!, { want: 1, sink: 0.7, fault })).rejects.toThrow();
});
