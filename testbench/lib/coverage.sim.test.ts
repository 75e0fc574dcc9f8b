// Coverage of real runs: Verilator's lines and toggles with a threshold, and messages of a bench.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { BuildError, Coverage, CoverageError, type Design, failureOf, hdlCoverage, run, simulators } from "./index.ts";

const dir = mkdtempSync(join(tmpdir(), "tb-hdl-coverage-"));
const file = join(dir, "modes.v");
writeFileSync(
  file,
  `module modes(input wire clk, input wire rst, input wire [1:0] mode, output reg [7:0] q);
  always @(posedge clk)
    if (rst) q <= 8'd0;
    else if (mode == 2'd3)
      q <= 8'hff;
    else if (mode == 2'd1)
      q <= q + 8'd1;
endmodule
`,
);
const design: Design = { top: "modes", sources: [file] };

test("lines and toggles of two runs add up, a threshold names what was never reached, the report shows it", async () => {
  const to = join(dir, "out");
  const once = (name: string, mode: number) =>
    run(design, { sim: "verilator", name, coverage: to }, async (tb) => {
      await tb.reset(tb.dut.rst!);
      tb.dut.mode!.value = mode;
      await tb.cycles(4);
    });
  await once("counting", 1);
  // Two initial states, a file of each and one of its start.
  expect(readdirSync(to)).toHaveLength(4);
  const first = hdlCoverage(to);
  expect(first.line.points).toBeGreaterThan(3);
  expect(first.line.percent).toBeLessThan(100);
  expect(() => first.check({ line: 100 })).toThrow(CoverageError);
  expect(() => first.check({ line: 100 })).toThrow(
    /line coverage: \d of \d \(.* %\), 100 % are needed; never reached:\n {2}modes\.v:4/,
  );
  await once("full", 3);
  // What is left is the branch that no condition takes.
  expect(() => hdlCoverage(to).check({ line: 100 })).toThrow(/never reached:\n {2}modes\.v:6 else$/);
  await once("idle", 2);
  const both = hdlCoverage(to);
  expect(both.line.percent).toBe(100);
  both.check({ line: 100, toggle: 20 });
  expect(both.toggle.covered).toBeGreaterThan(first.toggle.covered);
  expect(both.points.every((p) => p.file === file)).toBe(true);
  both.write(to);
  expect(JSON.parse(readFileSync(join(to, "hdl-coverage.json"), "utf8")).line.percent).toBe(100);
  const html = readFileSync(join(to, "hdl-coverage.html"), "utf8");
  expect(html).toMatch(/<span class="hit"[^>]*> {4}3 {6}if \(rst\)/);
  expect(html).toContain("<h2>modes.v</h2>");
  expect(() => hdlCoverage(mkdtempSync(join(dir, "empty-")))).toThrow(/no coverage was written/);
  await expect(run(design, { sim: "icarus", coverage: to }, (tb) => tb.cycles(1))).rejects.toThrow(BuildError);
});

test.each(simulators)("functional coverage adds up over runs, and loggers tell the simulated time, %s", async (sim) => {
  const model = new Coverage("modes").point("mode", { bins: { none: 0, count: 1, two: 2, full: 3 } });
  const printed = vi.spyOn(console, "log").mockImplementation(() => undefined);
  try {
    const r = await run(design, { sim, logLevel: "info", initSeeds: { reason: "counts are compared" } }, async (tb) => {
      const log = tb.logger("bench");
      await tb.reset(tb.dut.rst!);
      for (let n = 0; n < 40; n++) {
        const mode = tb.rand.int(0, 3);
        model.sample({ mode });
        tb.dut.mode!.value = mode;
        await tb.rising();
      }
      log.debug("not said");
      log.info("done");
    });
    model.check();
    expect(r.messages).toEqual([{ time: 435, level: "info", name: "bench", text: "done" }]);
    expect(printed).toHaveBeenCalledExactlyOnceWith("      435.00 ns  INFO     bench: done");
    const failed = await run(design, { sim, logLevel: "silent", waves: "off" }, async (tb) => {
      tb.logger("bench").error("nobody hears this");
      throw new Error("x");
    }).catch((e: unknown) => failureOf(e));
    expect(failed).toMatchObject({ messages: [] });
  } finally {
    printed.mockRestore();
  }
});

test("the folder goes", () => {
  rmSync(dir, { recursive: true });
});
