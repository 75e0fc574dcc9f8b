// The words of an image in the order in which the memories of a load chain take them (see templates/weight_ram.v).
import type { HwMemory } from "../ir/hardware.ts";

/** Image words that a row takes, and rows that an image word holds; one of both is 1. */
export function shareOf(bits: number): { readonly parts: number; readonly per: number } {
  if (bits > 16) return { parts: Math.ceil(bits / 32), per: 1 };
  return { parts: 1, per: 32 / 2 ** Math.ceil(Math.log2(bits)) };
}

/**
 * How a memory takes its image words: those of a row, writes of one, and rows side by side in a word of the memory. One
 * with a single port has rows of up to 16 bits side by side in 16 bits.
 */
export function writesOf(bits: number, onePort: boolean) {
  const { parts, per } = shareOf(bits);
  const side = onePort && per > 2 ? per / 2 : 1;
  return { parts, per: per / side, side };
}

/** Image words of a memory of `rows` words of `bits` bits. */
export function imageWordsOf(rows: number, bits: number): number {
  const { parts, per } = shareOf(bits);
  return Math.ceil((rows * parts) / per);
}

/** Image words of a memory's words. */
export function toImageWords({ words, wordBits }: Pick<HwMemory, "words" | "wordBits">): Uint32Array {
  const { parts, per } = shareOf(wordBits);
  const out = new Uint32Array(imageWordsOf(words.length, wordBits));
  const lane = 32 / per;
  words.forEach((w, i) => {
    if (per > 1) out[Math.floor(i / per)]! |= Number(w) << ((i % per) * lane);
    else for (let k = 0; k < parts; k++) out[i * parts + k] = Number((w >> BigInt(32 * k)) & 0xffffffffn);
  });
  return out;
}

/** The words of a memory from its image words. */
export function fromImageWords(image: Uint32Array, rows: number, bits: number): bigint[] {
  const { parts, per } = shareOf(bits);
  const lane = 32 / per;
  const mask = (1n << BigInt(bits)) - 1n;
  return Array.from({ length: rows }, (_, i) => {
    if (per > 1) return BigInt(image[Math.floor(i / per)]! >>> ((i % per) * lane)) & mask;
    let word = 0n;
    for (let k = parts - 1; k >= 0; k--) word = (word << 32n) | BigInt(image[i * parts + k]!);
    return word & mask;
  });
}
