// Beats of fewer lanes.
import { converterBeats, converterFill, converterParams, converterPorts } from "./converter.js";
import { counterBits, defineCell } from "./define.js";
export const axisNarrow = defineCell({
    module: "axis_narrow",
    params: converterParams,
    ports: converterPorts,
    constants: (p) => ({ K: p.IN_LANES / p.OUT_LANES, ...converterBeats(p) }),
    fill: converterFill,
    structure: (p) => {
        const k = p.IN_LANES / p.OUT_LANES;
        if (k === 1)
            return {};
        const beats = p.CHANNELS > p.IN_LANES ? counterBits(converterBeats(p).IN_BEATS) : 0;
        const control = beats + counterBits(k) + 3;
        return { logic: { pieces: (p.IN_LANES - p.OUT_LANES) * p.BITS, control }, ff: p.IN_LANES * p.BITS + control };
    },
});
