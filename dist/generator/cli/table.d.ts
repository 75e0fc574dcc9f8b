/** Rows of text as lines of aligned columns. */
export declare function columns(rows: readonly (readonly string[])[]): string[];
