// A board with its SDRAM in simulation: a top with both, whose ports are those of the board without the memory's.
import { sdramModel } from "../../testbench/lib/index.ts";
import { sdramClocks } from "../targets/sdram.ts";
import type { Sdram } from "../targets/target.ts";

/** Name of the module that `withMemory` writes. */
export const MEMORY_BENCH = "board_with_memory";

const outputs = ["rule", "violations", "reads", "writes", "activates", "refreshes"] as const;
const controls = ["cke", "cs_n", "ras_n", "cas_n", "we_n"] as const;

/** The device and its wires; `sdram_rule` and so on are outputs of the module around. */
export function memoryItems(s: Sdram, MHz: number): string[] {
  const { CAS, REFRESH, ROW_BITS, COL_BITS, ...times } = sdramClocks(s, MHz);
  const parameters = { ROW_BITS, COL_BITS, CAS_LEAST: CAS, ...times, T_REFI: REFRESH };
  return [
    `    wire        sdram_clk, ${controls.map((c) => `sdram_${c}`).join(", ")};`,
    "    wire [1:0]  sdram_ba, sdram_dqm;",
    `    wire [${ROW_BITS - 1}:0] sdram_a;`,
    "    wire [15:0] sdram_dq;",
    `    sdram_model #(${Object.entries(parameters)
      .map(([k, v]) => `.${k}(${v})`)
      .join(", ")}) u_device (`,
    `        .clk(sdram_clk), ${["cke", "cs_n", "ras_n", "cas_n", "we_n", "ba", "a", "dqm", "dq"].map((c) => `.${c}(sdram_${c})`).join(", ")},`,
    `        ${outputs.map((o) => `.${o}(sdram_${o})`).join(", ")}`,
    "    );",
  ];
}

/** Ports that those items drive. */
export const memoryOutputs: readonly string[] = outputs.map(
  (o) => `    output wire ${o === "rule" ? "[7:0] " : "[31:0]"} sdram_${o}`,
);

/** Connections of the device to what drives its pins. */
export const memoryConnections: string = ["clk", ...controls, "ba", "a", "dqm", "dq"]
  .map((c) => `.sdram_${c}(sdram_${c})`)
  .join(", ");

/** Verilog of a top with the board `top` and its SDRAM at a clock in MHz, and the model's file beside it. */
export function withMemory(top: string, s: Sdram, MHz: number): { readonly text: string; readonly model: string } {
  const text = [
    "`default_nettype none",
    `module ${MEMORY_BENCH} #(parameter MEM_DIR = "mem/", parameter integer CLKS_PER_BIT = 8) (`,
    "    input  wire clk, button, rxd,",
    "    output wire txd, led,",
    `${memoryOutputs.join(",\n")}`,
    ");",
    ...memoryItems(s, MHz),
    `    ${top} #(.MEM_DIR(MEM_DIR), .CLKS_PER_BIT(CLKS_PER_BIT)) u_board (`,
    "        .clk(clk), .button(button), .rxd(rxd), .txd(txd), .led(led),",
    `        ${memoryConnections}`,
    "    );",
    "endmodule",
    "`default_nettype wire",
    "",
  ].join("\n");
  return { text, model: sdramModel };
}
