import type { JsonPath } from "../ir/graph.js";
/** Characters of the text. */
export interface Span {
    readonly offset: number;
    readonly length: number;
}
export interface Found {
    readonly value: Span;
    /** The key in front of the value, where it stands in an object. */
    readonly key: Span | undefined;
    /** Number of elements of the path that were found; less than all: `value` is the nearest value around it. */
    readonly depth: number;
}
/** The value at `path` of a well-formed text, or the nearest one around it; undefined for an empty text. */
export declare function find(text: string, path: JsonPath): Found | undefined;
