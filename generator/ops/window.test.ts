// Clocks of axis_taps by the rule of the plan, against a walk through the cell's model.
import { expect, test } from "vitest";
import { tapsInterval } from "../cells/axis_taps.ts";
import type { WindowAttrs } from "../ir/graph.ts";
import type { EdgeType } from "../ir/tensor.ts";
import { rowsAhead, tapsClocks } from "./window.ts";

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
