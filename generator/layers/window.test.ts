import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Report } from "../diagnostics/diagnostics.ts";
import type { GraphNode } from "../ir/graph.ts";
import { batchNorm } from "./norm.ts";
import { outputSize, type WindowJson, windowAttrs } from "./window.ts";

const size = (h: number, w: WindowJson, ceil = false) => {
  const report = new Report();
  const got = outputSize([h, h, 1], windowAttrs(w, [h, h, 1]), report.at([]), ceil);
  return got?.[0] ?? report.list.map((d) => d.code).join();
};

describe("output size", () => {
  // Values of torch.nn.Conv2d and MaxPool2d.
  test.each([
    [28, { kernel: 5, padding: 2 }, false, 28],
    [28, { kernel: 5 }, false, 24],
    [7, { kernel: 3, stride: 2, padding: 1 }, false, 4],
    [8, { kernel: 3, stride: 2, padding: 1 }, false, 4],
    [8, { kernel: 3, dilation: 2 }, false, 4],
    [9, { kernel: 3, dilation: 3, stride: 2, padding: 2 }, false, 4],
    [5, { kernel: 2, stride: 2 }, false, 2],
    [5, { kernel: 2, stride: 2 }, true, 3],
    [4, { kernel: 2, stride: 2 }, true, 2],
    // The window that would start in the padding behind the input is dropped.
    [4, { kernel: 1, stride: 3, padding: 1 }, true, 2],
    [3, { kernel: 2, stride: 2, padding: 1 }, true, 2],
    [2, { kernel: 3 }, false, "AN3001"],
    [4, { kernel: 3, dilation: 2 }, false, "AN3001"],
  ] as const)("%i with %j, ceil %s: %s", (h, w, ceil, expected) => {
    expect(size(h, w as WindowJson, ceil)).toBe(expected);
  });

  test("same: ceil(input / stride), the odd row at the bottom", () => {
    expect(size(5, { kernel: 3, stride: 2, padding: "same" })).toBe(3);
    expect(size(6, { kernel: 3, stride: 2, padding: "same" })).toBe(3);
    expect(windowAttrs({ kernel: 2, padding: "same" }, [4, 4, 1]).padding).toEqual([0, 0, 1, 1]);
    expect(windowAttrs({ kernel: [1, 4], padding: "same" }, [4, 4, 1]).padding).toEqual([0, 1, 0, 2]);
  });

  test("every window starts inside the padded input, and one more would not fit (PyTorch's formula)", () => {
    const small = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        small,
        small,
        small,
        fc.integer({ min: 0, max: 3 }),
        (h, k, s, d, p) => {
          const span = (k - 1) * d + 1;
          const n = size(h, { kernel: k, stride: s, dilation: d, padding: p });
          if (span > h + 2 * p) {
            expect(n).toBe("AN3001");
            return;
          }
          expect(((n as number) - 1) * s + span).toBeLessThanOrEqual(h + 2 * p);
          expect((n as number) * s + span).toBeGreaterThan(h + 2 * p);
          let up = Math.ceil((h + 2 * p - span) / s) + 1;
          if ((up - 1) * s >= h + p) up--;
          expect(size(h, { kernel: k, stride: s, dilation: d, padding: p }, true)).toBe(up);
        },
      ),
    );
  });
});

test("batch norm becomes scale and offset", () => {
  const one = (v: number) => ({ shape: [1], data: Float64Array.of(v) });
  const tensors = { gamma: one(3), beta: one(0.5), mean: one(2), variance: one(3.75) };
  const node = { attrs: { eps: 0.25 }, tensors } as unknown as GraphNode;
  if (batchNorm.quantize.role !== "affine") throw new Error("batch norm is affine");
  const { scale, offset } = batchNorm.quantize.affine(node);
  expect([scale[0], offset[0]]).toEqual([1.5, 0.5 - 1.5 * 2]);
});
