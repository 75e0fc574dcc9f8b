import { describe, expect, test } from "vitest";
import { Rand } from "../../lib/index.ts";
import {
  clocksSince,
  exercise,
  exerciseCorners,
  type Frame,
  isKilled,
  type Parameters,
  type StreamCase,
  shapesOn,
  simulators,
} from "../stream.ts";

interface Geometry {
  in: [rows: number, columns: number];
  words?: number;
  groups?: number;
  repeat?: number;
  kernel?: [number, number];
  stride?: [number, number];
  dilation?: [number, number];
  pad?: [top: number, left: number];
  out: [rows: number, columns: number];
  value?: number;
  simd?: number;
  bits?: number;
  rows: number;
}

const full = (geometry: Geometry) => ({
  words: 1,
  groups: 1,
  repeat: 1,
  kernel: [1, 1] as const,
  stride: [1, 1] as const,
  dilation: [1, 1] as const,
  pad: [0, 0] as const,
  value: 0,
  simd: 1,
  bits: 8,
  ...geometry,
});

function parameters(geometry: Geometry): Parameters {
  const {
    in: size,
    words,
    groups,
    repeat,
    kernel,
    stride,
    dilation,
    pad,
    out,
    value,
    simd,
    bits,
    rows,
  } = full(geometry);
  return {
    IN_H: size[0],
    IN_W: size[1],
    WORDS: words,
    GROUPS: groups,
    REPEAT: repeat,
    KH: kernel[0],
    KW: kernel[1],
    SH: stride[0],
    SW: stride[1],
    DH: dilation[0],
    DW: dilation[1],
    PAD_T: pad[0],
    PAD_L: pad[1],
    OUT_H: out[0],
    OUT_W: out[1],
    PAD_VALUE: value,
    SIMD: simd,
    BITS: bits,
    ROWS: rows,
  };
}

/** The windows of one frame; `image[row][column][word]`. */
function windows(geometry: Geometry, image: bigint[][][]): bigint[] {
  const { words, groups, repeat, kernel, stride, dilation, pad, out, value, simd, bits } = full(geometry);
  let padded = 0n;
  for (let lane = 0; lane < simd; lane++) padded = (padded << BigInt(bits)) | BigInt(value);
  const perGroup = words / groups;
  const beats: bigint[] = [];
  for (let oy = 0; oy < out[0]; oy++)
    for (let ox = 0; ox < out[1]; ox++)
      for (let group = 0; group < groups; group++)
        for (let again = 0; again < repeat; again++)
          for (let ky = 0; ky < kernel[0]; ky++)
            for (let kx = 0; kx < kernel[1]; kx++)
              for (let c = 0; c < perGroup; c++) {
                const y = oy * stride[0] - pad[0] + ky * dilation[0];
                const x = ox * stride[1] - pad[1] + kx * dilation[1];
                beats.push(image[y]?.[x]?.[group * perGroup + c] ?? padded);
              }
  return beats;
}

function streamCase(geometry: Geometry, frames: number, seed: number): StreamCase {
  const rand = new Rand(seed);
  const { words, simd, bits } = full(geometry);
  const input: Frame[] = [];
  const expected: Frame[] = [];
  for (let frame = 0; frame < frames; frame++) {
    const image = Array.from({ length: geometry.in[0] }, () =>
      Array.from({ length: geometry.in[1] }, () => Array.from({ length: words }, () => rand.bits(simd * bits))),
    );
    input.push(image.flat(2));
    expected.push(windows(geometry, image));
  }
  return { top: "axis_window", params: parameters(geometry), input, expected };
}

/** Rows of memory with which no gap can come from the rows: the header's rule, and one for an input no faster. */
function rowsWithoutGaps(geometry: Geometry): number {
  const { kernel, stride, dilation, pad } = full(geometry);
  const [height] = geometry.in;
  const span = (kernel[0] - 1) * dilation[0] + 1;
  const last = (geometry.out[0] - 1) * stride[0] - pad[0];
  const bottom = Math.min(Math.max(span - pad[0], 1), height);
  const top = Math.min(Math.max(last, 0), height);
  return Math.max(Math.min(height, span + stride[0]), height + bottom - top) + 1;
}

/** A frame's clocks, in every frame but the first, when the source never waits. */
async function intervals(geometry: Geometry, sim: (typeof simulators)[number], seed: number): Promise<number> {
  const stream = streamCase({ ...geometry, rows: rowsWithoutGaps(geometry) }, 4, seed);
  return clocksSince(await exercise(stream, { sim }), 1) / 2;
}

const shapes: Record<string, Geometry> = {
  "dense 3x3, padded": { in: [5, 4], words: 2, kernel: [3, 3], pad: [1, 1], out: [5, 4], value: 7, rows: 4 },
  "dense 3x3, fewest rows": { in: [5, 5], kernel: [3, 3], out: [3, 3], simd: 3, bits: 4, rows: 3 },
  "stride 2, kernel 3, grouped": {
    in: [7, 6],
    words: 4,
    groups: 2,
    kernel: [3, 3],
    stride: [2, 2],
    pad: [1, 1],
    out: [4, 3],
    rows: 5,
  },
  "depthwise 4x4 over a 4x4 map": { in: [4, 4], words: 3, groups: 3, kernel: [4, 4], out: [1, 1], rows: 4 },
  "max pool 2x2": { in: [4, 6], words: 2, groups: 2, kernel: [2, 2], stride: [2, 2], out: [2, 3], rows: 4 },
  "linear, repeated": { in: [1, 1], words: 6, repeat: 4, out: [1, 1], rows: 2 },
  "linear, one word": { in: [1, 1], out: [1, 1], rows: 1 },
  "1x1 kernel, stride 2, oblong": { in: [5, 8], kernel: [1, 1], stride: [2, 2], out: [3, 4], rows: 2 },
  "dilation 2": { in: [6, 7], kernel: [3, 2], dilation: [2, 3], out: [2, 4], rows: 5 },
  "one output pixel, 3x3 stride 3": { in: [3, 3], kernel: [3, 3], stride: [3, 3], out: [1, 1], rows: 3 },
  "stride beyond the kernel": { in: [9, 9], kernel: [2, 1], stride: [4, 3], out: [2, 3], rows: 2 },
  "padded at bottom and right only": { in: [4, 4], kernel: [3, 3], stride: [2, 2], out: [2, 2], value: 255, rows: 3 },
  "kernel height 1": { in: [3, 6], kernel: [1, 3], pad: [0, 1], out: [3, 6], value: 1, rows: 2 },
  "padding beyond the kernel": { in: [3, 3], kernel: [2, 2], pad: [4, 3], out: [9, 8], value: 9, rows: 2 },
  "rows nobody reads at the end": { in: [8, 3], kernel: [2, 2], out: [2, 2], rows: 2 },
};

describe.each(simulators)("axis_window on %s", (sim) => {
  test.each(shapesOn(sim, Object.entries(shapes)))("%s", async (_, geometry) => {
    await exerciseCorners(streamCase(geometry, 3, 1), sim);
  });
});

test.each(Object.entries(shapes))("axis_window without gaps: %s", async (_, geometry) => {
  const { words, repeat, kernel } = full(geometry);
  const beatsIn = geometry.in[0] * geometry.in[1] * words;
  const beatsOut = geometry.out[0] * geometry.out[1] * words * repeat * kernel[0] * kernel[1];
  const interval = await intervals(geometry, "icarus", 2);
  if (beatsOut >= beatsIn) expect(interval).toBe(beatsOut);
  else expect(interval).toBeGreaterThanOrEqual(beatsIn);
});

function randomGeometry(rand: Rand): Geometry {
  const kernel: [number, number] = [rand.int(1, 4), rand.int(1, 4)];
  const dilation: [number, number] = [rand.int(1, 3), rand.int(1, 3)];
  const groups = rand.pick([1, 1, 2, 3]);
  const bits = rand.pick([1, 4, 8]);
  const height = rand.int(1, 7);
  const fewest = Math.min(height, (kernel[0] - 1) * dilation[0] + 1);
  return {
    in: [height, rand.int(1, 6)],
    words: groups * rand.int(1, 3),
    groups,
    repeat: rand.pick([1, 1, 2, 3]),
    kernel,
    stride: [rand.int(1, 4), rand.int(1, 4)],
    dilation,
    pad: [rand.pick([0, 1, 2, 5]), rand.pick([0, 1, 2, 4])],
    out: [rand.int(1, 5), rand.int(1, 5)],
    value: rand.int(0, 2 ** bits - 1),
    simd: rand.int(1, 2),
    bits,
    rows: fewest + rand.pick([0, 0, 1, 3]),
  };
}

describe("axis_window, random geometries", () => {
  const rand = new Rand(2024);
  const geometries = Array.from({ length: 60 }, () => randomGeometry(rand));
  test("60 on icarus, one stall corner each", async () => {
    const corners = [
      { source: 0, sink: 0 },
      { source: 0.7, sink: 0 },
      { source: 0, sink: 0.5 },
      { source: 0.4, sink: 0.4 },
    ];
    for (const [index, geometry] of geometries.entries())
      await exercise(streamCase(geometry, 2, index), { sim: "icarus", ...corners[index % 4], seed: index }).catch(
        (e) => {
          throw new Error(`${JSON.stringify(geometry)}: ${(e as Error).message}`, { cause: e });
        },
      );
  });
  test("6 on verilator, all stall corners", async () => {
    for (const geometry of geometries.slice(0, 6)) await exerciseCorners(streamCase(geometry, 3, 5), "verilator");
  });
});

describe("axis_window, mutants", () => {
  const streams = [
    "dense 3x3, padded",
    "stride beyond the kernel",
    "stride 2, kernel 3, grouped",
    "padding beyond the kernel",
  ].map((name) => streamCase(shapes[name]!, 3, 3));
  test.each([
    ["address never wraps", "excess[ADDR_BITS] ? sum : excess", "sum"],
    ["reader does not wait for rows", "!row_first || !lead[TALLY_BITS-1]", "1'b1"],
    ["rows are freed a row early", "ROOM_FIRST = ROWS - 1", "ROOM_FIRST = ROWS"],
    ["remaining rows of a frame are kept", "FREE_FRAME  = IN_H - top(OUT_H - 1)", "FREE_FRAME  = SH"],
    [
      "no clamp at the image's bottom",
      "bottom = clamp(y * SH - PAD_T + SPAN_H, 1, IN_H)",
      "bottom = y * SH - PAD_T + SPAN_H",
    ],
    ["left padding is read from memory", "assign inside_x = (ix < IN_W[X_BITS-1:0])", "assign inside_x = 1'b1"],
    ["pipeline moves while refused", "advance   = m_axis_tready || !valid_q3", "advance   = 1'b1"],
    ["group step forgotten", "STEP_G     = modulo(BACK_KY + CW)", "STEP_G     = modulo(BACK_KY)"],
  ])("%s", async (_, find, replace) => {
    expect(await isKilled("axis_window", { find, replace }, streams)).toBe(true);
  });
});
