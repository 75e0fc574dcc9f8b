import type { ConcatNode } from "../../generator/ir/quantized.js";
import { type Op } from "./op.js";
export declare const concatOp: Op<ConcatNode>;
