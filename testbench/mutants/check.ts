// What happens to a mutant: the tests, the proofs or the verification that should find it.
import { Copy, type Verdict } from "./copy.ts";
import type { DesignKind, DesignMutant, FileKind } from "./kinds.ts";
import type { Mutant } from "./mutant.ts";
import { type Killer, killersOf } from "./tests.ts";

/** What happened to a mutant. */
export interface Result {
  readonly id: string;
  readonly kind: string;
  readonly file: string;
  readonly line: number;
  readonly what: string;
  readonly before: string;
  readonly after: string;
  /** The set of tests that failed; none where the mutant lives. */
  readonly killed?: string;
  /** It is no fault: golden says that the bit changes nothing. */
  readonly nothing?: boolean;
  readonly seconds: number;
}

export interface Limits {
  /** Seconds for one set of tests. */
  readonly limit: number;
  /** Of each file's sets of tests the first alone. */
  readonly sets: number;
}

type Fate = Pick<Result, "killed" | "nothing">;

/** Looks after mutants, in one copy of the project that `remove` takes away. */
export class Checker {
  readonly #limits: Limits;
  /** Sets of tests, and tests in them, that are known to pass without a fault. */
  readonly #sound = new Set<string>();
  #copy: Copy | undefined;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  async check(kind: FileKind | DesignKind, m: Mutant | DesignMutant): Promise<Result> {
    const start = Date.now();
    const killed = "passes" in m ? await byVerification(m) : await this.#byTests(m);
    const { id, file, line, what, before, after } = m;
    const seconds = Math.round((Date.now() - start) / 1000);
    return { id, kind, file, line, what, before, after, ...killed, seconds };
  }

  async #byTests(m: Mutant): Promise<Fate> {
    this.#copy ??= new Copy();
    const copy = this.#copy;
    for (const k of killersOf(m.file).slice(0, this.#limits.sets)) {
      const { verdict, failed } = await copy.with(m, () => copy.run(k, this.#limits.limit));
      if (verdict === "passed") continue;
      await this.#requireSound(copy, k, verdict, failed);
      return { killed: verdict === "failed" ? k.name : `${k.name} (${verdict})` };
    }
    return {};
  }

  /** A set, or the test in it that failed, kills nothing that fails anyhow; nor one that always takes as long. */
  async #requireSound(copy: Copy, k: Killer, because: Verdict, failed: string | undefined): Promise<void> {
    const key = JSON.stringify([k, because, failed]);
    if (this.#sound.has(key)) return;
    const { limit } = this.#limits;
    const { verdict, output } = await copy.run(k, because === "too long" ? limit / 2 : 4 * limit, failed);
    if (verdict !== "passed")
      throw new Error(`${k.name}: ${verdict} without a fault (--limit ${limit})\n${output.slice(-4000)}`);
    this.#sound.add(key);
  }

  remove(): void {
    this.#copy?.remove();
    this.#copy = undefined;
  }
}

async function byVerification(m: DesignMutant): Promise<Fate> {
  const passed = await m.passes();
  return passed === undefined ? { nothing: true } : passed ? {} : { killed: "verify" };
}
