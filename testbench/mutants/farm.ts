// Mutants in many processes: a job is one of them, named by what is wrong.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type Compute, type FarmJobs, farmJobs, type Json, type Probes } from "../../farm/index.ts";
import { icarusVersion } from "../lib/build/tools.ts";
import { root } from "../nets/build.ts";
import { Checker, type Limits, type Result } from "./check.ts";
import { projectFiles } from "./copy.ts";
import {
  type DesignKind,
  type DesignMutant,
  designMutants,
  type FileKind,
  isFileKind,
  kinds,
  mutantsOfKind,
} from "./kinds.ts";
import type { Mutant } from "./mutant.ts";

export interface Drawn {
  readonly kind: FileKind | DesignKind;
  readonly m: Mutant | DesignMutant;
}

const jobSchema = z.strictObject({
  kind: z.enum(kinds),
  id: z.string(),
  limit: z.number(),
  /** None: all. */
  sets: z.number().nullable(),
});

const found = new Map<string, ReadonlyMap<string, Mutant | DesignMutant>>();
const checkers = new Map<string, Checker>();

const computeMutant: Compute = async (input) => {
  const { kind, id, limit, sets } = jobSchema.parse(input);
  const all =
    found.get(kind) ?? new Map((isFileKind(kind) ? mutantsOfKind(kind) : designMutants(kind)).map((m) => [m.id, m]));
  found.set(kind, all);
  const m = all.get(id);
  if (!m) throw new Error(`there is no mutant ${id} here`);
  const key = `${limit} ${sets}`;
  const checker = checkers.get(key) ?? new Checker({ limit, sets: sets ?? Number.POSITIVE_INFINITY });
  checkers.set(key, checker);
  return { ...(await checker.check(kind, m)) };
};

export const mutantKinds: ReadonlyMap<string, Compute> = new Map([["mutant", computeMutant]]);

/** Takes the copies of the project away that the jobs of this process made. */
export function removeCopies(): void {
  for (const c of checkers.values()) c.remove();
}

/** The text of all of the project but the folder of jobs: tests decide as well what becomes of a mutant. */
function projectVersion(jobs: string): string {
  const h = createHash("sha256");
  for (const f of projectFiles()) {
    const path = join(root, f);
    if (!path.startsWith(join(resolve(jobs), "/"))) h.update(`${f}\0`).update(readFileSync(path)).update("\0");
  }
  return h.digest("hex").slice(0, 12);
}

/** Versions of what the jobs of a folder depend on. */
export const mutantProbes = (jobs: string) =>
  ({ project: () => projectVersion(jobs), icarus: icarusVersion }) satisfies Probes;

/** What becomes of each mutant, in their order; undefined with `dryRun`. Times aside it follows from the mutants alone. */
export async function mutantsFarm(
  drawn: readonly Drawn[],
  { limit, sets }: Limits,
  how: Pick<FarmJobs, "folder" | "where" | "resume" | "dryRun" | "onProgress">,
): Promise<{ readonly results: readonly Result[] | undefined; readonly jobs: number; readonly backend: string }> {
  const { project, icarus } = mutantProbes(how.folder);
  const done = await farmJobs({
    ...how,
    specs: drawn.map(({ kind, m }) => ({
      kind: "mutant",
      input: { kind, id: m.id, limit, sets: Number.isFinite(sets) ? sets : null } satisfies Json,
    })),
    title: `${drawn.length} mutants`,
    worker: [
      process.execPath,
      ...["--import", import.meta.resolve("tsx")],
      fileURLToPath(new URL("./worker.ts", import.meta.url)),
    ],
    tools: { project: project(), icarus: await icarus() },
    // One of a design takes a second, one of a file as long as its tests; a worker makes its copy of the project once.
    seconds: drawn.every(({ kind }) => !isFileKind(kind)) ? 1 : 10,
    secondsAWorker: 60,
  });
  return {
    results: done.results as unknown as readonly Result[] | undefined,
    jobs: done.plan.jobs,
    backend: done.backend,
  };
}
