// y = max(0, x)
import { pointwise } from "./layer.js";
export const relu = pointwise((v) => Math.max(0, v));
