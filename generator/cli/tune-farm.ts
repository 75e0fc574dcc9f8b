// addernet tune --farm: measures in other processes. The search asks for several at a time; what it asks for before it
// waits becomes one round of jobs, and the plan of the folder grows by it.
import { JobFolder, type JobSpec } from "../../farm/index.ts";
import type { Outcome } from "./command.ts";
import type { Console } from "./console.ts";
import { type FarmArgs, farmOut } from "./farm.ts";
import { type Answers, type Basis, Measurer, type Question, readAnswer, writeBasis } from "./tune-measure.ts";

/** Takes a measure; the same question is answered once. */
export type Ask = <M extends Question["measure"]>(q: Extract<Question, { measure: M }>) => Promise<Answers[M]>;

/** One after the other, in this process. */
export function askHere(basis: Basis, out: Console): Ask {
  const m = new Measurer(basis, out);
  const known = new Map<string, unknown>();
  return (async (q: Question) => {
    const key = JSON.stringify(q);
    if (!known.has(key)) known.set(key, m.take(q));
    return known.get(key);
  }) as Ask;
}

/** Thrown out of a search whose jobs were only to be planned. */
export class OnlyPlanned extends Error {
  readonly outcome: Outcome;
  constructor(outcome: Outcome) {
    super("the jobs are planned");
    this.outcome = outcome;
  }
}

/** About what a measure takes: enough for a plan to put some of them together. */
const SECONDS = 2;

interface Waiting {
  readonly spec: JobSpec;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (e: unknown) => void;
}

/** Where --farm says; the jobs are in `folder`. With --dry-run the first round is planned, and OnlyPlanned thrown. */
export function askFarm(basis: Basis, folder: string, args: FarmArgs, out: Console): Ask {
  const hash = JobFolder.store(folder, writeBasis(basis));
  const known = new Map<string, Promise<unknown>>();
  const specs: JobSpec[] = [];
  let waiting: Waiting[] = [];
  let running = Promise.resolve();

  async function round(): Promise<void> {
    const asked = waiting;
    waiting = [];
    if (asked.length === 0) return;
    const from = specs.length;
    specs.push(...asked.map((w) => w.spec));
    try {
      const title = `tune ${basis.graph.name} for ${basis.design.target}`;
      const got = await farmOut({ title, folder, specs, tools: {}, seconds: SECONDS, grows: true }, args, out);
      if ("plan" in got) throw new OnlyPlanned(got.plan);
      asked.forEach((w, i) => {
        try {
          w.resolve(readAnswer(got.results[from + i]!));
        } catch (e) {
          w.reject(e);
        }
      });
    } catch (e) {
      for (const w of asked) w.reject(e);
    }
  }

  return ((q: Question) => {
    const key = JSON.stringify(q);
    const before = known.get(key);
    if (before) return before;
    const answer = new Promise<unknown>((resolve, reject) => {
      waiting.push({ spec: { kind: "tune-measure", input: { basis: hash, question: q } }, resolve, reject });
    });
    known.set(key, answer);
    // All that is asked before the search waits belongs to one round.
    if (waiting.length === 1)
      setImmediate(() => {
        running = running.then(round);
      });
    return answer;
  }) as Ask;
}
