// What loads the weights of an accelerator and reads them from memory beside the chip: instances of its top.

import type { HwExternal, HwGraph, HwWeights } from "../ir/hardware.ts";
import type { Connections, Expr, ModuleItem, Net, Parameter, Slice } from "../ir/module.ts";
import { declaredLoad, fetchPorts, type LoadChain, loadChain, passes, ramsOf } from "./layer.ts";
import {
  all,
  assign,
  cell,
  clk,
  declared,
  declaredStream,
  drives,
  enters,
  joined,
  lane,
  leaves,
  net,
  not,
  note,
  rst,
  type StreamNets,
  slice,
  streamNets,
  vector,
} from "./module.ts";
import { badOf, netOf, outputStreams } from "./ports.ts";
import {
  axiSignals,
  BACK_PORT,
  EXPAND,
  FRAME_ABORT,
  FRAME_GATE,
  LOADER,
  memoryPortNames,
  READ_MASTER,
  READER,
  STATUS_BITS,
  SWAP,
  statusBits,
  WEIGHTS_ABORTED,
  WEIGHTS_BASE,
  WEIGHTS_PORT,
  WEIGHTS_READ,
  WEIGHTS_STALLS,
  WEIGHTS_STATUS,
} from "./verilog.ts";

export const load = (n: number): LoadChain => loadChain(`load_${n}`);

/** Whether the memories of each layer have all switched. */
export const settledOf = (g: HwGraph): Net =>
  vector("swap_settled", g.blocks.filter((b) => ramsOf(b).length > 0).length);

/** Signals that all readers share, and the one that those of a port share. */
const SHARED = ["fetch_enable", "fetch_base"];
const OF_PORT = "fetch_rsp_data";

/**
 * Wires of a port's readers by the names of a reader's ports: side by side, but for those that they share. Where there
 * are several ports each has a number.
 */
function readerNets(e: HwExternal, port: number): ReadonlyMap<string, Net> {
  const numbered = (name: string) => (e.ports.length === 1 ? name : `${name}${port}`);
  return new Map(
    fetchPorts(e).map((p) => [
      p.name,
      p.name === "fetch_base"
        ? net(WEIGHTS_BASE, p.bits)
        : SHARED.includes(p.name)
          ? netOf(p)
          : p.name === OF_PORT
            ? net(numbered(p.name), p.bits)
            : vector(numbered(p.name), e.ports[port]!.readers.length * p.bits),
    ]),
  );
}

/** Connections of a block that reads from memory beside the chip: its part of the wires of its port's readers. */
export function readerConnections(e: HwExternal, reader: number): Connections {
  const port = e.ports.findIndex(({ readers }) => readers.includes(reader));
  const place = e.ports[port]!.readers.indexOf(reader);
  const nets = readerNets(e, port);
  return Object.fromEntries(
    fetchPorts(e).map(({ name, direction, bits }) => {
      const of = nets.get(name)!;
      const all = of.bits === bits && of.vector === undefined;
      const part = all ? of : bits === 1 ? slice(of, place) : lane(of, place * bits, bits);
      return [name, direction === "output" ? { drives: part } : part];
    }),
  );
}

/** What later ports count: the first one's count is that of all. */
const numberedStalls = (e: HwExternal): [Net, ...Net[]] =>
  e.ports.slice(1).map((_, i) => net(`unused_stalls${i + 1}`, 32)) as [Net, ...Net[]];

const loaderStatus = net("loader_status", STATUS_BITS);

/** What belongs to the abort of frames; `reset` is that of the layers. */
export const abort = {
  aborting: net("aborting"),
  over: net("abort_rst"),
  reset: net("core_rst"),
  failed: net("weights_failed"),
  idle: net("gate_idle"),
};
const handshake = ["tvalid", "tready", "tlast"] as const;
/** Bits of all outputs: one of the handshakes in front of the abort, and the frames that are owed. */
const outputBits = (g: HwGraph, name: string): Net => vector(name, g.outputs.length);
export const coreNet = (g: HwGraph, wire: (typeof handshake)[number]): Net => outputBits(g, `core_${wire}`);

/** Names of the instances that read from memory beside the chip: one for each port. */
export const readMasters = (ports: number): string[] =>
  ports === 1 ? [`u_${READ_MASTER}`] : Array.from({ length: ports }, (_, i) => `u_${READ_MASTER}${i}`);

/** The ports to memory beside the chip, what all readers share, and what becomes of frames whose weights cannot be read. */
export function reading(g: HwGraph, e: HwExternal): ModuleItem[] {
  const nets = e.ports.map((_, port) => readerNets(e, port));
  const ofPort = (port: number, name: string): Net => nets[port]!.get(name)!;
  const of = (name: string): Net => ofPort(0, name);
  const several = e.ports.length > 1;
  const [memoryError, quiet] = several
    ? [vector("memory_error", e.ports.length), vector("memory_quiet", e.ports.length)]
    : [net("memory_error"), net("memory_quiet")];
  const wide = ["req_valid", "req_ready", "req_addr", "req_len", "rsp_valid", "rsp_data"].map((n) => `fetch_${n}`);
  const starved = e.ports.map((_, port): Expr => ({ any: ofPort(port, "starved") }));
  const owed = outputBits(g, "gate_owed");
  const outs = outputStreams(g).map(({ nets }) => nets);
  const ports = (of: (s: StreamNets, i: number) => Net) => outs.map(of).reverse() as [Net, ...Net[]];
  return [
    note(
      several
        ? `weights in memory beside the chip: ${e.ports.length} ports, each shared by readers of layers`
        : "weights in memory beside the chip: readers of the layers share a port",
    ),
    ...(several
      ? [declared(memoryError, quiet), declared(of("fetch_enable"))]
      : [declared(memoryError, quiet, of("fetch_enable"))]),
    declared(loaderStatus),
    ...e.ports.flatMap((_, port) => [...wide, "starved", "fetch_bad"].map((n) => declared(ofPort(port, n)))),
    declared(abort.aborting, abort.over, abort.idle),
    declared(owed),
    ...(several ? [declared(...numberedStalls(e))] : []),
    ...memoryPortNames(e.ports.length).map((name, port) => {
      const { readers } = e.ports[port]!;
      const part = (n: Net): Net | Slice => (several ? slice(n, port) : n);
      return cell(
        READ_MASTER,
        readMasters(e.ports.length)[port]!,
        {
          ...{ CLIENTS: readers.length, ADDR_BITS: e.addressBits, DATA_BITS: e.dataBits },
          OUTSTANDING: e.outstanding,
        },
        [
          { clk, rst },
          {
            s_req_valid: ofPort(port, "fetch_req_valid"),
            s_req_ready: drives(ofPort(port, "fetch_req_ready")),
            s_req_addr: ofPort(port, "fetch_req_addr"),
            s_req_len: ofPort(port, "fetch_req_len"),
          },
          {
            m_rsp_valid: drives(ofPort(port, "fetch_rsp_valid")),
            m_rsp_data: drives(ofPort(port, "fetch_rsp_data")),
          },
          Object.fromEntries(
            axiSignals(e).map(([s, direction, bits]) => {
              const n = net(`${name}_${s}`, bits);
              return [`m_axi_${s}`, direction === "output" ? drives(n) : n];
            }),
          ),
          { stop: abort.aborting, clear: abort.over, quiet: { drives: part(quiet) } },
          {
            // The first one counts the clocks in which any layer waits.
            starved:
              !several || port > 0 ? ofPort(port, "starved") : { repeated: { either: starved }, times: readers.length },
            stalls: drives(port === 0 ? net(WEIGHTS_STALLS, 32) : numberedStalls(e)[port - 1]!),
            error: { drives: part(memoryError) },
          },
        ],
      );
    }),
    note(
      "a weight that cannot be read ends the frames that are inside: each leaves marked bad, then all layers start again",
    ),
    declared(abort.failed, abort.reset),
    assign(abort.reset, { either: [rst, abort.over] }),
    assign(net(WEIGHTS_STATUS, statusBits(g)), joined([abort.failed, loaderStatus])),
    ...handshake.map((w) => declared(coreNet(g, w))),
    cell(FRAME_ABORT, `u_${FRAME_ABORT}`, { OUTPUTS: outs.length }, [
      { clk, rst },
      {
        error: {
          either: [
            several ? { any: memoryError } : memoryError,
            ...e.ports.map((_, port): Expr => ({ any: ofPort(port, "fetch_bad") })),
          ],
        },
        ...{ loaded: slice(loaderStatus, 0), quiet: several ? { every: quiet } : quiet },
      },
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

/** None is inside of the design, and none may enter. */
const weightsIdle = net("weights_idle");

/** The stream of images in front of what loads them: that of the port, or the plain one behind its decoder. */
const imageStream = ({ coded }: HwWeights): StreamNets => streamNets(coded ? "expand" : WEIGHTS_PORT, 32);

/** What belongs to reading back; the loader stands behind it, and in front of it in the load chain. */
export const back = {
  reading: net("reader_reads"),
  hold: net("reader_hold"),
  busy: net("unused_reader_busy"),
  tvalid: net("loader_tvalid"),
  tready: net("loader_tready"),
  chain: loadChain("loader_chain"),
};

/** The reader of what the memories hold. @param end of the load chain */
export function readingBack(g: HwGraph, weights: HwWeights, end: LoadChain): ModuleItem[] {
  const { swap, external } = weights;
  const head = load(0);
  const image = imageStream(weights);
  const status = external ? loaderStatus : net(WEIGHTS_STATUS, STATUS_BITS);
  const none = external || swap ? abort.idle : weightsIdle;
  return [
    note("what the memories hold, read back over the load chain while no frame is inside"),
    assign(head.tdata, back.chain.tdata),
    cell(READER, `u_${READER}`, {}, [
      { clk, rst },
      { start: net(WEIGHTS_READ, 2), busy: drives(back.busy) },
      {
        ...{ s_axis_tvalid: image.tvalid, s_axis_tready: drives(image.tready) },
        ...{ load_tvalid: drives(back.tvalid), load_tready: back.tready, loading: slice(status, 1) },
      },
      {
        hold: drives(back.hold),
        idle: swap ? all(none, { every: settledOf(g) }) : none,
        read_back: drives(back.reading),
      },
      { s_load_tvalid: back.chain.tvalid, s_load_tfirst: back.chain.tfirst },
      { m_load_tvalid: drives(head.tvalid), m_load_tfirst: drives(head.tfirst) },
      Object.fromEntries(Object.entries(end).map(([w, n]: [string, Net]) => [`s_back_${w}`, n])),
      leaves("m_axis", streamNets(BACK_PORT, 32)),
    ]),
  ];
}

/** Of the number of frames that are inside, where nothing else needs fewer. */
const COUNT_BITS = 16;

export const gated = { tvalid: net("gate_tvalid"), tready: net("gate_tready") };

/**
 * The loader of weights, and the gate that keeps frames out until they are there.
 * @param input what the first layer takes
 */
export function loading(g: HwGraph, weights: HwWeights, input: StreamNets): ModuleItem[] {
  const { swap, external, readBack } = weights;
  const outs = outputStreams(g);
  const countBits = swap?.countBits ?? COUNT_BITS;
  const [open, idle] = [net("weights_open"), weightsIdle];
  const status = net(WEIGHTS_STATUS, statusBits(g));
  const { aborting } = abort;
  const [gateOpen, unusedOwed] = [net("gate_open"), outputBits(g, "unused_owed")];
  // What is read back keeps frames out too.
  const kept = (open: Net): Expr => (readBack ? all(open, not(back.hold)) : open);
  const gate = {
    ...(swap
      ? {
          idle: readBack ? abort.idle : net("unused_idle"),
          shut: net("gate_shut"),
          entered: vector("gate_entered", countBits),
        }
      : { idle: external ? abort.idle : idle, shut: net("unused_shut"), entered: vector("unused_entered", countBits) }),
    open: swap || external ? gateOpen : open,
    owed: external ? outputBits(g, "gate_owed") : unusedOwed,
  };
  const [swapAt, swapBank, settled] = [net("swap_at", countBits), net("swap_bank"), settledOf(g)];
  const declaredBack = readBack
    ? [declared(back.reading, back.hold, back.busy, back.tvalid, back.tready), ...declaredLoad(back.chain)]
    : [];
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
          ...declaredBack,
        ]
      : [
          note("weights: an image is checked and loaded while no frame is inside; until then none is taken"),
          declared(open, idle, gate.shut),
          declared(gate.entered),
          ...declaredBack,
          ...(external
            ? [
                note("neither begins while frames are being aborted"),
                declared(gateOpen),
                assign(gateOpen, all(open, ...(readBack ? [not(back.hold)] : []), not(aborting))),
                assign(idle, all(abort.idle, not(aborting))),
              ]
            : [declared(unusedOwed)]),
        ]),
    ...declaredLoad(load(0)),
    ...(weights.coded
      ? [
          ...declaredStream(imageStream(weights)),
          cell(EXPAND, `u_${EXPAND}`, { WORDS: weights.words }, [
            { clk, rst },
            enters("s_axis", streamNets(WEIGHTS_PORT, 32)),
            leaves("m_axis", imageStream(weights)),
          ]),
        ]
      : []),
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
        enters("s_axis", {
          ...imageStream(weights),
          ...(readBack ? { tvalid: back.tvalid, tready: back.tready } : {}),
        }),
        passes("m_load", readBack ? back.chain : load(0)),
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
        ...{ open: external ? gate.open : kept(gate.open), idle: drives(gate.idle), shut: drives(gate.shut) },
        ...{ entered: drives(gate.entered), owed: drives(gate.owed) },
      },
    ]),
  ];
}
