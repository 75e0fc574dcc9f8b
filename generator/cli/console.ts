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
      for (const d of list) if (d.severity === "warning") process.stderr.write(`${printDiagnostic(d, source)}\n`);
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
    super(diagnostics.map((d) => d.message).join("\n"));
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
  if (json)
    process.stdout.write(
      `${printableJson({ command, ok: false, diagnostics: e.diagnostics.map((d) => diagnosticJson(d, source)) })}\n`,
    );
  else for (const d of e.diagnostics) process.stderr.write(`${printDiagnostic(d, source)}\n`);
  return 1;
}

/** A word of a printed command as a shell reads it. */
export const shellWord = (s: string): string => (/^[\w@%+=:,./-]+$/.test(s) ? s : `'${s.replaceAll("'", "'\\''")}'`);
