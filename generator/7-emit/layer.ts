// The module of a layer: instances of cells between its stream ports. Only wiring, no behaviour.
import { pathText } from "../diagnostics/print.ts";
import type {
  CodeLayout,
  CodeRom,
  HwBlock,
  HwGraph,
  HwInstance,
  HwMemory,
  HwPort,
  HwStream,
  HwSwap,
  MemoryPort,
  MemoryStyle,
  ParamValue,
  RowWalk,
} from "../ir/hardware.ts";
import type { Connections, Expr, Module, ModuleItem, ModulePort, Net, Parameter } from "../ir/module.ts";
import { CODE_BEATS, CODE_PAGES, externalSections, PAGE, readerOf } from "../weights/external.ts";
import {
  all,
  apart,
  assign,
  cell,
  clk,
  constant,
  declared,
  declaredStream,
  drives,
  enters,
  gap,
  joined,
  lane,
  leaves,
  net,
  note,
  parameter,
  port,
  rst,
  type StreamNets,
  slice,
  streamNets,
  streamPorts,
  text,
  unused,
  vector,
} from "./module.ts";
import {
  comment,
  count,
  DECODER,
  dataBits,
  FRAME_BANK,
  MEMORY_CHECK,
  ROW_ROM,
  ROW_WALK,
  table,
  WEIGHT_RAM,
  wires,
} from "./verilog.ts";

/** A block that is more than the wires of its input. */
export const isModule = (b: HwBlock): boolean => b.instances.length > 0;

/** Memories of a block that are written at run time, in the order of its load chain. */
export const ramsOf = (b: HwBlock): HwMemory[] =>
  b.instances.flatMap(({ ram }) => (!ram?.section ? [] : ram.fetched ? (ram.code ?? []) : ram));

/** What a block reads from memory beside the chip. */
export const fetchedOf = (b: HwBlock): HwMemory | undefined =>
  b.instances.find(({ ram }) => ram?.section && ram.fetched)?.ram;

/** Signals of a block that reads from memory beside the chip, as its ports. */
export const fetchPorts = ({ addressBits, dataBits }: MemoryPort): ModulePort[] => [
  port("input", net("fetch_enable")),
  port("input", net("fetch_base", addressBits)),
  port("output", net("fetch_req_valid")),
  port("input", net("fetch_req_ready")),
  port("output", net("fetch_req_addr", addressBits)),
  port("output", net("fetch_req_len", 8)),
  port("input", net("fetch_rsp_valid")),
  port("input", net("fetch_rsp_data", dataBits)),
  port("output", net("starved")),
  port("output", net("fetch_bad")),
];

/** Wires of a load chain. */
export interface LoadChain {
  readonly tdata: Net;
  readonly tvalid: Net;
  readonly tfirst: Net;
}
export const loadChain = (name: string): LoadChain => ({
  tdata: net(`${name}_tdata`, 32),
  tvalid: net(`${name}_tvalid`),
  tfirst: net(`${name}_tfirst`),
});
export const declaredLoad = (l: LoadChain): ModuleItem[] => [declared(l.tdata), declared(l.tvalid, l.tfirst)];
/** An instance's port where the chain enters it, and where it leaves it. */
export const loads = (at: string, l: LoadChain): Connections =>
  Object.fromEntries(Object.entries(l).map(([w, n]: [string, Net]) => [`${at}_${w}`, n]));
export const passes = (at: string, l: LoadChain): Connections =>
  Object.fromEntries(Object.entries(l).map(([w, n]: [string, Net]) => [`${at}_${w}`, drives(n)]));

/** Ports of a block whose memories have two banks. */
export const swapPorts = ({ countBits }: HwSwap): ModulePort[] => [
  port("input", net("swap_at", countBits)),
  port("input", net("swap_bank")),
  port("output", net("swap_settled")),
];

/** Port of a block whose memories are read back. */
export const READ_BACK = "read_back";

/** Memories of a block with fixed contents: those in its instances, and those beside them. */
export const memoriesOf = (b: HwBlock): HwMemory[] =>
  b.instances.flatMap(({ params, ram }) => [
    ...Object.values(params).flatMap((v) => (typeof v === "object" ? [v] : [])),
    ...(!ram || ram.section ? [] : [ram.fetched?.rom?.memory ?? ram]),
  ]);

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

/** Nets of a stream inside of a block's module: its ports', or its own. */
function netsOf(b: HwBlock): (s: HwStream) => StreamNets {
  const { in: inputs, out: outputs } = portsOf(b);
  const ports = new Map([...inputs, ...outputs].map(([port, s]) => [s.name, port]));
  return (s) => streamNets(ports.get(s.name) ?? local(b, s.name), dataBits(s));
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

/** Reset of the memories of a block, where an abort of frames resets the block and must not touch what is being loaded. */
export const LOAD_RESET = "load_rst";
/** What resets the memories of a block that are written at run time. */
const loadReset = (g: HwGraph): Net => (g.weights!.external ? net(LOAD_RESET) : rst);
/** Bits of an index of `n` things. */
const indexBits = (n: number): number => Math.max(1, Math.ceil(Math.log2(n)));
/** Where a memory file is. */
const fileAt = (file: string): Parameter => ({ joined: [parameter("MEM_DIR"), text(file)] });
const moves = ({ tvalid, tready }: StreamNets): Expr => all(tvalid, tready);

function parameterOf(v: ParamValue): Parameter {
  if (typeof v === "object") return fileAt(v.file);
  if (typeof v === "string") return text(v);
  return typeof v === "bigint" ? { signed: v, bits: 64 } : v;
}

/** Connections of one port; several streams share a payload and have a handshake each, the first one lowest. */
function connections({ port, direction, streams }: HwPort, nets: (s: HwStream) => StreamNets): Connections {
  const first = nets(streams[0]!);
  const each = [...streams].reverse().map(nets);
  return Object.fromEntries(
    wires.map((w) => {
      const shared = w === "tdata" || w === "tlast";
      const taken = shared ? [first[w]] : each.map((s) => s[w]);
      const driven = (direction === "out") === (w !== "tready");
      return [`${port}_${w}`, driven ? drives(...(taken as [Net, ...Net[]])) : joined(taken)];
    }),
  );
}

/** What the parts of a layer's module share. */
interface Layer {
  readonly g: HwGraph;
  readonly b: HwBlock;
  readonly nets: (s: HwStream) => StreamNets;
}

/** Name of what belongs to an instance. */
const ownName = (b: HwBlock, i: HwInstance): string => local(b, i.name.replace(/^u_/, ""));

function instance(layer: Layer, i: HwInstance): ModuleItem[] {
  const { b, nets } = layer;
  const outside = new Set([...b.inputs, ...b.outputs].map((s) => s.name));
  const outputs = i.ports.filter((p) => p.direction === "out");
  const inside = outputs.flatMap((p) => p.streams).filter((s) => !outside.has(s.name));
  const own = ownName(b, i);
  const taps = i.ram?.fetched && i.ports[0]!;
  const read = i.ram && { row: rowOf(own, i.ram), word: vector(`${own}_word`, i.ram.wordBits) };
  const met = taps && streamNets(`${own}_taps`, dataBits(taps.streams[0]!));
  const beats = nets(i.ports[0]!.streams[0]!);
  return [
    ...inside.flatMap((s) => declaredStream(nets(s))),
    ...(met ? fetch(layer, i, own, beats, met) : i.ram ? memory(layer, i.ram, own, beats, i.romStyle) : []),
    cell(
      i.cell,
      instanceName(b, i),
      Object.fromEntries(Object.entries(i.params).map(([k, v]) => [k, parameterOf(v)])),
      [
        { clk, rst },
        ...(read ? [{ mem_row: drives(read.row), mem_word: read.word }] : []),
        ...i.ports.map((p) => (p === taps ? enters(p.port, met!) : connections(p, nets))),
      ],
    ),
    // A fork drives one payload: the other branches read the first one's wires.
    ...outputs.flatMap((p) => {
      const { tdata, tlast } = nets(p.streams[0]!);
      return p.streams
        .slice(1)
        .map(nets)
        .flatMap((s) => [assign(s.tdata, tdata), assign(s.tlast, tlast)]);
    }),
  ];
}

/** The row that a cell asks of its memory. */
function rowOf(own: string, m: HwMemory): Net {
  if (m.fetched) return vector(`${own}_row`, indexBits(m.fetched.rows));
  return m.walk ? vector(`${own}_block_row`, indexBits(m.walk.inner)) : vector(`${own}_row`, indexBits(m.rows));
}

/**
 * A memory that is written at run time, between the one before it in the load chain and the one behind it.
 * @param beats the stream whose beats read it
 */
function memory(layer: Layer, m: HwMemory, own: string, beats: StreamNets, style?: MemoryStyle): ModuleItem[] {
  if (!m.section) return rom(m, own, beats, style);
  const { g, b } = layer;
  const chain = ramsOf(b);
  const at = chain.indexOf(m);
  const link = (n: number) => loadChain(n === 0 ? "s_load" : n === chain.length ? "m_load" : `load_${n}`);
  const last = at === chain.length - 1;
  const row = vector(`${own}_row`, indexBits(m.rows));
  const word = vector(`${own}_word`, m.wordBits);
  const { swap, readBack } = g.weights!;
  return [
    declared(row),
    declared(word),
    ...(m.walk ? walk(m, m.walk, own, row, beats) : []),
    ...(swap ? bank(swap, own, beats) : []),
    ...(last ? [] : declaredLoad(link(at + 1))),
    cell(
      WEIGHT_RAM,
      `u_${own}_ram`,
      {
        ROWS: m.rows,
        BITS: m.wordBits,
        ...(m.onePort ? { ONE_PORT: 1 } : {}),
        ...(swap ? { BANKS: 2 } : {}),
        ...(readBack ? { READ: 1 } : {}),
      },
      [
        { clk, rst: loadReset(g) },
        loads("s_load", link(at)),
        passes("m_load", link(at + 1)),
        { read_back: readBack ? net(READ_BACK) : constant(1, 0) },
        { row, bank: swap ? bankOf(own).bank : constant(1, 0), word: drives(word) },
      ],
    ),
  ];
}

const romParameters = (m: HwMemory, style: MemoryStyle | undefined) => ({
  ...{ ROWS: m.rows, BITS: m.wordBits, MEM_FILE: parameterOf(m) },
  ...(style ? { MEM_STYLE: text(style) } : {}),
});

/** A ROM beside the cell that reads it, in an order of its own. */
function rom(m: HwMemory, own: string, beats: StreamNets, style?: MemoryStyle): ModuleItem[] {
  const [row, word] = [vector(`${own}_row`, indexBits(m.rows)), vector(`${own}_word`, m.wordBits)];
  return [
    declared(row),
    declared(word),
    ...walk(m, m.walk!, own, row, beats),
    cell(ROW_ROM, `u_${own}_rom`, romParameters(m, style), [{ clk, row, word: drives(word) }]),
  ];
}

const bankOf = (own: string) => ({ bank: net(`${own}_bank`), settled: net(`${own}_settled`) });

/** The bank of a memory that belongs to each of the beats which read it. */
function bank({ countBits }: HwSwap, own: string, beats: StreamNets): ModuleItem[] {
  const { bank, settled } = bankOf(own);
  return [
    declared(bank, settled),
    cell(FRAME_BANK, `u_${own}_bank`, { COUNT_BITS: countBits }, [
      { clk, rst, move: moves(beats), last: beats.tlast },
      { swap_at: net("swap_at", countBits), swap_bank: net("swap_bank"), bank: drives(bank), settled: drives(settled) },
    ]),
  ];
}

/** The row of a memory whose blocks of rows serve many pixels each. */
function walk(m: HwMemory, { blocks, times, inner }: RowWalk, own: string, row: Net, beats: StreamNets): ModuleItem[] {
  const asked = rowOf(own, m);
  return [
    declared(asked),
    unused(`unused_${own}`, [asked], "the group's row is that of all groups"),
    cell(ROW_WALK, `u_${own}_walk`, { BLOCKS: blocks, TIMES: times, INNER: inner }, [
      { clk, rst, move: moves(beats), row: drives(row) },
    ]),
  ];
}

/**
 * What brings an array its weights from memory beside the chip, word by word with the beats of taps.
 * @param taps where they come from; @param met the taps that have met their words
 */
function fetch(
  layer: Layer,
  { ram, pages, romStyle }: HwInstance,
  own: string,
  taps: StreamNets,
  met: StreamNets,
): ModuleItem[] {
  const m = ram!;
  const { rows, times, bands, coded } = m.fetched!;
  const { items, cleared, from, starved } = m.fetched!.rom
    ? codeFromRom(m, m.fetched!.rom, own, romStyle)
    : beatsFromMemory(layer, m, own);
  const word = vector(`${own}_word`, m.wordBits);
  const row = rowOf(own, m);
  const [words, page] = [streamNets(`${own}_words`, m.wordBits), streamNets(`${own}_page`, m.wordBits)];
  const block = from.tdata.bits;
  return [
    note(
      `weights: ${m.section ? "beats from memory" : "decoded"}, cut into words; a page of ${rows} words serves ${count(times, "pixel")}${bands > 1 ? `; all of them are read ${bands} times a frame` : ""}`,
    ),
    declared(word),
    declared(row),
    ...[words, page, met].flatMap(declaredStream),
    ...items,
    unused(`unused_${own}`, [row, ...(coded ? [] : [from.tlast])], "words come in their order"),
    cell("axis_gearbox", `u_${own}_words`, { IN_BITS: block, OUT_BITS: m.wordBits, WORDS: m.rows }, [
      { clk, rst: cleared },
      enters("s_axis", from),
      leaves("m_axis", words),
    ]),
    cell(
      "axis_frames",
      `u_${own}_pages`,
      {
        ...{ WIDTH: m.wordBits, GROUPS: 1, PIXELS: rows, INNER: 1, TIMES: times },
        ...(pages ? { RAM_STYLE: text(pages) } : {}),
      },
      [{ clk, rst: cleared }, enters("s_axis", words), leaves("m_axis", page)],
    ),
    cell("axis_weights", `u_${own}_meet`, { WIDTH: met.tdata.bits, W_BITS: m.wordBits }, [
      { clk, rst },
      enters("s0_axis", taps),
      enters("s1_axis", page),
      leaves("m_axis", met),
      { word: drives(word), starved: drives(starved) },
    ]),
  ];
}

/** Weights on their way to an array: the cells that bring them, and what clears those behind. */
interface Arriving {
  readonly items: readonly ModuleItem[];
  readonly cleared: Expr;
  readonly from: StreamNets;
  /** High in a clock in which the array waits for them. */
  readonly starved: Net;
}

/** Weights from memory beside the chip. */
function beatsFromMemory(layer: Layer, m: HwMemory, own: string): Arriving {
  const memoryPort = layer.g.weights!.external!;
  const { addressBits, dataBits } = memoryPort;
  const { beats, burst, depth, beatBits } = readerOf(m, memoryPort);
  const { offset } = externalSections(memoryPort).find((s) => s.layer === m.section!.node)!;
  const { coded } = m.fetched!;
  const nets = Object.fromEntries(fetchPorts(memoryPort).map((p): [string, Net] => [p.name, net(p.name, p.bits)]));
  const flush = net(`${own}_flush`);
  const cleared: Expr = { either: [rst, flush] };
  const read = streamNets(`${own}_beats`, dataBits);
  const pageBits = addressBits - 12;
  const code = m.code && vector(`${own}_code_word`, m.code.wordBits);
  const place = code
    ? { page: slice(code, pageBits - 1, 0), beats: lane(code, CODE_PAGES, CODE_BEATS) }
    : { page: constant(pageBits, offset / PAGE), beats: constant(beatBits, beats) };
  const first = CODE_PAGES + CODE_BEATS;
  const decoded =
    coded && code
      ? decoder(m, coded, own, {
          ...{ read, cleared, bad: nets.fetch_bad! },
          ...{ first: lane(code, first, coded.bits), second: lane(code, first + coded.bits, coded.bits) },
        })
      : { items: [assign(nets.fetch_bad!, constant(1, 0))], blocks: read };
  return {
    cleared,
    from: decoded.blocks,
    starved: nets.starved!,
    items: [
      declared(flush),
      ...declaredStream(read),
      ...(code
        ? [
            note(
              "coded weights: where they are and for which values comes with a set; blocks of them become plain ones",
            ),
            ...memory(layer, m.code!, `${own}_code`, read),
            assign(vector(`${own}_code_row`, indexBits(m.code!.rows)), constant(1, 0)),
          ]
        : []),
      cell(
        "weight_fetch",
        `u_${own}_fetch`,
        { ADDR_BITS: addressBits, DATA_BITS: dataBits, BEAT_BITS: beatBits, BURST: burst, DEPTH: depth },
        [
          { clk, rst },
          { enable: nets.fetch_enable!, base: nets.fetch_base!, flush: drives(flush) },
          place,
          {
            m_req_valid: drives(nets.fetch_req_valid!),
            m_req_ready: nets.fetch_req_ready!,
            m_req_addr: drives(nets.fetch_req_addr!),
            m_req_len: drives(nets.fetch_req_len!),
          },
          { s_rsp_valid: nets.fetch_rsp_valid!, s_rsp_data: nets.fetch_rsp_data! },
          leaves("m_axis", read),
        ],
      ),
      ...decoded.items,
    ],
  };
}

/** Weights from a ROM that holds their code. */
function codeFromRom(m: HwMemory, { memory: rom, book }: CodeRom, own: string, style?: MemoryStyle): Arriving {
  const coded = m.fetched!.coded!;
  const read = streamNets(`${own}_code`, rom.wordBits);
  const [starved, bad] = [net(`${own}_starved`), net(`${own}_bad`)];
  const { items, blocks } = decoder(m, coded, own, {
    ...{ read, cleared: rst, bad },
    ...{ first: constant(coded.bits, book.first), second: constant(coded.bits, book.second) },
  });
  return {
    cleared: rst,
    from: blocks,
    starved,
    items: [
      declared(starved, bad),
      ...declaredStream(read),
      unused(`unused_${own}_rom`, [starved, bad], "the code is right, and comes in time"),
      cell("weight_rom", `u_${own}_rom`, romParameters(rom, style), [{ clk, rst }, leaves("m_axis", read)]),
      ...items,
    ],
  };
}

/** What makes blocks of coded weights plain ones. */
function decoder(m: HwMemory, { bits, lanes }: CodeLayout, own: string, at: Decoder) {
  const blocks = streamNets(`${own}_blocks`, lanes * bits);
  const items: ModuleItem[] = [
    ...declaredStream(blocks),
    unused(`unused_${own}_blocks`, [blocks.tlast]),
    cell(
      DECODER,
      `u_${own}_decode`,
      {
        ...{ DATA_BITS: at.read.tdata.bits, W_BITS: bits, LANES: lanes },
        BLOCKS: (m.rows * m.wordBits) / blocks.tdata.bits,
      },
      [
        { clk, rst: at.cleared },
        { first: at.first, second: at.second, bad: drives(at.bad) },
        enters("s_axis", at.read),
        leaves("m_axis", blocks),
      ],
    ),
  ];
  return { items, blocks };
}

interface Decoder {
  readonly read: StreamNets;
  /** The commonest weights. */
  readonly first: Expr;
  readonly second: Expr;
  readonly cleared: Expr;
  readonly bad: Net;
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
    `Layer module ${b.module} of ${g.name}, generated by addernet-rtl`,
    "",
    ...(formula === undefined ? [] : [`  ${comment(formula)}`, ""]),
    ...table(rows),
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

function memoryChecks(b: HwBlock): ModuleItem[] {
  const checks = memoriesOf(b).map((m, i) => cell(MEMORY_CHECK, `check_${i}`, { FILE: fileAt(m.file) }, []));
  if (checks.length === 0) return [];
  return [note("a simulation that does not find a memory file stops; nothing of this is synthesized"), ...checks];
}

/** The module of a block that is one. */
export function layerModule(g: HwGraph, b: HwBlock): Module {
  const { in: inputs, out: outputs } = portsOf(b);
  const nets = netsOf(b);
  const layer: Layer = { g, b, nets };
  const loaded = ramsOf(b).length > 0;
  const swap = loaded ? g.weights!.swap : undefined;
  const settled = b.instances.filter((i) => i.ram).map((i) => bankOf(ownName(b, i)).settled);
  const chain = (direction: "input" | "output", l: LoadChain) =>
    apart(Object.values(l).map((n: Net) => port(direction, n)));
  return {
    name: b.module,
    head: header(g, b),
    parameters: memoriesOf(b).length > 0 ? [{ name: "MEM_DIR", value: "mem/", note: "ends in a slash" }] : [],
    ports: [
      port("input", clk),
      port("input", rst),
      ...inputs.flatMap(([, s]) => streamPorts(nets(s), "in")),
      ...outputs.flatMap(([, s]) => streamPorts(nets(s), "out")),
      ...(loaded && g.weights!.external ? apart([port("input", loadReset(g))]) : []),
      ...(loaded ? [...chain("input", loadChain("s_load")), ...chain("output", loadChain("m_load"))] : []),
      ...(loaded && g.weights!.readBack ? [port("input", net(READ_BACK))] : []),
      ...(swap ? apart(swapPorts(swap)) : []),
      ...(fetchedOf(b) ? apart(fetchPorts(g.weights!.external!)) : []),
    ],
    items: [
      ...b.instances.flatMap((i) => [gap, ...instance(layer, i)]),
      ...(swap ? [gap, assign(net("swap_settled"), all(...settled))] : []),
      ...memoryChecks(b),
    ],
  };
}
