// Messages about a user's input: what a stage reports instead of throwing.
import type { JsonPath } from "../ir/graph.ts";
import type { Code } from "./codes.ts";

/** A text that messages point into. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

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
  /** The option that the message is about, as it was given. */
  readonly option?: string;
  readonly expected?: string;
  readonly found?: string;
  readonly hint?: string;
  readonly notes?: readonly Note[];
}

export type NewDiagnostic = Omit<Diagnostic, "severity">;

/** Collects the messages of a stage; the pipeline stops after a stage that reported an error. */
export class Report {
  readonly list: Diagnostic[] = [];

  error(d: NewDiagnostic): void {
    this.list.push({ ...d, severity: "error" });
  }

  warn(d: NewDiagnostic): void {
    this.list.push({ ...d, severity: "warning" });
  }

  get failed(): boolean {
    return this.list.some((d) => d.severity === "error");
  }

  /** A view that puts `prefix` before every path, for code that knows only its own part of the file. */
  at(prefix: JsonPath): Reporter {
    return {
      error: (d) => this.error({ ...d, path: [...prefix, ...(d.path ?? [])] }),
      warn: (d) => this.warn({ ...d, path: [...prefix, ...(d.path ?? [])] }),
    };
  }
}

export interface Reporter {
  error(d: NewDiagnostic): void;
  warn(d: NewDiagnostic): void;
}

export type Result<T> =
  | { readonly ok: true; readonly value: T; readonly diagnostics: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Messages in the text of an error; a file with thousands of faults mostly has one. */
const SHOWN = 50;

/**
 * Carries diagnostics out of code that has no report at hand, with the text that they point into where it is known; the
 * command line prints it like any other message.
 */
export class InputError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  readonly source: Source | undefined;

  constructor(diagnostics: readonly Diagnostic[], source?: Source) {
    super(
      diagnostics
        .slice(0, SHOWN)
        .map((d) => `${d.code}: ${d.message}`)
        .join("\n"),
    );
    this.diagnostics = diagnostics;
    this.source = source;
  }
}

export const inputError = (d: NewDiagnostic): InputError => new InputError([{ ...d, severity: "error" }]);
