// The top of an accelerator: a table, and one instance a layer. Only wiring, no behaviour.
import type { HwBlock, HwExternal, HwGraph, HwStream, HwWeights } from "../ir/hardware.ts";
import type { Connections, Expr, Module, ModuleItem, ModulePort, Net, Parameter } from "../ir/module.ts";
import { bytesPerFrame } from "../weights/external.ts";
import {
  declaredLoad,
  fetchedOf,
  fetchPorts,
  insidePaths,
  isModule,
  LOAD_RESET,
  type LoadChain,
  loadChain,
  loads,
  memoriesOf,
  passes,
  portsOf,
  ramsOf,
  swapPorts,
} from "./layer.ts";
import {
  all,
  apart,
  assign,
  cell,
  declared,
  declaredStream,
  drives,
  enters,
  gap,
  joined,
  lane,
  leaves,
  net,
  not,
  note,
  parameter,
  port as portOf,
  type StreamNets,
  slice,
  streamNets,
  streamPorts,
  unused,
  vector,
} from "./module.ts";
import {
  axiSignals,
  BAD_FRAME,
  comment,
  count,
  dataBits,
  FRAME_ABORT,
  FRAME_GATE,
  LOADER,
  MEMORY_PORT,
  outputPort,
  pixelsPerBeat,
  portLaneBits,
  READ_MASTER,
  STATUS_BITS,
  SWAP,
  statusBits,
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

/** Nets of the streams between layers: a layer's only output bears its name. */
function netsOf(g: HwGraph): (s: HwStream) => StreamNets {
  const names = new Map(
    g.blocks.filter((b) => isModule(b) && b.outputs.length === 1).map((b) => [b.outputs[0]!.name, b.name] as const),
  );
  return (s) => streamNets(names.get(s.name) ?? s.name, dataBits(s));
}

/** Path of one of a stream's wires below the top: of its own, or inside of a layer. */
export function streamPath(g: HwGraph): (s: HwStream, wire: (typeof wires)[number]) => string {
  const nets = netsOf(g);
  const inside = insidePaths(g);
  return (s, wire) => {
    const path = inside.get(s.name);
    return path === undefined ? nets(s)[wire].name : `${path}_${wire}`;
  };
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

const clk = net("clk");
const rst = net("rst");
const load = (n: number): LoadChain => loadChain(`load_${n}`);
const netOf = ({ name, bits }: Net): Net => net(name, bits);

/** @param chain number of the block's place in the load chain; @param reader its number at the memory port */
function instance(
  g: HwGraph,
  b: HwBlock,
  nets: (s: HwStream) => StreamNets,
  chain: number,
  reader: number,
): ModuleItem[] {
  const { in: inputs, out: outputs } = portsOf(b);
  const loaded = ramsOf(b).length > 0;
  const swap = loaded ? g.weights!.swap : undefined;
  const settled = swap && settledOf(g);
  return [
    ...outputs.flatMap(([, s]) => declaredStream(nets(s))),
    ...(loaded ? declaredLoad(load(chain + 1)) : []),
    {
      is: "instance",
      of: { module: b.module },
      name: `u_${b.name}`,
      parameters: [memoriesOf(b).length > 0 ? { MEM_DIR: parameter("MEM_DIR") } : {}],
      connections: [
        { clk, rst: g.weights?.external ? abort.reset : rst },
        ...inputs.map(([port, s]) => enters(port, nets(s))),
        ...outputs.map(([port, s]) => leaves(port, nets(s))),
        ...(loaded && g.weights!.external ? [{ [LOAD_RESET]: rst }] : []),
        ...(loaded ? [loads("s_load", load(chain)), passes("m_load", load(chain + 1))] : []),
        ...(swap && settled
          ? [
              Object.fromEntries(
                swapPorts(swap).map((p) => [
                  p.name,
                  p.direction === "output" ? { drives: slice(settled, chain) } : netOf(p),
                ]),
              ),
            ]
          : []),
        ...(fetchedOf(b) ? [readerConnections(g.weights!.external!, reader)] : []),
      ],
    },
  ];
}

/** Whether the memories of each layer have all switched. */
const settledOf = (g: HwGraph): Net => vector("swap_settled", g.blocks.filter((b) => ramsOf(b).length > 0).length);

/** Wires of all readers by the names of a reader's ports: side by side, but for those that all share. */
function readerNets(port: HwExternal): ReadonlyMap<string, Net> {
  const shared = ["fetch_enable", "fetch_base", "fetch_rsp_data"];
  return new Map(
    fetchPorts(port).map((p) => [
      p.name,
      p.name === "fetch_base"
        ? net(WEIGHTS_BASE, p.bits)
        : shared.includes(p.name)
          ? netOf(p)
          : vector(p.name, port.memories.length * p.bits),
    ]),
  );
}

/** Connections of a block that reads from memory beside the chip: its part of the wires of all readers. */
function readerConnections(port: HwExternal, reader: number): Connections {
  const nets = readerNets(port);
  return Object.fromEntries(
    fetchPorts(port).map(({ name, direction, bits }) => {
      const of = nets.get(name)!;
      const all = of.bits === bits && of.vector === undefined;
      const part = all ? of : bits === 1 ? slice(of, reader) : lane(of, reader * bits, bits);
      return [name, direction === "output" ? { drives: part } : part];
    }),
  );
}

const loaderStatus = net("loader_status", STATUS_BITS);
/** Signals of the port to memory beside the chip, as ports of the top. */
const memoryPorts = (port: HwExternal): ModulePort[] =>
  axiSignals(port).map(([s, direction, bits]) => portOf(direction, net(`${MEMORY_PORT}_${s}`, bits)));

/** What belongs to the abort of frames; `reset` is that of the layers. */
const abort = {
  aborting: net("aborting"),
  over: net("abort_rst"),
  reset: net("core_rst"),
  failed: net("weights_failed"),
  idle: net("gate_idle"),
};
const handshake = ["tvalid", "tready", "tlast"] as const;
/** Bits of all outputs: one of the handshakes in front of the abort, and the frames that are owed. */
const outputBits = (g: HwGraph, name: string): Net => vector(name, g.outputs.length);
const coreNet = (g: HwGraph, wire: (typeof handshake)[number]): Net => outputBits(g, `core_${wire}`);
/** The mark of an output's bad frames. */
const badOf = (g: HwGraph, i: number): Net => net(`${outputPort(g, i)}_${BAD_FRAME}`);

/** The port to memory beside the chip, what all readers share, and what becomes of frames whose weights cannot be read. */
function reading(g: HwGraph, port: HwExternal): ModuleItem[] {
  const nets = readerNets(port);
  const of = (name: string): Net => nets.get(name)!;
  const [memoryError, quiet] = [net("memory_error"), net("memory_quiet")];
  const wide = ["req_valid", "req_ready", "req_addr", "req_len", "rsp_valid", "rsp_data"].map((n) => of(`fetch_${n}`));
  const owed = outputBits(g, "gate_owed");
  const outs = outputStreams(g).map(({ nets }) => nets);
  const ports = (of: (s: StreamNets, i: number) => Net) => outs.map(of).reverse() as [Net, ...Net[]];
  return [
    note("weights in memory beside the chip: readers of the layers share a port"),
    declared(memoryError, quiet, of("fetch_enable")),
    declared(loaderStatus),
    ...[...wide, of("starved"), of("fetch_bad")].map((n) => declared(n)),
    declared(abort.aborting, abort.over, abort.idle),
    declared(owed),
    cell(
      READ_MASTER,
      `u_${READ_MASTER}`,
      {
        ...{ CLIENTS: port.memories.length, ADDR_BITS: port.addressBits, DATA_BITS: port.dataBits },
        OUTSTANDING: port.outstanding,
      },
      [
        { clk, rst },
        {
          s_req_valid: of("fetch_req_valid"),
          s_req_ready: drives(of("fetch_req_ready")),
          s_req_addr: of("fetch_req_addr"),
          s_req_len: of("fetch_req_len"),
        },
        { m_rsp_valid: drives(of("fetch_rsp_valid")), m_rsp_data: drives(of("fetch_rsp_data")) },
        Object.fromEntries(
          axiSignals(port).map(([s, direction, bits]) => {
            const n = net(`${MEMORY_PORT}_${s}`, bits);
            return [`m_axi_${s}`, direction === "output" ? drives(n) : n];
          }),
        ),
        { stop: abort.aborting, clear: abort.over, quiet: drives(quiet) },
        { starved: of("starved"), stalls: drives(net(WEIGHTS_STALLS, 32)), error: drives(memoryError) },
      ],
    ),
    note(
      "a weight that cannot be read ends the frames that are inside: each leaves marked bad, then all layers start again",
    ),
    declared(abort.failed, abort.reset),
    assign(abort.reset, { either: [rst, abort.over] }),
    assign(net(WEIGHTS_STATUS, statusBits(g)), joined([abort.failed, loaderStatus])),
    ...handshake.map((w) => declared(coreNet(g, w))),
    cell(FRAME_ABORT, `u_${FRAME_ABORT}`, { OUTPUTS: outs.length }, [
      { clk, rst },
      { error: { either: [memoryError, { any: of("fetch_bad") }] }, loaded: slice(loaderStatus, 0), quiet },
      { aborting: drives(abort.aborting), core_rst: drives(abort.over), fetch_enable: drives(of("fetch_enable")) },
      { enters: all(net("s_axis_tvalid"), net("s_axis_tready")), idle: abort.idle, owed },
      {
        s_axis_tvalid: coreNet(g, "tvalid"),
        s_axis_tready: drives(coreNet(g, "tready")),
        s_axis_tlast: coreNet(g, "tlast"),
      },
      {
        m_axis_tvalid: drives(...ports((s) => s.tvalid)),
        m_axis_tready: joined(ports((s) => s.tready)),
        m_axis_tlast: drives(...ports((s) => s.tlast)),
        bad: drives(...ports((_, i) => badOf(g, i))),
      },
      { failed: drives(abort.failed), aborted: drives(net(WEIGHTS_ABORTED, 32)) },
    ]),
  ];
}

/** Ports of the top through which weights are loaded and read. */
function weightsPorts(g: HwGraph): ModulePort[] {
  const external = g.weights!.external;
  return [
    ...apart(badPorts(g)),
    ...streamPorts(streamNets(WEIGHTS_PORT, 32), "in"),
    portOf("output", net(WEIGHTS_STATUS, statusBits(g))),
    ...(external
      ? [
          ...apart(memoryPorts(external)),
          ...apart([
            portOf("input", net(WEIGHTS_BASE, external.addressBits)),
            portOf("output", net(WEIGHTS_STALLS, 32)),
            portOf("output", net(WEIGHTS_ABORTED, 32)),
          ]),
        ]
      : []),
  ];
}

/** The marks of bad frames, where a frame may be one. */
const badPorts = (g: HwGraph): ModulePort[] =>
  g.weights?.external ? g.outputs.map((_, i) => portOf("output", badOf(g, i))) : [];

/** Ports beside the streams, by name. */
const extraPorts = (g: HwGraph): string[] => [
  ...(g.weights ? [WEIGHTS_STATUS] : []),
  ...(g.weights?.external
    ? [...memoryPorts(g.weights.external).map((p) => p.name), WEIGHTS_BASE, WEIGHTS_STALLS, WEIGHTS_ABORTED]
    : []),
  ...badPorts(g).map((p) => p.name),
];

/** Of the number of frames that are inside, where nothing else needs fewer. */
const COUNT_BITS = 16;

const gated = { tvalid: net("gate_tvalid"), tready: net("gate_tready") };

/**
 * The loader of weights, and the gate that keeps frames out until they are there.
 * @param input what the first layer takes
 */
function loading(g: HwGraph, weights: HwWeights, input: StreamNets): ModuleItem[] {
  const { swap, external } = weights;
  const outs = outputStreams(g);
  const countBits = swap?.countBits ?? COUNT_BITS;
  const [open, idle] = [net("weights_open"), net("weights_idle")];
  const status = net(WEIGHTS_STATUS, statusBits(g));
  const { aborting } = abort;
  const [gateOpen, unusedOwed] = [net("gate_open"), outputBits(g, "unused_owed")];
  const gate = {
    ...(swap
      ? { idle: net("unused_idle"), shut: net("gate_shut"), entered: vector("gate_entered", countBits) }
      : { idle: external ? abort.idle : idle, shut: net("unused_shut"), entered: vector("unused_entered", countBits) }),
    open: swap || external ? gateOpen : open,
    owed: external ? outputBits(g, "gate_owed") : unusedOwed,
  };
  const [swapAt, swapBank, settled] = [net("swap_at", countBits), net("swap_bank"), settledOf(g)];
  const identity = (signed: bigint): Parameter => ({ signed, bits: 32, hex: true });
  return [
    ...(swap
      ? [
          note(
            "weights: an image is checked and loaded into the banks that rest, and switched to between two frames; until\nthe first one has been none is taken",
          ),
          declared(open, idle, gate.open, gate.shut, swapBank, gate.idle),
          declared(unusedOwed),
          declared(loaderStatus),
          declared(gate.entered, swapAt),
          declared(settled),
        ]
      : [
          note("weights: an image is checked and loaded while no frame is inside; until then none is taken"),
          declared(open, idle, gate.shut),
          declared(gate.entered),
          ...(external
            ? [
                note("neither begins while frames are being aborted"),
                declared(gateOpen),
                assign(gateOpen, all(open, not(aborting))),
                assign(idle, all(abort.idle, not(aborting))),
              ]
            : [declared(unusedOwed)]),
        ]),
    ...declaredLoad(load(0)),
    cell(
      LOADER,
      `u_${LOADER}`,
      {
        ...{ WORDS: weights.words, STEP: weights.step, SETTLE: weights.settle },
        IDENTITY_0: identity(weights.identity),
        IDENTITY_1: identity(weights.identity >> 32n),
      },
      [
        { clk, rst },
        enters("s_axis", streamNets(WEIGHTS_PORT, 32)),
        passes("m_load", load(0)),
        {
          open: drives(open),
          idle,
          status: drives(weights.external || swap ? loaderStatus : status),
        },
      ],
    ),
    ...(swap
      ? [
          cell(SWAP, `u_${SWAP}`, { COUNT_BITS: swap.countBits }, [
            { clk, rst },
            { load_open: open, load_idle: drives(idle), load_status: loaderStatus },
            { gate_open: drives(gate.open), shut: gate.shut, entered: gate.entered },
            { swap_at: drives(swapAt), swap_bank: drives(swapBank), settled: { every: settled } },
            { status: drives(status) },
          ]),
        ]
      : []),
    cell(FRAME_GATE, `u_${FRAME_GATE}`, { BEATS: g.input.beatsPerFrame, OUTPUTS: outs.length, COUNT_BITS: countBits }, [
      { clk, rst },
      { s_axis_tvalid: net("s_axis_tvalid"), s_axis_tready: drives(gated.tready) },
      {
        m_axis_tvalid: drives(gated.tvalid),
        m_axis_tready: external ? { either: [input.tready, aborting] } : input.tready,
      },
      { done: joined(outs.map(({ nets: o }) => all(o.tvalid, o.tready, o.tlast)).reverse()) },
      {
        ...{ open: gate.open, idle: drives(gate.idle), shut: drives(gate.shut) },
        ...{ entered: drives(gate.entered), owed: drives(gate.owed) },
      },
    ]),
  ];
}

/** Outputs of the accelerator, with the nets of their ports. */
const outputStreams = (g: HwGraph) =>
  g.outputs.map(({ stream }, i) => ({ stream, nets: streamNets(outputPort(g, i), portBits(stream)) }));

/** The top module of the accelerator. */
export function topModule(g: HwGraph, command?: string): Module {
  const nets = netsOf(g);
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
  const head = [
    `Streaming AdderNet accelerator ${g.name}, generated by addernet-rtl`,
    "",
    ...table(rows).map((l) => `  ${l}`),
    "",
    `One frame every ${g.interval} clocks; the bottleneck is ${comment(g.bottleneck)}. ${g.latency.last} clocks from a frame's first beat`,
    "to its last result, the design empty before and nothing waiting for either end. Latency of a layer: clocks from",
    "its first beat in to its first beat out; bits are those of a value on its streams.",
    `Quantization: ${g.quantization}`,
    ...(command === undefined ? [] : [`Made again by: ${comment(command)} -o OUT`]),
    `s_axis: ${describe(g.input)}`,
    ...outPorts.map(([port, s]) => `${port}: ${describe(s)}`),
    ...(g.weights
      ? [
          `${WEIGHTS_PORT}: a weight image (addernet weights pack), ${g.weights.words} words beside its header; no frame is`,
          `taken until one has been loaded. ${WEIGHTS_STATUS}: {${g.weights.external ? "failed, " : ""}error[2:0], ${g.weights.swap ? "bank, switching" : "2'b00"}, loading, loaded}, see ${g.weights.swap ? SWAP : LOADER}.`,
          ...(g.weights.swap
            ? ["A later image is loaded while frames go on, and is the set of all that enter once loading is low."]
            : []),
        ]
      : []),
    ...(g.weights?.external
      ? [
          `${MEMORY_PORT}: AXI4, reads ${bytesPerFrame(g.weights.external)} bytes a frame of the external part of the image, which lies at`,
          `${WEIGHTS_BASE}, a multiple of 4096; the base is set before the image is loaded. An error of the bus, or a wrong code,`,
          `ends the frames that are inside, each with a beat of ${BAD_FRAME} and tlast; ${WEIGHTS_ABORTED} counts them, and the next frame`,
          `is read anew. ${WEIGHTS_STALLS}: clocks in which a layer waited for weights.`,
        ]
      : []),
    "tlast marks the last beat of each frame on the outputs; on the input it is not needed and not trusted.",
    "Frames follow one another without a reset; rst is synchronous and active high, and takes no beat.",
    "",
    `Instance: ${g.name} #(.MEM_DIR("mem/")) u_${g.name} (`,
    "    .clk(), .rst(),",
    ...wrap([...connections, ...extraPorts(g).map((p) => `.${p}()`)], "    ", 113),
    ");",
  ];
  const input = nets(g.input);
  const entering = streamNets("s_axis", portBits(g.input));
  const spare = spareBits(entering.tdata, g.input);
  const items: ModuleItem[] = [
    note("input"),
    ...declaredStream(input),
    assign(input.tdata, unpack(entering.tdata, g.input)),
    ...(g.weights ? [declared(gated.tvalid, gated.tready)] : []),
    assign(input.tvalid, g.weights ? gated.tvalid : entering.tvalid),
    assign(entering.tready, all(g.weights ? gated.tready : input.tready, not(rst))),
    assign(input.tlast, entering.tlast),
    ...(g.weights?.external ? reading(g, g.weights.external) : []),
    ...(g.weights ? loading(g, g.weights, input) : []),
  ];
  let [chain, reader] = [0, 0];
  g.blocks.forEach((b, n) => {
    if (isModule(b)) items.push(note(`${n + 1}. ${comment(b.title)}`), ...instance(g, b, nets, chain, reader));
    if (ramsOf(b).length > 0) chain++;
    if (fetchedOf(b)) reader++;
  });
  // The last memory passes nothing on: an image has as many words as all of them.
  if (g.weights) items.push(gap, unused("unused_load", Object.values(load(chain))));
  items.push(note("outputs"));
  const outs = outputStreams(g).map(({ stream, nets: out }) => ({ stream, out, from: nets(stream) }));
  if (g.weights?.external) {
    outs.forEach(({ stream, out, from }, i) => {
      const kept: Expr = { repeated: not(badOf(g, i)), times: portBits(stream) };
      items.push(
        assign(out.tdata, { bitwiseAnd: [repack(from.tdata, stream), kept] }),
        assign(from.tready, slice(coreNet(g, "tready"), i)),
      );
    });
    for (const w of ["tvalid", "tlast"] as const)
      items.push(assign(coreNet(g, w), joined(outs.map(({ from }) => from[w]).reverse())));
  } else
    for (const { stream, out, from } of outs)
      items.push(
        assign(out.tdata, repack(from.tdata, stream)),
        assign(out.tvalid, from.tvalid),
        assign(from.tready, out.tready),
        assign(out.tlast, from.tlast),
      );
  // Bits of the byte lanes that carry nothing are named, so that lint tools know they are meant to be unread.
  if (spare.length > 0) items.push(gap, unused("unused_padding", spare));
  return {
    name: g.name,
    head,
    parameters: [
      {
        name: "MEM_DIR",
        value: {
          macro: define,
          value: "mem/",
          note: "Where the memory files are: the parameter MEM_DIR of the instance, or this define; it ends in a slash.",
        },
      },
    ],
    ports: topPorts(g),
    items,
  };
}

/** Ports of the accelerator. */
const topPorts = (g: HwGraph): ModulePort[] => [
  portOf("input", clk),
  portOf("input", rst),
  ...streamPorts(streamNets("s_axis", portBits(g.input)), "in"),
  ...outputStreams(g).flatMap(({ nets }) => streamPorts(nets, "out")),
  ...(g.weights ? weightsPorts(g) : []),
];

/** Lanes of a port of padded lanes, the highest first. */
function lanesOf(s: HwStream, lane: (l: number) => readonly Expr[]): readonly Expr[] {
  return Array.from({ length: s.lanes }, (_, l) => lane(l))
    .reverse()
    .flat();
}

const unpack = (port: Net, s: HwStream): Expr =>
  portLaneBits(s) === s.laneBits ? port : joined(lanesOf(s, (l) => [lane(port, l * portLaneBits(s), s.laneBits)]));

function repack(from: Net, s: HwStream): Expr {
  const extra = portLaneBits(s) - s.laneBits;
  if (extra === 0) return from;
  return joined(
    lanesOf(s, (l) => [
      s.signed ? { repeated: slice(from, (l + 1) * s.laneBits - 1), times: extra } : { zeros: extra },
      lane(from, l * s.laneBits, s.laneBits),
    ]),
  );
}

function spareBits(port: Net, s: HwStream): Expr[] {
  const extra = portLaneBits(s) - s.laneBits;
  if (extra === 0) return [];
  return Array.from({ length: s.lanes }, (_, l) => lane(port, l * portLaneBits(s) + s.laneBits, extra));
}

/**
 * A wrapper for verification: the accelerator with every watched internal stream as output ports, so that a bench sees
 * each layer's beats. It adds no logic.
 */
export function probeModule(g: HwGraph): Module {
  const path = streamPath(g);
  const probes = watched(g).map((s, i) => ({ s, nets: streamNets(`probe_${i}`, dataBits(s)) }));
  const outs = outputStreams(g).map(({ nets }) => nets);
  const beside = g.weights ? weightsPorts(g).filter((p) => !p.name.startsWith(`${WEIGHTS_PORT}_`)) : [];
  return {
    name: `${g.name}_probe`,
    head: [
      `The accelerator ${g.name} with its internal streams as ports, for verification only; generated by addernet-rtl`,
    ],
    parameters: [{ name: "MEM_DIR", value: "mem/" }],
    ports: [
      ...topPorts(g),
      ...probes.flatMap(({ s, nets }) => {
        const [first, ...rest] = wires.map((w) => portOf("output", nets[w]));
        return [{ ...first!, apart: true as const, note: s.name }, ...rest];
      }),
    ],
    items: [
      {
        is: "instance",
        of: { module: g.name },
        name: "dut",
        parameters: [{ MEM_DIR: parameter("MEM_DIR") }],
        connections: [
          { clk, rst },
          enters("s_axis", streamNets("s_axis", portBits(g.input))),
          ...outs.map((o, i) => leaves(outputPort(g, i), o)),
          ...(g.weights ? [enters(WEIGHTS_PORT, streamNets(WEIGHTS_PORT, 32))] : []),
          ...(beside.length > 0
            ? [Object.fromEntries(beside.map((p) => [p.name, p.direction === "output" ? drives(netOf(p)) : netOf(p)]))]
            : []),
        ],
      },
      ...probes.flatMap(({ s, nets }) =>
        wires.map((w) => assign(nets[w], { inside: `dut.${path(s, w)}`, bits: nets[w].bits })),
      ),
    ],
  };
}
