import { describe, expect, test } from "vitest";
import { Rand, run } from "../../lib/index.ts";
import {
  clocksSince,
  exercise,
  exerciseCorners,
  type Frame,
  isKilled,
  pack,
  type StreamCase,
  shapesOn,
  simulators,
  template,
} from "../stream.ts";

interface Shape {
  lanes: number;
  bits: number;
  signed: boolean;
  classes: number;
  indexBits: number;
}

function streamCase({ lanes, bits, signed, classes, indexBits }: Shape): StreamCase {
  const rand = new Rand(classes);
  const low = signed ? -(2 ** (bits - 1)) : 0;
  const high = low + 2 ** bits - 1;
  const input: Frame[] = [];
  const expected: Frame[] = [];
  for (let frame = 0; frame < 12; frame++) {
    // Few different values make ties; frames of one sign show a winner left over from the frame before, frames
    // around zero a sign that is read wrong, frames of all values halves that decide against each other.
    const top = [high, Math.min(high, low + 2), low, Math.min(high, Math.max(low, 1)), high][frame % 5]!;
    const bottom = frame % 5 === 4 ? low : Math.max(low, top - 3);
    const values = Array.from({ length: classes }, () => rand.int(bottom, top));
    const beats: bigint[] = [];
    for (let first = 0; first < classes; first += lanes) {
      const used = values.slice(first, first + lanes);
      // Lanes behind the last class hold the largest value and must not win.
      const rest = Array.from({ length: lanes - used.length }, () => high);
      beats.push(pack([...used, ...rest], bits));
    }
    input.push(beats);
    expected.push([BigInt(values.indexOf(Math.max(...values)))]);
  }
  const params = { LANES: lanes, BITS: bits, SIGNED: signed ? 1 : 0, CLASSES: classes, INDEX_BITS: indexBits };
  return { top: "axis_argmax", params, input, expected };
}

const shapes: Shape[] = [
  { lanes: 2, bits: 8, signed: true, classes: 10, indexBits: 4 },
  { lanes: 3, bits: 20, signed: true, classes: 10, indexBits: 8 },
  { lanes: 1, bits: 4, signed: false, classes: 7, indexBits: 3 },
  { lanes: 16, bits: 5, signed: true, classes: 10, indexBits: 4 },
  { lanes: 4, bits: 3, signed: false, classes: 1, indexBits: 1 },
  { lanes: 5, bits: 2, signed: true, classes: 100, indexBits: 7 },
  { lanes: 1, bits: 1, signed: false, classes: 6, indexBits: 3 },
  { lanes: 1, bits: 26, signed: true, classes: 10, indexBits: 4 },
];

describe.each(simulators)("axis_argmax on %s", (sim) => {
  test.each(shapesOn(sim, shapes))("$classes classes of $bits bits in $lanes lanes", (shape) =>
    exerciseCorners(streamCase(shape), sim),
  );
  test("one input beat a clock", async () => {
    expect(clocksSince(await exercise(streamCase(shapes[0]!), { sim }), 0)).toBe(11 * 5);
  });
  test.each(shapesOn(sim, shapes))("$lanes lanes: a clock of latency a level of the tree, and two", async (shape) => {
    const { top, params, input } = streamCase(shape);
    const { value } = await run({ top, sources: [template(top)], params }, { sim, waves: "off" }, async (tb) => {
      const taken = tb.axisMonitor("s_axis");
      const from = tb.axisSource("s_axis");
      const to = tb.axisSink("m_axis");
      await tb.reset(tb.signal("rst"));
      from.sendNowait(input[0]!);
      return (await to.recv()).cycle(0) - taken.beats.cycle(input[0]!.length - 1);
    });
    expect(value).toBe(Math.max(1, Math.ceil(Math.log2(shape.lanes))) + 2);
  });
});

test.each([
  ["the highest index on a tie in a beat", "{1'b0, ~g_node[2*i].low};", "{1'b0, ~g_node[2*i].low} + 1'b1;"],
  ["the highest index on a tie of beats", "{1'b0, not_best_low};", "{1'b0, not_best_low} + 1'b1;"],
  ["lanes behind the last class compete", "(RIGHT < LANES && !last[STAGE])", "1'b1"],
  ["the last frame's winner competes", "(first || high_above)", "high_above"],
  [
    "low halves decide a beat whatever the high ones are",
    "wire right  = above_q || (level_q && low_above)",
    "wire right  = above_q || low_above",
  ],
  [
    "low halves decide between beats whatever the high ones are",
    "wire wins  = above_q || (level_q && low_above)",
    "wire wins  = above_q || low_above",
  ],
  ["high halves alone decide a beat", "wire right  = above_q || (level_q && low_above)", "wire right  = above_q"],
  ["signed values as unsigned ones", "(SIGNED != 0) ? {1'b1,", "(SIGNED != 0) ? {1'b0,"],
])("axis_argmax, mutant: %s", async (_, find, replace) => {
  expect(await isKilled("axis_argmax", { find, replace }, [streamCase(shapes[1]!)])).toBe(true);
});
