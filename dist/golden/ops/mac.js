import { mac } from "../arith/index.js";
import { weighted } from "./weighted.js";
export const macOp = (node, [x], edges) => weighted(node, x, edges, mac.eval);
