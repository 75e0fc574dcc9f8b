// Weights in memory beside the chip: where they lie, and what reads them.
import type { HwExternal, HwMemory, MemoryPort } from "../ir/hardware.ts";

/** A port as that of a Zynq's processor: 64 bits, and buffers for a memory that other masters use too. */
export const defaultPort: MemoryPort = { addressBits: 32, dataBits: 64, outstanding: 8, latency: 128 };

/** Widths of a beat that the port can have. */
export const DATA_BITS = [32, 64, 128, 256, 512] as const;
export type MemoryBits = (typeof DATA_BITS)[number];

/** No burst crosses such a boundary, and every layer's weights begin at one. */
export const PAGE = 4096;

/** Beats of a burst: few enough for layers to share the port, enough for a memory's rows. */
const BURST_BYTES = 512;

const power = (n: number): number => 2 ** Math.ceil(Math.log2(n));

/** Bytes that a layer's weights are read as: whole beats. */
export const bytesOf = ({ rows, wordBits }: Pick<HwMemory, "rows" | "wordBits">, { dataBits }: MemoryPort): number =>
  Math.ceil((rows * wordBits) / dataBits) * (dataBits / 8);

/** Parameters of a layer's reader. */
export function readerOf(m: Pick<HwMemory, "rows" | "wordBits">, port: MemoryPort) {
  const beats = (bytesOf(m, port) * 8) / port.dataBits;
  const burst = Math.min(256, (BURST_BYTES * 8) / port.dataBits, power(beats));
  // As many beats under way as come in the time of a request, and a burst that is taken meanwhile.
  return { beats, burst, depth: Math.max(2 * burst, power(port.latency + burst)) };
}

/** A layer's weights behind the base address. */
export interface ExternalSection {
  readonly layer: string;
  readonly rows: number;
  readonly bits: number;
  /** First byte, a multiple of 4096, and bytes that are read of it in each frame. */
  readonly offset: number;
  readonly bytes: number;
}

/** Places of the layers' weights, in order. */
export function externalSections(e: HwExternal): ExternalSection[] {
  let offset = 0;
  return e.memories.map((m) => {
    const bytes = bytesOf(m, e);
    const at = { layer: m.section!.node, rows: m.rows, bits: m.wordBits, offset, bytes };
    offset += Math.ceil(bytes / PAGE) * PAGE;
    return at;
  });
}

/** Bytes of all sections, whole pages. */
export function externalSize(sections: readonly ExternalSection[]): number {
  const last = sections.at(-1)!;
  return last.offset + Math.ceil(last.bytes / PAGE) * PAGE;
}

/** Bytes that a frame reads. */
export const bytesPerFrame = (e: HwExternal): number => externalSections(e).reduce((n, s) => n + s.bytes, 0);

/** Bits of words one behind the other, the first word's lowest bit first. */
export function packBits(words: readonly bigint[], bits: number, into: Uint8Array): void {
  let [held, have, at] = [0n, 0, 0];
  for (const w of words) {
    held |= w << BigInt(have);
    have += bits;
    for (; have >= 8; have -= 8) {
      into[at++] = Number(held & 0xffn);
      held >>= 8n;
    }
  }
  if (have > 0) into[at] = Number(held);
}

/** What lies in memory from the base address on. */
export function externalBytes(e: HwExternal): Uint8Array {
  const sections = externalSections(e);
  const bytes = new Uint8Array(externalSize(sections));
  e.memories.forEach((m, i) => {
    packBits(m.words, m.wordBits, bytes.subarray(sections[i]!.offset));
  });
  return bytes;
}

/** Beats of bytes, the lowest byte of each first. */
export function beatsOf(bytes: Uint8Array, dataBits: number): bigint[] {
  const n = dataBits / 8;
  return Array.from({ length: bytes.length / n }, (_, b) =>
    bytes.subarray(b * n, (b + 1) * n).reduceRight((word, byte) => (word << 8n) | BigInt(byte), 0n),
  );
}
