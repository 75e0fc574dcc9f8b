// The kernels of the float reference give what its loops give, to the last bit.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { GraphNode, WindowAttrs } from "../../generator/ir/graph.ts";
import { distance, product, slide } from "./slide.ts";

const side = fc.integer({ min: 3, max: 9 });
const small = fc.integer({ min: 1, max: 3 });
const padding = fc.integer({ min: 0, max: 2 });

test("kernels and loops", () => {
  const layer = fc.record({
    size: fc.tuple(side, side),
    inGroup: fc.integer({ min: 1, max: 40 }),
    outGroup: fc.integer({ min: 3, max: 18 }),
    groups: fc.constantFrom(1, 1, 2),
    kernel: fc.tuple(small, small),
    stride: fc.tuple(fc.constantFrom(1, 2), fc.constantFrom(1, 2)),
    padding: fc.tuple(padding, padding, padding, padding),
    seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  });
  fc.assert(
    fc.property(layer, (l) => {
      let state = l.seed;
      const value = () => {
        state = Math.imul(state, 48271) & 0x7fffffff;
        return state / 2 ** 28 - 4;
      };
      const out = [0, 1].map((i) =>
        Math.floor((l.size[i]! + l.padding[i]! + l.padding[i + 2]! - l.kernel[i]!) / l.stride[i]! + 1),
      );
      const [channels, filters] = [l.inGroup * l.groups, l.outGroup * l.groups];
      const node: GraphNode<WindowAttrs> = {
        name: "y",
        kind: "conv2d",
        inputs: ["x"],
        attrs: { kernel: l.kernel, stride: l.stride, dilation: [1, 1], padding: l.padding, groups: l.groups },
        tensors: {},
        shape: [out[0]!, out[1]!, filters],
        overrides: {},
        path: [],
      };
      const data = Float64Array.from({ length: l.size[0] * l.size[1] * channels }, value);
      const x = { shape: [...l.size, channels], data };
      const weights = Float64Array.from({ length: filters * l.inGroup * l.kernel[0] * l.kernel[1] }, value);
      for (const reduce of [distance, product])
        expect(slide(node, x, weights, reduce)).toEqual(slide(node, x, weights, reduce, "loops"));
    }),
    { numRuns: 100 },
  );
});
