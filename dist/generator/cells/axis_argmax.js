// The index of a frame's largest value.
import { ceilDiv, counterBits, defineCell, streamPorts } from "./define.js";
const params = { LANES: "int", BITS: "int", CLASSES: "int", INDEX_BITS: "int", SIGNED: "int" };
const shape = (p) => ({
    BEATS: ceilDiv(p.CLASSES, p.LANES),
    LEVELS: counterBits(p.LANES),
    LOW: p.BITS > 1 ? Math.floor(p.BITS / 2) : 1,
});
export const axisArgmax = defineCell({
    module: "axis_argmax",
    params,
    ports: (p) => streamPorts(p.LANES * p.BITS, p.INDEX_BITS),
    constants: shape,
    fill: (p) => shape(p).LEVELS + 2,
    structure: (p) => {
        const { LANES: lanes, INDEX_BITS: index, BITS: bits } = p;
        const { BEATS: beats, LEVELS: levels } = shape(p);
        const nodes = Array.from({ length: levels }, (_, l) => ceilDiv(lanes, 2 << l));
        const base = beats > 1 ? index + counterBits(beats) : 0;
        return {
            logic: { tree: (lanes - 1) * bits, best: beats > 1 ? bits : 0, index: index + base },
            // Low halves of the lanes, the nodes with their decisions and lanes, the best; valid and last of every stage.
            ff: lanes * Math.floor(bits / 2) +
                nodes.reduce((n, here, l) => n + here * bits + (lanes > 1 ? here * (l + 3) : 0), 0) +
                (beats > 1 ? bits + 3 : 0) +
                index +
                base +
                (beats > 1 ? 2 : 1) * (levels + 2),
        };
    },
});
