import type { JsonPath } from "../ir/graph.js";
import type { Diagnostic } from "./diagnostics.js";
export interface Source {
    readonly file: string;
    readonly text: string;
}
export interface Place {
    /** 1-based. */
    readonly line: number;
    readonly column: number;
    readonly length: number;
}
/** Where a path of the JSON text stands; the nearest enclosing value where the path itself is absent. */
export declare function locate(source: Source, d: Pick<Diagnostic, "path" | "offset" | "atKey">): Place;
export declare const pathText: (path: JsonPath) => string;
/** One line without control and direction characters: hostile input reaches no terminal and forges no message. */
export declare const printable: (s: string) => string;
/** JSON text without such characters; it means the same. */
export declare const printableJson: (value: unknown) => string;
export declare function printDiagnostic(d: Diagnostic, source?: Source): string;
/** A diagnostic as data, with its place resolved: the form of `--json`. */
export declare function diagnosticJson(d: Diagnostic, source?: Source): Record<string, unknown>;
/** The closest of the known words, if it is close enough to be what was meant. */
export declare function didYouMean(word: string, known: readonly string[]): string | undefined;
