// The largest value of a window.
import { clog2, counterBits, defineCell, streamPorts } from "./define.js";
import { tree } from "./structure.js";
export const axisMaxpool = defineCell({
    module: "axis_maxpool",
    params: { LANES: "int", BITS: "int", TAPS: "int", SIDE: "int" },
    defaults: { SIDE: 1 },
    ports: (p) => streamPorts(p.SIDE * p.LANES * p.BITS, p.LANES * p.BITS),
    constants: (p) => ({ LEVELS: clog2(p.SIDE) }),
    fill: (p) => clog2(p.SIDE) + 1,
    structure: (p) => {
        const bits = p.LANES * p.BITS;
        const n = p.TAPS > 1 ? counterBits(p.TAPS) : 0;
        // The tree over taps side by side holds as many values as it compares, and its odd ones.
        const t = tree(p.SIDE, bits, bits, 0);
        return {
            logic: { compare: n > 0 ? bits : 0, choose: t.pairs * bits, lanes: p.LANES, control: n + 2 },
            ff: bits + (t.registers - p.SIDE * bits) + 2 * t.levels + n + 2,
            shifts: t.shifts,
        };
    },
});
