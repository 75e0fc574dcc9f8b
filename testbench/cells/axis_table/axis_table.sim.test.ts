import { describe, expect, test } from "vitest";
import { Rand, simulators, stallCorners } from "../../lib/index.ts";
import { check, lanes, memory, type Parameters, type Stream, sources } from "../arithmetic.ts";
import { shapesOn } from "../stream.ts";

function bench(LANES: number, IN_BITS: number, OUT_BITS: number): { params: Parameters; stream: Stream } {
  const rand = new Rand(LANES * 100 + IN_BITS);
  const table = Array.from({ length: 2 ** IN_BITS }, () => rand.bits(OUT_BITS));
  const stream: Stream = { input: [], inputLast: [], output: [], outputLast: [] };
  for (let beat = 0; beat < 60; beat++) {
    const x = Array.from({ length: LANES }, () => rand.int(0, 2 ** IN_BITS - 1));
    const last = rand.bool(0.2);
    stream.input.push(lanes(x.map(BigInt), IN_BITS));
    stream.output.push(
      lanes(
        x.map((v) => table[v]!),
        OUT_BITS,
      ),
    );
    stream.inputLast.push(last);
    stream.outputLast.push(last);
  }
  return { params: { LANES, IN_BITS, OUT_BITS, MEM_FILE: memory(table) }, stream };
}

describe.each(simulators)("axis_table on %s", (sim) => {
  test.each(
    shapesOn(sim, [
      [1, 8, 8],
      [3, 4, 2],
      [2, 1, 16],
    ]),
  )("%i lanes, %i to %i bits", async (...shape) => {
    const { params, stream } = bench(...shape);
    for (const { source, sink } of stallCorners)
      await check("axis_table", params, stream, { sim, source, sink, fullRate: source + sink === 0 });
  });
});

test.each([
  { name: "results move while they wait", from: "if (s_axis_tready) y_q1", to: "y_q1" },
  {
    name: "the first lane's argument for all",
    from: "s_axis_tdata[lane*IN_BITS +: IN_BITS]",
    to: "s_axis_tdata[0 +: IN_BITS]",
  },
])("the bench kills a mutant: $name", async ({ from, to }) => {
  const { params, stream } = bench(3, 4, 2);
  const stimulus = { sim: "icarus", source: 0, sink: 0.5 } as const;
  await expect(check("axis_table", params, stream, stimulus, sources("axis_table", { from, to }))).rejects.toThrow();
});
