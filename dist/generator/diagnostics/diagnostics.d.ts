import type { JsonPath } from "../ir/graph.js";
import { type Code } from "./codes.js";
export type Severity = "error" | "warning";
export interface Note {
    readonly path?: JsonPath;
    /** Characters, where the place has no path of its own. */
    readonly offset?: number;
    readonly message: string;
}
/**
 * One message. `path` points into the network file; `offset` (characters) is used instead where the text itself is
 * broken; `file` names another file (weights, images) the message is about.
 */
export interface Diagnostic {
    readonly code: Code;
    readonly severity: Severity;
    readonly message: string;
    readonly path?: JsonPath;
    readonly offset?: number;
    /** true: point at the key rather than at the value of `path`. */
    readonly atKey?: boolean;
    readonly file?: string;
    readonly expected?: string;
    readonly found?: string;
    readonly hint?: string;
    readonly notes?: readonly Note[];
}
export type NewDiagnostic = Omit<Diagnostic, "severity">;
/** Collects the messages of a stage; the pipeline stops after a stage that reported an error. */
export declare class Report {
    readonly list: Diagnostic[];
    error(d: NewDiagnostic): void;
    warn(d: NewDiagnostic): void;
    get failed(): boolean;
    /** A view that puts `prefix` before every path, for code that knows only its own part of the file. */
    at(prefix: JsonPath): Reporter;
}
export interface Reporter {
    error(d: NewDiagnostic): void;
    warn(d: NewDiagnostic): void;
}
export type Result<T> = {
    readonly ok: true;
    readonly value: T;
    readonly diagnostics: readonly Diagnostic[];
} | {
    readonly ok: false;
    readonly diagnostics: readonly Diagnostic[];
};
/** Carries diagnostics out of code that has no report at hand; the command line prints it like any other message. */
export declare class InputError extends Error {
    readonly diagnostics: readonly Diagnostic[];
    constructor(diagnostics: readonly Diagnostic[]);
}
export declare const inputError: (d: NewDiagnostic) => InputError;
export declare const titleOf: (code: Code) => string;
