import { pool } from "./pool.js";
export const avgPool2d = (node, [x]) => {
    const countPad = node.attrs.countPad ?? true;
    return pool(node, x, (inside, onPadded) => inside.reduce((a, b) => a + b, 0) / (countPad ? onPadded : inside.length));
};
