// What the printers of Verilog share.
import type { HwGraph, HwStream, MemoryPort } from "../ir/hardware.ts";

export const dataBits = (s: HwStream): number => s.lanes * s.laneBits;
/** Lanes at the top's ports are padded to whole bytes. */
export const portLaneBits = (s: HwStream): number => Math.ceil(s.laneBits / 8) * 8;
/** Bits of a beat there. */
export const portBits = (s: HwStream): number => s.lanes * portLaneBits(s);

/** Pixels of the stream's tensor in one beat; 1 also where a pixel takes several beats. */
export const pixelsPerBeat = (s: HwStream): number => Math.max(1, s.lanes / (s.tensor?.shape[2] ?? s.lanes));

/** The cell that stands beside every memory. */
export const MEMORY_CHECK = "memory_check";

/** The memory of a layer whose weights are written at run time, and what loads and guards all of them. */
export const WEIGHT_RAM = "weight_ram";
export const LOADER = "weights_loader";
/** What makes plain images of coded ones in front of it. */
export const EXPAND = "weights_expand";
export const FRAME_GATE = "frame_gate";
/** What reads all memories back, its stream at the top, and what asks for it there. */
export const READER = "weights_reader";
export const BACK_PORT = "m_axis_weights";
export const WEIGHTS_READ = "weights_read";
/** What switches between two sets at a frame's boundary: for all memories, and beside each. */
export const SWAP = "weights_swap";
export const FRAME_BANK = "frame_bank";
/** Ports of the top where weights are loaded: the stream of an image, and what became of it. */
export const WEIGHTS_PORT = "s_axis_weights";
export const WEIGHTS_STATUS = "weights_status";
export const STATUS_BITS = 7;

/** What reads weights from memory beside the chip: a port of the top, and cells of a layer and of all. */
export const MEMORY_PORT = "m_axi_weights";
/** Names of an accelerator's ports to memory beside the chip: a number behind each where there are several. */
export const memoryPortNames = (count: number): string[] =>
  count === 1 ? [MEMORY_PORT] : Array.from({ length: count }, (_, i) => `${MEMORY_PORT}${i}`);
export const WEIGHTS_BASE = "weights_base";
export const WEIGHTS_STALLS = "weights_stalls";
/** Frames that ended for want of weights: their count, the mark on an output's last beat, and the cell that sees to them. */
export const WEIGHTS_ABORTED = "weights_aborted";
export const BAD_FRAME = "tuser";
export const READ_MASTER = "axi_read_master";
export const FRAME_ABORT = "frame_abort";
/** What stands behind a reader of coded weights. */
export const DECODER = "weight_decode";
export const ROW_ROM = "row_rom";
export const ROW_WALK = "row_walk";

/** Bits of the status: the highest one tells of an error of the memory port, where there is one. */
export const statusBits = (g: { readonly weights?: { readonly external?: unknown } }): number =>
  STATUS_BITS + (g.weights?.external ? 1 : 0);

/** Signals of an AXI4 read port, as a master has them, with their bits. */
export const axiSignals = ({ addressBits, dataBits }: MemoryPort) =>
  [
    ["araddr", "output", addressBits],
    ["arlen", "output", 8],
    ["arsize", "output", 3],
    ["arburst", "output", 2],
    ["arcache", "output", 4],
    ["arprot", "output", 3],
    ["arvalid", "output", 1],
    ["arready", "input", 1],
    ["rdata", "input", dataBits],
    ["rresp", "input", 2],
    ["rlast", "input", 1],
    ["rvalid", "input", 1],
    ["rready", "output", 1],
  ] as const;

export const range = (bits: number): string => `[${bits - 1}:0]`;
export const pad = (s: string, n: number): string => s.padEnd(n);

export const count = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? "" : "s"}`;

/** Aligned lines of `columns`. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((r) => r[c]!.length)));
  return rows.map((r) =>
    r
      .map((cell, c) => (c === r.length - 1 ? cell : pad(cell, widths[c]!)))
      .join("  ")
      .trimEnd(),
  );
}

/** Comment text from a user's names: no character may end the comment or the line. */
export const comment = (s: string): string => s.replace(/[^\x20-\x7e]/g, "?").replace(/\\/g, "/");

/** Items separated by commas in lines of at most `width` characters. */
export function wrap(items: readonly string[], indent: string, width = 116): string[] {
  const lines: string[] = [];
  let line = "";
  items.forEach((item, n) => {
    const text = n < items.length - 1 ? `${item},` : item;
    if (line !== "" && indent.length + line.length + 1 + text.length > width) {
      lines.push(indent + line);
      line = text;
    } else line = line === "" ? text : `${line} ${text}`;
  });
  return line === "" ? lines : [...lines, indent + line];
}

export const wires = ["tdata", "tvalid", "tready", "tlast"] as const;

export const outputPort = (g: Pick<HwGraph, "outputs">, i: number): string =>
  g.outputs.length === 1 ? "m_axis" : `m_axis_${g.outputs[i]!.name}`;

/** Streams with a tensor that golden knows, one for each tensor: what verification watches. */
export function watched(g: Pick<HwGraph, "streams">): HwStream[] {
  const seen = new Set<string>();
  return g.streams.filter((s) => s.tensor && !seen.has(s.tensor.name) && seen.add(s.tensor.name));
}
