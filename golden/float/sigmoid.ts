// y = 1 / (1 + exp(-x))
import { pointwise } from "./layer.ts";

export const sigmoid = pointwise((v) => 1 / (1 + Math.exp(-v)));
