import { addOp } from "./add.js";
import { concatOp, upsampleOp } from "./arrange.js";
import { mac, sad } from "./array.js";
import { argmaxOp, requantOp, reshapeOp, tableOp } from "./elementwise.js";
import { avgPool, maxPool, padOp } from "./pool.js";
const ops = {
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
};
export const hardwareOf = (node) => ops[node.op];
export const hardwareOps = Object.keys(ops);
