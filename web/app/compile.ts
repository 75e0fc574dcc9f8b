// From dropped files to a report and a folder: what the command line does with paths, on bytes.
import { zipSync } from "fflate";
import { legalFolds } from "../../generator/5-schedule/folds.ts";
import type { CellSources } from "../../generator/7-emit/emit.ts";
import { digestOf } from "../../generator/7-emit/hash.ts";
import { load, toIntegers } from "../../generator/compile.ts";
import { type Design, design } from "../../generator/design.ts";
import { inputError, type Result } from "../../generator/diagnostics/diagnostics.ts";
import { printDiagnostic, type Source } from "../../generator/diagnostics/print.ts";
import { imagesFrom } from "../../generator/files/images.ts";
import { isNpy, readNpy } from "../../generator/files/npy.ts";
import type { InputSpec } from "../../generator/ir/graph.ts";
import type { IntTensor } from "../../generator/ir/tensor.ts";
import type { Compute } from "../../generator/report/numbers.ts";
import { type PageAssets, reportPage } from "../../generator/report/page.ts";
import { reportData } from "../../generator/report/report.ts";
import { createRunner } from "../../golden/fast/runner.ts";
import type { Choices, Files, Made, Options } from "./protocol.ts";

/** What the compiler reads beside itself on a disk. */
export interface Texts {
  readonly cells: CellSources;
  readonly assets: PageAssets;
  readonly version: string;
}

/** Images that are calibrated with, and those of accuracy and pictures. */
const CALIBRATION = 64;
const LABELLED = 100;
/** As `addernet build` takes for its test bench. */
const BENCH_FRAMES = 2;

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

/** Compiles; `onProgress` is told what goes on. Throws InputError or CompileError for what is the user's. */
export function compileFiles(
  files: Files,
  options: Options,
  texts: Texts,
  onProgress: (what: string, done: number, total: number) => void = () => {},
): Omit<Made, "id" | "kind" | "seconds"> {
  const path = networkOf(files);
  const text = new TextDecoder("utf-8", { fatal: true }).decode(files.get(path)!);
  const source: Source = { file: path, text };
  const { graph, quantization } = unwrap(
    load(text, (name) => beside(files, name)),
    source,
  );
  const { calibration: stated, ...given } = quantization;
  const { calibration, labels } = picturesOf(files, stated, graph.input);
  const some = calibration.slice(0, CALIBRATION);
  const run = {
    ...given,
    ...(options.bits === null ? {} : { bits: options.bits }),
    onProgress: (done: number) => onProgress("calibrating", done, some.length),
  };
  const net = unwrap(toIntegers(graph, some, run), source);
  onProgress("choosing folds", 0, 1);
  const made = unwrap(
    design(
      net,
      {
        ...(options.target ? { target: options.target } : {}),
        ...(options.fps === null ? {} : { fps: options.fps }),
        folds: { pe: options.pe, simd: options.simd },
        benchImages: calibration.slice(0, BENCH_FRAMES),
      },
      texts.cells,
    ),
    source,
  );
  const images = calibration.slice(0, LABELLED);
  const data = reportData({
    version: texts.version,
    design: made,
    graph,
    numbers: { images, labels: labels?.slice(0, images.length), compute: computeHere, onProgress },
    proof: {
      runs: [],
      tools: [{ name: "addernet-rtl", version: texts.version }],
      files: [...made.files].map(([name, content]) => ({ name: `build/${name}`, sha256: digestOf(content) })),
      command: commandOf(path, options, some.length),
    },
  });
  onProgress("packing", 0, 1);
  const encoder = new TextEncoder();
  const packed = Object.fromEntries([...made.files].map(([name, content]) => [name, encoder.encode(content)]));
  return {
    page: reportPage(data, texts.assets),
    data,
    // Always the same time: the same files give the same bytes.
    zip: zipSync(packed, { mtime: new Date(1980, 0, 1), level: 6 }),
    name: made.hardware.name,
    choices: choicesOf(made),
  };
}

/** The command that writes the same folder. */
function commandOf(path: string, { target, fps, bits, pe, simd }: Options, calibration: number): string {
  const folds = (m: ReadonlyMap<string, number>) => [...m].map(([k, v]) => `${k}=${v}`).join(",");
  return [
    `addernet build ${path} -o build`,
    `--calibration-count ${calibration}`,
    ...(target ? [`--target ${target}`] : []),
    ...(fps === null ? [] : [`--fps ${fps}`]),
    ...(bits === null ? [] : [`--bits ${bits}`]),
    ...(pe.size > 0 ? [`--pe ${folds(pe)}`] : []),
    ...(simd.size > 0 ? [`--simd ${folds(simd)}`] : []),
  ].join(" ");
}
