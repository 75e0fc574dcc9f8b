// One network of the fuzzer as a file, and what must hold for it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  type Build,
  type Diagnostic,
  type Graph,
  InputError,
  load,
  type QuantizedNetwork,
  toHardware,
  toIntegers,
} from "../../generator/index.ts";
import type { IntTensor, Shape } from "../../generator/ir/tensor.ts";
import { clockFaultText } from "../../generator/verify/clocks.ts";
import { mismatchText } from "../../generator/verify/mismatch.ts";
import {
  probeDesign,
  type Tlast,
  type VerifyOptions,
  type VerifyResult,
  verify,
} from "../../generator/verify/verify.ts";
import { createRunner, realInput, runFloat, runInteger } from "../../golden/index.ts";
import { Rand, type SimulatorName } from "../lib/index.ts";
import { cellSources } from "../nets/build.ts";

/** Everything that a run depends on. */
export interface FuzzCase {
  /** What went wrong when the case was found. */
  readonly note?: string;
  readonly network: Readonly<Record<string, unknown>>;
  /** Shape of every layer's result. */
  readonly shapes: Readonly<Record<string, Shape>>;
  readonly images: { readonly seed: number; readonly frames: number; readonly calibration: number };
  readonly clocks: number;
  readonly l1: 0 | 1;
  /** Multipliers in DSP blocks, or a bit a clock where there is time. */
  readonly dsp?: boolean;
  /** Weights that are loaded have two banks. */
  readonly swap?: boolean;
  /** Weights that are loaded can be read back. */
  readonly readBack?: boolean;
  /** Ports to memory beside the chip; one where left out. */
  readonly ports?: number;
  /** Lanes at most, where a slower rate can keep to it. */
  readonly lanes?: number;
  readonly run: {
    readonly seed: number;
    readonly sourceStall: number;
    readonly sinkStall: number;
    readonly tlast?: Tlast;
    /** Clocks of work that resets interrupt, by what fraction of three frames. */
    readonly resets?: readonly number[];
  };
}

/** The compiler refuses the network with messages of these codes; that is no fault where the code is a known limit. */
export class Refused extends Error {
  readonly codes: readonly string[];
  constructor(diagnostics: readonly { readonly code: string; readonly message: string }[]) {
    super(diagnostics.map((d) => `${d.code} ${d.message}`).join("\n"));
    this.codes = diagnostics.map((d) => d.code);
  }
}

/**
 * Limits that the fuzzer cannot see before: integers beyond 52 bits, an activation with slopes behind a join, no
 * hardware, results of any loaded weights beyond 53 bits.
 */
const limits = new Set(["AN4003", "AN4004", "AN5004"]);
export const isLimit = (e: unknown): boolean => e instanceof Refused && e.codes.every((c) => limits.has(c));

type Outcome<T> = { ok: true; value: T } | { ok: false; diagnostics: readonly Diagnostic[] };
function accepted<T>(r: Outcome<T>): T {
  if (r.ok) return r.value;
  // Warnings come along with the errors.
  throw new Refused(r.diagnostics.filter((d) => d.severity === "error"));
}

const storage = { uint8: [0, 255], int8: [-128, 127], uint16: [0, 65535] } as const;

/** Images of a seed: noise, and frames of one value. */
export function imagesOf(graph: Graph, seed: number, count: number): IntTensor[] {
  const rand = new Rand(seed);
  const { shape } = graph.input;
  const [lo, hi] = storage[graph.input.storage];
  return Array.from({ length: count }, () => {
    const style = rand.int(0, 5);
    const flat = rand.pick([lo, hi, 0]);
    const data = Int32Array.from({ length: shape[0] * shape[1] * shape[2] }, () =>
      style === 0 ? flat : style === 1 ? rand.pick([lo, hi]) : rand.int(lo, hi),
    );
    return { shape, data };
  });
}

export interface CheckedCase {
  readonly graph: Graph;
  readonly net: QuantizedNetwork;
  readonly images: readonly IntTensor[];
}

const fail = (message: string): never => {
  throw new Error(message);
};

/** Stages 1 to 4. Throws `Refused`. */
export function quantizeCase(c: FuzzCase): CheckedCase {
  const { graph, quantization } = accepted(
    load(JSON.stringify(c.network), () => {
      throw new Error("a drawn network has its numbers inside");
    }),
  );
  const [width, calibration] = [c.images.frames, c.images.calibration];
  const images = imagesOf(graph, c.images.seed, width);
  const { calibration: _, ...stated } = quantization;
  const net = accepted(toIntegers(graph, imagesOf(graph, c.images.seed + 1, calibration), stated));
  return { graph, net, images };
}

/** Stages 1 to 4 and golden: shapes agree everywhere, and the fast path equals the plain definition. */
export function checkGolden(c: FuzzCase): CheckedCase {
  const { graph, net, images } = quantizeCase(c);
  const real = runFloat(graph, realInput(graph.input, images[0]!));
  for (const node of graph.nodes) {
    const wanted = c.shapes[node.name]?.join() ?? fail(`no shape for ${node.name}`);
    if (node.shape.join() !== wanted) fail(`${node.name}: the compiler's shape ${node.shape} instead of ${wanted}`);
    const found = real.get(node.name)!.shape.join();
    if (found !== wanted) fail(`${node.name}: the float reference's shape ${found} instead of ${wanted}`);
    const edge = net.edges[node.name];
    if (edge && edge.shape.join() !== wanted) fail(`${node.name}: the edge's shape ${edge.shape} instead of ${wanted}`);
  }
  const fast = createRunner(net, "all");
  for (const [f, image] of images.entries()) {
    const plain = runInteger(net, image, { keep: "all" });
    fast.run(image);
    for (const [name, want] of plain) {
      const got = fast.tensor(name);
      if (got.shape.join() !== want.shape.join()) fail(`${name}: the fast path's shape ${got.shape}`);
      want.data.forEach((v, i) => {
        if (v !== got.data[i])
          fail(`${name}: frame ${f}, value ${i}: ${v} by definition, ${got.data[i]} by the fast path`);
      });
    }
  }
  return { graph, net, images };
}

/** More lanes take a simulator minutes. */
const MOST_LANES = 1500;
const lanesOf = (b: Build): number => b.schedule.nodes.reduce((sum, n) => sum + n.arithmeticLanes, 0);

/** What the compiler throws, as what it refuses. */
function hardwareOf(c: FuzzCase, net: QuantizedNetwork, clocks: number): ReturnType<typeof toHardware> {
  try {
    const { l1, dsp, swap, readBack, ports } = c;
    return toHardware(net, { clockMHz: 100, fps: 1e8 / clocks, l1, dsp, swap, readBack, ports }, cellSources());
  } catch (e) {
    if (e instanceof InputError) return { ok: false, diagnostics: e.diagnostics };
    throw e;
  }
}

/** Stages 5 to 7; throws `Refused`; the clocks a frame are raised until the network can reach them without too many lanes. */
export function buildCase(c: FuzzCase, net: QuantizedNetwork): Build {
  for (let clocks = c.clocks; ; clocks *= 4) {
    const built = hardwareOf(c, net, clocks);
    if (built.ok && clocks < 1e6 && lanesOf(built.value) > (c.lanes ?? MOST_LANES)) continue;
    if (built.ok || clocks > 1e6 || built.diagnostics.some((d) => d.severity === "error" && d.code !== "AN5002"))
      return accepted(built);
  }
}

/** Clocks times lanes that take Icarus about as long as Verilator needs to compile: some ten seconds. */
const LANE_CLOCKS = 1e7;

/** The simulator that is done first with so many clocks. */
const quicker = (built: Build, clocks: number): SimulatorName =>
  clocks * lanesOf(built) > LANE_CLOCKS ? "verilator" : "icarus";

/**
 * The emitted design against golden in one simulator, the quicker one where none is named; throws at a difference, a
 * hang or a broken protocol.
 */
export function checkHardware(c: FuzzCase, { net, images }: CheckedCase, sim?: SimulatorName): Promise<VerifyResult> {
  const built = buildCase(c, net);
  const { latency, interval } = built.hardware;
  const resets = (c.run.resets ?? []).map((part) => 1 + Math.floor(part * (latency.last + 2 * interval)));
  const slowed = 1 / (1 - Math.max(c.run.sourceStall, c.run.sinkStall));
  const clocks = (latency.last + images.length * interval) * slowed;
  return simulate(built, net, images, {
    sim: sim ?? quicker(built, clocks),
    ...c.run,
    resets,
    ...(c.swap ? { reload: true } : {}),
    ...(c.readBack ? { readAmid: true } : {}),
  });
}

/** Clocks that a measurement of the time may take; slower networks are not measured. */
const TIMED_CLOCKS = 60_000;

/**
 * The predicted clocks against a simulation whose ends never rest, once every buffer is as full as it gets: no stream is
 * slower than the interval, the slowest one is exactly as slow, and the latency differs by the pipelines' fill at most.
 */
export async function checkTiming(c: FuzzCase, { graph, net }: CheckedCase): Promise<void> {
  const built = buildCase(c, net);
  const { interval, latency } = built.hardware;
  const frames = Math.ceil(latency.last / interval) + 30;
  if (frames * interval > TIMED_CLOCKS) return;
  const sim = quicker(built, frames * interval);
  const r = await simulate(built, net, imagesOf(graph, c.images.seed, frames), { sim, seed: 1 });
  // Streams in front of a buffer that still fills may be ahead; none is behind, by more than a frame at the end of the half.
  for (const { stream, clocks } of r.intervals)
    if (clocks > Math.ceil(interval * (1 + 2 / frames)))
      fail(`${clocks} clocks a frame instead of ${interval} at ${stream}`);
}

async function simulate(
  { hardware, files }: Build,
  net: QuantizedNetwork,
  images: readonly IntTensor[],
  options: VerifyOptions,
): Promise<VerifyResult> {
  const dir = mkdtempSync(join(tmpdir(), "addernet-fuzz-"));
  try {
    for (const [name, text] of files) {
      mkdirSync(dirname(join(dir, name)), { recursive: true });
      writeFileSync(join(dir, name), text);
    }
    const r = await verify(net, hardware, probeDesign(hardware, dir, files.keys()), images, options);
    if (r.mismatch) fail(mismatchText(r.mismatch));
    for (const f of r.clockFaults) fail(clockFaultText(f));
    return r;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
