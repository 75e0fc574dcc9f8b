import { Tokens } from "./tokens.js";
/** The value at `path` of a well-formed text, or the nearest one around it; undefined for an empty text. */
export function find(text, path) {
    const tokens = new Tokens(text);
    if (tokens.kind === "")
        return undefined;
    let key;
    for (let depth = 0;; depth++) {
        const offset = tokens.offset;
        const inner = depth < path.length ? enter(tokens, path[depth]) : undefined;
        if (!inner)
            return { value: { offset, length: new Tokens(text, offset).skip() - offset }, key, depth };
        key = inner.key;
    }
}
/** Moves from the first token of a value to the first token of its child; undefined where there is none. */
function enter(tokens, wanted) {
    const list = typeof wanted === "number";
    if (!tokens.is(list ? "[" : "{"))
        return undefined;
    tokens.next();
    for (let i = 0; !tokens.is("") && !tokens.closes; i++) {
        let key;
        let name = i;
        if (!list) {
            name = tokens.string();
            key = { offset: tokens.offset, length: tokens.end - tokens.offset };
            tokens.next();
            if (!tokens.is(":"))
                return undefined;
            tokens.next();
        }
        if (name === wanted)
            return { key };
        tokens.skip();
        if (tokens.is(","))
            tokens.next();
    }
    return undefined;
}
