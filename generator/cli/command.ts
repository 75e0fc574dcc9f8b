// What a command is: its arguments, and a function from them to an outcome.
import type { ArgumentsCamelCase, InferredOptionTypes, Options, PositionalOptions } from "yargs";
import { InputError } from "../diagnostics/diagnostics.ts";
import type { Console } from "./console.ts";
import { UsageError } from "./numbers.ts";
import type { Outcome } from "./outcome.ts";
import { systemFault } from "./system.ts";

export type { Outcome } from "./outcome.ts";

type Positionals = Readonly<Record<string, PositionalOptions>>;
type Flags = Readonly<Record<string, Options>>;

export interface Command {
  /** In the order of the command line; `array` takes all that are left. */
  readonly positionals: Positionals;
  readonly options: Flags;
  run(args: never, out: Console): Outcome | Promise<Outcome>;
}

/** A command whose `run` gets its arguments with the types that their options say. */
export const defineCommand = <const P extends Positionals, const O extends Flags>(c: {
  readonly positionals: P;
  readonly options: O;
  run(
    args: ArgumentsCamelCase<InferredOptionTypes<P> & InferredOptionTypes<O>>,
    out: Console,
  ): Outcome | Promise<Outcome>;
}): Command => c;

/** A command that did what it was asked. */
export const done = (result?: Readonly<Record<string, unknown>>): Outcome => ({
  ok: true,
  ...(result ? { result } : {}),
});

/** The outcome of whatever a command threw. */
export function outcomeOf(thrown: unknown): Outcome {
  if (thrown instanceof UsageError) return { ok: false, usage: thrown.messages };
  const e = systemFault(thrown) ?? thrown;
  if (e instanceof InputError) return { ok: false, diagnostics: e.diagnostics, source: e.source };
  return { ok: false, fault: e instanceof Error ? (e.stack ?? e.message) : String(e) };
}

/** 0 fine, 1 wrong input or failed check, 2 usage, 70 fault. */
export const exitCode = (o: Outcome): number => (o.ok ? 0 : o.usage ? 2 : o.fault === undefined ? 1 : 70);
