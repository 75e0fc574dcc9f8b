import { BuildError } from "../design.js";
function portsOf(dump, top) {
    const bits = (id, port) => {
        const t = id === undefined ? undefined : dump.types.get(id);
        switch (t?.kind) {
            case "bits":
                return t.width;
            case "array":
                if (t.size === undefined)
                    throw new BuildError(`port ${port} of ${top} has a range that cannot be read`);
                return t.size * bits(t.of, port);
            case "struct":
                return t.members.reduce((n, m) => n + bits(m, port), 0);
            case "union":
                return Math.max(...t.members.map((m) => bits(m, port)));
            case "same":
                return bits(t.as, port);
            case "refused":
                throw new BuildError(`port ${port} of ${top} is ${t.what}; a bench can only drive packed bits: put a wrapper around the design`);
            default:
                throw new BuildError(`port ${port} of ${top} has a type that the library does not know`);
        }
    };
    return dump.ports.map(({ name, direction: d, type }) => ({
        name,
        direction: direction(d, name, top),
        width: bits(type, name),
    }));
}
/** A port's direction. Throws a BuildError for one that a bench cannot use. */
export function direction(text, port, top) {
    if (text === "input" || text === "output")
        return text;
    throw new BuildError(`port ${port} of ${top} is an ${text}; a bench can only drive inputs and read outputs: put a wrapper around the design`);
}
const FIXED = { integer: 32, int: 32, longint: 64, shortint: 16, byte: 8, time: 64 };
const sizeOf = (left, right) => left === undefined || right === undefined ? undefined : Math.abs(left - right) + 1;
function basic(name, left, right) {
    if (name === "real" || name === "string" || name === "chandle")
        return { kind: "refused", what: `a ${name}` };
    return { kind: "bits", width: sizeOf(left, right) ?? FIXED[name] ?? 1 };
}
const refused = (tag) => ({
    kind: "refused",
    what: tag === "unpackarraydtype" ? "an unpacked array" : tag === "ifacerefdtype" ? "an interface" : `an ${tag}`,
});
// Characters that C++ names cannot have, and double underscores, are written as __0 and two digits.
const plainName = (s) => s.replace(/__0([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
const ENTITIES = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
const decode = (s) => s.replace(/&(#x?[0-9a-fA-F]+|\w+);/g, (all, name) => name.startsWith("#x")
    ? String.fromCodePoint(Number.parseInt(name.slice(2), 16))
    : name.startsWith("#")
        ? String.fromCodePoint(Number(name.slice(1)))
        : (ENTITIES[name] ?? all));
function parseXml(text) {
    const root = { tag: "", attributes: {}, children: [] };
    const stack = [root];
    const tags = /<(\/?)([\w.:-]+)((?:\s+[\w.:-]+\s*=\s*"[^"]*")*)\s*(\/?)>/g;
    for (let m = tags.exec(text); m; m = tags.exec(text)) {
        if (m[1]) {
            stack.pop();
            continue;
        }
        const attributes = {};
        for (const a of m[3].matchAll(/([\w.:-]+)\s*=\s*"([^"]*)"/g))
            attributes[a[1]] = decode(a[2]);
        const e = { tag: m[2], attributes, children: [] };
        stack.at(-1).children.push(e);
        if (!m[4])
            stack.push(e);
    }
    return root;
}
function* descend(e) {
    for (const c of e.children) {
        yield c;
        yield* descend(c);
    }
}
// Constants are printed as 32'sh1f.
function constant(text) {
    const m = /^(?:\d+)?'(s?)h([0-9a-f]+)$/i.exec(text);
    if (!m)
        return undefined;
    const v = Number.parseInt(m[2], 16);
    return m[1] && v >= 2 ** 31 ? v - 2 ** 32 : v;
}
function xmlType({ tag, attributes: a, children }) {
    const number = (s) => (s === undefined ? undefined : Number(s));
    const members = () => children.map((m) => m.attributes.sub_dtype_id ?? "");
    switch (tag) {
        case "basicdtype":
            return basic(a.name ?? "", number(a.left), number(a.right));
        case "packarraydtype": {
            const [l, r] = children[0]?.children.map((c) => constant(c.attributes.name ?? "")) ?? [];
            return { kind: "array", size: sizeOf(l, r), of: a.sub_dtype_id ?? "" };
        }
        case "structdtype":
            return { kind: "struct", members: members() };
        case "uniondtype":
            return { kind: "union", members: members() };
        case "enumdtype":
        case "refdtype":
        case "memberdtype":
        case "constdtype":
            return { kind: "same", as: a.sub_dtype_id };
        default:
            return refused(tag);
    }
}
/** The ports in Verilator's XML dump of a design. Throws a BuildError for one that no bench can drive. */
export function portsFromXml(xml, top) {
    const all = [...descend(parseXml(xml))];
    const module = all.find((e) => e.tag === "module" && e.attributes.topModule === "1");
    if (!module)
        throw new BuildError(`Verilator found no top module ${top}`);
    const types = new Map();
    for (const table of all)
        if (table.tag === "typetable")
            for (const t of table.children)
                if (t.attributes.id)
                    types.set(t.attributes.id, xmlType(t));
    const ports = module.children
        .filter((e) => e.tag === "var" && e.attributes.dir !== undefined)
        .sort((x, y) => Number(x.attributes.pinIndex) - Number(y.attributes.pinIndex))
        .map(({ attributes: a }) => ({
        name: plainName(a.origName ?? a.name ?? ""),
        direction: a.dir,
        type: a.dtype_id,
    }));
    return portsOf({ types, ports }, top);
}
const rangeOf = (text) => {
    const m = /^\[?(-?\d+):(-?\d+)\]?$/.exec(text ?? "");
    return m ? [Number(m[1]), Number(m[2])] : [undefined, undefined];
};
// A resolved type points elsewhere with dtypep; one that points at itself has what it is made of in refDTypep.
const behind = (n) => (n.dtypep !== n.addr ? n.dtypep : n.refDTypep);
function jsonType(n) {
    switch (n.type) {
        case "BASICDTYPE":
            return basic(n.keyword ?? n.name ?? "", ...rangeOf(n.range));
        case "PACKARRAYDTYPE": {
            const [l, r] = rangeOf(n.declRange);
            return { kind: "array", size: sizeOf(l, r), of: n.refDTypep ?? "" };
        }
        case "STRUCTDTYPE":
        case "UNIONDTYPE":
            if (n.packed !== true)
                return { kind: "refused", what: "an unpacked struct or union" };
            return {
                kind: n.type === "STRUCTDTYPE" ? "struct" : "union",
                members: (n.membersp ?? []).map((m) => behind(m) ?? ""),
            };
        case "ENUMDTYPE":
        case "REFDTYPE":
        case "CONSTDTYPE":
        case "PARAMTYPEDTYPE":
            return { kind: "same", as: behind(n) };
        default:
            return refused(n.type.toLowerCase());
    }
}
/** The ports in Verilator's JSON dump of a design. Throws a BuildError for one that no bench can drive. */
export function portsFromJson(json, top) {
    const tree = JSON.parse(json);
    // The top is the module that no other holds: the smallest level.
    const modules = (tree.modulesp ?? []).filter((m) => m.type === "MODULE");
    const module = modules.sort((x, y) => (x.level ?? 0) - (y.level ?? 0))[0];
    if (!module)
        throw new BuildError(`Verilator found no top module ${top}`);
    const types = new Map();
    for (const table of tree.miscsp ?? [])
        if (table.type === "TYPETABLE")
            for (const t of table.typesp ?? [])
                if (t.addr)
                    types.set(t.addr, jsonType(t));
    const ports = (module.stmtsp ?? [])
        .filter((v) => v.type === "VAR" && v.direction !== undefined && v.direction !== "NONE")
        .map((v) => ({
        name: plainName(v.origName ?? v.name ?? ""),
        direction: v.direction.toLowerCase(),
        type: v.dtypep,
    }));
    return portsOf({ types, ports }, top);
}
