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
  // A FIFO in front of a join brings along what the join does not read.
  axis_fifo: ["s_axis"],
};

/** Cells that may not see that values are one more: the largest stays the largest, and a rounding takes it away. */
const tolerant = new Set(["axis_argmax", "axis_requant", "axis_requant_serial", "axis_table"]);

/** One connection of an instance. */
interface Connection {
  /** The cell, or the layer's module, without the network's prefix. */
  readonly cell: string;
  readonly instance: number;
  readonly port: string;
  readonly signal: string;
  readonly wires: string;
  /** Of `wires` in the text. */
  readonly from: number;
  readonly to: number;
}

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
      found.push({ cell: m[1]!, instance, port, signal, wires, from, to: from + wires.length });
    }
  }
  return found;
}

/** Expressions that stand for a value of `width` bits. */
function wrong(wires: string, width: number, data: boolean): [what: string, expression: string][] {
  const cases: [string, string][] = [
    ["inverted", `~${wires}`],
    ["stuck at 0", `{${width}{1'b0}}`],
    ["stuck at 1", `{${width}{1'b1}}`],
  ];
  if (data) {
    cases.push(["off by one", width > 1 ? `${wires} + {{${width - 1}{1'b0}}, 1'b1}` : `${wires} + 1'b1`]);
    if (width > 1) cases.push(["turned by a bit", `{${wires}[0], ${wires}[${width - 1}:1]}`]);
  }
  return cases;
}

/**
 * All single faults of the wiring in the text of `rtl/NAME.v` or of a layer's module. Left out is what changes nothing: a
 * tlast that nobody reads, a tready that is stuck at 1 where the reader is never full, and one more that is rounded away.
 */
export function wiringChanges(g: HwGraph, text: string): Change[] {
  const widths = new Map(g.streams.map((s) => [s.name, s.lanes * s.laneBits]));
  const declared = new Map(
    [...text.matchAll(/\bwire \[(\d+):0\]\s+(\w+)[;,\n]/g)].map((m) => [m[2]!, Number(m[1]) + 1]),
  );
  const compared = new Set(watched(g).map((s) => `${s.name}_tlast`));
  const all = connections(g.name, text);
  const changes: Change[] = [];
  const looksAt = (c: Connection) => c.cell.startsWith("axis_") && !unread[c.cell]?.includes(c.port);
  const seesNothing = ({ cell }: Connection) => {
    const block = g.blocks.find((b) => b.module === `${g.name}_${cell}`);
    const enters = block?.instances.filter((i) =>
      i.ports.some((p) => p.direction === "in" && p.streams.some((s) => block.inputs.some((b) => b.name === s.name))),
    );
    return tolerant.has(cell) || !!enters?.some((i) => tolerant.has(i.cell));
  };
  for (const c of all) {
    const put = (what: string, by: string) =>
      changes.push({ from: c.from, to: c.to, by, what: `${c.cell}.${c.port}${c.signal && "_"}${c.signal} ${what}` });
    if (c.port === "rst") put("stuck at 0", "1'b0");
    else if (c.port === "clk") put("stuck at 0", "1'b0");
    if (c.signal === "") continue;
    const isInput = /^s\d?_axis$/.test(c.port) !== (c.signal === "tready");
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
    for (const [what, by] of wrong(c.wires, width, c.signal === "tdata"))
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
  // The ports of the accelerator.
  for (const m of text.matchAll(/^ {4}assign (\w+_t(data|valid|ready|last)) = (.*);$/gm)) {
    const [whole, target, signal, value] = m as unknown as [string, string, string, string];
    if (!target.startsWith("m_axis") && !value.startsWith("s_axis") && !target.startsWith("s_axis")) continue;
    // The input's tlast is no promise.
    if (signal === "last" && value.startsWith("s_axis")) continue;
    const from = m.index + whole.length - 1 - value.length;
    for (const [what, by] of [
      ["inverted", `~(${value})`],
      ["stuck at 0", "0"],
      ["off by one", `(${value}) + 1'b1`],
    ] as const)
      if (what !== "off by one" || signal === "data")
        changes.push({ from, to: from + value.length, by, what: `${target} ${what}` });
  }
  return changes;
}
