// Opens what the commands take: a network file, or the integers that `addernet quantize` wrote.
import { dirname, resolve } from "node:path";
import { type ChoiceFound, load, type QuantizeRun, toIntegers } from "../compile.ts";
import { InputError, inputError } from "../diagnostics/diagnostics.ts";
import type { Source } from "../diagnostics/print.ts";
import { isIntegers, readIntegers } from "../integer-file.ts";
import type { Graph } from "../ir/graph.ts";
import type { MethodChoice, StatedQuantize } from "../ir/quantize-options.ts";
import type { QuantizedNetwork, RequantMode } from "../ir/quantized.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { type Console, unwrap } from "./console.ts";
import { type FitArgs, fitOf, readBeside, readImages, readText } from "./files.ts";

export interface Opened {
  /** What later messages point into; a file of integers has no such places. */
  readonly source: Source | undefined;
  /** Absent for a file of integers. */
  readonly graph: Graph | undefined;
  readonly integers: QuantizedNetwork | undefined;
  readonly quantization: StatedQuantize & { readonly calibration?: string };
}

export function openNetwork(path: string, console: Console): Opened {
  console.progress(`reading ${path}`, 0, 0);
  const text = readText(path);
  const source = { file: path, text };
  if (text.length < 1 << 29 && text.trimStart().startsWith("{")) {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      // Stage 1 says what is wrong, with its place.
    }
    if (isIntegers(value)) {
      try {
        return { source: undefined, graph: undefined, integers: readIntegers(value), quantization: {} };
      } catch (e) {
        if (e instanceof InputError) throw new InputError(e.diagnostics, source);
        throw e;
      }
    }
  }
  const loaded = unwrap(load(text, readBeside(path)), console, source);
  return { source, graph: loaded.graph, integers: undefined, quantization: loaded.quantization };
}

export interface QuantizeArgs extends FitArgs {
  readonly calibration?: string | undefined;
  readonly calibrationCount?: number | undefined;
  readonly bits?: number | undefined;
  readonly joinBits?: number | undefined;
  readonly productBits?: number | undefined;
  readonly mode?: string | undefined;
  readonly method?: string | undefined;
  readonly percentile?: number | undefined;
  readonly outputBits?: number | undefined;
  readonly multiplierBits?: number | undefined;
}

/** What was chosen where nobody said which, and what it was chosen of. */
export function choiceNote({ method, joinBits, errors }: ChoiceFound): string {
  const several = errors.some((e) => e.joinBits !== errors[0]!.joinBits);
  const named = (c: { readonly method: string; readonly joinBits: number }) =>
    several ? `${c.method} with ${c.joinBits} bits in joins` : c.method;
  const all = errors.map((e) => `${named(e)} ${(100 * e.error).toPrecision(3)} %`).join(", ");
  return `method ${named({ method, joinBits })}: least error of the outputs (${all})`;
}

/**
 * The integer network of a file: read, or made from the real one with the options given there and on the command line.
 * `title` stands in front of its progress.
 */
export function integersOf(
  path: string,
  opened: Opened,
  args: QuantizeArgs,
  console: Console,
  { title, ...more }: Pick<QuantizeRun, "onMultipliers" | "onMethod" | "like"> & { readonly title?: string } = {},
): QuantizedNetwork {
  if (opened.integers) return opened.integers;
  const graph = opened.graph!;
  const named =
    args.calibration ?? (opened.quantization.calibration && resolve(path, "..", opened.quantization.calibration));
  if (!named)
    throw inputError({
      code: "AN4001",
      message: "quantization needs calibration images",
      expected: '--calibration images.npy, or "quantization": { "calibration": ... } in the network file',
    });
  const images = readImages(named, graph.input, args.calibrationCount, fitOf(args));
  const { calibration: _, ...stated } = opened.quantization;
  const run: QuantizeRun = {
    ...stated,
    ...(args.bits === undefined ? {} : { bits: args.bits }),
    ...(args.joinBits === undefined ? {} : { joinBits: args.joinBits }),
    ...(args.productBits === undefined ? {} : { productBits: args.productBits }),
    ...(args.mode === undefined ? {} : { mode: args.mode as RequantMode }),
    ...(args.method === undefined ? {} : { method: args.method as MethodChoice }),
    ...(args.percentile === undefined ? {} : { percentile: args.percentile }),
    ...(args.outputBits === undefined ? {} : { outputBits: args.outputBits }),
    ...(args.multiplierBits === undefined ? {} : { multiplierBits: args.multiplierBits }),
    ...(stated.method === "auto" || args.method === "auto"
      ? { onMethod: (found) => console.note(choiceNote(found)) }
      : {}),
    ...more,
    onProgress: (what, done, total) => console.progress(title ? `${title}: ${what}` : what, done, total),
  };
  return unwrap(toIntegers(graph, images, run), console, opened.source);
}

/** Where images come from, beside what quantization takes. */
export interface ImageArgs extends FitArgs {
  readonly images?: string | undefined;
  readonly calibration?: string | undefined;
}

/** The images given, or else the calibration images; undefined where there are neither. */
export function imagesOf(path: string, args: ImageArgs, opened: Opened, count: number): IntTensor[] | undefined {
  const stated = opened.quantization.calibration;
  const named = args.images ?? args.calibration ?? (stated && resolve(dirname(path), stated));
  return named ? readImages(named, (opened.graph ?? opened.integers!).input, count, fitOf(args)) : undefined;
}

/** The same for a command that cannot do without. */
export function neededImages(path: string, args: ImageArgs, opened: Opened, count: number): IntTensor[] {
  const images = imagesOf(path, args, opened, count);
  if (!images)
    throw inputError({ code: "AN6001", message: "verification needs images", expected: "--images images.npy" });
  return images;
}
