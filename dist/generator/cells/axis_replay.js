// A window in beats of some of its lanes, several times.
import { ceilDiv, counterBits, defineCell, streamPorts } from "./define.js";
const params = { BITS: "int", IN_LANES: "int", OUT_LANES: "int", TIMES: "int" };
function shape(p) {
    const SF = ceilDiv(p.IN_LANES, p.OUT_LANES);
    return { SF, BEATS: SF * p.TIMES, ALL: SF * p.OUT_LANES * p.BITS };
}
export const axisReplay = defineCell({
    module: "axis_replay",
    params,
    ports: (p) => streamPorts(p.IN_LANES * p.BITS, p.OUT_LANES * p.BITS),
    constants: shape,
    fill: () => 1,
    structure: (p) => {
        const { SF, BEATS, ALL } = shape(p);
        const n = BEATS > 1 ? counterBits(BEATS) : 0;
        // Where the window leaves in one beat nothing turns.
        return { logic: { turned: SF > 1 ? ALL : 0, control: n + 3 }, ff: ALL + n + (BEATS > 1 ? 3 : 2) };
    },
});
