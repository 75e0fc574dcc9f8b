// What the compiler makes of networks that the fuzzer draws, so that a change of any of it is seen without a simulation.
import { createHash } from "node:crypto";
import { join } from "node:path";
import fc from "fast-check";
import { writeIntegers } from "../../generator/index.ts";
import { root } from "../nets/build.ts";
import { buildCase, type FuzzCase, isLimit, quantizeCase, type Refused } from "./case.ts";
import { caseOf, ROUND, seedOf } from "./fuzz.ts";
import { findKinds } from "./kinds.ts";
import { recipe } from "./recipe.ts";

export const recordFile = join(root, "testbench/fuzz/record.json");

/** The rounds of the fuzzer that are on record: `npm run fuzz -- --seed 2718 --count 100` simulates them. */
const [seed, rounds] = [2718, 4];

/** A network's entry: what a reader can compare, and digests of the rest. */
export interface Recorded {
  /** Digest of the case: another one means that the fuzzer draws differently. */
  readonly drawn: string;
  /** Codes of the messages, where the compiler refuses it. */
  readonly refused?: readonly string[];
  /** Stage 4. */
  readonly integers?: string;
  /** Stage 5. */
  readonly schedule?: string;
  /** Stage 6, with the clocks of every stream. */
  readonly hardware?: string;
  /** Clocks a frame. */
  readonly interval?: number;
  /** Clocks from the first input beat to the first and the last output beat. */
  readonly latency?: readonly [number, number];
  /** Beats in all FIFOs together. */
  readonly waiting?: number;
  /** Stage 7. */
  readonly files?: string;
}

/** Cases of the fuzzer's rounds on record. */
export function recordedCases(): FuzzCase[] {
  const { drawn } = findKinds();
  const cases: FuzzCase[] = [];
  for (let round = 0; round < rounds; round++)
    fc.assert(
      fc.property(recipe, (r) => {
        cases.push(caseOf(r, drawn));
      }),
      { seed: seedOf(seed, round), numRuns: ROUND },
    );
  return cases;
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

/** JSON with what it has no words for: big integers, maps, sets. Functions are left out. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, v: unknown) =>
    typeof v === "bigint" ? `${v}n` : v instanceof Map || v instanceof Set ? [...v] : v,
  );

/** The entry of one case. Throws what is no known limit of the compiler. */
export function recordOf(c: FuzzCase): Recorded {
  const drawn = digest(textOf(c));
  try {
    const { net } = quantizeCase(c);
    const { hardware, schedule, files } = buildCase(c, net);
    const waiting = hardware.blocks
      .flatMap((b) => b.instances)
      .reduce((sum, i) => sum + (i.cell === "axis_fifo" ? Number(i.params.DEPTH) : 0), 0);
    return {
      drawn,
      integers: digest(textOf(writeIntegers(net))),
      schedule: digest(textOf(schedule)),
      hardware: digest(textOf(hardware)),
      interval: hardware.interval,
      latency: [hardware.latency.first, hardware.latency.last],
      waiting,
      files: digest(textOf(files)),
    };
  } catch (e) {
    if (!isLimit(e)) throw e;
    return { drawn, refused: (e as Refused).codes };
  }
}

/** All entries, as text: an entry a line. */
export const recordText = (entries: readonly Recorded[]): string =>
  `[\n${entries.map((e) => `  ${JSON.stringify(e)}`).join(",\n")}\n]\n`;
