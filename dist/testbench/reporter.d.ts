/** What this reads of Vitest's reported tasks. */
interface TestError {
    readonly message: string;
    readonly stacks?: readonly {
        readonly file: string;
        readonly line: number;
        readonly column: number;
    }[];
}
interface ReportedTest {
    readonly fullName: string;
    result(): {
        readonly state: string;
        readonly errors?: readonly TestError[] | undefined;
    };
    diagnostic(): {
        readonly duration: number;
    } | undefined;
}
interface ReportedModule {
    readonly moduleId: string;
    readonly children: {
        allTests(): Iterable<ReportedTest>;
    };
}
export interface ReporterOptions {
    /** File that the table is appended to; `$GITHUB_STEP_SUMMARY` where left out, nothing where that is unset too. */
    readonly summary?: string;
    /** Print annotations (`::error file=...`); true where left out and `$GITHUB_ACTIONS` is set. */
    readonly annotations?: boolean;
}
/**
 * `reporters: ["default", ["addernet-rtl/reporter", { summary: "summary.md" }]]` in Vitest's configuration, or
 * `--reporter=addernet-rtl/reporter`.
 */
export default class AddernetReporter {
    #private;
    constructor(options?: ReporterOptions);
    onTestRunEnd(modules: readonly ReportedModule[]): void;
}
export {};
