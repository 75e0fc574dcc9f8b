// y = tanh(x)
import { pointwise } from "./layer.js";
export const tanh = pointwise(Math.tanh);
