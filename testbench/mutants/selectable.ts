// All faults of a design's wiring in one design, in which a number chooses one: one model, or one netlist, shows them all.
import type { Mutant } from "./mutant.ts";
import { bitsOf, declaredIn } from "./wiring.ts";

/** Bits of the number, 0 of which is no fault. */
const BITS = 16;

interface Design {
  readonly hardware: { readonly name: string };
  readonly files: ReadonlyMap<string, string>;
}

export interface Selectable {
  /** The files of the design with all faults in it. */
  readonly files: ReadonlyMap<string, string>;
  /** Each mutant's number. */
  readonly numbers: ReadonlyMap<Mutant, number>;
}

/**
 * @param mutants of the wiring of `d`
 * @param number where the top has the number from: a port `fault`, or a file that it reads as it starts (its path)
 */
export function selectable(
  d: Design,
  mutants: readonly Mutant[],
  number: "port" | { readonly file: string },
): Selectable {
  const numbers = new Map(mutants.map((m, i) => [m, i + 1]));
  if (mutants.length >= 2 ** BITS) throw new Error(`${mutants.length} faults do not fit ${BITS} bits`);
  const top = `rtl/${d.hardware.name}.v`;
  const paths = [...new Set([top, ...mutants.map((m) => m.file.replace(/^.*: /, ""))])];
  const modules = paths.filter((p) => p !== top).map((p) => p.replace(/^rtl\/|\.v$/g, ""));
  const files = new Map(d.files);
  for (const path of paths) {
    const own = mutants.filter((m) => m.file.endsWith(`: ${path}`));
    let text = withFaults(d.files.get(path)!, own, numbers);
    // The modules of layers have the number from the top.
    for (const m of modules)
      text = text.replace(new RegExp(`^ {4}${m} (?:#\\([^;]*?\\) )?u_\\w+ \\(`, "gm"), "$&\n        .fault(fault),");
    const port = `    input  wire [${BITS - 1}:0]    fault,\n`;
    if (path !== top || number === "port") text = text.replace(/^ {4}input {2}wire {11}clk,$/m, `${port}$&`);
    else text = text.replace(/^\);$/m, `$&\n${reads(number.file)}    wire [${BITS - 1}:0] fault = fault_read[0];`);
    files.set(path, text);
  }
  return { files, numbers };
}

const reads = (file: string) =>
  `    reg [${BITS - 1}:0] fault_read [0:0];\n    initial $readmemh("${file}", fault_read);\n`;

/** A module around a top with the port `fault`, which reads the number from a file as it starts, and its name. */
export function around(text: string, file: string): { readonly top: string; readonly text: string } {
  const [, name, list] = /^module (\w+) (?:#\([^;]*?\n\) )?\(\n([^;]*?)\n\);/m.exec(text)!;
  const top = `${name}_around`;
  const lines = list!.split("\n").filter((l) => !/\bfault,/.test(l));
  const ports = lines.flatMap((l) => /(\w+),?$/.exec(l)?.[1] ?? []);
  const pins = [...ports.map((p) => `.${p}(${p})`), ".fault(fault_read[0])"].join(", ");
  return {
    top,
    text: `module ${top} (\n${lines.join("\n")}\n);\n${reads(file)}    ${name} u_top (${pins});\nendmodule\n`,
  };
}

/** The text of a module with a choice in each place that a mutant changes. */
function withFaults(text: string, mutants: readonly Mutant[], numbers: ReadonlyMap<Mutant, number>): string {
  const declared = declaredIn(text);
  const places = new Map<string, { from: number; to: number; choices: { n: number; by: string }[] }>();
  for (const m of mutants)
    for (const { from, to, by } of m.parts) {
      const key = `${from} ${to}`;
      const place = places.get(key) ?? { from, to, choices: [] };
      places.set(key, place);
      place.choices.push({ n: numbers.get(m)!, by });
    }
  const edits: { from: number; to: number; by: string }[] = [];
  for (const { from, to, choices } of places.values()) {
    const right = text.slice(from, to);
    const chosen = (of: (by: string) => string, otherwise: string) =>
      choices.reduceRight((rest, { n, by }) => `(fault == ${BITS}'d${n}) ? (${of(by)}) : ${rest}`, otherwise);
    if (choices.every(({ by }) => by !== "")) {
      edits.push({ from, to, by: chosen((by) => by, right) });
      continue;
    }
    // An output that is open: what nobody drives has no value in Icarus, and is 0 in Verilator.
    const wires = /^\{?(\w+(?:\[[^\]]+\])?(?:, \w+)*)\}?$/.exec(right)?.[1];
    if (choices.length > 1 || wires === undefined) throw new Error(`${right} cannot be open`);
    const w = wires.split(", ").reduce((n, name) => n + bitsOf(name, declared)!, 0);
    const wire = `fault_${choices[0]!.n}_open`;
    const at = [...text.slice(0, from).matchAll(/^ {4}\w+ (?:#\(|u_\w+ \()/gm)].at(-1)!.index;
    edits.push({ from, to, by: wire });
    edits.push({
      ...{ from: at, to: at },
      by: `    wire [${w - 1}:0] ${wire};\n    assign ${right} = ${chosen(() => `{${w}{\`FAULT_OPEN}}`, wire)};\n`,
    });
  }
  // Of edits in the same place the order is that of the list.
  edits.sort((a, b) => b.from - a.from);
  const changed = edits.reduce((t, { from, to, by }) => t.slice(0, from) + by + t.slice(to), text);
  return `\`ifdef VERILATOR\n\`define FAULT_OPEN 1'b0\n\`else\n\`define FAULT_OPEN 1'bz\n\`endif\n${changed}`;
}
