// What axis_narrow and axis_widen have in common.
import { ceilDiv, streamPorts } from "./define.js";
export const converterParams = { BITS: "int", IN_LANES: "int", OUT_LANES: "int", CHANNELS: "int" };
/** One clock, or wires where the lanes are as many. */
export const converterFill = (p) => (p.IN_LANES === p.OUT_LANES ? 0 : 1);
export const converterPorts = (p) => streamPorts(p.IN_LANES * p.BITS, p.OUT_LANES * p.BITS);
export const converterBeats = (p) => ({
    IN_BEATS: ceilDiv(p.CHANNELS, p.IN_LANES),
    OUT_BEATS: ceilDiv(p.CHANNELS, p.OUT_LANES),
});
