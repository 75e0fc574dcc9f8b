import { describe, expect, test } from "vitest";
import { Rand } from "../../lib/index.ts";
import { exercise, exerciseCorners, isKilled, pack, type StreamCase, shapesOn, simulators } from "../stream.ts";

interface Geometry {
  channels?: number;
  bits?: number;
  tile: [rows: number, columns: number];
  tiles: [rows: number, columns: number];
  kernel: [number, number];
  stride?: [number, number];
  dilation?: [number, number];
  offset: [number, number];
  out: [rows: number, columns: number];
  simd?: number;
  value?: number;
}

/** Frames of random blocks and, by plain loops over windows and taps, what must be picked from them. */
function picked(g: Geometry, seed = 1): StreamCase {
  const { channels = 1, bits = 4, stride = [1, 1], dilation = [1, 1], value = 0 } = g;
  const taps = g.kernel[0] * g.kernel[1] * channels;
  const { simd = taps } = g;
  const rand = new Rand(seed);
  const input: bigint[][] = [];
  const expected: bigint[][] = [];
  for (const blocks of [2, 1, 3]) {
    const ins: bigint[] = [];
    const outs: bigint[] = [];
    for (let b = 0; b < blocks; b++) {
      const block = Array.from({ length: g.tiles[0] * g.tile[0] }, () =>
        Array.from({ length: g.tiles[1] * g.tile[1] }, () =>
          Array.from({ length: channels }, () => rand.int(0, 2 ** bits - 1)),
        ),
      );
      const lanes: number[] = [];
      for (let ty = 0; ty < g.tiles[0]; ty++)
        for (let tx = 0; tx < g.tiles[1]; tx++)
          for (let y = 0; y < g.tile[0]; y++)
            for (let x = 0; x < g.tile[1]; x++) lanes.push(...block[ty * g.tile[0] + y]![tx * g.tile[1] + x]!);
      ins.push(pack(lanes, bits));
      const windows: number[][] = [];
      for (let oy = 0; oy < g.out[0]; oy++)
        for (let ox = 0; ox < g.out[1]; ox++) {
          const window: number[] = [];
          for (let ky = 0; ky < g.kernel[0]; ky++)
            for (let kx = 0; kx < g.kernel[1]; kx++) {
              const y = g.offset[0] + oy * stride[0] + ky * dilation[0];
              const x = g.offset[1] + ox * stride[1] + kx * dilation[1];
              window.push(...(block[y]?.[x] ?? new Array<number>(channels).fill(value)));
            }
          windows.push(window);
        }
      const out: number[] = [];
      for (let first = 0; first < taps; first += simd)
        for (const window of windows) for (let s = 0; s < simd; s++) out.push(window[first + s] ?? 0);
      outs.push(pack(out, bits));
    }
    input.push(ins);
    expected.push(outs);
  }
  const params = {
    CHANNELS: channels,
    BITS: bits,
    TILE_H: g.tile[0],
    TILE_W: g.tile[1],
    TILES_H: g.tiles[0],
    TILES_W: g.tiles[1],
    KH: g.kernel[0],
    KW: g.kernel[1],
    SH: stride[0],
    SW: stride[1],
    DH: dilation[0],
    DW: dilation[1],
    SKIP_Y: Math.max(0, g.offset[0]),
    SKIP_X: Math.max(0, g.offset[1]),
    PAD_Y: Math.max(0, -g.offset[0]),
    PAD_X: Math.max(0, -g.offset[1]),
    OUT_H: g.out[0],
    OUT_W: g.out[1],
    SIMD: simd,
    PAD_VALUE: value,
  };
  return { top: "axis_pick", params, input, expected };
}

const shapes: [string, Geometry][] = [
  [
    "3x3 over two pixels a tile",
    { channels: 2, tile: [1, 2], tiles: [3, 3], kernel: [3, 3], offset: [0, 1], out: [1, 2] },
  ],
  ["whole rows", { tile: [1, 5], tiles: [3, 1], kernel: [3, 3], offset: [0, -1], out: [1, 5], value: 3 }],
  [
    "a whole frame",
    {
      channels: 3,
      tile: [4, 4],
      tiles: [1, 1],
      kernel: [3, 3],
      stride: [2, 2],
      offset: [-1, -1],
      out: [2, 2],
      value: 9,
    },
  ],
  [
    "slices, the last one short",
    {
      channels: 2,
      tile: [2, 4],
      tiles: [2, 1],
      kernel: [2, 2],
      dilation: [1, 2],
      offset: [1, 0],
      out: [2, 2],
      simd: 3,
    },
  ],
  [
    "a slice for each kernel position",
    { channels: 3, tile: [1, 4], tiles: [2, 1], kernel: [2, 2], stride: [2, 2], offset: [0, 0], out: [1, 2], simd: 3 },
  ],
];

describe.each(simulators)("axis_pick on %s", (sim) => {
  test.each(shapesOn(sim, shapes))("%s", (_, g) => exerciseCorners(picked(g), sim));
});

test("random geometries", async () => {
  const rand = new Rand(7);
  for (let n = 0; n < 20; n++) {
    const two = (low: number, high: number): [number, number] => [rand.int(low, high), rand.int(low, high)];
    const g: Geometry = {
      channels: rand.int(1, 3),
      bits: rand.int(2, 5),
      tile: two(1, 4),
      tiles: two(1, 3),
      kernel: two(1, 3),
      stride: two(1, 3),
      dilation: two(1, 2),
      offset: two(-2, 2),
      out: two(1, 3),
      value: rand.int(0, 3),
    };
    const simd = rand.int(1, g.kernel[0] * g.kernel[1] * g.channels!);
    await exercise(picked({ ...g, simd }, n), { sim: "icarus" });
  }
});

test.each([
  ["columns of another window", "(w%OUT_W)*SW", "(w/OUT_W)*SW"],
  ["rows of another tile", "Y%TILE_H", "0"],
  [
    "padding of zeros",
    "= PAD_VALUE[BITS-1:0];\n                end else begin : g_inside",
    "= {BITS{1'b0}};\n                end else begin : g_inside",
  ],
  ["slices window by window", "((t/SIMD)*WINDOWS + w)*SIMD + t%SIMD", "w*SLICES*SIMD + t"],
])("axis_pick, mutant: %s", async (_, find, replace) => {
  const cases = [shapes[1]!, shapes[2]!, shapes[3]!].map(([, g]) => picked(g));
  expect(await isKilled("axis_pick", { find, replace }, cases)).toBe(true);
});
