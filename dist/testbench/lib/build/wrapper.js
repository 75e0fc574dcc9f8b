import { clocksOf } from "../design.js";
import { identifier, literal } from "./verilog.js";
/** Name of the module around the design; its ports or variables are p0, p1, … whatever the design's are called. */
export const WRAPPER = "addernet_tb";
const range = (width) => (width === 1 ? "" : `[${width - 1}:0] `);
function instance(design, ports) {
    const params = Object.entries(design.params ?? {}).map(([k, v]) => `.${identifier(k)}(${literal(v)})`);
    const pins = ports.map((p, i) => `    .${identifier(p.name)}(p${i})`);
    return `  ${identifier(design.top)}${params.length ? ` #(${params.join(", ")})` : ""} ${identifier(design.top)} (\n${pins.join(",\n")}\n  );`;
}
/** The wrapper as a module with ports, for Verilator. */
export function verilatorWrapper(design, ports) {
    const list = ports.map((p, i) => `  ${p.direction} wire ${range(p.width)}p${i}`);
    return `\`timescale 1ns/1ps\nmodule ${WRAPPER} (\n${list.join(",\n")}\n);\n${instance(design, ports)}\nendmodule\n`;
}
/** The wrapper as a root module whose variables the VPI module drives, for Icarus. */
export function icarusWrapper(design, ports) {
    const list = ports.map((p, i) => `  ${p.direction === "input" ? "reg" : "wire"} ${range(p.width)}p${i};`);
    return `\`timescale 1ns/1ps
module ${WRAPPER};
${list.join("\n")}
  reg dump_now, dump_end;
  reg [8*4096-1:0] dump_file;
  initial {dump_now, dump_end} = 2'b00;
  always @(posedge dump_now) if ($value$plusargs("tb_dump=%s", dump_file)) begin
    $dumpfile(dump_file);
    $dumpvars(0, ${WRAPPER});
  end
  always @(posedge dump_end) $dumpoff;
${instance(design, ports)}
endmodule
`;
}
/** Indices into `ports` of the design's clocks. Throws when a clock is not an input of one bit. */
export function clockPorts(design, ports) {
    return clocksOf(design).map(({ name }) => {
        const i = ports.findIndex((p) => p.name === name);
        const p = ports[i];
        if (p?.direction !== "input" || p.width !== 1)
            throw new TypeError(`clock ${name} is not an input of one bit of ${design.top}; its ports are ${ports.map((q) => q.name).join(", ")}`);
        return i;
    });
}
