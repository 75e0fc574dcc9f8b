import { BuildError, type Port } from "../design.ts";

// Verilator writes what it made of a design as XML, newer versions as JSON only. Both become the same few types here.
type Type =
  | { kind: "bits"; width: number }
  | { kind: "array"; size: number | undefined; of: string }
  | { kind: "struct" | "union"; members: string[] }
  | { kind: "same"; as: string | undefined }
  | { kind: "refused"; what: string };

interface Dump {
  types: ReadonlyMap<string, Type>;
  /** Variables of the top module with a direction, in the order of their declaration. */
  ports: { name: string; direction: string; type: string | undefined }[];
}

function portsOf(dump: Dump, top: string): Port[] {
  const bits = (id: string | undefined, port: string): number => {
    const t = id === undefined ? undefined : dump.types.get(id);
    switch (t?.kind) {
      case "bits":
        return t.width;
      case "array":
        if (t.size === undefined) throw new BuildError(`port ${port} of ${top} has a range that cannot be read`);
        return t.size * bits(t.of, port);
      case "struct":
        return t.members.reduce((n, m) => n + bits(m, port), 0);
      case "union":
        return Math.max(...t.members.map((m) => bits(m, port)));
      case "same":
        return bits(t.as, port);
      case "refused":
        throw new BuildError(
          `port ${port} of ${top} is ${t.what}; a bench can only drive packed bits: put a wrapper around the design`,
        );
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
export function direction(text: string, port: string, top: string): Port["direction"] {
  if (text === "input" || text === "output") return text;
  throw new BuildError(
    `port ${port} of ${top} is an ${text}; a bench can only drive inputs and read outputs: put a wrapper around the design`,
  );
}

const FIXED: Readonly<Record<string, number>> = { integer: 32, int: 32, longint: 64, shortint: 16, byte: 8, time: 64 };

const sizeOf = (left: number | undefined, right: number | undefined): number | undefined =>
  left === undefined || right === undefined ? undefined : Math.abs(left - right) + 1;

function basic(name: string, left: number | undefined, right: number | undefined): Type {
  if (name === "real" || name === "string" || name === "chandle") return { kind: "refused", what: `a ${name}` };
  return { kind: "bits", width: sizeOf(left, right) ?? FIXED[name] ?? 1 };
}

const refused = (tag: string): Type => ({
  kind: "refused",
  what: tag === "unpackarraydtype" ? "an unpacked array" : tag === "ifacerefdtype" ? "an interface" : `an ${tag}`,
});

// Characters that C++ names cannot have, and double underscores, are written as __0 and two digits.
const plainName = (s: string): string =>
  s.replace(/__0([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

// ---- XML

interface Element {
  tag: string;
  attributes: Record<string, string>;
  children: Element[];
}

const ENTITIES: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
const decode = (s: string): string =>
  s.replace(/&(#x?[0-9a-fA-F]+|\w+);/g, (all, name: string) =>
    name.startsWith("#x")
      ? String.fromCodePoint(Number.parseInt(name.slice(2), 16))
      : name.startsWith("#")
        ? String.fromCodePoint(Number(name.slice(1)))
        : (ENTITIES[name] ?? all),
  );

function parseXml(text: string): Element {
  const root: Element = { tag: "", attributes: {}, children: [] };
  const stack = [root];
  const tags = /<(\/?)([\w.:-]+)((?:\s+[\w.:-]+\s*=\s*"[^"]*")*)\s*(\/?)>/g;
  for (let m = tags.exec(text); m; m = tags.exec(text)) {
    if (m[1]) {
      stack.pop();
      continue;
    }
    const attributes: Record<string, string> = {};
    for (const a of m[3]!.matchAll(/([\w.:-]+)\s*=\s*"([^"]*)"/g)) attributes[a[1]!] = decode(a[2]!);
    const e: Element = { tag: m[2]!, attributes, children: [] };
    stack.at(-1)!.children.push(e);
    if (!m[4]) stack.push(e);
  }
  return root;
}

function* descend(e: Element): Generator<Element> {
  for (const c of e.children) {
    yield c;
    yield* descend(c);
  }
}

// Constants are printed as 32'sh1f.
function constant(text: string): number | undefined {
  const m = /^(?:\d+)?'(s?)h([0-9a-f]+)$/i.exec(text);
  if (!m) return undefined;
  const v = Number.parseInt(m[2]!, 16);
  return m[1] && v >= 2 ** 31 ? v - 2 ** 32 : v;
}

function xmlType({ tag, attributes: a, children }: Element): Type {
  const number = (s: string | undefined): number | undefined => (s === undefined ? undefined : Number(s));
  const members = (): string[] => children.map((m) => m.attributes.sub_dtype_id ?? "");
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
export function portsFromXml(xml: string, top: string): Port[] {
  const all = [...descend(parseXml(xml))];
  const module = all.find((e) => e.tag === "module" && e.attributes.topModule === "1");
  if (!module) throw new BuildError(`Verilator found no top module ${top}`);
  const types = new Map<string, Type>();
  for (const table of all)
    if (table.tag === "typetable")
      for (const t of table.children) if (t.attributes.id) types.set(t.attributes.id, xmlType(t));
  const ports = module.children
    .filter((e) => e.tag === "var" && e.attributes.dir !== undefined)
    .sort((x, y) => Number(x.attributes.pinIndex) - Number(y.attributes.pinIndex))
    .map(({ attributes: a }) => ({
      name: plainName(a.origName ?? a.name ?? ""),
      direction: a.dir!,
      type: a.dtype_id,
    }));
  return portsOf({ types, ports }, top);
}

// ---- JSON

/** What is read of a node of the tree; lists end in p, and so do references to the `addr` of another node. */
interface Node {
  type: string;
  name?: string;
  addr?: string;
  level?: number;
  origName?: string;
  direction?: string;
  dtypep?: string;
  refDTypep?: string;
  keyword?: string;
  range?: string;
  declRange?: string;
  packed?: boolean;
  modulesp?: Node[];
  stmtsp?: Node[];
  miscsp?: Node[];
  typesp?: Node[];
  membersp?: Node[];
}

const rangeOf = (text: string | undefined): [number | undefined, number | undefined] => {
  const m = /^\[?(-?\d+):(-?\d+)\]?$/.exec(text ?? "");
  return m ? [Number(m[1]), Number(m[2])] : [undefined, undefined];
};

// A resolved type points elsewhere with dtypep; one that points at itself has what it is made of in refDTypep.
const behind = (n: Node): string | undefined => (n.dtypep !== n.addr ? n.dtypep : n.refDTypep);

function jsonType(n: Node): Type {
  switch (n.type) {
    case "BASICDTYPE":
      return basic(n.keyword ?? n.name ?? "", ...rangeOf(n.range));
    case "PACKARRAYDTYPE": {
      const [l, r] = rangeOf(n.declRange);
      return { kind: "array", size: sizeOf(l, r), of: n.refDTypep ?? "" };
    }
    case "STRUCTDTYPE":
    case "UNIONDTYPE":
      if (n.packed !== true) return { kind: "refused", what: "an unpacked struct or union" };
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
export function portsFromJson(json: string, top: string): Port[] {
  const tree = JSON.parse(json) as Node;
  // The top is the module that no other holds: the smallest level.
  const modules = (tree.modulesp ?? []).filter((m) => m.type === "MODULE");
  const module = modules.sort((x, y) => (x.level ?? 0) - (y.level ?? 0))[0];
  if (!module) throw new BuildError(`Verilator found no top module ${top}`);
  const types = new Map<string, Type>();
  for (const table of tree.miscsp ?? [])
    if (table.type === "TYPETABLE") for (const t of table.typesp ?? []) if (t.addr) types.set(t.addr, jsonType(t));
  const ports = (module.stmtsp ?? [])
    .filter((v) => v.type === "VAR" && v.direction !== undefined && v.direction !== "NONE")
    .map((v) => ({
      name: plainName(v.origName ?? v.name ?? ""),
      direction: v.direction!.toLowerCase(),
      type: v.dtypep,
    }));
  return portsOf({ types, ports }, top);
}
