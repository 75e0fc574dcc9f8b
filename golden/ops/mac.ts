// Multiply layers: acc[o] = SUM_k x_k * w_k[o], then requantize. Taps outside the image are the input's zero point, whose
// part the bias takes away again.
import type { MacNode } from "../../generator/ir/quantized.ts";
import { mac } from "../arith/index.ts";
import type { Op } from "./op.ts";
import { weighted } from "./weighted.ts";

export const macOp: Op<MacNode> = (node, [x], edges) => weighted(node, x!, edges, mac.eval);
