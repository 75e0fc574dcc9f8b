import { sad } from "../arith/index.js";
import { weighted } from "./weighted.js";
export const sadOp = (node, [x], edges) => weighted(node, x, edges, sad.eval);
