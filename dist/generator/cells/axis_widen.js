// Beats of more lanes.
import { converterBeats, converterFill, converterParams, converterPorts } from "./converter.js";
import { counterBits, defineCell } from "./define.js";
function shape(p) {
    const K = p.OUT_LANES / p.IN_LANES;
    const beats = converterBeats(p);
    return { K, ...beats, TAIL: beats.IN_BEATS - (beats.OUT_BEATS - 1) * K };
}
export const axisWiden = defineCell({
    module: "axis_widen",
    params: converterParams,
    ports: converterPorts,
    constants: shape,
    fill: converterFill,
    gathers: (p) => p.OUT_LANES / p.IN_LANES - 1,
    structure: (p) => {
        const { K, OUT_BEATS, TAIL } = shape(p);
        if (K === 1)
            return {};
        const piece = p.IN_LANES * p.BITS;
        const control = (OUT_BEATS > 1 ? counterBits(OUT_BEATS) : 0) + counterBits(K) + 3;
        const held = OUT_BEATS === 1 ? Math.min(TAIL, K) - 1 : K - 1;
        return {
            logic: { tail: OUT_BEATS > 1 && TAIL < K ? (K - TAIL + 1) * piece : 0, slots: K, control },
            ff: held * piece + p.OUT_LANES * p.BITS + control,
        };
    },
});
