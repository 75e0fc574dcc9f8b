// y = x * min(6, max(0, x + 3)) / 6. MobileNetV3, arXiv:1905.02244, section 5.2.
import { pointwise } from "./layer.js";
export const hardSwish = pointwise((v) => (v * Math.min(6, Math.max(0, v + 3))) / 6);
