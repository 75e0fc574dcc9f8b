import { unreadable } from "./error.ts";

const latin1 = new TextDecoder("latin1");
const utf8 = new TextDecoder("utf-8");

/** A longest line of a text opcode: names and decimal numbers. */
const maxLine = 4096;

/** Reads forward through bytes and never past their end. Throws InputError. */
export class Cursor {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = at;
  }

  /** Claims `count` bytes; gives the place of the first. */
  take(count: number): number {
    const from = this.at;
    if (count > this.bytes.length - from) {
      throw unreadable(`the checkpoint ends inside a value at byte ${from}`, {
        expected: `${count} more bytes`,
        found: `${this.bytes.length - from}`,
        hint: "the file is cut short or damaged",
      });
    }
    this.at = from + count;
    return from;
  }

  u8(): number {
    return this.bytes[this.take(1)]!;
  }
  u16(): number {
    return this.view.getUint16(this.take(2), true);
  }
  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }
  i32(): number {
    return this.view.getInt32(this.take(4), true);
  }
  /** An unsigned size; one that is not exact is larger than any file. */
  u64(): number {
    return Number(this.view.getBigUint64(this.take(8), true));
  }
  f64big(): number {
    return this.view.getFloat64(this.take(8), false);
  }
  raw(count: number): Uint8Array {
    const from = this.take(count);
    return this.bytes.subarray(from, from + count);
  }
  text(count: number): string {
    return utf8.decode(this.raw(count));
  }
  bytesText(count: number): string {
    return latin1.decode(this.raw(count));
  }
  /** Up to the next line feed, which is consumed. */
  line(): string {
    const end = this.bytes.indexOf(10, this.at);
    if (end < 0 || end - this.at > maxLine) throw unreadable(`a line at byte ${this.at} does not end`);
    const line = this.bytesText(end - this.at);
    this.at++;
    return line;
  }
}
