// The module of a layer: instances of cells between its stream ports. Only wiring, no behaviour.
import { pathText } from "../diagnostics/print.ts";
import type {
  HwBlock,
  HwGraph,
  HwInstance,
  HwMemory,
  HwPort,
  HwStream,
  HwSwap,
  MemoryPort,
  ParamValue,
  RowWalk,
} from "../ir/hardware.ts";
import { CODE_BEATS, CODE_PAGES, externalSections, PAGE, readerOf } from "../weights/external.ts";
import {
  comment,
  connect,
  count,
  dataBits,
  declare,
  FRAME_BANK,
  MEMORY_CHECK,
  pad,
  ROW_WALK,
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
export const ramsOf = (b: HwBlock): HwMemory[] =>
  b.instances.flatMap(({ ram }) => (ram?.fetched ? (ram.code ?? []) : (ram ?? [])));

/** What a block reads from memory beside the chip. */
export const fetchedOf = (b: HwBlock): HwMemory | undefined => b.instances.find((i) => i.ram?.fetched)?.ram;

/** Ports of a block that reads from memory beside the chip, with their direction and bits. */
export const fetchPorts = ({ addressBits, dataBits }: MemoryPort) =>
  [
    ["fetch_enable", "input", 1],
    ["fetch_base", "input", addressBits],
    ["fetch_req_valid", "output", 1],
    ["fetch_req_ready", "input", 1],
    ["fetch_req_addr", "output", addressBits],
    ["fetch_req_len", "output", 8],
    ["fetch_rsp_valid", "input", 1],
    ["fetch_rsp_data", "input", dataBits],
    ["starved", "output", 1],
    ["fetch_bad", "output", 1],
  ] as const;

/** Declaration of a port, without its comma. */
export const portText = (name: string, direction: "input" | "output", bits: number): string =>
  `    ${pad(direction, 6)} wire ${pad(bits > 1 ? range(bits) : "", 9)} ${name}`;

/** Wires of a load chain. */
export const loadWires = ["tdata", "tvalid", "tfirst"] as const;

/** Reset of the memories of a block, where an abort of frames resets the block and must not touch what is being loaded. */
export const LOAD_RESET = "load_rst";

/** Ports of a load chain, each line without its comma. */
const loadPorts = (port: string, direction: string): string =>
  loadWires.map((w) => `    ${direction} wire ${pad(w === "tdata" ? "[31:0]" : "", 9)} ${port}_${w}`).join(",\n");

/** Ports of a block whose memories have two banks, with their direction and bits. */
export const swapPorts = ({ countBits }: HwSwap) =>
  [
    ["swap_at", "input", countBits],
    ["swap_bank", "input", 1],
    ["swap_settled", "output", 1],
  ] as const;

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
  const taps = i.ram?.fetched && i.ports[0]!;
  const ports = [
    ".clk(clk), .rst(rst)",
    ...(i.ram ? [`.mem_row(${own}_${i.ram.walk ? "block_row" : "row"}), .mem_word(${own}_word)`] : []),
    ...i.ports.map((p) =>
      wrap(p === taps ? connect(p.port, `${own}_taps`) : connections(p, name), "        ")
        .join("\n")
        .trimStart(),
    ),
  ];
  if (taps) out.push(...fetch(g, b, i.ram!, own, taps.streams[0]!, name));
  else if (i.ram) out.push(...memory(g, b, i.ram, own, name(i.ports[0]!.streams[0]!)));
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
function memory(g: HwGraph, b: HwBlock, m: HwMemory, own: string, beats: string): string[] {
  const chain = ramsOf(b);
  const at = chain.indexOf(m);
  const wire = (n: number): string => (n === 0 ? "s_load" : n === chain.length ? "m_load" : `load_${n}`);
  const rows = Math.max(1, Math.ceil(Math.log2(m.rows)));
  const last = at === chain.length - 1;
  return [
    `    wire ${pad(range(rows), 8)} ${own}_row;`,
    `    wire ${pad(range(m.wordBits), 8)} ${own}_word;`,
    ...(m.walk ? walk(g, m.walk, own, beats) : []),
    ...(g.weights!.swap ? bank(g, g.weights!.swap, own, beats) : []),
    ...(last ? [] : declareLoad(wire(at + 1))),
    `    ${g.name}_${WEIGHT_RAM} #(`,
    `        .ROWS(${m.rows}), .BITS(${m.wordBits})${m.onePort ? ", .ONE_PORT(1)" : ""}${g.weights!.swap ? ", .BANKS(2)" : ""}`,
    `    ) u_${own}_ram (`,
    `        .clk(clk), .rst(${g.weights!.external ? LOAD_RESET : "rst"}),`,
    `        ${loadWires.map((w) => `.s_load_${w}(${wire(at)}_${w})`).join(", ")},`,
    `        ${loadWires.map((w) => `.m_load_${w}(${wire(at + 1)}_${w})`).join(", ")},`,
    `        .row(${own}_row), .bank(${g.weights!.swap ? `${own}_bank` : "1'b0"}), .word(${own}_word)`,
    "    );",
  ];
}

/** The bank of a memory that belongs to each of the beats which read it. */
function bank(g: HwGraph, { countBits }: HwSwap, own: string, beats: string): string[] {
  return [
    `    wire ${" ".repeat(8)} ${own}_bank, ${own}_settled;`,
    `    ${g.name}_${FRAME_BANK} #(`,
    `        .COUNT_BITS(${countBits})`,
    `    ) u_${own}_bank (`,
    `        .clk(clk), .rst(rst), .move(${beats}_tvalid && ${beats}_tready), .last(${beats}_tlast),`,
    `        .swap_at(swap_at), .swap_bank(swap_bank), .bank(${own}_bank), .settled(${own}_settled)`,
    "    );",
  ];
}

/** The row of a memory whose blocks of rows serve many pixels each. */
function walk(g: HwGraph, { blocks, times, inner }: RowWalk, own: string, beats: string): string[] {
  const bits = Math.max(1, Math.ceil(Math.log2(inner)));
  return [
    `    wire ${pad(range(bits), 8)} ${own}_block_row;`,
    `    wire ${" ".repeat(8)} unused_${own} = &{1'b0, ${own}_block_row};   // the group's row is that of all groups`,
    `    ${g.name}_${ROW_WALK} #(`,
    `        .BLOCKS(${blocks}), .TIMES(${times}), .INNER(${inner})`,
    `    ) u_${own}_walk (`,
    `        .clk(clk), .rst(rst), .move(${beats}_tvalid && ${beats}_tready), .row(${own}_row)`,
    "    );",
  ];
}

/** What brings an array its weights from memory beside the chip, word by word with the beats of taps. */
function fetch(
  g: HwGraph,
  b: HwBlock,
  m: HwMemory,
  own: string,
  taps: HwStream,
  name: (s: HwStream) => string,
): string[] {
  const port = g.weights!.external!;
  const { beats, burst, depth, beatBits } = readerOf(m, port);
  const { offset } = externalSections(port).find((s) => s.layer === m.section!.node)!;
  const { rows, times } = m.fetched!;
  const declareWires = (wire: string, bits: number) => [
    `    wire ${pad(range(bits), 8)} ${own}_${wire}_tdata;`,
    `    wire ${" ".repeat(8)} ${["tvalid", "tready", "tlast"].map((w) => `${own}_${wire}_${w}`).join(", ")};`,
  ];
  const cell = (module: string, suffix: string, params: string, lines: readonly string[], rst = "rst") => [
    `    ${g.name}_${module} #(`,
    `        ${params}`,
    `    ) u_${own}_${suffix} (`,
    [`.clk(clk), .rst(${rst})`, ...lines].map((l) => `        ${l}`).join(",\n"),
    "    );",
  ];
  const axis = (p: string, wire: string) => connect(p, wire).join(", ");
  const requests = ["req_valid", "req_ready", "req_addr", "req_len"].map((p) => `.m_${p}(fetch_${p})`);
  const answers = ["rsp_valid", "rsp_data"].map((p) => `.s_${p}(fetch_${p})`);
  const row = Math.max(1, Math.ceil(Math.log2(rows)));
  const flush = `rst || ${own}_flush`;
  const { coded } = m.fetched!;
  const pageBits = port.addressBits - 12;
  const code = `${own}_code`;
  const block = coded && coded.lanes * coded.bits;
  const decoder =
    coded && m.code
      ? [
          "    // coded weights: where they are and for which values comes with a set; blocks of them become plain ones",
          ...memory(g, b, m.code, code, ""),
          `    assign ${code}_row = 1'b0;`,
          ...declareWires("blocks", block!),
          `    wire ${" ".repeat(8)} unused_${own}_blocks = ${own}_blocks_tlast;`,
          ...cell(
            "weight_decode",
            "decode",
            `.DATA_BITS(${port.dataBits}), .W_BITS(${coded.bits}), .LANES(${coded.lanes}), .BLOCKS(${(m.rows * m.wordBits) / block!})`,
            [
              `.first(${code}_word[${CODE_PAGES + CODE_BEATS} +: ${coded.bits}]), .second(${code}_word[${CODE_PAGES + CODE_BEATS + coded.bits} +: ${coded.bits}]), .bad(fetch_bad)`,
              axis("s_axis", `${own}_beats`),
              axis("m_axis", `${own}_blocks`),
            ],
            flush,
          ),
        ]
      : ["    assign fetch_bad = 1'b0;"];
  return [
    `    // weights: beats from memory, cut into words; a page of ${rows} words serves ${times} pixel${times === 1 ? "" : "s"}`,
    `    wire ${" ".repeat(8)} ${own}_flush;`,
    `    wire ${pad(range(m.wordBits), 8)} ${own}_word;`,
    `    wire ${pad(range(row), 8)} ${own}_row;`,
    `    wire ${" ".repeat(8)} unused_${own} = &{1'b0, ${own}_row${coded ? "" : `, ${own}_beats_tlast`}};   // words come in their order`,
    ...declareWires("beats", port.dataBits),
    ...declareWires("words", m.wordBits),
    ...declareWires("page", m.wordBits),
    ...declareWires("taps", dataBits(taps)),
    ...cell(
      "weight_fetch",
      "fetch",
      `.ADDR_BITS(${port.addressBits}), .DATA_BITS(${port.dataBits}), .BEAT_BITS(${beatBits}), .BURST(${burst}), .DEPTH(${depth})`,
      [
        `.enable(fetch_enable), .base(fetch_base), .flush(${own}_flush)`,
        coded
          ? `.page(${code}_word[${pageBits - 1}:0]), .beats(${code}_word[${CODE_PAGES} +: ${CODE_BEATS}])`
          : `.page(${pageBits}'d${offset / PAGE}), .beats(${beatBits}'d${beats})`,
        requests.join(", "),
        answers.join(", "),
        axis("m_axis", `${own}_beats`),
      ],
    ),
    ...decoder,
    ...cell(
      "axis_gearbox",
      "words",
      `.IN_BITS(${block ?? port.dataBits}), .OUT_BITS(${m.wordBits}), .WORDS(${m.rows})`,
      [axis("s_axis", coded ? `${own}_blocks` : `${own}_beats`), axis("m_axis", `${own}_words`)],
      flush,
    ),
    ...cell(
      "axis_frames",
      "pages",
      `.WIDTH(${m.wordBits}), .GROUPS(1), .PIXELS(${rows}), .INNER(1), .TIMES(${times})`,
      [axis("s_axis", `${own}_words`), axis("m_axis", `${own}_page`)],
      flush,
    ),
    ...cell("axis_weights", "meet", `.WIDTH(${dataBits(taps)}), .W_BITS(${m.wordBits})`, [
      axis("s0_axis", name(taps)),
      axis("s1_axis", `${own}_page`),
      axis("m_axis", `${own}_taps`),
      `.word(${own}_word), .starved(starved)`,
    ]),
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
        `${g.weights!.swap ? "two banks of " : ""}${count(m.rows, "word")} of ${count(m.wordBits, "bit")}, ${m.onePort ? "in SPRAM, " : ""}written over the load chain`,
      ],
      ["", comment(m.layout)],
    ]),
    ...(fetchedOf(b) ? externalFacts(g, fetchedOf(b)!) : []),
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

function externalFacts(g: HwGraph, m: HwMemory): string[][] {
  const { offset, bytes, code } = externalSections(g.weights!.external!).find((s) => s.layer === m.section!.node)!;
  const coded = code ? `, coded in blocks of ${code.lanes}` : "";
  return [
    [
      "external",
      `${count(bytes, "byte")} a frame from weights_base + ${offset}: ${count(m.rows, "word")} of ${count(m.wordBits, "bit")}${coded}`,
    ],
    ["", comment(m.layout)],
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
    ...(ramsOf(b).length > 0 && g.weights!.external ? [portText(LOAD_RESET, "input", 1)] : []),
    ...(ramsOf(b).length > 0 ? [loadPorts("s_load", "input "), loadPorts("m_load", "output")] : []),
    ...(ramsOf(b).length > 0 && g.weights!.swap
      ? [
          swapPorts(g.weights!.swap)
            .map(([port, way, bits]) => portText(port, way, bits))
            .join(",\n"),
        ]
      : []),
    ...(fetchedOf(b)
      ? [
          fetchPorts(g.weights!.external!)
            .map(([port, way, bits]) => portText(port, way, bits))
            .join(",\n"),
        ]
      : []),
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
    ...(ramsOf(b).length > 0 && g.weights!.swap
      ? [
          "",
          `    assign swap_settled = ${b.instances.flatMap((i) => (i.ram ? `${local(b, i.name.replace(/^u_/, ""))}_settled` : [])).join(" && ")};`,
        ]
      : []),
    ...memoryChecks(g, b),
    "",
    "endmodule",
    "",
    "`default_nettype wire",
    "",
  ].join("\n");
}
