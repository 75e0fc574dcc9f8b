// y = tanh(x)
import { pointwise } from "./layer.ts";

export const tanh = pointwise(Math.tanh);
