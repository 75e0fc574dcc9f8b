// The top of an accelerator: a table, and one instance a layer. Only wiring, no behaviour.
import type { HwBlock, HwExternal, HwGraph, HwStream, HwWeights, MemoryPort } from "../ir/hardware.ts";
import { bytesPerFrame } from "../weights/external.ts";
import {
  declareLoad,
  fetchedOf,
  fetchPorts,
  insidePaths,
  isModule,
  LOAD_RESET,
  loadWires,
  memoriesOf,
  portsOf,
  portText,
  ramsOf,
  swapPorts,
} from "./layer.ts";
import {
  axiSignals,
  BAD_FRAME,
  comment,
  connect,
  count,
  dataBits,
  declare,
  FRAME_ABORT,
  FRAME_GATE,
  LOADER,
  MEMORY_PORT,
  outputPort,
  pad,
  pixelsPerBeat,
  portLaneBits,
  READ_MASTER,
  range,
  SWAP,
  statusBits,
  streamPorts,
  table,
  WEIGHTS_ABORTED,
  WEIGHTS_BASE,
  WEIGHTS_PORT,
  WEIGHTS_STALLS,
  WEIGHTS_STATUS,
  watched,
  wires,
  wrap,
} from "./verilog.ts";

/** Wires of the streams between layers, by the streams' names: a layer's only output bears its name. */
function wireNames(g: HwGraph): (s: HwStream) => string {
  const names = new Map(
    g.blocks.filter((b) => isModule(b) && b.outputs.length === 1).map((b) => [b.outputs[0]!.name, b.name] as const),
  );
  return (s) => names.get(s.name) ?? s.name;
}

/** Path of a stream's wires below the top: of its own, or inside of a layer. */
export function streamPath(g: HwGraph): (s: HwStream) => string {
  const name = wireNames(g);
  const inside = insidePaths(g);
  return (s) => inside.get(s.name) ?? name(s);
}

const portBits = (s: HwStream): number => s.lanes * portLaneBits(s);

function describe(s: HwStream): string {
  const pixels = pixelsPerBeat(s);
  const used = s.laneBits === portLaneBits(s) ? "" : ` (${s.laneBits} used${s.signed ? ", sign extended" : ""})`;
  return (
    `${count(s.pixels * pixels, "pixel")} of ${count(s.channels / pixels, "value")}, ` +
    `${pixels > 1 ? `${pixels} pixels in ` : ""}${count(s.lanes, "lane")} of ${portLaneBits(s)} bits a beat` +
    `${used}, ${count(s.beatsPerFrame, "beat")} a frame`
  );
}

/** @param chain number of the block's place in the load chain; @param reader its number at the memory port */
function instance(g: HwGraph, b: HwBlock, name: (s: HwStream) => string, chain: number, reader: number): string[] {
  const { in: inputs, out: outputs } = portsOf(b);
  const load = (port: string, n: number) => [loadWires.map((w) => `.${port}_load_${w}(load_${n}_${w})`).join(", ")];
  const loaded = ramsOf(b).length > 0;
  const ports = [...inputs, ...outputs].map(([port, s]) =>
    wrap(connect(port, name(s)), "        ")
      .join("\n")
      .trimStart(),
  );
  return [
    ...outputs.flatMap(([, s]) => declare(name(s), s)),
    ...(loaded ? declareLoad(`load_${chain + 1}`) : []),
    `    ${b.module}${memoriesOf(b).length > 0 ? " #(.MEM_DIR(MEM_DIR))" : ""} u_${b.name} (`,
    [
      `.clk(clk), .rst(${g.weights?.external ? "core_rst" : "rst"})`,
      ...ports,
      ...(loaded && g.weights!.external ? [`.${LOAD_RESET}(rst)`] : []),
      ...(loaded ? [...load("s", chain), ...load("m", chain + 1)] : []),
      ...(loaded && g.weights!.swap
        ? [
            swapPorts(g.weights!.swap)
              .map(([port, way]) => `.${port}(${port}${way === "output" ? `[${chain}]` : ""})`)
              .join(", "),
          ]
        : []),
      ...(fetchedOf(b) ? wrap(readerPorts(g.weights!.external!, reader), "").map((l) => l.replace(/,$/, "")) : []),
    ]
      .map((p) => `        ${p}`)
      .join(",\n"),
    "    );",
  ];
}

/** Connections of a block that reads from memory beside the chip: its part of the wires of all readers. */
const readerPorts = (port: MemoryPort, reader: number): string[] =>
  fetchPorts(port).map(([name, , bits]) => {
    if (name === "fetch_base") return `.${name}(${WEIGHTS_BASE})`;
    if (name === "fetch_enable" || name === "fetch_rsp_data") return `.${name}(${name})`;
    return `.${name}(${name}[${bits === 1 ? reader : `${reader * bits} +: ${bits}`}])`;
  });

const handshake = ["tvalid", "tready", "tlast"] as const;

/** The port to memory beside the chip, what all readers share, and what becomes of frames whose weights cannot be read. */
function reading(g: HwGraph, port: HwExternal): string[] {
  const readers = port.memories.length;
  const outs = g.outputs.map((_, i) => outputPort(g, i));
  const all = (w: string): string =>
    `{${outs
      .map((p) => `${p}_${w}`)
      .reverse()
      .join(", ")}}`;
  const wide = (name: string, bits: number) => `    wire ${pad(range(bits), 9)} ${name};`;
  return [
    "",
    "    // weights in memory beside the chip: readers of the layers share a port",
    "    wire          memory_error, memory_quiet, fetch_enable;",
    "    wire [6:0]    loader_status;",
    wide("fetch_req_valid", readers),
    wide("fetch_req_ready", readers),
    wide("fetch_req_addr", readers * port.addressBits),
    wide("fetch_req_len", readers * 8),
    wide("fetch_rsp_valid", readers),
    wide("fetch_rsp_data", port.dataBits),
    wide("starved", readers),
    wide("fetch_bad", readers),
    "    wire          aborting, abort_rst, gate_idle;",
    wide("gate_owed", outs.length),
    `    ${g.name}_${READ_MASTER} #(`,
    `        .CLIENTS(${readers}), .ADDR_BITS(${port.addressBits}), .DATA_BITS(${port.dataBits}), .OUTSTANDING(${port.outstanding})`,
    `    ) u_${READ_MASTER} (`,
    "        .clk(clk), .rst(rst),",
    `        ${["req_valid", "req_ready", "req_addr", "req_len"].map((p) => `.s_${p}(fetch_${p})`).join(", ")},`,
    `        ${["rsp_valid", "rsp_data"].map((p) => `.m_${p}(fetch_${p})`).join(", ")},`,
    ...wrap(
      axiSignals(port).map(([s]) => `.m_axi_${s}(${MEMORY_PORT}_${s})`),
      "        ",
    ).map((l, i, all) => (i === all.length - 1 ? `${l},` : l)),
    "        .stop(aborting), .clear(abort_rst), .quiet(memory_quiet),",
    `        .starved(starved), .stalls(${WEIGHTS_STALLS}), .error(memory_error)`,
    "    );",
    "",
    "    // a weight that cannot be read ends the frames that are inside: each leaves marked bad, then all layers start again",
    "    wire          weights_failed;",
    "    wire          core_rst = rst || abort_rst;",
    `    assign ${WEIGHTS_STATUS} = {weights_failed, loader_status};`,
    wide("core_tvalid", outs.length),
    wide("core_tready", outs.length),
    wide("core_tlast", outs.length),
    `    ${g.name}_${FRAME_ABORT} #(`,
    `        .OUTPUTS(${outs.length})`,
    `    ) u_${FRAME_ABORT} (`,
    "        .clk(clk), .rst(rst),",
    "        .error(memory_error || fetch_bad != 0), .loaded(loader_status[0]), .quiet(memory_quiet),",
    "        .aborting(aborting), .core_rst(abort_rst), .fetch_enable(fetch_enable),",
    "        .enters(s_axis_tvalid && s_axis_tready), .idle(gate_idle), .owed(gate_owed),",
    `        ${handshake.map((w) => `.s_axis_${w}(core_${w})`).join(", ")},`,
    `        ${handshake.map((w) => `.m_axis_${w}(${all(w)})`).join(", ")}, .bad(${all(BAD_FRAME)}),`,
    `        .failed(weights_failed), .aborted(${WEIGHTS_ABORTED})`,
    "    );",
  ];
}

/** Ports of the top through which weights are loaded and read, each line without its comma. */
function weightsPorts(g: HwGraph): string {
  const port = g.weights!.external;
  const external = port
    ? [
        axiSignals(port)
          .map(([s, direction, bits]) => portText(`${MEMORY_PORT}_${s}`, direction, bits))
          .join(",\n"),
        [
          portText(WEIGHTS_BASE, "input", port.addressBits),
          portText(WEIGHTS_STALLS, "output", 32),
          portText(WEIGHTS_ABORTED, "output", 32),
        ].join(",\n"),
      ]
    : [];
  const bad = badPorts(g).map((p) => portText(p, "output", 1));
  const load = `${streamPorts(WEIGHTS_PORT, 32, "in")},\n    output wire ${range(statusBits(g))}     ${WEIGHTS_STATUS}`;
  return [...(bad.length > 0 ? [bad.join(",\n")] : []), load, ...external].join(",\n\n");
}

/** The marks of bad frames, where a frame may be one. */
const badPorts = (g: HwGraph): string[] =>
  g.weights?.external ? g.outputs.map((_, i) => `${outputPort(g, i)}_${BAD_FRAME}`) : [];

/** Ports beside the streams, by name. */
const extraPorts = (g: HwGraph): string[] => [
  ...(g.weights ? [WEIGHTS_STATUS] : []),
  ...(g.weights?.external
    ? [
        ...axiSignals(g.weights.external).map(([s]) => `${MEMORY_PORT}_${s}`),
        WEIGHTS_BASE,
        WEIGHTS_STALLS,
        WEIGHTS_ABORTED,
      ]
    : []),
  ...badPorts(g),
];

/** Of the number of frames that are inside, where nothing else needs fewer. */
const COUNT_BITS = 16;

/**
 * The loader of weights, and the gate that keeps frames out until they are there.
 * @param ready the wire that tells that the first layer takes a beat
 */
function loading(g: HwGraph, weights: HwWeights, ready: string): string[] {
  const word = (n: bigint): string => `32'sh${BigInt.asUintN(32, n).toString(16).padStart(8, "0")}`;
  const { swap, external } = weights;
  const chains = g.blocks.filter((b) => ramsOf(b).length > 0).length;
  const outs = g.outputs.map((_, i) => outputPort(g, i));
  const done = outs.map((p) => `${p}_tvalid && ${p}_tready && ${p}_tlast`);
  return [
    "",
    ...(swap
      ? [
          "    // weights: an image is checked and loaded into the banks that rest, and switched to between two frames; until",
          "    // the first one has been none is taken",
          "    wire          weights_open, weights_idle, gate_open, gate_shut, swap_bank, unused_idle;",
          `    wire ${pad(range(outs.length), 8)} unused_owed;`,
          "    wire [6:0]    loader_status;",
          `    wire ${pad(range(swap.countBits), 8)} gate_entered, swap_at;`,
          `    wire ${pad(range(chains), 8)} swap_settled;`,
        ]
      : [
          "    // weights: an image is checked and loaded while no frame is inside; until then none is taken",
          "    wire          weights_open, weights_idle, unused_shut;",
          `    wire ${pad(range(COUNT_BITS), 8)} unused_entered;`,
          ...(external
            ? [
                "    // neither begins while frames are being aborted",
                "    wire          gate_open = weights_open && !aborting;",
                "    assign        weights_idle = gate_idle && !aborting;",
              ]
            : [`    wire ${pad(range(outs.length), 8)} unused_owed;`]),
        ]),
    ...declareLoad("load_0"),
    `    ${g.name}_${LOADER} #(`,
    `        .WORDS(${weights.words}), .STEP(${weights.step}), .SETTLE(${weights.settle}),`,
    `        .IDENTITY_0(${word(weights.identity)}), .IDENTITY_1(${word(weights.identity >> 32n)})`,
    `    ) u_${LOADER} (`,
    "        .clk(clk), .rst(rst),",
    `        ${wires.map((w) => `.s_axis_${w}(${WEIGHTS_PORT}_${w})`).join(", ")},`,
    `        ${loadWires.map((w) => `.m_load_${w}(load_0_${w})`).join(", ")},`,
    `        .open(weights_open), .idle(weights_idle), .status(${weights.external || swap ? "loader_status" : WEIGHTS_STATUS})`,
    "    );",
    ...(swap
      ? [
          `    ${g.name}_${SWAP} #(.COUNT_BITS(${swap.countBits})) u_${SWAP} (`,
          "        .clk(clk), .rst(rst),",
          "        .load_open(weights_open), .load_idle(weights_idle), .load_status(loader_status),",
          "        .gate_open(gate_open), .shut(gate_shut), .entered(gate_entered),",
          "        .swap_at(swap_at), .swap_bank(swap_bank), .settled(&swap_settled),",
          `        .status(${WEIGHTS_STATUS})`,
          "    );",
        ]
      : []),
    `    ${g.name}_${FRAME_GATE} #(`,
    `        .BEATS(${g.input.beatsPerFrame}), .OUTPUTS(${outs.length}), .COUNT_BITS(${swap?.countBits ?? COUNT_BITS})`,
    `    ) u_${FRAME_GATE} (`,
    "        .clk(clk), .rst(rst),",
    "        .s_axis_tvalid(s_axis_tvalid), .s_axis_tready(gate_tready),",
    `        .m_axis_tvalid(gate_tvalid), .m_axis_tready(${external ? `${ready} || aborting` : ready}),`,
    `        .done({${done.reverse().join(", ")}}),`,
    swap
      ? "        .open(gate_open), .idle(unused_idle), .shut(gate_shut), .entered(gate_entered), .owed(unused_owed)"
      : `        .open(${external ? "gate_open" : "weights_open"}), .idle(${external ? "gate_idle" : "weights_idle"}), .shut(unused_shut), .entered(unused_entered), .owed(${external ? "gate_owed" : "unused_owed"})`,
    "    );",
  ];
}

/** The top module of the accelerator. */
export function topModule(g: HwGraph, command?: string): string {
  const name = wireNames(g);
  const rows = [
    ["no", "layer", "computes", "bits", "PE", "SIMD", "clocks/frame", "lanes busy", "latency"],
    ...g.blocks.map((b, n) => [
      String(n + 1),
      b.name,
      comment(b.facts.find(([k]) => k === "formula")?.[1] ?? ""),
      `${[...new Set(b.inputs.map((s) => s.laneBits))].join(", ")} to ${b.outputs[0]!.laneBits}`,
      String(b.pe),
      String(b.simd),
      String(b.cyclesPerFrame),
      b.operations > 0 ? `${((100 * b.operations) / (b.arithmeticLanes * g.interval)).toFixed(1)} %` : "",
      isModule(b) ? String(b.latency.first) : "",
    ]),
  ];
  const outPorts = g.outputs.map((o, i) => [outputPort(g, i), o.stream] as const);
  const connections = ["s_axis", ...outPorts.map(([p]) => p), ...(g.weights ? [WEIGHTS_PORT] : [])].flatMap((p) =>
    wires.map((w) => `.${p}_${w}()`),
  );
  const define = `${g.name.toUpperCase()}_MEM_DIR`;
  const out = [
    `// Streaming AdderNet accelerator ${g.name}, generated by addernet-rtl`,
    "//",
    ...table(rows).map((l) => `//   ${l}`),
    "//",
    `// One frame every ${g.interval} clocks; the bottleneck is ${comment(g.bottleneck)}. ${g.latency.last} clocks from a frame's first beat`,
    "// to its last result, the design empty before and nothing waiting for either end. Latency of a layer: clocks from",
    "// its first beat in to its first beat out; bits are those of a value on its streams.",
    `// Quantization: ${g.quantization}`,
    ...(command === undefined ? [] : [`// Made again by: ${comment(command)} -o OUT`]),
    `// s_axis: ${describe(g.input)}`,
    ...outPorts.map(([port, s]) => `// ${port}: ${describe(s)}`),
    ...(g.weights
      ? [
          `// ${WEIGHTS_PORT}: a weight image (addernet weights pack), ${g.weights.words} words beside its header; no frame is`,
          `// taken until one has been loaded. ${WEIGHTS_STATUS}: {${g.weights.external ? "failed, " : ""}error[2:0], ${g.weights.swap ? "bank, switching" : "2'b00"}, loading, loaded}, see ${g.weights.swap ? SWAP : LOADER}.`,
          ...(g.weights.swap
            ? ["// A later image is loaded while frames go on, and is the set of all that enter once loading is low."]
            : []),
        ]
      : []),
    ...(g.weights?.external
      ? [
          `// ${MEMORY_PORT}: AXI4, reads ${bytesPerFrame(g.weights.external)} bytes a frame of the external part of the image, which lies at`,
          `// ${WEIGHTS_BASE}, a multiple of 4096; the base is set before the image is loaded. An error of the bus, or a wrong code,`,
          `// ends the frames that are inside, each with a beat of ${BAD_FRAME} and tlast; ${WEIGHTS_ABORTED} counts them, and the next frame`,
          `// is read anew. ${WEIGHTS_STALLS}: clocks in which a layer waited for weights.`,
        ]
      : []),
    "// tlast marks the last beat of each frame on the outputs; on the input it is not needed and not trusted.",
    "// Frames follow one another without a reset; rst is synchronous and active high, and takes no beat.",
    "//",
    `// Instance: ${g.name} #(.MEM_DIR("mem/")) u_${g.name} (`,
    "//     .clk(), .rst(),",
    ...wrap([...connections, ...extraPorts(g).map((p) => `.${p}()`)], "//     "),
    "// );",
    "",
    "`default_nettype none",
    "",
    "// Where the memory files are: the parameter MEM_DIR of the instance, or this define; it ends in a slash.",
    `\`ifndef ${define}`,
    `\`define ${define} "mem/"`,
    "`endif",
    "",
    `module ${g.name} #(`,
    `    parameter MEM_DIR = \`${define}`,
    ") (",
    "    input  wire           clk,",
    "    input  wire           rst,",
    "",
  ];
  const ports = [
    streamPorts("s_axis", portBits(g.input), "in"),
    ...outPorts.map(([port, s]) => streamPorts(port, portBits(s), "out")),
    ...(g.weights ? [weightsPorts(g)] : []),
  ];
  out.push(ports.join(",\n\n"), ");", "");
  const input = name(g.input);
  out.push("    // input", ...declare(input, g.input));
  out.push(
    `    assign ${input}_tdata = ${unpack("s_axis_tdata", g.input)};`,
    ...(g.weights
      ? [
          "    wire          gate_tvalid, gate_tready;",
          `    assign ${input}_tvalid = gate_tvalid;`,
          "    assign s_axis_tready = gate_tready && !rst;",
        ]
      : [`    assign ${input}_tvalid = s_axis_tvalid;`, `    assign s_axis_tready = ${input}_tready && !rst;`]),
    `    assign ${input}_tlast = s_axis_tlast;`,
  );
  if (g.weights?.external) out.push(...reading(g, g.weights.external));
  if (g.weights) out.push(...loading(g, g.weights, `${input}_tready`));
  let [chain, reader] = [0, 0];
  g.blocks.forEach((b, n) => {
    if (isModule(b)) out.push("", `    // ${n + 1}. ${comment(b.title)}`, ...instance(g, b, name, chain, reader));
    if (ramsOf(b).length > 0) chain++;
    if (fetchedOf(b)) reader++;
  });
  // The last memory passes nothing on: an image has as many words as all of them.
  if (g.weights)
    out.push("", `    wire unused_load = &{1'b0, ${loadWires.map((w) => `load_${chain}_${w}`).join(", ")}};`);
  out.push("", "    // outputs");
  outPorts.forEach(([port, s], i) => {
    const from = name(s);
    if (g.weights?.external)
      out.push(
        `    assign ${port}_tdata = ${repack(from, s)} & {${portBits(s)}{!${port}_${BAD_FRAME}}};`,
        `    assign core_tvalid[${i}] = ${from}_tvalid;`,
        `    assign ${from}_tready = core_tready[${i}];`,
        `    assign core_tlast[${i}] = ${from}_tlast;`,
      );
    else
      out.push(
        `    assign ${port}_tdata = ${repack(from, s)};`,
        `    assign ${port}_tvalid = ${from}_tvalid;`,
        `    assign ${from}_tready = ${port}_tready;`,
        `    assign ${port}_tlast = ${from}_tlast;`,
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

function repack(from: string, s: HwStream): string {
  const extra = portLaneBits(s) - s.laneBits;
  if (extra === 0) return `${from}_tdata`;
  const lanes = Array.from({ length: s.lanes }, (_, l) => {
    const lane = `${from}_tdata[${l * s.laneBits} +: ${s.laneBits}]`;
    return s.signed ? `{${extra}{${from}_tdata[${(l + 1) * s.laneBits - 1}]}}, ${lane}` : `${extra}'b0, ${lane}`;
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

/**
 * A wrapper for verification: the accelerator with every watched internal stream as output ports, so that a bench sees
 * each layer's beats. It adds no logic.
 */
export function probeModule(g: HwGraph): string {
  const streams = watched(g);
  const path = streamPath(g);
  const top = g.name;
  const probes = streams.map((s, i) =>
    [
      `    output wire ${range(dataBits(s))} probe_${i}_tdata,   // ${s.name}`,
      `    output wire probe_${i}_tvalid,`,
      `    output wire probe_${i}_tready,`,
      `    output wire probe_${i}_tlast`,
    ].join("\n"),
  );
  const names = ["s_axis", ...g.outputs.map((_, i) => outputPort(g, i)), ...(g.weights ? [WEIGHTS_PORT] : [])];
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
      streamPorts("s_axis", portBits(g.input), "in"),
      ...g.outputs.map((o, i) => streamPorts(outputPort(g, i), portBits(o.stream), "out")),
      ...(g.weights ? [weightsPorts(g)] : []),
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
      .concat(extraPorts(g).map((p) => `        .${p}(${p})`))
      .join(",\n"),
    "    );",
    ...streams.flatMap((s, i) => wires.map((w) => `    assign probe_${i}_${w} = dut.${path(s)}_${w};`)),
    "endmodule",
    "",
    "`default_nettype wire",
    "",
  ].join("\n");
}
