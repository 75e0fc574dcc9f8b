// A window in beats of some of its lanes, several times.
import { ceilDiv, counterBits, defineCell, type Numbers, streamPorts } from "./define.ts";

const params = { BITS: "int", IN_LANES: "int", OUT_LANES: "int", TIMES: "int", CHOOSE: "int" } as const;

function shape(p: Numbers<typeof params>) {
  const SF = ceilDiv(p.IN_LANES, p.OUT_LANES);
  return { SF, BEATS: SF * p.TIMES, ALL: SF * p.OUT_LANES * p.BITS };
}

export const axisReplay = defineCell({
  module: "axis_replay",
  params,
  defaults: { CHOOSE: 0 },
  ports: (p) => streamPorts(p.IN_LANES * p.BITS, p.OUT_LANES * p.BITS),
  constants: shape,
  fill: () => 1,
  structure: (p) => {
    const { SF, BEATS, ALL } = shape(p);
    const n = BEATS > 1 ? counterBits(BEATS) : 0;
    const chosen = p.CHOOSE === 1 && SF > 1;
    const OUT = p.OUT_LANES * p.BITS;
    // Where the window leaves in one beat nothing turns. Held bits are hold by their clock enables.
    return {
      kind: chosen ? "choose" : "turn",
      logic: {
        turned: SF > 1 && !chosen ? ALL : 0,
        ...(chosen ? { chosen: OUT * (SF - 1), choices: OUT } : {}),
        control: n + 3 + (chosen && p.TIMES > 1 ? counterBits(SF) : 0),
      },
      // Of a window that leaves once the place in it is the count of beats.
      ff: ALL + n + (BEATS > 1 ? 3 : 2) + (chosen && p.TIMES > 1 ? counterBits(SF) : 0),
    };
  },
});
