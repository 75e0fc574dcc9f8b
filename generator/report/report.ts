// One report of a network, its design and what is known of both.
import type { Design } from "../design.ts";
import type { Graph } from "../ir/graph.ts";
import {
  type ComparisonReport,
  type ExplorationReport,
  type NetworkReport,
  type ProofReport,
  REPORT_FORMAT,
  type ReportData,
} from "./data.ts";
import { designReport, type Synthesized } from "./design.ts";
import { type NumbersInput, numbersReport } from "./numbers.ts";
import type { MeasuredTimes } from "./timeline.ts";

export interface ReportInput {
  /** Of the compiler. */
  readonly version: string;
  readonly design: Design;
  readonly graph: Graph | undefined;
  /** Without images there are no numbers. */
  readonly numbers?: Omit<NumbersInput, "net" | "graph"> | undefined;
  readonly proof: ProofReport;
  readonly synthesized?: Synthesized | undefined;
  /** The schedule of a simulation. */
  readonly measured?: MeasuredTimes | undefined;
  readonly exploration?: ExplorationReport | undefined;
  readonly comparison?: ComparisonReport | undefined;
}

function networkReport({ design: { net }, graph }: ReportInput): NetworkReport {
  const layers = graph
    ? graph.nodes.map((n) => ({
        name: n.name,
        kind: n.kind,
        inputs: n.inputs,
        shape: n.shape,
        parameters: Object.values(n.tensors).reduce((a, t) => a + t.data.length, 0),
      }))
    : net.nodes.map((n) => ({
        name: n.output,
        kind: n.op,
        inputs: n.inputs,
        shape: net.edges[n.output]!.shape,
        parameters: "weights" in n ? n.weights.rows.reduce((a, r) => a + r.length, 0) : 0,
      }));
  const input = graph?.input ?? net.input;
  return {
    name: net.name,
    input: { name: graph ? input.name : net.inputEdge, shape: input.shape, storage: input.storage },
    outputs: graph?.outputs ?? net.outputs,
    parameters: layers.reduce((a, l) => a + l.parameters, 0),
    layers,
  };
}

export function reportData(input: ReportInput): ReportData {
  const { design, graph, numbers } = input;
  return {
    format: REPORT_FORMAT,
    version: input.version,
    network: networkReport(input),
    design: designReport(design, input.synthesized, input.measured),
    numbers: numbers ? numbersReport({ ...numbers, net: design.net, graph }) : null,
    proof: input.proof,
    exploration: input.exploration ?? null,
    comparison: input.comparison ?? null,
  };
}
