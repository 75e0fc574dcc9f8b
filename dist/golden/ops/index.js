import { addOp } from "./add.js";
import { argmaxOp } from "./argmax.js";
import { avgPoolOp } from "./avg_pool.js";
import { concatOp } from "./concat.js";
import { macOp } from "./mac.js";
import { maxPoolOp } from "./max_pool.js";
import { padOp } from "./pad.js";
import { requantOp } from "./requant.js";
import { reshapeOp } from "./reshape.js";
import { sadOp } from "./sad.js";
import { tableOp } from "./table.js";
import { upsampleOp } from "./upsample.js";
export const ops = {
    add: addOp,
    argmax: argmaxOp,
    avg_pool: avgPoolOp,
    concat: concatOp,
    mac: macOp,
    max_pool: maxPoolOp,
    pad: padOp,
    requant: requantOp,
    reshape: reshapeOp,
    sad: sadOp,
    table: tableOp,
    upsample: upsampleOp,
};
/** Computes one node by its definition. */
export function evalNode(node, inputs, edges) {
    // The registry's type ties each key to its node; TypeScript cannot follow that through an index.
    const op = ops[node.op];
    if (!op)
        throw new Error(`no golden op "${node.op}"`);
    return op(node, inputs, edges);
}
