// What commands give and the console prints.
import type { Diagnostic } from "../diagnostics/diagnostics.ts";
import type { Source } from "../diagnostics/print.ts";

/** What came of a command; the console prints it, and the exit code follows from it. */
export interface Outcome {
  readonly ok: boolean;
  /** For scripts (--json), what failed too; absent where the command printed its result as it stands. */
  readonly result?: Readonly<Record<string, unknown>>;
  readonly diagnostics?: readonly Diagnostic[];
  /** The text that the diagnostics point into. */
  readonly source?: Source | undefined;
  /** What was wrong in the command line. */
  readonly usage?: readonly string[];
  /** A fault of the compiler's own. */
  readonly fault?: string;
}
