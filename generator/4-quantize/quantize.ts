// Stage 4: real numbers become integers. Scales, folded weights, requantize constants, exact ranges. No float leaves it
// but the scales that tell what the integers mean.
import { rangeOfBits } from "../../golden/arith/index.ts";
import type { Report } from "../diagnostics/diagnostics.ts";
import type { Graph, GraphNode } from "../ir/graph.ts";
import type { QuantizeOptions } from "../ir/quantize-options.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { EdgeType } from "../ir/tensor.ts";
import type { Accumulation } from "../layers/define.ts";
import { renamed } from "../tasks/fit.ts";
import { Context, type IntegerProbe } from "./context.ts";
import { quantizeUnit } from "./roles/index.ts";
import { roleDataOf, traitsOf } from "./roles/traits.ts";
import { type Calibration, largestOf } from "./scales.ts";
import { type Unit, unitsOf } from "./units.ts";

export type { IntegerProbe } from "./context.ts";
export type { Calibration } from "./scales.ts";

/**
 * The network in integers; undefined where something was reported. `probe` follows it over the calibration images, for
 * the means of results; `onMultipliers` is told what each node's multipliers are off at most, as a share.
 * Edges and nodes that `like` has too keep its scales, zero points and shifts.
 */
export function quantize(
  graph: Graph,
  calibration: Calibration,
  options: QuantizeOptions,
  report: Report,
  probe?: (inputEdge: string) => IntegerProbe,
  onMultipliers?: (node: string, relativeError: number) => void,
  like?: QuantizedNetwork,
): QuantizedNetwork | undefined {
  const q = new Context(graph, calibration, options, report, probe, onMultipliers, like);
  if (!allFinite(q)) return undefined;
  quantizeInput(q);
  for (const unit of unitsOf(graph)) {
    overridesHaveHardware(unit, report);
    if (!zeroExists(unit.first, q.inputs(unit.first), report)) return undefined;
    quantizeUnit(unit, q);
    if (report.failed) return undefined;
  }
  const { task } = graph;
  return {
    name: graph.name,
    input: graph.input,
    inputEdge: graph.input.name,
    edges: { ...q.edges },
    nodes: q.nodes,
    outputs: graph.outputs.map((n) => q.edgeOf(n)),
    ...(task ? { task: renamed(task, (n) => q.edgeOf(n)) } : {}),
  };
}

/** The stored input, and a requantize node behind it where the layers work on other bits or another meaning. */
function quantizeInput(q: Context): void {
  const { input } = q.graph;
  const { name, shape } = input;
  const signed = input.storage === "int8";
  const bits = input.storage === "uint16" ? 16 : 8;
  const scale = input.scale[0]!;
  const zeroPoint = -input.offset[0]! / scale;
  const range = rangeOfBits(bits, signed);
  q.edges[name] = { shape, bits, signed, scale, zeroPoint: signed ? 0 : Math.round(zeroPoint), range };
  q.carry(name, name);
  const wanted = q.scales.bitsWanted(name);
  const uniform = input.scale.every((s) => s === scale) && input.offset.every((o) => o === input.offset[0]);
  const plain = uniform && !signed && Number.isInteger(zeroPoint) && zeroPoint >= 0 && zeroPoint <= range.max;
  // Integers that already mean what the layers need enter as they are.
  if (plain && wanted >= bits) return;
  const acc: Accumulation = {
    range,
    gain: input.scale,
    offset: input.offset,
    node: (id, requant) => ({ op: "requant", ...id, requant }),
  };
  const made = q.freshName(`${name}_requantize`);
  const seen = q.scales.scaleFor(q.calibration.get(name)!, wanted, name, ["input"], largestOf([q.edges[name]!]));
  const { mean, variance } = q.calibration.get(name)!;
  const quantization = input.scale.every((s) => s === scale)
    ? q.scales.exactRatio(seen, scale, wanted)
    : q.scales.bestRatios(seen, input.scale, variance, wanted);
  // Where the multipliers are coarse the stored mean of a channel is right, far from 0 as it may be.
  const center = input.scale.map((s, c) => (s === 0 ? 0 : (mean[c]! - input.offset[c]!) / s));
  const wish = { bits: wanted, quantization };
  q.requantizeEdge(
    name,
    made,
    acc,
    wish,
    { layers: [name], path: ["input"] },
    q.options.mode === "full" ? undefined : center,
  );
  q.carry(name, made);
}

/** Calibration computes in doubles; what overflows there has no scale. */
function allFinite({ graph, calibration, report }: Context): boolean {
  for (const { name, path } of graph.nodes) {
    const { min, max } = calibration.get(name)!;
    if (Number.isFinite(min) && Number.isFinite(max)) continue;
    report.error({
      code: "AN4003",
      message: `the results of ${JSON.stringify(name)} are too large to calculate with`,
      path,
      expected: "finite results on the calibration images",
      hint: "look at the weights and at the batch norm's values of this layer",
    });
    return false;
  }
  return true;
}

/** Folds and operands are a node's: a layer that becomes part of another one has none, and nothing to fold. */
function overridesHaveHardware({ first, layers }: Unit, report: Report): void {
  const { isNode } = traitsOf(first);
  for (const { name, path, overrides } of layers) {
    if (isNode && name === first.name) continue;
    for (const key of ["pe", "simd", "pixels", "unroll", "home", "coded", "bands"] as const)
      if (overrides[key])
        report.error({
          code: "AN5001",
          message: `${JSON.stringify(name)} has no hardware of its own to fold`,
          path: [...path, key],
          expected: isNode ? `${key} at ${JSON.stringify(first.name)}, which it is a part of` : `no ${key} here`,
        });
    // A layer that is nothing at all keeps its bits: they are those of what goes through it.
    if (name !== first.name && overrides.bits !== undefined)
      report.error({
        code: "AN4002",
        message: `${JSON.stringify(name)} is a part of ${JSON.stringify(first.name)} and has no operands of its own`,
        path: [...path, "bits"],
        expected: `bits at ${JSON.stringify(first.name)} for what goes in, at a reader of the result for what comes out`,
      });
  }
}

/** Real zeros in the padding need an integer that means zero; edges of -1 and +1 have none. */
function zeroExists(node: GraphNode, inputs: readonly EdgeType[], report: Report): boolean {
  const traits = traitsOf(node);
  const window = traits.zeros?.(roleDataOf(node), node);
  if (!window || inputs.every((x) => Number.isInteger(x.zeroPoint))) return true;
  const inserts = traits.inserts?.(roleDataOf(node), node) !== undefined;
  const { kernel, stride, dilation, padding } = window;
  // With ceil_mode the last window may see more than the map.
  const beyond = ([0, 1] as const).some(
    (a) => (node.shape[a] - 1) * stride[a] + (kernel[a] - 1) * dilation[a] + 1 > padding[a]! + inputs[0]!.shape[a],
  );
  if (!beyond && !inserts && !padding.some((p) => p > 0)) return true;
  report.error({
    code: "AN4004",
    message: `${inserts ? "between the pixels" : "the padding"} of ${JSON.stringify(node.name)} is zero, and its input holds only -1 and +1`,
    path: node.path,
    expected: `no ${inserts ? "stride" : "padding"} and no window beyond the map behind sign`,
  });
  return false;
}
