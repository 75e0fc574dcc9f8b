import type { JobFolder } from "../plan.ts";

export interface Round {
  readonly signal: AbortSignal;
  /** Called when results may have come. */
  readonly onChange: () => void;
}

/** A way to start workers. */
export interface Backend {
  readonly name: string;
  /** Workers that run at the same time, as far as it knows. */
  readonly parallel: number;
  /**
   * Runs `work` on each index once and waits for all; returns what workers that failed said. Rejects where no worker
   * could be started at all, and when `signal` aborts, after all workers have ended.
   */
  round(folder: JobFolder, indices: readonly number[], round: Round): Promise<readonly string[]>;
}
