// What the command line says and where: results on stdout, messages and progress on stderr.
import { type Diagnostic, InputError, type Result } from "../diagnostics/diagnostics.ts";
import { diagnosticJson, printable, printableJson, printDiagnostic, type Source } from "../diagnostics/print.ts";

export interface Console {
  readonly json: boolean;
  /** A line of a person's output; silent with --json. */
  line(text?: string): void;
  /** The result for scripts; printed with --json only. */
  result(value: Record<string, unknown>): void;
  warn(list: readonly Diagnostic[], source?: Source): void;
  progress(label: string, done: number, total: number): void;
}

/** Messages that are shown; a file with thousands of faults mostly has one. */
const SHOWN = 50;
/** Messages in the form of data. */
const LISTED = 1000;

/** Prints the first messages and says how many more there are. */
function show(list: readonly Diagnostic[], source: Source | undefined): void {
  for (const d of list.slice(0, SHOWN)) process.stderr.write(`${printDiagnostic(d, source)}\n`);
  if (list.length > SHOWN) process.stderr.write(`and ${list.length - SHOWN} more of such messages\n`);
}

export function makeConsole(json: boolean, command: string): Console {
  const bar = process.stderr.isTTY === true && !json;
  return {
    json,
    line(text = "") {
      if (!json) process.stdout.write(`${printable(text)}\n`);
    },
    result(value) {
      if (json) process.stdout.write(`${printableJson({ command, ok: true, ...value })}\n`);
    },
    warn(list, source) {
      show(
        list.filter((d) => d.severity === "warning"),
        source,
      );
    },
    progress(label, done, total) {
      if (!bar) return;
      process.stderr.write(`\r${label} ${done}/${total}${done >= total ? "\n" : ""}`);
    },
  };
}

/** Diagnostics together with the text that they point into. */
export class CliError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  readonly source: Source | undefined;
  constructor(diagnostics: readonly Diagnostic[], source?: Source) {
    super(
      diagnostics
        .slice(0, SHOWN)
        .map((d) => d.message)
        .join("\n"),
    );
    this.diagnostics = diagnostics;
    this.source = source;
  }
}

/** The value of a result; its diagnostics as an exception where there is none. */
export function unwrap<T>(r: Result<T>, console: Console, source?: Source): T {
  if (!r.ok) throw new CliError(r.diagnostics, source);
  console.warn(r.diagnostics, source);
  return r.value;
}

/** Prints an error of the user's and gives the exit code; undefined for anything else. */
export function report(e: unknown, json: boolean, command: string): number | undefined {
  if (!(e instanceof CliError) && !(e instanceof InputError)) return undefined;
  const source = e instanceof CliError ? e.source : undefined;
  if (json) {
    const diagnostics = e.diagnostics.slice(0, LISTED).map((d) => diagnosticJson(d, source));
    const omitted = e.diagnostics.length - diagnostics.length;
    process.stdout.write(
      `${printableJson({ command, ok: false, diagnostics, ...(omitted > 0 ? { omitted } : {}) })}\n`,
    );
  } else show(e.diagnostics, source);
  return 1;
}

/** A word of a printed command as a shell reads it. */
export const shellWord = (s: string): string => (/^[\w@%+=:,./-]+$/.test(s) ? s : `'${s.replaceAll("'", "'\\''")}'`);
