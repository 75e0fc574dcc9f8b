// addernet infer: what a network computes, in integers or in real numbers, and how good its answers are.

import { realInput, runBatch, runFloat } from "../../../golden/index.ts";
import { inputError } from "../../diagnostics/diagnostics.ts";
import { unknownLayer } from "../../diagnostics/unknown.ts";
import { writeNpy, writeNpz, writePng } from "../../files/index.ts";
import type { Graph } from "../../ir/graph.ts";
import type { QuantizedNetwork } from "../../ir/quantized.ts";
import { TASKS, type TaskKind } from "../../ir/task.ts";
import type { FloatTensor, IntTensor } from "../../ir/tensor.ts";
import { defineCommand, done, type Outcome } from "../command.ts";
import type { Console } from "../console.ts";
import { fitOf, readImages } from "../files.ts";
import { integersOf, openNetwork, type QuantizeArgs } from "../network.ts";
import { forceOption, imageFiles, network, quantizeOptions } from "../options.ts";
import { checkFolder, writeFolder, writeWhole } from "../output.ts";
import {
  type Answers,
  chosenTask,
  graphOutputs,
  integerOutputs,
  judge,
  type Outputs,
  outputsOf,
  readTaskLabels,
} from "../task.ts";

export interface InferArgs extends QuantizeArgs {
  readonly images: string;
  readonly labels?: string | undefined;
  readonly task?: TaskKind | undefined;
  readonly count?: number | undefined;
  readonly float?: boolean | undefined;
  /** Real values in place of integers. */
  readonly real?: boolean | undefined;
  readonly layer?: string | undefined;
  readonly output?: string | undefined;
  readonly pictures?: string | undefined;
}

/** A tensor of every image: integers with what they mean, or real values. */
interface Computed {
  readonly name: string;
  readonly shape: readonly number[];
  /** real value = scale * (q - zeroPoint); absent for sums inside a node and for real values. */
  readonly meaning?: { readonly scale: number; readonly zeroPoint: number };
  readonly images: readonly IntTensor["data"][];
}

/** Tensors of all images by name: those that are asked for, and those that the task reads. */
type Computation = ReadonlyMap<string, Computed>;

function inferInteger(
  net: QuantizedNetwork,
  images: readonly IntTensor[],
  names: readonly string[],
  out: Console,
): Computation {
  const known = [...Object.keys(net.edges), ...net.nodes.filter((n) => "accRange" in n).map((n) => `${n.name}.acc`)];
  for (const name of names)
    if (!known.includes(name)) throw inputError(unknownLayer("tensor", name, known, `--layer ${name}`));
  const results = runBatch(net, images, {
    keep: names,
    onProgress: (done) => out.progress("images", done, images.length),
  });
  return new Map(
    names.map((name) => {
      const computed = results.get(name)!;
      const edge = Object.hasOwn(net.edges, name) ? net.edges[name] : undefined;
      const meaning = edge ? { meaning: { scale: edge.scale, zeroPoint: edge.zeroPoint } } : {};
      return [name, { name, shape: computed[0]?.shape ?? [], images: computed.map((t) => t.data), ...meaning }];
    }),
  );
}

function inferFloat(graph: Graph, images: readonly IntTensor[], names: readonly string[], out: Console): Computation {
  const known = [graph.input.name, ...graph.nodes.map((n) => n.name)];
  for (const name of names)
    if (!known.includes(name)) throw inputError(unknownLayer("tensor", name, known, `--layer ${name}`));
  const shapes = new Map<string, readonly number[]>();
  const computed = new Map<string, Float64Array[]>(names.map((name) => [name, []]));
  images.forEach((image, i) => {
    const all = runFloat(graph, realInput(graph.input, image));
    for (const name of names) {
      const t = all.get(name)!;
      computed.get(name)!.push(t.data);
      shapes.set(name, t.shape);
    }
    out.progress("images", i + 1, images.length);
  });
  return new Map(names.map((name) => [name, { name, shape: shapes.get(name) ?? [], images: computed.get(name)! }]));
}

/** The real values of one image that a task reads. */
function realTensor({ shape, images, meaning }: Computed, i: number): FloatTensor {
  const data = images[i]!;
  if (!meaning) return { shape, data: data as Float64Array };
  return { shape, data: Float64Array.from(data, (q) => meaning.scale * (q - meaning.zeroPoint)) };
}

/** The real values that integers stand for. */
function realOf(t: Computed): Computed {
  const { name, shape, meaning, images } = t;
  if (!meaning)
    throw inputError({
      code: "AN6005",
      message: `the sums of ${JSON.stringify(name)} have no scale of their own`,
      expected: "the result of a layer, or the sums as integers, without --real",
    });
  const of = (q: number) => meaning.scale * (q - meaning.zeroPoint);
  return { name, shape, images: images.map((data) => Float64Array.from(data, of)) };
}

/** One tensor as .npy; in .npz every one under its name. */
function writeTensors(file: string, tensors: readonly Computed[], real: boolean, out: Console): void {
  const zip = file.endsWith(".npz");
  const arrays = tensors.map(({ name, shape, images }) => {
    const flat = new Float64Array(images.reduce((n, t) => n + t.length, 0));
    let at = 0;
    for (const t of images) {
      flat.set(t, at);
      at += t.length;
    }
    const all = [images.length, ...shape];
    const integer = !real && flat.every((v) => Math.abs(v) < 2 ** 31);
    const array = integer
      ? { dtype: "int32" as const, shape: all, data: Int32Array.from(flat) }
      : { dtype: "float64" as const, shape: all, data: flat };
    return [name, array] as const;
  });
  writeWhole(file, zip ? writeNpz(new Map(arrays)) : writeNpy(arrays[0]![1]));
  out.line(`wrote ${file} ${arrays.map(([name, a]) => `${zip ? `${name} ` : ""}[${a.shape.join(", ")}]`).join(", ")}`);
  printMeanings(tensors, out);
}

function printMeanings(tensors: readonly Computed[], out: Console): void {
  for (const { name, meaning } of tensors)
    if (meaning) {
      const { scale, zeroPoint } = meaning;
      const q = zeroPoint === 0 ? "q" : zeroPoint < 0 ? `(q + ${-zeroPoint})` : `(q - ${zeroPoint})`;
      out.line(`${name}: real value = ${scale} * ${q}`);
    }
}

/** Values of an output that are printed of one image. */
const PRINTED = 16;

function printTensors(
  answers: Answers,
  tensors: readonly Computed[],
  count: number,
  real: boolean,
  out: Console,
): void {
  for (let i = 0; i < Math.min(count, 8); i++)
    for (const [k, { name, images }] of tensors.entries()) {
      const t = images[i]!;
      const shown = Array.from(t.subarray(0, PRINTED), (v) => (real ? v.toPrecision(6) : String(v))).join(" ");
      const label = tensors.length > 1 ? `${name}  ` : "";
      const start = k === 0 ? `image ${i}: ${answers.line(i)}  ` : "         ";
      out.line(`${start}${label}${shown}${t.length > PRINTED ? " ..." : ""}`);
    }
  printMeanings(tensors, out);
}

function writePictures(dir: string, answers: Answers, count: number, force: boolean, out: Console): void {
  const digits = String(count - 1).length;
  const files = new Map<string, Uint8Array>();
  for (let i = 0; i < count; i++)
    for (const [what, canvas] of answers.pictures(i))
      files.set(`${String(i).padStart(digits, "0")}-${what}.png`, writePng(canvas.height, canvas.width, canvas.rgb));
  writeFolder(dir, files, "infer", force);
  out.line(`wrote ${files.size} pictures to ${dir}`);
}

export function infer(path: string, args: InferArgs, force: boolean, out: Console): Outcome {
  if (args.pictures !== undefined) checkFolder(args.pictures, "infer", force);
  const opened = openNetwork(path, out);
  const source = opened.graph ?? opened.integers!;
  const { input } = source;
  if (args.float && !opened.graph)
    throw inputError({
      code: "AN6005",
      message: "an integer network has no float reference",
      expected: "the network file it was made from",
    });
  const stated = opened.graph ? graphOutputs(opened.graph) : integerOutputs(opened.integers!);
  const statedTask = chosenTask(args.task, stated);
  const names = [...new Set(source.outputs)];
  if (args.output && !args.output.endsWith(".npz") && args.layer === undefined && names.length > 1)
    throw inputError({
      code: "AN6005",
      message: `one .npy file does not hold ${names.length} outputs`,
      expected: `-o FILE.npz, or --layer with one of ${names.join(", ")}`,
    });
  const images = readImages(args.images, input, args.count, fitOf(args));
  const labels =
    args.labels === undefined
      ? undefined
      : readTaskLabels(args.labels, statedTask, stated, images.length, args.count !== undefined, fitOf(args));
  const asked = (outputs: readonly string[]) => [...new Set(args.layer === undefined ? outputs : [args.layer])];
  const run = (outputs: Outputs, compute: (names: readonly string[]) => Computation) => {
    const task = chosenTask(args.task, outputs);
    const tensors = asked(outputs.names);
    const read = outputsOf(task);
    const all = compute([...new Set([...tensors, ...read])]);
    const real = (i: number) => new Map(read.map((name) => [name, realTensor(all.get(name)!, i)]));
    return {
      answers: judge({ task, outputs, input, images, real, labels }),
      tensors: tensors.map((name) => all.get(name)!),
    };
  };
  const integer = () => {
    const net = integersOf(path, opened, args, out);
    return run(integerOutputs(net), (all) => inferInteger(net, images, all, out));
  };
  const { answers, tensors } = args.float
    ? run(graphOutputs(opened.graph!), (all) => inferFloat(opened.graph!, images, all, out))
    : integer();
  const got = args.real ? tensors.map(realOf) : tensors;
  const real = args.float || args.real === true;
  const mode = args.float ? "float" : "integer";
  if (args.output) writeTensors(args.output, got, real, out);
  else if (args.layer || !labels) printTensors(answers, got, images.length, real, out);
  if (args.pictures !== undefined) writePictures(args.pictures, answers, images.length, force, out);
  if (answers.metric !== undefined) out.line(`${mode} ${answers.metric} on ${images.length} images`);
  return done({
    images: images.length,
    mode,
    task: statedTask.kind,
    ...answers.data,
    ...answers.metrics,
    outputs: got.map(({ name, shape, meaning }) => ({ name, shape, ...meaning })),
    ...(args.layer && !args.output ? { tensors: got[0]!.images.map((t) => [...t]) } : {}),
  });
}

export const command = defineCommand({
  positionals: { network },
  options: {
    ...quantizeOptions,
    images: { describe: `images: ${imageFiles}`, type: "string", demandOption: true },
    task: {
      describe: "what the outputs mean; default: what the network file says, or classes",
      choices: TASKS,
    },
    labels: {
      describe:
        "the right answers for the images, for the task's metric: classes (.npy, MNIST or CIFAR file), masks or images (as --images), boxes (.json)",
      type: "string",
    },
    pictures: { describe: "write PNG pictures of input, answer and difference to this folder", type: "string" },
    count: { describe: "use the first N images", type: "number" },
    float: { describe: "compute the float reference instead of the integers", type: "boolean", default: false },
    real: {
      describe: "give real values, scale * (q - zero point), instead of the integers",
      type: "boolean",
      default: false,
    },
    layer: {
      describe: "tensor to print or write: a layer, or NAME.acc for its sums; default: every output",
      type: "string",
    },
    output: {
      alias: "o",
      describe: "write the tensor to this .npy file, or all outputs to this .npz file",
      type: "string",
    },
    force: forceOption,
  },
  run: (args, out) => infer(args.network, args, args.force, out),
});
