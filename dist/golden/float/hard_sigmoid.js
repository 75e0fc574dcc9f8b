// y = min(6, max(0, x + 3)) / 6, as in PyTorch and in MobileNetV3, arXiv:1905.02244.
import { pointwise } from "./layer.js";
export const hardSigmoid = pointwise((v) => Math.min(6, Math.max(0, v + 3)) / 6);
