import type { AddNode } from "../../generator/ir/quantized.js";
import { type Op } from "./op.js";
export declare const addOp: Op<AddNode>;
