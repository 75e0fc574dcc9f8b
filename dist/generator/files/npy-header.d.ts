export interface NpyHeader {
    readonly descr: string;
    readonly fortranOrder: boolean;
    readonly shape: readonly number[];
}
/** `base` is the header's place in the file, for offsets of errors. */
export declare function parseNpyHeader(text: string, base: number): NpyHeader;
