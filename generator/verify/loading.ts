// Weights over the ports of an accelerator: an image in, what the memories hold out.
import type { AxisSink, AxisSource, Tb } from "../../testbench/lib/index.ts";
import { WEIGHTS_READ, WEIGHTS_STATUS } from "../7-emit/verilog.ts";
import { type ImageSection, payloadOf, plainImage, VERSION_CODED } from "../weights/image.ts";
import { crcOf, readBackFault } from "../weights/readback.ts";

/**
 * Sends a weight image over the accelerator's port and waits until it is in place. Throws where a frame could enter
 * before, or where the accelerator refuses the image.
 * @param amid what happens once so many of its words have gone
 */
export async function loadWeights(
  tb: Tb,
  port: AxisSource,
  image: Uint32Array,
  amid?: { readonly words: number; readonly then: () => void },
): Promise<void> {
  const last = new Uint8Array(image.length);
  last[image.length - 1] = 1;
  const status = () => tb.signal(WEIGHTS_STATUS).value;
  const closed = () => tb.signal("s_axis_tready").value === 0;
  let early = (status() & 1) === 0 && !closed();
  const unwatch = tb.clk.onEdge(() => {
    early ||= (status() & 1) === 0 && !closed();
  });
  if (amid) {
    await port.sendBeats(image.subarray(0, amid.words), 1, last.subarray(0, amid.words));
    amid.then();
  }
  const sent = amid?.words ?? 0;
  await port.sendBeats(image.subarray(sent), 1, last.subarray(sent));
  // The last word has gone: it is in place, or refused, soon.
  await tb.until(() => (status() & 2) === 0);
  unwatch();
  const error = (status() >> 4) & 7;
  if (error !== 0 || (status() & 1) === 0) throw new Error(`the accelerator refused the weights: error ${error}`);
  if (early) throw new Error("a frame could enter before the weights were loaded");
}

/** An image of which each word of weights and constants is another one than of `image`; code for memory beside the chip is the same. */
export function otherImage(image: Uint32Array, sections: readonly ImageSection[]): Uint32Array {
  const other = Uint32Array.from(image[1] === VERSION_CODED ? plainImage(image) : image);
  const payload = payloadOf(other);
  for (const { holds, first, words } of sections)
    if (holds !== "code") for (let i = first; i < first + words; i++) payload[i] = ~payload[i]!;
  other[other.length - 1] = crcOf(other.subarray(0, -1));
  return other;
}

/** Asks for what the memories hold. @param crc the CRC alone, in place of the words and it */
export async function askForWeights(tb: Tb, crc?: "crc"): Promise<void> {
  tb.signal(WEIGHTS_READ).value = crc ? 2 : 1;
  await tb.cycles(1);
  tb.signal(WEIGHTS_READ).value = 0;
}

/** What a read gives. */
export async function readWeights(tb: Tb, sink: AxisSink, crc?: "crc"): Promise<Uint32Array> {
  await askForWeights(tb, crc);
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
