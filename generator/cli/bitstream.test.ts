import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { plainPins, plainPorts, verifyBitstream } from "./bitstream.ts";
import { makeConsole } from "./console.ts";

test("pins without options, for a reader that knows none", () => {
  const pcf = "# board\nset_io clk 35\nset_io -pullup yes rxd 6\nset_io -nowarn -pullup_resistor 10K led 37\n";
  expect(plainPins(pcf)).toBe("# board\nset_io clk 35\nset_io rxd 6\nset_io led 37\n");
});

test("a port is declared once", () => {
  const given = "module chip (input clk, output txd);\nwire clk;\nreg txd = 0;\nwire txd_n;\nendmodule\n";
  expect(plainPorts(given)).toBe(
    "module chip (clk, txd);\ninput wire clk;\noutput reg txd = 0;\nwire txd_n;\nendmodule\n",
  );
});

test("without the reader of bitstreams: said at once, and how to get it", async () => {
  const empty = mkdtempSync(join(tmpdir(), "no-tools-"));
  const before = process.env.PATH;
  process.env.PATH = empty;
  try {
    const path = resolve(import.meta.dirname, "../../examples/tiny-mnist/network.json");
    const args = { target: "icebreaker", native: false, simulator: "verilator", count: 1, stall: 0, seed: 1 };
    await expect(
      verifyBitstream(path, { ...args, waves: false, clock: 12 }, makeConsole(true, "test")),
    ).rejects.toMatchObject({
      diagnostics: [{ code: "AN8001", hint: expect.stringContaining("fpga-icestorm") }],
    });
  } finally {
    process.env.PATH = before;
    rmSync(empty, { recursive: true });
  }
});
