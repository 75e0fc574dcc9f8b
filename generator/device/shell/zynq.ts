// The top for a processor's DMA: AXI4-Stream in and out in beats that a DMA takes, registers on AXI4-Lite. Only wiring.
import type { CellSources, OutputFiles } from "../../7-emit/emit.ts";
import { hashOf } from "../../7-emit/hash.ts";
import {
  assign,
  cell,
  constant,
  declared,
  declaredStream,
  drives,
  enters,
  gap,
  instanceNames,
  leaves,
  net,
  note,
  slice,
  streamNets,
  unused,
} from "../../7-emit/module.ts";
import { memoryPorts } from "../../7-emit/ports.ts";
import {
  BAD_FRAME,
  MEMORY_PORT,
  memoryPortNames,
  outputPort,
  portBits,
  STATUS_BITS,
  statusBits,
  WEIGHTS_ABORTED,
  WEIGHTS_BASE,
  WEIGHTS_STALLS,
  WEIGHTS_STATUS,
} from "../../7-emit/verilog.ts";
import { inputError } from "../../diagnostics/diagnostics.ts";
import type { HwExternal, HwGraph } from "../../ir/hardware.ts";
import type { Connections, Module, ModuleItem, ModulePort, Net } from "../../ir/module.ts";
import type { Target } from "../../targets/target.ts";
import { backNets, CORE, core, type LoadNets, outputNets, sequence, topFiles, waiting } from "./parts.ts";
import {
  constantWords,
  MEMORY_ADDRESS,
  READBACK_ADDRESS,
  type Register,
  registers,
  WEIGHTS_ADDRESS,
} from "./registers.ts";

export interface ZynqTop {
  readonly module: string;
  readonly file: string;
  /** The top and the cells that the accelerator does not bring, by path. */
  readonly files: ReadonlyMap<string, string>;
  readonly registers: readonly Register[];
  readonly addressBits: number;
  readonly beatBitsIn: number;
  readonly beatBitsOut: number;
  /** Beats of an answer: the outputs one after another. */
  readonly beatsOut: number;
  /** First 64 bits of the hash of the accelerator's Verilog and memories, in hexadecimal. */
  readonly network: string;
  /** Instances that belong to the shell and not to a layer. */
  readonly instances: readonly string[];
}

/** Widest stream of AXI DMA. */
const WIDEST = 1024;

/** The next width that a DMA has. AN8005 where there is none. */
function dmaBits(bits: number, what: string): number {
  const width = 2 ** Math.ceil(Math.log2(bits));
  if (width <= WIDEST) return width;
  throw inputError({
    code: "AN8005",
    message: `a beat of ${what} has ${bits} bits, more than a DMA carries`,
    expected: `at most ${WIDEST} bits`,
    hint: "a lower --fps needs fewer lanes",
  });
}

/** What the parts of the top share. */
interface Shell {
  readonly g: HwGraph;
  readonly beatBitsIn: number;
  readonly beatBitsOut: number;
  readonly map: readonly Register[];
  readonly addressBits: number;
  readonly load: LoadNets | undefined;
}

const clocked = { clk: net("aclk"), rst: net("core_rst") };
/** The bus resets what is beside the accelerator. */
const busReset = { not: net("aresetn") } as const;
const input = { tvalid: net("core_in_tvalid"), tready: net("core_in_tready") };

/** The accelerator between the ports' streams, and its outputs one after another, each beat padded with zeros. */
function streamsPart({ g, beatBitsIn, beatBitsOut, load }: Shell): ModuleItem[] {
  const outs = outputNets(g);
  const inBits = portBits(g.input);
  const tdata = net("s_axis_tdata", beatBitsIn);
  const answer = streamNets("answer", beatBitsOut);
  const items: ModuleItem[] = [
    declared(clocked.rst),
    declared(input.tvalid, input.tready),
    note("accelerator"),
    ...outs.flatMap(declaredStream),
    ...(load ? [...declaredStream(load.image), declared(load.status)] : []),
    ...(load?.back ? [declared(load.back.ask), ...declaredStream(load.back.words)] : []),
    ...(load?.memory ? [declared(base!, stalls!, aborted!), declared(...marks(g).map(([, mark]) => mark))] : []),
    core(
      g,
      clocked,
      {
        s_axis_tdata: inBits === beatBitsIn ? tdata : slice(tdata, inBits - 1, 0),
        s_axis_tvalid: input.tvalid,
        s_axis_tready: drives(input.tready),
        s_axis_tlast: net("s_axis_tlast"),
      },
      outs,
      load,
    ),
    note("answer: the outputs one after another, each beat padded with zeros"),
  ];
  const turns = g.outputs.map(({ stream: s }, i) => {
    const from = waiting(g, i, outs[i]!, clocked, items);
    const padding = beatBitsOut - portBits(s);
    return { ...from, data: padding === 0 ? from.tdata : { joined: [constant(padding, 0), from.tdata] } };
  });
  items.push(
    ...declaredStream(answer),
    sequence(beatBitsOut, turns, clocked, answer),
    assign(net("m_axis_tdata", beatBitsOut), answer.tdata),
    assign(net("m_axis_tkeep", beatBitsOut / 8), { ones: beatBitsOut / 8 }),
    assign(net("m_axis_tlast"), answer.tlast),
  );
  return items;
}

const busNet = (addressBits: number, name: string): Net =>
  net(`s_axil_${name}`, axilSignals.find(([s]) => s === name)![2] || addressBits);

/** The registers; the handshakes of both streams pass through them. */
function registersPart({ g, map, addressBits, load }: Shell): ModuleItem[] {
  const words = constantWords(map);
  const constants = words.map((value, i) => {
    const address = i < 4 ? 4 * i : 0x40 + 4 * (i - 4);
    return { value, note: map.find((r) => r.address === address)?.name ?? "reserved" };
  });
  const bus: Connections = Object.fromEntries(
    axilSignals.map(([name, direction]) => {
      const wire = load && name === "rdata" ? net("control_rdata", 32) : busNet(addressBits, name);
      return [`s_axil_${name}`, direction === "input" ? wire : drives(wire)];
    }),
  );
  return [
    note("registers; the handshakes of both streams pass through them"),
    ...(load ? [declared(net("control_rdata", 32), net("weights_rdata", 32))] : []),
    ...(load?.back ? [declared(net("readback_rdata", 32))] : []),
    ...(load?.memory ? [declared(net("memory_rdata", 32))] : []),
    {
      is: "instance",
      of: { cell: "axil_control" },
      name: "u_control",
      parameters: [
        { ADDR_BITS: addressBits, BEATS_IN: g.input.beatsPerFrame, COUNT_BITS: 64, CONSTS: words.length },
        { CONST_WORDS: { words: constants.reverse() } },
      ],
      connections: [
        { clk: clocked.clk, rst: busReset },
        bus,
        { in_tvalid: net("s_axis_tvalid"), in_tready: drives(net("s_axis_tready")), in_tlast: net("s_axis_tlast") },
        { core_in_tvalid: drives(input.tvalid), core_in_tready: input.tready },
        {
          core_out_tvalid: net("answer_tvalid"),
          core_out_tready: drives(net("answer_tready")),
          core_out_tlast: net("answer_tlast"),
        },
        { out_tvalid: drives(net("m_axis_tvalid")), out_tready: net("m_axis_tready") },
        { core_rst: drives(clocked.rst), busy: drives(net("busy")) },
      ],
    },
  ];
}

/** Signals of the bus that a cell beside the registers listens to. */
const heard = ["awaddr", "awvalid", "awready", "wdata", "wstrb", "wvalid", "wready", "araddr", "arvalid", "arready"];

const [base, stalls, aborted] = [net(WEIGHTS_BASE, 32), net(WEIGHTS_STALLS, 32), net(WEIGHTS_ABORTED, 32)];
/** Bits of the number of aborted frames in a register. */
const ABORTED_BITS = 11;

/** The marks of aborted frames: a DMA carries none, so their number is in a register. */
const marks = (g: HwGraph) => g.outputs.map((_, i) => [`${outputPort(g, i)}_${BAD_FRAME}`, net(`bad_${i}`)] as const);

/** Connections of the accelerator's ports to external memory, which are the top's own. */
const memoryNets = (g: HwGraph, external: HwExternal): Connections => ({
  ...Object.fromEntries(
    memoryPorts(external)
      .flat()
      .map(({ name, direction, bits }) => {
        const wire = net(name, bits);
        return [name, direction === "input" ? wire : drives(wire)];
      }),
  ),
  [WEIGHTS_BASE]: base,
  [WEIGHTS_STALLS]: drives(stalls!),
  [WEIGHTS_ABORTED]: drives(aborted!),
  ...Object.fromEntries(marks(g).map(([port, mark]) => [port, drives(mark)])),
});

/** The window through which weight images are written. */
function weightsPart({ g, addressBits, load }: Shell): ModuleItem[] {
  if (!load) return [];
  const [control, weights, memory] = ["control_rdata", "weights_rdata", "memory_rdata"].map((n) => net(n, 32));
  const listens = Object.fromEntries(heard.map((name) => [`s_axil_${name}`, busNet(addressBits, name)]));
  const external = g.weights?.external !== undefined;
  const { back } = load;
  const readback = net("readback_rdata", 32);
  return [
    note("weight images, written word by word"),
    cell("axil_weights", "u_weights", { ADDR_BITS: addressBits, ADDRESS: WEIGHTS_ADDRESS }, [
      { clk: clocked.clk, rst: busReset, hold: clocked.rst },
      listens,
      { rdata: drives(weights!) },
      { ...leaves("m_axis", load.image), status: external ? slice(load.status, STATUS_BITS - 1, 0) : load.status },
    ]),
    ...(back
      ? [
          note("what the memories hold, read back word by word"),
          cell("axil_readback", "u_readback", { ADDR_BITS: addressBits, ADDRESS: READBACK_ADDRESS }, [
            { clk: clocked.clk, rst: busReset, hold: clocked.rst },
            listens,
            { rdata: drives(readback), start: drives(back.ask) },
            enters("s_axis", back.words),
          ]),
        ]
      : []),
    ...(external
      ? [
          note("where weights lie in external memory"),
          cell("axil_memory", "u_memory", { ADDR_BITS: addressBits, ADDRESS: MEMORY_ADDRESS }, [
            { clk: clocked.clk, rst: busReset },
            listens,
            {
              ...{
                rdata: drives(memory!),
                base: drives(base!),
                stalls: stalls!,
                error: slice(load.status, STATUS_BITS),
              },
              aborted: slice(aborted!, ABORTED_BITS - 1, 0),
            },
          ]),
        ]
      : []),
    assign(busNet(addressBits, "rdata"), {
      bitwiseOr: [control!, weights!, ...(back ? [readback] : []), ...(external ? [memory!] : [])],
    }),
  ];
}

/** @param files the accelerator's files, as emit gave them */
export function zynqTop(g: HwGraph, target: Target, cells: CellSources, files: OutputFiles): ZynqTop {
  const network = hashOf(files);
  const beatBitsIn = dmaBits(portBits(g.input), "the input");
  const beatBitsOut = Math.max(...g.outputs.map((o) => dmaBits(portBits(o.stream), `output ${o.name}`)));
  const map = registers(g, {
    network: [Number.parseInt(network.slice(8), 16), Number.parseInt(network.slice(0, 8), 16)] as const,
    ...{ beatBitsIn, beatBitsOut },
  });
  const addressBits = Math.ceil(Math.log2(Math.max(...map.map((r) => r.address)) + 4));
  const external = g.weights?.external;
  const load = g.weights && {
    image: streamNets("weights", 32),
    status: net(WEIGHTS_STATUS, statusBits(g)),
    memory: external && memoryNets(g, external),
    back: backNets(g),
  };
  const shell: Shell = { g, beatBitsIn, beatBitsOut, map, addressBits, load };
  const inBits = portBits(g.input);
  const module: Module = {
    name: `${g.name}_zynq`,
    head: [
      `${g.name} behind a processor's DMA, for ${target.title}; generated by addernet-rtl`,
      "",
      `s_axis: ${g.input.beatsPerFrame} beats of ${beatBitsIn} bits a frame, as s_axis of ${g.name}, padded at the top.`,
      `m_axis: ${g.outputs.map((o) => `${o.stream.beatsPerFrame} beats of ${o.name}`).join(", then ")}, padded to ${beatBitsOut} bits; tlast on the last.`,
      ...(external
        ? [
            external.ports.length === 1
              ? `${MEMORY_PORT}: AXI4, reads weights; beats of ${external.dataBits} bits, for a port to the processor's memory.`
              : `${memoryPortNames(external.ports.length).join(", ")}: AXI4, read weights; beats of ${external.dataBits} bits, each for a port to the processor's memory.`,
          ]
        : []),
      "s_axil: the registers of docs/registers.md. Everything is synchronous to aclk, also aresetn.",
    ],
    parameters: [{ name: "MEM_DIR", value: "mem/" }],
    ports: zynqPorts(addressBits, beatBitsIn, beatBitsOut, external),
    items: [
      ...streamsPart(shell),
      ...registersPart(shell),
      ...weightsPart(shell),
      gap,
      unused("unused", [
        net("s_axis_tkeep", beatBitsIn / 8),
        ...(external ? [slice(aborted!, 31, ABORTED_BITS), ...marks(g).map(([, mark]) => mark)] : []),
        ...(inBits === beatBitsIn ? [] : [slice(net("s_axis_tdata", beatBitsIn), beatBitsIn - 1, inBits)]),
      ]),
    ],
  };
  return {
    module: module.name,
    file: `rtl/${module.name}.v`,
    files: topFiles(module, g, cells, new Set(files.keys())),
    registers: map,
    addressBits,
    beatBitsIn,
    beatBitsOut,
    beatsOut: g.outputs.reduce((n, o) => n + o.stream.beatsPerFrame, 0),
    network,
    instances: instanceNames(module).filter((name) => name !== CORE),
  };
}

/** AXI4-Lite as a slave has it: direction, and bits where they are not one (0: the address). */
const axilSignals: readonly (readonly [name: string, direction: "input" | "output", bits: number])[] = [
  ["awaddr", "input", 0],
  ["awvalid", "input", 1],
  ["awready", "output", 1],
  ["wdata", "input", 32],
  ["wstrb", "input", 4],
  ["wvalid", "input", 1],
  ["wready", "output", 1],
  ["bresp", "output", 2],
  ["bvalid", "output", 1],
  ["bready", "input", 1],
  ["araddr", "input", 0],
  ["arvalid", "input", 1],
  ["arready", "output", 1],
  ["rdata", "output", 32],
  ["rresp", "output", 2],
  ["rvalid", "output", 1],
  ["rready", "input", 1],
];

/** Ports of the top in order; at least one bit wide where a range is printed. */
export function zynqPorts(
  addressBits: number,
  beatBitsIn: number,
  beatBitsOut: number,
  external?: HwExternal | undefined,
): ModulePort[] {
  const axis = (prefix: string, bits: number, out: boolean): ModulePort[] => [
    { name: `${prefix}_tdata`, direction: out ? "output" : "input", bits },
    { name: `${prefix}_tkeep`, direction: out ? "output" : "input", bits: bits / 8 },
    { name: `${prefix}_tvalid`, direction: out ? "output" : "input", bits: 1 },
    { name: `${prefix}_tready`, direction: out ? "input" : "output", bits: 1 },
    { name: `${prefix}_tlast`, direction: out ? "output" : "input", bits: 1 },
  ];
  return [
    {
      name: "aclk",
      direction: "input",
      bits: 1,
      attributes: `X_INTERFACE_INFO = "xilinx.com:signal:clock:1.0 aclk CLK", X_INTERFACE_PARAMETER = "ASSOCIATED_BUSIF s_axis:m_axis:s_axil${
        external
          ? memoryPortNames(external.ports.length)
              .map((name) => `:${name}`)
              .join("")
          : ""
      }, ASSOCIATED_RESET aresetn"`,
    },
    {
      name: "aresetn",
      direction: "input",
      bits: 1,
      attributes:
        'X_INTERFACE_INFO = "xilinx.com:signal:reset:1.0 aresetn RST", X_INTERFACE_PARAMETER = "POLARITY ACTIVE_LOW"',
    },
    ...axilSignals.map(([name, direction, bits]) => ({
      name: `s_axil_${name}`,
      direction,
      bits: bits || addressBits,
    })),
    ...axis("s_axis", beatBitsIn, false),
    ...axis("m_axis", beatBitsOut, true),
    ...(external ? memoryPorts(external).flat() : []),
    { name: "busy", direction: "output", bits: 1 },
  ];
}
