// The integer network as a file: what `addernet quantize` writes and the other commands take.
import { z } from "zod";
import { rangeOfBits, within } from "../golden/arith/index.ts";
import { type Diagnostic, InputError } from "./diagnostics/diagnostics.ts";
import { printableJson } from "./diagnostics/print.ts";
import { nodeSchema, rangeSchema } from "./ir/nodes.ts";
import type { QuantizedNetwork, QuantizedNode } from "./ir/quantized.ts";
import { taskSchema } from "./ir/task.ts";
import type { EdgeType, IntRange, Shape } from "./ir/tensor.ts";
import { hardwareOf } from "./ops/index.ts";
import { misfit, placesOf } from "./tasks/fit.ts";

const INTEGER_FORMAT = "addernet-rtl/integers-1";

const size = z.int().min(1);
const shape = z.tuple([size, size, size]);
const positive = z.number().positive();
const edgeSchema = z.strictObject({
  shape,
  bits: z.int().min(1).max(53),
  signed: z.boolean(),
  scale: positive,
  zeroPoint: z.number(),
  range: rangeSchema,
});
/** Beside the edges, whose names may be anything, `__proto__` included. */
const schema = z.strictObject({
  format: z.literal(INTEGER_FORMAT),
  name: z.string().min(1).max(100),
  input: z.strictObject({
    name: z.string().min(1),
    shape,
    storage: z.enum(["uint8", "int8", "uint16"]),
    scale: z.array(positive),
    offset: z.array(z.number()),
  }),
  inputEdge: z.string().min(1),
  edges: z.unknown().optional(),
  nodes: z.array(nodeSchema),
  outputs: z.array(z.string()).min(1),
  task: taskSchema.optional(),
});

/** Text of the file; the same network gives the same text. */
export function writeIntegers(net: QuantizedNetwork): string {
  const nodes = net.nodes.map((n) => {
    // Whether an option or the network file gave a fold is nothing to keep.
    const { given: _, ...overrides } = n.overrides;
    return "weights" in n
      ? { ...n, overrides, weights: { ...n.weights, rows: n.weights.rows.map((r) => [...r]) } }
      : { ...n, overrides };
  });
  const { name, input, inputEdge, edges, outputs, task } = net;
  const all = { format: INTEGER_FORMAT, name, input, inputEdge, edges, nodes, outputs, ...(task ? { task } : {}) };
  return `${printableJson(all, 0)}\n`;
}

/** Whether a parsed JSON value says that it is an integer network. */
export const isIntegers = (value: unknown): boolean =>
  typeof value === "object" && value !== null && (value as { format?: unknown }).format === INTEGER_FORMAT;

type Path = readonly (string | number)[];

/** The most messages about one file: a fault in one place contradicts many others. */
const MOST = 10;
const HINT = "write it again with addernet quantize";

class Faults {
  readonly #list: Diagnostic[] = [];

  add(code: "AN1004" | "AN1009", path: Path, message: string): void {
    if (this.#list.length < MOST) this.#list.push({ code, severity: "error", message, path, hint: HINT });
  }

  /** A field alone: wrong type or value. */
  field(issues: readonly z.core.$ZodIssue[], at: Path = []): void {
    for (const issue of issues)
      this.add("AN1004", [...at, ...(issue.path as Path)], `the integer network is damaged: ${issue.message}`);
  }

  throwAny(): void {
    if (this.#list.length > 0) throw new InputError(this.#list);
  }
}

function edgesOf(value: unknown, faults: Faults): Record<string, EdgeType> {
  const edges: Record<string, EdgeType> = Object.create(null);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    faults.add("AN1004", ["edges"], "the integer network is damaged: expected the types of the edges by name");
  else
    for (const [name, type] of Object.entries(value)) {
      const parsed = edgeSchema.safeParse(type);
      if (parsed.success) edges[name] = parsed.data;
      else faults.field(parsed.error.issues, ["edges", name]);
    }
  return edges;
}

/**
 * Reads what writeIntegers wrote. Every field is compared with every other that it depends on, so that golden computes
 * the network within its ranges and hardware can be made of it.
 * @throws InputError where a field has a wrong type or value, or fields contradict each other; with their places
 */
export function readIntegers(value: unknown): QuantizedNetwork {
  const faults = new Faults();
  const parsed = schema.safeParse(value);
  if (!parsed.success) faults.field(parsed.error.issues);
  const edges = edgesOf((value as { edges?: unknown } | null)?.edges, faults);
  faults.throwAny();
  const { format: _, edges: __, ...rest } = parsed.data!;
  const net: QuantizedNetwork = { ...rest, edges };
  const fault = (path: Path, message: string) => faults.add("AN1009", path, message);
  wired(net, fault);
  faults.throwAny();
  for (const name of Object.keys(edges)) typed(edges[name]!, ["edges", name], fault);
  input(net, fault);
  task(net, fault);
  for (const [i, node] of net.nodes.entries()) consistent(net, node, ["nodes", i], fault);
  faults.throwAny();
  return net;
}

type Report = (path: Path, message: string) => void;

const quoted = (name: string): string => JSON.stringify(name);

/** Names and order: what is read has been computed, what is computed is read, and nothing bears a name twice. */
function wired(net: QuantizedNetwork, fault: Report): void {
  const { edges } = net;
  const known = new Set<string>();
  const names = new Set<string>();
  const read = new Set(net.outputs);
  const computed = (name: string, path: Path) => {
    if (!Object.hasOwn(edges, name)) fault(path, `edge ${quoted(name)} has no type in "edges"`);
    if (known.has(name)) fault(path, `edge ${quoted(name)} is computed twice`);
    known.add(name);
  };
  if (net.inputEdge !== net.input.name)
    fault(["inputEdge"], `the input is called ${quoted(net.input.name)}, and its edge ${quoted(net.inputEdge)}`);
  computed(net.inputEdge, ["inputEdge"]);
  for (const [i, node] of net.nodes.entries()) {
    if (names.has(node.name)) fault(["nodes", i, "name"], `two nodes are called ${quoted(node.name)}`);
    names.add(node.name);
    for (const [k, name] of node.inputs.entries()) {
      read.add(name);
      if (!known.has(name))
        fault(
          ["nodes", i, "inputs", k],
          `node ${quoted(node.name)} reads ${quoted(name)}, which no node before it computes`,
        );
    }
    computed(node.output, ["nodes", i, "output"]);
  }
  for (const [i, name] of net.outputs.entries())
    if (!known.has(name)) fault(["outputs", i], `no node computes ${quoted(name)}`);
  for (const name of Object.keys(edges)) {
    if (!known.has(name)) fault(["edges", name], `no node computes ${quoted(name)}`);
    else if (!read.has(name)) fault(["edges", name], `nothing reads ${quoted(name)}, and it is not an output`);
  }
}

/** Values of one tensor; more would not fit into memory. */
const LARGEST = 2 ** 28;

const text = ({ min, max }: IntRange): string => `${min} to ${max}`;
const product = (s: Shape): number => s[0] * s[1] * s[2];

function typed(edge: EdgeType, at: Path, fault: Report): void {
  const holds = rangeOfBits(edge.bits, edge.signed);
  if (!within(edge.range, holds))
    fault([...at, "range"], `the range ${text(edge.range)} exceeds ${text(holds)}, what ${edge.bits} bits hold`);
  const half = edge.bits === 1 && edge.zeroPoint === 0.5;
  if (!Number.isSafeInteger(edge.zeroPoint) && !half)
    fault([...at, "zeroPoint"], `zero point ${edge.zeroPoint} is not an integer`);
  if (!(product(edge.shape) <= LARGEST)) fault([...at, "shape"], "a tensor has at most 2^28 values");
}

const STORED = {
  uint8: { bits: 8, signed: false },
  int8: { bits: 8, signed: true },
  uint16: { bits: 16, signed: false },
} as const;

/** The input's edge carries the stored integers as they are. */
function input({ input, inputEdge, edges }: QuantizedNetwork, fault: Report): void {
  const edge = edges[inputEdge]!;
  const at = ["edges", inputEdge];
  const { bits, signed } = STORED[input.storage];
  const range = rangeOfBits(bits, signed);
  if (edge.shape.some((n, i) => n !== input.shape[i]))
    fault([...at, "shape"], `the input is ${input.shape.join(" x ")}, and its edge ${edge.shape.join(" x ")}`);
  if (edge.bits !== bits || edge.signed !== signed)
    fault(
      [...at, edge.bits === bits ? "signed" : "bits"],
      `storage "${input.storage}" is ${bits} bits ${signed ? "signed" : "unsigned"}`,
    );
  if (edge.range.min !== range.min || edge.range.max !== range.max)
    fault([...at, "range"], `storage "${input.storage}" holds ${text(range)}, not ${text(edge.range)}`);
  for (const key of ["scale", "offset"] as const)
    if (input[key].length !== input.shape[2])
      fault(["input", key], `${input[key].length} numbers for ${input.shape[2]} channels`);
  if (input.scale.length === 0 || input.offset.length === 0) return;
  if (edge.scale !== input.scale[0])
    fault([...at, "scale"], `the input's scale is ${input.scale[0]}, not ${edge.scale}`);
  // Rounding gives a zero of either sign.
  const zero = signed ? 0 : Math.round(-input.offset[0]! / input.scale[0]!) + 0;
  if (edge.zeroPoint !== zero) fault([...at, "zeroPoint"], `the input's zero point is ${zero}, not ${edge.zeroPoint}`);
}

function task({ task, outputs, edges }: QuantizedNetwork, fault: Report): void {
  if (!task) return;
  const unknown = placesOf(task).find(({ output }) => !outputs.includes(output));
  if (unknown) fault(["task", unknown.field], `${quoted(unknown.output)} is not an output`);
  const wrong = unknown ? undefined : misfit(task, (name) => edges[name]!.shape);
  if (wrong) fault(["task", wrong.field], `${wrong.message}: ${wrong.found}, not ${wrong.expected}`);
}

/** A node's own fields, and what they make of its output. */
function consistent(net: QuantizedNetwork, node: QuantizedNode, at: Path, fault: Report): void {
  const output = net.edges[node.output]!;
  const types = { inputs: node.inputs.map((e) => net.edges[e]!), output };
  const outcome = hardwareOf(node)?.outcome(node, types, (field, message) => {
    fault([...at, ...field], `node ${quoted(node.name)}: ${message}`);
    return undefined;
  });
  if (!outcome) return;
  const edge = (field: string, message: string) =>
    fault(["edges", node.output, field], `the output of node ${quoted(node.name)} ${message}`);
  if (outcome.shape.some((n, i) => n !== output.shape[i]))
    edge("shape", `is ${outcome.shape.join(" x ")}, not ${output.shape.join(" x ")}`);
  if (!within(outcome.range, output.range))
    edge("range", `reaches ${text(outcome.range)}, outside ${text(output.range)}`);
  const { keeps } = outcome;
  if (!keeps) return;
  for (const key of ["bits", "signed", "scale", "zeroPoint"] as const)
    if (keeps[key] !== output[key]) edge(key, `keeps ${key} ${keeps[key]} of its input, not ${output[key]}`);
}
