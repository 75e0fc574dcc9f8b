// Weights in memory beside the chip: where they lie, and what reads them.
import type { CodeLayout, HwExternal, HwMemory, MemoryPort } from "../ir/hardware.ts";
import { bookOf, type CodeBook, countOf, encode } from "./code.ts";

/** A port as that of a Zynq's processor: 64 bits, and buffers for a memory that other masters use too. */
export const defaultPort: MemoryPort = { addressBits: 32, dataBits: 64, outstanding: 8, latency: 128 };

/** Widths of a beat that the port can have. */
export const DATA_BITS = [32, 64, 128, 256, 512] as const;
export type MemoryBits = (typeof DATA_BITS)[number];

/** Ports at most: those for memory that a Zynq's processor has. */
export const MOST_PORTS = 4;

/** No burst crosses such a boundary, and every layer's weights begin at one. */
export const PAGE = 4096;

/** Beats of a burst: few enough for layers to share the port, enough for a memory's rows. */
const BURST_BYTES = 512;

/** Clocks in which no word of a reading's weights leaves axis_gearbox, and no beat enters it, between two readings. */
export const WORDS_GAP = 1;

/** Clocks that a decoder rests between two readings. */
export const CODE_GAP = 2;

/** Times that a reader asks ahead for what its layer takes during a request's latency. */
const AHEAD = 4;

const power = (n: number): number => 2 ** Math.ceil(Math.log2(n));

/** Whole beats of so many bits, in bytes. */
export const beatBytes = (bits: number, { dataBits }: Pick<MemoryPort, "dataBits">): number =>
  Math.ceil(bits / dataBits) * (dataBits / 8);

/** Bytes that a layer's weights are read as where they are not coded: whole beats. */
export const bytesOf = ({ rows, wordBits }: Pick<HwMemory, "rows" | "wordBits">, { dataBits }: MemoryPort): number =>
  Math.ceil((rows * wordBits) / dataBits) * (dataBits / 8);

/**
 * Layers of each port, by place: the one with the most bytes a frame goes first to where the fewest are (Graham's rule of
 * the longest first: no port has more than 4/3 of what the best split gives it).
 */
export function sharedAmong(bytes: readonly number[], ports: number): number[][] {
  const found = Array.from({ length: ports }, () => ({ sum: 0, layers: [] as number[] }));
  const largestFirst = bytes.map((b, i) => [b, i] as const).sort(([a, i], [b, j]) => b - a || i - j);
  for (const [b, i] of largestFirst) {
    const port = found.reduce((least, p) => (p.sum < least.sum ? p : least));
    port.sum += b;
    port.layers.push(i);
  }
  return found.map(({ layers }) => layers.sort((a, b) => a - b));
}

/** Parameters of a layer's reader. */
export function readerOf(m: Pick<HwMemory, "rows" | "wordBits" | "fetched">, port: MemoryPort) {
  const beats = (bytesOf(m, port) * 8) / port.dataBits;
  const burst = Math.min(256, (BURST_BYTES * 8) / port.dataBits, power(beats));
  // As many beats under way as the layer takes in the time of a request, a few times that where others are served first,
  // and a burst that is taken meanwhile.
  const { bands = 1, clocks = 1 } = m.fetched ?? {};
  const rate = Math.min(1, (AHEAD * beats * bands) / clocks);
  const depth = Math.max(2 * burst, power(Math.ceil(port.latency * rate) + burst));
  const count = Math.max(Math.ceil(Math.log2(beats + 1)), Math.log2(burst) + 2);
  // Another set may take more beats than that at hand.
  return { beats, burst, depth, beatBits: m.fetched?.coded ? CODE_BEATS : count };
}

/** Bits of the row of a coded layer: pages behind the base address, beats of a frame; then the two commonest weights. */
export const CODE_PAGES = 20;
export const CODE_BEATS = 24;
export const codeRowBits = ({ bits }: CodeLayout): number => CODE_PAGES + CODE_BEATS + 2 * bits;

/** Bits of a row of a ROM of coded weights: a whole block of any weights at least, as a block leaves in every clock. */
export const codeRomBits = ({ bits, lanes }: CodeLayout): number => Math.max(8, power(lanes * (2 + bits)));

/** The ROM at a cell's memory port, or of the code of its rows; undefined for one that is written or read from outside. */
export const romOf = (m: HwMemory): HwMemory | undefined =>
  m.fetched?.rom?.memory ?? (m.fetched || m.section ? undefined : m);

/** That row of a section. */
export function codeRow({ offset, bytes, code }: ExternalSection, { dataBits }: Pick<MemoryPort, "dataBits">): bigint {
  const { first, second, bits } = code!;
  const fields = [
    [offset / PAGE, CODE_PAGES],
    [(8 * bytes) / dataBits, CODE_BEATS],
    [first, bits],
    [second, bits],
  ] as const;
  let [row, at] = [0n, 0];
  for (const [value, width] of fields) {
    row |= BigInt(value) << BigInt(at);
    at += width;
  }
  return row;
}

/** Single weights of words, bit patterns, in the order in which they are read. */
export function* weightsOf(words: readonly bigint[], wordBits: number, bits: number): Generator<number> {
  const mask = (1n << BigInt(bits)) - 1n;
  for (const word of words) for (let at = 0; at < wordBits; at += bits) yield Number((word >> BigInt(at)) & mask);
}

/** Words as a code, with the values that it was made for. */
export function codeOf(words: readonly bigint[], wordBits: number, layout: CodeLayout) {
  const book = bookOf(countOf(weightsOf(words, wordBits, layout.bits)));
  return { book, bytes: encode(weightsOf(words, wordBits, layout.bits), layout, book) };
}

/** Codes of memories: they are looked at often. */
const codes = new WeakMap<HwMemory, { readonly book: CodeBook; readonly bytes: Uint8Array }>();

function codeOfMemory(m: HwMemory, layout: CodeLayout) {
  const known = codes.get(m) ?? codeOf(m.words, m.wordBits, layout);
  codes.set(m, known);
  return known;
}

/** A layer's weights behind the base address. */
export interface ExternalSection {
  readonly layer: string;
  readonly rows: number;
  readonly bits: number;
  /** First byte, a multiple of 4096, and bytes that are read of it in each frame. */
  readonly offset: number;
  readonly bytes: number;
  /** Where they are coded. */
  readonly code?: (CodeLayout & CodeBook) | undefined;
}

/** Offsets of sections, in the order of the layers: those of a fixed size first, coded ones behind them. */
export function placed<S extends Omit<ExternalSection, "offset">>(sections: readonly S[]): (S & ExternalSection)[] {
  let offset = 0;
  const at = new Map<S, number>();
  for (const s of [...sections.filter((x) => !x.code), ...sections.filter((x) => x.code)]) {
    at.set(s, offset);
    offset += Math.ceil(s.bytes / PAGE) * PAGE;
  }
  return sections.map((s) => ({ ...s, offset: at.get(s)! }));
}

/** Places of the layers' weights, in the order of the layers. */
export function externalSections(e: HwExternal): ExternalSection[] {
  const sections = e.memories.map((m) => {
    const { rows, wordBits, fetched } = m;
    const at = { layer: m.section!.node, rows, bits: wordBits };
    if (!fetched?.coded) return { ...at, offset: 0, bytes: bytesOf(m, e) };
    const { book, bytes } = codeOfMemory(m, fetched.coded);
    return { ...at, offset: 0, bytes: beatBytes(8 * bytes.length, e), code: { ...fetched.coded, ...book } };
  });
  return placed(sections);
}

/** Bytes of all sections, whole pages. */
export const externalSize = (sections: readonly ExternalSection[]): number =>
  Math.max(...sections.map(({ offset, bytes }) => offset + Math.ceil(bytes / PAGE) * PAGE));

/** Bytes that a frame reads: each layer's as often as its map has bands. */
export const bytesPerFrame = (e: HwExternal): number =>
  externalSections(e).reduce((n, s, i) => n + s.bytes * e.memories[i]!.fetched!.bands, 0);

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
    const at = bytes.subarray(sections[i]!.offset);
    if (m.fetched?.coded) at.set(codeOfMemory(m, m.fetched.coded).bytes);
    else packBits(m.words, m.wordBits, at);
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
