// y = 1 for x >= 0, -1 below: the activation of binary networks.
import { pointwise } from "./layer.ts";

export const signOf = (v: number): number => (v >= 0 ? 1 : -1);
export const sign = pointwise(signOf);
