// Single faults in the wiring of an emitted design: connections that are open, stuck, swapped, inverted or off by one.
import { watched } from "../../generator/index.ts";
import type { HwGraph } from "../../generator/ir/hardware.ts";
import type { Change } from "./mutant.ts";

/** Inputs whose tlast is not looked at, by the cells' headers: a fault there changes nothing. */
const unread: Readonly<Record<string, readonly string[]>> = {
  axis_window: ["s_axis"],
  axis_taps: ["s_axis"],
  axis_argmax: ["s_axis"],
  axis_last: ["s_axis"],
  axis_concat: ["s0_axis"],
  axis_add: ["s1_axis"],
  axis_frames: ["s_axis"],
  axis_gearbox: ["s_axis"],
  axis_weights: ["s1_axis"],
  // A FIFO in front of a join brings along what the join does not read.
  axis_fifo: ["s_axis"],
};

/** Cells that may not see that values are one more: the largest stays the largest, and a rounding takes it away. */
const tolerant = new Set(["axis_argmax", "axis_requant", "axis_requant_mem", "axis_requant_serial", "axis_table"]);

/** Ports that a cell does not look at, by its parameters: where they are not these. */
const unreadWithout: Readonly<Record<string, RegExp>> = {
  "weight_ram.bank": /\.BANKS\(2\)/,
  "weight_ram.row": /\.ROWS\((?!1\))/,
};

/** One connection of an instance. */
interface Connection {
  /** The cell, or the layer's module, without the network's prefix. */
  readonly cell: string;
  readonly instance: number;
  /** Text of the instance's parameters. */
  readonly parameters: string;
  readonly port: string;
  readonly signal: string;
  readonly wires: string;
  /** Of `wires` in the text. */
  readonly from: number;
  readonly to: number;
}

/** Directions of the ports of all modules, by the module's name. */
export type Directions = ReadonlyMap<string, ReadonlyMap<string, "input" | "output">>;

/** Those of the modules in Verilog files. */
export const directionsOf = (texts: Iterable<string>): Directions =>
  new Map(
    [...texts].flatMap((text) => {
      const module = /^module (\w+)/m.exec(text)?.[1];
      const ports = text.matchAll(/^ {4}(input|output) .*?(\w+),?(?: *\/\/.*)?$/gm);
      return module === undefined
        ? []
        : [[module, new Map([...ports].map((m) => [m[2]!, m[1] as "input" | "output"]))] as const];
    }),
  );

/** Bits of a connection's expression in a module whose vectors are declared; undefined where that is not seen at once. */
export function bitsOf(wires: string, declared: ReadonlyMap<string, number>): number | undefined {
  const [, name, place] = /^(\w+)(?:\[([^\]]+)\])?$/.exec(wires) ?? [];
  if (name !== undefined && /^[a-z]/i.test(name))
    return place === undefined ? (declared.get(name) ?? 1) : Number(/\+: (\d+)$/.exec(place)?.[1] ?? 1);
  const constant = /^(\d+)'/.exec(wires)?.[1];
  if (constant !== undefined) return Number(constant);
  return /\|\||&&|!=|^[!&]/.test(wires) && !/[{}]/.test(wires) ? 1 : undefined;
}

/** Vectors that a module's text declares, ports and wires. */
export const declaredIn = (text: string): Map<string, number> =>
  new Map(
    [...text.matchAll(/\bwire \[(\d+):0\]\s+([\w, ]+)[;,\n]/g)].flatMap((m) =>
      m[2]!.split(",").map((name) => [name.trim(), Number(m[1]) + 1] as const),
    ),
  );

function connections(name: string, text: string): Connection[] {
  const found: Connection[] = [];
  const start = new RegExp(`^    ${name}_(\\w+) (?:#\\(|u_)`, "gm");
  for (const [instance, m] of [...text.matchAll(start)].entries()) {
    const ports = text.indexOf(".clk(", m.index);
    const end = text.indexOf("\n    );", m.index);
    if (ports < 0 || ports > end) continue;
    for (const c of text.slice(ports, end).matchAll(/\.(\w+?)(?:_(tdata|tvalid|tready|tlast))?\(([^()]*)\)/g)) {
      const from = ports + c.index + c[0].length - 1 - c[3]!.length;
      const [, port, signal = "", wires] = c as unknown as [string, string, string | undefined, string];
      const parameters = text.slice(m.index, ports);
      found.push({ cell: m[1]!, instance, parameters, port, signal, wires, from, to: from + wires.length });
    }
  }
  return found;
}

/** Whether a wire is named in its declaration, in one connection and in the list of what nobody uses, and nowhere else. */
const isUnused = (text: string, wire: string): boolean =>
  text
    .replace(/^ {4}wire unused_\w+ = .*$/gm, "")
    .replace(/^ {4}(wire|input|output) .*$/gm, (line) => (/=/.test(line) ? line : ""))
    .match(new RegExp(`\\b${wire.replace(/\W.*$/, "")}\\b`, "g"))?.length === 1;

/** The low bits of an address of pages are not looked at: the next one is the wrong one. */
const nextPage = (what: string, by: string): string => (what === "off by one" ? by.replace(/\{.*\}$/, "32'd4096") : by);

/** A signal of an AXI4-Stream, not of a chain along which weights are loaded. */
const isStream = ({ port, signal }: Connection): boolean => signal !== "" && /_axis$/.test(port);

/** Expressions that stand for a value of `width` bits, or of as many as nobody sees at once. */
function wrong(wires: string, width: number | undefined): [what: string, expression: string][] {
  const inverted: [string, string] = ["inverted", /^\w+$/.test(wires) ? `~${wires}` : `~(${wires})`];
  if (width === undefined) return [inverted, ["stuck at 0", "0"]];
  const cases: [string, string][] = [inverted, ["stuck at 0", `{${width}{1'b0}}`], ["stuck at 1", `{${width}{1'b1}}`]];
  if (width > 1) {
    cases.push(["off by one", `${wires} + {{${width - 1}{1'b0}}, 1'b1}`]);
    if (/^\w+$/.test(wires)) cases.push(["turned by a bit", `{${wires}[0], ${wires}[${width - 1}:1]}`]);
  }
  // What it is already is no fault.
  return cases.filter(
    ([, by]) => !/^\d/.test(wires) || constantOf(by) === undefined || constantOf(by) !== constantOf(wires),
  );
}

/** A constant's value as far as a fault can be one: 0, or all ones. */
function constantOf(wires: string): "0" | "1" | undefined {
  const [, width, digits] = /^(\d+)'[bd]?(\d+)$/.exec(wires) ?? [];
  if (digits !== undefined) return Number(digits) === 0 ? "0" : width === "1" ? "1" : undefined;
  return /^\{\d+\{1'b([01])\}\}$/.exec(wires)?.[1] as "0" | "1" | undefined;
}

/**
 * All single faults of the wiring in the text of `rtl/NAME.v` or of a layer's module. Left out is what changes nothing: a
 * tlast that nobody reads, a tready that is stuck at 1 where the reader is never full, and one more that is rounded away.
 */
export function wiringChanges(g: HwGraph, text: string, directions: Directions): Change[] {
  const widths = new Map(g.streams.map((s) => [s.name, s.lanes * s.laneBits]));
  const declared = declaredIn(text);
  const compared = new Set(watched(g).map((s) => `${s.name}_tlast`));
  const all = connections(g.name, text);
  const changes: Change[] = [];
  const layers = new Set(g.blocks.map((b) => b.module));
  const isCell = ({ cell }: Connection) => !layers.has(`${g.name}_${cell}`);
  const directionOf = ({ cell, port, signal }: Connection) =>
    directions.get(`${g.name}_${cell}`)?.get(port + (signal && `_${signal}`));
  /** Whether a cell does anything else with a tlast than to hand it on to where nobody reads it. */
  const looksAt = (c: Connection): boolean => {
    if (!isCell(c) || unread[c.cell]?.includes(c.port)) return false;
    const given = all.filter((o) => o.instance === c.instance && o.signal === "tlast" && directionOf(o) === "output");
    return given.length === 0 || given.some(isRead);
  };
  // In a layer's module the wires of a stream have no name of the layer; what leaves it is read outside.
  const own = /^module \w+/m.exec(text)![0].slice(`module ${g.name}_`.length);
  const isRead = (c: Connection): boolean =>
    compared.has(c.wires) ||
    compared.has(`${own}_${c.wires}`) ||
    /^m\d*_axis_tlast$/.test(c.wires) ||
    all.some((r) => r !== c && r.wires === c.wires && r.signal === "tlast" && (!isCell(r) || looksAt(r)));
  const seesNothing = ({ cell }: Connection) => {
    const block = g.blocks.find((b) => b.module === `${g.name}_${cell}`);
    const enters = block?.instances.filter((i) =>
      i.ports.some((p) => p.direction === "in" && p.streams.some((s) => block.inputs.some((b) => b.name === s.name))),
    );
    return tolerant.has(cell) || !!enters?.some((i) => tolerant.has(i.cell));
  };
  /** Whether anything looks at a connection that is no AXI4-Stream's. */
  const seen = (c: Connection): boolean => {
    const without = unreadWithout[`${c.cell}.${c.port}`];
    if (without && !without.test(c.parameters)) return false;
    // Of several ports the first one counts for all: what the others count nobody reads.
    if (c.port === "starved" && all.some((o) => o.instance === c.instance && o.wires.startsWith("unused_")))
      return false;
    return !c.wires.startsWith("unused_") && !(directionOf(c) === "output" && isUnused(text, c.wires));
  };
  for (const c of all) {
    const put = (what: string, by: string) =>
      changes.push({ from: c.from, to: c.to, by, what: `${c.cell}.${c.port}${c.signal && "_"}${c.signal} ${what}` });
    const isInput = directionOf(c) === "input";
    if (c.port === "rst" || c.port === "clk") put("stuck at 0", "1'b0");
    else if (!isStream(c) && seen(c)) {
      if (!isInput) put("open", "");
      else
        for (const [what, by] of wrong(c.wires, bitsOf(c.wires, declared)))
          if (what !== "off by one" || !tolerant.has(c.cell)) put(what, /base$/.test(c.port) ? nextPage(what, by) : by);
    }
    if (!isStream(c)) continue;
    const last = c.signal === "tlast";
    // Whether a layer's module reads it is seen at the cells inside.
    if (last && isInput && !looksAt(c)) continue;
    if (!isInput) {
      const readers = all.filter((r) => r !== c && r.wires === c.wires && r.signal === "tlast");
      if (!last || compared.has(c.wires) || readers.some(looksAt)) put("open", "");
      continue;
    }
    if (/[{}]/.test(c.wires)) continue;
    const width = c.signal === "tdata" ? (declared.get(c.wires) ?? widths.get(c.wires.replace(/_tdata$/, ""))) : 1;
    if (width === undefined) continue;
    for (const [what, by] of wrong(c.wires, width))
      if (!(c.signal === "tready" && what === "stuck at 1") && !(what === "off by one" && seesNothing(c)))
        put(what, by);
    // A connection in another's place: the same port of a neighbour, or the other handshake of the same port.
    const others = all.filter(
      (o) =>
        o.from > c.from && o.instance === c.instance && o.wires !== c.wires && (!/tlast/.test(o.signal) || looksAt(o)),
    );
    for (const o of others) {
      const alike = o.signal === c.signal && c.signal === "tdata" && o.port !== c.port && /^s/.test(o.port);
      const pair = o.port === c.port && c.signal === "tvalid" && o.signal === "tlast";
      if (!(alike || pair) || (alike && declared.get(o.wires) !== declared.get(c.wires))) continue;
      const between = text.slice(c.to, o.from);
      changes.push({
        ...{ from: c.from, to: o.to, by: o.wires + between + c.wires },
        parts: [
          { from: c.from, to: c.to, by: o.wires },
          { from: o.from, to: o.to, by: c.wires },
        ],
        what: `${c.cell}: ${c.port}_${c.signal} and ${o.port}_${o.signal} swapped`,
      });
    }
  }
  // The ports of the accelerator, and what is made of wires beside the instances.
  for (const m of text.matchAll(/^ {4}assign (\w+) = (.*);$/gm)) {
    const [whole, target, value] = m as unknown as [string, string, string];
    const signal = /_t(data|valid|ready|last)$/.exec(target)?.[1];
    // The input's tlast is no promise.
    if (signal === "last" && value.startsWith("s_axis")) continue;
    const from = m.index + whole.length - 1 - value.length;
    for (const [what, by] of [
      ["inverted", `~(${value})`],
      ["stuck at 0", "0"],
      ["off by one", `(${value}) + 1'b1`],
    ] as const)
      if ((what !== "off by one" || signal === "data") && !(what === "stuck at 0" && constantOf(value) === "0"))
        changes.push({ from, to: from + value.length, by, what: `${target} ${what}` });
  }
  return changes;
}
