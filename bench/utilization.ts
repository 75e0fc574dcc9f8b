// Lane utilization and initiation interval of the examples, measured in simulation, against what the lanes could do.
//
//   npx tsx bench/utilization.ts [--only lenet5-mnist,resnet20] [--predicted] [--json]
//
// A lane is busy in a clock in which its array takes a beat: beats of a frame over the clocks between frames, both from
// the array's own stream. Useful are the taps of the layer's definition: lanes beyond the last channel or tap are not.
// The bound of the interval is the taps of all layers over all lanes. ResNet-20 is there with the published checkpoint
// (ADDERNET_SHARED names its folder's parent). --predicted trusts the model and simulates nothing.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { type Build, toHardware } from "../generator/index.ts";
import type { HwBlock } from "../generator/ir/hardware.ts";
import type { QuantizedNetwork } from "../generator/ir/quantized.ts";
import type { IntTensor } from "../generator/ir/tensor.ts";
import { probeDesign, verify } from "../generator/verify/verify.ts";
import { cellSources, exampleNet, images } from "../testbench/nets/build.ts";
import { cifarImages, hasResnet20, open, resnet20 } from "./resnet20.ts";

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    predicted: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

interface Subject {
  readonly name: string;
  readonly rates: readonly number[];
  readonly net: () => QuantizedNetwork;
  readonly images: (count: number) => IntTensor[];
  /** Rates beyond the first one are taken from the model: their simulation takes minutes. */
  readonly slow?: boolean;
}

const mnist = (name: string, rates: readonly number[], bits?: number): Subject => ({
  name,
  rates,
  net: () => exampleNet(name, bits ? { bits } : {}),
  images: (count) => images("test", count),
});
const subjects: readonly Subject[] = [
  mnist("tiny-mnist", [5000, 50_000]),
  mnist("lenet5-mnist", [5000, 20_000, 86_956]),
  mnist("resnet8-mnist", [1000, 5000]),
  ...(hasResnet20
    ? [
        {
          name: "resnet20",
          rates: [500, 1000, 2000],
          net: () => resnet20(),
          images: (count: number) => cifarImages("test", count),
          slow: true,
        },
      ]
    : []),
];

interface Layer {
  readonly name: string;
  readonly lanes: number;
  readonly busy: number;
  readonly useful: number;
}

/** The array of a block and what it does in `interval` clocks; undefined for blocks without one. */
function layerOf(block: HwBlock, interval: number): Layer | undefined {
  const array = block.instances.find((i) => i.cell === "axis_sad" || i.cell === "axis_mac");
  if (!array) return undefined;
  const { PE, SIMD, PIXELS = 1, SF } = array.params as Record<string, number>;
  const out = array.ports.find((p) => p.direction === "out")!.streams[0]!;
  const lanes = PE! * SIMD! * PIXELS;
  return {
    name: block.title,
    lanes,
    busy: (out.beatsPerFrame * SF!) / interval,
    useful: block.operations / (lanes * interval),
  };
}

interface Row {
  readonly network: string;
  readonly fps: number;
  readonly lanes: number;
  readonly interval: number;
  readonly predicted: number;
  /** Taps of all layers over all lanes. */
  readonly bound: number;
  readonly bottleneck: number;
  readonly all: number;
  readonly useful: number;
  readonly simulated: boolean;
}

/** Clocks between frames at each stream, simulated. */
async function simulated(s: Subject, net: QuantizedNetwork, { hardware, files }: Build): Promise<Map<string, number>> {
  const dir = mkdtempSync(join(tmpdir(), "utilization-"));
  try {
    for (const [name, content] of files) {
      mkdirSync(dirname(join(dir, name)), { recursive: true });
      writeFileSync(join(dir, name), content);
    }
    const frames = Math.ceil(hardware.latency.last / hardware.interval) + 3;
    const design = probeDesign(hardware, dir, files.keys());
    const r = await verify(net, hardware, design, s.images(frames), { sim: "verilator", seed: 1 });
    if (r.mismatch) throw new Error(`${s.name} differs from golden`);
    return new Map([...r.intervals.map((i) => [i.stream, i.clocks] as const), ["", r.interval!]]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function measure(s: Subject, net: QuantizedNetwork, fps: number, simulate: boolean): Promise<Row> {
  const built = open(toHardware(net, { fps, clockMHz: 100 }, cellSources()));
  const { hardware } = built;
  const clocks = simulate ? await simulated(s, net, built) : new Map<string, number>();
  const interval = clocks.get("") ?? hardware.interval;
  const layers = hardware.blocks.flatMap((b) => layerOf(b, interval) ?? []);
  const lanes = layers.reduce((n, l) => n + l.lanes, 0);
  const share = (of: (l: Layer) => number) => layers.reduce((n, l) => n + l.lanes * of(l), 0) / lanes;
  const useful = share((l) => l.useful);
  return {
    network: s.name,
    fps,
    lanes,
    interval,
    predicted: hardware.interval,
    bound: useful * interval,
    bottleneck: Math.max(...layers.map((l) => l.busy)),
    all: share((l) => l.busy),
    useful,
    simulated: simulate,
  };
}

const rows: Row[] = [];
const chosen = options.only?.split(",");
const percent = (v: number) => `${(100 * v).toFixed(1)} %`.padStart(8);
if (!options.json)
  console.log(
    "network          frames/s   lanes  clocks a frame (predicted)  x bound  slowest layer  all lanes    useful  from",
  );
for (const s of subjects) {
  if (chosen && !chosen.includes(s.name)) continue;
  const net = s.net();
  for (const [i, fps] of s.rates.entries()) {
    const r = await measure(s, net, fps, !options.predicted && !(s.slow && i > 0));
    rows.push(r);
    if (options.json) continue;
    console.log(
      `${r.network.padEnd(16)} ${String(fps).padStart(8)} ${String(r.lanes).padStart(7)} ${String(r.interval).padStart(15)} ${`(${r.predicted})`.padStart(11)}` +
        ` ${(r.interval / r.bound).toFixed(2).padStart(8)}       ${percent(r.bottleneck)}   ${percent(r.all)}  ${percent(r.useful)}  ${r.simulated ? "simulation" : "model"}`,
    );
  }
}
if (options.json) console.log(JSON.stringify(rows, null, 2));
