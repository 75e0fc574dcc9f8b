import type { MacNode } from "../../generator/ir/quantized.js";
import type { Op } from "./op.js";
export declare const macOp: Op<MacNode>;
