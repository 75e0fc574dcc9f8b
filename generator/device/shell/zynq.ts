// The top for a processor's DMA: AXI4-Stream in and out in beats that a DMA takes, registers on AXI4-Lite. Only wiring.
import { type CellSources, type OutputFiles, prefixModules } from "../../7-emit/emit.ts";
import { hashOf } from "../../7-emit/hash.ts";
import { withNotice } from "../../7-emit/notice.ts";
import { outputPort, portLaneBits, STATUS_BITS, WEIGHTS_PORT, WEIGHTS_STATUS } from "../../7-emit/verilog.ts";
import { inputError } from "../../diagnostics/diagnostics.ts";
import type { HwGraph, HwStream } from "../../ir/hardware.ts";
import type { Target } from "../../targets/target.ts";
import { constantWords, type Register, registers, WEIGHTS_ADDRESS } from "./registers.ts";

export interface ZynqTop {
  readonly module: string;
  readonly file: string;
  /** The top and the cells that the accelerator does not bring, by path. */
  readonly files: ReadonlyMap<string, string>;
  readonly registers: readonly Register[];
  readonly addressBits: number;
  readonly beatBitsIn: number;
  readonly beatBitsOut: number;
  /** Beats of an answer: the outputs one after another. */
  readonly beatsOut: number;
  /** First 64 bits of the hash of the accelerator's Verilog and memories, in hexadecimal. */
  readonly network: string;
  /** Instances that belong to the shell and not to a layer. */
  readonly instances: readonly string[];
}

/** Widest stream of AXI DMA. */
const WIDEST = 1024;

const portBits = (s: HwStream): number => s.lanes * portLaneBits(s);

/** The next width that a DMA has. AN8005 where there is none. */
function dmaBits(bits: number, what: string): number {
  const width = 2 ** Math.ceil(Math.log2(bits));
  if (width <= WIDEST) return width;
  throw inputError({
    code: "AN8005",
    message: `a beat of ${what} has ${bits} bits, more than a DMA carries`,
    expected: `at most ${WIDEST} bits`,
    hint: "a lower --fps takes fewer lanes",
  });
}

const wires = ["tdata", "tvalid", "tready", "tlast"] as const;

/** @param files the accelerator's files, as emit gave them */
export function zynqTop(g: HwGraph, target: Target, cells: CellSources, files: OutputFiles): ZynqTop {
  const module = `${g.name}_zynq`;
  const network = hashOf(files);
  const beatBitsIn = dmaBits(portBits(g.input), "the input");
  const beatBitsOut = Math.max(...g.outputs.map((o) => dmaBits(portBits(o.stream), `output ${o.name}`)));
  const facts = {
    network: [Number.parseInt(network.slice(8), 16), Number.parseInt(network.slice(0, 8), 16)] as const,
    beatBitsIn,
    beatBitsOut,
  };
  const map = registers(g, facts);
  const words = constantWords(map);
  const addressBits = Math.ceil(Math.log2(Math.max(...map.map((r) => r.address)) + 4));
  const used = new Set(["axil_control", "axis_sequence", ...(g.weights ? ["axil_weights"] : [])]);
  const instances = ["u_control", "u_answer", ...(g.weights ? ["u_weights"] : [])];
  const body: string[] = [];
  const stream = (name: string, bits: number) =>
    body.push(`    wire [${bits - 1}:0] ${name}_tdata;`, `    wire ${name}_tvalid, ${name}_tready, ${name}_tlast;`);
  const axis = (port: string, wire: string) => wires.map((s) => `.${port}_${s}(${wire}_${s})`).join(", ");

  body.push("    wire core_rst;", "    wire core_in_tvalid, core_in_tready;", "", "    // accelerator");
  const inBits = portBits(g.input);
  g.outputs.forEach((o, i) => {
    stream(`out_${i}`, portBits(o.stream));
  });
  if (g.weights) {
    stream("weights", 32);
    body.push(`    wire [${STATUS_BITS - 1}:0] weights_status;`);
  }
  body.push(
    `    ${g.name} #(.MEM_DIR(MEM_DIR)) core (`,
    [
      "        .clk(aclk), .rst(core_rst)",
      `        .s_axis_tdata(s_axis_tdata${inBits === beatBitsIn ? "" : `[${inBits - 1}:0]`}), .s_axis_tvalid(core_in_tvalid), .s_axis_tready(core_in_tready), .s_axis_tlast(s_axis_tlast)`,
      ...g.outputs.map((_, i) => `        ${axis(outputPort(g, i), `out_${i}`)}`),
      ...(g.weights ? [`        ${axis(WEIGHTS_PORT, "weights")}, .${WEIGHTS_STATUS}(weights_status)`] : []),
    ].join(",\n"),
    "    );",
    "",
    "    // answer: the outputs one after another, each beat padded with zeros",
  );
  const turns = g.outputs.map(({ stream: s }, i) => {
    const bits = portBits(s);
    let at = `out_${i}`;
    if (i > 0) {
      // A frame of each later output waits until the ones before it have left.
      used.add("axis_fifo");
      instances.push(`u_wait_${i}`);
      stream(`waiting_${i}`, bits);
      body.push(
        `    ${g.name}_axis_fifo #(.WIDTH(${bits}), .DEPTH(${s.beatsPerFrame})) u_wait_${i} (`,
        "        .clk(aclk), .rst(core_rst),",
        `        ${axis("s_axis", at)},`,
        `        ${axis("m_axis", `waiting_${i}`)}`,
        "    );",
      );
      at = `waiting_${i}`;
    }
    return { at, data: bits === beatBitsOut ? `${at}_tdata` : `{${beatBitsOut - bits}'d0, ${at}_tdata}` };
  });
  const all = (each: (t: (typeof turns)[number]) => string) => `{${[...turns].reverse().map(each).join(", ")}}`;
  stream("answer", beatBitsOut);
  body.push(
    `    ${g.name}_axis_sequence #(.WIDTH(${beatBitsOut}), .N(${turns.length})) u_answer (`,
    "        .clk(aclk), .rst(core_rst),",
    `        .s_axis_tdata(${all((t) => t.data)}), ${(["tvalid", "tready", "tlast"] as const).map((s) => `.s_axis_${s}(${all((t) => `${t.at}_${s}`)})`).join(", ")},`,
    `        ${axis("m_axis", "answer")}`,
    "    );",
    "    assign m_axis_tdata = answer_tdata;",
    `    assign m_axis_tkeep = {${beatBitsOut / 8}{1'b1}};`,
    "    assign m_axis_tlast = answer_tlast;",
    "",
    "    // registers; the handshakes of both streams pass through them",
    ...(g.weights ? ["    wire [31:0] control_rdata, weights_rdata;"] : []),
    `    ${g.name}_axil_control #(`,
    `        .ADDR_BITS(${addressBits}), .BEATS_IN(${g.input.beatsPerFrame}), .COUNT_BITS(64), .CONSTS(${words.length}),`,
    "        .CONST_WORDS({",
    [...words]
      .map((w, i) => [w, i < 4 ? 4 * i : 0x40 + 4 * (i - 4)] as const)
      .reverse()
      .map(
        ([w, address], i) =>
          `            32'h${(w >>> 0).toString(16).padStart(8, "0")}${i === words.length - 1 ? " " : ","}   // ${map.find((r) => r.address === address)?.name ?? "reserved"}`,
      )
      .join("\n"),
    "        })",
    "    ) u_control (",
    "        .clk(aclk), .rst(!aresetn),",
    `        ${axilSignals.map(([s]) => `.s_axil_${s}(${g.weights && s === "rdata" ? "control_rdata" : `s_axil_${s}`})`).join(", ")},`,
    "        .in_tvalid(s_axis_tvalid), .in_tready(s_axis_tready), .in_tlast(s_axis_tlast),",
    "        .core_in_tvalid(core_in_tvalid), .core_in_tready(core_in_tready),",
    "        .core_out_tvalid(answer_tvalid), .core_out_tready(answer_tready), .core_out_tlast(answer_tlast),",
    "        .out_tvalid(m_axis_tvalid), .out_tready(m_axis_tready),",
    "        .core_rst(core_rst), .busy(busy)",
    "    );",
    ...(g.weights ? weightsWindow(g.name, addressBits) : []),
    "",
    `    wire unused = &{1'b0, s_axis_tkeep${inBits === beatBitsIn ? "" : `, s_axis_tdata[${beatBitsIn - 1}:${inBits}]`}};`,
  );

  const text = [
    `// ${g.name} behind a processor's DMA, for ${target.title}; generated by addernet-rtl`,
    "//",
    `// s_axis: ${g.input.beatsPerFrame} beats of ${beatBitsIn} bits a frame, as s_axis of ${g.name}, padded at the top.`,
    `// m_axis: ${g.outputs.map((o) => `${o.stream.beatsPerFrame} beats of ${o.name}`).join(", then ")}, padded to ${beatBitsOut} bits; tlast on the last.`,
    "// s_axil: the registers of docs/registers.md. Everything is synchronous to aclk, also aresetn.",
    "",
    "`default_nettype none",
    "",
    `module ${module} #(`,
    '    parameter MEM_DIR = "mem/"',
    ") (",
    zynqPorts(addressBits, beatBitsIn, beatBitsOut)
      .map(
        (p) =>
          `    ${p.attribute ? `${p.attribute}\n    ` : ""}${p.direction.padEnd(6)} wire ${range(p.bits)}${p.name}`,
      )
      .join(",\n"),
    ");",
    "",
    ...body,
    "",
    "endmodule",
    "",
    "`default_nettype wire",
    "",
  ].join("\n");

  const out = new Map<string, string>();
  for (const name of [...used].sort()) {
    const path = `rtl/${g.name}_${name}.v`;
    if (!files.has(path)) out.set(path, prefixModules(cells.get(name)!, g.name, cells));
  }
  const file = `rtl/${module}.v`;
  out.set(file, withNotice(text));
  const beatsOut = g.outputs.reduce((n, o) => n + o.stream.beatsPerFrame, 0);
  return {
    module,
    file,
    files: out,
    registers: map,
    addressBits,
    beatBitsIn,
    beatBitsOut,
    beatsOut,
    network,
    instances,
  };
}

/** Signals of the bus that a cell beside the registers listens to. */
const heard = ["awaddr", "awvalid", "awready", "wdata", "wstrb", "wvalid", "wready", "araddr", "arvalid", "arready"];

function weightsWindow(name: string, addressBits: number): string[] {
  return [
    "",
    "    // images of weights, written word by word",
    `    ${name}_axil_weights #(.ADDR_BITS(${addressBits}), .ADDRESS(${WEIGHTS_ADDRESS})) u_weights (`,
    "        .clk(aclk), .rst(!aresetn), .hold(core_rst),",
    `        ${heard.map((s) => `.s_axil_${s}(s_axil_${s})`).join(", ")},`,
    "        .rdata(weights_rdata),",
    `        ${wires.map((s) => `.m_axis_${s}(weights_${s})`).join(", ")}, .status(weights_status)`,
    "    );",
    "    assign s_axil_rdata = control_rdata | weights_rdata;",
  ];
}

const range = (bits: number): string => (bits === 1 ? "" : `[${bits - 1}:0] `);

/** AXI4-Lite as a slave has it: direction, and bits where they are not one (0: the address). */
const axilSignals: readonly (readonly [name: string, direction: "input" | "output", bits: number])[] = [
  ["awaddr", "input", 0],
  ["awvalid", "input", 1],
  ["awready", "output", 1],
  ["wdata", "input", 32],
  ["wstrb", "input", 4],
  ["wvalid", "input", 1],
  ["wready", "output", 1],
  ["bresp", "output", 2],
  ["bvalid", "output", 1],
  ["bready", "input", 1],
  ["araddr", "input", 0],
  ["arvalid", "input", 1],
  ["arready", "output", 1],
  ["rdata", "output", 32],
  ["rresp", "output", 2],
  ["rvalid", "output", 1],
  ["rready", "input", 1],
];

export interface ShellPort {
  readonly name: string;
  readonly direction: "input" | "output";
  readonly bits: number;
  /** Tells vendor tools which clock and reset the buses belong to. */
  readonly attribute?: string;
}

/** Ports of the top in order; at least one bit wide where a range is printed. */
export function zynqPorts(addressBits: number, beatBitsIn: number, beatBitsOut: number): ShellPort[] {
  const axis = (prefix: string, bits: number, out: boolean): ShellPort[] => [
    { name: `${prefix}_tdata`, direction: out ? "output" : "input", bits },
    { name: `${prefix}_tkeep`, direction: out ? "output" : "input", bits: bits / 8 },
    { name: `${prefix}_tvalid`, direction: out ? "output" : "input", bits: 1 },
    { name: `${prefix}_tready`, direction: out ? "input" : "output", bits: 1 },
    { name: `${prefix}_tlast`, direction: out ? "output" : "input", bits: 1 },
  ];
  return [
    {
      name: "aclk",
      direction: "input",
      bits: 1,
      attribute:
        '(* X_INTERFACE_INFO = "xilinx.com:signal:clock:1.0 aclk CLK", X_INTERFACE_PARAMETER = "ASSOCIATED_BUSIF s_axis:m_axis:s_axil, ASSOCIATED_RESET aresetn" *)',
    },
    {
      name: "aresetn",
      direction: "input",
      bits: 1,
      attribute:
        '(* X_INTERFACE_INFO = "xilinx.com:signal:reset:1.0 aresetn RST", X_INTERFACE_PARAMETER = "POLARITY ACTIVE_LOW" *)',
    },
    ...axilSignals.map(([name, direction, bits]) => ({
      name: `s_axil_${name}`,
      direction,
      bits: bits || addressBits,
    })),
    ...axis("s_axis", beatBitsIn, false),
    ...axis("m_axis", beatBitsOut, true),
    { name: "busy", direction: "output", bits: 1 },
  ];
}
