// The registry of ops. The type demands an entry for every member of QuantizedNode.
import type { QuantizedNode } from "../../generator/ir/quantized.ts";
import type { IntTensor } from "../../generator/ir/tensor.ts";
import { addOp } from "./add.ts";
import { argmaxOp } from "./argmax.ts";
import { avgPoolOp } from "./avg_pool.ts";
import { concatOp } from "./concat.ts";
import { depthToSpaceOp } from "./depth_to_space.ts";
import { macOp } from "./mac.ts";
import { maxPoolOp } from "./max_pool.ts";
import type { NodeEdges, Op, OpResult } from "./op.ts";
import { padOp } from "./pad.ts";
import { requantOp } from "./requant.ts";
import { reshapeOp } from "./reshape.ts";
import { sadOp } from "./sad.ts";
import { tableOp } from "./table.ts";
import { upsampleOp } from "./upsample.ts";
import { zeroInsertOp } from "./zero_insert.ts";

type OpOf<K extends QuantizedNode["op"]> = Op<Extract<QuantizedNode, { op: K }>>;

export const ops: { readonly [K in QuantizedNode["op"]]: OpOf<K> } = {
  add: addOp,
  argmax: argmaxOp,
  avg_pool: avgPoolOp,
  concat: concatOp,
  depth_to_space: depthToSpaceOp,
  mac: macOp,
  max_pool: maxPoolOp,
  pad: padOp,
  requant: requantOp,
  reshape: reshapeOp,
  sad: sadOp,
  table: tableOp,
  upsample: upsampleOp,
  zero_insert: zeroInsertOp,
};

/** Computes one node by its definition. */
export function evalNode(node: QuantizedNode, inputs: readonly IntTensor[], edges: NodeEdges): OpResult {
  // The registry's type ties each key to its node; TypeScript cannot follow that through an index.
  const op = ops[node.op] as Op<QuantizedNode> | undefined;
  if (!op) throw new Error(`no golden op "${node.op}"`);
  return op(node, inputs, edges);
}

export type { NodeEdges, Op, OpResult } from "./op.ts";
