// Stage 7: the output folder as a map from path to text. Total: whatever arrives here can be written.
import { printableJson } from "../diagnostics/print.ts";
import type { HwGraph } from "../ir/hardware.ts";
import { hexLines, type Vectors } from "./beats.ts";
import { benchFiles } from "./bench.ts";
import { fusesocCore } from "./fusesoc.ts";
import { makefile } from "./makefile.ts";
import { jsonPath, outputPort, portLaneBits, probeModule, topModule, watched } from "./verilog.ts";

/** Source text of the cells by module name, as in templates/. */
export type CellSources = ReadonlyMap<string, string>;

export type OutputFiles = ReadonlyMap<string, string>;

/** All files of the accelerator; `vectors` add the stand-alone test bench, its frames and its targets. */
export function emit(g: HwGraph, sources: CellSources, vectors?: Vectors): OutputFiles {
  const files = new Map<string, string>();
  const cells = cellClosure(g, sources);
  const rtl = [...cells.map((c) => `rtl/${g.name}_${c}.v`), `rtl/${g.name}.v`];
  files.set(`rtl/${g.name}.v`, topModule(g));
  for (const cell of cells) files.set(`rtl/${g.name}_${cell}.v`, prefixModules(sources.get(cell)!, g.name, sources));
  for (const m of g.memories) files.set(`mem/${m.file}`, hexLines(m.words, m.wordBits));
  files.set(`tb/${g.name}_probe.v`, probeModule(g));
  if (vectors) for (const [path, text] of benchFiles(g, vectors)) files.set(path, text);
  files.set(`${g.name}.f`, `${rtl.join("\n")}\n`);
  files.set("Makefile", makefile(g, rtl, vectors !== undefined));
  files.set(`${g.name}.core`, fusesocCore(g, [...files.keys()].sort(), rtl, vectors !== undefined));
  files.set("manifest.json", `${printableJson(manifest(g, cells))}\n`);
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The cells that a design instantiates, and the cells that those use. */
function cellClosure(g: HwGraph, sources: CellSources): string[] {
  const found = new Set<string>();
  const visit = (cell: string) => {
    if (found.has(cell)) return;
    const text = sources.get(cell);
    if (text === undefined) throw new Error(`templates/${cell}.v is missing`);
    found.add(cell);
    for (const other of sources.keys())
      if (other !== cell && codeOf(text).some((l) => new RegExp(`\\b${other}\\b`).test(l))) visit(other);
  };
  for (const b of g.blocks) for (const i of b.instances) visit(i.cell);
  return [...found].sort();
}

const codeOf = (text: string): string[] => text.split("\n").map((l) => l.split("//", 1)[0]!);

/**
 * Gives the network's prefix to every cell's module name, in code and not in comments, so that two networks fit into
 * one project. Nothing else of a cell changes.
 */
export function prefixModules(text: string, prefix: string, sources: CellSources): string {
  const names = [...sources.keys()];
  const word = new RegExp(`\\b(${names.join("|")})\\b`, "g");
  return text
    .split("\n")
    .map((line) => {
      const cut = line.indexOf("//");
      const code = cut < 0 ? line : line.slice(0, cut);
      return code.replace(word, `${prefix}_$1`) + (cut < 0 ? "" : line.slice(cut));
    })
    .join("\n");
}

function manifest(g: HwGraph, cells: readonly string[]) {
  const stream = (s: HwGraph["input"]) => ({
    tensor: s.tensor?.name ?? null,
    shape: s.tensor?.shape ?? null,
    lanes: s.lanes,
    laneBits: s.laneBits,
    signed: s.signed,
    beatsPerFrame: s.beatsPerFrame,
  });
  return {
    format: "addernet-rtl/build-1",
    top: g.name,
    clocksPerFrame: g.interval,
    bottleneck: g.bottleneck,
    latency: { first: g.latency.first, last: g.latency.last },
    input: { port: "s_axis", portLaneBits: portLaneBits(g.input), ...stream(g.input) },
    outputs: g.outputs.map((o, i) => ({
      port: outputPort(g, i),
      name: o.name,
      portLaneBits: portLaneBits(o.stream),
      ...stream(o.stream),
    })),
    layers: g.blocks.map((b) => ({
      name: b.name,
      path: jsonPath(b.path),
      pe: b.pe,
      simd: b.simd,
      clocksPerFrame: b.cyclesPerFrame,
      operations: b.operations,
    })),
    cells: cells.map((c) => `rtl/${g.name}_${c}.v`),
    memories: g.memories.map((m) => ({
      file: `mem/${m.file}`,
      wordBits: m.wordBits,
      words: m.words.length,
      layout: m.layout,
    })),
    probes: watched(g).map((s, i) => ({ port: `probe_${i}`, ...stream(s) })),
  };
}
