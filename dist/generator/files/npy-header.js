// The header of a .npy file: a Python dict literal with the keys descr, fortran_order and shape.
// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
import { FileError } from "./error.js";
const TOKEN = /\s*(?:'([^'\\]*)'|"([^"\\]*)"|(-?\d+)L?|(True|False|None)|([{}()[\],:]))/y;
/** `base` is the header's place in the file, for offsets of errors. */
export function parseNpyHeader(text, base) {
    const fail = (message, at) => new FileError({
        code: "npy-header",
        message: `the header is not readable: ${message}`,
        expected: "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }",
        found: text.slice(0, 80).trimEnd(),
        offset: base + at,
    });
    let at = 0;
    const next = () => {
        TOKEN.lastIndex = at;
        const m = TOKEN.exec(text);
        if (!m)
            throw fail("unexpected text", at);
        at = TOKEN.lastIndex;
        if (m[5] !== undefined)
            return { punctuation: m[5] };
        if (m[3] !== undefined)
            return { value: Number(m[3]) };
        if (m[4] !== undefined)
            return { value: m[4] === "None" ? null : m[4] === "True" };
        return { value: m[1] ?? m[2] ?? "" };
    };
    const value = (depth) => {
        const token = next();
        if (token.value !== undefined)
            return token.value;
        const close = token.punctuation === "(" ? ")" : token.punctuation === "[" ? "]" : undefined;
        if (!close || depth > 4)
            throw fail("unexpected punctuation", at);
        const items = [];
        for (;;) {
            const before = at;
            if (next().punctuation === close)
                return items;
            at = before;
            items.push(value(depth + 1));
            const after = next().punctuation;
            if (after === close)
                return items;
            if (after !== ",")
                throw fail("a comma is missing", at);
        }
    };
    const found = new Map();
    if (next().punctuation !== "{")
        throw fail("it does not begin with {", 0);
    for (;;) {
        const token = next();
        if (token.punctuation === "}")
            break;
        if (typeof token.value !== "string")
            throw fail("a key is not a string", at);
        if (found.has(token.value))
            throw fail(`the key '${token.value}' occurs twice`, at);
        if (next().punctuation !== ":")
            throw fail("a colon is missing", at);
        found.set(token.value, value(0));
        const after = next().punctuation;
        if (after === "}")
            break;
        if (after !== ",")
            throw fail("a comma is missing", at);
    }
    if (text.slice(at).trim() !== "")
        throw fail("text follows the closing brace", at);
    const descr = found.get("descr");
    const fortranOrder = found.get("fortran_order");
    const shape = found.get("shape");
    if (typeof fortranOrder !== "boolean")
        throw fail("fortran_order is not True or False", 0);
    if (!Array.isArray(shape))
        throw fail("shape is not a tuple", 0);
    if (Array.isArray(descr))
        throw new FileError({
            code: "npy-dtype",
            message: "arrays of records are not supported",
            expected: "one number type, such as '<f4'",
            hint: "save each field as an array of its own",
            offset: base,
        });
    if (typeof descr !== "string")
        throw fail("descr is not a string", 0);
    if (!shape.every((d) => typeof d === "number"))
        throw fail("shape holds something else than integers", 0);
    if (found.size !== 3)
        throw fail("it has other keys than descr, fortran_order and shape", 0);
    return { descr, fortranOrder, shape };
}
