// A function of one value, looked up.
import { defineCell, streamPorts } from "./define.js";
export const axisTable = defineCell({
    module: "axis_table",
    params: { LANES: "int", IN_BITS: "int", OUT_BITS: "int", MEM_FILE: "file", MEM_STYLE: "style" },
    ports: (p) => streamPorts(p.LANES * p.IN_BITS, p.LANES * p.OUT_BITS),
    fill: () => 1,
    structure: (p) => ({
        ff: 2,
        memories: [{ name: "g_lane[0].values", rows: 2 ** p.IN_BITS, bits: p.OUT_BITS, file: "MEM_FILE", copies: p.LANES }],
    }),
});
