// The module of a layer: instances of cells between its stream ports. Only wiring, no behaviour.
import { pathText } from "../diagnostics/print.ts";
import type { HwBlock, HwGraph, HwInstance, HwMemory, HwPort, HwStream, ParamValue } from "../ir/hardware.ts";
import {
  comment,
  count,
  dataBits,
  declare,
  MEMORY_CHECK,
  pad,
  range,
  streamPorts,
  table,
  WEIGHT_RAM,
  wires,
  wrap,
} from "./verilog.ts";

/** A block that is more than the wires of its input. */
export const isModule = (b: HwBlock): boolean => b.instances.length > 0;

/** Memories of a block that are written at run time, in the order of its load chain. */
export const ramsOf = (b: HwBlock): HwMemory[] => b.instances.flatMap((i) => i.ram ?? []);

/** Wires of a load chain. */
export const loadWires = ["tdata", "tvalid", "tfirst"] as const;

/** Ports of a load chain, each line without its comma. */
const loadPorts = (port: string, direction: string): string =>
  loadWires.map((w) => `    ${direction} wire ${pad(w === "tdata" ? "[31:0]" : "", 9)} ${port}_${w}`).join(",\n");

/** Wires of a load chain under a name. */
export const declareLoad = (name: string): string[] => [
  `    wire ${pad("[31:0]", 8)} ${name}_tdata;`,
  `    wire ${pad("", 8)} ${name}_tvalid, ${name}_tfirst;`,
];

/** Memories of a block's instances with fixed contents. */
export const memoriesOf = (b: HwBlock) =>
  b.instances.flatMap((i) => Object.values(i.params).flatMap((v) => (typeof v === "object" ? [v] : [])));

const numbered = (streams: readonly HwStream[], letter: string, i: number): string =>
  streams.length === 1 ? `${letter}_axis` : `${letter}${i}_axis`;

/** Names of a block's stream ports, in the order of its inputs and of its outputs. */
export const portsOf = (b: HwBlock) => ({
  in: b.inputs.map((s, i) => [numbered(b.inputs, "s", i), s] as const),
  out: b.outputs.map((s, i) => [numbered(b.outputs, "m", i), s] as const),
});

/** A name inside of a block, where the block's own need not stand in front. */
const local = (b: HwBlock, name: string): string =>
  name.startsWith(`${b.name}_`) ? name.slice(b.name.length + 1) : name;

/** Instance of a cell in its block's module. */
export const instanceName = (b: HwBlock, i: HwInstance): string => `u_${local(b, i.name.replace(/^u_/, ""))}`;

/** Wires of a stream inside of a block's module: its ports', or its own. */
function wireNames(b: HwBlock): (s: HwStream) => string {
  const { in: inputs, out: outputs } = portsOf(b);
  const ports = new Map([...inputs, ...outputs].map(([port, s]) => [s.name, port]));
  return (s) => ports.get(s.name) ?? local(b, s.name);
}

/** Wires below the top by the streams' names: the module's instance and the name in it. */
export function insidePaths(g: HwGraph): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  for (const b of g.blocks) {
    const outside = new Set([...b.inputs, ...b.outputs].map((s) => s.name));
    for (const { name } of b.instances.flatMap((i) => i.ports.flatMap((p) => p.streams)))
      if (!outside.has(name) && !paths.has(name)) paths.set(name, `u_${b.name}.${local(b, name)}`);
  }
  return paths;
}

const paramText = (v: ParamValue): string =>
  typeof v === "object"
    ? `{MEM_DIR, "${v.file}"}`
    : typeof v === "string"
      ? `"${v}"`
      : typeof v === "bigint"
        ? `${v < 0n ? "-" : ""}64'sd${v < 0n ? -v : v}`
        : String(v);

/** Connections of one port; several streams share a payload and have a handshake each, the first one lowest. */
function connections({ port, streams }: HwPort, name: (s: HwStream) => string): string[] {
  return wires.map((w) => {
    const shared = w === "tdata" || w === "tlast" || streams.length === 1;
    const all = [...streams].reverse().map((s) => `${name(s)}_${w}`);
    return `.${port}_${w}(${shared ? `${name(streams[0]!)}_${w}` : `{${all.join(", ")}}`})`;
  });
}

function instance(g: HwGraph, b: HwBlock, i: HwInstance, name: (s: HwStream) => string): string[] {
  const outside = new Set([...b.inputs, ...b.outputs].map((s) => s.name));
  const outputs = i.ports.filter((p) => p.direction === "out");
  const out = outputs.flatMap((p) => p.streams.flatMap((s) => (outside.has(s.name) ? [] : declare(name(s), s))));
  const own = local(b, i.name.replace(/^u_/, ""));
  const ports = [
    ".clk(clk), .rst(rst)",
    ...(i.ram ? [`.mem_row(${own}_row), .mem_word(${own}_word)`] : []),
    ...i.ports.map((p) => wrap(connections(p, name), "        ").join("\n").trimStart()),
  ];
  if (i.ram) out.push(...memory(g, b, i.ram, own));
  out.push(
    `    ${g.name}_${i.cell} #(`,
    ...wrap(
      Object.entries(i.params).map(([k, v]) => `.${k}(${paramText(v)})`),
      "        ",
    ),
    `    ) ${instanceName(b, i)} (`,
    ports.map((p) => `        ${p}`).join(",\n"),
    "    );",
  );
  // A fork drives one payload: the other branches read the first one's wires.
  for (const p of outputs)
    for (const s of p.streams.slice(1))
      out.push(
        `    assign ${name(s)}_tdata = ${name(p.streams[0]!)}_tdata;`,
        `    assign ${name(s)}_tlast = ${name(p.streams[0]!)}_tlast;`,
      );
  return out;
}

/** A memory that is written at run time, between the one before it in the load chain and the one behind it. */
function memory(g: HwGraph, b: HwBlock, m: HwMemory, own: string): string[] {
  const chain = ramsOf(b);
  const at = chain.indexOf(m);
  const wire = (n: number): string => (n === 0 ? "s_load" : n === chain.length ? "m_load" : `load_${n}`);
  const rows = Math.max(1, Math.ceil(Math.log2(m.rows)));
  const last = at === chain.length - 1;
  return [
    `    wire ${pad(range(rows), 8)} ${own}_row;`,
    `    wire ${pad(range(m.wordBits), 8)} ${own}_word;`,
    ...(last ? [] : declareLoad(wire(at + 1))),
    `    ${g.name}_${WEIGHT_RAM} #(`,
    `        .ROWS(${m.rows}), .BITS(${m.wordBits})${m.onePort ? ", .ONE_PORT(1)" : ""}`,
    `    ) u_${own}_ram (`,
    "        .clk(clk), .rst(rst),",
    `        ${loadWires.map((w) => `.s_load_${w}(${wire(at)}_${w})`).join(", ")},`,
    `        ${loadWires.map((w) => `.m_load_${w}(${wire(at + 1)}_${w})`).join(", ")},`,
    `        .row(${own}_row), .word(${own}_word)`,
    "    );",
  ];
}

const streamText = (s: HwStream): string =>
  `${count(s.lanes, "lane")} of ${count(s.laneBits, "bit")}, ${count(s.beatsPerFrame, "beat")} a frame`;

// A comment of Verilog that begins with a tool's name can be an order to that tool; no line begins with a user's name.
function header(g: HwGraph, b: HwBlock): string[] {
  const { in: inputs, out: outputs } = portsOf(b);
  const formula = b.facts.find(([k]) => k === "formula")?.[1];
  const several = b.pixels > 1 ? `, ${b.pixels} pixels a beat` : "";
  const fold = `PE ${b.pe}, SIMD ${b.simd}${several}; ${b.cyclesPerFrame} clocks a frame`;
  const rows: string[][] = [
    ["layer", `${JSON.stringify(comment(b.title))} at ${comment(pathText(b.path))}`],
    ...b.facts.filter(([k]) => k !== "formula").map(([k, v]) => [k, comment(v)]),
    ...memoriesOf(b).flatMap((m) => [
      ["memory", `${m.file}: ${count(m.rows, "word")} of ${count(m.wordBits, "bit")}`],
      ["", comment(m.layout)],
    ]),
    ...ramsOf(b).flatMap((m) => [
      [
        "ram",
        `${count(m.rows, "word")} of ${count(m.wordBits, "bit")}, ${m.onePort ? "in SPRAM, " : ""}written over the load chain`,
      ],
      ["", comment(m.layout)],
    ]),
    ...[...inputs, ...outputs].map(([port, s]) => [port, streamText(s)]),
    ...(b.cyclesPerFrame > 0 ? [["fold", `${fold}${b.title === g.bottleneck ? " (the bottleneck)" : ""}`]] : []),
    [
      "latency",
      `${b.latency.first} clocks from the first beat in to the first beat out, ${b.latency.last} to the last`,
    ],
  ];
  return [
    `// Layer module ${b.module} of ${g.name}, generated by addernet-rtl`,
    "//",
    ...(formula === undefined ? [] : [`//   ${comment(formula)}`, "//"]),
    ...table(rows).map((line) => `// ${line}`),
  ];
}

function memoryChecks(g: HwGraph, b: HwBlock): string[] {
  const checks = memoriesOf(b).map(
    (m, i) => `    ${g.name}_${MEMORY_CHECK} #(.FILE({MEM_DIR, "${m.file}"})) check_${i} ();`,
  );
  if (checks.length === 0) return [];
  return ["", "    // a simulation that does not find a memory file stops; nothing of this is synthesized", ...checks];
}

/** The module of a block that is one. */
export function layerModule(g: HwGraph, b: HwBlock): string {
  const { in: inputs, out: outputs } = portsOf(b);
  const name = wireNames(b);
  const ports = [
    ...inputs.map(([port, s]) => streamPorts(port, dataBits(s), "in")),
    ...outputs.map(([port, s]) => streamPorts(port, dataBits(s), "out")),
    ...(ramsOf(b).length > 0 ? [loadPorts("s_load", "input "), loadPorts("m_load", "output")] : []),
  ];
  const parameters = memoriesOf(b).length > 0 ? [' #(\n    parameter MEM_DIR = "mem/"   // ends in a slash\n)'] : [];
  return [
    ...header(g, b),
    "",
    "`default_nettype none",
    "",
    `module ${b.module}${parameters.join("")} (`,
    "    input  wire           clk,",
    "    input  wire           rst,",
    "",
    ports.join(",\n\n"),
    ");",
    ...b.instances.flatMap((i) => ["", ...instance(g, b, i, name)]),
    ...memoryChecks(g, b),
    "",
    "endmodule",
    "",
    "`default_nettype wire",
    "",
  ].join("\n");
}
