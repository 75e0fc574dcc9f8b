import type { SadNode } from "../../generator/ir/quantized.js";
import type { Op } from "./op.js";
export declare const sadOp: Op<SadNode>;
