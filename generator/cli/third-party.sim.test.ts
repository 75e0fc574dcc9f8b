// Tops of boards and designs of every home of weights in the hands of slang, Verible and the newest Verilator.
import { describe, expect, test } from "vitest";
import { exampleNet } from "../../testbench/nets/build.ts";
import { readersOfVerilog, readSilently } from "../../testbench/nets/readers.ts";
import { folder, tool } from "../../testbench/nets/tools.ts";
import { type DesignRequest, design } from "../design.ts";
import { boardFiles } from "../device/shell/board-files.ts";
import { cellSources, driverSource, serialHost } from "../templates.ts";

/** Boards of each sort, and the homes that weights may have on them. */
const requests: readonly DesignRequest[] = [
  { target: "icebreaker" },
  { target: "tangnano9k" },
  { target: "ulx3s-25f", homes: "ram" },
  { target: "pynq-z2", homes: "ram", swap: true },
  { target: "zcu104", homes: "external", coded: "all" },
  { homes: "external", coded: "none", memoryBits: 128 },
];

/** The top of a request's board, or the accelerator without one, with all files. */
function topOf(request: DesignRequest) {
  const net = exampleNet("tiny-mnist", { bits: 4 });
  const made = design(net, request, cellSources());
  if (!made.ok) throw new Error(made.diagnostics.map((d) => d.message).join("\n"));
  const d = made.value;
  const board = boardFiles(d, d.clockMHz, { cells: cellSources(), driver: driverSource(), host: serialHost() });
  const files = new Map([...d.files, ...board.files]);
  return { top: board.top, files, verilog: [...files.keys()].filter((f) => f.startsWith("rtl/")) };
}

const readers = readersOfVerilog();

describe.skipIf(!readers.any)("is read without a word", () => {
  test.each(requests)("$target $homes", async (request) => {
    const { top, files, verilog } = topOf(request);
    const dir = folder(files);
    await readSilently(readers, dir, top, verilog, true);
    if (readers.verible) expect(await tool(readers.verible, verilog, dir)).toMatchObject({ code: 0, output: "" });
  });
});
