// y = the largest value of the window; padding never wins.
import type { WindowAttrs } from "../../generator/ir/graph.ts";
import type { FloatLayer } from "./layer.ts";
import { pool } from "./pool.ts";

export const maxPool2d: FloatLayer<WindowAttrs> = (node, [x]) => pool(node, x!, (inside) => Math.max(...inside));
