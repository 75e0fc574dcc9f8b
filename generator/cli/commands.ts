// What each command does, in terms of the compiler.

import { dirname, join, resolve } from "node:path";
import { temporaryFolder } from "../../testbench/lib/children.ts";
import { chosenSimulators } from "../../testbench/lib/simulators.ts";
import { jsonSchema } from "../1-parse/schema.ts";
import type { Schedule } from "../5-schedule/schedule.ts";
import { type Diagnostic, inputError } from "../diagnostics/diagnostics.ts";
import { diagnosticJson, printableJson, printDiagnostic, type Source } from "../diagnostics/print.ts";
import { exportFormats } from "../export/index.ts";
import { writeIntegers } from "../integer-file.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { hardwareOf as opOf } from "../ops/index.ts";
import { type Cost, FAMILIES, families } from "../targets/index.ts";
import { probeDesign, type Verified, type VerifyResult, verify } from "../verify/verify.ts";
import { CliError, type Console, shellWord } from "./console.ts";
import { type DesignArgs, designOf, limits } from "./design.ts";
import { clockDiagnostic, faultDiagnostic, mismatchDiagnostic } from "./faults.ts";
import { readImages } from "./files.ts";
import { integersOf, type Opened, openNetwork, type QuantizeArgs } from "./network.ts";
import { checkFolder, writeFolder, writeWhole } from "./output.ts";

const percent = (v: number): string => `${(100 * v).toFixed(2)} %`;

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((r) => r[c]!.length)));
  return rows.map((r) =>
    r
      .map((s, c) => s.padEnd(widths[c]!))
      .join("  ")
      .trimEnd(),
  );
}

export function check(path: string, out: Console): void {
  const { graph, integers } = openNetwork(path, out);
  const layers = graph
    ? graph.nodes.map((n) => ({
        name: n.name,
        kind: n.kind,
        inputs: [...n.inputs],
        shape: [...n.shape],
        parameters: Object.values(n.tensors).reduce((a, t) => a + t.data.length, 0),
      }))
    : integers!.nodes.map((n) => ({
        name: n.name,
        kind: n.op,
        inputs: [...n.inputs],
        shape: [...integers!.edges[n.output]!.shape],
        parameters: "weights" in n ? n.weights.rows.reduce((a, r) => a + r.length, 0) : 0,
      }));
  const net = graph ?? integers!;
  out.line(`${net.name}: ${layers.length} layers, input ${net.input.shape.join(" x ")} ${net.input.storage}`);
  out.line();
  for (const l of columns([
    ["layer", "kind", "inputs", "shape", "parameters"],
    ...layers.map((n) => [n.name, n.kind, n.inputs.join(", "), n.shape.join(" x "), String(n.parameters)]),
  ]))
    out.line(l);
  out.line();
  out.line(`${layers.reduce((a, l) => a + l.parameters, 0)} parameters; outputs ${net.outputs.join(", ")}`);
  out.result({ name: net.name, input: net.input, layers, outputs: net.outputs });
}

export function quantizeCommand(path: string, dir: string, args: QuantizeArgs, force: boolean, out: Console): void {
  checkFolder(dir, "quantize", force);
  const errors = new Map<string, number>();
  const net = integersOf(path, openNetwork(path, out), args, out, (node, error) => errors.set(node, error));
  writeFolder(dir, new Map([["integers.json", writeIntegers(net)]]), "quantize", force);
  const rows = net.nodes.map((n) => {
    const e = net.edges[n.output]!;
    return [
      n.name,
      n.op,
      `${e.bits}${e.signed ? " signed" : ""}`,
      e.scale.toPrecision(5),
      String(e.zeroPoint),
      `${e.range.min}..${e.range.max}`,
      errors.has(n.name) ? `${(100 * errors.get(n.name)!).toFixed(2)} %` : "",
    ];
  });
  for (const l of columns([["node", "op", "bits", "scale", "zero", "range", "multiplier off by"], ...rows]))
    out.line(l);
  out.line();
  out.line(`wrote ${join(dir, "integers.json")}`);
  const multiplierErrors = Object.fromEntries(errors);
  out.result({ file: join(dir, "integers.json"), name: net.name, nodes: net.nodes.length, multiplierErrors });
}

export interface BuildArgs extends DesignArgs {
  readonly images?: string | undefined;
}

/** The images given, or else the calibration images; undefined where there are neither. */
export function imagesOf(path: string, args: BuildArgs, opened: Opened, count: number): IntTensor[] | undefined {
  const stated = opened.quantization.calibration;
  const named = args.images ?? args.calibration ?? (stated && resolve(dirname(path), stated));
  return named ? readImages(named, (opened.graph ?? opened.integers!).input, count) : undefined;
}

/** Lanes of the layers with weights, and the share of their clocks in which they compute a tap. */
function arrayLanes(schedule: Schedule): { count: number; busy: number } {
  const arrays = schedule.nodes.filter((n) => "weights" in n.node);
  const count = arrays.reduce((sum, n) => sum + n.lanes, 0);
  const taps = arrays.reduce((sum, n) => sum + (opOf(n.node)?.operations(n.node, n.types) ?? 0), 0);
  return { count, busy: count === 0 ? 0 : taps / (count * schedule.interval) };
}

/** Frames of the stand-alone test bench. */
const BENCH_FRAMES = 2;

export function build(path: string, dir: string, args: BuildArgs, force: boolean, out: Console): void {
  checkFolder(dir, "build", force);
  const opened = openNetwork(path, out);
  const benchImages = imagesOf(path, args, opened, BENCH_FRAMES);
  const d = designOf(path, args, opened, out, { benchImages });
  const { hardware: hw, schedule, target, estimates, files } = d;
  const { layers, families: totals } = estimates;
  const total = target && totals[target.family]!;
  writeFolder(dir, files, "build", force);
  const words = target && families[target.family].words;
  for (const l of columns([
    [
      ...["layer", "PE", "SIMD", "pixels", "clocks/frame", "lanes busy"],
      ...(words ? [words.lut, "FF", words.bram, words.dsp].map((w) => `est. ${w}`) : []),
    ],
    ...hw.blocks.map((b) => [
      b.name,
      String(b.pe),
      String(b.simd),
      String(b.pixels),
      String(b.cyclesPerFrame),
      b.operations ? percent(b.operations / (b.lanes * hw.interval)) : "",
      ...(layers ? resources(layers.get(b.name)!) : []),
    ]),
    ...(total ? [["total", "", "", "", "", "", ...resources(total)]] : []),
  ]))
    out.line(l);
  const fps = (d.clockMHz * 1e6) / schedule.interval;
  out.line();
  out.line(
    `${schedule.interval} clocks a frame (${hw.bottleneck}): ${fps.toFixed(1)} frames a second at ${d.clockMHz} MHz`,
  );
  const { latency } = hw;
  out.line(
    `latency ${latency.last} clocks from a frame's first beat to its last result, ${latency.first} to its first`,
  );
  const lanes = arrayLanes(schedule);
  out.line(`${lanes.count} lanes in the arrays, ${percent(lanes.busy)} busy`);
  if (target) for (const l of limits(d)) out.line(l);
  else
    out.line(
      `estimated logic: ${FAMILIES.map((f) => `${families[f].title} ${totals[f]!.lut} ${families[f].words.lut}`).join(", ")}`,
    );
  out.line(`wrote ${files.size} files to ${dir}; top module ${hw.name} in ${join(dir, "rtl", `${hw.name}.v`)}`);
  out.line(
    benchImages
      ? `self-checking test bench: make -C ${shellWord(dir)} sim-icarus (or sim-verilator)`
      : "no stand-alone test bench without images: --images X.npy adds it",
  );
  out.result({
    folder: dir,
    top: hw.name,
    clocksPerFrame: schedule.interval,
    framesPerSecond: fps,
    bottleneck: hw.bottleneck,
    latency: { first: latency.first, last: latency.last },
    lanes: lanes.count,
    lanesBusy: lanes.busy,
    layers: hw.blocks.map(({ name, pe, simd, pixels, cyclesPerFrame }) => ({
      ...{ name, pe, simd, pixels, cyclesPerFrame },
      ...(layers ? { estimate: layers.get(name) } : {}),
    })),
    estimates: totals,
    ...(target ? { target: target.name, binding: estimates.binding } : {}),
    files: [...files.keys()],
  });
}

const resources = (c: Cost): string[] => [c.lut, c.ff, c.bram, c.dsp].map(String);

export interface VerifyArgs extends BuildArgs {
  readonly simulator: string;
  readonly count: number;
  readonly stall: number;
  readonly seed: number;
  readonly waves: boolean;
}

export async function verifyCommand(path: string, args: VerifyArgs, out: Console): Promise<number> {
  const opened = openNetwork(path, out);
  const built = designOf(path, args, opened, out);
  const { net } = built;
  const images = imagesOf(path, args, opened, args.count);
  if (!images)
    throw inputError({ code: "AN6001", message: "verification needs images", expected: "--images images.npy" });
  const { path: dir, remove } = temporaryFolder("addernet-verify-");
  try {
    writeFolder(join(dir, "build"), built.files, "build", true);
    const design = probeDesign(built.hardware, join(dir, "build"), built.files.keys());
    return await compareInSimulators({ net, hw: built.hardware, design, images, source: opened.source }, args, out);
  } finally {
    remove();
  }
}

export interface Comparison {
  readonly net: QuantizedNetwork;
  readonly hw: Verified;
  readonly design: Parameters<typeof verify>[2];
  readonly images: readonly IntTensor[];
  readonly source: Source | undefined;
}

/** Simulates a design in each simulator that is asked for and tells what differs; gives the exit code. */
export async function compareInSimulators(
  { net, hw, design, images, source }: Comparison,
  args: Pick<VerifyArgs, "simulator" | "seed" | "stall" | "waves">,
  out: Console,
): Promise<number> {
  const results: Record<string, unknown>[] = [];
  const failures: Diagnostic[] = [];
  for (const sim of chosenSimulators(args.simulator)) {
    const started = performance.now();
    const r: VerifyResult = await verify(net, hw, design, images, {
      sim,
      seed: args.seed,
      sourceStall: args.stall,
      sinkStall: args.stall,
      waves: args.waves ? "mismatch" : "off",
      waveDir: resolve("waves"),
      onProgress: (f) => out.progress(sim, f, images.length),
    }).catch((e) => {
      const known = faultDiagnostic(sim, e);
      throw known ? new CliError([known], source) : e;
    });
    const { outputs: _, ...facts } = r;
    const { interval, latency } = hw;
    results.push({
      ...facts,
      stall: args.stall,
      predicted: { interval, latency: latency.last, firstLatency: latency.first },
    });
    const found = r.mismatch
      ? [mismatchDiagnostic(sim, r.mismatch, net)]
      : r.clockFaults.map((f) => clockDiagnostic(sim, f));
    failures.push(...found);
    if (!out.json) for (const d of found) process.stderr.write(`${printDiagnostic(d, source)}\n`);
    if (!r.mismatch)
      out.line(
        `${sim}: ${r.frames} images equal at ${r.streams} streams (${r.values} values), ${args.stall ? `stalls ${args.stall}, ` : ""}` +
          `latency ${r.latency} clocks (predicted ${latency.last})${r.interval ? `, ${r.interval} clocks a frame (predicted ${interval})` : ""}, ` +
          `${((performance.now() - started) / 1000).toFixed(1)} s`,
      );
  }
  if (out.json) {
    const diagnostics = failures.map((d) => diagnosticJson(d, source));
    process.stdout.write(
      `${printableJson({ command: "verify", ok: failures.length === 0, results, ...(failures.length > 0 ? { diagnostics } : {}) })}\n`,
    );
  }
  return failures.length > 0 ? 1 : 0;
}

export interface ExportArgs extends DesignArgs {
  readonly format: string;
  readonly folded: boolean;
}

export function exportCommand(path: string, dir: string, args: ExportArgs, force: boolean, out: Console): void {
  const format = exportFormats.get(args.format)!;
  const mark = "addernet-export.json";
  checkFolder(dir, "export", force);
  const opened = openNetwork(path, out);
  const net = integersOf(path, opened, args, out);
  let folds = {};
  if (args.folded) {
    const { schedule } = designOf(path, args, opened, out, { net });
    folds = Object.fromEntries(schedule.nodes.map((n) => [n.node.name, n.fold]));
  }
  const files = new Map(format.files(net, { folds }));
  files.set(
    mark,
    new TextEncoder().encode(
      `${JSON.stringify({ format: args.format, network: net.name, files: [...files.keys()] }, null, 2)}\n`,
    ),
  );
  writeFolder(dir, files, "export", force);
  out.line(`wrote ${files.size} files to ${dir}`);
  out.result({ folder: dir, files: [...files.keys()] });
}

/** Prints a text that is itself the result, or writes it to a file. */
export function printText(text: string, output: string | undefined, out: Console): void {
  if (output) {
    writeWhole(output, text);
    out.line(`wrote ${output}`);
    out.result({ file: output });
  } else process.stdout.write(text);
}

export const schema = (output: string | undefined, out: Console): void =>
  printText(`${JSON.stringify(jsonSchema(), null, 2)}\n`, output, out);
