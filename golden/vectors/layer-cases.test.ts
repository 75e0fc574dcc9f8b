// Every single-layer case: integers exactly, real numbers to 1e-12.
import { describe, expect, test } from "vitest";
import { openNpz, toFloatTensor } from "../../generator/files/index.ts";
import type { QuantizedNetwork, Requant } from "../../generator/ir/quantized.ts";
import { createRunner, evalNode, floatLayers, ops, runFloat, runInteger } from "../index.ts";
import { chwToHwc, fileBytes } from "./files.ts";
import {
  byteEdge,
  floatGraph,
  hwc,
  hwcShape,
  intNetwork,
  type LayerCase,
  layerCases,
  storedInput,
  zeroPointOf,
} from "./layer-cases.ts";

const arrays = openNpz(fileBytes("golden/vectors/layers/layers.npz"));
const named = (filter: (c: LayerCase) => boolean) => layerCases.filter(filter).map((c) => [c.name, c] as const);

test("there are 64 cases", () => {
  expect(layerCases.length).toBe(64);
});

/** Output of the plain definition, which the fast path must equal. */
function both(net: QuantizedNetwork, c: LayerCase): number[] {
  const plain = Array.from(runInteger(net, storedInput(c)).get("y")!.data);
  const runner = createRunner(net);
  runner.run(storedInput(c));
  expect(Array.from(runner.tensor("y").data)).toEqual(plain);
  return plain;
}

describe("integers", () => {
  test.each(named((c) => c.data.yi !== undefined && c.op !== "add"))("%s", (_, c) => {
    const z = c.op === "maxpool" ? zeroPointOf(c.input_signed) : 0;
    expect(both(intNetwork(c), c).map((v) => v - z)).toEqual(hwc(c, "yi"));
  });

  test.each(named((c) => c.op.endsWith("avgpool")))("%s: sum", (_, c) => {
    expect(both(intNetwork(c), c)).toEqual(hwc(c, "sum_i"));
  });

  test.each(named((c) => c.op.endsWith("avgpool")))("%s: mean, half up and down", (_, c) => {
    const net = intNetwork(c);
    const node = net.nodes[0]!;
    if (node.op !== "avg_pool") throw new Error("not a pool");
    const taps = node.window.kernel[0] * node.window.kernel[1];
    const channels = hwcShape(c.out_shape)[2];
    const divisors = c.data.divisor ?? [taps];
    const z = zeroPointOf(c.input_signed);
    for (const [key, rounding] of [
      ["yi_half_up", 1 / 2],
      ["yi_floor", 0],
    ] as const) {
      const got = divisors.map((divisor, position) => {
        const q = mean(divisor, z * taps, rounding, channels);
        const values = both({ ...net, nodes: [{ ...node, requant: q }] }, c);
        return values.slice(position * channels, (position + 1) * channels);
      });
      expect(got.flat()).toEqual(hwc(c, key));
    }
  });

  /** floor((acc - offset) / divisor + rounding) */
  function mean(divisor: number, offset: number, rounding: number, channels: number): Requant {
    const shift = 30;
    const multiplier = Math.round(2 ** shift / divisor);
    // The multiplier is off by up to 1/2; sums stay below 2^12, so this slack keeps exact quotients from falling below.
    const bias = 2 ** shift * rounding + 2 ** 12 - offset * multiplier;
    const every = (v: number) => new Array<number>(channels).fill(v);
    return { mode: "full", multiplier: every(multiplier), bias: every(bias), shift, clamp: null };
  }

  test.each(named((c) => c.op === "add"))("%s", (_, c) => {
    const shape = hwcShape(c.out_shape);
    const signed = [c.name.includes("_s8"), c.name.endsWith("s8")];
    const zeros = signed.map(zeroPointOf) as [number, number];
    const inputs = ["ai", "bi"].map((key, i) => ({ shape, data: Int32Array.from(hwc(c, key), (v) => v + zeros[i]!) }));
    for (const [key, zero, min, max] of [
      ["yi", 512, 0, 1023],
      ["yi_relu", 0, 0, 1023],
      ["yi_sat_u8", 0, 0, 255],
      ["yi_sat_s8", 128, 0, 255],
    ] as const) {
      const { output } = evalNode(
        {
          op: "add",
          name: "add",
          inputs: ["a", "b"],
          output: "y",
          layers: ["add"],
          path: [],
          overrides: {},
          multipliers: [16, 16],
          bias: 16 * (zero - zeros[0] - zeros[1]) + 8,
          shift: 4,
          clamp: { min, max },
        },
        inputs,
        { inputs: zeros.map((z) => byteEdge(shape, z)), output: byteEdge(shape, zero) },
      );
      expect(
        Array.from(output.data, (v) => v - zero),
        key,
      ).toEqual(hwc(c, key));
    }
  });

  test("every op has a definition", () => {
    const tested = [...new Set(layerCases.filter((c) => c.op !== "add").map((c) => intNetwork(c).nodes[0]!.op))];
    // add is tested above; concat, pad, table, upsample and zero_insert in golden/ops; argmax and reshape by the whole networks and in ops.test.ts.
    expect(
      [
        ...tested,
        "add",
        "argmax",
        "concat",
        "depth_to_space",
        "pad",
        "reshape",
        "table",
        "upsample",
        "zero_insert",
      ].sort(),
    ).toEqual(Object.keys(ops).sort());
  });
});

describe("real numbers", () => {
  test.each(named((c) => arrays.names().includes(`${c.name}.yf`)))("%s", (_, c) => {
    const real = (key: string) => toFloatTensor(arrays.read(`${c.name}.${key}`));
    const weights = arrays.names().includes(`${c.name}.wf`) ? real("wf") : undefined;
    const graph = floatGraph(c, weights);
    const inHwc = (key: string) => {
      const t = real(key);
      return { shape: hwcShape(t.shape), data: Float64Array.from(chwToHwc(t.data, t.shape)) };
    };
    const got =
      c.op === "add"
        ? floatLayers.get("add")!(graph.nodes[0]!, [inHwc("af"), inHwc("bf")])
        : runFloat(graph, inHwc("xf")).get("y")!;
    const want = inHwc("yf");
    expect(got.shape).toEqual(want.shape);
    want.data.forEach((v, i) => {
      expect(Math.abs(got.data[i]! - v)).toBeLessThanOrEqual(1e-12 * Math.abs(v) + 1e-14);
    });
  });
});
