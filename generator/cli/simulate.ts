// Compares a design with the golden model in each simulator that is asked for: what the stages of verify share.
import { resolve } from "node:path";
import { chosenSimulators, type SimulatorName } from "../../testbench/lib/simulators.ts";
import { type Diagnostic, InputError } from "../diagnostics/diagnostics.ts";
import type { Source } from "../diagnostics/print.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { imageDigest, runDigest } from "../verify/digest.ts";
import type { Verified } from "../verify/verified.ts";
import { type VerifyResult, verify } from "../verify/verify.ts";
import type { Outcome } from "./command.ts";
import type { Console } from "./console.ts";
import type { DesignArgs } from "./design.ts";
import { clockDiagnostic, faultDiagnostic, mismatchDiagnostic } from "./faults.ts";
import type { ImageArgs } from "./network.ts";

export interface SimulationArgs {
  readonly simulator: string;
  readonly stall: number;
  readonly seed: number;
  readonly waves: boolean;
  /** File of a report: a difference is looked at closer. */
  readonly report?: string | undefined;
}

export interface VerifyArgs extends DesignArgs, ImageArgs, SimulationArgs {
  readonly count: number;
}

/** Of the stages behind synthesis. */
export interface NetlistArgs extends VerifyArgs {
  readonly target: string;
  readonly native: boolean;
}

/** A simulation's result; for the values of the outputs stands a digest of them. */
export type Simulated = Omit<VerifyResult, "outputs"> & { readonly outputsSha256: string };

export interface Comparison {
  readonly net: QuantizedNetwork;
  readonly hw: Verified;
  readonly design: Parameters<typeof verify>[2];
  readonly images: readonly IntTensor[];
  readonly source: Source | undefined;
  /** Told of each simulator's result. */
  readonly onResult?: ((r: Simulated) => void) | undefined;
  /** Which stage this is, where it is not the Verilog. */
  readonly stage?: string;
  /** Facts of the stage in every result. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** Compares the accelerator's outputs alone, where the streams inside have lost their names. */
  readonly outputsOnly?: boolean;
  /** What a line says of a simulation without a difference. */
  readonly line: (r: Simulated, seconds: string) => string;
  /** In place of a simulation of all images here. */
  readonly simulate?: (sim: SimulatorName) => Promise<Simulated>;
}

/** The error of a simulation as one of the user's where it is that. */
export const simulationError = (sim: Parameters<typeof faultDiagnostic>[0], e: unknown, source?: Source): unknown => {
  const known = faultDiagnostic(sim, e);
  return known ? new InputError([known], source) : e;
};

/** Simulates a design in each simulator that is asked for and tells what differs. */
export async function compareInSimulators(
  { net, hw, design, images, source, onResult, stage, facts = {}, outputsOnly = false, line, simulate }: Comparison,
  args: SimulationArgs,
  out: Console,
): Promise<Outcome> {
  const results: Record<string, unknown>[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const sim of chosenSimulators(args.simulator)) {
    const started = performance.now();
    out.progress(`${sim}: building the model${stage ? ` of the ${stage}` : ""}`, 0, 0);
    const r = simulate
      ? await simulate(sim)
      : await simulateHere({ net, hw, design, images, source }, sim, { ...args, outputsOnly }, (f) =>
          out.progress(`${sim}: images${stage ? ` through the ${stage}` : ""}`, f, images.length),
        );
    onResult?.(r);
    results.push({ ...(stage ? { stage } : {}), ...facts, ...r });
    if (r.mismatch) diagnostics.push(mismatchDiagnostic(sim, r.mismatch, net));
    else {
      diagnostics.push(...r.clockFaults.map((f) => clockDiagnostic(sim, f)));
      out.line(`${sim}: ${line(r, ((performance.now() - started) / 1000).toFixed(1))}`);
    }
  }
  return { ok: diagnostics.length === 0, result: { network: net.name, results }, diagnostics, source };
}

/** One simulation of all images in this process. Throws an InputError for what is the design's or the tools' fault. */
export async function simulateHere(
  { net, hw, design, images, source }: Pick<Comparison, "net" | "hw" | "design" | "images" | "source">,
  sim: SimulatorName,
  args: SimulationArgs & Pick<Comparison, "outputsOnly">,
  onProgress?: (frames: number) => void,
): Promise<Simulated> {
  const result = await verify(net, hw, design, images, {
    sim,
    seed: args.seed,
    sourceStall: args.stall,
    sinkStall: args.stall,
    waves: args.waves ? "mismatch" : "off",
    waveDir: resolve("waves"),
    window: args.report !== undefined,
    outputsOnly: args.outputsOnly ?? false,
    errors: "short",
    ...(onProgress ? { onProgress } : {}),
  }).catch((e) => {
    throw simulationError(sim, e, source);
  });
  const { outputs, ...facts } = result;
  return { ...facts, outputsSha256: runDigest(outputs.map(imageDigest)) };
}

/** The comparison of Verilog at every stream, with the clocks that are predicted. */
export const verilogComparison = (c: Omit<Comparison, "line">, { stall }: SimulationArgs): Comparison => {
  const { interval, latency } = c.hw;
  return {
    ...c,
    facts: { stall, predicted: { interval, latency: latency.last, firstLatency: latency.first } },
    line: (r, seconds) =>
      `${r.frames} images equal at ${r.streams} streams (${r.values} values), ${stall ? `stalls ${stall}, ` : ""}` +
      `latency ${r.latency} clocks (predicted ${latency.last})${r.interval ? `, ${r.interval} clocks a frame (predicted ${interval})` : ""}, ` +
      `${r.errors ? `${r.errors} faults of its memory, ` : ""}${seconds} s`,
  };
};
