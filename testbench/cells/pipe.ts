// Benches of cells that are a function and its registers: a set of inputs a clock, results a fixed number of clocks later.
import { expect } from "vitest";
import { run } from "../lib/index.ts";
import type { Simulator } from "./stream.ts";

export interface Pipe {
  readonly top: string;
  readonly sources: readonly string[];
  readonly params: Readonly<Record<string, number>>;
  readonly input: string;
  readonly output: string;
  /** Clocks from an input to its result. */
  readonly latency: number;
  /** An input that lets the registers move. */
  readonly enable?: string;
}

/** Gives every value of `inputs`, pausing where `moves` is false, and compares every result. */
export async function checkPipe(
  sim: Simulator,
  pipe: Pipe,
  inputs: readonly bigint[],
  expected: readonly bigint[],
  moves: (clock: number) => boolean = () => true,
): Promise<void> {
  const { top, sources, params, latency, enable } = pipe;
  const design = { top, sources: [...sources], params: { ...params } };
  await run(design, { sim, seed: 5, maxCycles: 10 * inputs.length + 100, waves: "off" }, async (tb) => {
    const results: bigint[] = [];
    let clock = 0;
    for (let given = 0; results.length < inputs.length; clock++) {
      const move = moves(clock);
      if (enable) tb.signal(enable).value = move ? 1 : 0;
      if (given < inputs.length) tb.signal(pipe.input).big = inputs[given]!;
      // What the registers hold in this clock belongs to the input `latency` moves ago.
      await tb.rising();
      if (!move) continue;
      given++;
      if (given > latency) results.push(tb.signal(pipe.output).big);
    }
    expect(results).toEqual(expected);
  });
}
