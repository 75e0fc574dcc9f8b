import { describe, expect, test } from "vitest";
import { Rand } from "../../lib/index.ts";
import {
  clocksSince,
  exercise,
  exerciseCorners,
  isKilled,
  pack,
  type StreamCase,
  shapesOn,
  simulators,
} from "../stream.ts";

interface Geometry {
  in: [rows: number, columns: number];
  channels?: number;
  bits?: number;
  kernel: [number, number];
  stride?: [number, number];
  dilation?: [number, number];
  pad?: [top: number, left: number];
  out: [rows: number, columns: number];
  value?: number;
  ahead?: number;
}

/** Frames of random pixels and, by plain loops, the windows that must come out of them. */
function windows(g: Geometry, frames = 3, seed = 1): StreamCase {
  const { channels = 1, bits = 4, stride = [1, 1], dilation = [1, 1], pad = [0, 0], value = 0, ahead = 2 } = g;
  const rand = new Rand(seed);
  const input: bigint[][] = [];
  const expected: bigint[][] = [];
  for (let f = 0; f < frames; f++) {
    const x = Array.from({ length: g.in[0] }, () =>
      Array.from({ length: g.in[1] }, () => Array.from({ length: channels }, () => rand.int(0, 2 ** bits - 1))),
    );
    input.push(x.flatMap((row) => row.map((pixel) => pack(pixel, bits))));
    const out: bigint[] = [];
    for (let oy = 0; oy < g.out[0]; oy++)
      for (let ox = 0; ox < g.out[1]; ox++) {
        const taps: number[] = [];
        for (let ky = 0; ky < g.kernel[0]; ky++)
          for (let kx = 0; kx < g.kernel[1]; kx++) {
            const pixel = x[oy * stride[0] - pad[0] + ky * dilation[0]]?.[ox * stride[1] - pad[1] + kx * dilation[1]];
            taps.push(...(pixel ?? new Array<number>(channels).fill(value)));
          }
        out.push(pack(taps, bits));
      }
    expected.push(out);
  }
  const params = {
    IN_H: g.in[0],
    IN_W: g.in[1],
    CHANNELS: channels,
    BITS: bits,
    KH: g.kernel[0],
    KW: g.kernel[1],
    SH: stride[0],
    SW: stride[1],
    DH: dilation[0],
    DW: dilation[1],
    PAD_T: pad[0],
    PAD_L: pad[1],
    OUT_H: g.out[0],
    OUT_W: g.out[1],
    PAD_VALUE: value,
    AHEAD: ahead,
  };
  return { top: "axis_taps", params, input, expected };
}

const shapes: [string, Geometry][] = [
  ["3x3 same", { in: [5, 4], kernel: [3, 3], pad: [1, 1], out: [5, 4], value: 3 }],
  ["3x3 stride 2, two channels", { in: [7, 6], channels: 2, kernel: [3, 3], stride: [2, 2], pad: [1, 1], out: [4, 3] }],
  ["stride beyond the kernel, rows left over", { in: [8, 7], kernel: [2, 2], stride: [3, 3], out: [2, 2] }],
  ["dilation 2", { in: [6, 7], kernel: [3, 2], dilation: [2, 3], out: [2, 4] }],
  ["kernel height 1", { in: [3, 9], kernel: [1, 7], pad: [0, 3], out: [3, 9], value: 1 }],
  ["kernel width 1, one column", { in: [6, 1], channels: 3, kernel: [3, 1], out: [4, 1] }],
  ["single pixels with strides", { in: [4, 5], kernel: [1, 1], stride: [2, 3], out: [2, 2] }],
  ["single pixels of one column", { in: [5, 1], kernel: [1, 1], stride: [2, 1], out: [3, 1] }],
  ["an image of one pixel", { in: [1, 1], channels: 2, kernel: [1, 1], out: [1, 1] }],
  ["one row of windows a frame", { in: [3, 6], kernel: [3, 2], out: [1, 5] }],
  ["one window a frame", { in: [3, 3], kernel: [3, 3], out: [1, 1] }],
  ["single pixels in a margin", { in: [2, 3], kernel: [1, 1], pad: [1, 2], out: [4, 7], value: 5 }],
  ["fewer rows than the kernel", { in: [1, 3], kernel: [4, 2], out: [2, 2], value: 3 }],
  ["columns that no window sees", { in: [4, 7], kernel: [3, 2], stride: [1, 4], out: [2, 1] }],
  ["padding alone", { in: [2, 1], kernel: [1, 1], stride: [3, 3], pad: [2, 2], out: [1, 1], value: 1 }],
  ["padding of whole kernel rows", { in: [1, 2], kernel: [2, 2], pad: [2, 2], out: [4, 5], value: 2 }],
];

describe.each(simulators)("axis_taps on %s", (sim) => {
  test.each(shapesOn(sim, shapes))("%s", (_, g) => exerciseCorners(windows(g), sim));
});

const paced: [string, Geometry, number][] = [
  ["3x3 same", { in: [6, 5], kernel: [3, 3], pad: [1, 1], out: [6, 5] }, 6 * 7],
  [
    "5x5 stride 2, rows and columns without a window",
    { in: [14, 13], kernel: [5, 5], stride: [2, 2], pad: [2, 2], out: [7, 7], ahead: 6 },
    14 * 13,
  ],
  ["3x3 without padding", { in: [9, 8], kernel: [3, 3], out: [7, 6], ahead: 4 }, 9 * 8],
  ["stride beyond the kernel", { in: [9, 9], kernel: [2, 2], stride: [3, 3], out: [3, 3] }, 9 * 9],
];

test.each(paced)("frames without a gap, an input pixel or a column a clock: %s", async (_, g, clocksPerFrame) => {
  const clocks = await exercise(windows(g, 5), { sim: "verilator" });
  expect(clocksSince(clocks, 3)).toBe(clocksPerFrame);
});

test("random geometries", async () => {
  const rand = new Rand(20);
  for (let n = 0; n < 25; n++) {
    const axis = () => {
      const size = rand.int(1, 7);
      const kernel = rand.int(1, 3);
      const dilation = rand.int(1, 2);
      const pad = rand.int(0, 2);
      const after = rand.int(0, 2);
      const stride = rand.int(1, 3);
      const span = (kernel - 1) * dilation + 1;
      const room = size + pad + after;
      return { size, kernel, dilation, pad, stride, out: Math.floor((room - span) / stride) + 1 };
    };
    const [y, x] = [axis(), axis()];
    if (y.out < 1 || x.out < 1) continue;
    const g: Geometry = {
      in: [y.size, x.size],
      channels: rand.int(1, 3),
      bits: rand.int(1, 5),
      kernel: [y.kernel, x.kernel],
      stride: [y.stride, x.stride],
      dilation: [y.dilation, x.dilation],
      pad: [y.pad, x.pad],
      out: [y.out, x.out],
      value: rand.int(0, 1),
      ahead: rand.int(1, 3),
    };
    await exercise(windows(g, 3, n), { sim: "icarus", source: n % 2 ? 0.3 : 0, sink: n % 3 ? 0.3 : 0 });
  }
});

test.each([
  ["rows of the last frame in the padding", "has[n] ? pixel : blank", "pixel"],
  ["the word of its own column", "above_q   <= stack[next]", "above_q   <= stack[at]"],
  ["columns of the image in the padding", "in_image ? whole : {SPAN_H{blank}}", "whole"],
  ["steps while a window waits", "wire step = free && ", "wire step = "],
  ["windows that wait for no frame", " && !(begins && !may_begin)", ""],
  ["a head that is written over", "!(to_head && primed) && ", ""],
  ["the first windows of a frame with rows of the one before", "first ? top : above", "above"],
  ["a head read before it is there", "(HEAD > 0) ? loaded :", "(HEAD > 0) ? 1'b1 :"],
  ["rows that no window sees", "wy_seen && (wi == i[WI_BITS-1:0])", "wy_seen"],
  ["no stride in columns", "!x_early && (sx == {SX_BITS{1'b0}})", "!x_early"],
])("axis_taps, mutant: %s", async (_, find, replace) => {
  const telling = [
    "3x3 same",
    "3x3 stride 2",
    "stride beyond",
    "one row of",
    "fewer rows",
    "single pixels in",
    "padding of",
  ];
  const cases = shapes.filter(([name]) => telling.some((t) => name.startsWith(t))).map(([, g]) => windows(g));
  expect(await isKilled("axis_taps", { find, replace }, cases)).toBe(true);
});
