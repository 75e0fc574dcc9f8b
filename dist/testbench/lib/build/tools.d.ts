export interface Ran {
    code: number;
    stdout: string;
    stderr: string;
}
/** Runs a tool without a shell and waits for its end. Throws a BuildError when it cannot be started. */
export declare function runTool(command: string, args: readonly string[], cwd?: string): Promise<Ran>;
/** Like `runTool`, but a failing tool throws a BuildError with what it printed. */
export declare function must(what: string, command: string, args: readonly string[], cwd?: string): Promise<Ran>;
/** Throws a BuildError with what a tool printed when it failed. */
export declare function succeeded(what: string, command: string, ran: Ran): Ran;
/** First line that the tool prints about its version, asked once a process. */
export declare function version(command: string, flag: string): Promise<string>;
/** Throws a BuildError when the version text names an older version than `least`. */
export declare function atLeast(tool: string, text: string, least: readonly [number, number]): void;
/** The Verilator to use: the path or name in `$ADDERNET_VERILATOR`, otherwise `verilator` on PATH. */
export declare const verilator: () => string;
/** Where Verilator's runtime lies. Throws a BuildError when there is no Verilator. */
export declare function verilatorRoot(): Promise<string>;
/** What Verilator says about its version, with its number. Throws a BuildError when it is missing or too old. */
export declare function verilatorVersion(): Promise<string>;
export declare function icarusVersion(): Promise<string>;
export declare const compilerVersion: () => Promise<string>;
/** True when the tool can be started at all. */
export declare function hasTool(command: "yosys"): Promise<boolean>;
