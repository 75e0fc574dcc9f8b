import { describe, expect, test } from "vitest";
import { Rand } from "../../lib/index.ts";
import { clocksSince, exercise, exerciseCorners, isKilled, pack, type StreamCase, simulators } from "../stream.ts";

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
}

/** Frames of random pixels and, by plain loops, the windows that must come out of them. */
function windows(g: Geometry, frames = 3, seed = 1): StreamCase {
  const { channels = 1, bits = 4, stride = [1, 1], dilation = [1, 1], pad = [0, 0], value = 0 } = g;
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
  ["one window a frame", { in: [3, 3], kernel: [3, 3], out: [1, 1] }],
  ["single pixels in a margin", { in: [2, 3], kernel: [1, 1], pad: [1, 2], out: [4, 7], value: 5 }],
  ["padding of whole kernel rows", { in: [1, 2], kernel: [2, 2], pad: [2, 2], out: [4, 5], value: 2 }],
];

describe.each(simulators)("axis_taps on %s", (sim) => {
  test.each(shapes)("%s", (_, g) => exerciseCorners(windows(g), sim));
});

test("one position of the padded image a clock, frames without a gap", async () => {
  const clocks = await exercise(windows({ in: [6, 5], kernel: [3, 3], pad: [1, 1], out: [6, 5] }, 4), {
    sim: "verilator",
  });
  expect(clocksSince(clocks, 1)).toBe(2 * 8 * 7);
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
    };
    await exercise(windows(g, 3, n), { sim: "icarus", source: n % 2 ? 0.3 : 0, sink: n % 3 ? 0.3 : 0 });
  }
});

test.each([
  ["rows of the last frame in the padding", "inside_y ? s_axis_tdata : blank", "s_axis_tdata"],
  ["the word of its own column", "above_q   <= stack[next]", "above_q   <= stack[at]"],
  ["the first position in the image, padded or not", "in_image <= (PAD_T == 0) && (PAD_L == 0)", "in_image <= 1'b1"],
  ["steps while a window waits", "free && (s_axis_tvalid || !waits)", "(s_axis_tvalid || !waits)"],
  ["windows in the padding that wait for nobody", "(y_inside && x_inside) || unborn", "(y_inside && x_inside)"],
  ["the first window after the reset that waits for nobody", " || ((SPAN_H == 1) && (SPAN_W == 1))", ""],
  ["no stride in rows", "(sy == {SY_BITS{1'b0}}) &&\n", "1'b1 &&\n"],
])("axis_taps, mutant: %s", async (_, find, replace) => {
  const cases = [...shapes.slice(0, 2), ...shapes.slice(-2)].map(([, g]) => windows(g));
  expect(await isKilled("axis_taps", { find, replace }, cases)).toBe(true);
});
