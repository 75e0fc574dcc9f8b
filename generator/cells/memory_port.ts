// Cells whose memory with fixed contents is replaced by a port: the same text of templates/, but for its memory. What
// holds the words stands beside them (weight_ram).
import type { StreamCell } from "./define.ts";

/** Cells that have such a variant: what the memory's port is made of, in the cell's parameters. */
const ports: Readonly<Record<string, { readonly rows: string; readonly bits: string }>> = {
  axis_sad: { rows: "SF*NF", bits: "PE*SIMD*W_BITS" },
  axis_mac: { rows: "SF*NF", bits: "PE*SIMD*W_BITS" },
  axis_requant: {
    rows: "BEATS",
    bits: "LANES*((NEG != 0) ? 2 : 1)*(B_BITS + ((MODE == 0) ? M_BITS : ((MODE == 2) ? 2 : 1)*(EXP_BITS + 2)))",
  },
};

/** Name of the variant of a cell. */
const withPort = (module: string): string => `${module}_mem`;

/** What else a cell has for fixed contents alone. */
const without: Readonly<Record<string, readonly [RegExp, (...groups: string[]) => string][]>> = {
  axis_sad: [
    [/^ +parameter integer TABLE .*\n/, () => ""],
    [/^( +localparam integer D_BITS .*\n)/, (line) => `    localparam integer TABLE    = 0;\n${line}`],
    [/^ +if \(TABLE < 0.*\n.*\n/, () => ""],
    [/^ +generate\n +if \(TABLE != 0\)[\s\S]*?endgenerate\n/, () => "    assign w_first = w_q1;\n"],
    [/^(\/\/ Weights .*unsigned\.) TABLE=1: [\s\S]*?\n(?=\/\/ \w)/, (_, kept) => `${kept}\n`],
  ],
};

/** Replaces what stands exactly once in a text. */
function once(text: string, pattern: RegExp, by: (...groups: string[]) => string): string {
  const found = text.match(new RegExp(pattern, "gm"))?.length ?? 0;
  if (found !== 1) throw new Error(`${pattern} stands ${found} times in the text of a cell with a memory port`);
  return text.replace(new RegExp(pattern, "m"), by);
}

/**
 * Verilog of the variant: in place of MEM_FILE and MEM_STYLE it has the ports mem_row, the row that is read in this
 * clock, and mem_word, the word of the row of the clock before. Clock for clock it does what the cell itself does.
 */
function variant(text: string, module: string): string {
  const { rows, bits } = ports[module]!;
  const steps: [RegExp, (...groups: string[]) => string][] = [
    [new RegExp(`^module ${module} #`), () => `module ${withPort(module)} #`],
    [new RegExp(`^// ${module} - (.*)$`), (_, what) => `// ${withPort(module)} - ${what}; the memory is outside`],
    [
      /^ +parameter (integer .*),( +\/\/.*)\n +parameter +MEM_FILE .*\n +parameter +MEM_STYLE .*\n/,
      (_, last, note) => `    parameter ${last} ${note}\n`,
    ],
    [/^ +localparam unused_style = .*\n/, () => ""],
    [/^ +\(\* rom_style = MEM_STYLE.*\n +reg .*\n +initial if \(MEM_FILE .*\n/, () => ""],
    [/^ +reg (\[[^\]]*\]) +(w_q1|row_q1);\n/, (_, range, name) => `    wire ${range} ${name} = mem_word;\n`],
    [/^ +(?:w_q1|row_q1) <= \w+\[row\];\n/, () => ""],
    [
      /^ +input +wire +rst,\n/,
      (line) =>
        [
          line,
          "    // memory: the row that is read in this clock, and the word of the one of the clock before",
          `    output wire [((${rows} > 1) ? $clog2(${rows}) : 1)-1:0] mem_row,`,
          `    input  wire [${bits}-1:0] mem_word,`,
          "",
        ].join("\n"),
    ],
    [/^ +\/\/ -+ fetch\n/, (line) => `${line}    assign mem_row = row;\n`],
    ...(without[module] ?? []),
  ];
  return steps.reduce((out, [pattern, by]) => once(out, pattern, by), text).replace(/MEM_FILE/g, "the memory outside");
}

/** Texts of the variants of the cells among `sources`, by module. */
export const memoryPortTexts = (sources: ReadonlyMap<string, string>): [string, string][] =>
  Object.keys(ports).flatMap((module) => {
    const text = sources.get(module);
    return text === undefined ? [] : [[withPort(module), variant(text, module)] as [string, string]];
  });

/** Parameters that a cell has for fixed contents alone. */
const FIXED = ["MEM_FILE", "MEM_STYLE", "TABLE"];
const withoutFixed = <T>(of: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(of).filter(([name]) => !FIXED.includes(name)));

/** The variant of a cell as the compiler knows it. */
export function memoryPort(cell: StreamCell): StreamCell {
  const { contents: _, ...rest } = cell;
  return {
    ...rest,
    ...(cell.defaults ? { defaults: withoutFixed(cell.defaults as Record<string, number>) } : {}),
    module: withPort(cell.module),
    params: withoutFixed(cell.params as Record<string, "int" | "file" | "style">),
    like: cell.module,
    structure: (p, contents) => {
      const { memories = [], logic = {}, ...parts } = cell.structure!(p, contents);
      // What is a constant of the cell itself, and so a part of its logic, comes over the port here.
      const { fixed = 0, lanes = 0, ...others } = logic;
      const arithmetic = "lanes" in logic ? { lanes: lanes + fixed, fixed: 0 } : {};
      return { ...parts, logic: { ...others, ...arithmetic }, memories: memories.filter((m) => m.file === undefined) };
    },
  };
}
