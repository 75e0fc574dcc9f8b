// addernet verify --farm: images in parts, each a simulation of its own somewhere else. The parts follow from the design
// alone, so the merged result depends neither on the farm nor on its workers.

import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { JobFolder, type JobSpec, type Json } from "../../farm/index.ts";
import { keepFiles } from "../../testbench/lib/build/cache.ts";
import { icarusVersion, verilatorVersion } from "../../testbench/lib/build/tools.ts";
import { DesignStopped, HangError, ProtocolError } from "../../testbench/lib/index.ts";
import { type SimulatorName, simulators } from "../../testbench/lib/simulators.ts";
import type { Design } from "../design.ts";
import { type Diagnostic, InputError } from "../diagnostics/diagnostics.ts";
import { readNpy, writeNpy } from "../files/index.ts";
import { writeIntegers } from "../integer-file.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { imageDigest, runDigest } from "../verify/digest.ts";
import { probeDesign, type VerifyResult, verify } from "../verify/verify.ts";
import { DATA_BITS } from "../weights/external.ts";
import type { Outcome } from "./command.ts";
import { type Console, silentConsole } from "./console.ts";
import { type DesignArgs, designOf } from "./design.ts";
import { type FarmArgs, farmOut } from "./farm.ts";
import { faultDiagnostic } from "./faults.ts";
import { openNetwork, type QuantizeArgs } from "./network.ts";
import type { Simulated } from "./simulate.ts";

const simulated = ({ files }: Pick<Design, "files">) =>
  new Map([...files].filter(([f]) => /^(rtl|mem)\/|_probe\.v$/.test(f)));

/** The emitted design in the cache of models, under its hash: processes and machines that share the cache share models. */
export async function keepDesign(d: Pick<Design, "hardware" | "files">): Promise<ReturnType<typeof probeDesign>> {
  const files = simulated(d);
  return probeDesign(d.hardware, await keepFiles("design", files), files.keys());
}

function filesDigest(d: Pick<Design, "files">): string {
  const h = createHash("sha256");
  for (const [name, text] of [...simulated(d)].sort(([a], [b]) => (a < b ? -1 : 1))) h.update(`${name}\0${text}\0`);
  return h.digest("hex");
}

const designSchema = z.strictObject({
  target: z.string().optional(),
  fps: z.number().optional(),
  clock: z.number().optional(),
  pe: z.string().optional(),
  simd: z.string().optional(),
  pixels: z.string().optional(),
  bands: z.string().optional(),
  unroll: z.string().optional(),
  weights: z.string().optional(),
  coded: z.string().optional(),
  bandwidth: z.number().optional(),
  memoryBits: z.literal([...DATA_BITS]).optional(),
  memoryPorts: z.int().optional(),
  swap: z.boolean().optional(),
  readBack: z.boolean().optional(),
  l1: z.string().optional(),
  dsp: z.boolean().optional(),
  logits: z.boolean().optional(),
} satisfies Record<Exclude<keyof DesignArgs, keyof QuantizeArgs>, z.ZodType>);
const jobSchema = z.strictObject({
  /** Files of the folder: the network in integers, and the part's images. */
  network: z.string(),
  images: z.string(),
  /** The number of the first one: equal images at two places are two jobs. */
  from: z.int(),
  design: designSchema,
  /** Of the Verilog and the memory files that come of it. */
  digest: z.string(),
  sim: z.enum(simulators),
  seed: z.int(),
  stall: z.number(),
});

/** A simulation of some images; for the values of the outputs stand their digests, one an image. */
type SimulatedPart = Omit<VerifyResult, "outputs"> & { readonly digests: readonly string[] };
/** What a part gives; a design that hangs or breaks the protocol does so each time, so that is a result too. */
type Part = SimulatedPart | { readonly broken: Diagnostic };

const silent = silentConsole("work");
const opened = new Map<string, Promise<{ d: Design; at: Awaited<ReturnType<typeof keepDesign>> }>>();

/** A job of the kind verify-images. */
export async function verifyImages(input: Json, folder: JobFolder): Promise<Json> {
  const { network, images, design, digest, sim, seed, stall } = jobSchema.parse(input);
  folder.input(network);
  const key = JSON.stringify([folder.path, network, design]);
  let own = opened.get(key);
  if (!own) {
    const path = join(folder.path, "inputs", network);
    own = (async () => {
      const d = designOf(path, design as DesignArgs, openNetwork(path, silent), silent);
      if (filesDigest(d) !== digest)
        throw new Error("this version of addernet emits another design than the one that planned the jobs");
      return { d, at: await keepDesign(d) };
    })();
    opened.set(key, own);
  }
  const { d, at } = await own;
  const { shape, data } = readNpy(folder.input(images));
  const [count, ...rest] = shape as [number, number, number, number];
  const size = rest.reduce((a, b) => a * b, 1);
  const tensors = Array.from(
    { length: count },
    (_, i): IntTensor => ({
      shape: rest,
      data: Int32Array.from({ length: size }, (_, k) => Number(data[i * size + k])),
    }),
  );
  try {
    const { outputs, ...facts } = await verify(d.net, d.hardware, at, tensors, {
      ...{ sim, seed, sourceStall: stall, sinkStall: stall },
    });
    return JSON.parse(JSON.stringify({ ...facts, digests: outputs.map(imageDigest) }));
  } catch (e) {
    if (!(e instanceof HangError || e instanceof ProtocolError || e instanceof DesignStopped)) throw e;
    return JSON.parse(JSON.stringify({ broken: faultDiagnostic(sim, e) }));
  }
}

/** Clocks of a part: some seconds of simulation, so that its start is small beside it. */
const CLOCKS = 1_000_000;
const CLOCKS_A_SECOND = 200_000;

export interface ImagePart {
  readonly from: number;
  readonly count: number;
}

/**
 * Parts of a run of `images` images that take `interval` clocks each, of some seconds of simulation or of `size` images;
 * of two images at least, where there are two.
 */
export function partsOf(images: number, interval: number, size = Math.ceil(CLOCKS / interval)): ImagePart[] {
  if (size < 2) return partsOf(images, interval, 2);
  const parts: ImagePart[] = [];
  for (let from = 0; from < images; from += size) {
    const count = Math.min(size, images - from);
    // The distance of frames is measured: one image alone at the end would have none.
    if (count === 1 && parts.length > 0) parts.push({ from: parts.pop()!.from, count: size + 1 });
    else parts.push({ from, count });
  }
  return parts;
}

export interface FarmVerifyArgs extends DesignArgs, FarmArgs {
  readonly seed: number;
  readonly stall: number;
  readonly imagesAJob?: number | undefined;
}

/** As of one simulation of all images; `clocks` are those of all simulations together. */
export type Merged = Simulated & { readonly simulations: number };

/**
 * Simulates all images in each simulator where --farm says; the jobs are in `folder`. With --dry-run what
 * the command says of the plan. Throws an
 * InputError where the design hangs or breaks the protocol, and AN7006 where the farm fails.
 */
export async function verifyOnFarm(
  design: Design,
  images: readonly IntTensor[],
  sims: readonly SimulatorName[],
  folder: string,
  args: FarmVerifyArgs,
  out: Console,
): Promise<{ readonly merged: ReadonlyMap<SimulatorName, Merged> } | { readonly plan: Outcome }> {
  const { net, hardware: hw } = design;
  const parts = partsOf(images.length, hw.interval, args.imagesAJob);
  const network = JobFolder.store(folder, writeIntegers(net));
  const stored = parts.map((p) => JobFolder.store(folder, npyOf(images.slice(p.from, p.from + p.count))));
  const stated = JSON.parse(
    JSON.stringify(
      Object.fromEntries(
        Object.keys(designSchema.shape).map((k) => [k, (args as unknown as Record<string, unknown>)[k]]),
      ),
    ),
  );
  const shared = { network, design: stated, digest: filesDigest(design), seed: args.seed, stall: args.stall };
  const versions = { verilator: verilatorVersion, icarus: icarusVersion };
  const answer = await farmOut(
    {
      title: `verify ${net.name}, ${images.length} images`,
      folder,
      // The same images twice are one job.
      specs: sims.flatMap((sim) =>
        parts.map(
          (p, i): JobSpec => ({ kind: "verify-images", input: { ...shared, images: stored[i]!, from: p.from, sim } }),
        ),
      ),
      tools: Object.fromEntries(await Promise.all(sims.map(async (s) => [s, await versions[s]()] as const))),
      seconds: (parts[0]!.count * hw.interval) / CLOCKS_A_SECOND,
    },
    args,
    out,
  );
  if ("plan" in answer) return answer;
  const results = answer.results as unknown as readonly Part[];
  const merged = new Map<SimulatorName, Merged>();
  for (const [s, sim] of sims.entries()) {
    const m = merge(results.slice(s * parts.length, (s + 1) * parts.length), parts);
    merged.set(sim, m);
  }
  return { merged };
}

/** Parts in their order as one run. */
export function merge(results: readonly Part[], parts: readonly ImagePart[]): Merged {
  const runs = results.map((r) => {
    if ("broken" in r) throw new InputError([r.broken]);
    return r;
  });
  const frames = parts.reduce((n, p) => n + p.count, 0);
  const wrong = runs.findIndex((r) => r.mismatch);
  const { digests: _, ...first } = runs[Math.max(0, wrong)]!;
  const whole = { frames, simulations: runs.length, outputsSha256: runDigest(runs.flatMap((r) => r.digests)) };
  const { mismatch } = first;
  if (mismatch) return { ...first, ...whole, mismatch: { ...mismatch, frame: mismatch.frame + parts[wrong]!.from } };
  // As at the end of one run, where every buffer is as full as it gets.
  const last = runs.findLast((r) => r.interval !== undefined) ?? runs.at(-1)!;
  return {
    ...first,
    ...whole,
    values: runs.reduce((n, r) => n + r.values, 0),
    clocks: runs.reduce((n, r) => n + r.clocks, 0),
    interval: last.interval,
    intervals: last.intervals,
    clockFaults: [...new Map(runs.flatMap((r) => r.clockFaults).map((f) => [JSON.stringify(f), f])).values()],
  };
}

function npyOf(images: readonly IntTensor[]): Uint8Array {
  const { shape, data } = images[0]!;
  const all = new Int32Array(data.length * images.length);
  for (const [i, t] of images.entries()) all.set(t.data, i * data.length);
  return writeNpy({ dtype: "int32", shape: [images.length, ...shape], data: all });
}
