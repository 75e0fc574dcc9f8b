// The top of an accelerator: a table, and one instance a layer. Only wiring, no behaviour.

import type { HwBlock, HwGraph, HwStream } from "../ir/hardware.ts";
import type { Expr, Module, ModuleItem, Net } from "../ir/module.ts";
import { bytesPerFrame } from "../weights/external.ts";
import {
  declaredLoad,
  fetchedOf,
  insidePaths,
  isModule,
  LOAD_RESET,
  loads,
  memoriesOf,
  passes,
  portsOf,
  READ_BACK,
  ramsOf,
  swapPorts,
} from "./layer.ts";
import {
  abort,
  back,
  coreNet,
  gated,
  load,
  loading,
  readerConnections,
  reading,
  readingBack,
  settledOf,
} from "./loading.ts";
import {
  all,
  assign,
  clk,
  declared,
  declaredStream,
  drives,
  enters,
  gap,
  joined,
  lane,
  leaves,
  not,
  note,
  parameter,
  port as portOf,
  rst,
  type StreamNets,
  slice,
  streamNets,
  unused,
} from "./module.ts";
import { badOf, extraPorts, netOf, outputStreams, topPorts, weightsPorts } from "./ports.ts";
import {
  BACK_PORT,
  BAD_FRAME,
  comment,
  count,
  dataBits,
  LOADER,
  memoryPortNames,
  outputPort,
  pixelsPerBeat,
  portBits,
  portLaneBits,
  SWAP,
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
        ...(loaded && g.weights!.readBack ? [{ [READ_BACK]: back.reading }] : []),
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
  const connections = [
    "s_axis",
    ...outPorts.map(([p]) => p),
    ...(g.weights ? [WEIGHTS_PORT] : []),
    ...(g.weights?.readBack ? [BACK_PORT] : []),
  ].flatMap((p) => wires.map((w) => `.${p}_${w}()`));
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
          `${memoryPortNames(g.weights.external.ports.length).join(", ")}: AXI4, ${g.weights.external.ports.length > 1 ? "read" : "reads"} ${bytesPerFrame(g.weights.external)} bytes a frame of the external part of the image, which lies at`,
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
  if (g.weights?.readBack) items.push(...readingBack(g, g.weights, load(chain)));
  else if (g.weights) items.push(gap, unused("unused_load", Object.values(load(chain))));
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
