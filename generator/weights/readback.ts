// What reading the memories of an accelerator back gives: the words of an image's weights, and their CRC-32 behind them.
import { crc32 } from "../files/crc32.ts";
import { fromImageWords } from "./chain.ts";
import type { ImageSection } from "./image.ts";

/** CRC-32 of words, the lowest byte of each first. */
export function crcOf(words: Uint32Array): number {
  const bytes = new Uint8Array(4 * words.length);
  const view = new DataView(bytes.buffer);
  for (const [i, w] of words.entries()) view.setUint32(4 * i, w, true);
  return crc32(bytes);
}

/**
 * Clocks at most in which the memories of a design are read back. @param words of the image; @param blocks with one or two
 * memories each; @param step clocks that a memory takes for a word
 */
export const readBackClocks = (words: number, blocks: number, step: number): number =>
  (words + 1) * (44 + 2 * blocks + step);

/** A row of a memory that does not hold what the image says. */
export interface RowDifference {
  readonly layer: string;
  readonly holds: ImageSection["holds"];
  readonly row: number;
  readonly held: bigint;
  readonly image: bigint;
}

/** Rows that differ, in the order of the image. @param held as many words as the payload has */
export function rowDifferences(
  sections: readonly ImageSection[],
  payload: Uint32Array,
  held: Uint32Array,
): RowDifference[] {
  return sections.flatMap(({ layer, holds, rows, bits, first, words }) => {
    const part = (of: Uint32Array) => of.subarray(first, first + words);
    if (part(payload).every((w, i) => w === held[first + i])) return [];
    const [own, image] = [part(held), part(payload)].map((p) => fromImageWords(p, rows, bits)) as [bigint[], bigint[]];
    return own.flatMap((h, row) => (h === image[row] ? [] : [{ layer, holds, row, held: h, image: image[row]! }]));
  });
}

/** What differs, in words: the first row, and how many there are. Undefined where nothing does. */
export function readBackFault(
  sections: readonly ImageSection[],
  payload: Uint32Array,
  read: Uint32Array,
): string | undefined {
  if (read.length !== payload.length + 1)
    return `${read.length} words are read back, not ${payload.length} and their CRC`;
  const held = read.subarray(0, -1);
  const sum = crcOf(held);
  const differences = rowDifferences(sections, payload, held);
  const [first] = differences;
  if (first) {
    const more = differences.length > 1 ? `; ${differences.length} rows differ` : "";
    return `${first.layer}, ${first.holds}, row ${first.row} holds 0x${first.held.toString(16)}, the image says 0x${first.image.toString(16)}${more}`;
  }
  if (held.some((w, i) => w !== payload[i])) return "bits of words that hold no row are not as in the image";
  if (sum !== read.at(-1))
    return `the CRC of the words read back is 0x${sum.toString(16)}, 0x${read.at(-1)!.toString(16)} came`;
  return undefined;
}
