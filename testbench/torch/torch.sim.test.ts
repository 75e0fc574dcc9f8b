import { expect, test } from "vitest";
import { compareModules, FLOAT_BOUND, hasTorch, INTEGER_BOUND, python } from "./reference.ts";

const there = hasTorch();
if (!there) console.warn(`${python} has no torch (scripts/setup --torch installs it): no module is compared`);

test.skipIf(!there)(
  `200 random PyTorch modules: the float reference and the integers (needs ${python} with torch)`,
  () => {
    const c = compareModules(1, 230);
    expect(c.differences).toEqual([]);
    expect(c.networks - c.refused).toBeGreaterThanOrEqual(200);
    expect(c.float).toBeLessThan(FLOAT_BOUND);
    expect(c.integer).toBeLessThan(INTEGER_BOUND);
    // The draw is worth nothing where it misses a layer that PyTorch has.
    const kinds = [
      "adder_conv2d",
      "adder_linear",
      "conv2d",
      "conv_transpose2d",
      "linear",
      "batch_norm",
      "relu",
      "relu6",
      "hard_tanh",
    ];
    const others = [
      "leaky_relu",
      "parametric_relu",
      "randomized_relu",
      "sigmoid",
      "tanh",
      "hard_sigmoid",
      "hard_swish",
    ];
    const shapes = [
      "max_pool2d",
      "avg_pool2d",
      "global_avg_pool",
      "add",
      "concat",
      "upsample",
      "depth_to_space",
      "pad",
      "flatten",
      "argmax",
    ];
    expect([...c.layers.keys()].sort()).toEqual([...kinds, ...others, ...shapes].sort());
    expect(c.floatOnly).toBeLessThan(10);
  },
);
