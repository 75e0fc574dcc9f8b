import type { RequantNode } from "../../generator/ir/quantized.js";
import { type Op } from "./op.js";
export declare const requantOp: Op<RequantNode>;
