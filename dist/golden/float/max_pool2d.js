import { pool } from "./pool.js";
export const maxPool2d = (node, [x]) => pool(node, x, (inside) => Math.max(...inside));
