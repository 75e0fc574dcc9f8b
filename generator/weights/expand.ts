// Coded weights in images for memories on the chip: the words of their code (see templates/weights_expand.v), and back.
import { fromImageWords, shareOf } from "./chain.ts";
import { BitWriter, bookOf, type CodeBook, CodeError, countOf } from "./code.ts";

/** A section's code: its fields are weights, of `bits` bits. */
export interface SectionCode extends CodeBook {
  readonly bits: number;
  /** Words that it takes in the image, with those that say what it is. */
  readonly words: number;
}

/** Most bits of a field, and fields of a row. */
const [FIELD, ROW] = [16, 65536];

/** Zeros behind a row of so many bits, up to the next row or word. */
function zerosBehind(bits: number): number {
  const { parts, per } = shareOf(bits);
  return (32 * parts) / per - bits;
}

/** A section whose words follow as they are. */
const plain = (words: ArrayLike<number>): Uint32Array =>
  Uint32Array.from([words.length * 32, ...Array.from(words)], (w) => w >>> 0);

/**
 * The words of a section in its code; undefined where the rows are no whole fields, or where it takes as many words as plain.
 * @param words of the section, plain; @param field bits of a weight
 */
export function compress(
  words: Uint32Array,
  { rows, bits }: { readonly rows: number; readonly bits: number },
  field: number,
): { readonly words: Uint32Array; readonly code: SectionCode } | undefined {
  const perRow = bits / field;
  if (!Number.isInteger(perRow) || field > FIELD || perRow > ROW || rows >= 2 ** 27) return undefined;
  const mask = (1n << BigInt(field)) - 1n;
  const fields = fromImageWords(words, rows, bits).flatMap((row) =>
    Array.from({ length: perRow }, (_, k) => Number((row >> BigInt(k * field)) & mask)),
  );
  const book = bookOf(countOf(fields));
  const out = new BitWriter();
  for (const w of fields) {
    out.put(w === book.first ? 0 : w === book.second ? 1 : 3, w === book.first ? 1 : 2);
    if (w !== book.first && w !== book.second) out.put(w, field);
  }
  const bytes = out.end();
  const coded = new Uint32Array(3 + Math.ceil(bytes.length / 4));
  coded[0] = rows * 32 + field;
  coded[1] = perRow - 1 + zerosBehind(bits) * 65536;
  coded[2] = book.first + book.second * 65536;
  for (const [i, b] of bytes.entries()) coded[3 + (i >> 2)]! |= b << (8 * (i & 3));
  if (coded.length > words.length) return undefined;
  return { words: coded, code: { ...book, bits: field, words: coded.length } };
}

/** The words of all sections: coded where there is a code, else plain. */
export function codeWords(
  payload: Uint32Array,
  sections: readonly { readonly first: number; readonly words: number; readonly code?: Uint32Array | undefined }[],
): Uint32Array {
  const parts = sections.map((s) => s.code ?? plain(payload.subarray(s.first, s.first + s.words)));
  const all = new Uint32Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    all.set(p, at);
    at += p.length;
  }
  return all;
}

/** The `length` plain words of which these are the code; throws CodeError where they are none, or of another number. */
export function expand(code: Uint32Array, length: number): Uint32Array {
  const out = new Uint32Array(length);
  let [at, done] = [0, 0];
  const next = (): number => {
    if (at >= code.length) throw new CodeError("the code ends before its last weight");
    return code[at++]!;
  };
  const room = (words: number): void => {
    if (done + words > length) throw new CodeError(`a code of more than ${length} words`);
  };
  while (at < code.length) {
    const head = next();
    const [bits, count] = [head & 31, head >>> 5];
    if (bits === 0) {
      room(count);
      for (let i = 0; i < count; i++) out[done++] = next();
      continue;
    }
    const shape = next();
    const book = next();
    if (bits > FIELD || (book & 0xffff) >>> bits !== 0 || (book >>> 16) >>> bits !== 0)
      throw new CodeError(`weights of more than ${Math.min(bits, FIELD)} bits`);
    if (shape >>> 21 !== 0) throw new CodeError("a section whose rows it does not say");
    const [perRow, zeros] = [(shape & 0xffff) + 1, (shape >>> 16) & 31];
    const words = Math.ceil((count * (perRow * bits + zeros)) / 32);
    room(words);
    let [held, have] = [0, 0];
    const take = (): number => {
      if (have === 0) [held, have] = [next(), 32];
      const bit = held & 1;
      held >>>= 1;
      have--;
      return bit;
    };
    let to = 32 * done;
    for (let r = 0; r < count; r++, to += zeros)
      for (let f = 0; f < perRow; f++, to += bits) {
        const kind = take() === 0 ? 0 : 1 + take();
        let value = kind === 0 ? book & 0xffff : kind === 1 ? book >>> 16 : 0;
        if (kind === 2) for (let k = 0; k < bits; k++) value |= take() << k;
        for (let k = 0; k < bits; k++) if ((value >>> k) & 1) out[(to + k) >>> 5]! |= 1 << ((to + k) & 31);
      }
    if (held !== 0) throw new CodeError("bits behind the last weight of a section");
    done += words;
  }
  if (done !== length) throw new CodeError(`a code of ${done} words where the header says ${length}`);
  return out;
}
