// Draws networks until one fails, and makes that one small.
import fc from "fast-check";
import { forgetModels } from "./cache.ts";
import { type CheckedCase, checkGolden, checkHardware, checkTiming, type FuzzCase, isLimit, Refused } from "./case.ts";
import { withFolds } from "./folds.ts";
import { networkOf } from "./network.ts";
import { type Recipe, recipe } from "./recipe.ts";

export interface FuzzOptions {
  readonly seed: number;
  /** Rounds of this run alone: those that leave `index` when divided by `of`, from the `first` on. */
  readonly shard?: { readonly index: number; readonly of: number; readonly first?: number };
  /** Called when a round is over without a failure; a round that has begun is then finished, whatever the time. */
  readonly onRound?: (round: number) => void;
  /** Kinds to draw from. */
  readonly kinds: readonly string[];
  /** Networks, at most. */
  readonly count: number;
  /** Time, at most. */
  readonly seconds: number;
  /** Every how many networks Verilator simulates as well; 0 for never. */
  readonly verilatorEvery?: number;
  /** Every how many networks the predicted interval and latency are compared with a simulation; 0 for never. */
  readonly timingEvery?: number;
  /** Networks of rounds that others draw, counted where something happens to every so many. */
  readonly before?: number;
  /** Rounds, at most; each is then finished, whatever the time. */
  readonly rounds?: number;
  /** Simulations of smaller networks after a failure, at most, and the time for them. */
  readonly shrinkRuns?: number;
  readonly shrinkSeconds?: number;
  /** Called with the first failure, before it is made smaller. */
  readonly onFailure?: (message: string) => void;
  readonly onNetwork?: (done: FuzzCount) => void;
}

export interface FuzzCount {
  /** Networks whose hardware equals golden. */
  networks: number;
  /** Of these, in Verilator as well. */
  verilator: number;
  /** In Verilator alone, since Icarus would take longer than its compiler. */
  large: number;
  /** And as fast as predicted. */
  timed: number;
  /** Networks that the compiler refuses at a known limit. */
  refused: number;
  /** Values compared. */
  values: number;
  clocks: number;
  /** Layers that were part of the networks, by kind. */
  readonly kinds: Map<string, number>;
}

export const noneYet = (): FuzzCount => ({
  ...{ networks: 0, verilator: 0, large: 0, timed: 0, refused: 0, values: 0, clocks: 0 },
  kinds: new Map(),
});

export interface FuzzReport extends FuzzCount {
  /** The smallest failing case found; undefined where all agreed. */
  readonly failure: FuzzCase | undefined;
}

/** What two failures of one fault have in common. */
const faultOf = (e: unknown): string => (e instanceof Refused ? e.codes.join() : (e as Error).name);

/** Lanes of the usual network, and of a large one. */
const SMALL = 120;
const LARGE = 300;

const SHRINK_SECONDS = 40;
/** Networks from one seed of fast-check. */
export const ROUND = 25;

/** What fast-check draws a round from. */
export const seedOf = (seed: number, round: number): number => (seed + round * 0x9e3779b1) | 0;

const homesOf = (file: Readonly<Record<string, unknown>>) =>
  (file.layers as readonly { readonly home?: string }[]).map((l) => l.home);

/** Whether anything is loaded: weights, or the constants of layers whose weights are beside the chip. */
export const readable = (file: Readonly<Record<string, unknown>>): boolean =>
  homesOf(file).some((h) => h === "ram" || h === "external");

/** Whether weights are loaded, all of them into memories of the chip. */
export function swappable(file: Readonly<Record<string, unknown>>): boolean {
  const homes = homesOf(file);
  return homes.includes("ram") && !homes.includes("external");
}

/** Ports to memory beside the chip: no more than layers with weights there. */
export const portsOf = (r: Pick<Recipe, "ports">, file: Readonly<Record<string, unknown>>): number =>
  Math.min(r.ports, homesOf(file).filter((h) => h === "external").length);

/** A recipe's network, with its folds and how it is run. */
export const caseOf = (r: Recipe, kinds: readonly string[]): FuzzCase =>
  runOf(r, withFolds(networkOf(r, kinds), r.seed + 1, r.large ? LARGE : SMALL, r.loaded));

/** The same without folds, which need its integers. */
const drawnOf = (r: Recipe, kinds: readonly string[]): FuzzCase => runOf(r, networkOf(r, kinds));

function runOf(
  r: Recipe,
  { file, shapes }: Pick<FuzzCase, "shapes"> & { readonly file: FuzzCase["network"] },
): FuzzCase {
  return {
    network: file,
    shapes,
    images: { seed: r.seed, frames: r.frames, calibration: r.calibration },
    clocks: r.clocks,
    l1: r.l1,
    dsp: r.dsp,
    ...(r.swap && swappable(file) ? { swap: true } : {}),
    ...(r.readBack && readable(file) ? { readBack: true } : {}),
    ...(portsOf(r, file) > 1 ? { ports: portsOf(r, file) } : {}),
    ...(r.large ? {} : { lanes: SMALL }),
    run: {
      ...{ seed: r.seed, sourceStall: r.sourceStall, sinkStall: r.sinkStall, tlast: r.tlast },
      resets: r.resets.map((n) => n / 1000),
    },
  };
}

/** Draws and checks until one network fails, or the count or the time is reached. */
export async function fuzz(o: FuzzOptions): Promise<FuzzReport> {
  const count = noneYet();
  const end = Date.now() + o.seconds * 1000;
  let failure: FuzzCase | undefined;
  let tries = 0;
  let shrinkEnd = Number.POSITIVE_INFINITY;
  let failedInVerilator = false;
  let failedInTime = false;
  let first = "";
  const one = async (r: Recipe): Promise<void> => {
    if (failure === undefined && ((!o.onRound && !o.rounds && Date.now() > end) || count.networks >= o.count)) return;
    // Smaller networks that nobody has time to try count as right.
    if (failure !== undefined && (tries++ >= (o.shrinkRuns ?? 150) || Date.now() > shrinkEnd)) return;
    let c: FuzzCase | undefined;
    let checked: CheckedCase;
    let inVerilator = false;
    let alone = false;
    let inTime = false;
    const due = (every: number | undefined) => !!every && ((o.before ?? 0) + count.networks + 1) % every === 0;
    try {
      // It quantizes: what throws there is a fault as well.
      c = caseOf(r, o.kinds);
      checked = checkGolden(c);
      const v = await checkHardware(c, checked);
      if (v.sim === "verilator") alone = true;
      else if (failure ? failedInVerilator : due(o.verilatorEvery)) {
        inVerilator = true;
        await checkHardware(c, checked, "verilator");
      }
      if (failure ? failedInTime : due(o.timingEvery)) {
        inTime = true;
        await checkTiming(c, checked);
      }
      if (failure) return;
      count.values += v.values;
      count.clocks += v.clocks;
      if (inVerilator) count.verilator++;
      if (alone) count.large++;
      if (inTime) count.timed++;
    } catch (e) {
      if (isLimit(e)) {
        if (!failure) count.refused++;
        return;
      }
      // Another fault in a smaller network is not this one made smaller.
      const fault = faultOf(e);
      if (failure && fault !== first) return;
      first = fault;
      failedInVerilator = inVerilator && !inTime;
      failedInTime = inTime;
      if (!failure) {
        shrinkEnd = Date.now() + (o.shrinkSeconds ?? SHRINK_SECONDS) * 1000;
        o.onFailure?.((e as Error).message);
      }
      failure = { note: (e as Error).message, ...(c ?? drawnOf(r, o.kinds)) };
      throw e;
    } finally {
      forgetModels();
    }
    for (const l of c.network.layers as readonly { kind: string }[])
      count.kinds.set(l.kind, (count.kinds.get(l.kind) ?? 0) + 1);
    count.networks++;
    o.onNetwork?.(count);
  };
  const { index, of, first: from = index } = o.shard ?? { index: 0, of: 1 };
  let rounds = o.rounds ?? Number.POSITIVE_INFINITY;
  for (
    let round = from;
    rounds-- > 0 && failure === undefined && Date.now() < end && count.networks < o.count;
    round += of
  ) {
    const run = await fc.check(fc.asyncProperty(recipe, one), {
      seed: seedOf(o.seed, round),
      numRuns: Math.min(ROUND, o.count - count.networks),
    });
    // A round that ends without a case has not been drawn to its end.
    if (run.failed && failure === undefined) throw run.errorInstance ?? new Error(`round ${round} failed`);
    if (failure === undefined) o.onRound?.(round);
  }
  return { ...count, failure };
}
