import type { QuantizedNode } from "../../generator/ir/quantized.js";
import type { Prepare } from "./step.js";
export declare const loops: {
    readonly [K in QuantizedNode["op"]]: Prepare<Extract<QuantizedNode, {
        op: K;
    }>>;
};
