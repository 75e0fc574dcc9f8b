// Weight images: what `addernet weights pack` writes, and the loader of an accelerator takes (docs/weights.md).
import { crc32 } from "../files/crc32.ts";
import type { HwWeights, Section, WeightsLayout } from "../ir/hardware.ts";
import { imageWordsOf, toImageWords } from "./chain.ts";
import { CodeError } from "./code.ts";
import { codeWords, compress, expand, type SectionCode } from "./expand.ts";
import { type ExternalSection, externalBytes, externalSections, externalSize } from "./external.ts";

/** "ADNW", and the versions of the format: plain words, and coded ones. */
export const MAGIC = 0x574e4441;
export const VERSION = 1;
export const VERSION_CODED = 2;
/** Words in front of the directory; where weights are coded one more, their number. */
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
  /** Its words are coded in the image; absent where they are plain. */
  readonly code?: SectionCode;
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
  const end = 4 * wordsIn((i) => view.getUint32(4 * i, true));
  return { loaded: bytes.subarray(0, end), beside: bytes.subarray(end) };
}

/** Words of an image that its loader takes, by those of its header. */
function wordsIn(word: (i: number) => number): number {
  const coded = word(1) === VERSION_CODED;
  return HEADER + (coded ? 1 + word(6) : word(5)) + word(4) + 1;
}

/** What the accelerator's loader takes. */
function loadedBytes(image: Image): Uint8Array {
  const plain = plainBytes(image);
  const { payload, sections } = image;
  if (!sections.some((s) => s.code)) return plain;
  const parts = sections.map((s) => {
    const words = payload.subarray(s.first, s.first + s.words);
    return { ...s, code: s.code && compress(words, s, s.code.bits)?.words };
  });
  const code = codeWords(payload, parts);
  // The CRC stays that of the plain image: it is what the loader sees.
  const head = plain.subarray(0, plain.length - 4 * (payload.length + 1));
  const bytes = new Uint8Array(head.length + 4 * (code.length + 2));
  const view = new DataView(bytes.buffer);
  bytes.set(head.subarray(0, 4 * HEADER));
  view.setUint32(4, VERSION_CODED, true);
  view.setUint32(4 * HEADER, code.length, true);
  bytes.set(head.subarray(4 * HEADER), 4 * (HEADER + 1));
  for (const [i, w] of code.entries()) view.setUint32(head.length + 4 * (i + 1), w, true);
  bytes.set(plain.subarray(-4), bytes.length - 4);
  return bytes;
}

/** The same in plain words. */
function plainBytes({ identity, network, sections, payload, external }: Image): Uint8Array {
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
  const coded = word(1) === VERSION_CODED;
  if (word(1) !== VERSION && !coded)
    throw new ImageError(
      `version ${word(1)} of the format; this program reads versions ${VERSION} and ${VERSION_CODED}`,
    );
  const [directory, length] = [word(4), word(5)];
  const end = 4 * wordsIn(word);
  if (bytes.length < end) throw new ImageError(`${bytes.length} bytes where the header says ${end}`);
  const at = HEADER + (coded ? 1 : 0);
  // A code that is not shorter than its words is none.
  if (coded && word(HEADER) >= length) throw new ImageError(`${word(HEADER)} words of code for ${length} words`);
  const plain = coded ? expanded(bytes.subarray(0, end), at + directory) : bytes.subarray(0, end);
  if (word(end / 4 - 1) !== crc32(plain.subarray(0, plain.length - 4))) throw new ImageError("its CRC is wrong");
  const text = new TextDecoder().decode(bytes.subarray(4 * at, 4 * (at + directory)));
  const { network, sections, external } = directoryOf(text);
  const more = external ? externalSize(external) + 4 : 0;
  if (bytes.length !== end + more)
    throw new ImageError(`${bytes.length} bytes where header and directory say ${end + more}`);
  const beside = external && bytes.slice(end, -4);
  if (beside && word(bytes.length / 4 - 1) !== crc32(beside))
    throw new ImageError("the CRC of its part for external memory is wrong");
  const payload = wordsOf(plain.subarray(4 * (HEADER + directory), -4));
  const identity = BigInt(word(2)) | (BigInt(word(3)) << 32n);
  return { identity, network, sections, payload, ...(external && beside ? { external, beside } : {}) };
}

/** The plain image of a coded one. @param code place of the first word of its code */
function expanded(bytes: Uint8Array, code: number): Uint8Array {
  const words = plainImage(wordsOf(bytes), code);
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

/** Words of a plain image of those of a coded one. */
export function plainImage(image: Uint32Array, code = HEADER + 1 + image[4]!): Uint32Array {
  const length = image[5]!;
  try {
    const payload = expand(image.subarray(code, -1), length);
    const plain = new Uint32Array(code - 1 + length + 1);
    plain.set(image.subarray(0, HEADER));
    plain[1] = VERSION;
    plain.set(image.subarray(HEADER + 1, code), HEADER);
    plain.set(payload, code - 1);
    plain[plain.length - 1] = image.at(-1)!;
    return plain;
  } catch (e) {
    if (e instanceof CodeError) throw new ImageError(`its code is damaged: ${e.message}`);
    throw e;
  }
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
        [s.rows, s.bits, s.first, s.words].every(count) &&
        (s.code === undefined || [s.code.bits, s.code.words, s.code.first, s.code.second].every(count)),
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

/** Words of weights of an image's words, as the memories take them. */
export function payloadOf(image: Uint32Array): Uint32Array {
  const plain = image[1] === VERSION_CODED ? plainImage(image) : image;
  return plain.subarray(HEADER + plain[4]!, -1);
}

/** Clocks at most in which an accelerator takes the words of an image, from a source that does not rest. @param step clocks for a word */
export const loadingClocks = (image: Uint32Array, step: number): number =>
  image.length * (step + 1) + (image[1] === VERSION_CODED ? 34 * (image[5]! + image[6]!) : 0);

/**
 * Sections with the codes of layers where those are shorter; as they are where all of it is not shorter.
 * @param fields bits of a weight of a section that may be coded
 */
export function withCodes<T extends ImageSection>(
  sections: readonly T[],
  payload: Uint32Array,
  fields: (s: T) => number | undefined,
): T[] {
  const coded = sections.map((s) => {
    const field = fields(s);
    const found = field === undefined ? undefined : compress(payload.subarray(s.first, s.first + s.words), s, field);
    return found ? { ...s, code: found.code } : s;
  });
  const words = coded.reduce((n, s) => n + (s.code?.words ?? s.words + 1), 0);
  return words < payload.length ? coded : [...sections];
}

/** Bits of a weight where a section's are coded. @param coded layers whose weights are */
export const fieldOf = (
  { layer, holds, layout }: { readonly layer: string } & Pick<Section, "holds" | "layout">,
  coded: readonly string[] | undefined,
): number | undefined => (holds === "weights" && coded?.includes(layer) ? (layout as WeightsLayout).bits : undefined);

/** The weight image at hand. */
export function wholeImage(network: string, w: HwWeights): Image {
  const parts = w.memories.map(toImageWords);
  const payload = new Uint32Array(w.words);
  let at = 0;
  for (const p of parts) {
    payload.set(p, at);
    at += p.length;
  }
  const sections = withCodes(sectionsOf(w), payload, (s) => fieldOf(s, w.coded)).map(({ layout: _, ...s }) => s);
  const { external } = w;
  const beside = external && { external: externalSections(external), beside: externalBytes(external) };
  return { identity: w.identity, network, sections, payload, ...beside };
}

/** Words of bytes, the lowest byte of each first. */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i, true));
}
