// Weights over the ports of an accelerator: an image in, what the memories hold out.
import type { AxisSink, AxisSource, Tb } from "../../testbench/lib/index.ts";
import { WEIGHTS_READ, WEIGHTS_STATUS } from "../7-emit/verilog.ts";
import { type ImageSection, payloadOf } from "../weights/image.ts";
import { crcOf, readBackFault } from "../weights/readback.ts";

/**
 * Sends a weight image over the accelerator's port and waits until it is in place. Throws where a frame could enter
 * before, or where the accelerator refuses the image.
 */
export async function loadWeights(tb: Tb, port: AxisSource, image: Uint32Array): Promise<void> {
  const last = new Uint8Array(image.length);
  last[image.length - 1] = 1;
  const status = () => tb.signal(WEIGHTS_STATUS).value;
  const closed = () => tb.signal("s_axis_tready").value === 0;
  let early = (status() & 1) === 0 && !closed();
  const unwatch = tb.clk.onEdge(() => {
    early ||= (status() & 1) === 0 && !closed();
  });
  await port.sendBeats(image, 1, last);
  // The last word has gone: it is in place, or refused, soon.
  await tb.until(() => (status() & 2) === 0);
  unwatch();
  const error = (status() >> 4) & 7;
  if (error !== 0 || (status() & 1) === 0) throw new Error(`the accelerator refused the weights: error ${error}`);
  if (early) throw new Error("a frame could enter before the weights were loaded");
}

/** What a read gives. @param crc the CRC alone, in place of the words and it */
export async function readWeights(tb: Tb, sink: AxisSink, crc?: "crc"): Promise<Uint32Array> {
  tb.signal(WEIGHTS_READ).value = crc ? 2 : 1;
  await tb.cycles(1);
  tb.signal(WEIGHTS_READ).value = 0;
  return Uint32Array.from((await sink.recv()).tdata, Number);
}

/** Reads the memories back; throws where they do not hold what an image says. @param image words of a whole one */
export async function checkWeights(
  tb: Tb,
  sink: AxisSink,
  image: Uint32Array,
  sections: readonly ImageSection[],
  crc?: "crc",
): Promise<void> {
  const payload = payloadOf(image);
  const read = await readWeights(tb, sink, crc);
  const [sum, own] = [read.at(-1)!, crcOf(payload)];
  // The words tell where it is wrong.
  if (crc && sum !== own) return checkWeights(tb, sink, image, sections);
  const fault = crc ? undefined : readBackFault(sections, payload, read);
  if (fault !== undefined) throw new Error(`weights read back: ${fault}`);
}
