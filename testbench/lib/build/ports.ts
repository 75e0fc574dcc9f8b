import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BuildError, type Design, type Port } from "../design.ts";
import { hasTool, must } from "./tools.ts";
import { literal } from "./verilog.ts";

/**
 * The ports of a design's top module in the order of their declaration, read by Verilator or, where that is missing,
 * by Yosys. Throws a BuildError for a port that no bench can drive (inout, unpacked array, interface).
 */
export async function discoverPorts(design: Design): Promise<Port[]> {
  const dir = await mkdtemp(join(tmpdir(), "tb-ports-"));
  try {
    if (await hasTool("verilator")) return await fromVerilator(design, dir);
    if (await hasTool("yosys")) return await fromYosys(design, dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
  throw new BuildError("the ports of a design are read by Verilator or Yosys, and neither was found on PATH");
}

/** Arguments that every Verilator call needs to read the design. */
export function verilatorInputs(design: Design): string[] {
  return [
    ...(design.includeDirs ?? []).map((d) => `-I${d}`),
    ...Object.entries(design.defines ?? {}).map(([k, v]) => `-D${k}${v === "" ? "" : `=${v}`}`),
    "--timescale",
    "1ns/1ps",
    "--no-timing",
    ...(design.lint === "on" ? [] : ["-Wno-fatal", "-Wno-lint", "-Wno-style", "-Wno-TIMESCALEMOD", "-Wno-STMTDLY"]),
  ];
}

async function fromVerilator(design: Design, dir: string): Promise<Port[]> {
  const xml = join(dir, "design.xml");
  await must(`cannot read design ${design.top}`, "verilator", [
    "--xml-only",
    "--xml-output",
    xml,
    "--Mdir",
    dir,
    "--top-module",
    design.top,
    ...Object.entries(design.params ?? {}).map(([k, v]) => `-G${k}=${literal(v)}`),
    ...verilatorInputs(design),
    ...design.sources,
  ]);
  return portsFromXml(await readFile(xml, "utf8"), design.top);
}

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

/** The ports in Verilator's XML dump of a design. */
export function portsFromXml(xml: string, top: string): Port[] {
  const all = [...descend(parseXml(xml))];
  const module = all.find((e) => e.tag === "module" && e.attributes.topModule === "1");
  if (!module) throw new BuildError(`Verilator found no top module ${top}`);
  const types = new Map<string, Element>();
  for (const table of all)
    if (table.tag === "typetable") for (const t of table.children) if (t.attributes.id) types.set(t.attributes.id, t);

  const bits = (id: string | undefined, port: string): number => {
    const t = id === undefined ? undefined : types.get(id);
    if (!t) throw new BuildError(`port ${port} of ${top} has a type that the library does not know`);
    const sub = t.attributes.sub_dtype_id;
    switch (t.tag) {
      case "basicdtype": {
        const { left, right, name } = t.attributes;
        if (left !== undefined && right !== undefined) return Math.abs(Number(left) - Number(right)) + 1;
        const fixed: Record<string, number> = { integer: 32, int: 32, longint: 64, shortint: 16, byte: 8, time: 64 };
        if (name !== undefined && (name === "real" || name === "string" || name === "chandle"))
          throw new BuildError(`port ${port} of ${top} is a ${name}; a bench can only drive bits`);
        return fixed[name ?? ""] ?? 1;
      }
      case "packarraydtype": {
        const [l, r] = t.children[0]?.children.map((c) => constant(c.attributes.name ?? "")) ?? [];
        if (l === undefined || r === undefined)
          throw new BuildError(`port ${port} of ${top} has a range that cannot be read`);
        return (Math.abs(l - r) + 1) * bits(sub, port);
      }
      case "structdtype":
        return t.children.reduce((n, m) => n + bits(m.attributes.sub_dtype_id, port), 0);
      case "uniondtype":
        return Math.max(...t.children.map((m) => bits(m.attributes.sub_dtype_id, port)));
      case "enumdtype":
      case "refdtype":
      case "memberdtype":
      case "constdtype":
        return bits(sub, port);
      default:
        throw new BuildError(
          `port ${port} of ${top} is an ${t.tag === "unpackarraydtype" ? "unpacked array" : t.tag}; ` +
            "a bench can only drive packed bits: put a wrapper around the design",
        );
    }
  };

  return module.children
    .filter((e) => e.tag === "var" && e.attributes.dir !== undefined)
    .sort((a, b) => Number(a.attributes.pinIndex) - Number(b.attributes.pinIndex))
    .map((e) => {
      const name = plainName(e.attributes.origName ?? e.attributes.name ?? "");
      return { name, direction: direction(e.attributes.dir!, name, top), width: bits(e.attributes.dtype_id, name) };
    });
}

// Verilator writes characters that C++ names cannot have, and double underscores, as __0 and two digits.
const plainName = (s: string): string =>
  s.replace(/__0([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

function direction(text: string, port: string, top: string): Port["direction"] {
  if (text === "input" || text === "output") return text;
  throw new BuildError(
    `port ${port} of ${top} is an ${text}; a bench can only drive inputs and read outputs: put a wrapper around the design`,
  );
}

// Verilator prints constants as 32'sh1f.
function constant(text: string): number | undefined {
  const m = /^(?:\d+)?'(s?)h([0-9a-f]+)$/i.exec(text);
  if (!m) return undefined;
  const v = Number.parseInt(m[2]!, 16);
  return m[1] && v >= 2 ** 31 ? v - 2 ** 32 : v;
}

async function fromYosys(design: Design, dir: string): Promise<Port[]> {
  const json = join(dir, "design.json");
  const q = (s: string): string => `"${s.replace(/[\\"]/g, (c) => `\\${c}`)}"`;
  for (const s of [...design.sources, ...(design.includeDirs ?? [])])
    if (/["\\\n;]/.test(s)) throw new BuildError(`Yosys cannot take this path: ${JSON.stringify(s)}`);
  const script = [
    `read_verilog -sv ${(design.includeDirs ?? []).map((d) => `-I${q(d)}`).join(" ")} ${Object.entries(
      design.defines ?? {},
    )
      .map(([k, v]) => `-D${k}=${v}`)
      .join(" ")} ${design.sources.map(q).join(" ")}`,
    `hierarchy -top ${design.top} ${Object.entries(design.params ?? {})
      .map(([k, v]) => `-chparam ${k} ${typeof v === "string" ? `"\\"${v}\\""` : v}`)
      .join(" ")}`,
    "proc",
    `write_json ${q(json)}`,
  ].join("\n");
  const file = join(dir, "ports.ys");
  const { writeFile } = await import("node:fs/promises");
  await writeFile(file, script);
  await must(`cannot read design ${design.top}`, "yosys", ["-q", "-s", file]);
  return portsFromYosys(await readFile(json, "utf8"), design.top);
}

interface YosysModule {
  attributes?: Record<string, string>;
  ports: Record<string, { direction: string; bits: unknown[] }>;
}

/** The ports in a netlist written by Yosys. */
export function portsFromYosys(json: string, top: string): Port[] {
  const { modules } = JSON.parse(json) as { modules: Record<string, YosysModule> };
  const module = Object.values(modules).find((m) => m.attributes?.top !== undefined) ?? modules[top];
  if (!module) throw new BuildError(`Yosys found no top module ${top}`);
  return Object.entries(module.ports).map(([name, p]) => ({
    name,
    direction: direction(p.direction, name, top),
    width: p.bits.length,
  }));
}
