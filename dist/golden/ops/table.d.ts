import type { TableNode } from "../../generator/ir/quantized.js";
import { type Op } from "./op.js";
export declare const tableOp: Op<TableNode>;
