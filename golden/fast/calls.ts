// Nodes as calls of kernels, for every node whose numbers are small enough; the others stay with loops.ts.
import type { AddNode, AvgPoolNode, MaxPoolNode, QuantizedNode, RequantNode } from "../../generator/ir/quantized.ts";
import type { IntRange, Shape } from "../../generator/ir/tensor.ts";
import { add, addRequant, EXACT_MAX, union, windowSum, within } from "../arith/index.ts";
import { sizeOf } from "../ops/op.ts";
import type { Arena } from "./arena.ts";
import { concatCalls, depthToSpaceCalls, padCalls, tableCalls, upsampleCalls, zeroInsertCalls } from "./arrange.ts";
import type { MakeCalls, NodeCalls, NodeInput } from "./call.ts";
import { finishRecord, resultPlace, resultRange } from "./finish.ts";
import { pixelTable } from "./pixels.ts";
import { placeFor } from "./place.ts";
import { weightedCalls } from "./windows.ts";

const ANY_INT32: IntRange = { min: -(2 ** 31), max: 2 ** 31 - 1 };
const fits = (r: IntRange): boolean => r.min >= ANY_INT32.min && r.max <= ANY_INT32.max;

/** Ops that kernels compute; every other op is a loop. */
const kernels: { readonly [K in QuantizedNode["op"]]?: MakeCalls<Extract<QuantizedNode, { op: K }>> } = {
  sad: weightedCalls,
  mac: weightedCalls,
  requant: requantCalls,
  add: addCalls,
  max_pool: maxPoolCalls,
  avg_pool: avgPoolCalls,
  argmax: argmaxCalls,
  reshape: reshapeCalls,
  table: tableCalls,
  concat: concatCalls,
  upsample: upsampleCalls,
  depth_to_space: depthToSpaceCalls,
  zero_insert: zeroInsertCalls,
  pad: padCalls,
};

export const callsFor: MakeCalls<QuantizedNode> = (arena, given) =>
  (kernels[given.node.op] as MakeCalls<QuantizedNode> | undefined)?.(arena, given);

function requantCalls(arena: Arena, { node, edges, inputs }: NodeInput<RequantNode>): NodeCalls | undefined {
  const [x, output] = [inputs[0]!, edges.output];
  const result = resultRange(node.requant, edges.inputs[0]!.range);
  if (x.size === 8 || !result) return undefined;
  const { place, checked } = resultPlace(arena, output.shape, result, output.range);
  const positions = output.shape[0] * output.shape[1];
  return {
    calls: [
      {
        kernel: x.size === 1 ? "requantize8" : "requantize32",
        args: [finishRecord(arena, node.requant, place), x.at, positions, arena.reserve(1024)],
      },
    ],
    output: place,
    checked,
  };
}

function addCalls(arena: Arena, { node, edges, inputs }: NodeInput<AddNode>): NodeCalls | undefined {
  const largest = edges.inputs.reduce(
    (sum, e, i) => sum + Math.abs(node.multipliers[i]!) * Math.max(Math.abs(e.range.min), Math.abs(e.range.max)),
    Math.abs(node.bias),
  );
  if (largest > EXACT_MAX || inputs.some((x) => x.size === 8)) return undefined;
  const q = addRequant(node);
  const result = resultRange(
    q,
    add.sumRange(
      node,
      edges.inputs.map((e) => e.range),
    ),
  );
  if (!result) return undefined;
  const { place, checked } = resultPlace(arena, edges.output.shape, result, edges.output.range);
  const finish = finishRecord(arena, { ...q, multiplier: node.multipliers }, place);
  const list = arena.words(inputs.flatMap((x) => [x.at, x.size]));
  return {
    calls: [{ kernel: "add", args: [finish, list, inputs.length, sizeOf(edges.output.shape)] }],
    output: place,
    checked,
  };
}

/** Address of the table of pixels, and the numbers that go with it. */
function pixelArgs(arena: Arena, node: MaxPoolNode | AvgPoolNode, input: Shape, output: Shape) {
  const table = pixelTable(node.window, input, output);
  const kernel = node.window.kernel[0] * node.window.kernel[1];
  return { table, kernel, positions: output[0] * output[1], at: arena.place(table) };
}

function maxPoolCalls(arena: Arena, { node, edges, inputs }: NodeInput<MaxPoolNode>): NodeCalls | undefined {
  const [x, input, output] = [inputs[0]!, edges.inputs[0]!, edges.output];
  if (x.size === 8) return undefined;
  const { table, kernel, positions, at } = pixelArgs(arena, node, input.shape, output.shape);
  for (let p = 0; p < positions; p++)
    if (table.subarray(p * kernel, (p + 1) * kernel).every((pixel) => pixel < 0)) return undefined;
  const place = placeFor(arena, output.shape, x.size);
  return {
    calls: [
      {
        kernel: x.size === 1 ? "maxPool8" : "maxPool32",
        args: [x.at, place.at, at, kernel, positions, output.shape[2]],
      },
    ],
    output: place,
    checked: !within(input.range, output.range),
  };
}

function avgPoolCalls(arena: Arena, { node, edges, inputs, keep }: NodeInput<AvgPoolNode>): NodeCalls | undefined {
  const [x, input, output] = [inputs[0]!, edges.inputs[0]!, edges.output];
  const kernel = node.window.kernel[0] * node.window.kernel[1];
  const { table, positions, at } = pixelArgs(arena, node, input.shape, output.shape);
  // Behind `sign` the zero point is a half: no window has padding there.
  const outside = table.some((pixel) => pixel < 0) ? input.zeroPoint : 0;
  const sums = windowSum.partialRange(union(input.range, { min: outside, max: outside }), kernel);
  const result = resultRange(node.requant, sums);
  if (x.size === 8 || !fits(sums) || !result) return undefined;
  const { place, checked } = resultPlace(arena, output.shape, result, output.range);
  const acc = keep ? placeFor(arena, output.shape, 4) : undefined;
  const finish = finishRecord(arena, node.requant, place);
  const classes = node.classes ? arena.words(node.classes) : 0;
  return {
    calls: [
      {
        kernel: "averagePool",
        args: [finish, x.at, x.size, at, kernel, positions, outside, acc?.at ?? 0, arena.reserve(16), classes],
      },
    ],
    output: place,
    checked,
    acc,
  };
}

function argmaxCalls(arena: Arena, { edges, inputs }: NodeInput<QuantizedNode>): NodeCalls {
  const [x, output] = [inputs[0]!, edges.output];
  const channels = x.shape[2];
  const place = placeFor(arena, output.shape, 4);
  const kernel = x.size === 1 ? "argmax8" : x.size === 4 ? "argmax32" : "argmax64";
  return {
    calls: Array.from({ length: sizeOf(output.shape) }, (_, p) => ({
      kernel,
      args: [x.at + p * channels * x.size, place.at + 4 * p, channels],
    })),
    output: place,
    checked: !within({ min: 0, max: channels - 1 }, output.range),
  };
}

function reshapeCalls(_arena: Arena, { edges, inputs }: NodeInput<QuantizedNode>): NodeCalls | undefined {
  const [x, input, output] = [inputs[0]!, edges.inputs[0]!, edges.output];
  if (sizeOf(output.shape) !== sizeOf(x.shape)) return undefined;
  return {
    calls: [],
    output: { ...x, shape: output.shape },
    checked: !within(input.range, output.range),
  };
}
