// The sum of a window.
import { clog2, counterBits, defineCell, streamPorts } from "./define.js";
import { tree } from "./structure.js";
export const axisSumpool = defineCell({
    module: "axis_sumpool",
    params: { LANES: "int", IN_BITS: "int", OUT_BITS: "int", TAPS: "int", SIDE: "int" },
    defaults: { SIDE: 1 },
    ports: (p) => streamPorts(p.SIDE * p.LANES * p.IN_BITS, p.LANES * p.OUT_BITS),
    constants: (p) => ({ LEVELS: clog2(p.SIDE) }),
    fill: (p) => clog2(p.SIDE) + 1,
    structure: (p) => {
        const lanes = p.LANES;
        const bits = lanes * p.OUT_BITS;
        const n = p.TAPS > 1 ? counterBits(p.TAPS) : 0;
        const t = tree(p.SIDE, p.IN_BITS, p.OUT_BITS, 0);
        return {
            logic: { sums: bits, tree: lanes * t.adders, control: n + 2 },
            ff: bits + lanes * (t.registers - p.SIDE * p.IN_BITS) + 2 * t.levels + n + 2,
            shifts: lanes * t.shifts,
        };
    },
});
