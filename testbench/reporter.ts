// A Vitest reporter for CI: the results of benches as a table in Markdown, and failures as annotations of GitHub.
import { appendFileSync } from "node:fs";
import { relative } from "node:path";

/** What this reads of Vitest's reported tasks. */
interface TestError {
  readonly message: string;
  readonly stacks?: readonly { readonly file: string; readonly line: number; readonly column: number }[];
}
interface ReportedTest {
  readonly fullName: string;
  result(): { readonly state: string; readonly errors?: readonly TestError[] | undefined };
  diagnostic(): { readonly duration: number } | undefined;
}
interface ReportedModule {
  readonly moduleId: string;
  readonly children: { allTests(): Iterable<ReportedTest> };
}

export interface ReporterOptions {
  /** File that the table is appended to; `$GITHUB_STEP_SUMMARY` where left out, nothing where that is unset too. */
  readonly summary?: string;
  /** Print annotations (`::error file=...`); true where left out and `$GITHUB_ACTIONS` is set. */
  readonly annotations?: boolean;
}

/** A cell of a table: nothing in it ends the cell or the line. */
const cell = (s: string): string =>
  s
    .replace(/[|\\]/g, "\\$&")
    .replace(/[<>&]/g, (c) => `&#${c.charCodeAt(0)};`)
    .replace(/\s+/g, " ");

/** Text of a workflow command, in GitHub's escapes. */
const data = (s: string): string => s.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
const property = (s: string): string => data(s).replace(/:/g, "%3A").replace(/,/g, "%2C");

/**
 * `reporters: ["default", ["addernet-rtl/reporter", { summary: "summary.md" }]]` in Vitest's configuration, or
 * `--reporter=addernet-rtl/reporter`.
 */
export default class AddernetReporter {
  readonly #options: ReporterOptions;

  constructor(options: ReporterOptions = {}) {
    this.#options = options;
  }

  onTestRunEnd(modules: readonly ReportedModule[]): void {
    const rows: string[] = [];
    let failed = 0;
    const annotate = this.#options.annotations ?? process.env.GITHUB_ACTIONS === "true";
    for (const module of modules)
      for (const test of module.children.allTests()) {
        const { state, errors } = test.result();
        const file = relative(process.cwd(), module.moduleId);
        const ms = test.diagnostic()?.duration;
        const seconds = ms === undefined ? "" : (ms / 1000).toFixed(1);
        rows.push(
          `| ${cell(state)} | ${cell(file)} | ${cell(test.fullName)} | ${seconds} | ${cell(errors?.[0]?.message.split("\n")[0] ?? "")} |`,
        );
        if (state !== "failed") continue;
        failed++;
        const at = errors?.[0]?.stacks?.find((s) => s.file === module.moduleId);
        const place = `file=${property(file)}${at ? `,line=${at.line},col=${at.column}` : ""},title=${property(test.fullName)}`;
        if (annotate) process.stdout.write(`::error ${place}::${data(errors?.[0]?.message ?? "failed")}\n`);
      }
    const path = this.#options.summary ?? process.env.GITHUB_STEP_SUMMARY;
    if (!path) return;
    const text = [
      `### Benches: ${rows.length - failed} of ${rows.length} without a fault`,
      "",
      "| Result | File | Test | Seconds | Fault |",
      "|---|---|---|---|---|",
      ...rows,
      "",
      "",
    ].join("\n");
    appendFileSync(path, text);
  }
}
