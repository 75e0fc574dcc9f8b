// Prints Verilog text: only wiring, no behaviour.
import type { HwBlock, HwGraph, HwInstance, HwPort, HwStream, ParamValue } from "../ir/hardware.ts";

export const dataBits = (s: HwStream): number => s.lanes * s.laneBits;
/** Lanes at the top's ports are padded to whole bytes. */
export const portLaneBits = (s: HwStream): number => Math.ceil(s.laneBits / 8) * 8;

/** Pixels of the stream's tensor in one beat; 1 also where a pixel takes several beats. */
export const pixelsPerBeat = (s: HwStream): number => Math.max(1, s.lanes / (s.tensor?.shape[2] ?? s.lanes));

/** The cell that every top has beside its memories. */
export const MEMORY_CHECK = "memory_check";

const range = (bits: number): string => `[${bits - 1}:0]`;
const pad = (s: string, n: number): string => s.padEnd(n);

const count = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? "" : "s"}`;

/** Aligned lines of `columns`. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((r) => r[c]!.length)));
  return rows.map((r) =>
    r
      .map((cell, c) => (c === r.length - 1 ? cell : pad(cell, widths[c]!)))
      .join("  ")
      .trimEnd(),
  );
}

/** Comment text from a user's names: no character may end the comment or the line. */
export const comment = (s: string): string => s.replace(/[^\x20-\x7e]/g, "?").replace(/\\/g, "/");

/** Items separated by commas in lines of at most `width` characters. */
function wrap(items: readonly string[], indent: string, width = 116): string[] {
  const lines: string[] = [];
  let line = "";
  items.forEach((item, n) => {
    const text = n < items.length - 1 ? `${item},` : item;
    if (line !== "" && indent.length + line.length + 1 + text.length > width) {
      lines.push(indent + line);
      line = text;
    } else line = line === "" ? text : `${line} ${text}`;
  });
  return line === "" ? lines : [...lines, indent + line];
}

const wires = ["tdata", "tvalid", "tready", "tlast"] as const;

function declare(s: HwStream): string[] {
  const w = range(dataBits(s));
  const flags = ["tvalid", "tready", "tlast"].map((f) => `${s.name}_${f}`).join(", ");
  return [`    wire ${pad(w, 8)} ${s.name}_tdata;`, `    wire ${" ".repeat(8)} ${flags};`];
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
function connections({ port, streams }: HwPort): string[] {
  const first = streams[0]!.name;
  return wires.map((w) => {
    const shared = w === "tdata" || w === "tlast" || streams.length === 1;
    const all = [...streams].reverse().map((s) => `${s.name}_${w}`);
    return `.${port}_${w}(${shared ? `${first}_${w}` : `{${all.join(", ")}}`})`;
  });
}

function instance(prefix: string, i: HwInstance): string[] {
  const outputs = i.ports.filter((p) => p.direction === "out");
  const out = outputs.flatMap((p) => p.streams.flatMap(declare));
  const ports = [
    ".clk(clk), .rst(rst)",
    ...i.ports.map((p) => wrap(connections(p), "        ").join("\n").trimStart()),
  ];
  out.push(
    `    ${prefix}_${i.cell} #(`,
    ...wrap(
      Object.entries(i.params).map(([k, v]) => `.${k}(${paramText(v)})`),
      "        ",
    ),
    `    ) ${i.name} (`,
    ports.map((p) => `        ${p}`).join(",\n"),
    "    );",
  );
  // A fork drives one payload: the other branches read the first one's wires.
  for (const p of outputs)
    for (const s of p.streams.slice(1))
      out.push(
        `    assign ${s.name}_tdata = ${p.streams[0]!.name}_tdata;`,
        `    assign ${s.name}_tlast = ${p.streams[0]!.name}_tlast;`,
      );
  return out;
}

const memoryFacts = (v: ParamValue): string[][] =>
  typeof v === "object"
    ? [
        ["memory", `${v.file}: ${count(v.words.length, "word")} of ${count(v.wordBits, "bit")}`],
        ["", comment(v.layout)],
      ]
    : [];

// A comment of Verilog that begins with a tool's name can be an order to that tool; no line begins with a user's name.
function blockText(g: HwGraph, b: HwBlock, number: number): string[] {
  const facts: (readonly string[])[] = [
    ["name", `${JSON.stringify(comment(b.title))} at ${comment(jsonPath(b.path))}`],
    ...b.facts.map(([k, v]) => [k, comment(v)]),
    ...b.instances.flatMap((i) => Object.values(i.params).flatMap(memoryFacts)),
    [
      "fold",
      `PE ${b.pe}, SIMD ${b.simd}${b.pixels > 1 ? `, ${b.pixels} pixels a beat` : ""}; ${b.cyclesPerFrame} clocks a frame${b.title === g.bottleneck ? " (the bottleneck)" : ""}`,
    ],
  ];
  return [
    "",
    `    // ${number}. ${b.name} `.padEnd(116, "-"),
    ...table(facts).map((line) => `    // ${line}`),
    ...b.instances.flatMap((i, n) => [...(n > 0 ? [""] : []), ...instance(g.name, i)]),
  ];
}

export const jsonPath = (path: readonly (string | number)[]): string =>
  `$${path.map((p) => (typeof p === "number" ? `[${p}]` : `.${p}`)).join("")}`;

export const outputPort = (g: Pick<HwGraph, "outputs">, i: number): string =>
  g.outputs.length === 1 ? "m_axis" : `m_axis_${g.outputs[i]!.name}`;

/** The top module of the accelerator. */
export function topModule(g: HwGraph): string {
  const rows = [
    ["no", "layer", "computes", "PE", "SIMD", "clocks/frame", "lanes busy"],
    ...g.blocks.map((b, n) => [
      String(n + 1),
      b.name,
      comment(b.facts.find(([k]) => k === "formula")?.[1] ?? ""),
      String(b.pe),
      String(b.simd),
      String(b.cyclesPerFrame),
      b.operations > 0 ? `${((100 * b.operations) / (b.lanes * g.interval)).toFixed(1)} %` : "",
    ]),
  ];
  const streamPorts = (prefix: string, s: HwStream, direction: "in" | "out") => {
    const [d, r] = direction === "in" ? ["input ", "output"] : ["output", "input "];
    const bits = range(s.lanes * portLaneBits(s));
    const w = Math.max(9, bits.length);
    return [
      `    ${d} wire ${pad(bits, w)} ${prefix}_tdata,`,
      `    ${d} wire ${" ".repeat(w)} ${prefix}_tvalid,`,
      `    ${r} wire ${" ".repeat(w)} ${prefix}_tready,`,
      `    ${d} wire ${" ".repeat(w)} ${prefix}_tlast`,
    ];
  };
  const describe = (s: HwStream) =>
    `${count(s.pixels * pixelsPerBeat(s), "pixel")} of ${count(s.channels / pixelsPerBeat(s), "value")}, ` +
    `${pixelsPerBeat(s) > 1 ? `${pixelsPerBeat(s)} pixels in ` : ""}${count(s.lanes, "lane")} of ${portLaneBits(s)} bits a beat` +
    `${s.laneBits === portLaneBits(s) ? "" : ` (${s.laneBits} used${s.signed ? ", sign extended" : ""})`}, ${count(s.beatsPerFrame, "beat")} a frame`;
  const out = [
    `// Streaming AdderNet accelerator ${g.name}, generated by addernet-rtl`,
    "//",
    ...table(rows).map((l) => `//   ${l}`),
    "//",
    `// One frame every ${g.interval} clocks; the bottleneck is ${comment(g.bottleneck)}. ${g.latency.last} clocks from a frame's first beat`,
    "// to its last result, the design empty before and nothing waiting for either end.",
    `// s_axis: ${describe(g.input)}`,
    ...g.outputs.map((o, i) => `// ${outputPort(g, i)}: ${describe(o.stream)}`),
    "// tlast marks the last beat of each frame on the outputs; on the input it is not needed and not trusted.",
    "// Frames follow one another without a reset; rst is synchronous and active high, and takes no beat.",
    "",
    "`default_nettype none",
    "",
    "// Where the memory files are: the parameter MEM_DIR of the instance, or this define; it ends in a slash.",
    `\`ifndef ${g.name.toUpperCase()}_MEM_DIR`,
    `\`define ${g.name.toUpperCase()}_MEM_DIR "mem/"`,
    "`endif",
    "",
    `module ${g.name} #(`,
    `    parameter MEM_DIR = \`${g.name.toUpperCase()}_MEM_DIR`,
    ") (",
    "    input  wire           clk,",
    "    input  wire           rst,",
    "",
  ];
  const ports = [
    streamPorts("s_axis", g.input, "in"),
    ...g.outputs.map((o, i) => streamPorts(outputPort(g, i), o.stream, "out")),
  ];
  out.push(ports.map((p) => p.join("\n")).join(",\n\n"), ");", "");
  out.push("    // input", ...declare(g.input));
  out.push(`    assign ${g.input.name}_tdata = ${unpack("s_axis_tdata", g.input)};`);
  out.push(
    `    assign ${g.input.name}_tvalid = s_axis_tvalid;`,
    `    assign s_axis_tready = ${g.input.name}_tready && !rst;`,
    `    assign ${g.input.name}_tlast = s_axis_tlast;`,
  );
  g.blocks.forEach((b, n) => {
    out.push(...blockText(g, b, n + 1));
  });
  out.push("", "    // outputs");
  g.outputs.forEach(({ stream }, i) => {
    const p = outputPort(g, i);
    out.push(`    assign ${p}_tdata = ${repack(stream)};`);
    out.push(
      `    assign ${p}_tvalid = ${stream.name}_tvalid;`,
      `    assign ${stream.name}_tready = ${p}_tready;`,
      `    assign ${p}_tlast = ${stream.name}_tlast;`,
    );
  });
  if (g.memories.length > 0)
    out.push(
      "",
      "    // a simulation that does not find a memory file stops; nothing of this is synthesized",
      ...g.memories.map((m, i) => `    ${g.name}_${MEMORY_CHECK} #(.FILE({MEM_DIR, "${m.file}"})) check_${i} ();`),
    );
  // Bits of the byte lanes that carry nothing are named, so that lint tools know they are meant to be unread.
  const spare = spareBits("s_axis_tdata", g.input);
  if (spare) out.push("", `    wire unused_padding = &{1'b0, ${spare}};`);
  out.push("", "endmodule", "", "`default_nettype wire", "");
  return out.join("\n");
}

function unpack(wire: string, s: HwStream): string {
  if (portLaneBits(s) === s.laneBits) return wire;
  const lanes = Array.from({ length: s.lanes }, (_, l) => `${wire}[${l * portLaneBits(s)} +: ${s.laneBits}]`);
  return lanes.length === 1 ? lanes[0]! : `{${lanes.reverse().join(", ")}}`;
}

function repack(s: HwStream): string {
  const extra = portLaneBits(s) - s.laneBits;
  if (extra === 0) return `${s.name}_tdata`;
  const lanes = Array.from({ length: s.lanes }, (_, l) => {
    const lane = `${s.name}_tdata[${l * s.laneBits} +: ${s.laneBits}]`;
    return s.signed ? `{${extra}{${s.name}_tdata[${(l + 1) * s.laneBits - 1}]}}, ${lane}` : `${extra}'b0, ${lane}`;
  });
  return `{${lanes.reverse().join(", ")}}`;
}

function spareBits(wire: string, s: HwStream): string {
  const extra = portLaneBits(s) - s.laneBits;
  if (extra === 0) return "";
  return Array.from({ length: s.lanes }, (_, l) => `${wire}[${l * portLaneBits(s) + s.laneBits} +: ${extra}]`).join(
    ", ",
  );
}

/** Streams with a tensor that golden knows, one for each tensor: what verification watches. */
export function watched(g: Pick<HwGraph, "streams">): HwStream[] {
  const seen = new Set<string>();
  return g.streams.filter((s) => s.tensor && !seen.has(s.tensor.name) && seen.add(s.tensor.name));
}

/**
 * A wrapper for verification: the accelerator with every watched internal stream as output ports, so that a bench sees
 * each layer's beats. It adds no logic.
 */
export function probeModule(g: HwGraph): string {
  const streams = watched(g);
  const top = g.name;
  const axis = (prefix: string, s: HwStream, direction: "in" | "out") => {
    const [d, r] = direction === "in" ? ["input ", "output"] : ["output", "input "];
    return [
      `    ${d} wire ${range(s.lanes * portLaneBits(s))} ${prefix}_tdata,`,
      `    ${d} wire ${prefix}_tvalid,`,
      `    ${r} wire ${prefix}_tready,`,
      `    ${d} wire ${prefix}_tlast`,
    ].join("\n");
  };
  const probes = streams.map((s, i) =>
    [
      `    output wire ${range(dataBits(s))} probe_${i}_tdata,   // ${s.name}`,
      `    output wire probe_${i}_tvalid,`,
      `    output wire probe_${i}_tready,`,
      `    output wire probe_${i}_tlast`,
    ].join("\n"),
  );
  const names = ["s_axis", ...g.outputs.map((_, i) => outputPort(g, i))];
  return [
    `// The accelerator ${top} with its internal streams as ports, for verification only; generated by addernet-rtl`,
    "",
    "`default_nettype none",
    "",
    `module ${top}_probe #(`,
    '    parameter MEM_DIR = "mem/"',
    ") (",
    "    input  wire clk,",
    "    input  wire rst,",
    [
      axis("s_axis", g.input, "in"),
      ...g.outputs.map((o, i) => axis(outputPort(g, i), o.stream, "out")),
      ...probes,
    ].join(",\n"),
    ");",
    `    ${top} #(.MEM_DIR(MEM_DIR)) dut (`,
    "        .clk(clk), .rst(rst),",
    names
      .map(
        (n) =>
          `        .${n}_tdata(${n}_tdata), .${n}_tvalid(${n}_tvalid), .${n}_tready(${n}_tready), .${n}_tlast(${n}_tlast)`,
      )
      .join(",\n"),
    "    );",
    ...streams.flatMap((s, i) => wires.map((w) => `    assign probe_${i}_${w} = dut.${s.name}_${w};`)),
    "endmodule",
    "",
    "`default_nettype wire",
    "",
  ].join("\n");
}
