// Single faults in the wiring of an emitted top: connections that are swapped, open, inverted or off by one.
import type { HwGraph } from "../../generator/ir/hardware.ts";

export interface Mutant {
  /** From 1. */
  readonly line: number;
  readonly what: string;
  readonly before: string;
  readonly after: string;
  /** The whole file with the fault. */
  readonly text: string;
}

/** Inputs whose tlast is not looked at, by the cells' headers: a fault there changes nothing. */
const unread: Readonly<Record<string, readonly string[]>> = {
  axis_window: ["s_axis"],
  axis_taps: ["s_axis"],
  axis_argmax: ["s_axis"],
  axis_last: ["s_axis"],
  axis_concat: ["s0_axis"],
  axis_add: ["s1_axis"],
};

/** Faults of one connection; `width` of the wire. */
function faultsOf(port: string, wire: string, width: number): [what: string, expression: string][] {
  if (port.endsWith("_tready")) return [["open", ""]];
  const cases: [string, string][] = [
    ["inverted", `~${wire}`],
    ["stuck at 0", `{${width}{1'b0}}`],
    ["stuck at 1", `{${width}{1'b1}}`],
  ];
  if (port.endsWith("_tdata")) {
    cases.push(["off by one", `${wire} + {{${width - 1}{1'b0}}, 1'b1}`.replace("{{0{1'b0}}, 1'b1}", "1'b1")]);
    if (width > 1) cases.push(["turned by a bit", `{${wire}[0], ${wire}[${width - 1}:1]}`]);
  }
  return cases;
}

/** All single faults of the wiring in the text of `rtl/NAME.v`. Forks with several readers share one payload. */
export function wiringMutants(g: HwGraph, text: string): Mutant[] {
  const widths = new Map(g.streams.map((s) => [s.name, s.lanes * s.laneBits]));
  const lines = text.split("\n");
  const mutants: Mutant[] = [];
  const put = (i: number, what: string, after: string) => {
    if (after === lines[i]) return;
    const changed = [...lines];
    changed[i] = after;
    mutants.push({ line: i + 1, what, before: lines[i]!.trim(), after: after.trim(), text: changed.join("\n") });
  };
  let cell = "";
  for (const [i, line] of lines.entries()) {
    const made = new RegExp(`^ {4}${g.name}_(\\w+) #\\(`).exec(line);
    if (made) cell = made[1]!;
    if (/^ {4}\);/.test(line)) cell = "";
    // Connections of inputs: an instance's output is another one's input.
    if (cell)
      for (const m of line.matchAll(/\.(s\d?_axis)_(tdata|tvalid|tlast)\((\w+)\)/g)) {
        const [all, port, signal, wire] = m as unknown as [string, string, string, string];
        // Whether a layer's module reads it is seen at the cells inside.
        if (signal === "tlast" && (!cell.startsWith("axis_") || unread[cell]?.includes(port))) continue;
        // A FIFO in front of a join brings along what the join does not read.
        if (signal === "tlast" && cell === "axis_fifo") continue;
        const width = signal === "tdata" ? widths.get(wire.replace(/_tdata$/, "")) : 1;
        if (width === undefined) continue;
        for (const [what, e] of faultsOf(`${port}_${signal}`, wire, width))
          put(i, `${cell}.${port}_${signal} ${what}`, line.replace(all, `.${port}_${signal}(${e})`));
      }
    // Two inputs of a join in each other's place.
    const join = /\.s0_axis_tdata\((\w+)_tdata\)/.exec(line);
    const other = /\.s1_axis_tdata\((\w+)_tdata\)/.exec(lines.slice(i, i + 6).join(" "));
    if (join && other && widths.get(join[1]!) === widths.get(other[1]!)) {
      const [a, b] = [join[1]!, other[1]!];
      const from = lines.slice(i, i + 6);
      const end = from.findIndex((l) => l.includes(".m_axis"));
      const swapped = from
        .slice(0, end < 0 ? 1 : end)
        .map((l) => l.replaceAll(`(${a}_`, "(\0_").replaceAll(`(${b}_`, `(${a}_`).replaceAll("(\0_", `(${b}_`));
      const changed = [...lines];
      changed.splice(i, swapped.length, ...swapped);
      mutants.push({
        line: i + 1,
        what: "inputs of a join swapped",
        before: `${a}, ${b}`,
        after: `${b}, ${a}`,
        text: changed.join("\n"),
      });
    }
    // The ports of the accelerator.
    const assign = /^ {4}assign (\w+_t(data|valid|ready|last)) = (.*);$/.exec(line);
    if (
      assign &&
      (assign[1]!.startsWith("m_axis") || assign[3]!.startsWith("s_axis") || assign[1]!.startsWith("s_axis"))
    ) {
      const [, target, signal, value] = assign;
      // The input's tlast is no promise.
      if (signal === "last" && value!.startsWith("s_axis")) continue;
      for (const [what, e] of [
        ["inverted", `~(${value})`],
        ["stuck at 0", "0"],
        ["off by one", `(${value}) + 1'b1`],
      ] as const)
        if (what !== "off by one" || signal === "data") put(i, `${target} ${what}`, `    assign ${target} = ${e};`);
    }
  }
  return mutants;
}
