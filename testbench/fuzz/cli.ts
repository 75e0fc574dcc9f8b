// npm run fuzz -- --seconds N --seed S [--count K] [--verilator EVERY] [--timing EVERY] [--shard I/N] [--state FILE]
//
// --shard I/N  of the rounds that the seed gives every N-th, from the I-th on (1 to N)
// --state FILE what is done so far, written after each round: the same command goes on there
//
//   npm run fuzz -- --farm WHERE --output DIR --seed S --count K [--verilator EVERY] [--timing EVERY]
//
// whole rounds in other processes, see docs/farm.md; --farm-options, --farm-workers, --resume and --dry-run as there
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { withScratch } from "./cache.ts";
import type { FuzzCase } from "./case.ts";
import { fuzzFarm, roundsOf } from "./farm.ts";
import { type FuzzCount, fuzz } from "./fuzz.ts";
import { findKinds } from "./kinds.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string" },
    count: { type: "string" },
    verilator: { type: "string", default: "10" },
    timing: { type: "string", default: "10" },
    shard: { type: "string", default: "1/1" },
    state: { type: "string" },
    farm: { type: "string" },
    "farm-options": { type: "string" },
    "farm-workers": { type: "string" },
    output: { type: "string", short: "o" },
    resume: { type: "boolean", default: false },
    "dry-run": { type: "boolean", default: false },
  },
});
const [index, of] = values.shard.split("/").map(Number) as [number, number];
if (!(index >= 1 && index <= of)) throw new Error("--shard I/N, I from 1 to N");
interface State {
  readonly seed: number;
  readonly shard: string;
  /** The next one. */
  readonly round: number;
  readonly networks: number;
}
const state: State | undefined =
  values.state && existsSync(values.state) ? JSON.parse(readFileSync(values.state, "utf8")) : undefined;
if (state && (state.shard !== values.shard || (values.seed !== undefined && Number(values.seed) !== state.seed)))
  throw new Error(`${values.state} is of seed ${state.seed}, shard ${state.shard}`);
let networks = 0;
const seed = state ? state.seed : values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const { drawn, missing } = findKinds();
console.log(
  `seed ${seed}, shard ${values.shard}${state ? `, from round ${state.round} (${state.networks} networks)` : ""}`,
);
for (const [kind, reason] of missing) console.log(`not drawn: ${kind} (${reason})`);
function save(round: number): void {
  const done: State = { seed, shard: values.shard, round: round + of, networks: (state?.networks ?? 0) + networks };
  writeFileSync(values.state!, `${JSON.stringify(done)}\n`);
}
function report(r: FuzzCount, seconds: number): void {
  console.log(
    `${r.networks} networks without a difference (${r.verilator} in both simulators, ${r.large} in Verilator alone, ${r.timed} as fast as predicted), ${r.refused} refused, ` +
      `${r.values} values in ${r.clocks} clocks, ${Math.round(seconds)} s, ${Math.round(r.networks / (seconds / 60))} networks a minute`,
  );
  console.log(
    [...r.kinds]
      .sort(([, a], [, b]) => b - a)
      .map(([k, n]) => `${k} ${n}`)
      .join(", "),
  );
}
function keep(failure: FuzzCase): void {
  const text = `${JSON.stringify(failure, null, 1)}\n`;
  const dir = join(import.meta.dirname, "found");
  mkdirSync(dir, { recursive: true });
  const file = join(dir, `${createHash("sha256").update(text).digest("hex").slice(0, 12)}.json`);
  writeFileSync(file, text);
  console.log(`failed: ${failure.note}\nwritten: ${file}`);
  process.exitCode = 1;
}
const start = Date.now();
let told = start;
if (values.farm !== undefined) await onFarm(values.farm);
else await here();

async function onFarm(farm: string): Promise<void> {
  const { output, count } = values;
  if (!output || count === undefined || values.shard !== "1/1" || values.state)
    throw new Error("--farm needs --output and --count, and neither --shard nor --state");
  const plan = {
    seed,
    count: Number(count),
    verilatorEvery: Number(values.verilator),
    timingEvery: Number(values.timing),
  };
  const workers = values["farm-workers"] === undefined ? {} : { workers: Number(values["farm-workers"]) };
  const options = values["farm-options"] === undefined ? {} : { options: values["farm-options"] };
  const r = await fuzzFarm(plan, {
    folder: output,
    where: { farm, ...workers, ...options },
    resume: values.resume,
    dryRun: values["dry-run"],
    onProgress(s, backend) {
      if (Date.now() - told < 10_000) return;
      told = Date.now();
      console.log(
        `${s.done} of ${s.jobs} rounds (${backend}), ${s.running.length} workers, ${s.failed.length} could not be done; what they found comes at the end`,
      );
    },
  });
  if (!r) return console.log(`planned in ${output}: ${roundsOf(plan).length} rounds`);
  console.log(`seed ${seed}: ${r.rounds} rounds by ${r.backend}`);
  report(r, (Date.now() - start) / 1000);
  for (const f of r.failures) keep(f);
}

async function here(): Promise<void> {
  const r = await withScratch(() =>
    fuzz({
      seed,
      kinds: drawn,
      shard: { index: index - 1, of, ...(state ? { first: state.round } : {}) },
      ...(values.state ? { onRound: save } : {}),
      count: values.count === undefined ? Number.MAX_SAFE_INTEGER : Number(values.count),
      seconds:
        values.count !== undefined && values.seconds === "60" ? Number.POSITIVE_INFINITY : Number(values.seconds),
      verilatorEvery: Number(values.verilator),
      timingEvery: Number(values.timing),
      onFailure: (message) => console.log(`failed, now made smaller: ${message}`),
      onNetwork(c) {
        networks = c.networks;
        if (Date.now() - told < 10_000) return;
        told = Date.now();
        console.log(`${c.networks} networks, ${Math.round(c.networks / ((told - start) / 60_000))} a minute`);
      },
    }),
  );
  report(r, (Date.now() - start) / 1000);
  if (r.failure) keep(r.failure);
}
