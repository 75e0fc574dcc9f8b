// What the command line says and where: results on stdout, messages and progress on stderr. Nothing else writes there.
import { type Diagnostic, InputError, type Result } from "../diagnostics/diagnostics.ts";
import { diagnosticJson, listedJson, printable, printDiagnostic, type Source } from "../diagnostics/print.ts";
import type { Outcome } from "./outcome.ts";
import { clock, ProgressLine, ThreadPainter } from "./progress.ts";

export interface Console {
  readonly json: boolean;
  /** What was typed behind `addernet`. */
  readonly argv: readonly string[];
  /** A line of a person's output; silent with --json. */
  line(text?: string): void;
  /** A result that is a text of its own, as it stands and with --json too. */
  text(text: string): void;
  /** A line on stderr about how the work goes; silent with --json. */
  note(text: string): void;
  /** Shows warnings at once; with --json they stand in the outcome. */
  warn(list: readonly Diagnostic[], source?: Source): void;
  /** Shows on a terminal, with --json too, that `done` of `total` pieces of a work are done; 0 where no total is known. */
  progress(label: string, done: number, total: number): void;
  /** What another program is doing: each of its lines on a terminal, a step every ten seconds in a log. */
  tool(name: string, line: string): void;
  /** Prints what came of the command. */
  outcome(o: Outcome): void;
}

/** Messages that are shown; a file with thousands of faults mostly has one. */
const SHOWN = 50;
/** Messages in the form of data. */
const LISTED = 1000;

/** Milliseconds between lines of another program where nobody watches a terminal. */
const PROGRESS = 10_000;
/** A step of Yosys, or what nextpnr tells. */
const step = /\bExecuting [A-Z0-9_]+ pass|^(Info|Warning|ERROR): /;

/** Prints the first messages and says how many more there are. */
function show(list: readonly Diagnostic[], source: Source | undefined): void {
  for (const d of list.slice(0, SHOWN)) process.stderr.write(`${printDiagnostic(d, source)}\n`);
  if (list.length > SHOWN) process.stderr.write(`and ${list.length - SHOWN} more of such messages\n`);
}

/** What --json prints of an outcome; `warned` are messages that it does not hold itself. */
export function outcomeJson(
  command: string,
  { ok, result, diagnostics = [], source, usage, fault }: Outcome,
  warned: readonly Record<string, unknown>[] = [],
): Record<string, unknown> {
  const listed = [...diagnostics.slice(0, LISTED).map((d) => diagnosticJson(d, source)), ...warned];
  const omitted = diagnostics.length - LISTED;
  return {
    ...{ command, ok, ...result },
    ...(usage ? { usage: usage.join("; ") } : {}),
    ...(fault === undefined ? {} : { fault }),
    ...(!ok || listed.length > 0 ? { diagnostics: listed } : {}),
    ...(omitted > 0 ? { omitted } : {}),
  };
}

export function makeConsole(json: boolean, command: string, argv: readonly string[] = []): Console {
  const shows = process.stderr.isTTY === true;
  const bar = new ProgressLine(new ThreadPainter(process.stderr.fd), clock);
  let warned: Record<string, unknown>[] = [];
  let next = performance.now() + PROGRESS;

  function printJson(o: Outcome): void {
    if (o.ok && !o.result) return;
    const value = outcomeJson(command, o, warned);
    warned = [];
    process.stdout.write(`${listedJson(value)}\n`);
  }

  return {
    json,
    argv,
    line(text = "") {
      bar.erase();
      if (!json) process.stdout.write(`${printable(text)}\n`);
    },
    text(text) {
      bar.erase();
      process.stdout.write(text);
    },
    note(text) {
      bar.erase();
      if (!json) process.stderr.write(`${printable(text)}\n`);
    },
    warn(list, source) {
      bar.erase();
      const warnings = list.filter((d) => d.severity === "warning");
      if (json) warned.push(...warnings.slice(0, LISTED).map((d) => diagnosticJson(d, source)));
      else show(warnings, source);
    },
    progress(label, done, total) {
      if (shows) bar.show(printable(label), done, total);
    },
    tool(name, line) {
      if (shows) bar.show(printable(name), 0, 0);
      if (json || !line.trim()) return;
      if (!process.stderr.isTTY && (performance.now() < next || !step.test(line))) return;
      next = performance.now() + PROGRESS;
      bar.erase();
      process.stderr.write(`${name}: ${printable(line.slice(0, 160))}\n`);
    },
    outcome(o) {
      bar.drop();
      if (!json) show(o.diagnostics ?? [], o.source);
      if (o.usage)
        process.stderr.write(`${o.usage.map((m) => `addernet: ${printable(m)}\n`).join("")}Try addernet --help.\n`);
      if (o.fault !== undefined)
        process.stderr.write(`internal fault: ${o.fault}\nThis is a fault of addernet, not of your files.\n`);
      if (json) printJson(o);
    },
  };
}

/** Of a step of a command that tells its own progress. */
export const silentConsole = (command: string): Console => ({ ...makeConsole(true, command), progress() {} });

/** The value of a result; its diagnostics as an exception where there is none. */
export function unwrap<T>(r: Result<T>, console: Console, source?: Source): T {
  if (!r.ok) throw new InputError(r.diagnostics, source);
  console.warn(r.diagnostics, source);
  return r.value;
}
