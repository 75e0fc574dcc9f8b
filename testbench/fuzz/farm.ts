// The fuzzer in many processes: a job is one round of a seed.
import { fileURLToPath } from "node:url";
import {
  type Compute,
  type FarmJobs,
  farmJobs,
  type JobSpec,
  type Json,
  type Probes,
  sourceVersion,
} from "../../farm/index.ts";
import { icarusVersion, verilatorVersion } from "../lib/build/tools.ts";
import { root } from "../nets/build.ts";
import type { FuzzCase } from "./case.ts";
import { type FuzzCount, fuzz, noneYet, ROUND } from "./fuzz.ts";
import { findKinds } from "./kinds.ts";

export interface FuzzPlan {
  readonly seed: number;
  /** Networks, at least: whole rounds. */
  readonly count: number;
  /** Networks of a round. */
  readonly perRound?: number;
  readonly verilatorEvery: number;
  readonly timingEvery: number;
}

interface Round {
  readonly networks: number;
  readonly seed: number;
  readonly round: number;
  readonly verilatorEvery: number;
  readonly timingEvery: number;
}

export const roundsOf = ({ seed, count, verilatorEvery, timingEvery, perRound = ROUND }: FuzzPlan): JobSpec[] =>
  Array.from({ length: Math.ceil(count / perRound) }, (_, round) => ({
    kind: "fuzz-round",
    input: { seed, round, networks: perRound, verilatorEvery, timingEvery },
  }));

let kinds: readonly string[] | undefined;

/** Draws one round to its end, whatever the time; a failure is made small by a number of runs, not of seconds. */
const computeRound: Compute = async (input) => {
  const { seed, round, networks, verilatorEvery, timingEvery } = input as unknown as Round;
  kinds ??= findKinds().drawn;
  const { kinds: drawn, ...r } = await fuzz({
    ...{ seed, kinds, verilatorEvery, timingEvery },
    shard: { index: 0, of: 1, first: round },
    rounds: 1,
    before: round * networks,
    count: networks,
    seconds: Number.POSITIVE_INFINITY,
    shrinkSeconds: Number.POSITIVE_INFINITY,
  });
  const sorted = Object.fromEntries([...drawn].sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.parse(JSON.stringify({ ...r, failure: r.failure ?? null, kinds: sorted })) as Json;
};

export const fuzzKinds: ReadonlyMap<string, Compute> = new Map([["fuzz-round", computeRound]]);

const rooms = ["farm", "generator", "golden", "templates", "testbench/lib", "testbench/fuzz"];
export const fuzzProbes = {
  addernet: () => sourceVersion("", root, rooms),
  icarus: icarusVersion,
  verilator: verilatorVersion,
} satisfies Probes;

type RoundResult = Omit<FuzzCount, "kinds"> & {
  readonly kinds: Readonly<Record<string, number>>;
  readonly failure: FuzzCase | null;
};

export interface FarmFuzz extends FuzzCount {
  readonly rounds: number;
  /** Of all rounds, in their order. */
  readonly failures: readonly FuzzCase[];
  readonly backend: string;
}

/** Runs the rounds where `how.where` says; undefined with `dryRun`. What it gives follows from the plan alone. */
export async function fuzzFarm(
  plan: FuzzPlan,
  how: Pick<FarmJobs, "folder" | "where" | "resume" | "dryRun" | "onProgress">,
): Promise<FarmFuzz | undefined> {
  const done = await farmJobs({
    ...how,
    specs: roundsOf(plan),
    title: `fuzz, seed ${plan.seed}, ${plan.count} networks`,
    worker: [
      process.execPath,
      ...["--import", import.meta.resolve("tsx")],
      fileURLToPath(new URL("./worker.ts", import.meta.url)),
    ],
    tools: {
      addernet: fuzzProbes.addernet(),
      icarus: await fuzzProbes.icarus(),
      verilator: await fuzzProbes.verilator(),
    },
    // A network takes about a second.
    seconds: ROUND,
    secondsAWorker: 2 * ROUND,
  });
  if (!done.results) return undefined;
  const sum = noneYet();
  const failures: FuzzCase[] = [];
  for (const r of done.results as unknown as RoundResult[]) {
    for (const key of ["networks", "verilator", "large", "timed", "refused", "values", "clocks"] as const)
      sum[key] += r[key];
    for (const [kind, n] of Object.entries(r.kinds)) sum.kinds.set(kind, (sum.kinds.get(kind) ?? 0) + n);
    if (r.failure) failures.push(r.failure);
  }
  return { ...sum, failures, rounds: done.plan.jobs, backend: done.backend };
}
