// What runs the tools, whoever it is: threads and programs on a machine (tools.ts), workers in a browser. No Node here.
import { inputError } from "../../diagnostics/diagnostics.ts";

export type ToolFiles = ReadonlyMap<string, string | Uint8Array>;

export interface ToolOptions {
  /** Programs of this machine before npm packages. */
  readonly native?: boolean | undefined;
  readonly onLine?: ((tool: string, line: string) => void) | undefined;
}

export interface ToolResult {
  /** What the tool wrote: paths in its working directory. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly log: string;
  readonly seconds: number;
  /** Where the tool came from: an npm package or a program. */
  readonly origin: string;
  /** Path of the program; undefined for a package. */
  readonly program?: string | undefined;
}

export interface Tools {
  has(tool: string): boolean;
  /** How to get a tool, in words. */
  hint(tool: string): string | undefined;
  /** Runs a tool on files in a folder of its own. AN8001 where it is not there, AN8002 with its last lines where it fails. */
  run(tool: string, args: readonly string[], files: ToolFiles, options: ToolOptions): Promise<ToolResult>;
}

/** Who runs the tools, beside what they are asked for. */
export interface WithTools extends ToolOptions {
  readonly tools: Tools;
}

/** A file that a tool had to write. AN8002 where it ended without an error and without the file. */
export function writtenBy(
  tool: string,
  run: Pick<ToolResult, "files" | "log" | "program">,
  name: string,
): Uint8Array<ArrayBuffer> {
  const bytes = run.files.get(name);
  if (bytes && bytes.length > 0) return bytes as Uint8Array<ArrayBuffer>;
  throw inputError({
    code: "AN8002",
    message: `${tool} ended without an error, but wrote no ${name}`,
    found: run.log.trimEnd().split("\n").slice(-3).join(" | ") || "no output at all",
    hint: `${run.program ?? tool} may not be the program that it should be`,
  });
}

/** What a tool prints, as a whole and line by line. */
export class Log {
  #parts: string[] = [];
  #open = "";
  readonly #onLine: (line: string) => void;
  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }
  add(text: string): void {
    this.#parts.push(text);
    const lines = (this.#open + text).split("\n");
    this.#open = lines.pop()!;
    for (const l of lines) this.#onLine(l);
  }
  end(): void {
    if (this.#open) this.#onLine(this.#open);
    this.#open = "";
  }
  get text(): string {
    return this.#parts.join("");
  }
}

/** AN8002: a tool ended with another code than 0, with the lines that tell why. */
export function toolFailed(tool: string, code: number | string, log: Log): Error {
  const lines = log.text.trimEnd().split("\n");
  return inputError({
    code: "AN8002",
    message: `${tool} failed (${typeof code === "number" ? `exit code ${code}` : code})`,
    found: lines
      .filter((l) => /\berror\b/i.test(l))
      .concat(lines.slice(-3))
      .slice(0, 6)
      .join(" | "),
  });
}
