// npm run fuzz -- --seconds N --seed S [--count K] [--verilator EVERY] [--timing EVERY] [--shard I/N] [--state FILE]
//
// --shard I/N  of the rounds that the seed gives every N-th, from the I-th on (1 to N)
// --state FILE what is done so far, written after each round: the same command goes on there
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { withScratch } from "./cache.ts";
import { fuzz } from "./fuzz.ts";
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
const start = Date.now();
let told = start;
const r = await withScratch(() =>
  fuzz({
    seed,
    kinds: drawn,
    shard: { index: index - 1, of, ...(state ? { first: state.round } : {}) },
    ...(values.state ? { onRound: save } : {}),
    count: values.count === undefined ? Number.MAX_SAFE_INTEGER : Number(values.count),
    seconds: values.count !== undefined && values.seconds === "60" ? Number.POSITIVE_INFINITY : Number(values.seconds),
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
const minutes = (Date.now() - start) / 60_000;
console.log(
  `${r.networks} networks without a difference (${r.verilator} in both simulators, ${r.timed} as fast as predicted), ${r.refused} refused, ` +
    `${r.values} values in ${r.clocks} clocks, ${Math.round(minutes * 60)} s, ${Math.round(r.networks / minutes)} networks a minute`,
);
console.log(
  [...r.kinds]
    .sort(([, a], [, b]) => b - a)
    .map(([k, n]) => `${k} ${n}`)
    .join(", "),
);
if (r.failure) {
  const text = `${JSON.stringify(r.failure, null, 1)}\n`;
  const dir = join(import.meta.dirname, "found");
  mkdirSync(dir, { recursive: true });
  const file = join(dir, `${createHash("sha256").update(text).digest("hex").slice(0, 12)}.json`);
  writeFileSync(file, text);
  console.log(`failed: ${r.failure.note}\nwritten: ${file}`);
  process.exitCode = 1;
}
