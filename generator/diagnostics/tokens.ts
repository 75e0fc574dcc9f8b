// The tokens of JSON text, one at a time: no tree, no recursion, whatever the size of the file.

/** A bracket, `:` or `,`; `"` a string; `v` a number, true, false, null or what is no JSON at all; "" the end. */
export type TokenKind = "{" | "}" | "[" | "]" | ":" | "," | '"' | "v" | "";

export class Tokens {
  readonly text: string;
  kind: TokenKind = "";
  /** The token is text[offset, end). */
  offset = 0;
  end = 0;

  /** Stands on the first token at or behind `offset`. */
  constructor(text: string, offset = 0) {
    this.text = text;
    this.end = offset;
    this.next();
  }

  /** Stands on the first token at or behind `offset`. */
  moveTo(offset: number): void {
    this.end = offset;
    this.next();
  }

  next(): TokenKind {
    const { text } = this;
    let at = this.end;
    for (let c = text.charCodeAt(at); c === 32 || c === 10 || c === 13 || c === 9; c = text.charCodeAt(at)) at++;
    this.offset = at;
    const c = text[at];
    if (c === undefined) {
      this.kind = "";
      this.end = at;
    } else if (STRUCTURE.has(c)) {
      this.kind = c as TokenKind;
      this.end = at + 1;
    } else if (c === '"') {
      this.kind = '"';
      this.end = stringEnd(text, at);
    } else {
      this.kind = "v";
      VALUE.lastIndex = at;
      this.end = at + Math.max(1, VALUE.exec(text)?.[0].length ?? 1);
    }
    return this.kind;
  }

  is(kind: TokenKind): boolean {
    return this.kind === kind;
  }

  get opens(): boolean {
    return this.kind === "{" || this.kind === "[";
  }

  get closes(): boolean {
    return this.kind === "}" || this.kind === "]";
  }

  /** Passes one value, of any depth; gives where it ended. */
  skip(): number {
    let open = 0;
    let end: number;
    do {
      if (this.opens) open++;
      else if (this.closes) open--;
      end = this.end;
      this.next();
    } while (open > 0 && this.kind !== "");
    return end;
  }

  /** What a string token means; its own text where it is malformed. */
  string(): string {
    const raw = this.text.slice(this.offset, this.end);
    try {
      return JSON.parse(raw) as string;
    } catch {
      return raw;
    }
  }
}

const STRUCTURE = new Set("{}[]:,");
const VALUE = /[^\s{}[\]:,"]+/y;

function stringEnd(text: string, start: number): number {
  for (let from = start + 1; ; ) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return text.length;
    let slashes = 0;
    while (text[quote - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return quote + 1;
    from = quote + 1;
  }
}
