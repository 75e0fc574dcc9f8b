export declare class UsageError extends Error {
}
/** Throws UsageError where one of the numbers among parsed options is none or out of its range. */
export declare function checkNumbers(options: Readonly<Record<string, unknown>>): true;
