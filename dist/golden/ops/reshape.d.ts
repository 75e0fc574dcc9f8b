import type { ReshapeNode } from "../../generator/ir/quantized.js";
import type { Op } from "./op.js";
export declare const reshapeOp: Op<ReshapeNode>;
