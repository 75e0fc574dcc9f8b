// From dropped files to a report and a folder: what the command line does with paths, on bytes.
import { zipSync } from "fflate";
import { legalFolds } from "../../generator/5-schedule/folds.ts";
import type { CellSources } from "../../generator/7-emit/emit.ts";
import { digestOf } from "../../generator/7-emit/hash.ts";
import { portLaneBits } from "../../generator/7-emit/verilog.ts";
import { load, toIntegers } from "../../generator/compile.ts";
import { type Design, type DesignRequest, DesignSpace, design } from "../../generator/design.ts";
import { implementBest } from "../../generator/device/flow/implement.ts";
import { lineBytes } from "../../generator/device/shell/line.ts";
import { inputError } from "../../generator/diagnostics/diagnostics.ts";
import type { Source } from "../../generator/diagnostics/print.ts";
import type { Graph } from "../../generator/ir/graph.ts";
import type { OnProgress } from "../../generator/ir/progress.ts";
import type { QuantizedNetwork } from "../../generator/ir/quantized.ts";
import type { IntTensor } from "../../generator/ir/tensor.ts";
import { shellWord } from "../../generator/names/shell.ts";
import type { ReportData } from "../../generator/report/data.ts";
import { type Synthesized, synthesizedOf } from "../../generator/report/design.ts";
import type { Compute } from "../../generator/report/numbers.ts";
import { type PageAssets, reportPage } from "../../generator/report/page.ts";
import { reportData } from "../../generator/report/report.ts";
import { targets } from "../../generator/targets/index.ts";
import { BENCH_CANDIDATES } from "../../generator/verify/excite.ts";
import { MESSAGES } from "../../generator/weights/messages.ts";
import { createRunner } from "../../golden/fast/runner.ts";
import { baseOf, beside, unwrap } from "./given.ts";
import { type Pictures, picturesOf } from "./images.ts";
import { type ImportedFiles, importFiles } from "./import.ts";
import type { Choices, Files, Implemented, Line, Made, Options } from "./protocol.ts";
import { browserTools, watchFetch } from "./tools.ts";

/** What the compiler reads beside itself on a disk. */
export interface Texts {
  readonly cells: CellSources;
  readonly assets: PageAssets;
  readonly version: string;
  /** Programs of the host that lie in a board's folder. */
  readonly driver: string;
  readonly host: string;
}

/** Images that are calibrated with, and those of accuracy and pictures. */
const CALIBRATION = 64;
const LABELLED = 100;

/** The network among the files: the only JSON file, or the one that is called so; undefined where there is none. */
function networkOf(files: Files): string | undefined {
  const all = [...files.keys()].filter((f) => /\.json$/i.test(f));
  const found = all.length === 1 ? all[0] : all.find((f) => baseOf(f) === "network.json");
  if (found === undefined && all.length > 0)
    throw inputError({
      code: "AN1006",
      message: "several files may be the network",
      expected: "one .json file, or one called network.json",
      found: all.join(", "),
    });
  return found;
}

export const computeHere: Compute = (net, images, keep) => {
  const runner = createRunner(net, keep);
  const lists = new Map<string, IntTensor[]>(keep.map((name) => [name, []]));
  for (const image of images) {
    runner.run(image);
    for (const name of keep) {
      const { shape, data } = runner.tensor(name);
      lists.get(name)!.push({ shape, data: data.slice() });
    }
  }
  return lists;
};

function choicesOf({ net }: Design): Choices[] {
  const legal = legalFolds(net);
  return net.nodes.flatMap((node) => {
    const folds = legal.get(node.name);
    return folds && "weights" in node ? [{ layer: node.name, pe: [...folds.pe], simd: [...folds.simd] }] : [];
  });
}

/** What files and options mean, before the hardware. */
interface Prepared extends Pictures {
  /** As the command names it. */
  readonly path: string;
  /** The checkpoint that the network was made of. */
  readonly imported: ImportedFiles | undefined;
  /** The option that names the calibration images, where the network file does not. */
  readonly calibrates: string;
  readonly source: Source;
  readonly graph: Graph;
  readonly net: QuantizedNetwork;
  /** Calibration images that were used. */
  readonly count: number;
}

function prepare(files: Files, options: Options, onProgress: OnProgress): Prepared {
  const own = networkOf(files);
  onProgress("reading the files", 0, 0);
  const imported = importFiles(files, own, options.checkpoint);
  if (own === undefined && imported === undefined)
    throw inputError({
      code: "AN1006",
      message: "there is no network file and no checkpoint among the files",
      expected:
        "one .json file with its weights, or a checkpoint (.pth, .pt, .ckpt or any other name, .npz, .safetensors)",
      ...(files.size > 0 ? { found: [...files.keys()].join(", ") } : {}),
    });
  const bytes = imported?.files.get("network.json") ?? files.get(own!)!;
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  const path = imported ? "net/network.json" : own!;
  const source: Source = { file: imported && own === undefined ? imported.note : path, text };
  const read = (name: string) => imported?.files.get(name) ?? beside(files, name);
  const { graph, quantization } = unwrap(load(text, read), source);
  const { calibration: stated, ...given } = quantization;
  const pictures = picturesOf(files, stated, graph.input, options.fit ?? undefined);
  const some = pictures.calibration.images.slice(0, CALIBRATION);
  const run = {
    ...given,
    ...(options.bits === null ? {} : { bits: options.bits }),
    onProgress,
  };
  const net = unwrap(toIntegers(graph, some, run), source);
  const { name } = pictures.calibration;
  const calibrates =
    stated !== undefined && baseOf(stated) === baseOf(name)
      ? ""
      : `--calibration ${shellWord(pictures.calibration.path)}`;
  return { path, source, graph, net, ...pictures, imported, calibrates, count: some.length };
}

const requestOf = (options: Options): DesignRequest => ({
  ...(options.target ? { target: options.target } : {}),
  ...(options.fps === null ? {} : { fps: options.fps }),
  folds: { pe: options.pe, simd: options.simd },
});

const encoder = new TextEncoder();

/** Always the same time: the same files give the same bytes. */
const zipOf = (files: ReadonlyMap<string, string | Uint8Array>): Uint8Array<ArrayBuffer> =>
  zipSync(Object.fromEntries([...files].map(([name, c]) => [name, typeof c === "string" ? encoder.encode(c) : c])), {
    mtime: new Date(1980, 0, 1),
    level: 6,
  }) as Uint8Array<ArrayBuffer>;

interface Reported {
  readonly prepared: Prepared;
  readonly made: Design;
  readonly texts: Texts;
  readonly command: string;
  readonly tools?: readonly { readonly name: string; readonly version: string }[];
  readonly synthesized?: Synthesized;
  readonly onProgress: OnProgress;
}

function reportOf({ prepared, made, texts, command, tools = [], synthesized, onProgress }: Reported): ReportData {
  const { graph, counted, labels } = prepared;
  const images = counted.images.slice(0, LABELLED);
  return reportData({
    version: texts.version,
    design: made,
    graph,
    synthesized,
    numbers: { images, labels: labels?.slice(0, images.length), compute: computeHere, onProgress },
    proof: {
      runs: [],
      tools: [{ name: "addernet-rtl", version: texts.version }, ...tools],
      files: [...made.files].map(([name, content]) => ({ name: `build/${name}`, sha256: digestOf(content) })),
      command,
    },
  });
}

/** What a board's serial line carries for the first images; null where the target has none. */
function lineOf({ net, hardware: hw, target }: Design, images: readonly IntTensor[]): Line | null {
  const serial = target?.board?.serial;
  if (!serial) return null;
  const outputs = hw.outputs.map(({ name, stream }, i) => ({
    name,
    portLaneBits: portLaneBits(stream),
    signed: stream.signed,
    shape: net.edges[net.outputs[i]!]!.shape,
  }));
  const golden = computeHere(net, images, net.outputs);
  return {
    baud: serial.baud,
    outputs,
    // A board whose weights are written at run time wants to know what comes.
    images: images.map((image) => {
      const bytes = lineBytes(image.data, { portLaneBits: portLaneBits(hw.input) });
      return hw.weights ? Uint8Array.of(MESSAGES.frame, ...bytes) : bytes;
    }),
    answers: images.map((_, i) => net.outputs.map((name) => Array.from(golden.get(name)![i]!.data))),
  };
}

/** Compiles; `onProgress` is told what goes on. Throws InputError, UsageError or CompileError for what is
 * the user's. */
export function compileFiles(
  files: Files,
  options: Options,
  texts: Texts,
  onProgress: OnProgress = () => {},
): Omit<Made, "id" | "kind" | "seconds"> {
  const prepared = prepare(files, options, onProgress);
  const { source, net, calibration, counted, count, imported, labels } = prepared;
  const request = { ...requestOf(options), onProgress, benchImages: calibration.images.slice(0, BENCH_CANDIDATES) };
  const made = unwrap(design(net, request, texts.cells), source);
  const data = reportOf({ prepared, made, texts, command: commandOf("build", prepared, options), onProgress });
  onProgress("packing", 0, 0);
  return {
    page: reportPage(data, texts.assets),
    data,
    zip: zipOf(made.files),
    name: made.hardware.name,
    choices: choicesOf(made),
    imported: imported
      ? { note: imported.note, details: imported.details, arch: imported.arch, fits: imported.fits }
      : null,
    images: `${count} images of ${calibration.name} calibrate, ${Math.min(counted.images.length, LABELLED)} of ${counted.name} are counted${labels ? "" : ", without labels"}`,
    line: lineOf(made, counted.images.slice(0, LABELLED)),
  };
}

/**
 * Synthesizes, places and routes what `compileFiles` compiles, up to the bitstream, as `addernet synth` does.
 * @param base address of the tools' files
 */
export async function implementFiles(
  files: Files,
  options: Options,
  texts: Texts,
  base: string,
  onProgress: OnProgress,
): Promise<Omit<Implemented, "id" | "kind" | "seconds">> {
  const prepared = prepare(files, options, onProgress);
  const { source, net } = prepared;
  const device = targets.get(options.target)?.device?.pnr?.device;
  if (device === undefined) throw new Error(`${options.target} is not placed here`);
  const space = new DesignSpace(net, { ...requestOf(options), onProgress }, texts.cells);
  const best = unwrap(space.best(), source);
  watchFetch((come, all) => onProgress("reading the tools, MB", Math.ceil(come / 1e6), Math.ceil(all / 1e6)));
  const { cells, driver, host } = texts;
  const versions = new Map<string, string>();
  const made = await implementBest(space, best, options.fps ?? undefined, {
    ...{
      cells,
      driver,
      host,
      place: true,
      seed: 1,
      tools: browserTools(base, device, (tool, v) => versions.set(tool, v)),
    },
    onLine: (tool, line) => {
      // Headings of Yosys and lines of nextpnr; the rest is too much for an eye.
      if (/^\d+(\.\d+)*\. |^Info: (?!\s)/.test(line)) onProgress(`${tool}: ${line.slice(0, 100)}`, 0, 0);
    },
  });
  const { bitstream } = made;
  if (bitstream === undefined) throw new Error(made.notPlaced ?? "no bitstream");
  const command = commandOf("synth", prepared, options);
  const tools = [...versions].map(([name, version]) => ({ name, version }));
  const synthesized = synthesizedOf(made);
  const data = reportOf({ prepared, made: made.design, texts, command, tools, synthesized, onProgress });
  return {
    page: reportPage(data, texts.assets),
    data,
    zip: zipOf(made.files),
    bitstream: made.files.get(bitstream) as Uint8Array<ArrayBuffer>,
    file: bitstream.slice(bitstream.lastIndexOf("/") + 1),
    MHz: made.board!.MHz,
  };
}

/** The command that writes the same folder. */
function commandOf(
  command: "build" | "synth",
  { path, imported, calibrates, count }: Prepared,
  { fit, target, fps, bits, pe, simd }: Options,
): string {
  const folds = (m: ReadonlyMap<string, number>) => shellWord([...m].map(([k, v]) => `${k}=${v}`).join(","));
  return [
    ...(imported ? [`${imported.command} &&`] : []),
    `addernet ${command} ${shellWord(path)} -o ${command}`,
    ...(calibrates ? [calibrates] : []),
    `--calibration-count ${count}`,
    ...(fit ? [`--resize ${fit.filter}${fit.crop ? " --crop" : ""}`] : []),
    ...(target ? [`--target ${target}`] : []),
    ...(fps === null ? [] : [`--fps ${fps}`]),
    ...(bits === null ? [] : [`--bits ${bits}`]),
    ...(pe.size > 0 ? [`--pe ${folds(pe)}`] : []),
    ...(simd.size > 0 ? [`--simd ${folds(simd)}`] : []),
  ].join(" ");
}
