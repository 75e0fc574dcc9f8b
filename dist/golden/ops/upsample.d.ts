import type { UpsampleNode } from "../../generator/ir/quantized.js";
import { type Op } from "./op.js";
export declare const upsampleOp: Op<UpsampleNode>;
