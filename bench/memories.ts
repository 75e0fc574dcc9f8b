// What Yosys makes of the memories as the cells write them, under each value of MEM_STYLE, family by family.
//
//   npx tsx bench/memories.ts [--families ice40,ecp5,gowin,xc7] [--rows 4,9,...] [--bits 8,32,...] [--kinds rom,ram]
//                             [--styles auto,block,logic] [--native] [--json]
//
// rom: weights, sums and constants (contents from a file, registered read). ram: line buffers and FIFOs (one port to
// write, one to read, no check of collisions). Contents look random: the most logic that a ROM can take.

import { parseArgs } from "node:util";
import { none, plus } from "../generator/device/flow/netlist.ts";
import { runTool } from "../generator/device/flow/tools.ts";
import { type Cost, FAMILIES, type Family, families } from "../generator/targets/index.ts";

const { values: options } = parseArgs({
  options: {
    families: { type: "string", default: "ice40,ecp5,gowin,xc7" },
    rows: { type: "string", default: "4,9,16,36,64,128,256,512" },
    bits: { type: "string", default: "8,32,128" },
    kinds: { type: "string", default: "rom" },
    styles: { type: "string", default: "auto,block,logic" },
    native: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const numbers = (list: string): number[] => list.split(",").map(Number);

/** Logic above this many bits takes minutes and is nobody's choice. */
const MOST_LOGIC_BITS = 4096;

interface Case {
  readonly kind: string;
  readonly rows: number;
  readonly bits: number;
  readonly style: string;
}

/** Words that look random and are the same on every machine. */
function image(rows: number, bits: number): string {
  let state = 0x2545f491;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  const word = (): string => {
    let w = 0n;
    for (let b = 0; b < bits; b += 32) w = (w << 32n) | BigInt(next());
    return (w & ((1n << BigInt(bits)) - 1n)).toString(16);
  };
  return `${Array.from({ length: rows }, word).join("\n")}\n`;
}

function verilog({ kind, rows, bits, style }: Case, number: number): string {
  const address = Math.max(1, Math.ceil(Math.log2(rows)));
  const count = (name: string, when: string): string => `
  always @(posedge clk) if (rst) ${name} <= 0;
    else if (${when}) ${name} <= (${name} == ${rows - 1}) ? 0 : ${name} + 1;`;
  return kind === "rom"
    ? `module top(input clk, input rst, input step, output reg [${bits - 1}:0] q);
  (* rom_style = "${style}" *) reg [${bits - 1}:0] mem [0:${rows - 1}];
  initial $readmemh("${number}.hex", mem);
  reg [${address - 1}:0] at;${count("at", "step")}
  always @(posedge clk) q <= mem[at];
endmodule\n`
    : `module top(input clk, input rst, input step, input take, input [${bits - 1}:0] d, output reg [${bits - 1}:0] q);
  (* no_rw_check, ram_style = "${style}" *) reg [${bits - 1}:0] mem [0:${rows - 1}];
  reg [${address - 1}:0] at, to;${count("at", "step")}${count("to", "take")}
  always @(posedge clk) if (take) mem[to] <= d;
  always @(posedge clk) if (step) q <= mem[at];
endmodule\n`;
}

/** Cells by name in a report of `stat`; newer versions of Yosys print the number first. */
function costOf(report: string, family: Family): Cost {
  let sum = none;
  const add = (name: string, count: number): void => {
    const one = families[family].cells.find(([pattern]) => pattern.test(name))?.[1] ?? {};
    for (let i = 0; i < count; i++) sum = plus(sum, one);
  };
  for (const [, name, count] of report.matchAll(/^\s+([A-Za-z$]\w*)\s+(\d+)\s*$/gm)) add(name!, Number(count));
  for (const [, count, name] of report.matchAll(/^\s+(\d+)\s+(?:[\d.e+-]+\s+)?([A-Z$]\w*)\s*$/gm))
    add(name!, Number(count));
  return sum;
}

/** All cases in one run of Yosys: the npm package takes longer to start than to synthesize a memory. */
async function measure(family: Family, cases: readonly Case[]): Promise<(Case & { family: Family; cost: Cost })[]> {
  const synth = families[family].synth(false).replace("TOP", "top");
  const files = new Map(
    cases.flatMap((c, i) => [[`${i}.v`, verilog(c, i)] as const, [`${i}.hex`, image(c.rows, c.bits)]]),
  );
  const script = cases.map((_, i) => `design -reset\nread_verilog ${i}.v\n${synth}\nlog CASE ${i}\nstat\n`).join("");
  const run = await runTool("yosys", ["-s", "all.ys"], files.set("all.ys", script), { native: options.native });
  const reports = run.log.split(/^CASE (?=\d+ *$)/m).slice(1);
  if (reports.length !== cases.length) throw new Error(`${reports.length} reports for ${cases.length} memories`);
  return cases.map((c, i) => {
    const report = reports[i]!.slice(reports[i]!.indexOf("=== top"));
    return { ...c, family, cost: costOf(report.split(/^(?:\d+\. |--|Yosys |End of)/m)[0]!, family) };
  });
}

const show = (c: Cost | undefined): string =>
  c === undefined ? "-" : `${c.bram ? `${c.bram} block ` : ""}${c.lut} LUT ${c.ff} FF`;

const found: (Case & { family: Family; cost: Cost })[] = [];
const styles = options.styles.split(",");
for (const name of options.families.split(",")) {
  const family = FAMILIES.find((f) => f === name);
  if (!family) throw new RangeError(`no family ${name}`);
  const cases = options.kinds.split(",").flatMap((kind) =>
    numbers(options.bits).flatMap((bits) =>
      numbers(options.rows).flatMap((rows) =>
        styles
          // A register memory of many words, written at any place, is not worth the minutes either.
          .filter(
            (style) => style !== "logic" || rows * bits <= (kind === "rom" ? MOST_LOGIC_BITS : MOST_LOGIC_BITS / 4),
          )
          .map((style) => ({ kind, rows, bits, style })),
      ),
    ),
  );
  const measured = await measure(family, cases);
  found.push(...measured);
  if (!options.json)
    for (const first of measured.filter((m) => m.style === styles[0])) {
      const same = styles.map((style) =>
        measured.find(
          (m) => m.style === style && m.kind === first.kind && m.rows === first.rows && m.bits === first.bits,
        ),
      );
      const columns = same.map((m, i) => `${styles[i]}: ${show(m?.cost)}`.padEnd(34));
      console.log(
        `${family.padEnd(6)} ${first.kind} ${first.rows} x ${first.bits}`.padEnd(24),
        columns.join("").trimEnd(),
      );
    }
}
if (options.json) console.log(JSON.stringify(found, undefined, 1));
