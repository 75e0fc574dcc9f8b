// Logic of one lane of the difference array, against the plain writings, for three FPGA families.
//
//   npx tsx bench/l1-array.ts [--bits 8,4] [--families xc7,ice40,ecp5] [--shapes 8x16] [--kernels] [--yosys PATH]
//                             [--yowasp PACKAGE] [--json]
//
// --kernels leaves the plain writings out: which of the two kernels is smaller for a shape, PE x SIMD.
// The shared sum of xc7 has adders of three numbers, as the compiler builds it there.
// An array of 8 PE x 16 SIMD, or of another shape, with trees, accumulators, handshake and output FIFO is synthesized without DSP blocks.
// The weight memories are taken out (a port stands for them) in all variants. LUT: every lookup table and inverter,
// ECP5 two for a CCU2C; LUT memories count as the tables they occupy.

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { withSubcells } from "../generator/cells/closure.ts";
import { cellSources } from "../generator/cli/files.ts";
import { type Shape, shapeOf } from "./shared.ts";

const root = join(import.meta.dirname, "..");
const sources = cellSources();
const SF = 36;

const { values: options } = parseArgs({
  options: {
    bits: { type: "string", default: "8,4" },
    families: { type: "string", default: "xc7,ice40,ecp5" },
    shapes: { type: "string", default: "8x16" },
    kernels: { type: "boolean", default: false },
    yosys: { type: "string", default: "yosys" },
    yowasp: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

const synthesis: Record<string, string> = {
  xc7: "synth_xilinx -nodsp -noiopad -family xc7",
  ice40: "synth_ice40",
  ecp5: "synth_ecp5 -nodsp",
  gowin: "synth_gowin",
  nexus: "synth_nexus -nodsp",
  intel: "synth_intel_alm -family cyclonev -nodsp",
};

/** Tables that a cell takes. */
const tables: readonly [RegExp, number][] = [
  [/^(LUT[1-6]|LUT6_2|SB_LUT4|LUT4|INV|SRL16E|ALU|MISTRAL_(ALUT\w+|MLAB))$/, 1],
  [/^(RAM32X1D|RAM64X1D|CCU2C?|SRLC32E|WIDEFN9)$/, 2],
  [/^(RAM32M|RAM64M|TRELLIS_DPR16X4|DPR16X4|RAM16SDP4)$/, 4],
];
const weight = (cell: string): number => tables.find(([name]) => name.test(cell))?.[1] ?? 0;

const variants = ["signed tree", "shared sum", "two subtractors", "multiplier"] as const;
type Variant = (typeof variants)[number];

function replaceOnce(text: string, from: string, to: string): string {
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`"${from}" stands ${parts.length - 1} times in the cell`);
  return parts.join(to);
}

/** The cell with a port in place of its memory. */
function withoutMemory(): string {
  let text = readFileSync(join(root, "templates", "axis_sad.v"), "utf8");
  text = text.replace(/input {2}wire +(?=clk,)/, "input wire [PE*SIMD*W_BITS-1:0] weight_port,\n    input  wire ");
  const parts = withSubcells(["axis_sad"], sources).filter((c) => c !== "axis_sad");
  return [
    replaceOnce(text, "w_q1 <= weights[row];", "w_q1 <= weight_port;"),
    ...parts.map((c) => sources.get(c)!),
  ].join("\n");
}

type RunYosys = (
  args: string[],
  files: Record<string, string>,
  options: { stdout: (bytes: Uint8Array | null) => void; stderr: (bytes: Uint8Array | null) => void },
) => Promise<unknown>;

async function yosys(script: string, text: string): Promise<string> {
  if (options.yowasp !== undefined) {
    const { runYosys } = (await import(options.yowasp)) as { runYosys: RunYosys };
    const chunks: Uint8Array[] = [];
    const stdout = (bytes: Uint8Array | null): void => {
      if (bytes) chunks.push(bytes.slice());
    };
    await runYosys(["-p", script], { "array.v": text }, { stdout, stderr: () => {} });
    return Buffer.concat(chunks).toString();
  }
  const cwd = mkdtempSync(join(tmpdir(), "l1-array-"));
  try {
    writeFileSync(join(cwd, "array.v"), text);
    const { stdout } = await promisify(execFile)(options.yosys, ["-p", script], { cwd, maxBuffer: 1 << 28 });
    return stdout;
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** Cells by name, from the last report of `stat`; newer versions of Yosys print the number first. */
function cellsOf(log: string): Map<string, number> {
  const report = log.slice(log.lastIndexOf("=== "));
  const cells = new Map<string, number>();
  for (const [, name, count] of report.matchAll(/^\s+([A-Z$]\w*)\s+(\d+)\s*$/gm)) cells.set(name!, Number(count));
  for (const [, count, name] of report.matchAll(/^\s+(\d+)\s+(?:[\d.e+-]+\s+)?([A-Z$]\w*)\s*$/gm))
    cells.set(name!, Number(count));
  return cells;
}

async function measure(family: string, { PE, SIMD }: Shape, bits: number, variant: Variant): Promise<number> {
  const largest = variant === "multiplier" ? (2 ** bits - 1) ** 2 : 2 ** bits - 1;
  // The shared sum has the weights in it.
  const terms = SIMD * SF * (variant === "shared sum" ? 2 : 1);
  const ACC_BITS = Math.ceil(Math.log2(largest * terms + 1));
  const plain = variant === "two subtractors" || variant === "multiplier";
  const top = plain ? "plain_array" : "axis_sad";
  const parameters = plain
    ? { SIMD, PE, SF, BITS: bits, ACC_BITS, KIND: variant === "multiplier" ? 1 : 0 }
    : {
        SIMD,
        PE,
        SF,
        NF: 16,
        X_BITS: bits,
        W_BITS: bits,
        ACC_BITS,
        L1: variant === "shared sum" ? 1 : 0,
        // As the compiler builds it for this family.
        TERNARY: variant === "shared sum" && family === "xc7" ? 1 : 0,
      };
  const text = plain ? readFileSync(join(root, "bench", "rtl", "plain_array.v"), "utf8") : withoutMemory();
  const chparam = Object.entries(parameters).map(([name, value]) => `-chparam ${name} ${value}`);
  const script = [
    "read_verilog -DTERNARY_PRIMITIVES array.v",
    `hierarchy -top ${top} ${chparam.join(" ")}`,
    `${synthesis[family]} -top ${top}`,
    "stat",
  ].join("; ");
  let luts = 0;
  for (const [cell, count] of cellsOf(await yosys(script, text))) luts += count * weight(cell);
  if (luts === 0) throw new Error(`no report of cells for ${family}, ${variant}`);
  return luts / (PE * SIMD);
}

const shown = options.kernels ? variants.slice(0, 2) : variants;
const rows: { family: string; shape: string; bits: number; lut: Partial<Record<Variant, number>> }[] = [];
if (!options.json)
  console.log(
    `LUT a lane, fold ${SF}\n\nfamily  shape   bits  ${shown.join("  ")}${options.kernels ? "  shared/signed" : "  best/plain  best/mul"}`,
  );
for (const family of options.families.split(","))
  for (const shape of options.shapes.split(","))
    for (const bits of options.bits.split(",").map(Number)) {
      if (!synthesis[family] || !(bits >= 1 && bits <= 16)) throw new RangeError(`no family ${family} or ${bits} bits`);
      const lut: Partial<Record<Variant, number>> = {};
      for (const variant of shown) lut[variant] = await measure(family, shapeOf(shape), bits, variant);
      rows.push({ family, shape, bits, lut });
      const best = Math.min(lut["signed tree"]!, lut["shared sum"]!);
      const ratios = options.kernels
        ? [(lut["shared sum"]! / lut["signed tree"]!).toFixed(2).padStart(13)]
        : [(best / lut["two subtractors"]!).toFixed(2).padStart(10), (best / lut.multiplier!).toFixed(2).padStart(8)];
      const columns = [
        family.padEnd(6),
        shape.padEnd(6),
        String(bits).padStart(4),
        ...shown.map((variant) => lut[variant]!.toFixed(2).padStart(variant.length)),
        ...ratios,
      ];
      if (!options.json) console.log(columns.join("  "));
    }
if (options.json) console.log(JSON.stringify({ SF, rows }, undefined, 2));
