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
import { inputError, type Result } from "../../generator/diagnostics/diagnostics.ts";
import { printDiagnostic, type Source } from "../../generator/diagnostics/print.ts";
import { imagesFrom } from "../../generator/files/images.ts";
import { isNpy, readNpy } from "../../generator/files/npy.ts";
import type { Graph, InputSpec } from "../../generator/ir/graph.ts";
import type { QuantizedNetwork } from "../../generator/ir/quantized.ts";
import type { IntTensor } from "../../generator/ir/tensor.ts";
import type { ReportData } from "../../generator/report/data.ts";
import { type Synthesized, synthesizedOf } from "../../generator/report/design.ts";
import type { Compute } from "../../generator/report/numbers.ts";
import { type PageAssets, reportPage } from "../../generator/report/page.ts";
import { reportData } from "../../generator/report/report.ts";
import { targets } from "../../generator/targets/index.ts";
import { BENCH_CANDIDATES } from "../../generator/verify/excite.ts";
import { MESSAGES } from "../../generator/weights/messages.ts";
import { createRunner } from "../../golden/fast/runner.ts";
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

const baseOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** The network among the files: the only JSON file, or the one that is called so. */
function networkOf(files: Files): string {
  const all = [...files.keys()].filter((f) => /\.json$/i.test(f));
  const found = all.length === 1 ? all[0] : all.find((f) => baseOf(f) === "network.json");
  if (found === undefined)
    throw inputError({
      code: "AN1006",
      message: all.length === 0 ? "there is no network file among the files" : "several files may be the network",
      expected: "one .json file, or one called network.json",
      ...(files.size > 0 ? { found: [...files.keys()].join(", ") } : {}),
    });
  return found;
}

/** A file that a network file names: by its path, or else by its name alone. */
function beside(files: Files, path: string): Uint8Array {
  const found = files.get(path) ?? [...files].find(([name]) => baseOf(name) === baseOf(path))?.[1];
  if (!found) throw new Error("it is not among the files");
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

interface Pictures {
  readonly calibration: readonly IntTensor[];
  readonly labels: readonly number[] | undefined;
}

/** Images and labels: .npy files; labels are those whose name says so. */
function picturesOf(files: Files, stated: string | undefined, input: InputSpec): Pictures {
  const arrays = [...files].filter(([, bytes]) => isNpy(bytes));
  const isLabels = (name: string) => /label/i.test(baseOf(name));
  const images = arrays.filter(([name]) => !isLabels(name));
  const named = stated === undefined ? undefined : images.find(([name]) => baseOf(name) === baseOf(stated));
  const found = named ?? images[0];
  if (!found)
    throw inputError({
      code: "AN4001",
      message: "quantization needs calibration images",
      expected: stated ? `${baseOf(stated)} among the files` : "a .npy file of images among the files",
    });
  const calibration = imagesFrom(readNpy(found[1]), found[0], input);
  const labels = arrays.find(([name, bytes]) => isLabels(name) && readNpy(bytes).shape[0] === calibration.length);
  return { calibration, labels: labels && Array.from(readNpy(labels[1]).data, Number) };
}

function unwrap<T>(r: Result<T>, source: Source): T {
  if (r.ok) return r.value;
  throw new CompileError(r.diagnostics.map((d) => printDiagnostic(d, source)).join("\n"));
}

/** What is wrong with the files, as the command line prints it. */
export class CompileError extends Error {}

function choicesOf({ net }: Design): Choices[] {
  const legal = legalFolds(net);
  return net.nodes.flatMap((node) => {
    const folds = legal.get(node.name);
    return folds && "weights" in node ? [{ layer: node.name, pe: [...folds.pe], simd: [...folds.simd] }] : [];
  });
}

export type OnProgress = (what: string, done: number, total: number) => void;

/** What files and options mean, before the hardware. */
interface Prepared extends Pictures {
  readonly path: string;
  readonly source: Source;
  readonly graph: Graph;
  readonly net: QuantizedNetwork;
  /** Calibration images that were used. */
  readonly count: number;
}

function prepare(files: Files, options: Options, onProgress: OnProgress): Prepared {
  const path = networkOf(files);
  const text = new TextDecoder("utf-8", { fatal: true }).decode(files.get(path)!);
  const source: Source = { file: path, text };
  const { graph, quantization } = unwrap(
    load(text, (name) => beside(files, name)),
    source,
  );
  const { calibration: stated, ...given } = quantization;
  const pictures = picturesOf(files, stated, graph.input);
  const some = pictures.calibration.slice(0, CALIBRATION);
  const run = {
    ...given,
    ...(options.bits === null ? {} : { bits: options.bits }),
    onProgress: (done: number) => onProgress("calibrating", done, some.length),
  };
  const net = unwrap(toIntegers(graph, some, run), source);
  return { path, source, graph, net, ...pictures, count: some.length };
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
  const { graph, calibration, labels } = prepared;
  const images = calibration.slice(0, LABELLED);
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

/** Compiles; `onProgress` is told what goes on. Throws InputError or CompileError for what is the user's. */
export function compileFiles(
  files: Files,
  options: Options,
  texts: Texts,
  onProgress: OnProgress = () => {},
): Omit<Made, "id" | "kind" | "seconds"> {
  const prepared = prepare(files, options, onProgress);
  const { path, source, net, calibration, count } = prepared;
  onProgress("choosing folds", 0, 1);
  const request = { ...requestOf(options), benchImages: calibration.slice(0, BENCH_CANDIDATES) };
  const made = unwrap(design(net, request, texts.cells), source);
  const data = reportOf({ prepared, made, texts, command: commandOf("build", path, options, count), onProgress });
  onProgress("packing", 0, 1);
  return {
    page: reportPage(data, texts.assets),
    data,
    zip: zipOf(made.files),
    name: made.hardware.name,
    choices: choicesOf(made),
    line: lineOf(made, calibration.slice(0, LABELLED)),
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
  const { path, source, net, count } = prepared;
  const device = targets.get(options.target)?.device?.pnr?.device;
  if (device === undefined) throw new Error(`${options.target} is not placed here`);
  onProgress("choosing folds", 0, 1);
  const space = new DesignSpace(net, requestOf(options), texts.cells);
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
  const command = commandOf("synth", path, options, count);
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
  path: string,
  { target, fps, bits, pe, simd }: Options,
  calibration: number,
): string {
  const folds = (m: ReadonlyMap<string, number>) => [...m].map(([k, v]) => `${k}=${v}`).join(",");
  return [
    `addernet ${command} ${path} -o ${command}`,
    `--calibration-count ${calibration}`,
    ...(target ? [`--target ${target}`] : []),
    ...(fps === null ? [] : [`--fps ${fps}`]),
    ...(bits === null ? [] : [`--bits ${bits}`]),
    ...(pe.size > 0 ? [`--pe ${folds(pe)}`] : []),
    ...(simd.size > 0 ? [`--simd ${folds(simd)}`] : []),
  ].join(" ");
}
