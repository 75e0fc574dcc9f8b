import { describe, expect, test } from "vitest";
import { Rand } from "../../lib/index.ts";
import { clocksSince, exercise, exerciseCorners, isKilled, pack, type StreamCase, simulators } from "../stream.ts";

interface Shape {
  readonly rows: number;
  readonly columns: number;
  readonly words: number;
  readonly down: number;
  readonly right: number;
  readonly simd?: number;
  readonly value?: number;
}

const BITS = 4;

/** Random maps, and the same with pixels of `value` between theirs: written as a map and read in raster order. */
function spread({ rows, columns, words, down, right, simd = 1, value = 5 }: Shape): StreamCase {
  const rand = new Rand(rows * 31 + columns * 7 + words);
  const input: bigint[][] = [];
  const expected: bigint[][] = [];
  for (let frame = 0; frame < 3; frame++) {
    const beat = () =>
      pack(
        Array.from({ length: simd }, () => rand.int(0, 2 ** BITS - 1)),
        BITS,
      );
    const map = Array.from({ length: rows }, () =>
      Array.from({ length: columns }, () => Array.from({ length: words }, beat)),
    );
    const inserted = Array.from({ length: words }, () => pack(new Array<number>(simd).fill(value), BITS));
    const wide = Array.from({ length: (rows - 1) * down + 1 }, () =>
      Array.from({ length: (columns - 1) * right + 1 }, () => inserted),
    );
    map.forEach((row, y) => {
      row.forEach((pixel, x) => {
        wide[y * down]![x * right] = pixel;
      });
    });
    input.push(map.flat(2));
    expected.push(wide.flat(2));
  }
  const params = { SIMD: simd, BITS, WORDS: words, IN_W: columns, SH: down, SW: right, PAD_VALUE: value };
  return { top: "axis_insert", params, input, expected };
}

const square: Shape = { rows: 2, columns: 3, words: 2, down: 2, right: 2 };

describe.each(simulators)("axis_insert on %s", (sim) => {
  test.each<Shape>([
    square,
    { rows: 3, columns: 2, words: 1, down: 3, right: 1, simd: 2 },
    { rows: 2, columns: 4, words: 3, down: 1, right: 3, value: 0 },
    { rows: 1, columns: 1, words: 2, down: 2, right: 2 },
    { rows: 4, columns: 1, words: 1, down: 2, right: 4, simd: 3, value: 15 },
  ])("%j", (shape) => exerciseCorners(spread(shape), sim));
});

test("a beat a clock, inserted or not, and no gap between frames", async () => {
  const clocks = await exercise(spread(square), { sim: "verilator" });
  expect(clocksSince(clocks, 0)).toBe(2 * 3 * 5 * 2);
});

test.each([
  ["inserted too late", "more_q ? INSERTED : s_axis_tdata", "INSERTED"],
  ["taken among inserted ones", "s_axis_tready = step && !more_q", "s_axis_tready = step"],
  ["rows behind a frame", "(!pixel_ends || s_axis_tlast)", "(!pixel_ends)"],
  [
    "pixels behind a row",
    "row_ends                      ? BETWEEN_ROWS",
    "row_ends                      ? BETWEEN_PIXELS",
  ],
  ["beats inside of a pixel", "(!pixel_ends || s_axis_tlast)", "s_axis_tlast"],
  ["one too few", "left != ONE[N_BITS-1:0]", "left > 2"],
  ["the row's place is not counted", "row_ends ? {X_BITS{1'b0}} : column + 1'b1", "{X_BITS{1'b0}}"],
  ["tlast among inserted ones", "!more_q && s_axis_tlast", "s_axis_tlast"],
  ["moves while it waits", "wire step = !valid_q || m_axis_tready", "wire step = 1'b1"],
])("axis_insert, mutant: %s", async (_, find, replace) => {
  expect(await isKilled("axis_insert", { find, replace }, [spread(square)])).toBe(true);
});
