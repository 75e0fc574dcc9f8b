// y = 1 for x >= 0, -1 below: the activation of binary networks.
import { pointwise } from "./layer.js";
export const signOf = (v) => (v >= 0 ? 1 : -1);
export const sign = pointwise(signOf);
