// The stand-alone bench on a design of two outputs, with lanes that the last beat of a pixel leaves unused.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { HwGraph, HwStream } from "../ir/hardware.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { benchFiles } from "./bench.ts";

const dir = mkdtempSync(join(tmpdir(), "addernet-bench-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const stream = (name: string, signed: boolean): HwStream => ({
  name,
  lanes: 3,
  laneBits: 5,
  signed,
  channels: 4,
  pixels: 6,
  beatsPerFrame: 12,
});
const graph: HwGraph = {
  name: "duo",
  blocks: [],
  streams: [],
  memories: [],
  input: stream("in", false),
  outputs: [
    { name: "same", stream: stream("a", false) },
    { name: "minus", stream: stream("b", true) },
  ],
  interval: 12,
  bottleneck: "",
  quantization: "",
  latency: { first: 0, last: 0, fill: 0, settling: 0 },
};

// Passes its input on as it is and negated; lanes without a channel carry rubbish. FAULT changes one lane of a beat.
const duo = `module duo #(parameter MEM_DIR = "") (
  input wire clk, input wire rst,
  input wire [23:0] s_axis_tdata, input wire s_axis_tvalid, output wire s_axis_tready, input wire s_axis_tlast,
  output wire [23:0] m_axis_same_tdata, output wire m_axis_same_tvalid, input wire m_axis_same_tready, output wire m_axis_same_tlast,
  output wire [23:0] m_axis_minus_tdata, output wire m_axis_minus_tvalid, input wire m_axis_minus_tready, output wire m_axis_minus_tlast);
  reg [7:0] n;
  always @(posedge clk) if (rst) n <= 0; else if (s_axis_tvalid && s_axis_tready) n <= n + 1;
  wire [23:0] rubbish = n[0] ? 24'h5a5a00 : 24'h0;
  assign s_axis_tready = m_axis_same_tready && m_axis_minus_tready;
  assign m_axis_same_tvalid  = (s_axis_tvalid || \`EARLY) && m_axis_minus_tready;
  assign m_axis_minus_tvalid = s_axis_tvalid && m_axis_same_tready;
  assign m_axis_same_tdata = s_axis_tdata | rubbish;
  assign m_axis_minus_tdata = (n[0] ? rubbish : {-s_axis_tdata[23:16], -s_axis_tdata[15:8], 8'd0}) | {16'd0, -s_axis_tdata[7:0]}
                            ^ ((\`FAULT == n) ? 24'h000001 : 24'h0);
  assign m_axis_same_tlast  = s_axis_tlast;
  assign m_axis_minus_tlast = s_axis_tlast;
endmodule
`;

const tensor = (from: number, sign: number): IntTensor => ({
  shape: [2, 3, 4],
  data: Int32Array.from({ length: 24 }, (_, i) => sign * ((i * 7 + from) % 16)),
});
const frames = [1, 5, 9];
const files = benchFiles(graph, {
  images: frames.map((f) => tensor(f, 1)),
  outputs: frames.map((f) => [tensor(f, 1), tensor(f, -1)]),
});
mkdirSync(join(dir, "tb"));
for (const [path, text] of files) writeFileSync(join(dir, path), text);
writeFileSync(join(dir, "duo.v"), duo);

const start = (program: string, args: readonly string[]) =>
  new Promise<{ code: number; output: string }>((resolve) => {
    execFile(program, args, { cwd: dir }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });

async function simulate(fault: number, stall: number, early = 0) {
  const args = [
    "-g2005",
    "-Wall",
    `-DFAULT=${fault}`,
    `-DEARLY=${early}`,
    "-s",
    "duo_tb",
    "-o",
    "sim",
    "duo.v",
    "tb/duo_tb.v",
  ];
  expect((await start("iverilog", args)).code).toBe(0);
  return start("vvp", ["-N", "sim", `+stall=${stall}`, "+seed=3"]);
}

test.each([0, 1, 2, 3])("three frames pass, stall %i", async (stall) => {
  const { code, output } = await simulate(255, stall);
  expect(output).toContain("PASS 3 frames");
  expect(code).toBe(0);
});

test("the output that differs is named", async () => {
  const { code, output } = await simulate(16, 3);
  expect(output).toMatch(/^FAIL m_axis_minus: frame 1, beat 4: expected \w{6}, actual \w{6} \(clock \d+\)$/m);
  expect(code).toBe(1);
});

test("a beat before its frame is named", async () => {
  const { code, output } = await simulate(255, 0, 1);
  expect(output).toMatch(/^FAIL m_axis_same: frame 0, beat 0 before the first one went in, \w{6} \(clock \d+\)$/m);
  expect(code).toBe(1);
});
