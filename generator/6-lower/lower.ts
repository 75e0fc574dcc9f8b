// Stage 6: every scheduled node becomes instances of cells; streams are connected, converted in width and forked.

import { gcd } from "../../golden/arith/index.ts";
import { MEMORY, type NodeSchedule, type Schedule } from "../5-schedule/schedule.ts";
import { axisAdd } from "../cells/axis_add.ts";
import { axisFifo } from "../cells/axis_fifo.ts";
import { axisFork } from "../cells/axis_fork.ts";
import { axisLast } from "../cells/axis_last.ts";
import { axisNarrow } from "../cells/axis_narrow.ts";
import { axisWiden } from "../cells/axis_widen.ts";
import { numbersOf, type Ports, type StreamCell } from "../cells/define.ts";
import { allCells, memoryPortOf, streamCell } from "../cells/index.ts";
import type {
  CodeLayout,
  CodeRom,
  HwBlock,
  HwExternal,
  HwGraph,
  HwInstance,
  HwMemory,
  HwMemoryPort,
  HwPort,
  HwStream,
  HwWeights,
  MemoryPort,
  MemoryStyle,
  ParamValue,
  Section,
} from "../ir/hardware.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import { fileName, verilogName } from "../names/names.ts";
import { edgeStream, type HwBuilder, type MemoryUse, pixelsOf, type StreamShape } from "../ops/define.ts";
import { hardwareOf } from "../ops/index.ts";
import { families, type L1Choice, l1For } from "../targets/families.ts";
import { memoryStyle } from "../targets/memory.ts";
import type { Family } from "../targets/target.ts";
import { imageWordsOf, writesOf } from "../weights/chain.ts";
import {
  beatsOf,
  CODE_BEATS,
  CODE_PAGES,
  codeOf,
  codeRomBits,
  codeRow,
  codeRowBits,
  defaultPort,
  externalSections,
  romOf,
} from "../weights/external.ts";
import { isExternal, isLoaded } from "../weights/homes.ts";
import { identityOf } from "../weights/identity.ts";
import { inSpram } from "../weights/spram.ts";
import { type FifoSite, latencyOf, waitingAt } from "./latency.ts";

export interface LowerOptions {
  /** L1 kernels of the target family. */
  readonly l1: L1Choice;
  /** Where memories with fixed contents go depends on it; the tool's choice without it. */
  readonly family?: Family | undefined;
  /** Multipliers become DSP blocks; left out: true. */
  readonly dsp?: boolean | undefined;
  /** Single-port RAMs of the device, for weights that are written at run time. */
  readonly spram?: number | undefined;
  /** The port to memory beside the chip, where weights are there. */
  readonly port?: MemoryPort | undefined;
  /** Weights that are written at run time have two banks, and are switched between two frames. */
  readonly swap?: boolean | undefined;
  /** What they hold can be read back. */
  readonly readBack?: boolean | undefined;
}

/** Lowers twice where beats must wait: only the wired design tells how many, and at which inputs. */
export function lower(net: QuantizedNetwork, plan: Schedule, options: LowerOptions): HwGraph {
  let first = new Lowering(net, plan, options);
  let graph = first.run();
  const counted = inputLastMatters(graph);
  if (counted) {
    first = new Lowering(net, plan, options, { counted });
    graph = first.run();
  }
  const sites = [...first.sites];
  const waiting = waitingAt(
    graph,
    plan.interval,
    sites.map(([, d]) => d),
  );
  const depths = new Map(sites.map(([key, d], i) => [key, waiting[i]! > d.depth ? waiting[i]! : 0]));
  const waits = [...depths.values()].some((n) => n > 0);
  return timed(waits ? new Lowering(net, plan, options, { counted, depths }).run() : graph);
}

/** The cells of a plan without a look at when beats pass: no FIFOs where they wait. For prices. */
export const wired = (net: QuantizedNetwork, plan: Schedule, options: LowerOptions): Wired =>
  new Lowering(net, plan, options).run();

/** A block before its latency is known, and a design of such blocks. */
export type WiredBlock = Omit<HwBlock, "latency">;
export interface Wired extends Omit<HwGraph, "blocks" | "latency"> {
  readonly blocks: readonly WiredBlock[];
}

/** Latencies are found when they are first asked for: an exploration does not ask. */
function timed(graph: Wired): HwGraph {
  let found: ReturnType<typeof latencyOf> | undefined;
  const latency = () => {
    found ??= latencyOf(graph);
    return found;
  };
  const blocks = graph.blocks.map((b) => ({
    ...b,
    get latency() {
      return latency().blocks.get(b)!;
    },
  }));
  return {
    ...graph,
    blocks,
    get latency() {
      return latency().design;
    },
  };
}

/** Whether an output's tlast, or one that a cell looks at, would be that of the input, which need not be right. */
function inputLastMatters({ blocks, input, outputs, weights }: Wired): boolean {
  const reached = new Set([input.name]);
  // Instances stand behind those that feed them.
  for (const { cell, ports, ram } of blocks.flatMap((b) => b.instances)) {
    const names = (direction: HwPort["direction"]) =>
      ports.filter((p) => p.direction === direction).flatMap((p) => p.streams.map((s) => s.name));
    const { frames, needsLast } = streamCell(cell);
    if (!names("in").some((n) => reached.has(n))) continue;
    if (needsLast || (ram && weights?.swap)) return true;
    if (!frames) for (const n of names("out")) reached.add(n);
  }
  return outputs.some((o) => reached.has(o.stream.name));
}

/** Words that a ROM holds as their code. */
type CodeIn = NonNullable<MemoryUse["inCode"]> & {
  readonly words: () => readonly bigint[];
  readonly wordBits: number;
  readonly layout: string;
};

/** What the wired design has told. */
interface Findings {
  /** Beats that FIFOs hold at the inputs of nodes, where these need more than they have by themselves. */
  readonly depths?: ReadonlyMap<string, number>;
  /** The input's tlast comes from a count. */
  readonly counted?: boolean;
}

type Width = "wide" | "own";
/** A place in front of a node's input: in beats of its own, or in front of the converter that splits wider ones. */
const siteKey = (block: string, input: number, width: Width): string => `${block}.${input}.${width}`;

/** Names that the emitted top uses itself. */
const reserved = ["clk", "rst", "s_axis", "m_axis", "mem_dir"];
/** Further ones where weights are written at run time. */
const reservedToLoad = [
  ...["s_axis_weights", "weights_loader", "frame_gate", "m_axi_weights", "axi_read_master", "fetch"],
  ...[
    "weights_swap",
    "swap",
    "frame_abort",
    "gate",
    "core",
    "m_axis_weights",
    "weights_reader",
    "reader",
    "loader",
    "weights_expand",
    "expand",
  ],
];
/** Clocks at most, about, that a frame takes through a layer beside those of its beats. */
const PIPELINE = 64;
/** Modules around the accelerator; like the cells' they have its name in front. */
const modules = ["memory_check", "probe", "tb", "board", "top", "zynq", "clock", "control"];

class Lowering {
  readonly #net: QuantizedNetwork;
  readonly #plan: Schedule;
  readonly #options: LowerOptions;
  readonly #names = new Set<string>(reserved);
  readonly #modules = new Set<string>([...allCells.map((c) => c.module), ...modules]);
  readonly #files = new Set<string>();
  readonly #streams: HwStream[] = [];
  readonly #memories: HwMemory[] = [];
  readonly #loaded: HwMemory[] = [];
  /** Those of them that are in a large memory of the device. */
  readonly #large = new Set<HwMemory>();
  /** Set when all memories are known. */
  #external: HwExternal | undefined;
  readonly #blocks: WiredBlock[] = [];
  /** Streams still to be handed out, by edge: one for every reader. */
  readonly #unread = new Map<string, HwStream[]>();
  /** Clocks that the beats of a stream come behind the network's input through registers alone. */
  readonly #skews = new Map<string, number>();
  /** Beats that FIFOs hold at the inputs of nodes, where these need more than they have by themselves. */
  readonly #depths: ReadonlyMap<string, number>;
  readonly #counted: boolean;
  /** Inputs of nodes, and the depth of the FIFOs there. */
  readonly sites = new Map<string, FifoSite & { readonly depth: number }>();
  readonly prefix: string;

  constructor(
    net: QuantizedNetwork,
    plan: Schedule,
    options: LowerOptions,
    { depths = new Map(), counted = false }: Findings = {},
  ) {
    this.#depths = depths;
    this.#counted = counted;
    this.#net = net;
    this.#plan = plan;
    this.#options = options;
    this.prefix = verilogName(net.name);
    if (!net.nodes.some(isLoaded)) return;
    for (const name of reservedToLoad) this.#names.add(name);
    // Places of the load chain: one in front of each layer that has memories, and one behind the last.
    for (let n = 0; n <= net.nodes.length; n++) this.#names.add(`load_${n}`);
  }

  run(): Wired {
    const { inputEdge } = this.#net;
    const input = this.#stream(
      verilogName(inputEdge, this.#names),
      edgeStream(inputEdge, this.#net.edges[inputEdge]!, this.#plan.inputLanes),
    );
    const readers = new Map<string, number>();
    for (const e of [...this.#net.nodes.flatMap((n) => n.inputs), ...this.#net.outputs])
      readers.set(e, (readers.get(e) ?? 0) + 1);
    const front = this.#counted ? new BlockBuilder(this, undefined, inputEdge) : undefined;
    const branches = this.#give(inputEdge, front?.counted(input) ?? input, readers.get(inputEdge) ?? 0, front);
    if (front) this.#blocks.push(front.done(branches));
    for (const item of this.#plan.nodes) {
      const block = new BlockBuilder(this, item);
      const out = hardwareOf(item.node)!.lower(item.node, item.types, item.fold, block);
      const outputs = this.#give(item.node.output, out, readers.get(item.node.output) ?? 0, block);
      this.#blocks.push(block.done(outputs));
    }
    const taken = new Set<string>();
    const outputs = this.#net.outputs.map((e) => ({ name: verilogName(e, taken), stream: this.take(e) }));
    this.#allCarried();
    return {
      name: this.prefix,
      blocks: this.#blocks,
      streams: this.#streams,
      memories: this.#memories,
      input,
      outputs,
      interval: this.#plan.interval,
      bottleneck: this.#plan.bottleneck,
      quantization: quantizationOf(this.#net),
      ...(this.#loaded.length > 0 ? { weights: this.#weights() } : {}),
    };
  }

  /** The memories that are written at run time. */
  #weights(): HwWeights {
    const all = this.#blocks.flatMap((b) =>
      b.instances.flatMap(({ ram }) => (ram?.section ? (ram.code ? [ram, ram.code] : [ram]) : [])),
    );
    const memories = all.filter((m) => !m.fetched);
    const fetched = all.filter((m) => m.fetched);
    if (all.length !== this.#loaded.length) throw new Error("a memory stands in no load chain");
    const { spram = 0, swap = false, readBack = false } = this.#options;
    for (const m of inSpram(memories, spram, swap ? 2 : 1)) this.#large.add(m);
    const step = Math.max(...memories.map((m) => writesOf(m.wordBits, m.onePort ?? false).per));
    const net = this.#net;
    let identity: bigint | undefined;
    return {
      memories,
      get identity() {
        identity ??= identityOf(net, memories, fetched);
        return identity;
      },
      words: memories.reduce((n, m) => n + imageWordsOf(m.rows, m.wordBits), 0),
      step,
      // A clock for each memory of the chain, and the rows of the last word.
      settle: memories.length + step + 2,
      ...(swap ? { swap: { countBits: this.#countBits() } } : {}),
      ...(readBack ? { readBack } : {}),
      ...this.#codedLayers(),
      ...(fetched.length > 0 ? { external: this.#externalOf(fetched) } : {}),
    };
  }

  #codedLayers(): Pick<HwWeights, "coded"> {
    const coded = this.#net.nodes.filter((n) => n.overrides.home === "ram" && n.overrides.coded).map((n) => n.name);
    return coded.length > 0 ? { coded } : {};
  }

  #externalOf(memories: readonly HwMemory[]): HwExternal {
    this.#external = { ...this.port, ...this.#traffic(), memories, ports: this.#memoryPorts(memories) };
    return this.#external;
  }

  #memoryPorts(memories: readonly HwMemory[]): HwMemoryPort[] {
    const { traffic } = this.#plan;
    // A layer that is priced alone has a plan without traffic.
    if (!traffic) return [{ readers: memories.map((_, place) => place), bytesPerClock: this.port.dataBits / 8 }];
    return traffic.ports.map(({ layers, bytesPerClock }) => ({
      readers: memories.flatMap((m, place) => (layers.includes(m.section!.node) ? [place] : [])),
      bytesPerClock,
    }));
  }

  /** The row that tells a reader of coded weights where they are, once all layers have their places. */
  #codeOf(name: string, section: Section, layout: CodeLayout): HwMemory {
    const row = () => {
      const external = this.#external!;
      return codeRow(externalSections(external).find((s) => s.layer === section.node)!, external);
    };
    const text = `a word: page at bit 0, beats at bit ${CODE_PAGES}, the commonest weights at bits ${CODE_PAGES + CODE_BEATS} and ${CODE_PAGES + CODE_BEATS + layout.bits}`;
    return this.memory(`${name}_code`, codeRowBits(layout), 1, row, text, {
      node: section.node,
      holds: "code",
      layout,
    });
  }

  /**
   * Bits of a frame's number where sets are switched: frames follow one another at the full rate although no more than
   * half of 2^bits are inside.
   */
  #countBits(): number {
    const { nodes, interval } = this.#plan;
    const clocks = nodes.reduce((n, { cycles }) => n + cycles + PIPELINE, 0);
    return Math.max(4, Math.ceil(Math.log2(clocks / interval + 4)) + 1);
  }

  #traffic(): Pick<HwExternal, "bytesPerClock" | "binds" | "decodes"> {
    const { traffic, bottleneck } = this.#plan;
    return {
      bytesPerClock: traffic?.bytesPerClock ?? this.port.dataBits / 8,
      binds: bottleneck === MEMORY,
      decodes: this.#net.nodes.some((n) => n.name === bottleneck && isExternal(n) && n.overrides.coded === true),
    };
  }

  /** Verification sees what a stream says it carries: a tensor that none names would never be compared. */
  #allCarried(): void {
    const carried = new Set(this.#streams.map((s) => s.tensor?.name));
    for (const { name, output } of this.#net.nodes)
      if (!carried.has(output)) throw new Error(`no stream carries the result ${output} of node ${name}`);
  }

  get l1(): L1Choice {
    return this.#options.l1;
  }

  get dsp(): boolean {
    return this.#options.dsp ?? true;
  }

  get family(): Family | undefined {
    return this.#options.family;
  }

  get port(): MemoryPort {
    return this.#options.port ?? defaultPort;
  }

  joinDepth(node: string, input: number): number {
    return this.#plan.joinDepths.get(node)?.[input] ?? 0;
  }

  depth(site: string): number {
    return this.#depths.get(site) ?? 0;
  }

  blockName(name: string): string {
    return verilogName(name, this.#names);
  }

  moduleName(name: string): string {
    return `${this.prefix}_${verilogName(name, this.#modules)}`;
  }

  instanceName(name: string): string {
    return verilogName(name, this.#names);
  }

  #stream(name: string, shape: StreamShape): HwStream {
    const { tensor, ...rest } = shape;
    const s: HwStream = { name, ...rest, ...(tensor ? { tensor } : {}) };
    this.#streams.push(s);
    return s;
  }

  newStream(name: string, shape: StreamShape): HwStream {
    return this.#stream(verilogName(name, this.#names), shape);
  }

  /** The wires of stream `name` in another shape: verification looks at both. */
  alias(name: string, shape: StreamShape): HwStream {
    return this.#stream(name, shape);
  }

  memory(
    name: string,
    wordBits: number,
    rows: number,
    word: (row: number) => bigint,
    layout: string,
    section?: Section,
    { inCode, ...how }: MemoryUse = {},
  ): HwMemory {
    let packed: readonly bigint[] | undefined;
    const large = this.#large;
    const coded = how.fetched?.coded;
    const code = coded && section && this.#codeOf(name, section, coded);
    const words = () => {
      packed ??= Array.from({ length: rows }, (_, r) => word(r));
      return packed;
    };
    const file = fileName(`${this.prefix}_${name}.mem`, this.#files);
    const rom = inCode && this.#codeRom(file, coded!, { ...inCode, words, wordBits, layout });
    const m: HwMemory = {
      file,
      wordBits,
      rows,
      get words() {
        return words();
      },
      layout,
      ...(section ? { section } : {}),
      get onePort() {
        return large.has(m);
      },
      ...how,
      ...(rom ? { fetched: { ...how.fetched!, rom } } : {}),
      ...(code ? { code } : {}),
    };
    if (section) this.#loaded.push(m);
    else this.#memories.push(rom ? rom.memory : m);
    return m;
  }

  /** The ROM that holds the code of words, packed when its contents are first asked for. */
  #codeRom(file: string, code: CodeLayout, { book, size, words, wordBits: plain, layout }: CodeIn): CodeRom {
    const wordBits = codeRomBits(code);
    const rows = Math.ceil(size / wordBits);
    let packed: readonly bigint[] | undefined;
    const memory: HwMemory = {
      file,
      wordBits,
      rows,
      get words() {
        if (!packed) {
          const bytes = new Uint8Array((rows * wordBits) / 8);
          bytes.set(codeOf(words(), plain, code).bytes);
          packed = beatsOf(bytes, wordBits);
        }
        return packed;
      },
      layout: `code in blocks of ${code.lanes} weights, the first bit lowest (weight_decode), of words of ${plain} bits; ${layout}`,
    };
    return { memory, book };
  }

  skew(s: HwStream): number {
    return this.#skews.get(s.name) ?? 0;
  }

  delay(from: readonly HwStream[], to: readonly HwStream[], clocks: number): void {
    const before = Math.max(0, ...from.map((s) => this.skew(s)));
    for (const s of to) this.#skews.set(s.name, before + clocks);
  }

  /** The stream that `take` gives next. */
  peek(edge: string): HwStream | undefined {
    return this.#unread.get(edge)?.[0];
  }

  take(edge: string): HwStream {
    const s = this.#unread.get(edge)?.shift();
    if (!s) throw new Error(`no stream left for edge ${edge}`);
    return s;
  }

  /** Streams for all readers of an edge: a fork where there are several. */
  #give(edge: string, stream: HwStream, readers: number, block?: BlockBuilder): readonly HwStream[] {
    if (readers <= 1) {
      this.#unread.set(edge, [stream]);
      return [stream];
    }
    // The input has no block of its own: its fork stands in one named after it.
    const own = block ?? new BlockBuilder(this, undefined, edge);
    const branches = own.fork(stream, readers);
    this.#unread.set(edge, [...branches]);
    if (!block) this.#blocks.push(own.done(branches));
    return branches;
  }
}

class BlockBuilder implements HwBuilder {
  readonly #lowering: Lowering;
  readonly #item: NodeSchedule | undefined;
  readonly #name: string;
  readonly #title: string;
  readonly #module: string;
  readonly #inputs: HwStream[] = [];
  readonly #instances: HwInstance[] = [];
  readonly #facts: [string, string][] = [];
  /** Clocks by which the inputs of a join lie behind the network's input, converters of their width among them. */
  readonly #skews: readonly number[];

  constructor(lowering: Lowering, item: NodeSchedule | undefined, title = item!.node.name) {
    this.#lowering = lowering;
    this.#item = item;
    this.#skews = (item?.node.inputs ?? []).map((edge) => {
      const s = lowering.peek(edge)!;
      const common = gcd(s.lanes, item!.lanesIn);
      return lowering.skew(s) + (s.lanes > common ? 1 : 0) + (item!.lanesIn > common ? item!.lanesIn / common : 0);
    });
    this.#title = title;
    this.#name = lowering.blockName(title);
    this.#module = lowering.moduleName(this.#name);
  }

  get port(): MemoryPort {
    return this.#lowering.port;
  }

  get ternary(): boolean {
    const { family } = this.#lowering;
    return family !== undefined && families[family].ternary === true;
  }

  get lut6(): boolean {
    const { family } = this.#lowering;
    return family !== undefined && families[family].lut6 === true;
  }

  get dsp(): boolean {
    return this.#lowering.dsp;
  }

  l1Circuit(pe: number, simd: number, depthwise: boolean): 0 | 1 {
    return l1For(this.#lowering.l1, pe, simd, depthwise);
  }

  input(i: number, lanes: number, depth = 0): HwStream {
    const from = this.#lowering.take(this.#item!.node.inputs[i]!);
    this.#inputs[i] = from;
    const common = gcd(from.lanes, lanes);
    const gathers = common < lanes;
    // Wide beats that come faster than the converter splits them wait whole.
    const wide = from.lanes > common ? this.#waiting(from, i, "wide", { joins: !gathers }) : from;
    const own = this.#converted(wide, i, lanes);
    // Beats are gathered before they wait: a join that takes its inputs in turn finds them at one a clock.
    const joins = gathers || from.lanes === lanes;
    return this.#waiting(own, i, "own", { joins, least: depth, pace: lanes / common });
  }

  #converted(from: HwStream, i: number, lanes: number): HwStream {
    if (from.lanes === lanes) return from;
    const edge = this.#item!.node.inputs[i]!;
    const type = this.#item!.types.inputs[i]!;
    const common = gcd(from.lanes, lanes);
    let s = from;
    if (common < s.lanes) s = this.#convert("narrow", axisNarrow, s, edgeStream(edge, type, common));
    if (common < lanes) s = this.#convert("widen", axisWiden, s, edgeStream(edge, type, lanes));
    return s;
  }

  /**
   * Room of `least` beats at an input, and more where they must wait, or wait for another input if it `joins` here; a
   * beat comes every `pace` clocks at most.
   */
  #waiting(from: HwStream, i: number, width: Width, o: { joins: boolean; least?: number; pace?: number }): HwStream {
    const { least = 0, pace = 1 } = o;
    const site = siteKey(this.#name, i, width);
    const pixels = o.joins ? this.#lowering.joinDepth(this.#item!.node.name, i) : 0;
    const tokens = Math.ceil((pixels * from.beatsPerFrame) / pixelsOf(this.#item!.types.inputs[i]!));
    const joined = tokens === 0 ? 0 : tokens + Math.ceil(this.#lag(from, i) / pace);
    const depth = Math.max(least, joined, this.#lowering.depth(site));
    const leaves = depth === 0 ? from : this.#fifo(from, depth);
    this.#lowering.sites.set(site, { arrives: from, leaves, depth });
    if (depth > least) this.fact("waits", `${this.#item!.node.inputs[i]!}: FIFO of ${depth} beats`);
    return leaves;
  }

  /** Clocks in which beats may come at input `i` while those of the others are still in registers on their way. */
  #lag(from: HwStream, i: number): number {
    // Inputs behind the second one wait for the joins before theirs as well.
    const joins = Math.max(0, i - 1) * clocksOf(axisAdd);
    return Math.max(0, Math.max(...this.#skews) - this.#lowering.skew(from)) + joins + clocksOf(axisFifo);
  }

  #convert(label: string, cell: typeof axisNarrow | typeof axisWiden, from: HwStream, to: StreamShape): HwStream {
    // Whole beats on both sides: of a pixel, or of the several pixels of one beat.
    const channels = Math.max(from.channels, to.channels);
    const params = { BITS: from.laneBits, IN_LANES: from.lanes, OUT_LANES: to.lanes, CHANNELS: channels };
    return this.through(label, cell, params, from, to);
  }

  through<C extends StreamCell>(label: string, cell: C, params: object, from: HwStream, to: StreamShape): HwStream {
    const out = this.#lowering.newStream(`${this.#name}_${label}`, to);
    this.#instance(label, cell, params, [from], [out]);
    return out;
  }

  join<C extends StreamCell>(
    label: string,
    cell: C,
    params: object,
    from: readonly HwStream[],
    to: StreamShape,
  ): HwStream {
    const out = this.#lowering.newStream(`${this.#name}_${label}`, to);
    this.#instance(label, cell, params, from, [out]);
    return out;
  }

  /** The stream with tlast on the last beat of each frame, whatever it brings along. */
  counted(from: HwStream): HwStream {
    this.#inputs[0] = from;
    const { name: _, ...shape } = from;
    const params = { WIDTH: from.lanes * from.laneBits, BEATS: from.beatsPerFrame };
    this.fact("tlast", "by count: an output or a layer needs it, and none before makes its own");
    return this.through("last", axisLast, params, from, shape);
  }

  rename(from: HwStream, to: StreamShape): HwStream {
    // The wires stay; what they mean from here on is the new shape.
    return this.#lowering.alias(from.name, to);
  }

  fork(from: HwStream, readers: number): HwStream[] {
    if (!this.#item) this.#inputs[0] ??= from;
    const { name: _, ...shape } = from;
    const outs = Array.from({ length: readers }, (_, i) =>
      this.#lowering.newStream(`${this.#name}_branch_${i}`, shape),
    );
    this.#instance("fork", axisFork, { WIDTH: from.lanes * from.laneBits, N: readers }, [from], outs);
    return outs;
  }

  #fifo(from: HwStream, depth: number): HwStream {
    const { name: _, ...shape } = from;
    return this.through("fifo", axisFifo, { WIDTH: from.lanes * from.laneBits, DEPTH: depth }, from, shape);
  }

  memory(
    label: string,
    wordBits: number,
    rows: number,
    word: (row: number) => bigint,
    layout: string,
    section?: Section,
    how?: MemoryUse,
  ): HwMemory {
    return this.#lowering.memory(`${this.#name}_${label}`, wordBits, rows, word, layout, section, how);
  }

  fact(label: string, text: string): void {
    this.#facts.push([label, text]);
  }

  #instance(
    label: string,
    inside: StreamCell,
    params: object,
    from: readonly HwStream[],
    to: readonly HwStream[],
  ): void {
    const ram = Object.values(params).find(
      (v): v is HwMemory =>
        typeof v === "object" && (v.section !== undefined || v.fetched !== undefined || v.walk !== undefined),
    );
    // A memory that is written at run time, or whose rows do not follow one another, stands beside the cell.
    const cell = ram ? memoryPortOf(inside.module) : inside;
    // Whatever is instantiated is in the registry, where the walk over the design and the estimates look.
    streamCell(cell.module);
    const numbers = numbersOf(cell, params as Record<string, ParamValue>);
    const { in: inputs, out: outputs } = cell.ports(numbers);
    const given = { ...params, ...this.#styles(cell, params as Record<string, ParamValue>) };
    this.#instances.push({
      name: this.#lowering.instanceName(`u_${this.#name}_${label}`),
      cell: cell.module,
      params: Object.fromEntries(
        Object.keys(cell.params).flatMap((k) => (k in given ? [[k, (given as Record<string, ParamValue>)[k]!]] : [])),
      ),
      ports: [...connected(inputs, "in", from), ...connected(outputs, "out", to)],
      ...(ram ? { ram } : {}),
      ...this.#romStyle(ram && romOf(ram)),
    });
    // One that gathers beats waits for all of them.
    this.#lowering.delay(from, to, cell.fill(numbers) + (cell.gathers?.(numbers) ?? 0));
  }

  #romStyle(rom: HwMemory | undefined): Pick<HwInstance, "romStyle"> {
    const style = rom ? memoryStyle(this.#lowering.family, rom.rows, rom.wordBits) : "auto";
    return style === "auto" ? {} : { romStyle: style };
  }

  /** Places of an instance's memories, where the tool is not to choose. */
  #styles(cell: StreamCell, params: Readonly<Record<string, ParamValue>>): Record<string, MemoryStyle> {
    const styles: Record<string, MemoryStyle> = {};
    for (const [name, kind] of Object.entries(cell.params)) {
      const memory = kind === "style" ? params[name.replace(/_STYLE$/, "_FILE")] : undefined;
      if (typeof memory !== "object") continue;
      const style = memoryStyle(this.#lowering.family, memory.rows, memory.wordBits);
      if (style !== "auto") styles[name] = style;
    }
    return styles;
  }

  done(outputs: readonly HwStream[]): WiredBlock {
    const item = this.#item;
    const op = item && hardwareOf(item.node);
    return {
      name: this.#name,
      module: this.#module,
      inputs: this.#inputs,
      outputs,
      title: this.#title,
      path: item?.node.path ?? ["input"],
      facts:
        item && op ? [["formula", op.formula(item.node, item.types)], ...typeFacts(item), ...this.#facts] : this.#facts,
      instances: this.#instances,
      pe: item?.fold.pe ?? 1,
      simd: item?.fold.simd ?? 1,
      pixels: item?.fold.pixels ?? 1,
      arithmeticLanes: item?.arithmeticLanes ?? 0,
      cyclesPerFrame: item?.cycles ?? 0,
      operations: item && op ? op.operations(item.node, item.types) : 0,
    };
  }
}

function quantizationOf({ nodes }: QuantizedNetwork): string {
  const modes = [...new Set(nodes.flatMap((n) => ("requant" in n ? [n.requant.mode] : [])))];
  const bits = [...new Set(nodes.flatMap((n) => ("weights" in n ? [n.weights.bits] : [])))].sort((a, b) => a - b);
  return [
    ...(modes.length > 0 ? [`requantize mode ${modes.join(", ")}`] : ["nothing is requantized"]),
    ...(bits.length > 0 ? [`weights of ${bits.join(", ")} bits`] : []),
  ].join("; ");
}

/** Clocks through a cell whose parameters do not matter for them. */
const clocksOf = (cell: StreamCell): number => cell.fill(numbersOf(cell, {}));

/** Ports with their streams, in the order of the cell; the only port takes all of them. */
function connected(ports: Ports["in"], direction: HwPort["direction"], streams: readonly HwStream[]): HwPort[] {
  const names = Object.entries(ports);
  return names.map(([port, bits], i) => {
    const own = names.length === 1 ? streams : [streams[i]!];
    for (const s of own)
      if (s.lanes * s.laneBits !== bits)
        throw new Error(`${s.name} has ${s.lanes} x ${s.laneBits} bits, its port ${port} ${bits}`);
    return { port, direction, streams: own };
  });
}

function typeFacts({ node, types }: NodeSchedule): [string, string][] {
  const text = (t: NodeSchedule["types"]["output"]) =>
    `${t.shape.join(" x ")}, ${count(t.bits, "bit")} ${t.signed ? "signed" : "unsigned"}, value = ${Number(t.scale.toPrecision(6))} * ${t.zeroPoint ? `(q - ${t.zeroPoint})` : "q"}`;
  const several = types.inputs.length > 1;
  return [
    ...(node.layers.length > 1 ? [["fused", node.layers.join(", ")] as [string, string]] : []),
    ...types.inputs.map((t, i): [string, string] => [several ? `in ${i}` : "in", text(t)]),
    ["out", text(types.output)],
  ];
}

const count = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? "" : "s"}`;
