/**
 * One component of a path, safe on Linux, macOS and Windows: letters, digits, `_`, `-` and single dots inside.
 * `taken` has names in lower case; the result is none of them, differs from them in more than case, and is added.
 */
export declare function fileName(name: string, taken?: Set<string>): string;
/**
 * A simple identifier of Verilog-2005 that is no keyword of SystemVerilog either: a letter, then letters, digits and
 * single underscores. `taken` as for fileName; put in it what the module already names (`clk`, `rst`, ports).
 */
export declare function verilogName(name: string, taken?: Set<string>): string;
/** An identifier of C and C++; its upper-case form is a macro name just as unique. `taken` as for fileName. */
export declare function cName(name: string, taken?: Set<string>): string;
/** The names of a whole set, each by its original; names that occur twice count once. */
export declare function nameAll(names: Iterable<string>, kind: (name: string, taken: Set<string>) => string, taken?: Set<string>): ReadonlyMap<string, string>;
