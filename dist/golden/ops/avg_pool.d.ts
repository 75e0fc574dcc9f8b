import type { AvgPoolNode } from "../../generator/ir/quantized.js";
import { type Op } from "./op.js";
export declare const avgPoolOp: Op<AvgPoolNode>;
