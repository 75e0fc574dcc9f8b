// y = 1 / (1 + exp(-x))
import { pointwise } from "./layer.js";
export const sigmoid = pointwise((v) => 1 / (1 + Math.exp(-v)));
