import { describe, expect, test } from "vitest";
import { Rand } from "../../lib/index.ts";
import {
  clocksSince,
  exercise,
  exerciseCorners,
  type Frame,
  isKilled,
  pack,
  type StreamCase,
  simulators,
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
    // around zero a sign that is read wrong.
    const top = [high, Math.min(high, low + 2), low, Math.min(high, Math.max(low, 1))][frame % 4]!;
    const values = Array.from({ length: classes }, () => rand.int(Math.max(low, top - 3), top));
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
];

describe.each(simulators)("axis_argmax on %s", (sim) => {
  test.each(shapes)("$classes classes of $bits bits in $lanes lanes", (shape) =>
    exerciseCorners(streamCase(shape), sim),
  );
  test("one input beat a clock", async () => {
    expect(clocksSince(await exercise(streamCase(shapes[0]!), { sim }), 0)).toBe(11 * 5);
  });
});

test.each([
  [
    "the highest index on a tie in a beat",
    "(g_node[2*i+1].value > g_node[2*i].value)",
    "(g_node[2*i+1].value >= g_node[2*i].value)",
  ],
  ["the highest index on a tie of beats", "first_q1 || value_q1 > value_q2", "first_q1 || value_q1 >= value_q2"],
  ["lanes behind the last class compete", "(LANE < TAIL) || !beat_last", "1'b1"],
  ["the last frame's winner competes", "first_q1 || value_q1 > value_q2", "value_q1 > value_q2"],
  ["signed values as unsigned ones", "(SIGNED != 0) ? {1'b1,", "(SIGNED != 0) ? {1'b0,"],
])("axis_argmax, mutant: %s", async (_, find, replace) => {
  expect(await isKilled("axis_argmax", { find, replace }, [streamCase(shapes[1]!)])).toBe(true);
});
