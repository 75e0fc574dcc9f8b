// The integer network as a file: what `addernet quantize` writes and the other commands take.
import { z } from "zod";
import { inputError } from "./diagnostics/diagnostics.ts";
import type { QuantizedNetwork, QuantizedNode } from "./ir/quantized.ts";

export const INTEGER_FORMAT = "addernet-rtl/integers-1";

const shape = z.tuple([z.int().min(1), z.int().min(1), z.int().min(1)]);
const range = z.strictObject({ min: z.int(), max: z.int() });
const edge = z.strictObject({
  shape,
  bits: z.int().min(1).max(53),
  signed: z.boolean(),
  scale: z.number(),
  zeroPoint: z.number(),
  range,
});
const requant = z.strictObject({
  mode: z.enum(["full", "pow2", "csd2"]),
  multiplier: z.array(z.int()),
  bias: z.array(z.int()),
  shift: z.int().min(0).max(60),
  clamp: range.nullable(),
  negative: z.strictObject({ multiplier: z.array(z.int()), bias: z.array(z.int()), pivot: z.int() }).optional(),
});
const overrides = z.strictObject({
  bits: z.int().optional(),
  pe: z.int().optional(),
  simd: z.int().optional(),
  pixels: z.int().optional(),
  unroll: z.boolean().optional(),
});
const base = {
  name: z.string().min(1),
  inputs: z.array(z.string()).min(1),
  output: z.string(),
  layers: z.array(z.string()),
  path: z.array(z.union([z.string(), z.int()])),
  overrides,
};
const two = z.tuple([z.int().min(1), z.int().min(1)]);
const margin = z.int().min(0);
const window = z.looseObject({
  kernel: two,
  stride: two,
  dilation: two,
  padding: z.tuple([margin, margin, margin, margin]),
  groups: z.int().min(1),
});
const weights = z.strictObject({ rows: z.array(z.array(z.int())), bits: z.int().min(1).max(17), signed: z.boolean() });
const weighted = { ...base, window, weights, accRange: range, requant };
const node = z.discriminatedUnion("op", [
  z.strictObject({ op: z.literal("sad"), ...weighted }),
  z.strictObject({ op: z.literal("mac"), ...weighted }),
  z.strictObject({ op: z.literal("requant"), ...base, requant }),
  z.strictObject({ op: z.literal("max_pool"), ...base, window }),
  z.strictObject({
    op: z.literal("avg_pool"),
    ...base,
    window,
    accRange: range,
    requant,
    classes: z.array(z.int().min(0)).optional(),
  }),
  z.strictObject({
    op: z.literal("add"),
    ...base,
    multipliers: z.array(z.int()),
    bias: z.int(),
    shift: z.int().min(0).max(60),
    clamp: range,
  }),
  z.strictObject({ op: z.literal("table"), ...base, table: z.array(z.int()) }),
  z.strictObject({ op: z.literal("concat"), ...base }),
  z.strictObject({ op: z.literal("upsample"), ...base, factor: two }),
  z.strictObject({ op: z.literal("pad"), ...base, window }),
  z.strictObject({ op: z.literal("argmax"), ...base }),
  z.strictObject({ op: z.literal("reshape"), ...base }),
]);
const schema = z.strictObject({
  format: z.literal(INTEGER_FORMAT),
  name: z.string().min(1).max(100),
  input: z.strictObject({
    name: z.string(),
    shape,
    storage: z.enum(["uint8", "int8", "uint16"]),
    scale: z.array(z.number()),
    offset: z.array(z.number()),
  }),
  inputEdge: z.string(),
  edges: z.record(z.string(), edge),
  nodes: z.array(node).min(1),
  outputs: z.array(z.string()).min(1),
});

/** Text of the file; the same network gives the same text. */
export function writeIntegers(net: QuantizedNetwork): string {
  const nodes = net.nodes.map((n) =>
    "weights" in n ? { ...n, weights: { ...n.weights, rows: n.weights.rows.map((r) => [...r]) } } : n,
  );
  const { name, input, inputEdge, edges, outputs } = net;
  return `${JSON.stringify({ format: INTEGER_FORMAT, name, input, inputEdge, edges, nodes, outputs })}\n`;
}

/** Whether a parsed JSON value says that it is an integer network. */
export const isIntegers = (value: unknown): boolean =>
  typeof value === "object" && value !== null && (value as { format?: unknown }).format === INTEGER_FORMAT;

/** Reads what writeIntegers wrote; throws InputError where the file is damaged. */
export function readIntegers(value: unknown): QuantizedNetwork {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw inputError({
      code: "AN1004",
      message: `the integer network is damaged: ${issue.message}`,
      path: issue.path as (string | number)[],
      hint: "write it anew with addernet quantize",
    });
  }
  const { format: _, ...net } = parsed.data;
  const nodes = net.nodes.map((n) =>
    "weights" in n ? { ...n, weights: { ...n.weights, rows: n.weights.rows.map((r) => Int32Array.from(r)) } } : n,
  ) as unknown as QuantizedNode[];
  const fault = (message: string, path: (string | number)[]) =>
    inputError({
      code: "AN1004",
      message: `the integer network is damaged: ${message}`,
      path,
      hint: "write it anew with addernet quantize",
    });
  const known = new Set([net.inputEdge]);
  nodes.forEach((n, i) => {
    for (const e of n.inputs)
      if (!known.has(e)) throw fault(`node ${JSON.stringify(n.name)} reads an unknown edge`, ["nodes", i, "inputs"]);
    if (!Object.hasOwn(net.edges, n.output))
      throw fault(`edge ${JSON.stringify(n.output)} has no type`, ["nodes", i, "output"]);
    known.add(n.output);
    const [height, width, channels] = net.edges[n.output]!.shape;
    const classes = n.op === "avg_pool" ? n.classes : undefined;
    if (classes && classes.length !== height * width)
      throw fault("classes and positions differ in number", ["nodes", i, "classes"]);
    const constants = channels * (classes ? Math.max(...classes) + 1 : 1);
    if ("requant" in n && (n.requant.multiplier.length !== constants || n.requant.bias.length !== constants))
      throw fault("constants and channels differ in number", ["nodes", i, "requant"]);
    if (n.op === "table" && n.table.length !== 2 ** net.edges[n.inputs[0]!]!.bits)
      throw fault("the table and its input's bits differ", ["nodes", i, "table"]);
    if ("weights" in n) {
      const x = net.edges[n.inputs[0]!]!;
      const taps = n.window.kernel[0] * n.window.kernel[1] * (x.shape[2] / n.window.groups);
      if (n.weights.rows.length !== channels || n.weights.rows.some((r) => r.length !== taps))
        throw fault("weights and geometry differ", ["nodes", i, "weights"]);
    }
  });
  if (!Object.hasOwn(net.edges, net.inputEdge)) throw fault("the input has no type", ["inputEdge"]);
  for (const o of net.outputs) if (!known.has(o)) throw fault(`unknown output ${JSON.stringify(o)}`, ["outputs"]);
  return { ...net, nodes } as QuantizedNetwork;
}
