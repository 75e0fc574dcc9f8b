// What axis_narrow and axis_widen have in common.
import { ceilDiv, type Numbers, streamPorts } from "./define.ts";

export const converterParams = { BITS: "int", IN_LANES: "int", OUT_LANES: "int", CHANNELS: "int" } as const;
type Converter = Numbers<typeof converterParams>;

/** One clock, or wires where the lanes are as many. */
export const converterFill = (p: Converter): number => (p.IN_LANES === p.OUT_LANES ? 0 : 1);
export const converterPorts = (p: Converter) => streamPorts(p.IN_LANES * p.BITS, p.OUT_LANES * p.BITS);
export const converterBeats = (p: Converter) => ({
  IN_BEATS: ceilDiv(p.CHANNELS, p.IN_LANES),
  OUT_BEATS: ceilDiv(p.CHANNELS, p.OUT_LANES),
});
