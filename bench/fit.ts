// Whether ResNet-50 for ImageNet (224 x 224, random weights) fits a board at a rate, by the model: logic, block RAM, UltraRAM
// and the bandwidth of its memory.
//
//   npx tsx bench/fit.ts [--target zcu104] [--width 64] [--bits 4] [--fps 100] [--clock 200] [--memory-bits 512]
//                        [--bandwidth MB] [--memory-ports 4]
//                        [--external 'layer[34]|fc'] [--bands 'layer3=14,layer4=7'] [--coded] [--layers [--cells]] [--json]
//
// Width 64 is the published network. Layers whose names match --external have their weights beside the chip, the others in
// ROM. --bands: the first pattern that a layer matches says how many its map is cut into; the number is halved or
// doubled where the layer's map is larger or smaller than that of the others, so that a band stays as large.
import { parseArgs } from "node:util";
import { structureOf } from "../generator/cells/index.ts";
import { DesignSpace } from "../generator/design.ts";
import { mapMemory } from "../generator/device/model/memory.ts";
import { estimateCell, type ModelPart, partsOf, rounded, shortages } from "../generator/device/model/model.ts";
import { networkFiles, planNetwork } from "../generator/import/pytorch/index.ts";
import { load, type QuantizedNetwork, type Result, toIntegers } from "../generator/index.ts";
import { Rand } from "../testbench/lib/index.ts";
import { cellSources } from "../testbench/nets/build.ts";
import { resnet50State } from "./resnet50.ts";

const { values: options } = parseArgs({
  options: {
    target: { type: "string", default: "zcu104" },
    width: { type: "string", default: "64" },
    bits: { type: "string", default: "4" },
    fps: { type: "string", default: "100" },
    clock: { type: "string", default: "200" },
    "memory-bits": { type: "string", default: "512" },
    "memory-ports": { type: "string", default: "1" },
    bandwidth: { type: "string" },
    external: { type: "string", default: "layer[34]|fc" },
    bands: { type: "string", default: "layer3=14,layer4=7" },
    ram: { type: "string", default: "^$" },
    pe: { type: "string", default: "" },
    simd: { type: "string", default: "" },
    "join-bits": { type: "string", default: "8" },
    coded: { type: "boolean", default: false },
    layers: { type: "boolean", default: false },
    cells: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

function open<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map((d) => `${d.message} (${d.expected}; ${d.found})`).join("\n"));
  return result.value;
}

/** The integer network of a width. */
function integersOf(width: number, bits: number): QuantizedNetwork {
  const files = networkFiles(planNetwork(resnet50State(width), "resnet50"), "resnet50");
  const text = new TextDecoder().decode(files.get("network.json") as Uint8Array);
  const { graph } = open(load(text, (f) => files.get(f) as Uint8Array));
  const rand = new Rand(7);
  const data = Int32Array.from({ length: 224 * 224 * 3 }, () => rand.int(0, 255));
  const image = { shape: [224, 224, 3] as const, data };
  return open(toIntegers(graph, [image], { bits, joinBits: Number(options["join-bits"]), method: "percentile" }));
}

const net = integersOf(Number(options.width), Number(options.bits));
const [fps, clockMHz] = [Number(options.fps), Number(options.clock)];
const weighted = net.nodes.filter((n) => "weights" in n);
const outside = weighted.filter((n) => new RegExp(options.external).test(n.name));
const homes = new Map<string, "external" | "ram">([
  ...weighted.filter((n) => new RegExp(options.ram).test(n.name)).map((n) => [n.name, "ram"] as const),
  ...outside.map((n) => [n.name, "external"] as const),
]);

/** Numbers by layer of a list of patterns: the first that a layer's name matches counts. */
function byPattern(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const part of text.split(",").filter(Boolean)) {
    const [pattern, n] = part.split("=") as [string, string];
    for (const x of net.nodes) if (new RegExp(pattern).test(x.name) && !found.has(x.name)) found.set(x.name, Number(n));
  }
  return found;
}

/** Output pixels of a node. */
const pixelsOf = (edge: string): number => {
  const [height, width] = net.edges[edge]!.shape;
  return height * width;
};
const bands = new Map<string, number>();
for (const part of options.bands.split(",").filter(Boolean)) {
  const [pattern, n] = part.split("=") as [string, string];
  const matching = outside.filter((x) => new RegExp(pattern).test(x.name) && !bands.has(x.name));
  // A layer of a stage whose map is four times as large has twice the bands, of twice as many pixels.
  const least = Math.min(...matching.map((x) => pixelsOf(x.output)));
  for (const x of matching) bands.set(x.name, Number(n) * Math.sqrt(pixelsOf(x.output) / least));
}
// Eight lanes where whole maps wait: wide beats fill the 72 bits of an UltraRAM.
const wide = 64 / Number(options["join-bits"]);
const simd = byPattern(`${options.simd},[.]add$=${wide},avgpool=${wide}`);

/** A cell of a layer with what it takes, and where its memories are. */
function cellText({ cell, params, styles, contents, dsp }: ModelPart): string {
  const { family } = space.target!;
  const c = rounded(estimateCell(cell, params, family, dsp === true, styles, contents));
  const memories = structureOf(cell, params, styles, contents)!.memories.map((m) => {
    const { kind, takes } = mapMemory(family, m);
    return `${m.copies ? `${m.copies} x ` : ""}${m.rows} x ${m.bits}: ${kind} ${takes}`;
  });
  return [`${cell}: ${c.lut} LUT6, ${c.bram} RAMB18, ${c.uram ?? 0} URAM288`, ...memories].join("; ");
}

const space = new DesignSpace(
  net,
  {
    ...{ target: options.target, clockMHz, fps, homes, coded: options.coded ? "auto" : "none" },
    ...(options.bandwidth === undefined ? {} : { bandwidth: Number(options.bandwidth) }),
    ...{ memoryBits: Number(options["memory-bits"]) as 64, memoryPorts: Number(options["memory-ports"]) },
    ...{ folds: { bands, simd, pe: byPattern(options.pe) } },
  },
  cellSources(),
);
const lacks = (aim: "logic" | "memory") => {
  const made = open(space.priced!.at(Math.floor((clockMHz * 1e6) / fps), aim, fps));
  return { made, lacks: shortages(made.total, space.target!) };
};
// Folds of least logic, or those of least memory where these fit and the others do not, as the compiler chooses.
const logic = lacks("logic");
const memory = logic.lacks.length > 0 ? lacks("memory") : logic;
const { made, lacks: missing } = memory.lacks.length < logic.lacks.length ? memory : logic;
const have = space.target!.device!.resources;
const { traffic, interval, bottleneck } = made.schedule;
const memoryMBs = traffic ? (traffic.bytes * fps) / 1e6 : 0;

if (options.json)
  console.log(JSON.stringify({ options, total: made.total, have, interval, traffic, missing }, null, 2));
else {
  const count = weighted.reduce(
    (n, x) => n + ("weights" in x ? x.weights.rows.length * x.weights.rows[0]!.length : 0),
    0,
  );
  console.log(
    `ResNet-50, width ${options.width}: ${count} weights of ${options.bits} bits, ${outside.length} of ${weighted.length} layers in external memory`,
  );
  if (options.layers)
    for (const b of made.hardware.blocks) {
      const c = made.layers.get(b.name)!;
      console.log(
        `${b.name}: PE ${b.pe}, SIMD ${b.simd}, ${b.cyclesPerFrame} clocks, ${c.lut} LUT6, ${c.bram} RAMB18, ${c.uram ?? 0} URAM288`,
      );
      if (options.cells) for (const p of partsOf(b, made.hardware.weights)) console.log(`    ${cellText(p)}`);
    }
  console.log(
    `${space.target!.title}: ${((clockMHz * 1e6) / interval).toFixed(1)} frames a second at ${clockMHz} MHz, ${interval} clocks a frame, bottleneck ${bottleneck}`,
  );
  for (const k of ["lut", "ff", "bram", "uram", "dsp"] as const)
    console.log(`${k}: ${made.total[k] ?? 0} of ${have[k] ?? 0}`);
  if (traffic)
    console.log(
      `memory: ${traffic.bytes} bytes a frame, ${memoryMBs.toFixed(0)} of ${(traffic.bytesPerClock * clockMHz).toFixed(0)} MB a second`,
    );
  if (traffic && traffic.ports.length > 1)
    for (const p of traffic.ports)
      console.log(
        `  a port with ${p.layers.length} layers: ${p.bytes} bytes a frame, ${((p.bytes * clockMHz) / interval).toFixed(0)} of ${(p.bytesPerClock * clockMHz).toFixed(0)} MB a second`,
      );
  console.log(
    missing.length === 0
      ? "fits"
      : `does not fit: ${missing.map((m) => `${m.need} of ${m.have} ${m.what}`).join(", ")}`,
  );
}
