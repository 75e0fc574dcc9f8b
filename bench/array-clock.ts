// Clock of one array alone, L1 against multiplying, placed and routed behind and in front of shift registers.
//
//   npx tsx bench/array-clock.ts [--families ice40,ecp5] [--shapes 4x8] [--bits 8,4] [--seeds 1,2,3] [--json]
//
// No DSP blocks; random weights, fold of 36, 4 groups. MHz is the median over the seeds of nextpnr. iCE40 (HX8K) comes
// from npm; ECP5 (LFE5U-85F) is left out where nextpnr-ecp5 is not installed.
import { parseArgs } from "node:util";
import { withSubcells } from "../generator/cells/closure.ts";
import { cellSources } from "../generator/cli/files.ts";
import { readTiming } from "../generator/device/flow/timing.ts";
import { hasTool, runTool } from "../generator/device/flow/tools.ts";
import { families, l1For } from "../generator/targets/families.ts";
import type { Family } from "../generator/targets/index.ts";
import { Rand } from "../testbench/lib/index.ts";
import { median, shapeOf } from "./shared.ts";

const sources = cellSources();

const SF = 36;
const NF = 4;

const { values: options } = parseArgs({
  options: {
    families: { type: "string", default: "ice40,ecp5" },
    shapes: { type: "string", default: "4x8" },
    bits: { type: "string", default: "8,4" },
    seeds: { type: "string", default: "1,2,3" },
    json: { type: "boolean", default: false },
  },
});

interface Placed {
  readonly family: Family;
  readonly pe: number;
  readonly simd: number;
  readonly bits: number;
}

const placers: Partial<Record<Family, { readonly tool: string; readonly args: readonly string[] }>> = {
  ice40: { tool: "nextpnr-ice40", args: ["--hx8k", "--package", "ct256"] },
  ecp5: { tool: "nextpnr-ecp5", args: ["--85k", "--package", "CABGA381", "--lpf-allow-unconstrained"] },
};

/** The array between two shift registers: few pins, and no path through them. */
function bench(cell: "axis_sad" | "axis_mac", { family, pe, simd, bits }: Placed): ReadonlyMap<string, string> {
  const kernel = cell === "axis_sad" ? l1For(families[family].l1, pe, simd, false) : 0;
  const top = cell === "axis_sad" ? (1 + kernel) * (2 ** bits - 1) : (2 ** bits - 1) * 2 ** (bits - 1);
  const acc = Math.ceil(Math.log2(top * simd * SF + 1)) + (cell === "axis_mac" ? 1 : 0);
  const own = cell === "axis_sad" ? `, .L1(${kernel})` : "";
  const rand = new Rand(bits);
  const digits = Math.ceil((pe * simd * bits) / 4);
  const row = () => Array.from({ length: digits }, () => rand.int(0, 15).toString(16)).join("");
  const verilog = `
module top (input wire clk, input wire rst, input wire din, input wire valid, input wire ready, output wire dout);
    reg [${simd * bits}-1:0] x;
    reg [${pe * acc}-1:0] y;
    reg v, r, s;
    wire [${pe * acc}-1:0] sum;
    wire taken, given, last;
    always @(posedge clk) begin
        x <= {x[${simd * bits}-2:0], din};
        {v, r, s} <= {valid, ready, rst};
        y <= given ? sum : {1'b0, y[${pe * acc}-1:1]};
    end
    assign dout = y[0] ^ taken ^ last;
    ${cell} #(.SIMD(${simd}), .PE(${pe}), .SF(${SF}), .NF(${NF}), .X_BITS(${bits}), .W_BITS(${bits}), .ACC_BITS(${acc}),
        .MEM_FILE("weights.hex")${own}) array (.clk(clk), .rst(s), .s_axis_tdata(x), .s_axis_tvalid(v),
        .s_axis_tready(taken), .s_axis_tlast(1'b0), .m_axis_tdata(sum), .m_axis_tvalid(given), .m_axis_tready(r),
        .m_axis_tlast(last));
endmodule
`;
  return new Map([
    ["top.v", verilog],
    ...withSubcells([cell], sources).map((c) => [`${c}.v`, sources.get(c)!] as const),
    ["weights.hex", `${Array.from({ length: SF * NF }, row).join("\n")}\n`],
  ]);
}

async function clockOf(cell: "axis_sad" | "axis_mac", array: Placed, seeds: readonly string[]): Promise<number> {
  const { tool, args } = placers[array.family]!;
  const verilog = ["top", ...withSubcells([cell], sources)].map((c) => `${c}.v`).join(" ");
  const script = `read_verilog ${verilog}\n${families[array.family].synth(false).replaceAll("TOP", "top")}\nwrite_json top.json\n`;
  const netlist = await runTool("yosys", ["-s", "s.ys"], new Map([...bench(cell, array), ["s.ys", script]]), {});
  const clocks: number[] = [];
  for (const seed of seeds) {
    const all = [...args, "--json", "top.json", "--report", "timing.json", "--seed", seed, "--freq", "200"];
    const given = new Map([["top.json", netlist.files.get("top.json")!]]);
    const placed = await runTool(tool, [...all, "--timing-allow-fail"], given, {});
    clocks.push(readTiming(new TextDecoder().decode(placed.files.get("timing.json")), () => undefined).MHz!);
  }
  return median(clocks);
}

const rows: (Placed & { readonly L1: number; readonly products: number })[] = [];
if (!options.json) console.log("family  PE x SIMD  bits  L1 MHz  products MHz  higher");
for (const family of options.families.split(",") as Family[]) {
  const placer = placers[family];
  if (!placer) throw new RangeError(`no placer for ${family}; there are ${Object.keys(placers).join(", ")}`);
  if (!hasTool(placer.tool)) {
    console.error(`${family} left out: ${placer.tool} is not installed`);
    continue;
  }
  for (const shape of options.shapes.split(","))
    for (const bits of options.bits.split(",").map(Number)) {
      if (!(bits >= 1 && bits <= 16)) throw new RangeError(`${bits} bits: 1 to 16 are possible`);
      const { PE: pe, SIMD: simd } = shapeOf(shape);
      const array = { family, pe, simd, bits };
      const seeds = options.seeds.split(",");
      const L1 = await clockOf("axis_sad", array, seeds);
      const products = await clockOf("axis_mac", array, seeds);
      rows.push({ ...array, L1, products });
      if (!options.json)
        console.log(
          [family.padEnd(6), shape.padEnd(9), String(bits).padStart(4), L1.toFixed(1).padStart(6)].join("  ") +
            `${products.toFixed(1).padStart(14)}  ${((L1 / products - 1) * 100).toFixed(0).padStart(4)} %`,
        );
    }
}
if (options.json) console.log(JSON.stringify({ SF, rows }, undefined, 2));
