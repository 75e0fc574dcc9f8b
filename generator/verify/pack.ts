// A tensor as beats of a stream.
import { portLaneBits } from "../7-emit/verilog.ts";
import type { HwStream } from "../ir/hardware.ts";
import type { IntTensor } from "../ir/tensor.ts";

/** Beats of one tensor on a stream, one Uint32Array over all beats, lane 0 in the low bits, lanes of `laneBits`. */
export function packBeats(t: IntTensor, s: HwStream, laneBits = portLaneBits(s)): Uint32Array {
  const words = Math.ceil((s.lanes * laneBits) / 32);
  const out = new Uint32Array(s.beatsPerFrame * words);
  const perPixel = s.beatsPerFrame / s.pixels;
  for (let p = 0, i = 0; p < s.pixels; p++)
    for (let c = 0; c < s.channels; c++, i++) {
      const beat = p * perPixel + Math.floor(c / s.lanes);
      let bit = (c % s.lanes) * laneBits;
      // Values wider than a word do not occur at the ports of a network's input.
      const value = t.data[i]! >>> 0;
      for (let left = laneBits, v = value; left > 0; ) {
        const at = beat * words + (bit >>> 5);
        const shift = bit & 31;
        const take = Math.min(left, 32 - shift);
        out[at]! |= (take === 32 ? v : v & (2 ** take - 1)) << shift;
        v = take === 32 ? 0 : v >>> take;
        left -= take;
        bit += take;
      }
    }
  return out;
}
