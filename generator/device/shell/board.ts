// The top for a board with a serial line: bytes in, the accelerator, bytes out. Only wiring, as in the accelerator's top.

import type { CellSources } from "../../7-emit/emit.ts";
import {
  assign,
  cell,
  constant,
  declared,
  declaredStream,
  drives,
  enters,
  foreignModules,
  gap,
  instanceNames,
  leaves,
  net,
  not,
  note,
  parameter,
  type StreamNets,
  slice,
  streamNets,
  unused,
} from "../../7-emit/module.ts";
import {
  axiSignals,
  BAD_FRAME,
  MEMORY_PORT,
  outputPort,
  portBits,
  portLaneBits,
  STATUS_BITS,
  statusBits,
  WEIGHTS_ABORTED,
  WEIGHTS_BASE,
  WEIGHTS_STALLS,
  WEIGHTS_STATUS,
} from "../../7-emit/verilog.ts";
import type { HwExternal, HwGraph, HwStream } from "../../ir/hardware.ts";
import type { Connections, Expr, Module, ModuleItem, ModuleParameter, ModulePort, Net } from "../../ir/module.ts";
import { sdramBytes, sdramClocks } from "../../targets/sdram.ts";
import type { Target } from "../../targets/target.ts";
import { wholeImage, writeImage } from "../../weights/image.ts";
import { type ClockSource, clockSource, coreClock, locked, pin } from "./clock.ts";
import { backNets, type Clocked, CORE, core, type LoadNets, outputNets, sequence, topFiles, waiting } from "./parts.ts";

/** Silence that discards a part of a frame, in bits of the line: 50 ms at 115200 baud. */
const IDLE_BITS = 5760;
export interface BoardTop {
  readonly module: string;
  readonly file: string;
  /** The top and the cells that the accelerator does not bring, by path. */
  readonly files: ReadonlyMap<string, string>;
  readonly clocksPerBit: number;
  /** Clock of the accelerator, and where it comes from. */
  readonly MHz: number;
  readonly clockFrom: string;
  /** Bytes of an image on the line and of the answer to it. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Where weights are written at run time: the image of those at hand, and its address in the board's flash, if it has one. */
  readonly weights: { readonly image: Uint8Array; readonly flashAt: number | undefined } | undefined;
  /** Whether it holds primitives of the device, a PLL say, of which open tools have no model. */
  readonly primitives: boolean;
  /** Instances that belong to the board and not to a layer. */
  readonly instances: readonly string[];
}

/** A flash's clock at most, in MHz, and the time that it needs to leave power-down, in us: more than any of its kind. */
const FLASH_MHZ = 25;
const FLASH_WAKE = 50;

/** Parameters of flash_reader at a clock in MHz. */
export const flashTiming = (MHz: number): { readonly HALF: number; readonly WAKE: number } => ({
  HALF: Math.ceil(MHz / (2 * FLASH_MHZ)),
  WAKE: Math.ceil(MHz * FLASH_WAKE),
});

const laneBytes = (s: HwStream): number => portLaneBits(s) / 8;
/** Bytes of a frame on the line, and of the answer to one. */
const bytesOf = (s: HwStream): number => s.pixels * s.channels * laneBytes(s);
const answerBytes = (g: HwGraph): number => g.outputs.reduce((n, o) => n + bytesOf(o.stream), 0);

type Board = NonNullable<Target["board"]>;

/** What the parts of a serial top share. */
interface Serial extends Clocked {
  readonly g: HwGraph;
  readonly board: Board;
  /** Where weights are loaded: the ports of the accelerator, and whether they come from the flash at first. */
  readonly load: LoadNets | undefined;
  readonly flash: NonNullable<Board["flash"]> | undefined;
  /** Memory beside the device that holds weights, and the port that reads it. */
  readonly sdram: { readonly part: NonNullable<Board["sdram"]>; readonly port: HwExternal } | undefined;
}

const CLKS_PER_BIT = "CLKS_PER_BIT";
const idle = parameter(CLKS_PER_BIT, IDLE_BITS);
const either = (terms: readonly Expr[]): Expr => (terms.length === 1 ? terms[0]! : { either: terms });
/** Bytes from the line. */
const rx = { data: net("rx_data", 8), valid: net("rx_valid"), broken: net("rx_broken") };
const busy = net("busy");
/** Bytes of images: those of the line but for the commands around them. */
const framed = { valid: net("frame_valid"), broken: net("frame_broken") };
/** The loader of weights: bytes from the line, and when it is done. */
const line = {
  valid: net("line_valid"),
  giveUp: net("line_give_up"),
  ready: net("load_tready"),
  over: net("load_over"),
};
/** Sets for memory beside the device: bytes of the line, and words on their way there. */
const set = {
  valid: net("memory_valid"),
  open: net("memory_open"),
  missing: net("memory_missing"),
  half: net("memory_half"),
  data: net("word_data", 16),
  wordValid: net("word_valid"),
  ready: net("word_ready"),
};
const busNet = (name: string, bits: number) => net(`memory_${name}`, bits);
const pinNets = { dqOut: net("dq_out", 16), dqIn: net("dq_in", 16), oe: net("dq_oe") };
const flashNets = { tdata: net("flash_tdata", 8), tvalid: net("flash_tvalid"), busy: net("flash_busy") };

function resetPart({ board, clk, rst }: Serial): ModuleItem[] {
  const requests: Expr[] = [
    ...(board.button ? [board.button.activeLow ? not(net("button")) : net("button")] : []),
    ...(clk === pin ? [] : [not(locked)]),
  ];
  const request = requests.length === 0 ? constant(1, 0) : either(requests);
  return [declared(rst), cell("board_reset", "u_reset", {}, [{ clk, request, rst: drives(rst) }])];
}

/** From the line to the accelerator's beats. @returns items, the bytes of a frame, and those beats */
function imagePart({ g, clk, rst }: Serial): { items: ModuleItem[]; frame: StreamNets; image: StreamNets } {
  const frame = streamNets("frame", 8);
  const bytes = g.weights ? framed : rx;
  const items = [
    note("image"),
    declared(rx.data),
    declared(rx.valid, rx.broken, busy),
    ...(g.weights ? [declared(framed.valid, framed.broken)] : []),
    cell("uart_rx", "u_rx", { CLKS_PER_BIT: parameter(CLKS_PER_BIT) }, [
      { clk, rst, rxd: net("rxd") },
      { byte_data: drives(rx.data), byte_valid: drives(rx.valid), byte_broken: drives(rx.broken) },
    ]),
    ...declaredStream(frame),
    cell("serial_frame", "u_frame", { BYTES: bytesOf(g.input), IDLE: idle }, [
      { clk, rst, byte_data: rx.data, byte_valid: bytes.valid, byte_broken: bytes.broken },
      leaves("m_axis", frame),
      { busy: drives(busy) },
    ]),
  ];
  const inBytes = g.input.lanes * laneBytes(g.input);
  if (inBytes === 1) return { items, frame, image: frame };
  const image = streamNets("image", 8 * inBytes);
  const widen = { BITS: 8, IN_LANES: 1, OUT_LANES: inBytes, CHANNELS: g.input.channels * laneBytes(g.input) };
  items.push(
    ...declaredStream(image),
    cell("axis_widen", "u_image", widen, [{ clk, rst }, enters("s_axis", frame), leaves("m_axis", image)]),
  );
  return { items, frame, image };
}

/** From the flash and the line to the loader of weights. */
function weightsPart({ g, clk, rst, load, flash }: Serial): ModuleItem[] {
  if (!load) return [];
  const { tdata, tvalid, busy: reading } = flashNets;
  return [
    note(`weights: ${flash ? "from the flash at first, later " : ""}from the line`),
    declared(line.valid, line.giveUp, line.ready, line.over),
    declared(load.status),
    ...declaredStream(load.image),
    ...(load.back ? [declared(load.back.ask), ...declaredStream(load.back.words)] : []),
    ...(flash
      ? [
          declared(tdata),
          declared(tvalid, reading),
          cell(
            "flash_reader",
            "u_flash",
            { ADDRESS: parameter("FLASH_ADDRESS"), HALF: parameter("FLASH_HALF"), WAKE: parameter("FLASH_WAKE") },
            [
              { clk, rst },
              {
                flash_cs_n: drives(net("flash_cs_n")),
                flash_sck: drives(net("flash_sck")),
                flash_mosi: drives(net("flash_mosi")),
                flash_miso: net("flash_miso"),
              },
              { m_axis_tdata: drives(tdata), m_axis_tvalid: drives(tvalid), m_axis_tready: line.ready },
              { stop: line.over, busy: drives(reading) },
            ],
          ),
        ]
      : []),
    cell("weights_bytes", "u_words", { WORDS: g.weights!.words }, [
      { clk, rst },
      {
        s_axis_tdata: flash ? { when: reading, value: tdata, otherwise: rx.data } : rx.data,
        s_axis_tvalid: flash ? { when: reading, value: tvalid, otherwise: line.valid } : line.valid,
        s_axis_tready: drives(line.ready),
      },
      { give_up: line.giveUp, ...leaves("m_axis", load.image), over: drives(line.over) },
    ]),
    ...(flash ? [] : [unused("unused_ready", [line.ready])]),
  ];
}

/** Connections of the accelerator's port to the SDRAM. Its controller answers no burst with an error. */
function memoryNets(g: HwGraph, board: Board): Connections {
  const external = g.weights!.external!;
  const bytes = sdramBytes(board.sdram!);
  const at = Math.log2(bytes) - 1;
  return {
    ...Object.fromEntries(
      axiSignals(external).map(([s, direction, bits]) => {
        // Bursts are INCR, of whole beats; nothing looks at what says so, or at addresses beyond the device.
        const heard = !["arsize", "arburst", "arcache", "arprot"].includes(s);
        const wire = heard ? busNet(s, bits) : net(`unused_${s}`, bits);
        return [`${MEMORY_PORT}_${s}`, direction === "input" ? wire : drives(wire)];
      }),
    ),
    [WEIGHTS_BASE]: { joined: [constant(external.addressBits - at - 1, 0), set.half, { zeros: at }] },
    [WEIGHTS_STALLS]: drives(net("unused_stalls", 32)),
    [WEIGHTS_ABORTED]: drives(net("unused_aborted", 32)),
    ...Object.fromEntries(
      g.outputs.map((_, i) => [`${outputPort(g, i)}_${BAD_FRAME}`, drives(net(`unused_bad_${i}`))] as const),
    ),
  };
}

/** The nets of those connections. */
const memoryWires = (g: HwGraph): ModuleItem[] => [
  declared(set.valid, set.open, set.missing, set.half),
  ...axiSignals(g.weights!.external!).map(([s, , bits]) =>
    declared(["arsize", "arburst", "arcache", "arprot"].includes(s) ? net(`unused_${s}`, bits) : busNet(s, bits)),
  ),
  declared(net("unused_stalls", 32), net("unused_aborted", 32)),
  declared(...(g.outputs.map((_, i) => net(`unused_bad_${i}`)) as [Net, ...Net[]])),
];

/** From the line into the SDRAM, and from there to the accelerator. */
function memoryPart({ clk, rst, load, sdram }: Serial, MHz: number): ModuleItem[] {
  if (!sdram || !load) return [];
  const { part, port } = sdram;
  const clocks = sdramClocks(part, MHz);
  const words = part.rowBits + part.colBits + 2;
  const address = net("word_addr", words);
  const araddr = busNet("araddr", port.addressBits);
  const pin = (name: string, bits = 1) => ({ [`sdram_${name}`]: drives(net(`sdram_${name}`, bits)) });
  return [
    note("memory: sets from the line, read by the accelerator"),
    declared(address),
    declared(set.data),
    declared(set.wordValid, set.ready),
    declared(pinNets.dqOut, pinNets.dqIn),
    declared(pinNets.oe),
    cell("sdram_loader", "u_set", { A_BITS: words }, [
      { clk, rst, byte_data: rx.data, byte_valid: set.valid, open: set.open },
      {
        m_word_addr: drives(address),
        m_word_data: drives(set.data),
        m_word_valid: drives(set.wordValid),
        m_word_ready: set.ready,
      },
      { status: slice(load.status, STATUS_BITS - 1, 0), half: drives(set.half), missing: drives(set.missing) },
    ]),
    declared(net("unused_ready_memory")),
    cell("sdram_controller", "u_memory", { DATA_BITS: port.dataBits, ...clocks }, [
      { clk, rst, ready: drives(net("unused_ready_memory")) },
      {
        s_axi_araddr: slice(araddr, words, 0),
        s_axi_arlen: busNet("arlen", 8),
        s_axi_arvalid: busNet("arvalid", 1),
        s_axi_arready: drives(busNet("arready", 1)),
      },
      {
        s_axi_rdata: drives(busNet("rdata", port.dataBits)),
        s_axi_rresp: drives(busNet("rresp", 2)),
        s_axi_rlast: drives(busNet("rlast", 1)),
        s_axi_rvalid: drives(busNet("rvalid", 1)),
        s_axi_rready: busNet("rready", 1),
      },
      {
        s_word_addr: address,
        s_word_data: set.data,
        s_word_valid: set.wordValid,
        s_word_ready: drives(set.ready),
      },
      { ...pin("cke"), ...pin("cs_n"), ...pin("ras_n"), ...pin("cas_n"), ...pin("we_n") },
      { ...pin("ba", 2), ...pin("a", part.rowBits), ...pin("dqm", 2) },
      { dq_out: drives(pinNets.dqOut), dq_oe: drives(pinNets.oe), dq_in: pinNets.dqIn },
    ]),
    cell("sdram_pins", "u_pins", {}, [
      { clk, dq_out: pinNets.dqOut, dq_oe: pinNets.oe, dq_in: drives(pinNets.dqIn) },
      { ...pin("clk"), ...pin("dq", 16) },
    ]),
    ...(port.addressBits > words + 1
      ? [unused("unused_address", [slice(araddr, port.addressBits - 1, words + 1)])]
      : []),
  ];
}

/** The status as the line has it: error 7 where weights that were read were wrong. */
const toldStatus = ({ load, sdram }: Serial): Expr => {
  if (!sdram) return load!.status;
  const failed: Expr = slice(load!.status, STATUS_BITS);
  return {
    joined: [{ bitwiseOr: [slice(load!.status, 6, 4), { repeated: failed, times: 3 }] }, slice(load!.status, 3, 0)],
  };
};

/** The outputs one after another, as bytes, to the line. */
function answerPart(top: Serial, outs: readonly StreamNets[], frame: StreamNets): ModuleItem[] {
  const { g, clk, rst, load, flash, sdram } = top;
  const items: ModuleItem[] = [note("answer: the outputs one after another")];
  const bytes = g.outputs.map(({ stream: s }, i) => {
    const from = waiting(g, i, outs[i]!, top, items);
    const bits = portBits(s);
    if (bits === 8) return from;
    const to = streamNets(`bytes_${i}`, 8);
    const narrow = { BITS: 8, IN_LANES: bits / 8, OUT_LANES: 1, CHANNELS: s.channels * laneBytes(s) };
    items.push(
      ...declaredStream(to),
      cell("axis_narrow", `u_bytes_${i}`, narrow, [{ clk, rst }, enters("s_axis", from), leaves("m_axis", to)]),
    );
    return to;
  });
  const answer = streamNets("answer", 8);
  items.push(
    ...declaredStream(answer),
    sequence(
      8,
      bytes.map((s) => ({ ...s, data: s.tdata })),
      top,
      answer,
    ),
  );
  let reply = answer;
  if (load) {
    reply = streamNets("reply", 8);
    const { back } = load;
    const backBytes = streamNets("back_bytes", 8);
    const noBack = { ask: net("unused_back_ask", 2), ready: net("unused_back_ready") };
    if (back)
      items.push(
        ...declaredStream(backBytes),
        cell("axis_narrow", "u_back", { BITS: 8, IN_LANES: 4, OUT_LANES: 1, CHANNELS: 4 }, [
          { clk, rst },
          enters("s_axis", back.words),
          leaves("m_axis", backBytes),
        ]),
      );
    else items.push(declared(noBack.ask), declared(noBack.ready));
    const [taken, open] = sdram ? [set.valid, set.open] : [net("unused_memory_valid"), net("unused_memory_open")];
    items.push(
      ...declaredStream(reply),
      ...(sdram ? [] : [declared(taken, open)]),
      cell("serial_command", "u_command", { IDLE: idle, ...(back ? { READ: 1 } : {}) }, [
        { clk, rst, byte_data: rx.data, byte_valid: rx.valid, byte_broken: rx.broken },
        { frame_valid: drives(framed.valid), frame_broken: drives(framed.broken), frame_whole: frame.tvalid },
        { load_valid: drives(line.valid), load_give_up: drives(line.giveUp), load_over: line.over },
        { memory_valid: drives(taken), memory_open: drives(open) },
        { held: sdram ? set.missing : flash ? flashNets.busy : constant(1, 0), status: toldStatus(top) },
        ...(back
          ? [{ back_start: drives(back.ask) }, enters("s_back", backBytes)]
          : [
              { back_start: drives(noBack.ask), s_back_tdata: constant(8, 0), s_back_tvalid: constant(1, 0) },
              { s_back_tready: drives(noBack.ready), s_back_tlast: constant(1, 0) },
            ]),
        enters("s_axis", answer),
        leaves("m_axis", reply),
      ]),
    );
  }
  items.push(
    cell("uart_tx", "u_tx", { CLKS_PER_BIT: parameter(CLKS_PER_BIT) }, [
      { clk, rst },
      enters("s_axis", reply),
      { txd: drives(net("txd")) },
    ]),
  );
  return items;
}

/** LEDs: one while something goes on, and where there is a second one, one until weights are loaded. */
function ledPart({ board, load, flash }: Serial): ModuleItem[] {
  const lit = (p: { readonly activeLow: boolean }, when: Expr) => (p.activeLow ? not(when) : when);
  const empty = load && not(slice(load.status, 0));
  const shows = either([
    busy,
    ...(load ? [slice(load.status, 1)] : []),
    ...(flash ? [flashNets.busy] : []),
    // Without a second one it tells of both.
    ...(empty && !board.statusLed ? [empty] : []),
  ]);
  return [
    ...(board.led ? [gap, assign(net("led"), lit(board.led, shows))] : [unused("unused", [busy])]),
    ...(empty && board.statusLed ? [assign(net("led_empty"), lit(board.statusLed, empty))] : []),
  ];
}

function serialPorts({ board, load, flash, sdram }: Serial): ModulePort[] {
  const port = (direction: ModulePort["direction"], name: string, words?: string, bits = 1): ModulePort => ({
    ...{ direction, name, bits },
    ...(words === undefined ? {} : { note: words }),
  });
  const at = (p: { readonly activeLow: boolean }) => (p.activeLow ? "low" : "high");
  const statusLed = load && board.statusLed;
  const loading = load ? `, or weights do${statusLed ? "" : ", and until there are any"}` : "";
  return [
    port("input", "clk"),
    ...(board.button ? [port("input", "button", `${at(board.button)}: reset`)] : []),
    port("input", "rxd", "from the host"),
    port("output", "txd", "to the host"),
    ...(board.led ? [port("output", "led", `${at(board.led)} while an image arrives or enters${loading}`)] : []),
    ...(statusLed ? [port("output", "led_empty", `${at(statusLed)} until weights are loaded`)] : []),
    ...(flash
      ? [
          port("output", "flash_cs_n"),
          port("output", "flash_sck"),
          port("output", "flash_mosi", "to the flash"),
          port("input", "flash_miso", "from the flash"),
        ]
      : []),
    ...(sdram
      ? [
          port("output", "sdram_clk", "memory with weights"),
          ...["cke", "cs_n", "ras_n", "cas_n", "we_n"].map((name) => port("output", `sdram_${name}`)),
          port("output", "sdram_ba", undefined, 2),
          port("output", "sdram_a", undefined, sdram.part.rowBits),
          port("output", "sdram_dqm", undefined, 2),
          port("inout", "sdram_dq", undefined, 16),
        ]
      : []),
  ];
}

const printMHz = (MHz: number): string => String(Number(MHz.toFixed(4)));

/** The comment at the head of a serial top. */
function serialHead({ g, board, load, flash, sdram }: Serial, target: Target, clock: ClockSource): string[] {
  return [
    `${g.name} behind a serial line, for ${target.title}; generated by addernet-rtl`,
    "",
    `Clock: ${printMHz(clock.MHz)} MHz, ${clock.how}.`,
    `${board.serial!.baud} baud, 8N1. An image is ${bytesOf(g.input)} bytes, in the order of s_axis of ${g.name}. The answer is ${answerBytes(g)} bytes:`,
    ...g.outputs.map(({ name, stream: s }) => {
      const bytes = laneBytes(s);
      return `  ${s.pixels * s.channels} values of ${bytes} byte${bytes > 1 ? "s, the lowest first," : ""} of output ${name}`;
    }),
    "The host waits for the answer before it sends the next image; 50 ms of silence discard a part of an image.",
    ...(load
      ? [
          'Each message begins with a byte: "F" an image follows; "W" a weight image (addernet weights pack) follows,',
          'answered after 50 ms of silence by a byte of status; "S" asks for the status at once.',
          `Status: bit 0 loaded, 1 loading, 4 to 6 error of the last weights, 7 ${sdram ? "no set is in the memory, or the last one was wrong" : "the flash is being read"}.`,
          ...(g.weights?.readBack
            ? [
                '"R" reads the words of the weights and their CRC-32 back, the lowest byte of each first; "C" the CRC-32 alone.',
              ]
            : []),
          ...(sdram
            ? [
                '"M" a set for the memory and its CRC-32 follow, answered like weights; then "W" the image that uses it. A set',
                `goes to the half of the memory that is not in use: at most ${sdramBytes(sdram.part) / 2} bytes.`,
                `Memory: ${sdram.part.parts.join(", ")}.`,
              ]
            : []),
          ...(flash ? [`After each reset weights are read from the flash, from byte ${flash.weightsAt} on.`] : []),
        ]
      : []),
  ];
}

function serialParameters({ board, flash }: Serial, MHz: number): ModuleParameter[] {
  const { HALF, WAKE } = flashTiming(MHz);
  return [
    { name: "MEM_DIR", value: "mem/" },
    { name: CLKS_PER_BIT, value: clocksPerBit(board, MHz), note: `${printMHz(MHz)} MHz / ${board.serial!.baud} baud` },
    ...(flash
      ? [
          { name: "FLASH_ADDRESS", value: flash.weightsAt, note: "bytes" },
          { name: "FLASH_HALF", value: HALF, note: "clocks of half a period of its clock" },
          { name: "FLASH_WAKE", value: WAKE, note: "clocks until it has left power-down" },
        ]
      : []),
  ];
}

const clocksPerBit = (board: Board, MHz: number): number => Math.round((MHz * 1e6) / board.serial!.baud);

/** The serial top; `present` are the paths that the build already has. @param most the fastest clock in MHz that it may run at. */
export function boardTop(
  g: HwGraph,
  target: Target,
  most: number,
  cells: CellSources,
  present: Iterable<string>,
): BoardTop {
  const board = target.board!;
  const clock = clockSource(target, most);
  const top: Serial = {
    ...{ g, board, rst: net("rst"), clk: clock.items.length > 0 ? coreClock : pin },
    load: g.weights && {
      ...{ image: streamNets("weights", 32), status: net(WEIGHTS_STATUS, statusBits(g)) },
      ...(g.weights.external ? { memory: memoryNets(g, board) } : {}),
      back: backNets(g),
    },
    flash: g.weights && board.flash,
    sdram: g.weights?.external && { part: board.sdram!, port: g.weights.external },
  };
  const { items, frame, image } = imagePart(top);
  const outs = outputNets(g);
  const module: Module = {
    name: `${g.name}_board`,
    head: serialHead(top, target, clock),
    parameters: serialParameters(top, clock.MHz),
    ports: serialPorts(top),
    items: [
      ...clock.items,
      ...resetPart(top),
      ...items,
      ...weightsPart(top),
      ...(top.sdram ? memoryWires(g) : []),
      ...memoryPart(top, clock.MHz),
      note("accelerator"),
      ...outs.flatMap(declaredStream),
      core(g, top, enters("s_axis", image), outs, top.load),
      ...answerPart(top, outs, frame),
      ...ledPart(top),
    ],
  };
  return {
    module: module.name,
    file: `rtl/${module.name}.v`,
    files: topFiles(module, g, cells, new Set(present)),
    clocksPerBit: clocksPerBit(board, clock.MHz),
    MHz: clock.MHz,
    clockFrom: clock.how,
    bytesIn: bytesOf(g.input),
    bytesOut: answerBytes(g),
    weights: g.weights && {
      image: writeImage(wholeImage(g.name, g.weights)),
      flashAt: top.flash?.weightsAt,
    },
    primitives: foreignModules(module).some((name) => name !== g.name),
    instances: instanceNames(module).filter((name) => name !== CORE),
  };
}
