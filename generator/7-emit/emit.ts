// Stage 7: the output folder as a map from path to text. Total: whatever arrives here can be written.
import { withSubcells } from "../cells/closure.ts";
import { pathText, printableJson } from "../diagnostics/print.ts";
import type { HwExternal, HwGraph, HwMemory, HwStream, HwWeights, WeightsLayout } from "../ir/hardware.ts";
import type { Module } from "../ir/module.ts";
import { countOf, entropyOf } from "../weights/code.ts";
import {
  beatsOf,
  bytesPerFrame,
  externalBytes,
  externalSections,
  externalSize,
  weightsOf,
} from "../weights/external.ts";
import { identityText, imageOf, sectionsOf, wholeImage } from "../weights/image.ts";
import { hexLines, type Vectors } from "./beats.ts";
import { benchFile, benchFiles } from "./bench.ts";
import { fusesocCore, type ShellProject } from "./fusesoc.ts";
import { digestOf, hashOf } from "./hash.ts";
import { type Component, type IpPort, memoryBuses } from "./ip-component.ts";
import { ipxact } from "./ipxact.ts";
import { isModule, layerModule } from "./layer.ts";
import { makefile } from "./makefile.ts";
import { cellsOf, printModule } from "./module.ts";
import { withNotice } from "./notice.ts";
import { memoryPorts } from "./ports.ts";
import { probeModule, topModule } from "./top.ts";
import {
  BACK_PORT,
  BAD_FRAME,
  memoryPortNames,
  outputPort,
  pixelsPerBeat,
  portLaneBits,
  statusBits,
  WEIGHTS_ABORTED,
  WEIGHTS_BASE,
  WEIGHTS_PORT,
  WEIGHTS_READ,
  WEIGHTS_STALLS,
  WEIGHTS_STATUS,
  watched,
} from "./verilog.ts";
import { ipFolder, isVivado } from "./vivado-ip.ts";

/** Source text of the cells by module name, as in templates/. */
export type CellSources = ReadonlyMap<string, string>;

export type OutputFiles = ReadonlyMap<string, string>;

/** The weights at hand as an image, a 32-bit word a line. */
export const weightsFile = (g: Pick<HwGraph, "name">): string => `tb/${g.name}_weights.mem`;
/** Its part for memory beside the chip, a beat of the port a line. */
export const externalFile = (g: Pick<HwGraph, "name">): string => `tb/${g.name}_external.mem`;

export interface EmitOptions {
  /** Adds the stand-alone test bench, its frames and its targets. */
  readonly vectors?: Vectors | undefined;
  /** Family of the device; one that Vivado builds for adds a folder for its IP repositories. */
  readonly family?: string | undefined;
  /** The network that the accelerator computes, as `addernet quantize` writes it. */
  readonly integers?: string | undefined;
  /** The command that makes the design again, for the top's header. */
  readonly command?: string | undefined;
}

/** All files of the accelerator. @param sources Verilog of the cells by module name */
export function emit(
  g: HwGraph,
  sources: CellSources,
  { vectors, family, integers, command }: EmitOptions = {},
): OutputFiles {
  const files = new Map<string, string>();
  const top = topModule(g, command);
  const layers = g.blocks.filter(isModule).map((b) => layerModule(g, b));
  const modules = [...layers, top];
  const cells = withSubcells(modules.flatMap(cellsOf), sources);
  const rtl = [...cells.map((c) => `rtl/${g.name}_${c}.v`), ...modules.map((m) => `rtl/${m.name}.v`)];
  const printed = (m: Module): string => withNotice(printModule(m, g.name));
  for (const m of [top, ...layers]) files.set(`rtl/${m.name}.v`, printed(m));
  for (const cell of cells) files.set(`rtl/${g.name}_${cell}.v`, prefixModules(sources.get(cell)!, g.name, sources));
  for (const m of g.memories) files.set(`mem/${m.file}`, hexLines(m.words, m.wordBits));
  if (g.weights) files.set(weightsFile(g), hexLines([...imageOf(g.name, g.weights)].map(BigInt), 32));
  if (g.weights?.external)
    files.set(
      externalFile(g),
      hexLines(beatsOf(externalBytes(g.weights.external), g.weights.external.dataBits), g.weights.external.dataBits),
    );
  files.set(`tb/${g.name}_probe.v`, printed(probeModule(g)));
  if (vectors) for (const [path, text] of benchFiles(g, vectors)) files.set(path, text);
  const ip = component(g, rtl);
  files.set(`${g.name}.xml`, ipxact(ip));
  for (const [path, text] of projectFiles(g, files, rtl, family)) files.set(path, text);
  if (family !== undefined && isVivado(family))
    for (const [path, text] of ipFolder(ip, files, family)) files.set(path, text);
  if (integers !== undefined) files.set("integers.json", integers);
  files.set("manifest.json", `${printableJson(manifest(g, cells, files))}\n`);
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Yosys' architectures as FuseSoC names them; another family is counted as the first. */
const architectures: Readonly<Record<string, string>> = {
  ice40: "ice40",
  ecp5: "ecp5",
  gowin: "gowin",
  xc7: "xilinx",
  xcup: "xilinx",
};

/**
 * File list, Makefile and FuseSoC core of an output folder.
 * @param files the folder's; @param rtl Verilog of the accelerator, cells first; @param shell a top around it
 */
export function projectFiles(
  g: HwGraph,
  files: OutputFiles,
  rtl: readonly string[],
  family?: string,
  shell?: ShellProject,
): Map<string, string> {
  const bench = files.has(benchFile(g));
  const revision = Number.parseInt(hashOf(files).slice(0, 8), 16) >>> 1;
  const arch = architectures[family ?? ""] ?? "ice40";
  return new Map([
    [`${g.name}.f`, `${[...rtl, ...(shell?.files ?? [])].join("\n")}\n`],
    ["Makefile", makefile(g, rtl, bench, shell)],
    [`${g.name}.core`, fusesocCore(g, { files: [...files.keys()].sort(), rtl, bench, shell, arch, revision })],
  ]);
}

/** The accelerator in IP-XACT. */
function component(g: HwGraph, rtl: readonly string[]): Component {
  const bits = (s: HwStream): number => s.lanes * portLaneBits(s);
  const outputs = g.outputs.map((o, i) => ({ prefix: outputPort(g, i), bits: bits(o.stream), master: true }));
  const streams = [
    { prefix: "s_axis", bits: bits(g.input), master: false },
    ...outputs,
    ...(g.weights ? [{ prefix: WEIGHTS_PORT, bits: 32, master: false }] : []),
    ...(g.weights?.readBack ? [{ prefix: BACK_PORT, bits: 32, master: true }] : []),
  ];
  const external = g.weights?.external;
  const status: IpPort[] = [
    ...(g.weights ? [{ name: WEIGHTS_STATUS, direction: "output", bits: statusBits(g) } as const] : []),
    ...(g.weights?.readBack ? [{ name: WEIGHTS_READ, direction: "input", bits: 2 } as const] : []),
    ...(external
      ? [
          ...memoryPorts(external).flat(),
          { name: WEIGHTS_BASE, direction: "input", bits: external.addressBits } as const,
          { name: WEIGHTS_STALLS, direction: "output", bits: 32 } as const,
          { name: WEIGHTS_ABORTED, direction: "output", bits: 32 } as const,
        ]
      : []),
  ];
  const ports = streams.flatMap(({ prefix, bits, master }): IpPort[] => {
    const [ahead, back] = master ? (["output", "input"] as const) : (["input", "output"] as const);
    return [
      { name: `${prefix}_tdata`, direction: ahead, bits },
      { name: `${prefix}_tvalid`, direction: ahead, bits: 1 },
      { name: `${prefix}_tready`, direction: back, bits: 1 },
      { name: `${prefix}_tlast`, direction: ahead, bits: 1 },
      ...(master && external ? [{ name: `${prefix}_${BAD_FRAME}`, direction: ahead, bits: 1 }] : []),
    ];
  });
  return {
    name: g.name,
    description: "streaming AdderNet accelerator, generated by addernet-rtl",
    ports: [
      { name: "clk", direction: "input", bits: 1 },
      { name: "rst", direction: "input", bits: 1 },
      ...ports,
      ...status,
    ],
    streams,
    clock: "clk",
    reset: { name: "rst", activeLow: false },
    memoryBuses: external ? memoryBuses(external) : [],
    files: rtl,
    memories: g.memories.map((m) => `mem/${m.file}`),
    memDir: "mem/",
  };
}

/**
 * Gives the network's prefix to every cell's module name, in code and not in comments, so that two networks fit into
 * one project. Nothing else of a cell changes, but for the notice in front of it.
 */
export function prefixModules(text: string, prefix: string, sources: CellSources): string {
  const names = [...sources.keys()];
  const word = new RegExp(`\\b(${names.join("|")})\\b`, "g");
  const prefixed = text
    .split("\n")
    .map((line) => {
      const cut = line.indexOf("//");
      const code = cut < 0 ? line : line.slice(0, cut);
      return code.replace(word, `${prefix}_$1`) + (cut < 0 ? "" : line.slice(cut));
    })
    .join("\n");
  return withNotice(prefixed);
}

/** The part of an image that lies in memory beside the chip. */
function externalManifest(g: HwGraph, e: HwExternal) {
  const sections = externalSections(e);
  const { addressBits, dataBits, outstanding, latency, bytesPerClock, binds, decodes } = e;
  return {
    ...{
      ports: memoryPortNames(e.ports.length).map((port, i) => ({
        port,
        layers: e.ports[i]!.readers.map((r) => e.memories[r]!.section!.node),
        bytesPerClock: e.ports[i]!.bytesPerClock,
      })),
      base: WEIGHTS_BASE,
      stalls: WEIGHTS_STALLS,
      aborted: WEIGHTS_ABORTED,
      image: externalFile(g),
    },
    ...{ addressBits, dataBits, outstanding, latency, bytesPerClock, binds, decodes },
    ...{ bytes: externalSize(sections), bytesPerFrame: bytesPerFrame(e) },
    sections: sections.map((s, i) => {
      const { section } = e.memories[i]!;
      const { layout } = section as { readonly layout: WeightsLayout };
      const weights = (s.rows * s.bits) / layout.bits;
      return {
        ...{ ...s, readsPerFrame: e.memories[i]!.fetched!.bands, holds: "weights" as const, layout },
        ...(s.code ? { bitsPerWeight: bitsPerWeight(e.memories[i]!, layout.bits, (8 * s.bytes) / weights) } : {}),
      };
    }),
  };
}

/** What a weight of `bits` bits takes plain, in its code, and by the entropy of single weights. */
function bitsPerWeight(m: HwMemory, bits: number, coded: number) {
  const counts = countOf(weightsOf(m.words, m.wordBits, bits));
  const short = (n: number) => Number(n.toFixed(3));
  return { raw: bits, coded: short(coded), entropy: short(entropyOf(counts)) };
}

/** Sections of an image, with the bits of a weight of those that are coded. */
function loadedSections(g: HwGraph, w: HwWeights) {
  const sections = sectionsOf(w);
  if (!w.coded) return sections;
  const coded = wholeImage(g.name, w).sections;
  return sections.map((s, i) => {
    const { code } = coded[i]!;
    if (!code) return s;
    const weights = (s.rows * s.bits) / code.bits;
    return { ...s, code, bitsPerWeight: bitsPerWeight(w.memories[i]!, code.bits, (32 * code.words) / weights) };
  });
}

/** A ROM of the manifest; of one that holds a code the bits of a weight as well. */
function romManifest(g: HwGraph, m: HwMemory) {
  const { file, wordBits, rows, layout } = m;
  const plain = g.blocks.flatMap((b) => b.instances).find((i) => i.ram?.fetched?.rom?.memory === m)?.ram;
  const bits = plain?.fetched?.coded?.bits;
  return {
    ...{ file: `mem/${file}`, wordBits, words: rows, layout },
    ...(plain && bits
      ? { bitsPerWeight: bitsPerWeight(plain, bits, (rows * wordBits) / ((plain.rows * plain.wordBits) / bits)) }
      : {}),
  };
}

/** What a program must know to make an image of other weights. */
const weightsManifest = (g: HwGraph, w: HwWeights) => ({
  port: WEIGHTS_PORT,
  status: WEIGHTS_STATUS,
  image: weightsFile(g),
  identity: identityText(w.identity),
  words: w.words,
  clocksPerWord: w.step,
  ...(w.swap ? { swap: true } : {}),
  ...(w.coded ? { coded: w.coded } : {}),
  ...(w.readBack ? { readBack: { ask: WEIGHTS_READ, port: BACK_PORT } } : {}),
  sections: loadedSections(g, w),
  ...(w.external ? { external: externalManifest(g, w.external) } : {}),
});

function manifest(g: HwGraph, cells: readonly string[], files: OutputFiles) {
  const stream = (s: HwGraph["input"]) => ({
    stream: s.name,
    tensor: s.tensor?.name ?? null,
    shape: s.tensor?.shape ?? null,
    ...(s.tensor?.offset ? { offset: s.tensor.offset } : {}),
    channels: s.channels,
    pixels: s.pixels,
    lanes: s.lanes,
    pixelsPerBeat: pixelsPerBeat(s),
    laneBits: s.laneBits,
    signed: s.signed,
    beatsPerFrame: s.beatsPerFrame,
  });
  return {
    format: "addernet-rtl/build-1",
    top: g.name,
    clocksPerFrame: g.interval,
    bottleneck: g.bottleneck,
    latency: g.latency,
    input: { port: "s_axis", portLaneBits: portLaneBits(g.input), ...stream(g.input) },
    outputs: g.outputs.map((o, i) => ({
      port: outputPort(g, i),
      name: o.name,
      portLaneBits: portLaneBits(o.stream),
      ...stream(o.stream),
    })),
    layers: g.blocks.map((b) => ({
      name: b.name,
      path: pathText(b.path),
      pe: b.pe,
      simd: b.simd,
      pixels: b.pixels,
      clocksPerFrame: b.cyclesPerFrame,
      operations: b.operations,
      latency: b.latency,
      ...(isModule(b) ? { module: `rtl/${b.module}.v` } : {}),
    })),
    cells: cells.map((c) => `rtl/${g.name}_${c}.v`),
    memories: g.memories.map((m) => romManifest(g, m)),
    ...(g.weights ? { weights: weightsManifest(g, g.weights) } : {}),
    probes: watched(g).map((s, i) => ({ port: `probe_${i}`, ...stream(s) })),
    // What is checked when a built folder is verified as it lies there.
    checksums: Object.fromEntries(
      [...files]
        .filter(([path]) => /^(rtl|mem|tb)\/|^integers\.json$/.test(path))
        .map(([p, text]) => [p, digestOf(text)]),
    ),
  };
}
