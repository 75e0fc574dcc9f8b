// y = the largest value of the window; padding never wins.
import type { FloatLayer } from "./layer.ts";
import { pool } from "./pool.ts";

export const maxPool2d: FloatLayer = (node, [x]) => pool(node, x!, (inside) => Math.max(...inside));
