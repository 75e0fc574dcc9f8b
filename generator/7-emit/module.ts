// A module of instances and wires: how it is put together, what must hold of it, and its Verilog.
import type {
  Connections,
  Driven,
  Expr,
  Module,
  ModuleInstance,
  ModuleItem,
  ModuleParameter,
  ModulePort,
  Net,
  Parameter,
} from "../ir/module.ts";
import { wires } from "./verilog.ts";

export const net = (name: string, bits = 1): Net => ({ name, bits });
export const constant = (bits: number, value: number): Expr & Parameter => ({ constant: BigInt(value), bits });
export const slice = (of: Net, high: number, low = high): Expr => ({ of, high, low });
export const drives = (...nets: readonly [Net, ...Net[]]): Driven => ({ drives: nets.length === 1 ? nets[0] : nets });
export const text = (value: string): Parameter => ({ text: value });
export const parameter = (name: string, times = 1): Parameter => ({ parameter: name, times });
export const note = (words: string): ModuleItem => ({ is: "note", text: words });
/** A new paragraph without a comment. */
export const gap: ModuleItem = note("");
export const declared = (...nets: readonly Net[]): ModuleItem => ({ is: "wires", nets });
export const assign = (to: Net, value: Expr): ModuleItem => ({ is: "assign", to, value });
/** A wire that takes what nothing reads. */
export const unused = (name: string, nets: readonly Expr[]): ModuleItem => ({ is: "unused", name, nets });
/** An instance of a cell of templates/. */
export const cell = (
  name: string,
  instance: string,
  parameters: Readonly<Record<string, Parameter>>,
  connections: readonly Connections[],
): ModuleInstance => ({ is: "instance", of: { cell: name }, name: instance, parameters: [parameters], connections });

/** The nets of a stream. */
export interface StreamNets {
  readonly tdata: Net;
  readonly tvalid: Net;
  readonly tready: Net;
  readonly tlast: Net;
}

export const streamNets = (name: string, bits: number): StreamNets => ({
  tdata: net(`${name}_tdata`, bits),
  tvalid: net(`${name}_tvalid`),
  tready: net(`${name}_tready`),
  tlast: net(`${name}_tlast`),
});
export const declaredStream = (s: StreamNets): ModuleItem[] => [
  declared(s.tdata),
  declared(s.tvalid, s.tready, s.tlast),
];

const streamConnections = (port: string, s: StreamNets, driven: (w: (typeof wires)[number]) => boolean): Connections =>
  Object.fromEntries(wires.map((w) => [`${port}_${w}`, driven(w) ? drives(s[w]) : s[w]]));
/** An instance's port where the stream enters it. */
export const enters = (port: string, s: StreamNets): Connections => streamConnections(port, s, (w) => w === "tready");
/** An instance's port from which the stream comes. */
export const leaves = (port: string, s: StreamNets): Connections => streamConnections(port, s, (w) => w !== "tready");

/** Cells of templates/ that it instantiates, by name. */
export const cellsOf = (m: Module): string[] =>
  [...new Set(m.items.flatMap((i) => (i.is === "instance" && "cell" in i.of ? i.of.cell : [])))].sort();

const instancesOf = (m: Module): ModuleInstance[] => m.items.filter((i) => i.is === "instance");
/** Names of its instances. */
export const instanceNames = (m: Module): string[] => instancesOf(m).map((i) => i.name);
/** Modules of its instances that are no cells: the accelerator, primitives of a device. */
export const foreignModules = (m: Module): string[] =>
  instancesOf(m).flatMap((i) => ("module" in i.of ? i.of.module : []));

/** Nets that an expression reads. */
function read(e: Expr): readonly Net[] {
  if ("name" in e) return [e];
  if ("of" in e) return [e.of];
  if ("joined" in e) return e.joined.flatMap(read);
  if ("not" in e) return read(e.not);
  if ("either" in e) return e.either.flatMap(read);
  if ("bitwiseOr" in e) return e.bitwiseOr.flatMap(read);
  if ("when" in e) return [e.when, ...read(e.value), ...read(e.otherwise)];
  return [];
}

/** Bits of an expression. */
export function bitsOf(e: Expr): number {
  if ("bits" in e) return e.bits;
  if ("of" in e) return e.high - e.low + 1;
  if ("ones" in e) return e.ones;
  if ("joined" in e) return e.joined.reduce((n, p) => n + bitsOf(p), 0);
  if ("bitwiseOr" in e) return Math.max(...e.bitwiseOr.map(bitsOf));
  if ("when" in e) return Math.max(bitsOf(e.value), bitsOf(e.otherwise));
  return 1;
}

const drivenBy = (d: Driven): readonly Net[] => ("name" in d.drives ? [d.drives] : d.drives);

/** What is wrong with its wiring, in words: every net declared once, driven once, read, with the bits of what it takes. */
export function wiringFaults(m: Module): string[] {
  const faults: string[] = [];
  const nets = new Map<string, { bits: number; drivers: number; readers: number }>();
  const declare = ({ name, bits }: Net, drivers: number, readers: number) => {
    if (nets.has(name)) faults.push(`${name} is declared twice`);
    nets.set(name, { bits, drivers, readers });
  };
  for (const p of m.ports) declare(p, p.direction === "input" ? 1 : 0, p.direction === "output" ? 1 : 0);
  const uses: (readonly [Net, "drivers" | "readers"])[] = [];
  const reads = (e: Expr) => {
    for (const n of read(e)) uses.push([n, "readers"]);
    if ("of" in e && e.high >= e.of.bits) faults.push(`${e.of.name} has no bit ${e.high}`);
  };
  for (const i of m.items)
    if (i.is === "wires") {
      for (const n of i.nets) declare(n, 0, 0);
      if (i.nets.some((n) => n.bits !== i.nets[0]!.bits))
        faults.push(`${i.nets.map((n) => n.name).join(", ")} are declared together, but not of the same bits`);
    } else if (i.is === "assign") {
      uses.push([i.to, "drivers"]);
      reads(i.value);
      if (bitsOf(i.value) !== i.to.bits)
        faults.push(`${i.to.name} has ${i.to.bits} bits and is assigned ${bitsOf(i.value)}`);
    } else if (i.is === "unused") i.nets.forEach(reads);
    else if (i.is === "instance")
      for (const c of i.connections.flatMap((row) => Object.values(row)))
        if (c && "drives" in c) uses.push(...drivenBy(c).map((n) => [n, "drivers"] as const));
        else if (c) reads(c);
  for (const [n, what] of uses) {
    const known = nets.get(n.name);
    if (!known) faults.push(`${n.name} is not declared`);
    else if (known.bits !== n.bits) faults.push(`${n.name} has ${known.bits} bits and is used as ${n.bits}`);
    else known[what]++;
  }
  for (const [name, { drivers, readers }] of nets) {
    if (drivers !== 1) faults.push(`${name} has ${drivers} drivers`);
    if (readers === 0) faults.push(`${name} is not read`);
  }
  return faults;
}

const range = (bits: number): string => (bits === 1 ? "" : `[${bits - 1}:0] `);

function printExpr(e: Expr): string {
  if ("name" in e) return e.name;
  if ("of" in e) return `${e.of.name}[${e.high === e.low ? e.low : `${e.high}:${e.low}`}]`;
  if ("constant" in e) return e.bits === 1 ? `1'b${e.constant}` : `${e.bits}'d${e.constant}`;
  if ("ones" in e) return `{${e.ones}{1'b1}}`;
  if ("joined" in e) return `{${e.joined.map(printExpr).join(", ")}}`;
  if ("not" in e) return "name" in e.not || "of" in e.not ? `!${printExpr(e.not)}` : `!(${printExpr(e.not)})`;
  if ("either" in e) return e.either.map(printExpr).join(" || ");
  if ("bitwiseOr" in e) return e.bitwiseOr.map(printExpr).join(" | ");
  return `${e.when.name} ? ${printExpr(e.value)} : ${printExpr(e.otherwise)}`;
}

function printConnection(c: Expr | Driven | undefined): string {
  if (!c) return "";
  if (!("drives" in c)) return printExpr(c);
  return "name" in c.drives ? c.drives.name : `{${c.drives.map((n) => n.name).join(", ")}}`;
}

const printWord = (value: number): string => `32'h${(value >>> 0).toString(16).padStart(8, "0")}`;

function printParameter(p: Parameter): string {
  if (typeof p === "number") return String(p);
  if ("text" in p) return `"${p.text}"`;
  if ("real" in p) return p.real;
  if ("constant" in p) return printExpr(p);
  if ("parameter" in p) return `${(p.times ?? 1) === 1 ? "" : `${p.times}*`}${p.parameter}`;
  const lines = p.words.map(
    ({ value, note }, i) => `            ${printWord(value)}${i === p.words.length - 1 ? " " : ","}   // ${note}`,
  );
  return `{\n${lines.join("\n")}\n        }`;
}

function printInstance(i: ModuleInstance, prefix: string): string[] {
  const module = "cell" in i.of ? `${prefix}_${i.of.cell}` : i.of.module;
  const rows = i.parameters.map((row) =>
    Object.entries(row)
      .map(([k, v]) => `.${k}(${printParameter(v)})`)
      .join(", "),
  );
  const several = rows.length > 1 ? ` #(\n${rows.map((r) => `        ${r}`).join(",\n")}\n    )` : ` #(${rows[0]})`;
  const attributes = i.attributes === undefined ? "" : `(* ${i.attributes} *)\n    `;
  return [
    `    ${attributes}${module}${rows.join("") === "" ? "" : several} ${i.name} (`,
    i.connections
      .map((row) => Object.entries(row).map(([port, c]) => `.${port}(${printConnection(c)})`))
      .map((row) => `        ${row.join(", ")}`)
      .join(",\n"),
    "    );",
  ];
}

function printItem(i: ModuleItem, prefix: string): string[] {
  switch (i.is) {
    case "note":
      return i.text === "" ? [""] : ["", `    // ${i.text}`];
    case "wires":
      return [`    wire ${range(i.nets[0]!.bits)}${i.nets.map((n) => n.name).join(", ")};`];
    case "assign":
      return [`    assign ${i.to.name} = ${printExpr(i.value)};`];
    case "unused":
      return [`    wire ${i.name} = &{${["1'b0", ...i.nets.map(printExpr)].join(", ")}};`];
    case "instance":
      return printInstance(i, prefix);
  }
}

/** Lines of a list in parentheses: commas between, notes behind. */
const listed = (items: readonly { readonly code: string; readonly note?: string | undefined }[]): string[] =>
  items.map(
    ({ code, note }, i) => `    ${code}${i < items.length - 1 ? "," : ""}${note === undefined ? "" : `   // ${note}`}`,
  );

function printParameters(parameters: readonly ModuleParameter[]): string[] {
  const [types, names] = [parameters.some((p) => typeof p.value === "number") ? 8 : 0, parameters.length > 1];
  const width = names ? Math.max(...parameters.map((p) => p.name.length)) : 0;
  return listed(
    parameters.map(({ name, value, note }) => ({
      code: `parameter ${(typeof value === "number" ? "integer " : "").padEnd(types)}${name.padEnd(width)} = ${typeof value === "number" ? value : `"${value}"`}`,
      note,
    })),
  );
}

const printPort = (p: ModulePort): string =>
  `${p.attributes === undefined ? "" : `(* ${p.attributes} *)\n    `}${p.direction.padEnd(6)} wire ${range(p.bits)}${p.name}`;

/** The Verilog of a module. @param prefix of the cells' modules in this design */
export function printModule(m: Module, prefix: string): string {
  const faults = wiringFaults(m);
  if (faults.length > 0) throw new Error(`${m.name}: ${faults.join("; ")}`);
  const body = m.items.flatMap((i) => printItem(i, prefix));
  return [
    ...m.head.map((line) => (line === "" ? "//" : `// ${line}`)),
    "",
    "`default_nettype none",
    "",
    `module ${m.name} #(`,
    ...printParameters(m.parameters),
    ") (",
    ...listed(m.ports.map((p) => ({ code: printPort(p), note: p.note }))),
    ");",
    "",
    ...(body[0] === "" ? body.slice(1) : body),
    "",
    "endmodule",
    "",
    "`default_nettype wire",
    "",
  ].join("\n");
}
