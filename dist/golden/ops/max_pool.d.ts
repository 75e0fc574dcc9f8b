import type { MaxPoolNode } from "../../generator/ir/quantized.js";
import { type Op } from "./op.js";
export declare const maxPoolOp: Op<MaxPoolNode>;
