// y = min(6, max(0, x))
import { pointwise } from "./layer.js";
export const relu6 = pointwise((v) => Math.min(6, Math.max(0, v)));
