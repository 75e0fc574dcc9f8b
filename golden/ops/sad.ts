// Adder layers: acc[o] = SUM_k |x_k - w_k[o]|, then requantize. Taps outside the image are the input's zero point.
import type { SadNode } from "../../generator/ir/quantized.ts";
import { sad } from "../arith/index.ts";
import type { Op } from "./op.ts";
import { weighted } from "./weighted.ts";

export const sadOp: Op<SadNode> = (node, [x], edges) => weighted(node, x!, edges, sad.eval);
