// Frames a second of the published ResNet-20 against the logic of boards, by the model, and simulated at one of the rates.
//
//   npx tsx bench/frame-rates.ts [--boards zcu104=200,kv260=200,arty-a7-100t=100,ulx3s-85f=50] [--rates 10000,20000]
//                                [--bits 4] [--l1 shared-sum] [--layers] [--json]
//   npx tsx bench/frame-rates.ts --boards zcu104=200 --rates 50000 --simulate 4
//
// A board is given with its clock in MHz. A row is the design of least logic for a rate; the last row of a board, the
// fastest whose lookup tables, flip-flops, block RAMs and DSP blocks the device has by estimate. "Busy" and "useful" as in
// utilization.ts. --simulate compiles the design of the first board's last rate with Verilator and compares so many images
// on every stream; it prints the clocks between frames, the seconds of either step and the memory of the compiler.
import { parseArgs } from "node:util";
import { DesignSpace } from "../generator/design.ts";
import { fastestWithin, type Priced, serialCost } from "../generator/device/model/budget.ts";
import { shortages } from "../generator/device/model/model.ts";
import { L1_CIRCUITS } from "../generator/targets/families.ts";
import { simulateDesign } from "../generator/verify/simulate.ts";
import { cellSources } from "../testbench/nets/build.ts";
import { cifarImages, hasResnet20, open, resnet20 } from "./resnet20.ts";

const { values: options } = parseArgs({
  options: {
    boards: { type: "string", default: "zcu104=200,kv260=200,arty-a7-100t=100,ulx3s-85f=50" },
    rates: { type: "string", default: "" },
    bits: { type: "string", default: "4" },
    l1: { type: "string" },
    simulate: { type: "string" },
    layers: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
if (!hasResnet20) {
  console.error("the published checkpoint of ResNet-20 is not there (ADDERNET_SHARED)");
  process.exit(2);
}
const net = resnet20(Number(options.bits));
const l1 = options.l1 === undefined ? undefined : options.l1 === L1_CIRCUITS[1] ? 1 : 0;
const rates = options.rates.split(",").filter(Boolean).map(Number);
const boards = options.boards.split(",").map((b) => {
  const [target, clock] = b.split("=") as [string, string];
  return { target, clockMHz: Number(clock) };
});
const spaceOf = (b: (typeof boards)[number], fps?: number) =>
  new DesignSpace(net, { ...b, fps, l1, logits: false }, cellSources());

/** Lanes of a design, and how many of their clocks are taps of the layers' definitions. */
function lanesOf({ hardware, schedule }: Priced) {
  const layers = hardware.blocks.flatMap((b) => {
    const array = b.instances.find((i) => i.cell === "axis_sad" || i.cell === "axis_mac");
    if (!array) return [];
    const { PE, SIMD, PIXELS = 1 } = array.params as Record<string, number>;
    return { name: b.name, PE: PE!, SIMD: SIMD!, lanes: PE! * SIMD! * PIXELS, taps: b.operations };
  });
  const lanes = layers.reduce((n, l) => n + l.lanes, 0);
  const useful = layers.reduce((n, l) => n + l.taps, 0) / (lanes * schedule.interval);
  return { lanes, useful, layers };
}

const rows: object[] = [];
if (!options.json && !options.simulate)
  console.log("board          MHz  asked     frames/s  clocks   lanes  useful      LUT of the board    RAM   DSP");
for (const board of options.simulate ? [] : boards) {
  const space = spaceOf(board);
  const { target, priced } = space;
  const beside = serialCost(net, target!);
  const have = target!.device!.resources;
  const row = (asked: number | "fastest", d: Priced) => {
    const { interval } = d.schedule;
    const { lanes, useful, layers } = lanesOf(d);
    const fits = shortages(d.total, target!).length === 0;
    const fps = Math.floor((board.clockMHz * 1e6) / interval);
    rows.push({ ...board, asked, fps, interval, lanes, useful, ...d.total, have, fits });
    if (options.json) return;
    const share = `${((100 * d.total.lut) / have.lut).toFixed(0)} %`;
    console.log(
      `${board.target.padEnd(13)} ${String(board.clockMHz).padStart(4)}  ${String(asked).padEnd(8)} ${String(fps).padStart(9)} ${String(interval).padStart(7)}` +
        ` ${String(lanes).padStart(7)}  ${(100 * useful).toFixed(1).padStart(4)} % ${String(d.total.lut).padStart(8)} ${share.padStart(6)} ${fits ? "fits " : "      "}` +
        ` ${String(d.total.bram).padStart(8)} ${String(d.total.dsp).padStart(5)}`,
    );
    if (options.layers)
      for (const l of layers) {
        const { lut, bram } = d.layers.get(l.name)!;
        console.log(
          `  ${l.name}: PE ${l.PE}, SIMD ${l.SIMD}, ${lut} LUT (${(lut / l.lanes).toFixed(1)} a lane), ${bram} block RAM`,
        );
      }
  };
  for (const fps of rates) {
    const clocks = Math.floor((board.clockMHz * 1e6) / fps);
    const d = spaceOf(board, fps).priced!.within(clocks, (c) => shortages(c, target!).length === 0, fps);
    if (d.ok) row(fps, d.value);
    else if (!options.json) console.log(`${board.target} ${fps}: ${d.diagnostics[0]!.message}`);
  }
  row("fastest", open(fastestWithin(priced!, target!, beside, 1)).design);
}
if (options.json && !options.simulate) console.log(JSON.stringify(rows, null, 2));

if (options.simulate) {
  const fps = rates.at(-1);
  const board = boards[0]!;
  const design = open(spaceOf(board, fps).at(Math.floor((board.clockMHz * 1e6) / fps!)));
  const started = performance.now();
  let compiled: number | undefined;
  const result = await simulateDesign(design, cifarImages("test", Number(options.simulate)), {
    sim: "verilator",
    onProgress: () => {
      compiled ??= performance.now();
    },
  });
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const figures = {
    ...board,
    ...{ predicted: design.hardware.interval, measured: result.interval, mismatch: result.mismatch ?? null },
    ...{ streams: result.streams, values: result.values, frames: result.frames, clocks: result.clocks },
    ...{ lanes: lanesOf({ ...design, layers: new Map(), total: undefined as never }).lanes },
    ...{ seconds: (performance.now() - started) / 1000, untilFirstFrame: compiled && (compiled - started) / 1000 },
    ...{ nodeCpu: (userCPUTime + systemCPUTime) / 1e6, nodeMemoryMB: Math.round(maxRSS / 1024) },
  };
  console.log(JSON.stringify(figures, null, 2));
  if (result.mismatch || result.interval !== design.hardware.interval) process.exitCode = 1;
}
