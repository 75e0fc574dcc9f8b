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
}
/** Path of a program in ADDERNET_TOOLS or PATH; undefined where there is none. */
export declare function findProgram(command: string): string | undefined;
/** Address of the npm package that brings a tool; undefined where there is none. */
export declare function packageOf(command: string): string | undefined;
export declare const hasTool: (command: string) => boolean;
/** How to get a tool, in words. */
export declare const hintFor: (command: string) => string | undefined;
/** AN8001 where neither package nor program brings the tool: asked before minutes of other tools. */
export declare function needTool(command: string): void;
/**
 * Runs a tool on files in a folder of its own. AN8001 where neither package nor program is there, AN8002 with the
 * tool's last lines where it fails.
 */
export declare function runTool(command: string, args: readonly string[], files: ToolFiles, options?: ToolOptions): Promise<ToolResult>;
