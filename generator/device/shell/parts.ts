// What the tops of all boards have: the accelerator, its outputs one after another, and the files of a top.
import { type CellSources, prefixModules } from "../../7-emit/emit.ts";
import {
  cell,
  cellsOf,
  declaredStream,
  drives,
  enters,
  leaves,
  net,
  parameter,
  printModule,
  type StreamNets,
  streamNets,
} from "../../7-emit/module.ts";
import { withNotice } from "../../7-emit/notice.ts";
import { BACK_PORT, outputPort, portBits, WEIGHTS_PORT, WEIGHTS_READ, WEIGHTS_STATUS } from "../../7-emit/verilog.ts";
import type { HwGraph } from "../../ir/hardware.ts";
import type { Connections, Expr, Module, ModuleInstance, ModuleItem, Net } from "../../ir/module.ts";

/** Instance of the accelerator in the top of a board. */
export const CORE = "core";

/** Clock and reset of cells. */
export interface Clocked {
  readonly clk: Net;
  readonly rst: Net;
}

export interface BackNets {
  readonly ask: Net;
  readonly words: StreamNets;
}

export const backNets = (g: HwGraph): BackNets | undefined =>
  g.weights?.readBack && { ask: net("back_ask", 2), words: streamNets("back", 32) };

export interface LoadNets {
  /** Of weight images. */
  readonly image: StreamNets;
  readonly status: Net;
  /** Where the memories are read back: what asks for it, and the words. */
  readonly back?: BackNets | undefined;
  /** Of the port to external memory and what belongs to it, by name. */
  readonly memory?: Connections | undefined;
}

/** Nets of the accelerator's outputs. */
export const outputNets = (g: HwGraph): StreamNets[] =>
  g.outputs.map((o, i) => streamNets(`out_${i}`, portBits(o.stream)));

/** The accelerator. @param input connections of its s_axis */
export const core = (
  g: HwGraph,
  { clk, rst }: Clocked,
  input: Connections,
  outs: readonly StreamNets[],
  load: LoadNets | undefined,
): ModuleInstance => ({
  is: "instance",
  of: { module: g.name },
  name: CORE,
  parameters: [{ MEM_DIR: parameter("MEM_DIR") }],
  connections: [
    { clk, rst },
    input,
    ...outs.map((s, i) => leaves(outputPort(g, i), s)),
    ...(load?.memory ? [load.memory] : []),
    ...(load?.back ? [{ [WEIGHTS_READ]: load.back.ask }, leaves(BACK_PORT, load.back.words)] : []),
    ...(load ? [{ ...enters(WEIGHTS_PORT, load.image), [WEIGHTS_STATUS]: drives(load.status) }] : []),
  ],
});

/** A frame of each later output waits until the ones before it have left: the stream to take output `i` from. */
export function waiting(
  g: HwGraph,
  i: number,
  from: StreamNets,
  { clk, rst }: Clocked,
  items: ModuleItem[],
): StreamNets {
  if (i === 0) return from;
  const { stream } = g.outputs[i]!;
  const bits = portBits(stream);
  const to = streamNets(`waiting_${i}`, bits);
  items.push(
    ...declaredStream(to),
    cell("axis_fifo", `u_wait_${i}`, { WIDTH: bits, DEPTH: stream.beatsPerFrame }, [
      { clk, rst },
      enters("s_axis", from),
      leaves("m_axis", to),
    ]),
  );
  return to;
}

/** A stream whose turn comes: its handshake, and its beat as it leaves. */
export type Turn = Omit<StreamNets, "tdata"> & { readonly data: Expr };

/** Frames of several streams one after another. */
export function sequence(bits: number, turns: readonly Turn[], { clk, rst }: Clocked, to: StreamNets): ModuleInstance {
  const last = [...turns].reverse();
  const concat = (of: (t: Turn) => Expr): Expr => ({ joined: last.map(of) });
  return cell("axis_sequence", "u_answer", { WIDTH: bits, N: turns.length }, [
    { clk, rst },
    {
      s_axis_tdata: concat((t) => t.data),
      s_axis_tvalid: concat((t) => t.tvalid),
      s_axis_tready: { drives: last.map((t) => t.tready) },
      s_axis_tlast: concat((t) => t.tlast),
    },
    leaves("m_axis", to),
  ]);
}

/** The Verilog of a top, and the cells that the accelerator does not bring, by path. @param present paths that there are */
export function topFiles(m: Module, g: HwGraph, cells: CellSources, present: ReadonlySet<string>): Map<string, string> {
  const files = new Map<string, string>();
  for (const name of cellsOf(m)) {
    const path = `rtl/${g.name}_${name}.v`;
    if (!present.has(path)) files.set(path, prefixModules(cells.get(name)!, g.name, cells));
  }
  files.set(`rtl/${m.name}.v`, withNotice(printModule(m, g.name)));
  return files;
}
