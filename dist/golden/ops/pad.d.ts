import type { PadNode } from "../../generator/ir/quantized.js";
import { type Op } from "./op.js";
export declare const padOp: Op<PadNode>;
