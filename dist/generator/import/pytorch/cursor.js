import { unreadable } from "./error.js";
const latin1 = new TextDecoder("latin1");
const utf8 = new TextDecoder("utf-8");
/** A longest line of a text opcode: names and decimal numbers. */
const maxLine = 4096;
/** Reads forward through bytes and never past their end. Throws InputError. */
export class Cursor {
    bytes;
    view;
    at;
    constructor(bytes, at = 0) {
        this.bytes = bytes;
        this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        this.at = at;
    }
    /** Claims `count` bytes; gives the place of the first. */
    take(count) {
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
    u8() {
        return this.bytes[this.take(1)];
    }
    u16() {
        return this.view.getUint16(this.take(2), true);
    }
    u32() {
        return this.view.getUint32(this.take(4), true);
    }
    i32() {
        return this.view.getInt32(this.take(4), true);
    }
    /** An unsigned size; one that is not exact is larger than any file. */
    u64() {
        return Number(this.view.getBigUint64(this.take(8), true));
    }
    f64big() {
        return this.view.getFloat64(this.take(8), false);
    }
    raw(count) {
        const from = this.take(count);
        return this.bytes.subarray(from, from + count);
    }
    text(count) {
        return utf8.decode(this.raw(count));
    }
    bytesText(count) {
        return latin1.decode(this.raw(count));
    }
    /** Up to the next line feed, which is consumed. */
    line() {
        const end = this.bytes.indexOf(10, this.at);
        if (end < 0 || end - this.at > maxLine)
            throw unreadable(`a line at byte ${this.at} does not end`);
        const line = this.bytesText(end - this.at);
        this.at++;
        return line;
    }
}
