// A module of instances and wires: how it is put together, what must hold of it, and its Verilog.
import type {
  Connections,
  Driven,
  Expr,
  Macro,
  Module,
  ModuleInstance,
  ModuleItem,
  ModuleParameter,
  ModulePort,
  Net,
  Parameter,
  Slice,
} from "../ir/module.ts";
import { pad, range, wires, wrap } from "./verilog.ts";

export const net = (name: string, bits = 1): Net => ({ name, bits });
/** What the accelerator, its layers and all cells have. */
export const clk = net("clk");
export const rst = net("rst");
/** Data of as many bits as the design needs. */
export const vector = (name: string, bits: number): Net => ({ name, bits, vector: true });
export const constant = (bits: number, value: number): Expr & Parameter => ({ constant: BigInt(value), bits });
export const slice = (of: Net, high: number, low = high): Slice => ({ of, high, low });
/** `bits` bits of a net from bit `low` on, one of many lanes. */
export const lane = (of: Net, low: number, bits: number): Slice => ({ of, high: low + bits - 1, low, lane: true });
export const drives = (...nets: readonly [Net, ...Net[]]): Driven => ({ drives: nets.length === 1 ? nets[0] : nets });
export const not = (e: Expr): Expr => ({ not: e });
export const all = (...terms: readonly Expr[]): Expr => ({ all: terms });
/** The first one is the highest. */
export const joined = (parts: readonly Expr[]): Expr => (parts.length === 1 ? parts[0]! : { joined: parts });
export const text = (value: string): Parameter => ({ text: value });
export const parameter = (name: string, times = 1): Parameter => ({ parameter: name, times });
export const note = (words: string): ModuleItem => ({ is: "note", text: words });
/** A new paragraph without a comment. */
export const gap: ModuleItem = note("");
export const declared = (...nets: readonly Net[]): ModuleItem => ({ is: "wires", nets });
export const assign = (to: Net, value: Expr): ModuleItem => ({ is: "assign", to, value });
/** A wire that takes what nothing reads. */
export const unused = (name: string, nets: readonly Expr[], note?: string): ModuleItem => ({
  ...{ is: "unused", name, nets },
  ...(note === undefined ? {} : { note }),
});
/** An instance of a cell of templates/. */
export const cell = (
  name: string,
  instance: string,
  parameters: Readonly<Record<string, Parameter>>,
  connections: readonly Connections[],
): ModuleInstance => ({ is: "instance", of: { cell: name }, name: instance, parameters: [parameters], connections });

export const port = (direction: ModulePort["direction"], { name, bits, vector }: Net): ModulePort => ({
  ...{ direction, name, bits },
  ...(vector ? { vector } : {}),
});
/** Ports with a free line in front of the first one. */
export const apart = ([first, ...rest]: readonly ModulePort[]): ModulePort[] =>
  first ? [{ ...first, apart: true }, ...rest] : [];

/** The nets of a stream. */
export interface StreamNets {
  readonly tdata: Net;
  readonly tvalid: Net;
  readonly tready: Net;
  readonly tlast: Net;
}

export const streamNets = (name: string, bits: number): StreamNets => ({
  tdata: vector(`${name}_tdata`, bits),
  tvalid: net(`${name}_tvalid`),
  tready: net(`${name}_tready`),
  tlast: net(`${name}_tlast`),
});
export const declaredStream = (s: StreamNets): ModuleItem[] => [
  declared(s.tdata),
  declared(s.tvalid, s.tready, s.tlast),
];

/** Ports of a stream, with a free line in front of them. */
export const streamPorts = (s: StreamNets, direction: "in" | "out"): ModulePort[] =>
  apart(wires.map((w) => port((direction === "in") === (w !== "tready") ? "input" : "output", s[w])));

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
  if ("repeated" in e) return read(e.repeated);
  if ("not" in e) return read(e.not);
  if ("every" in e) return [e.every];
  if ("any" in e) return [e.any];
  if ("all" in e) return e.all.flatMap(read);
  if ("either" in e) return e.either.flatMap(read);
  if ("bitwiseOr" in e) return e.bitwiseOr.flatMap(read);
  if ("bitwiseAnd" in e) return e.bitwiseAnd.flatMap(read);
  if ("when" in e) return [e.when, ...read(e.value), ...read(e.otherwise)];
  return [];
}

/** Bits of an expression. */
export function bitsOf(e: Expr): number {
  if ("bits" in e) return e.bits;
  if ("of" in e) return e.high - e.low + 1;
  if ("ones" in e) return e.ones;
  if ("zeros" in e) return e.zeros;
  if ("joined" in e) return e.joined.reduce((n, p) => n + bitsOf(p), 0);
  if ("repeated" in e) return e.times * bitsOf(e.repeated);
  if ("bitwiseOr" in e) return Math.max(...e.bitwiseOr.map(bitsOf));
  if ("bitwiseAnd" in e) return Math.max(...e.bitwiseAnd.map(bitsOf));
  if ("when" in e) return Math.max(bitsOf(e.value), bitsOf(e.otherwise));
  return 1;
}

const whole = (of: Net): Slice => ({ of, high: of.bits - 1, low: 0 });
const drivenBy = ({ drives: d }: Driven): readonly Slice[] =>
  "name" in d ? [whole(d)] : "of" in d ? [d] : d.map(whole);

/** Whether bits of a net have not exactly one driver, in words; undefined where all have. */
function driverFault(name: string, bits: number, drivers: readonly Slice[]): string | undefined {
  if (drivers.length === 0 || drivers.every((d) => d.high - d.low + 1 === bits))
    return drivers.length === 1 ? undefined : `${name} has ${drivers.length} drivers`;
  let from = 0;
  for (const d of [...drivers].sort((a, b) => a.low - b.low)) {
    if (d.low !== from) return `${name} has ${d.low > from ? 0 : 2} drivers of bit ${Math.min(d.low, from)}`;
    from = d.high + 1;
  }
  return from === bits ? undefined : `${name} has ${from < bits ? `0 drivers of bit ${from}` : `no bit ${from - 1}`}`;
}

/**
 * What is wrong with its wiring, in words: every net declared once and before its use, each bit driven once, read unless it is
 * called unused_, with the bits of what it takes.
 */
export function wiringFaults(m: Module): string[] {
  const faults: string[] = [];
  const nets = new Map<string, { readonly bits: number; readonly drivers: Slice[]; readers: number }>();
  const declare = (n: Net, driven: boolean, readers: number) => {
    if (nets.has(n.name)) faults.push(`${n.name} is declared twice`);
    nets.set(n.name, { bits: n.bits, drivers: driven ? [whole(n)] : [], readers });
  };
  for (const p of m.ports) declare(p, p.direction === "input", p.direction === "input" ? 0 : 1);
  const uses: { readonly net: Net; readonly driver?: Slice; readonly early: boolean }[] = [];
  const drive = (s: Slice) => uses.push({ net: s.of, driver: s, early: !nets.has(s.of.name) });
  const reads = (e: Expr) => {
    for (const n of read(e)) uses.push({ net: n, early: !nets.has(n.name) });
    if ("of" in e && e.high >= e.of.bits) faults.push(`${e.of.name} has no bit ${e.high}`);
  };
  for (const i of m.items)
    if (i.is === "wires") {
      for (const n of i.nets) declare(n, false, 0);
      if (i.nets.some((n) => n.bits !== i.nets[0]!.bits))
        faults.push(`${i.nets.map((n) => n.name).join(", ")} are declared together, but not of the same bits`);
    } else if (i.is === "assign") {
      drive(whole(i.to));
      reads(i.value);
      if (bitsOf(i.value) !== i.to.bits)
        faults.push(`${i.to.name} has ${i.to.bits} bits and is assigned ${bitsOf(i.value)}`);
    } else if (i.is === "unused") i.nets.forEach(reads);
    else if (i.is === "instance")
      for (const c of i.connections.flatMap((row) => Object.values(row)))
        if (c && "drives" in c) for (const s of drivenBy(c)) drive(s);
        else if (c) reads(c);
  for (const { net: n, driver, early } of uses) {
    const known = nets.get(n.name);
    if (!known) faults.push(`${n.name} is not declared`);
    else if (early) faults.push(`${n.name} is used before it is declared`);
    else if (known.bits !== n.bits) faults.push(`${n.name} has ${known.bits} bits and is used as ${n.bits}`);
    else if (driver) known.drivers.push(driver);
    else known.readers++;
  }
  for (const [name, { bits, drivers, readers }] of nets) {
    const fault = driverFault(name, bits, drivers);
    if (fault !== undefined) faults.push(fault);
    if (readers === 0 && !name.startsWith("unused_")) faults.push(`${name} is not read`);
  }
  return faults;
}

/** Range of a declaration in a column of `width` characters. */
const declaredRange = ({ bits, vector }: Net, width: number): string =>
  pad(bits === 1 && !vector ? "" : range(bits), width);
/** Columns of ranges: those of ports, and of wires. */
const [PORT_RANGE, WIRE_RANGE] = [9, 8];

const printSlice = ({ of, high, low, lane }: Slice): string =>
  `${of.name}[${lane ? `${low} +: ${high - low + 1}` : high === low ? low : `${high}:${low}`}]`;

function printExpr(e: Expr): string {
  if ("name" in e) return e.name;
  if ("of" in e) return printSlice(e);
  if ("inside" in e) return e.inside;
  if ("constant" in e) return e.bits === 1 ? `1'b${e.constant}` : `${e.bits}'d${e.constant}`;
  if ("ones" in e) return `{${e.ones}{1'b1}}`;
  if ("zeros" in e) return `${e.zeros}'b0`;
  if ("joined" in e) return `{${e.joined.map(printExpr).join(", ")}}`;
  if ("repeated" in e) return `{${e.times}{${printExpr(e.repeated)}}}`;
  if ("every" in e) return `&${e.every.name}`;
  if ("any" in e) return `${e.any.name} != 0`;
  if ("all" in e) return e.all.map(printExpr).join(" && ");
  if ("not" in e) return "name" in e.not || "of" in e.not ? `!${printExpr(e.not)}` : `!(${printExpr(e.not)})`;
  if ("either" in e) return e.either.map(printExpr).join(" || ");
  if ("bitwiseOr" in e) return e.bitwiseOr.map(printExpr).join(" | ");
  if ("bitwiseAnd" in e) return e.bitwiseAnd.map(printExpr).join(" & ");
  return `${e.when.name} ? ${printExpr(e.value)} : ${printExpr(e.otherwise)}`;
}

function printConnection(c: Expr | Driven | undefined): string {
  if (!c) return "";
  if (!("drives" in c)) return printExpr(c);
  const { drives: d } = c;
  return "name" in d ? d.name : "of" in d ? printSlice(d) : `{${d.map((n) => n.name).join(", ")}}`;
}

const printWord = (value: number): string => `32'h${(value >>> 0).toString(16).padStart(8, "0")}`;

const printSigned = ({ signed, bits, hex }: Extract<Parameter, { readonly signed: bigint }>): string =>
  hex
    ? `${bits}'sh${BigInt.asUintN(bits, signed)
        .toString(16)
        .padStart(Math.ceil(bits / 4), "0")}`
    : `${signed < 0n ? "-" : ""}${bits}'sd${signed < 0n ? -signed : signed}`;

function printParameter(p: Parameter): string {
  if (typeof p === "number") return String(p);
  if ("text" in p) return `"${p.text}"`;
  if ("real" in p) return p.real;
  if ("constant" in p) return printExpr(p);
  if ("signed" in p) return printSigned(p);
  if ("joined" in p) return `{${p.joined.map(printParameter).join(", ")}}`;
  if ("parameter" in p) return `${(p.times ?? 1) === 1 ? "" : `${p.times}*`}${p.parameter}`;
  const lines = p.words.map(
    ({ value, note }, i) => `            ${printWord(value)}${i === p.words.length - 1 ? " " : ","}   // ${note}`,
  );
  return `{\n${lines.join("\n")}\n        }`;
}

/** So many parameters stand in the line of an instance; more have lines of their own. */
const FEW = 3;

function printInstance(i: ModuleInstance, prefix: string): string[] {
  const module = "cell" in i.of ? `${prefix}_${i.of.cell}` : i.of.module;
  const rows = i.parameters.map((row) => Object.entries(row).map(([k, v]) => `.${k}(${printParameter(v)})`));
  const given = rows.filter((row) => row.length > 0);
  const few = given.length <= 1 && (given[0]?.length ?? 0) <= FEW;
  const parameters =
    given.length === 0
      ? ""
      : few
        ? ` #(${given[0]!.join(", ")})`
        : ` #(\n${given.map((row) => wrap(row, "        ").join("\n")).join(",\n")}\n    )`;
  const attributes = i.attributes === undefined ? "" : `(* ${i.attributes} *)\n    `;
  const head = `    ${attributes}${module}${parameters} ${i.name} (`;
  if (i.connections.length === 0) return [`${head});`];
  const connections = i.connections.map((row) =>
    wrap(
      Object.entries(row).map(([port, c]) => `.${port}(${printConnection(c)})`),
      "        ",
    ).join("\n"),
  );
  return [head, connections.join(",\n"), "    );"];
}

function printItem(i: ModuleItem, prefix: string): string[] {
  switch (i.is) {
    case "note":
      return i.text === "" ? [""] : ["", ...i.text.split("\n").map((l) => `    // ${l}`)];
    case "wires":
      return [`    wire ${declaredRange(i.nets[0]!, WIRE_RANGE)} ${i.nets.map((n) => n.name).join(", ")};`];
    case "assign":
      return [`    assign ${i.to.name} = ${printExpr(i.value)};`];
    case "unused":
      return [
        `    wire ${i.name} = &{${["1'b0", ...i.nets.map(printExpr)].join(", ")}};${i.note ? `   // ${i.note}` : ""}`,
      ];
    case "instance":
      return printInstance(i, prefix);
  }
}

/** Lines of a list in parentheses: commas between, notes behind. */
const listed = (
  items: readonly { readonly code: string; readonly note?: string | undefined; readonly apart?: true | undefined }[],
): string[] =>
  items.map(
    ({ code, note, apart }, i) =>
      `${apart ? "\n" : ""}    ${code}${i < items.length - 1 ? "," : ""}${note === undefined ? "" : `   // ${note}`}`,
  );

function printDefault(value: ModuleParameter["value"]): string {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? `"${value}"` : `\`${value.macro}`;
}

function printParameters(parameters: readonly ModuleParameter[]): string[] {
  const [types, names] = [parameters.some((p) => typeof p.value === "number") ? 8 : 0, parameters.length > 1];
  const width = names ? Math.max(...parameters.map((p) => p.name.length)) : 0;
  return listed(
    parameters.map(({ name, value, note }) => ({
      code: `parameter ${(typeof value === "number" ? "integer " : "").padEnd(types)}${name.padEnd(width)} = ${printDefault(value)}`,
      note,
    })),
  );
}

const printMacro = ({ macro, value, note }: Macro): string[] => [
  `// ${note}`,
  `\`ifndef ${macro}`,
  `\`define ${macro} "${value}"`,
  "`endif",
  "",
];

const printPort = (p: ModulePort): string =>
  `${p.attributes === undefined ? "" : `(* ${p.attributes} *)\n    `}${p.direction.padEnd(6)} wire ${declaredRange(p, PORT_RANGE)} ${p.name}`;

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
    ...m.parameters.flatMap(({ value }) => (typeof value === "object" ? printMacro(value) : [])),
    ...(m.parameters.length === 0
      ? [`module ${m.name} (`]
      : [`module ${m.name} #(`, ...printParameters(m.parameters), ") ("]),
    ...listed(m.ports.map((p) => ({ code: printPort(p), note: p.note, apart: p.apart }))),
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
