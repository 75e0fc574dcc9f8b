import { type Diagnostic, type Result } from "../diagnostics/diagnostics.js";
import { type Source } from "../diagnostics/print.js";
export interface Console {
    readonly json: boolean;
    /** A line of a person's output; silent with --json. */
    line(text?: string): void;
    /** The result for scripts; printed with --json only. */
    result(value: Record<string, unknown>): void;
    warn(list: readonly Diagnostic[], source?: Source): void;
    progress(label: string, done: number, total: number): void;
}
export declare function makeConsole(json: boolean, command: string): Console;
/** Diagnostics together with the text that they point into. */
export declare class CliError extends Error {
    readonly diagnostics: readonly Diagnostic[];
    readonly source: Source | undefined;
    constructor(diagnostics: readonly Diagnostic[], source?: Source);
}
/** The value of a result; its diagnostics as an exception where there is none. */
export declare function unwrap<T>(r: Result<T>, console: Console, source?: Source): T;
/** Prints an error of the user's and gives the exit code; undefined for anything else. */
export declare function report(e: unknown, json: boolean, command: string): number | undefined;
/** A word of a printed command as a shell reads it. */
export declare const shellWord: (s: string) => string;
