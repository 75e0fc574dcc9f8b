// Work over many processes or machines: what the commands with --farm share.

import { extname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import {
  backendOf,
  checkVersions,
  FarmError,
  farmJobs,
  type JobFolder,
  type JobSpec,
  type Json,
  sourceVersion,
} from "../../farm/index.ts";
import { makeFolder } from "../../testbench/lib/build/folder.ts";
import { icarusVersion, verilatorVersion } from "../../testbench/lib/build/tools.ts";
import { toolVersion } from "../device/flow/tools.ts";
import { inputError } from "../diagnostics/diagnostics.ts";
import { shellWord } from "../names/shell.ts";
import { compilerVersion } from "../templates.ts";
import { done, type Outcome } from "./command.ts";
import type { Console } from "./console.ts";

export interface FarmArgs {
  readonly farm?: string | undefined;
  readonly farmOptions?: string | undefined;
  readonly farmWorkers?: number | undefined;
  readonly dryRun?: boolean | undefined;
  readonly resume?: boolean | undefined;
}

/** The command line as a program for Node.js. */
export const program = fileURLToPath(new URL("../../scripts/addernet.mjs", import.meta.url));
const version = compilerVersion();

/** Messages of the farm are the user's: a folder, a queue, an option. */
export async function told<T>(run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (e) {
    if (!(e instanceof FarmError)) throw e;
    throw inputError({ code: "AN7006", message: e.message, ...(e.hint ? { hint: e.hint } : {}) });
  }
}

const choiceOf = (args: FarmArgs) => ({ farm: args.farm, options: args.farmOptions, workers: args.farmWorkers });

/** A message of the user's where --farm names no way to run jobs; asked before anything is written. */
export async function checkFarm(args: FarmArgs): Promise<void> {
  const { farm = "local", options, workers } = choiceOf(args);
  await told(() =>
    backendOf(farm, {
      ...(options === undefined ? {} : { options }),
      ...(workers === undefined ? {} : { parallel: workers }),
    }),
  );
}

export interface FarmWork {
  readonly title: string;
  /** The folder of jobs. */
  readonly folder: string;
  readonly specs: readonly JobSpec[];
  /** What results depend on beside the input: names and versions of the tools that the jobs start. */
  readonly tools: Readonly<Record<string, string>>;
  /** Estimated seconds of a job. */
  readonly seconds: number;
  /** More jobs follow from the results of these, into the same folder. */
  readonly grows?: boolean;
}

/**
 * `farmJobs` for a command: its workers are `addernet work`, its messages the user's. Gives the results in the order of
 * the jobs, or with --dry-run what the command says of the plan.
 */
export async function farmOut(
  w: FarmWork,
  args: FarmArgs,
  out: Console,
): Promise<{ readonly results: readonly Json[] } | { readonly plan: Outcome }> {
  makeFolder(w.folder);
  return await told(async () => {
    const { plan, results } = await farmJobs({
      ...w,
      worker: [process.execPath, program, "work"],
      tools: { addernet: identity(), ...w.tools },
      where: choiceOf(args),
      resume: args.resume,
      dryRun: args.dryRun,
      onProgress: (s, backend) => out.progress(`jobs (${backend})`, s.done + s.failed.length, s.jobs),
    });
    if (results) return { results };
    out.line(`${plan.jobs} jobs in ${w.folder}, ${plan.open.length} of ${plan.workers} workers have work to do`);
    out.line(`worker N: ${[...plan.command, "N"].map(shellWord).join(" ")}`);
    return { plan: done({ folder: w.folder, jobs: plan.jobs, workers: plan.workers, open: plan.open }) };
  });
}

/**
 * What this compiler is, for results that depend on it: its version, and in a clone the text of its sources as well.
 */
export function identity(): string {
  identified ??=
    extname(import.meta.filename) === ".ts"
      ? sourceVersion(version, resolve(import.meta.dirname, "../.."), ROOMS)
      : version;
  return identified;
}
const ROOMS = ["farm", "generator", "golden", "templates", "testbench/lib"];
let identified: string | undefined;

/** Refuses jobs that another version planned, or that are to be done with other tools. */
export const checkTools = (folder: JobFolder): Promise<void> =>
  checkVersions(folder, {
    addernet: identity,
    yosys: () => toolVersion("yosys"),
    "yosys (native)": () => toolVersion("yosys", true),
    verilator: verilatorVersion,
    icarus: icarusVersion,
  });
