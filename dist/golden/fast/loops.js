import { add, maximum, requant } from "../arith/index.js";
import { plainStep } from "./plain.js";
import { avgPoolStep, maxPoolStep } from "./pool.js";
import { macStep, sadStep } from "./weighted.js";
export const loops = {
    sad: sadStep,
    mac: macStep,
    max_pool: maxPoolStep,
    avg_pool: avgPoolStep,
    requant: (node, edges, { inputs: [x], output }) => {
        const finish = requant.prepare(node.requant, edges.inputs[0].range);
        const channels = edges.output.shape[2];
        return () => {
            for (let i = 0, c = 0; i < output.length; i++, c = c + 1 === channels ? 0 : c + 1)
                output[i] = finish(x[i], c);
        };
    },
    add: (node, edges, { inputs, output }) => {
        const ranges = edges.inputs.map((e) => e.range);
        const finish = add.prepare(node, ranges);
        const values = new Float64Array(inputs.length);
        return () => {
            for (let i = 0; i < output.length; i++) {
                for (let n = 0; n < inputs.length; n++)
                    values[n] = inputs[n][i];
                output[i] = finish(values);
            }
        };
    },
    table: plainStep,
    concat: plainStep,
    upsample: plainStep,
    pad: plainStep,
    argmax: (_node, _edges, { inputs: [x], output }) => () => {
        output[0] = maximum.index(x);
    },
    reshape: (_node, _edges, { inputs: [x], output }) => () => {
        output.set(x);
    },
};
