// Weight images: what `addernet weights pack` writes, and the loader of an accelerator takes (docs/weights.md).
import { crc32 } from "../files/crc32.ts";
import type { HwWeights, Section } from "../ir/hardware.ts";
import { imageWordsOf, toImageWords } from "./chain.ts";
import { type ExternalSection, externalBytes, externalSections, externalSize } from "./external.ts";

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
  /** What lies in memory beside the chip; absent where nothing does. */
  readonly external?: readonly ExternalSection[];
}

export interface Image extends Directory {
  readonly identity: bigint;
  /** Words of all sections. */
  readonly payload: Uint32Array;
  /** What goes to memory beside the chip, from its base address on. */
  readonly beside?: Uint8Array;
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

/** Bytes of an image, the lowest of each word first; behind what is loaded, what goes to memory beside the chip. */
export function writeImage(image: Image): Uint8Array {
  const loaded = loadedBytes(image);
  const { beside } = image;
  if (!beside) return loaded;
  const bytes = new Uint8Array(loaded.length + beside.length + 4);
  bytes.set(loaded);
  bytes.set(beside, loaded.length);
  new DataView(bytes.buffer).setUint32(bytes.length - 4, crc32(beside), true);
  return bytes;
}

/** The bytes of an image that its loader takes, and those for memory beside the chip with their CRC; empty where there are none. */
export function partsOf(bytes: Uint8Array): { readonly loaded: Uint8Array; readonly beside: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = 4 * (HEADER + view.getUint32(16, true) + view.getUint32(20, true) + 1);
  return { loaded: bytes.subarray(0, end), beside: bytes.subarray(end) };
}

/** What the accelerator's loader takes. */
function loadedBytes({ identity, network, sections, payload, external }: Image): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify({ network, sections, ...(external ? { external } : {}) }));
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
    throw new ImageError(`${bytes.length} bytes are not a weight image`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (i: number): number => view.getUint32(4 * i, true);
  if (word(0) !== MAGIC) throw new ImageError('it does not begin with "ADNW"');
  if (word(1) !== VERSION)
    throw new ImageError(`version ${word(1)} of the format; this program reads version ${VERSION}`);
  const [directory, length] = [word(4), word(5)];
  const end = 4 * (HEADER + directory + length + 1);
  if (bytes.length < end) throw new ImageError(`${bytes.length} bytes where the header says ${end}`);
  if (word(end / 4 - 1) !== crc32(bytes.subarray(0, end - 4))) throw new ImageError("its CRC is wrong");
  const text = new TextDecoder().decode(bytes.subarray(4 * HEADER, 4 * (HEADER + directory)));
  const { network, sections, external } = directoryOf(text);
  const more = external ? externalSize(external) + 4 : 0;
  if (bytes.length !== end + more)
    throw new ImageError(`${bytes.length} bytes where header and directory say ${end + more}`);
  const beside = external && bytes.slice(end, -4);
  if (beside && word(bytes.length / 4 - 1) !== crc32(beside))
    throw new ImageError("the CRC of its part for external memory is wrong");
  const payload = Uint32Array.from({ length }, (_, i) => word(HEADER + directory + i));
  const identity = BigInt(word(2)) | (BigInt(word(3)) << 32n);
  return { identity, network, sections, payload, ...(external && beside ? { external, beside } : {}) };
}

const count = (v: unknown): v is number => Number.isSafeInteger(v) && (v as number) >= 0;

function directoryOf(text: string): Directory {
  let value: Partial<Directory>;
  try {
    value = JSON.parse(text) as Partial<Directory>;
  } catch {
    throw new ImageError("its directory is not JSON");
  }
  const { network, sections, external } = value ?? {};
  const right =
    typeof network === "string" &&
    Array.isArray(sections) &&
    (sections as ImageSection[]).every(
      (s) =>
        typeof s?.layer === "string" &&
        (s.holds === "weights" || s.holds === "constants" || s.holds === "code") &&
        [s.rows, s.bits, s.first, s.words].every(count),
    ) &&
    (external === undefined ||
      (Array.isArray(external) &&
        external.length > 0 &&
        (external as ExternalSection[]).every(
          (s) =>
            typeof s?.layer === "string" &&
            [s.rows, s.bits, s.offset, s.bytes].every(count) &&
            (s.code === undefined || [s.code.bits, s.code.lanes, s.code.first, s.code.second].every(count)),
        )));
  if (!right) throw new ImageError("its directory does not say network and sections");
  return { network: network!, sections: sections!, ...(external ? { external } : {}) };
}

/** Words of the weight image at hand, as they go over the accelerator's port. */
export const imageOf = (network: string, w: HwWeights): Uint32Array => wordsOf(loadedBytes(wholeImage(network, w)));

/** Words of weights of an image's words, as they go over the accelerator's port. */
export const payloadOf = (image: Uint32Array): Uint32Array => image.subarray(HEADER + image[4]!, -1);

/** The weight image at hand. */
export function wholeImage(network: string, w: HwWeights): Image {
  const parts = w.memories.map(toImageWords);
  const payload = new Uint32Array(w.words);
  let at = 0;
  for (const p of parts) {
    payload.set(p, at);
    at += p.length;
  }
  const sections = sectionsOf(w).map(({ layout: _, ...s }) => s);
  const { external } = w;
  const beside = external && { external: externalSections(external), beside: externalBytes(external) };
  return { identity: w.identity, network, sections, payload, ...beside };
}

/** Words of bytes, the lowest byte of each first. */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i, true));
}
