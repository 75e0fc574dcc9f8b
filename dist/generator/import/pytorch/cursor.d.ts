/** Reads forward through bytes and never past their end. Throws InputError. */
export declare class Cursor {
    readonly bytes: Uint8Array;
    readonly view: DataView;
    at: number;
    constructor(bytes: Uint8Array, at?: number);
    /** Claims `count` bytes; gives the place of the first. */
    take(count: number): number;
    u8(): number;
    u16(): number;
    u32(): number;
    i32(): number;
    /** An unsigned size; one that is not exact is larger than any file. */
    u64(): number;
    f64big(): number;
    raw(count: number): Uint8Array;
    text(count: number): string;
    bytesText(count: number): string;
    /** Up to the next line feed, which is consumed. */
    line(): string;
}
