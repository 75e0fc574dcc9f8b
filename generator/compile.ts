// The pipeline. Everything here works on text and bytes; files and terminals belong to the command line.

import { parse } from "./1-parse/parse.ts";
import { wire } from "./2-graph/graph.ts";
import { infer } from "./3-infer/infer.ts";
import { type ReadFile, TensorSource } from "./3-infer/tensors.ts";
import { calibrate, integerProbe } from "./4-quantize/calibrate.ts";
import { type ChoiceFound, chooseOptions } from "./4-quantize/choice.ts";
import { quantize } from "./4-quantize/quantize.ts";
import { type Schedule, type ScheduleOptions, schedule } from "./5-schedule/schedule.ts";
import { lower } from "./6-lower/lower.ts";
import type { Vectors } from "./7-emit/beats.ts";
import { buildCommand } from "./7-emit/command.ts";
import { type CellSources, emit, type OutputFiles } from "./7-emit/emit.ts";
import { Report, type Result } from "./diagnostics/diagnostics.ts";
import { writeIntegers } from "./integer-file.ts";
import type { Graph } from "./ir/graph.ts";
import type { HwGraph } from "./ir/hardware.ts";
import type { OnProgress } from "./ir/progress.ts";
import { defaultQuantize, type Method, type StatedQuantize } from "./ir/quantize-options.ts";
import type { QuantizedNetwork } from "./ir/quantized.ts";
import type { IntTensor } from "./ir/tensor.ts";
import { type Family, L1_CIRCUITS, type L1Choice } from "./targets/index.ts";
import { withHomes } from "./weights/homes.ts";

export interface Loaded {
  readonly graph: Graph;
  /** What the network file says about quantization; the calibration file's path is relative to the network file. */
  readonly quantization: StatedQuantize & { readonly calibration?: string };
}

function result<T>(report: Report, value: T | undefined): Result<T> {
  return value === undefined || report.failed
    ? { ok: false, diagnostics: report.list }
    : { ok: true, value, diagnostics: report.list };
}

/** Stages 1 to 3: the text of a network file to a graph with shapes and tensors. */
export function load(text: string, readFile: ReadFile): Result<Loaded> {
  const report = new Report();
  const network = parse(text, report);
  const wiring = network && wire(network, report);
  const graph = wiring && infer(wiring, new TensorSource(readFile, wiring.network.weights), report);
  if (!graph) return result<Loaded>(report, undefined);
  const q = network.quantization ?? {};
  const quantization = {
    ...(q.calibration === undefined ? {} : { calibration: q.calibration }),
    ...(q.bits === undefined ? {} : { bits: q.bits }),
    ...(q.join_bits === undefined ? {} : { joinBits: q.join_bits }),
    ...(q.product_bits === undefined ? {} : { productBits: q.product_bits }),
    ...(q.mode === undefined ? {} : { mode: q.mode }),
    ...(q.method === undefined ? {} : { method: q.method }),
    ...(q.percentile === undefined ? {} : { percentile: q.percentile }),
    ...(q.output_bits === undefined ? {} : { outputBits: q.output_bits }),
    ...(q.multiplier_bits === undefined ? {} : { multiplierBits: q.multiplier_bits }),
  };
  return result(report, { graph, quantization });
}

export type { ChoiceFound } from "./4-quantize/choice.ts";

export interface QuantizeRun extends StatedQuantize {
  /** Told of what method "auto", or no method, took, and of the error of the outputs with each that was tried. */
  readonly onMethod?: ((choice: ChoiceFound) => void) | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** Told of each node that requantizes: the largest relative error of its multipliers, of those that show. */
  readonly onMultipliers?: ((node: string, relativeError: number) => void) | undefined;
  /** A network of the same layers whose scales, zero points and shifts are taken over: its hardware takes the result. */
  readonly like?: QuantizedNetwork | undefined;
}

/** Stage 4, with the calibration runs it needs. `images` are stored input integers, HWC. */
export function toIntegers(
  graph: Graph,
  images: readonly IntTensor[],
  run: QuantizeRun = {},
): Result<QuantizedNetwork> {
  const report = new Report();
  const { onProgress, onMultipliers, onMethod, like, ...given } = run;
  const { method = "auto", joinBits, ...rest } = given;
  const options = { ...defaultQuantize, ...rest };
  if (images.length === 0)
    report.error({ code: "AN4001", message: "quantization needs calibration images", expected: "at least one image" });
  if (!Number.isInteger(options.bits) || options.bits < 2 || options.bits > 16)
    report.error({
      code: "AN4002",
      message: "the number of bits is out of range",
      expected: "2 to 16",
      found: String(options.bits),
    });
  if (report.failed) return result<QuantizedNetwork>(report, undefined);
  const stats = calibrate(graph, images, (n) => onProgress?.("calibrating", n, images.length));
  const probe = (edge: string) => integerProbe(images, edge);
  const found =
    method === "auto" ? chooseOptions(graph, stats, images, { ...options, joinBits }, like, onProgress) : undefined;
  const choice = found ?? { method: method as Method, joinBits: joinBits ?? defaultQuantize.joinBits };
  onProgress?.("quantizing", 0, 0);
  const chosen = { ...options, method: choice.method, joinBits: choice.joinBits };
  const net = quantize(graph, stats, chosen, report, probe, onMultipliers, like);
  if (found && net && !report.failed) onMethod?.(found);
  return result(report, net);
}

export interface BuildOptions extends ScheduleOptions {
  /** L1 kernels; default: the signed tree. */
  readonly l1?: L1Choice;
  /** Multipliers become DSP blocks; left out: true. */
  readonly dsp?: boolean | undefined;
  /** Device family, where it is known: where memories with fixed contents go. */
  readonly family?: Family | undefined;
  /** Weights that are written at run time have two banks. */
  readonly swap?: boolean | undefined;
  /** What weights that are written at run time have become can be read back. */
  readonly readBack?: boolean | undefined;
  /** Stage 5 done before, for a device's budget say. */
  readonly plan?: Schedule | undefined;
  /** Frames for a stand-alone test bench beside the design; none without them. */
  readonly vectors?: Vectors | undefined;
}

/** The command of a build whose options are those of one. */
function commandOf({
  plan,
  clocks,
  price,
  severalPixels,
  family,
  l1,
  dsp,
  swap,
  readBack,
  fps,
  clockMHz,
  port,
  ports,
  bandwidth,
}: BuildOptions) {
  const other = [plan, clocks, price, severalPixels, family].some((o) => o !== undefined) || typeof l1 === "object";
  return other
    ? undefined
    : buildCommand({
        ...{ fps, clockMHz, dsp, swap, readBack, bandwidth, memoryBits: port?.dataBits, memoryPorts: ports },
        l1: l1 === undefined ? undefined : L1_CIRCUITS[l1],
      });
}

export interface Build {
  readonly schedule: Schedule;
  readonly hardware: HwGraph;
  readonly files: OutputFiles;
}

/** Stages 5 to 7: an integer network to the files of its accelerator. */
export function toHardware(given: QuantizedNetwork, options: BuildOptions, cells: CellSources): Result<Build> {
  const report = new Report();
  const net = withHomes(given);
  const plan = options.plan ?? schedule(net, options, report);
  if (!plan) return result<Build>(report, undefined);
  const hardware = lower(net, plan, {
    l1: options.l1 ?? 0,
    dsp: options.dsp,
    family: options.family,
    port: options.port,
    swap: options.swap,
    readBack: options.readBack,
  });
  return result(report, {
    schedule: plan,
    hardware,
    files: emit(hardware, cells, {
      vectors: options.vectors,
      family: options.family,
      integers: writeIntegers(net),
      command: commandOf(options),
    }),
  });
}
