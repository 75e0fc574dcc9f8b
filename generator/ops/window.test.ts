// Clocks of axis_taps by the rule of the plan, against a walk through the cell's model.
import { expect, test } from "vitest";
import { tapsInterval } from "../cells/axis_taps.ts";
import type { WindowAttrs } from "../ir/graph.ts";
import type { EdgeType } from "../ir/tensor.ts";
import { bufferRows, rowsAhead, rowWindows, tapsClocks, windowInterval } from "./window.ts";

const edge = (height: number, width: number): EdgeType => ({
  shape: [height, width, 1],
  bits: 8,
  signed: false,
  scale: 1,
  zeroPoint: 0,
  range: { min: 0, max: 255 },
});

/** Numbers that look random and are the same on every machine. */
function random(seed: number) {
  let state = seed;
  const int = (from: number, to: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return from + ((state >>> 0) % (to - from + 1));
  };
  return { int };
}

test("random windows: a frame takes what its windows and its pixels take, whichever is more", () => {
  const rand = random(7);
  let seen = 0;
  for (let n = 0; n < 3000; n++) {
    const axis = () => {
      const [kernel, dilation, stride] = [rand.int(1, 5), rand.int(1, 2), rand.int(1, 3)];
      const span = (kernel - 1) * dilation + 1;
      const [before, after] = [rand.int(0, Math.min(3, span - 1)), rand.int(0, Math.min(3, span - 1))];
      const size = rand.int(1, 26);
      return {
        size,
        kernel,
        dilation,
        stride,
        before,
        after,
        out: Math.floor((size + before + after - span) / stride) + 1,
      };
    };
    const [y, x] = [axis(), axis()];
    if (y.out < 1 || x.out < 1) continue;
    const window: WindowAttrs = {
      kernel: [y.kernel, x.kernel],
      stride: [y.stride, x.stride],
      dilation: [y.dilation, x.dilation],
      padding: [y.before, x.before, y.after, x.after],
      groups: 1,
    };
    const types = { inputs: [edge(y.size, x.size)], output: edge(y.out, x.out) };
    const pace = rand.int(0, 1) ? 1 : rand.int(1, 12);
    const geometry = {
      ...{ IN_H: y.size, IN_W: x.size, KH: y.kernel, KW: x.kernel, SH: y.stride, SW: x.stride },
      ...{ DH: y.dilation, DW: x.dilation, PAD_T: y.before, PAD_L: x.before, OUT_H: y.out, OUT_W: x.out },
    };
    const walked = tapsInterval({ ...geometry, AHEAD: rowsAhead(window, types, pace) }, pace);
    expect(tapsClocks(window, types, pace), JSON.stringify([geometry, pace])).toBe(walked);
    const row = (x.out - 1) * Math.max(pace, x.stride) + Math.max(pace, (x.kernel - 1) * x.dilation + 1);
    if (y.out >= 8) expect(walked).toBe(Math.max(y.out * row, y.size * x.size));
    seen++;
  }
  expect(seen).toBeGreaterThan(2000);
});

const slides = (kernel: number, stride: number, top: number): WindowAttrs => ({
  kernel: [kernel, kernel],
  stride: [stride, stride],
  dilation: [1, 1],
  padding: [top, top, top, top],
  groups: 1,
});

test("a line buffer whose windows lie in the margin holds a row more, so that it keeps its pace", () => {
  // Seven rows of four words; five rows of windows of eight clocks, the first and the last wholly outside.
  const windows = rowWindows(slides(1, 3, 3), 7, 5);
  expect(windows.rows.map((w) => [w.first, w.last])).toEqual([
    [0, 1],
    [0, 1],
    [3, 4],
    [6, 7],
    [7, 7],
  ]);
  expect(windowInterval(windows, 5, 4, 8)).toBeGreaterThan(40);
  expect(windowInterval(windows, 6, 4, 8)).toBe(40);
  expect(bufferRows(slides(1, 3, 3), 7, 5, 4, 8)).toBe(6);
});

test("usual windows hold what they span, the step and a row", () => {
  for (const [kernel, stride, top] of [
    [3, 1, 1],
    [3, 2, 1],
    [5, 1, 2],
    [7, 2, 3],
    [2, 2, 0],
    [1, 1, 0],
  ] as const)
    for (const height of [8, 14, 28]) {
      const out = Math.floor((height + 2 * top - kernel) / stride) + 1;
      for (const clocks of [4, 8, 64])
        expect(bufferRows(slides(kernel, stride, top), height, out, 2, clocks)).toBe(kernel + stride + 1);
    }
});
