import type { ArgmaxNode } from "../../generator/ir/quantized.js";
import type { Op } from "./op.js";
export declare const argmaxOp: Op<ArgmaxNode>;
