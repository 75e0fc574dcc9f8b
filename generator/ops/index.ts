// The integer ops that hardware exists for. A new op is one definition and one line here.
import type { QuantizedNode } from "../ir/quantized.ts";
import { addOp } from "./add.ts";
import { concatOp, depthToSpaceOp, upsampleOp } from "./arrange.ts";
import { mac, sad } from "./array.ts";
import type { OpHardware } from "./define.ts";
import { argmaxOp, requantOp, reshapeOp, tableOp } from "./elementwise.ts";
import { avgPool, maxPool, padOp } from "./pool.ts";
import { zeroInsertOp } from "./zero_insert.ts";

type Registry = { readonly [N in QuantizedNode as N["op"]]?: OpHardware<N> };

const ops: Registry = {
  sad,
  mac,
  requant: requantOp,
  max_pool: maxPool,
  avg_pool: avgPool,
  add: addOp,
  argmax: argmaxOp,
  reshape: reshapeOp,
  pad: padOp,
  table: tableOp,
  concat: concatOp,
  upsample: upsampleOp,
  depth_to_space: depthToSpaceOp,
  zero_insert: zeroInsertOp,
};

export const hardwareOf = (node: QuantizedNode): OpHardware | undefined => ops[node.op] as OpHardware | undefined;
export const hardwareOps: readonly string[] = Object.keys(ops);
