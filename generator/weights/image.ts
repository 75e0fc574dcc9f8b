// Images of weights: what `addernet weights pack` writes, and the loader of an accelerator takes (docs/weights.md).
import { crc32 } from "../files/crc32.ts";
import type { HwWeights, Section } from "../ir/hardware.ts";
import { imageWordsOf, toImageWords } from "./chain.ts";

/** "ADNW", and the version of the format. */
export const MAGIC = 0x574e4441;
export const VERSION = 1;
/** Words in front of the directory. */
const HEADER = 6;

/** A memory's part of an image. */
export interface ImageSection {
  readonly layer: string;
  readonly holds: Section["holds"];
  readonly rows: number;
  readonly bits: number;
  /** First of its words among all weights, and their number. */
  readonly first: number;
  readonly words: number;
}

/** For people and programs; an accelerator skips it. */
export interface Directory {
  readonly network: string;
  readonly sections: readonly ImageSection[];
}

export interface Image extends Directory {
  readonly identity: bigint;
  /** Words of all sections. */
  readonly payload: Uint32Array;
}

/** 16 hexadecimal digits. */
export const identityText = (identity: bigint): string => identity.toString(16).padStart(16, "0");

/** Places of the memories in an image, in its order. */
export function sectionsOf({ memories }: Pick<HwWeights, "memories">): (ImageSection & Pick<Section, "layout">)[] {
  let first = 0;
  return memories.map(({ section, rows, wordBits }) => {
    const { node, holds, layout } = section!;
    const length = imageWordsOf(rows, wordBits);
    const at = { layer: node, holds, rows, bits: wordBits, first, words: length, layout };
    first += length;
    return at;
  });
}

/** Bytes of an image, the lowest of each word first. */
export function writeImage({ identity, network, sections, payload }: Image): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify({ network, sections }));
  const words = Math.ceil(text.length / 4);
  const bytes = new Uint8Array(4 * (HEADER + words + payload.length + 1));
  const view = new DataView(bytes.buffer);
  const header = [MAGIC, VERSION, Number(identity & 0xffffffffn), Number(identity >> 32n), words, payload.length];
  for (const [i, w] of header.entries()) view.setUint32(4 * i, w, true);
  bytes.fill(0x20, 4 * HEADER, 4 * (HEADER + words));
  bytes.set(text, 4 * HEADER);
  for (const [i, w] of payload.entries()) view.setUint32(4 * (HEADER + words + i), w, true);
  view.setUint32(bytes.length - 4, crc32(bytes.subarray(0, -4)), true);
  return bytes;
}

/** What is wrong with the bytes of an image. */
export class ImageError extends Error {}

/** Reads what writeImage wrote. Throws ImageError where it is damaged or of another version. */
export function readImage(bytes: Uint8Array): Image {
  if (bytes.length < 4 * (HEADER + 1) || bytes.length % 4 !== 0)
    throw new ImageError(`${bytes.length} bytes are not an image of weights`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (i: number): number => view.getUint32(4 * i, true);
  if (word(0) !== MAGIC) throw new ImageError('it does not begin with "ADNW"');
  if (word(1) !== VERSION)
    throw new ImageError(`version ${word(1)} of the format; this program reads version ${VERSION}`);
  const [directory, length] = [word(4), word(5)];
  if (bytes.length !== 4 * (HEADER + directory + length + 1))
    throw new ImageError(`${bytes.length} bytes where the header says ${4 * (HEADER + directory + length + 1)}`);
  if (word(bytes.length / 4 - 1) !== crc32(bytes.subarray(0, -4))) throw new ImageError("its CRC is wrong");
  const text = new TextDecoder().decode(bytes.subarray(4 * HEADER, 4 * (HEADER + directory)));
  const { network, sections } = directoryOf(text);
  const payload = Uint32Array.from({ length }, (_, i) => word(HEADER + directory + i));
  return { identity: BigInt(word(2)) | (BigInt(word(3)) << 32n), network, sections, payload };
}

const count = (v: unknown): v is number => Number.isSafeInteger(v) && (v as number) >= 0;

function directoryOf(text: string): Directory {
  let value: Partial<Directory>;
  try {
    value = JSON.parse(text) as Partial<Directory>;
  } catch {
    throw new ImageError("its directory is not JSON");
  }
  const { network, sections } = value ?? {};
  const right =
    typeof network === "string" &&
    Array.isArray(sections) &&
    (sections as ImageSection[]).every(
      (s) =>
        typeof s?.layer === "string" &&
        (s.holds === "weights" || s.holds === "constants") &&
        [s.rows, s.bits, s.first, s.words].every(count),
    );
  if (!right) throw new ImageError("its directory does not say network and sections");
  return { network: network!, sections: sections! };
}

/** Words of the image of the weights at hand, as they go over the accelerator's port. */
export function imageOf(network: string, w: HwWeights): Uint32Array {
  const parts = w.memories.map(toImageWords);
  const payload = new Uint32Array(w.words);
  let at = 0;
  for (const p of parts) {
    payload.set(p, at);
    at += p.length;
  }
  const sections = sectionsOf(w).map(({ layout: _, ...s }) => s);
  return wordsOf(writeImage({ identity: w.identity, network, sections, payload }));
}

/** Words of bytes, the lowest byte of each first. */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i, true));
}
