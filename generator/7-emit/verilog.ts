// Prints Verilog text: only wiring, no behaviour.
import type { HwBlock, HwGraph, HwInstance, HwStream, ParamValue } from "../ir/hardware.ts";

export const dataBits = (s: HwStream): number => s.lanes * s.laneBits;
/** Lanes at the top's ports are padded to whole bytes. */
export const portLaneBits = (s: HwStream): number => Math.ceil(s.laneBits / 8) * 8;

const range = (bits: number): string => `[${bits - 1}:0]`;
const pad = (s: string, n: number): string => s.padEnd(n);

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

function declare(s: HwStream): string {
  const w = range(dataBits(s));
  return `    wire ${pad(w, 9)} ${s.name}_tdata;\n    wire ${" ".repeat(9)} ${s.name}_tvalid, ${s.name}_tready, ${s.name}_tlast;`;
}

const paramText = (v: ParamValue): string =>
  typeof v === "object" ? `{MEM_DIR, "${v.file}"}` : typeof v === "bigint" ? `${v}` : String(v);

function instance(prefix: string, i: HwInstance): string[] {
  const params = Object.entries(i.params);
  const out = [`    ${prefix}_${i.cell} #(`];
  params.forEach(([k, v], n) => {
    out.push(`        .${k}(${paramText(v)})${n < params.length - 1 ? "," : ""}`);
  });
  out.push(`    ) ${i.name} (`, "        .clk(clk), .rst(rst),");
  const ports = i.ports.map((p) => {
    const list = (suffix: string) =>
      p.streams.length === 1
        ? `${p.streams[0]!.name}_${suffix}`
        : `{${[...p.streams]
            .reverse()
            .map((s) => `${s.name}_${suffix}`)
            .join(", ")}}`;
    const first = p.streams[0]!.name;
    return `        .${p.port}_tdata(${first}_tdata), .${p.port}_tvalid(${list("tvalid")}), .${p.port}_tready(${list("tready")}), .${p.port}_tlast(${first}_tlast)`;
  });
  out.push(ports.join(",\n"), "    );");
  // A fork drives one payload: the other branches read the first one's wires.
  for (const p of i.ports)
    for (const s of p.streams.slice(1))
      out.push(
        `    assign ${s.name}_tdata = ${p.streams[0]!.name}_tdata;`,
        `    assign ${s.name}_tlast = ${p.streams[0]!.name}_tlast;`,
      );
  return out;
}

function blockText(g: HwGraph, b: HwBlock): string[] {
  const rule = "-".repeat(Math.max(3, 100 - b.name.length));
  const out = ["", `    // ${b.name} ${rule}`];
  const facts: (readonly string[])[] = [
    ["name", `${JSON.stringify(comment(b.title))} at ${comment(jsonPath(b.path))}`],
    ...b.facts.map(([k, v]) => [k, comment(v)]),
    [
      "fold",
      `PE ${b.pe}, SIMD ${b.simd}; ${b.cyclesPerFrame} clocks a frame${b.title === g.bottleneck ? " (the bottleneck)" : ""}`,
    ],
  ];
  for (const line of table(facts)) out.push(`    // ${line}`);
  const made = new Set(
    b.instances.flatMap((i) => i.ports.filter((p) => p.direction === "out").flatMap((p) => p.streams)),
  );
  for (const s of made) out.push(declare(s));
  for (const i of b.instances) out.push(...instance(g.name, i));
  return out;
}

export const jsonPath = (path: readonly (string | number)[]): string =>
  `$${path.map((p) => (typeof p === "number" ? `[${p}]` : `.${p}`)).join("")}`;

export const outputPort = (g: HwGraph, i: number): string =>
  g.outputs.length === 1 ? "m_axis" : `m_axis_${g.outputs[i]!.name}`;

/** The top module of the accelerator. */
export function topModule(g: HwGraph): string {
  const rows = [
    ["layer", "computes", "PE", "SIMD", "clocks/frame", "lanes busy"],
    ...g.blocks.map((b) => [
      b.name,
      comment(b.facts.find(([k]) => k === "formula")?.[1] ?? ""),
      String(b.pe),
      String(b.simd),
      String(b.cyclesPerFrame),
      b.operations > 0 ? `${((100 * b.operations) / (b.pe * b.simd * g.interval)).toFixed(1)} %` : "",
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
    `${s.pixels} pixels of ${s.channels} value${s.channels === 1 ? "" : "s"}, ${s.lanes} lane${s.lanes === 1 ? "" : "s"} of ${portLaneBits(s)} bits a beat` +
    `${s.laneBits === portLaneBits(s) ? "" : ` (${s.laneBits} used${s.signed ? ", sign extended" : ""})`}, ${s.beatsPerFrame} beats a frame`;
  const out = [
    `// ${g.name} - streaming AdderNet accelerator, generated by addernet-rtl`,
    "//",
    ...table(rows).map((l) => `//   ${l}`),
    "//",
    `// One frame every ${g.interval} clocks; the bottleneck is ${comment(g.bottleneck)}.`,
    `// s_axis: ${describe(g.input)}`,
    ...g.outputs.map((o, i) => `// ${outputPort(g, i)}: ${describe(o.stream)}`),
    "// tlast marks the last beat of each frame on the outputs; on the input it is not needed and not trusted.",
    "// Frames follow one another without a reset; rst is synchronous and active high.",
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
  out.push("    // input", declare(g.input));
  out.push(`    assign ${g.input.name}_tdata = ${unpack("s_axis_tdata", g.input)};`);
  out.push(
    `    assign ${g.input.name}_tvalid = s_axis_tvalid;`,
    `    assign s_axis_tready = ${g.input.name}_tready;`,
    `    assign ${g.input.name}_tlast = s_axis_tlast;`,
  );
  for (const b of g.blocks) out.push(...blockText(g, b));
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
export function watched(g: HwGraph): HwStream[] {
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
    `// ${top}_probe - ${top} with its internal streams as ports, for verification only; generated by addernet-rtl`,
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
    ...streams.flatMap((s, i) =>
      ["tdata", "tvalid", "tready", "tlast"].map((w) => `    assign probe_${i}_${w} = dut.${s.name}_${w};`),
    ),
    "endmodule",
    "",
    "`default_nettype wire",
    "",
  ].join("\n");
}
