/** A bracket, `:` or `,`; `"` a string; `v` a number, true, false, null or what is no JSON at all; "" the end. */
export type TokenKind = "{" | "}" | "[" | "]" | ":" | "," | '"' | "v" | "";
export declare class Tokens {
    readonly text: string;
    kind: TokenKind;
    /** The token is text[offset, end). */
    offset: number;
    end: number;
    /** Stands on the first token at or behind `offset`. */
    constructor(text: string, offset?: number);
    next(): TokenKind;
    is(kind: TokenKind): boolean;
    get opens(): boolean;
    get closes(): boolean;
    /** Passes one value, of any depth; gives where it ended. */
    skip(): number;
    /** What a string token means; its own text where it is malformed. */
    string(): string;
}
