/** Runs the command line; gives the exit code. */
export declare function main(argv: readonly string[]): Promise<number>;
