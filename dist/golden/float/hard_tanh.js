// y = min(1, max(-1, x))
import { pointwise } from "./layer.js";
export const hardTanh = pointwise((v) => Math.min(1, Math.max(-1, v)));
